/** Events at the onset of a condition, of which Brian tests conditions alone, and the order in which cells test them. */

import { binary, name as named, unary } from '../../../src/lang/build.js';
import { isRandom } from '../../../src/lang/functions.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { callsIn, namesIn, substitute } from '../../../src/lang/walk.js';
import type { Expression } from '../../../src/lang/ast.js';
import { derivedOf, readsOf } from '../../../src/library/gather/texts.js';
import { freeName } from '../../../src/model/free-name.js';
import type { EventDefinition, NeuronType, Operation } from '../../../src/model/model.js';

/** Code that runs on a whole population in each step. */
type StepCode = Pick<Operation, 'do' | 'slot' | 'order'>;

/**
 * A type that remembers whether a condition held in the step before, where its event happens at the onset and does more
 * than a threshold with refractoriness can: `v > vt and not above`, and `above = v > vt` right after the test.
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

/**
 * Whether the spike of a type means something else when it is tested before all other events, and its reset runs before
 * what they do, as in Brian: an event before it changes what it reads, or the other way round, and both can happen in
 * one step.
 */
export function needsOrder(type: NeuronType): boolean {
  const spike = type.events['spike'];
  if (spike === undefined) return false;
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  const condition = ({ when }: EventDefinition): Expression => substitute(parseExpression(when), derived);
  const spelt = (names: Iterable<string>): readonly string[] =>
    [...names].flatMap((one) => [one, ...namesIn(derived.get(one) ?? named(one))]);
  const reads = (event: EventDefinition): ReadonlySet<string> =>
    new Set([...namesIn(condition(event)), ...event.do.flatMap((text) => spelt(readsOf(text)))]);
  const writes = ({ do: code }: EventDefinition): readonly string[] =>
    code.flatMap((text) => parseStatements(text).flatMap((one) => (one.kind === 'send' ? [] : [one.target])));
  const [read, written] = [reads(spike), writes(spike)];
  return Object.entries(type.events).some(([key, other]) => {
    if (key === 'spike' || other.order >= spike.order || exclude(condition(spike), condition(other))) return false;
    const own = reads(other);
    return writes(other).some((one) => read.has(one) || written.includes(one)) || written.some((one) => own.has(one));
  });
}

/** Whether two conditions cannot hold at once: `mode == 0 and …` and `mode == 1 and …`. */
function exclude(a: Expression, b: Expression): boolean {
  const values = new Map(equalities(a));
  return equalities(b).some(([name, value]) => values.has(name) && values.get(name) !== value);
}

const conjuncts = (e: Expression): readonly Expression[] =>
  e.kind === 'binary' && e.operator === 'and' ? [...conjuncts(e.left), ...conjuncts(e.right)] : [e];

const equalities = (e: Expression): readonly (readonly [string, number])[] =>
  conjuncts(e).flatMap((one) =>
    one.kind === 'binary' && one.operator === '==' && one.left.kind === 'name' && one.right.kind === 'number'
      ? [[one.left.name, one.right.value] as const]
      : [],
  );
