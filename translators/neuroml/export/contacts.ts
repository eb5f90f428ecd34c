/**
 * Synapses that follow cells all the time. The timings of Brian and PyNN compute what these add from all cells as they are
 * at the beginning of a step; LEMS advances one cell after another, and a synapse when its cell's turn comes. Strictly, each
 * synapse sees all cells as they were then: of a cell that was advanced before, what the other end has kept; of others, what
 * they show.
 */

import type { Expression } from '../../../src/lang/ast.js';
import { drawsIn } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { namesIn, substitute } from '../../../src/lang/walk.js';
import { name as named } from '../../../src/lang/build.js';
import { derivedOf } from '../../../src/library/gather/texts.js';
import type { Model, NeuronType, Projection, SynapseType } from '../../../src/model/model.js';
import { populationsOf, wholePopulation } from '../../../src/model/selected.js';
import { isRecording, isSelection } from '../../../src/model/tagged.js';
import { hasCompartments } from './context.js';
import { shown, throughDerived } from './late-pathways.js';

type Side = 'pre' | 'post';

/** Types of the cells at an end of a projection. */
const cellsAt = (end: Projection['from' | 'to'], { neurons, populations }: Model): readonly NeuronType[] => [
  ...new Set(populationsOf(end.of).flatMap((one) => neurons[populations[one]?.type ?? ''] ?? [])),
];

/**
 * The model in which synapses compute what is derived from the state of cells by themselves: LEMS shows what a cell derived
 * from its state in the step before.
 */
export function withStateRead(model: Model): Model {
  if (hasCompartments(model) || model.timing === 'lems-euler') return model;
  const synapses = Object.fromEntries(
    Object.entries(model.synapses).map(([id, type]) => {
      const uses = Object.values(model.projections).filter(({ synapse }) => synapse === id);
      const at = (end: 'from' | 'to'): readonly NeuronType[] => [
        ...new Set(uses.flatMap((one) => cellsAt(one[end], model))),
      ];
      return [id, readingState(type, definitionsOf('pre', at('from')), definitionsOf('post', at('to')))];
    }),
  );
  return { ...model, synapses };
}

/** What is derived from nothing but state and parameters of the cells at an end, by its name in synapses. */
function definitionsOf(side: Side, [type, another]: readonly NeuronType[]): ReadonlyMap<string, Expression> {
  const definitions = type === undefined || another !== undefined ? undefined : derivedOf(type);
  const found = new Map<string, Expression>();
  if (type === undefined || definitions === undefined) return found;
  for (const [name, e] of definitions) {
    const read = [...namesIn(e)];
    const isOfState = read.every((one) => Object.hasOwn(type.state, one) || Object.hasOwn(type.parameters, one));
    if (!isOfState || type.derived[name]?.held === true || drawsIn(e)) continue;
    found.set(`${side}.${name}`, substitute(e, new Map(read.map((one) => [one, named(`${side}.${one}`)]))));
  }
  return found;
}

function readingState(type: SynapseType, ...ends: readonly ReadonlyMap<string, Expression>[]): SynapseType {
  const definitions = new Map(ends.flatMap((one) => [...one]));
  const text = (from: string): string => {
    const e = parseExpression(from);
    return [...namesIn(e)].some((name) => definitions.has(name)) ? printExpression(substitute(e, definitions)) : from;
  };
  const each = (sums: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(sums).map(([key, from]) => [key, text(from)]));
  return {
    ...type,
    derived: Object.fromEntries(
      Object.entries(type.derived).map(([key, one]) => [key, { ...one, value: text(one.value) }]),
    ),
    contributes: each(type.contributes),
    summed: each(type.summed),
  };
}

/** Whether what synapses are or add from step to step reads variables of the cells that they come from. */
export const readsSource = ({ contributes, derived, derivatives, summed }: SynapseType): boolean =>
  /\bpre\.\w/.test(JSON.stringify([contributes, derived, derivatives, summed]));

/**
 * Whether equations of synapses read what their own cells show a step late: for what synapses add in each step, sums over what
 * is attached to the cells, and what these derive; for rates, all that changes, as Brian advances synapses after cells.
 */
export function readsLate(projection: Projection, type: SynapseType, model: Model): boolean {
  const ofCell = (names: Iterable<string>): readonly string[] =>
    [...names].flatMap((name) => (name.startsWith('post.') ? [name.slice('post.'.length)] : []));
  const cells = cellsAt(projection.to, model);
  return (
    ofCell(shown(type)).some((name) => !isOfState(name, projection.to, model)) ||
    ofCell(namesInRates(type)).some((name) => !cells.every(({ parameters }) => Object.hasOwn(parameters, name)))
  );
}

/** How synapses see cells: as they were at the beginning of a step, or as they are when the synapse is advanced. */
export type Sight = 'as they were' | 'as they are';

/**
 * Whether what synapses add in each step follows from the cells at both ends as they are at the beginning of the step, and
 * is written so in LEMS.
 */
export const seesCellsAtOnce = (name: string, projection: Projection, type: SynapseType, model: Model): boolean =>
  followsState(name, projection, type, model) &&
  (model.timing === 'brian' ? sumsBeforeAll(projection, type, model) : Object.keys(type.summed).length === 0);

/** Whether what synapses add in each step follows from nothing but the state of the cells at both ends, at one time. */
export function followsState(name: string, projection: Projection, type: SynapseType, model: Model): boolean {
  const { timing, recordings } = model;
  const hasOwnCode = Object.values(model.operations).some(
    ({ on }) => isSelection(on, 'synapses') && on.projection === name,
  );
  if (hasCompartments(model) || timing === 'lems-euler' || hasOwnCode) return false;
  if (Object.keys(type.pathways).length > 0 || Object.keys(type.events ?? {}).length > 0 || type.noise.length > 0)
    return false;
  const seen = [...shown(type)];
  if (seen.some((one) => type.derived[one]?.held === true)) return false;
  if (namesInRates(type).some((one) => /^(?:pre|post)\./.test(one))) return false;
  const showsDerived = recordings.some(
    (one) =>
      isRecording(one, 'variables') &&
      isSelection(one.of, 'synapses') &&
      one.of.projection === name &&
      one.variables.some((variable) => Object.hasOwn(type.derived, variable)),
  );
  const cells = [...cellsAt(projection.from, model), ...cellsAt(projection.to, model)];
  if (showsDerived || cells.some(({ regimes }) => Object.keys(regimes).length > 0)) return false;
  return seen.every((one) => {
    const [side, variable] = one.split('.');
    return variable === undefined || isOfState(variable, side === 'pre' ? projection.from : projection.to, model);
  });
}

/** Names that rates of a type read, through derived variables. */
const namesInRates = (type: SynapseType): readonly string[] => [
  ...throughDerived(
    Object.values(type.derivatives).flatMap(({ rate }) => [...namesIn(parseExpression(rate))]),
    type,
  ),
];

/** Whether a variable of the cells at an end is a state variable or parameter of all, and none that synapses sum. */
function isOfState(variable: string, end: Projection['from' | 'to'], model: Model): boolean {
  const cells = cellsAt(end, model);
  const populations = new Set(populationsOf(end.of));
  const isSum = Object.values(model.projections).some(
    ({ to, from, synapse }) =>
      (populationsOf(to.of).some((one) => populations.has(one)) &&
        Object.hasOwn(model.synapses[synapse]?.summed ?? {}, `post.${variable}`)) ||
      (populationsOf(from.of).some((one) => populations.has(one)) &&
        Object.hasOwn(model.synapses[synapse]?.summed ?? {}, `pre.${variable}`)),
  );
  return (
    !isSum &&
    cells.length > 0 &&
    cells.every(({ state, parameters }) => Object.hasOwn(state, variable) || Object.hasOwn(parameters, variable))
  );
}

/** Whether Brian makes the sums of a projection before it advances any of the cells. */
function sumsBeforeAll({ from, to }: Projection, { contributes, sumSlots }: SynapseType, model: Model): boolean {
  const target = wholePopulation(to.of);
  if (target === undefined || Object.keys(contributes).length > 0 || Object.keys(sumSlots ?? {}).length > 0)
    return false;
  const order = model.populations[target]?.order ?? 0;
  return populationsOf(from.of).every((one) => (model.populations[one]?.order ?? 0) >= order);
}
