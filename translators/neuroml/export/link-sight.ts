/**
 * When parameters that are variables of other cells have which value. Brian reads these wherever they are used: its groups
 * are advanced one after another, and what comes later reads what was advanced before it. So does LEMS, strictly, where the
 * cells that are read are advanced before those that read them in both, or after them in both, and nothing else changes what is read
 * in between.
 */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { expressionsOf, namesIn } from '../../../src/lang/walk.js';
import { derivedOf } from '../../../src/library/gather/texts.js';
import type { NeuronType, Projection, SynapseType } from '../../../src/model/model.js';
import { objectNames } from '../../../src/model/object-names.js';
import { populationOf, populationsOf, wholePopulation } from '../../../src/model/selected.js';
import { isRecording } from '../../../src/model/tagged.js';
import { steppingOrder } from './arrival-order.js';
import { followsState, type Sight } from './contacts.js';
import type { ExportContext } from './context.js';
import { shown } from './late-pathways.js';

/** What the synapses that stand for a link show of the cells that they come from; undefined where LEMS has it at other times. */
export function sightOfLink(
  name: string,
  projection: Projection,
  type: SynapseType,
  context: Pick<ExportContext, 'model' | 'data'>,
): Sight | undefined {
  const { model, data } = context;
  const [source, target] = [wholePopulation(projection.from.of), wholePopulation(projection.to.of)];
  if (source === undefined || target === undefined || source === target || model.timing !== 'brian') return undefined;
  const typeOf = (one: string): NeuronType | undefined => model.neurons[model.populations[one]?.type ?? ''];
  const [from, to] = [typeOf(source), typeOf(target)];
  if (!from || !to || !derivedOf(to) || !followsState(name, projection, type, model)) return undefined;
  const parameters = Object.keys(type.summed).map((key) => key.slice('post.'.length));
  const read = new Set([...shown(type)].map((one) => one.slice('pre.'.length)));
  const isOperatedOn = Object.values(model.operations).some(({ on }) => populationOf(on) === source);
  if (isOperatedOn || isAlsoRead(target, parameters, to, context)) return undefined;
  if (!actsBefore(source, target, context)) return isReadByEvents(parameters, to) ? undefined : 'as they were';
  const order = steppingOrder(model, data);
  const isInOrder = order.indexOf(source) < order.indexOf(target) && !isAlsoChanged(source, read, from, context);
  // Brian computes what holds over a step before it advances any cell.
  const isHeld = [...withDerived(parameters, to)].some((one) => to.derived[one]?.held === true);
  return isInOrder && !isHeld && !isSampledWithState(target, parameters, to, context) ? 'as they are' : undefined;
}

/** Whether Brian advances a population before another one. */
function actsBefore(one: string, other: string, { model }: Pick<ExportContext, 'model'>): boolean {
  const [a = 0, b = 0] = [model.populations[one]?.order, model.populations[other]?.order];
  return a === b ? objectNames.stateUpdater(one) < objectNames.stateUpdater(other) : a < b;
}

/** Parameters and what is derived from them. */
function withDerived(parameters: readonly string[], type: NeuronType): ReadonlySet<string> {
  const definitions = [...(derivedOf(type) ?? [])].map(([name, e]) => ({ name, read: [...namesIn(e)] }));
  const found = new Set(parameters);
  const follows = ({ name, read }: (typeof definitions)[number]): boolean =>
    !found.has(name) && read.some((one) => found.has(one));
  for (let next = definitions.find(follows); next !== undefined; next = definitions.find(follows)) found.add(next.name);
  return found;
}

/** Whether events of a type read parameters. */
function isReadByEvents(parameters: readonly string[], type: NeuronType): boolean {
  const names = withDerived(parameters, type);
  return Object.values(type.events)
    .flatMap(({ when, do: actions, refractory }) => [
      ...[when, refractory?.for, refractory?.while].flatMap((text) =>
        text === undefined ? [] : [parseExpression(text)],
      ),
      ...actions.flatMap(parseStatements).flatMap(expressionsOf),
    ])
    .some((e) => [...namesIn(e)].some((one) => names.has(one)));
}

/** Whether something other than the equations and conditions of cells reads or writes parameters of theirs. */
function isAlsoRead(
  target: string,
  parameters: readonly string[],
  type: NeuronType,
  { model }: Pick<ExportContext, 'model'>,
): boolean {
  const names = withDerived(parameters, type);
  const isRead = (part: object, prefix = ''): boolean => {
    const text = JSON.stringify(part);
    return [...names].some((one) => new RegExp(`(?<![\\w.])${prefix}${one}\\b`).test(text));
  };
  const isWritten = Object.values(type.events)
    .flatMap(({ do: actions }) => actions.flatMap(parseStatements))
    .some((one) => one.kind === 'assignment' && parameters.includes(one.target));
  return (
    isWritten ||
    Object.values(model.projections).some(({ from, to, synapse }) => {
      const [isFrom, isTo] = [from, to].map((end) => populationsOf(end.of).includes(target));
      const code = model.synapses[synapse];
      if (!code) return false;
      const { derived, derivatives, contributes, summed, pathways, events } = code;
      const parts = [derived, derivatives, contributes, Object.values(summed), pathways, events ?? {}];
      return parts.some(
        (part) => (isFrom === true && isRead(part, 'pre\\.')) || (isTo === true && isRead(part, 'post\\.')),
      );
    }) ||
    Object.values(model.stimuli).some((one) => populationOf(one.to) === target && isRead(one)) ||
    Object.values(model.operations).some(({ on, do: actions }) => populationOf(on) === target && isRead(actions))
  );
}

/** Whether spikes change variables of a population. */
function isAlsoChanged(
  source: string,
  variables: ReadonlySet<string>,
  { events }: NeuronType,
  { model }: Pick<ExportContext, 'model'>,
): boolean {
  const isIts = (one: Projection['to']): boolean => populationsOf(one.of).includes(source);
  return (
    Object.values(events)
      .flatMap(({ do: actions }) => actions.flatMap(parseStatements))
      .some((one) => one.kind === 'assignment' && variables.has(one.target)) ||
    Object.values(model.projections).some(({ from, to, synapse }) => {
      const hasCode = Object.keys(model.synapses[synapse]?.pathways ?? {}).length > 0;
      return hasCode && (isIts(to) || isIts(from));
    }) ||
    Object.values(model.stimuli).some(
      (one) => one.kind === 'poisson' && populationOf(one.to) === source && variables.has(one.variable),
    )
  );
}

/** Whether recordings have variables that follow parameters and the state of the cell, whose values are of two times then. */
function isSampledWithState(
  target: string,
  parameters: readonly string[],
  type: NeuronType,
  { model }: Pick<ExportContext, 'model'>,
): boolean {
  const names = withDerived(parameters, type);
  return model.recordings.some(
    (one) =>
      isRecording(one, 'variables') &&
      populationOf(one.of) === target &&
      one.variables.some((variable) => Object.hasOwn(type.derived, variable) && names.has(variable)),
  );
}
