/** A model with only some pairs of its large projections: enough to test whether it can be lowered. */

import { assignedBy } from '../model/assigned.js';
import { isPhase } from '../model/tagged.js';
import {
  namesOf,
  type Model,
  type Projection,
  type ValidModel,
  type Value,
  type WrittenModel,
} from '../model/typed.js';
import { isDraw } from './generators.js';
import { selectionOfPhase, valuesOfPhase } from './phases.js';
import { connectionsOf, countOf } from './drawing-cost.js';

/** Number of pairs of a projection that is not completely drawn. */
const pairs = 1000;
/** Random numbers that are drawn in the time that a synapse takes. */
const drawsEach = 50;

/**
 * The model with fewer pairs, and the names of the projections that have fewer.
 *
 * @param most  synapses that a projection may draw
 */
export function withFewerPairs(
  valid: ValidModel,
  most: number,
): { readonly model: Model; readonly partial: readonly string[] } {
  const { model } = valid;
  const partial: string[] = [];
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([name, projection]) => {
      const { synapses, draws } = connectionsOf(projection, (rule) => countOf(rule, valid));
      const values = [...Object.values(projection.values), ...Object.values(projection.delays)];
      const byHost = draws > 0 || values.some(isDraw);
      if (!byHost || (synapses <= most && draws <= drawsEach * most) || numbersPairs(name, values, model))
        return [name, projection];
      partial.push(name);
      return [name, withPairs(projection, countOf(projection.from.of, valid), countOf(projection.to.of, valid))];
    }),
  );
  return { model: { ...model, projections }, partial };
}

/** Whether values are listed for the pairs that there are: then there must be as many. */
const numbersPairs = (name: string, values: readonly Value[], { experiment }: Model): boolean =>
  [
    ...values,
    ...experiment.protocol.flatMap((phase) => {
      const of = selectionOfPhase(phase);
      const here = of?.kind === 'synapses' && of.projection === name;
      return Object.entries(valuesOfPhase(phase)).flatMap(([key, value]) =>
        here || assignedBy(key).owner === name ? [value] : [],
      );
    }),
  ].some((value) => typeof value === 'object' && value.kind === 'array');

function withPairs(projection: Projection, pre: number, post: number): Projection {
  const count = Math.min(pairs, pre * post);
  const numbered = (of: (k: number) => number): number[] => Array.from({ length: count }, (_, k) => of(k));
  return {
    ...projection,
    connect: [{ rule: 'list', sources: numbered((k) => k % pre), targets: numbered((k) => Math.floor(k / pre)) }],
  };
}

/**
 * Returns a model without the projections that equal an earlier one in everything but their names, and that nothing
 * else refers to: they are drawn and lowered alike.
 */
export function withoutRepeated<M extends WrittenModel['model']>(model: M): M {
  const { projections, synapses, recordings, stimuli, operations, experiment } = model;
  const types = new Map(Object.entries(synapses).map(([name, type]) => [name, JSON.stringify(type)]));
  const ends = Object.values(projections).map(({ from, to, connect }) => [from, to, connect]);
  const assigned = experiment.protocol.flatMap((phase) => [
    ...(isPhase(phase, 'set') ? Object.keys(phase.set) : []),
    ...(isPhase(phase, 'initialise') ? Object.keys(phase.initialise) : []),
    ...(isPhase(phase, 'delays') ? Object.keys(phase.delays) : []),
  ]);
  const referredTo = new Set([
    ...namesOf([recordings, stimuli, operations, experiment, ends]),
    ...assigned.map((key) => assignedBy(key).owner),
  ]);
  const seen = new Set<string>();
  const kept = Object.entries(projections).filter(([name, projection]) => {
    const form = JSON.stringify({ ...projection, synapse: types.get(projection.synapse) });
    const repeated = seen.has(form) && !referredTo.has(name);
    seen.add(form);
    return !repeated;
  });
  const used = new Set(kept.map(([, { synapse }]) => synapse));
  return {
    ...model,
    projections: Object.fromEntries(kept),
    synapses: Object.fromEntries(Object.entries(synapses).filter(([name]) => used.has(name))),
  };
}
