/** Variables of cells that code overwrites at the end of each step, so that what spikes have added to them is lost. */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { drawsIn } from '../../../src/lang/functions.js';
import { namesIn } from '../../../src/lang/walk.js';
import { readsOf } from '../../../src/library/gather/texts.js';
import type { Model, Operation, Projection, SynapseType } from '../../../src/model/model.js';
import { populationOf, populationsOf, wholePopulation } from '../../../src/model/selected.js';
import { isRecording } from '../../../src/model/tagged.js';
import { writtenBy } from './effects.js';
import { codePlace } from './timed-code.js';

type Overwriting = Pick<Model, 'neurons' | 'populations' | 'projections' | 'synapses' | 'recordings' | 'operations'> &
  Pick<Model, 'experiment' | 'timing'>;

/**
 * Whether spikes of a projection do nothing but add to variables of its targets that code sets at the end of each step, before
 * anything reads them.
 */
export function isOverwritten(projection: Projection, { pathways, ports }: SynapseType, model: Overwriting): boolean {
  const statements = Object.values(pathways).flatMap(({ do: actions }) => actions.flatMap(parseStatements));
  const targets = populationsOf(projection.to.of);
  return (
    statements.length > 0 &&
    Object.values(pathways).every(({ slot = 'synapses' }) => slot === 'synapses') &&
    statements.every((one) => {
      if (one.kind !== 'assignment' || drawsIn(one.value)) return false;
      const variable = writtenBy(one.target, projection.receptors, ports);
      return variable !== null && targets.every((population) => isSetAnew(variable, population, model));
    })
  );
}

/** Whether code sets a variable of all cells of a population at the end of each step, and nothing reads it before. */
function isSetAnew(variable: string, population: string, model: Overwriting): boolean {
  const { neurons, populations, operations, projections, recordings, synapses } = model;
  const type = neurons[populations[population]?.type ?? ''];
  if (type === undefined || Object.keys(type.regimes).length > 0) return false;
  const own = Object.values(operations).filter(({ on }) => populationOf(on) === population);
  const mentions = (texts: readonly string[]): boolean =>
    texts
      .flatMap(parseStatements)
      .some((one) => (one.kind === 'assignment' && one.target === variable) || namesIn(one.value).has(variable));
  const [setting, another] = own.filter(({ do: actions }) => mentions(actions));
  if (setting === undefined || another !== undefined || !setsAll(setting, variable, model)) return false;
  const conditions = Object.values(type.events).flatMap(({ refractory, do: actions }) => [
    ...[refractory?.for, refractory?.while].flatMap((text) =>
      text === undefined ? [] : [...namesIn(parseExpression(text))],
    ),
    ...actions.flatMap((text) => [...readsOf(text)]),
  ]);
  const derived = Object.values(type.derived).some(({ value }) => namesIn(parseExpression(value)).has(variable));
  if (
    derived ||
    conditions.includes(variable) ||
    Object.values(type.events).some(({ slot, actionSlot }) => slot ?? actionSlot)
  )
    return false;
  const isRead = Object.values(projections).some(({ synapse }) =>
    new RegExp(`\\b(?:pre|post)\\.${variable}\\b`).test(
      JSON.stringify({ ...synapses[synapse], pathways: readsIn(synapses[synapse]) }),
    ),
  );
  const isSampledWithin = recordings.some(
    (one) => isRecording(one, 'variables') && populationOf(one.of) === population && (one.slot ?? 'start') !== 'start',
  );
  return !isRead && !isSampledWithin;
}

/** What pathways of a type read. */
const readsIn = (type: SynapseType | undefined): readonly string[] =>
  Object.values(type?.pathways ?? {}).flatMap(({ do: actions }) =>
    actions.flatMap(parseStatements).flatMap((one) => [...namesIn(one.value)]),
  );

/** Whether code sets a variable of all cells of a population in each step, from nothing that it was before. */
function setsAll(
  { on, do: actions, every, slot }: Operation,
  variable: string,
  { experiment: { dt }, timing }: Overwriting,
): boolean {
  const isEachStep = every === undefined || Math.abs(every - dt) < 1e-9 * dt;
  if (
    wholePopulation(on) === undefined ||
    !isEachStep ||
    codePlace(slot === undefined ? {} : { slot }, timing, dt) !== 'at the end'
  )
    return false;
  const statements = actions.flatMap(parseStatements);
  return (
    statements.some((one) => one.kind === 'assignment' && one.target === variable && one.operator === '=') &&
    statements.every(({ value }) => !namesIn(value).has(variable))
  );
}
