import { numbersOf } from '../arrays.js';
import { isDrawn, isPhase } from '../tagged.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { messages } from '../messages.js';
import type { DataStore, Id, Model, Value } from '../model.js';
import { child } from '../pointer.js';
import { delayInSteps, isBetween } from '../steps.js';
import { constantsOf, valueOf, type Constants } from './known-values.js';
import type { Rule, RuleContext } from './rule.js';

/** Reports delays that are no multiple of the time step: spikes arrive at a whole step, which may be the same one. */
export const delaySteps: Rule = (model, context) => {
  for (const [name, projection] of Object.entries(model.projections)) {
    const type = model.synapses[projection.synapse];
    const constants = constantsOf(model, type, projection.values);
    const pointer = child('/projections', name);
    for (const [pathway, { delay, do: actions }] of Object.entries(type?.pathways ?? {})) {
      const own = Object.hasOwn(projection.delays, pathway);
      const value = (own ? projection.delays[pathway] : undefined) ?? delay;
      checkDelays(value, own ? child(`${pointer}/delays`, pathway) : pointer, constants, model, context);
      for (const [index, text] of actions.entries()) {
        const at = `${child(child('/synapses', projection.synapse) + '/pathways', pathway)}/do/${index}`;
        for (const sent of parseStatements(text).filter((statement) => statement.kind === 'send'))
          checkDelays(printExpression(sent.after), at, constants, model, context);
      }
    }
  }
  for (const [index, phase] of model.experiment.protocol.entries()) {
    const pointer = `/experiment/protocol/${index}/delays`;
    for (const [key, delay] of Object.entries(isPhase(phase, 'delays') ? phase.delays : {}))
      checkDelays(delay, child(pointer, key), constantsAt(key, model), model, context);
  }
};

/** Returns the constants as the synapses of `projection.pathway` read them. */
function constantsAt(key: string, model: Model): Constants {
  const id: Id = key.slice(0, key.lastIndexOf('.'));
  const projection = Object.hasOwn(model.projections, id) ? model.projections[id] : undefined;
  return constantsOf(model, model.synapses[projection?.synapse ?? ''], projection?.values);
}

function checkDelays(
  value: Value,
  pointer: string,
  constants: Constants,
  { experiment: { dt }, timing }: Model,
  context: RuleContext,
): void {
  const numbers = delaysOf(value, constants, context.data);
  if (numbers === null) return context.report(messages.delaysComputed(timing, dt), pointer);
  let [between, zero, first] = [0, 0, NaN];
  for (let k = 0; k < numbers.length; k++) {
    const delay = numbers[k] as number;
    if (!isBetween(delay, dt)) continue;
    if (between++ === 0) first = delay;
    if (delayInSteps(delay, dt, timing) === 0) zero++;
  }
  if (between === 0) return;
  const used = delayInSteps(first, dt, timing) * dt;
  context.report(messages.delayRounded(first, used, dt, between, numbers.length, zero), pointer);
}

/**
 * Returns the delays that are known now; null for drawn or computed delays, an empty list if their data is not at hand.
 */
function delaysOf(value: Value, constants: Constants, data: DataStore | undefined): ArrayLike<number> | null {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') {
    const known = valueOf(parseExpression(value), constants);
    return known === undefined ? null : [known];
  }
  return isDrawn(value) ? null : numbersOf(value.array, data);
}
