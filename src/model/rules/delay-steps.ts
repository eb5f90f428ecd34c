import { messages } from '../messages.js';
import type { Model, Value } from '../model.js';
import { child } from '../pointer.js';
import type { Rule, RuleContext } from './rule.js';

/** Steps that differ from a whole number by less are one: neither delay nor time step is exact in binary. */
const tolerance = 1e-6;

/**
 * Delays that are known now and are no multiple of the time step: spikes arrive at the nearest step, which may be the
 * same one.
 */
export const delaySteps: Rule = (model: Model, context) => {
  const check = (value: Value | undefined, pointer: string): void =>
    checkDelays(value, pointer, model.experiment.dt, context);
  for (const [name, projection] of Object.entries(model.projections)) {
    const pathways = model.synapses[projection.synapse]?.pathways ?? {};
    const pointer = child('/projections', name);
    for (const [pathway, { delay }] of Object.entries(pathways)) {
      const own = Object.hasOwn(projection.delays, pathway);
      if (own) check(projection.delays[pathway], child(`${pointer}/delays`, pathway));
      else check(delay, pointer);
    }
  }
  for (const [index, phase] of model.experiment.protocol.entries()) {
    const pointer = `/experiment/protocol/${index}/delays`;
    for (const [key, delay] of Object.entries('delays' in phase ? phase.delays : {})) check(delay, child(pointer, key));
  }
};

function checkDelays(value: Value | undefined, pointer: string, dt: number, context: RuleContext): void {
  const numbers = numbersIn(value);
  const between = numbers.filter((number) => Math.abs(number / dt - Math.round(number / dt)) > tolerance);
  const [first] = between;
  if (first === undefined) return;
  const zero = between.filter((number) => Math.round(number / dt) === 0).length;
  context.report(messages.delayRounded(first, dt, between.length, numbers.length, zero), pointer);
}

function numbersIn(value: Value | undefined): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && 'array' in value && !('$data' in value.array) ? value.array : [];
}
