/** Events at the onset of a condition: Brian tests only whether a condition holds. */

import { binary, name as named, unary } from '../../../src/lang/build.js';
import { isRandom } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { callsIn } from '../../../src/lang/walk.js';
import { freeName } from '../../../src/model/free-name.js';
import type { EventDefinition, NeuronType, Operation } from '../../../src/model/model.js';

/** Code that runs on a whole population in each step. */
type StepCode = Pick<Operation, 'do' | 'slot' | 'order'>;

/**
 * Returns a type that remembers whether a condition held in the previous step: `v > vt and not above`, and `above = v >
 * vt` right after the test. It serves events at the onset with more actions than a threshold with refractoriness can
 * have.
 */
export function withCrossings(type: NeuronType): {
  readonly type: NeuronType;
  readonly code: ReadonlyMap<string, StepCode>;
} {
  const code = new Map<string, StepCode>();
  const state = { ...type.state };
  const events: Record<string, EventDefinition> = {};
  const known = (one: string): boolean =>
    [state, type.parameters, type.derived, type.inputs].some((map) => Object.hasOwn(map, one));
  for (const [key, event] of Object.entries(type.events)) {
    events[key] = event;
    const condition = parseExpression(event.when);
    const isIdiom = key === 'spike' && event.do.length === 0;
    if (event.edge !== 'rising' || event.refractory !== undefined || isIdiom) continue;
    if (callsIn(condition).some((one) => isRandom(one.function))) continue;
    const flag = freeName(key === 'spike' ? 'above' : `${key}_held`, known);
    // Before the first test, the condition counts as one that did not hold.
    state[flag] = { unit: '1', type: 'boolean', initial: 0, shared: false };
    events[key] = {
      ...event,
      edge: 'level',
      when: printExpression(binary('and', condition, unary('not', named(flag)))),
    };
    code.set(flag, { do: [`${flag} = ${event.when}`], slot: 'after_thresholds', order: event.order + 1 });
  }
  return { type: code.size === 0 ? type : { ...type, state, events }, code };
}
