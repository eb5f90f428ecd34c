/** Events that point processes send to themselves by `net_send`, as delayed pathways and as conditions on the time. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { binary, difference, integer, name as nameOf, number as literal, quotient, sum } from '../../src/lang/build.js';
import { equalExpressions } from '../../src/lang/walk.js';
import { constantOf, number } from './execute.js';
import type { EventCode, EventStatement, Sent } from './receive.js';
import { inUnits, isNothing } from './values.js';

/** A delayed effect of each event that arrives. */
export interface DelayedPathway {
  readonly name: string;
  readonly delay: Expression;
  readonly statements: readonly EventStatement[];
}

/** Effects at a time that a variable holds, or when a condition turns true. */
export interface TimedEvent {
  readonly name: string;
  readonly when: Expression;
  /** Present: at the step in which the condition turns true. */
  readonly edge?: 'rising';
  readonly statements: readonly EventStatement[];
}

/** A variable that holds the time of the next event, in ms, with its first value. */
export interface TimeVariable {
  readonly name: string;
  readonly initial: Expression;
}

/** All effects of a NET_RECEIVE block. */
export interface Events {
  /** At an event of a connection. */
  readonly statements: readonly EventStatement[];
  readonly pathways: readonly DelayedPathway[];
  readonly timed: readonly TimedEvent[];
  readonly times: readonly TimeVariable[];
}

/** Translates the block with a flag. */
type Run = (flag: Expression, decide?: EventDecision, onSend?: SendHandler) => EventCode;
type EventDecision = (condition: Expression) => boolean | undefined;
type SendHandler = (sent: Sent) => { readonly target: string; readonly value: Expression } | undefined;

const ms = (value: number): Expression => inUnits({ expression: literal(value), unit: undefined }, { ms: 1 });
/** Later than any simulation. */
const never = ms(1e15);
const flag = nameOf('flag');

/**
 * Returns the effects of a NET_RECEIVE block. Three kinds of events to itself are known:
 *
 * - each event of a connection sends one after a constant time: a delayed pathway
 * - the flag is a counter of the events, and the block ignores all flags but the last one: the time of the last one
 * - INITIAL sends one, and each sends at most one more: the time of the next one
 * - INITIAL sends one at once, which begins to watch conditions
 *
 * @param first  events that INITIAL sends
 * @param claim  returns a free name
 * @param isFixed  whether a time depends on parameters only
 * @param refuse  reports another kind
 */
export function eventsOf(
  translate: Run,
  first: readonly Sent[],
  claim: (wanted: string) => string,
  isFixed: (time: Expression) => boolean,
  refuse: (part: string, reason: string, span: Span) => never,
): Events {
  const run: Run = (...given) => {
    const body = translate(...given);
    const [watched] = body.watched;
    return watched
      ? refuse('WATCH', 'a condition that an event after the first one begins to watch', watched.span)
      : body;
  };
  const { sent, statements } = run(integer(0));
  const several = (span: Span): never =>
    refuse('net_send', 'several events to itself may be on their way at once', span);
  const moved = [...sent, ...first].find(({ isMove }) => isMove);
  if (moved) return refuse('net_send', 'an event that is moved while it is on its way', moved.span);
  const [one, ...others] = sent;
  const [start, ...more] = first;
  if (!one && !start) return { statements, pathways: [], timed: [], times: [] };
  if (one && start) return several(start.span);
  if (!one)
    return more[0] || !start
      ? several((more[0] ?? first[0])?.span ?? noSpan)
      : (watching(translate, start, claim, refuse) ?? chained(run, start, claim, several));
  const conditional = sent.find(({ conditions }) => conditions.length > 0);
  if (conditional) return several(conditional.span);
  if (number(one.flag) === undefined && others.length === 0) return counted(run, one, claim, several);
  const pathways = sent.map((each) => {
    if (number(each.flag) === undefined || !isFixed(each.when)) return several(each.span);
    const body = run(each.flag);
    if (body.sent[0]) return several(body.sent[0].span);
    return { name: claim('after'), delay: each.when, statements: body.statements };
  });
  return { statements, pathways, timed: [], times: [] };
}

const noSpan: Span = { start: 0, end: 0 };

const timedEvent = (name: string, time: string, statements: readonly EventStatement[], span: Span): TimedEvent => ({
  name,
  // At the step that is nearest to the time, as in NEURON.
  when: binary('>', nameOf('t'), difference(nameOf(time), quotient(nameOf('dt'), integer(2)))),
  statements: [{ target: time, value: never, span }, ...statements],
});

/** Events with flags that count: only the last one has an effect. */
function counted(run: Run, sent: Sent, claim: (wanted: string) => string, several: (span: Span) => never): Events {
  const counter = sent.flag.kind === 'name' ? sent.flag.name : undefined;
  const decide =
    (isLast: boolean): EventDecision =>
    (condition) => {
      if (condition.kind !== 'binary' || condition.operator !== '==') return constantOf(condition);
      const { left, right } = condition;
      const other = equalExpressions(left, flag) ? right : equalExpressions(right, flag) ? left : undefined;
      if (other?.kind === 'name' && other.name === counter) return isLast;
      return other && number(other) === 0 ? false : constantOf(condition);
    };
  const before = run(flag, decide(false));
  if (before.statements.length > 0 || before.sent.length > 0) return several(sent.span);
  const last = run(flag, decide(true));
  if (last.sent.length > 0 || last.statements.some(({ target }) => target === counter)) return several(sent.span);
  const time = claim('next');
  const { statements } = run(integer(0), undefined, ({ when }) => ({ target: time, value: sum(nameOf('t'), when) }));
  const at = statements.findIndex(({ target }) => target === time);
  const counts = statements.flatMap(({ target }, k) => (target === counter ? [k] : []));
  const value = statements[counts[0] ?? -1]?.value;
  const isCount =
    value?.kind === 'binary' &&
    value.operator === '+' &&
    value.left.kind === 'name' &&
    value.left.name === counter &&
    (number(value.right) ?? 0) > 0;
  if (!isCount || counts.length > 1 || (counts[0] ?? at) >= at) return several(sent.span);
  return {
    statements,
    pathways: [],
    timed: [timedEvent(claim('arrival'), time, last.statements, sent.span)],
    times: [{ name: time, initial: never }],
  };
}

/** Conditions that an event of INITIAL begins to watch; undefined if it watches none. */
function watching(
  run: Run,
  start: Sent,
  claim: (wanted: string) => string,
  refuse: (part: string, reason: string, span: Span) => never,
): Events | undefined {
  const begin = run(start.flag);
  if (begin.watched.length === 0) return undefined;
  const [sent] = begin.sent;
  const isAtOnce = start.conditions.length === 0 && isNothing(start.when);
  if (!isAtOnce || sent || begin.statements.length > 0)
    return refuse('WATCH', 'an event that does more than to begin to watch conditions', sent?.span ?? start.span);
  const timed = begin.watched.map(({ condition, flag, isConditional, span }): TimedEvent => {
    if (isConditional || number(flag) === undefined)
      return refuse('WATCH', 'a condition that is not always watched', span);
    const body = run(flag);
    const [other] = [...body.sent, ...body.watched];
    if (other) return refuse('WATCH', 'an event of a condition that sends or watches more', other.span);
    return { name: claim('crossing'), when: condition, edge: 'rising', statements: body.statements };
  });
  return { statements: run(integer(0)).statements, pathways: [], timed, times: [] };
}

/** A chain of events, which INITIAL begins. */
function chained(run: Run, start: Sent, claim: (wanted: string) => string, several: (span: Span) => never): Events {
  if (start.conditions.length > 0) return several(start.span);
  const times = new Map<number, string>();
  const timeOf = (sent: Sent): string => {
    const value = number(sent.flag);
    if (value === undefined) return several(sent.span);
    const known = times.get(value) ?? claim('next');
    times.set(value, known);
    return known;
  };
  timeOf(start);
  const timed: TimedEvent[] = [];
  // Bodies add the flags that they send.
  for (const [value, time] of times) {
    const body = run(literal(value, undefined, true), undefined, (sent) => ({
      target: timeOf(sent),
      value: sum(nameOf('t'), sent.when),
    }));
    for (const [k, a] of body.sent.entries())
      for (const b of body.sent.slice(k + 1)) if (!areExclusive(a, b)) return several(b.span);
    timed.push(timedEvent(claim('arrival'), time, body.statements, start.span));
  }
  const { statements } = run(integer(0));
  return {
    statements,
    pathways: [],
    timed,
    times: [...times.values()].map((name, k) => ({ name, initial: k === 0 ? start.when : never })),
  };
}

/** Whether two events are sent under conditions of which one is the negation of the other. */
const areExclusive = (a: Sent, b: Sent): boolean =>
  a.conditions.some((condition) =>
    b.conditions.some((other) => isNegation(condition, other) || isNegation(other, condition)),
  );

const isNegation = (a: Expression, b: Expression): boolean =>
  a.kind === 'unary' && a.operator === 'not' && equalExpressions(a.operand, b);
