/**
 * Rewrites how cells keep themselves from spiking again, for notations without regimes and flags. Two regimes become a refractory
 * time if one of them waits. A flag that is cleared below the threshold becomes a rising edge.
 */

import type { Expression } from '../../lang/ast.js';
import { binary, unary } from '../../lang/build.js';
import { equalExpressions } from '../../lang/walk.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import type { NeuronType, Refractory, Regime } from '../../model/model.js';
import { namesOf, readsOf } from './texts.js';

/** Returns a type with a spike event in place of its regimes; undefined if they do more than wait after a spike. */
export function withoutRegimes(type: NeuronType): NeuronType | undefined {
  const regimes = Object.entries(type.regimes);
  const start = regimes.find(([, { initial }]) => initial);
  const other = regimes.find(([, { initial }]) => !initial);
  if (start === undefined || other === undefined || regimes.length !== 2) return undefined;
  const [[startName, integrating], [waitName, waiting]] = [start, other];
  const [fires, second] = integrating.transitions;
  const [ends, third] = waiting.transitions;
  if (fires?.emit !== 'spike' || fires.to !== waitName || second !== undefined) return undefined;
  if (ends?.to !== startName || third !== undefined || ends.do.length > 0 || ends.emit !== undefined) return undefined;
  if (integrating.onEntry.length > 0 || Object.keys(type.events).length > 0) return undefined;
  const wait = waitOf(ends.when, waiting);
  if (wait === undefined) return undefined;
  const held = Object.keys(integrating.derivatives).filter((name) => waiting.derivatives[name] === undefined);
  const same = Object.entries(waiting.derivatives).every(
    ([name, { rate }]) => integrating.derivatives[name]?.rate === rate,
  );
  if (!same) return undefined;
  const actions = [...fires.do, ...waiting.onEntry.filter((text) => text !== wait.noted)];
  const derivatives = { ...type.derivatives, ...integrating.derivatives };
  const expressions = [...Object.values(derivatives).map(({ rate }) => rate), fires.when, wait.duration];
  const derived = Object.values(type.derived).map(({ value }) => value);
  if (
    [...expressions, ...derived].some((text) => namesOf(text).has(wait.last)) ||
    actions.some((text) => readsOf(text).has(wait.last))
  )
    return undefined;
  const { [wait.last]: _, ...state } = type.state;
  const { sequence: __, ...rest } = type;
  return {
    ...rest,
    state,
    derivatives,
    regimes: {},
    events: {
      spike: {
        when: fires.when,
        edge: 'level',
        do: actions,
        order: 0,
        refractory: {
          for: wait.duration,
          rate: held,
          writes: 'block',
          suppress: true,
          rounding: 'nearest',
          evaluated: 'atEvent',
        },
      },
    },
  };
}

/** Matches `t > last + duration`, if `last = t` was set on entry. */
function waitOf(
  when: string,
  { onEntry }: Regime,
): { readonly last: string; readonly duration: string; readonly noted: string } | undefined {
  const e = parseExpression(when);
  if (e.kind !== 'binary' || (e.operator !== '>' && e.operator !== '>=')) return undefined;
  if (e.left.kind !== 'name' || e.left.name !== 't' || e.right.kind !== 'binary' || e.right.operator !== '+')
    return undefined;
  const { left, right } = e.right;
  for (const noted of onEntry) {
    const [statement] = parseStatements(noted);
    if (statement?.kind !== 'assignment' || statement.operator !== '=') continue;
    if (!equalExpressions(statement.value, e.left)) continue;
    const last = statement.target;
    const duration = [left, right].filter((side) => !(side.kind === 'name' && side.name === last));
    const [only] = duration;
    if (only !== undefined && duration.length === 1) return { last, duration: printExpression(only), noted };
  }
  return undefined;
}

/**
 * Returns a type without the flag that is set above the threshold and cleared below it.
 *
 * @param refractory  whether spikes make refractory until the flag would be cleared, which is the same function;
 *   otherwise they are crossings, which differ for a cell that begins above the threshold
 * @param shown       variables that are recorded: a flag among them stays
 */
export function withoutFlag(type: NeuronType, refractory: boolean, shown: ReadonlySet<string>): NeuronType | undefined {
  const events = Object.entries(type.events);
  const spike = type.events['spike'];
  const e = spike === undefined ? undefined : parseExpression(spike.when);
  if (spike === undefined || e?.kind !== 'binary' || e.operator !== 'and') return undefined;
  const flag = flagOf(e.right);
  if (flag === undefined || shown.has(flag) || type.state[flag]?.initial !== 0) return undefined;
  const clearing = events.find(([name, one]) => name !== 'spike' && one.do.length === 1 && assigns(one.do[0], flag, 0));
  const setting = spike.do.filter((text) => assigns(text, flag, 1));
  if (clearing === undefined || setting.length !== 1 || !isOpposite(e.left, parseExpression(clearing[1].when)))
    return undefined;
  const rest = events.filter(([name]) => name !== clearing[0]);
  const { [flag]: _, ...state } = type.state;
  const texts = [
    ...Object.values(type.derived).map(({ value }) => value),
    ...Object.values(type.derivatives).map(({ rate }) => rate),
  ];
  if (texts.some((text) => namesOf(text).has(flag))) return undefined;
  const { sequence: __, ...kept } = type;
  const when = printExpression(e.left);
  const actions = spike.do.filter((text) => !setting.includes(text));
  const once: NeuronType['events'][string] = refractory
    ? { ...spike, when, do: actions, refractory: untilCleared(clearing[1].when) }
    : { ...spike, when, do: actions, edge: 'rising' };
  return {
    ...kept,
    state,
    events: Object.fromEntries(rest.map(([name, one]) => [name, name === 'spike' ? once : one])),
  };
}

/** Refractory for as long as the opposite of `v < a` holds. */
function untilCleared(cleared: string): Refractory {
  const e = parseExpression(cleared);
  const opposite = e.kind === 'binary' && e.operator === '<' ? binary('>=', e.left, e.right) : unary('not', e);
  return { while: printExpression(opposite), rate: [], writes: 'block', suppress: true, evaluated: 'eachStep' };
}

/** `flag < 0.5` */
const flagOf = (e: Expression): string | undefined =>
  e.kind === 'binary' && (e.operator === '<' || e.operator === '==') && e.left.kind === 'name'
    ? e.left.name
    : undefined;

function assigns(text: string | undefined, name: string, value: number): boolean {
  const [statement] = parseStatements(text ?? '');
  if (statement?.kind !== 'assignment' || statement.operator !== '=' || statement.target !== name) return false;
  return statement.value.kind === 'number' && statement.value.value === value;
}

/** `v > a` and `v < a` */
const isOpposite = (a: Expression, b: Expression): boolean =>
  a.kind === 'binary' &&
  b.kind === 'binary' &&
  ['>', '>='].includes(a.operator) &&
  ['<', '<='].includes(b.operator) &&
  equalExpressions(a.left, b.left) &&
  equalExpressions(a.right, b.right);
