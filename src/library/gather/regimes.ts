/**
 * Rewrites how cells of LEMS keep themselves from spiking again, for notations without regimes and flags. Two regimes
 * become a refractory time if one of them waits. A flag that is cleared below the threshold becomes a rising edge.
 */

import { addendsOf, type Addend, operandsOf } from '../../lang/addends.js';
import { difference, negated, sum } from '../../lang/build.js';
import type { Expression } from '../../lang/ast.js';
import { assigns, matched, nameOf } from '../../lang/pattern.js';
import { equalExpressions, namesIn } from '../../lang/walk.js';
import type { NeuronType } from '../../model/typed.js';
import { readsIn } from './texts.js';

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
  const wait = waitOf(ends.when, (name) => waiting.onEntry.some((one) => assigns(one, name, 't')));
  if (wait === undefined) return undefined;
  const { last, duration } = wait;
  const rates = Object.entries(integrating.derivatives);
  const waits = Object.entries(waiting.derivatives);
  const isHeld = ([name, { rate }]: (typeof waits)[number]): boolean => {
    const own = integrating.derivatives[name]?.rate;
    return own !== undefined && equalExpressions(own, rate);
  };
  if (!waits.every(isHeld)) return undefined;
  const actions = [...fires.do, ...waiting.onEntry.filter((one) => !assigns(one, last, 't'))];
  const derivatives = { ...type.derivatives, ...integrating.derivatives };
  if (readsIn([type.derived, derivatives, fires.when, duration, actions]).has(last)) return undefined;
  const { [last]: _, ...state } = type.state;
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
          for: duration,
          rate: rates.flatMap(([name]) => (waiting.derivatives[name] === undefined ? [name] : [])),
          writes: 'block',
          suppress: true,
          rounding: 'nearest',
          evaluated: 'atEvent',
        },
      },
    },
  };
}

/**
 * Returns the time that a condition waits after the moment that a variable holds: `duration` of `t > last + duration`,
 * with the terms of the sums in any order and on either side.
 *
 * @param isMoment whether a variable holds the time at which the wait began
 */
function waitOf(
  condition: Expression,
  isMoment: (name: string) => boolean,
): { readonly last: string; readonly duration: Expression } | undefined {
  if (condition.kind !== 'binary') return undefined;
  const { operator, left, right } = condition;
  const isGreater = operator === '>' || operator === '>=';
  if (!isGreater && operator !== '<' && operator !== '<=') return undefined;
  const terms = [...addendsOf(left, isGreater ? 1 : -1), ...addendsOf(right, isGreater ? -1 : 1)];
  const named = (sign: Addend['sign'], isOne: (name: string) => boolean): Addend | undefined =>
    terms.find((term) => term.sign === sign && term.value.kind === 'name' && isOne(term.value.name));
  const [time, moment] = [named(1, (name) => name === 't'), named(-1, isMoment)];
  const [first, ...others] = terms.filter((term) => term !== time && term !== moment);
  if (time === undefined || moment === undefined || first === undefined) return undefined;
  const duration = others.reduce(
    (total, { sign, value }) => (sign === -1 ? sum(total, value) : difference(total, value)),
    first.sign === -1 ? first.value : negated(first.value),
  );
  return namesIn(duration).has('t') ? undefined : { last: nameOf(moment.value), duration };
}

/**
 * Returns a type without the flag `spiking`, which is set above the threshold and cleared below it; undefined for other
 * types.
 *
 * @param refractory  whether spikes make refractory until the flag would be cleared, which is the same function;
 *   otherwise they are crossings, which differ for a cell that begins above the threshold
 * @param shown       variables that are recorded: a flag among them stays
 */
export function withoutFlag(type: NeuronType, refractory: boolean, shown: ReadonlySet<string>): NeuronType | undefined {
  const { spike } = type.events;
  const conditions = spike ? operandsOf(spike.when, 'and') : [];
  const [when, other] = conditions.filter((e) => !matched(e, 'spiking < 0.5'));
  const [clearing, cleared] =
    Object.entries(type.events).find(
      ([
        ,
        {
          do: [only, more],
        },
      ]) => only && !more && assigns(only, 'spiking', '0'),
    ) ?? [];
  if (spike === undefined || when === undefined || other !== undefined || conditions.length !== 2) return undefined;
  if (clearing === undefined || cleared === undefined || shown.has('spiking')) return undefined;
  if (when.kind !== 'binary' || when.operator !== '>') return undefined;
  if (!equalExpressions(cleared.when, { ...when, operator: '<' })) return undefined;
  if (!spike.do.some((one) => assigns(one, 'spiking', '1')) || type.state['spiking']?.initial !== 0) return undefined;
  if (readsIn([type.derived, type.derivatives]).has('spiking')) return undefined;
  const { spiking: _, ...state } = type.state;
  const { sequence: __, ...kept } = type;
  const { [clearing]: ___, ...events } = type.events;
  const once = { ...spike, when, do: spike.do.filter((one) => !assigns(one, 'spiking', '1')) };
  const until: Expression = { ...when, operator: '>=' };
  return {
    ...kept,
    state,
    events: {
      ...events,
      spike: refractory
        ? { ...once, refractory: { while: until, rate: [], writes: 'block', suppress: true, evaluated: 'eachStep' } }
        : { ...once, edge: 'rising' },
    },
  };
}
