/** Events at the onset of a condition, of which Brian tests conditions alone, and the order in which cells test them. */

import { binary, name as named, unary } from '../../../src/lang/build.js';
import { isRandom } from '../../../src/lang/functions.js';
import { operandsOf } from '../../../src/lang/operands.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { printExpression } from '../../../src/lang/print.js';
import { callsIn, namesIn, substitute } from '../../../src/lang/walk.js';
import type { Expression } from '../../../src/lang/ast.js';
import { derivedOf, readsOf } from '../../../src/library/gather/texts.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { freeName } from '../../../src/model/free-name.js';
import type { EventDefinition, NeuronType, Operation } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { actsBefore } from '../event-places.js';
import { defaultSlot } from '../vocabulary.js';

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

/** What an event reads and writes, with what derived variables are computed from. */
class Access {
  readonly condition: Expression;
  readonly tests: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly writes: readonly string[];

  constructor({ when, do: code }: EventDefinition, derived: ReadonlyMap<string, Expression>) {
    const spelt = (names: Iterable<string>): readonly string[] =>
      [...names].flatMap((one) => [one, ...namesIn(derived.get(one) ?? named(one))]);
    this.condition = substitute(parseExpression(when), derived);
    this.tests = namesIn(this.condition);
    this.reads = new Set([...this.tests, ...code.flatMap((text) => spelt(readsOf(text)))]);
    this.writes = code.flatMap((text) =>
      parseStatements(text).flatMap((one) => (one.kind === 'send' ? [] : [one.target])),
    );
  }

  /** Whether what one of two events does matters to the other. */
  meets(other: Access): boolean {
    return (
      other.writes.some((one) => this.reads.has(one) || this.writes.includes(one)) ||
      this.writes.some((one) => other.reads.has(one))
    );
  }
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
  const own = new Access(spike, derived);
  return Object.entries(type.events).some(([key, event]) => {
    if (key === 'spike' || event.order >= spike.order || isOver(key, event, spike)) return false;
    const other = new Access(event, derived);
    return !exclude(own.condition, other.condition) && own.meets(other);
  });
}

/** Whether an event has acted before another one is tested for, by the slots of Brian that they have. */
function isOver(key: string, event: EventDefinition, next: EventDefinition): boolean {
  const { slot = defaultSlot.threshold } = next;
  if (event.slot === undefined || event.actionSlot === undefined) return false;
  const acts = { slot: event.actionSlot, order: event.actionOrder ?? event.order, name: key };
  return actsBefore(acts, { slot, order: next.slot === undefined ? 0 : next.order, name: key });
}

/** Slots behind the resets, in which what the resets and one another did is tested. */
const laterSlots = [
  { slot: 'after_resets', actionSlot: 'before_end' },
  { slot: 'end', actionSlot: 'after_end' },
] as const;

/**
 * A type whose events are tested one after another: one whose condition reads what an earlier one does is tested behind
 * it, in a later slot of the step. Brian tests all of them before any acts; those of which synapses hear, or for which
 * there is no slot, act a step later, which is reported.
 *
 * @param pointer  to the type
 */
export function inTurn(type: NeuronType, pointer: string, report: ConversionReport): NeuronType {
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  const turns: { readonly own: Access; readonly turn: number; readonly event: EventDefinition }[] = [];
  const events = Object.entries(type.events).sort(([, a], [, b]) => a.order - b.order);
  const placed = new Map<string, EventDefinition>();
  for (const [key, event] of events) {
    const own = new Access(event, derived);
    const after = turns
      .filter((one) => !exclude(own.condition, one.own.condition) && !isOver(key, one.event, event))
      .map(({ own: other, turn }) =>
        other.writes.some((name) => own.tests.has(name)) ? turn + 1 : own.meets(other) ? turn : 0,
      );
    const wanted = Math.max(0, ...after);
    const slots = laterSlots[wanted - 1];
    const isFixed = key === 'spike' || event.emits !== null || event.slot !== undefined;
    if (wanted > 0 && key !== 'spike' && (isFixed || slots === undefined))
      report.approximated(
        'brian/condition-order',
        child(child(pointer, 'events'), key),
        `LEMS tests ${key} when conditions before it have acted; in Brian it is tested before, and acts a step later`,
      );
    const turn = isFixed || slots === undefined ? 0 : wanted;
    turns.push({ own, turn, event });
    if (turn > 0) placed.set(key, { ...event, ...slots });
  }
  if (placed.size === 0) return type;
  const entries = Object.entries(type.events).map(([key, event]) => [key, placed.get(key) ?? event] as const);
  return { ...type, events: Object.fromEntries(entries) };
}

/** Whether two conditions cannot hold at once: `mode == 0 and …` and `mode == 1 and …`. */
function exclude(a: Expression, b: Expression): boolean {
  const values = new Map(equalities(a));
  return equalities(b).some(([name, value]) => values.has(name) && values.get(name) !== value);
}

const equalities = (e: Expression): readonly (readonly [string, number])[] =>
  operandsOf(e, 'and').flatMap((one) =>
    one.kind === 'binary' && one.operator === '==' && one.left.kind === 'name' && one.right.kind === 'number'
      ? [[one.left.name, one.right.value] as const]
      : [],
  );
