import { messages } from '../messages.js';
import type { Model, Value } from '../model.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';

/** Steps that differ from a whole number by less are one: neither delay nor time step is exact in binary. */
const tolerance = 1e-6;

/**
 * Delays that are known now and are no multiple of the time step: spikes arrive at the nearest step, which may be the
 * same one.
 */
export const delaySteps: Rule = (model: Model, context) => {
  const { dt } = model.experiment;
  for (const [name, projection] of Object.entries(model.projections)) {
    const pathways = model.synapses[projection.synapse]?.pathways ?? {};
    for (const [pathway, { delay }] of Object.entries(pathways)) {
      const own = Object.hasOwn(projection.delays, pathway);
      const numbers = numbersIn(own ? projection.delays[pathway] : delay);
      const between = numbers.filter((number) => Math.abs(number / dt - Math.round(number / dt)) > tolerance);
      const [first] = between;
      if (first === undefined) continue;
      const zero = between.filter((number) => Math.round(number / dt) === 0).length;
      const pointer = child('/projections', name);
      context.report(
        messages.delayRounded(first, dt, between.length, numbers.length, zero),
        own ? child(`${pointer}/delays`, pathway) : pointer,
      );
    }
  }
};

function numbersIn(value: Value | undefined): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && 'array' in value && !('$data' in value.array) ? value.array : [];
}
