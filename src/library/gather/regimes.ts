/**
 * Rewrites how cells of LEMS keep themselves from spiking again, for notations without regimes and flags. Two regimes
 * become a refractory time if one of them waits. A flag that is cleared below the threshold becomes a rising edge.
 */

import type { NeuronType } from '../../model/model.js';
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
  const [, last = '', duration = ''] = /^t >=? (\w+) \+ (.+)$/.exec(ends.when) ?? [];
  if (!waiting.onEntry.includes(`${last} = t`) || / and | or /.test(duration)) return undefined;
  const rates = Object.entries(integrating.derivatives);
  const waits = Object.entries(waiting.derivatives);
  if (!waits.every(([name, { rate }]) => integrating.derivatives[name]?.rate === rate)) return undefined;
  const actions = [...fires.do, ...waiting.onEntry.filter((text) => text !== `${last} = t`)];
  const derivatives = { ...type.derivatives, ...integrating.derivatives };
  const texts = [...textsOf({ ...type, derivatives }), fires.when, duration];
  if (texts.some((text) => namesOf(text).has(last)) || actions.some((text) => readsOf(text).has(last)))
    return undefined;
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

const textsOf = ({ derived, derivatives }: Pick<NeuronType, 'derived' | 'derivatives'>): readonly string[] => [
  ...Object.values(derived).map(({ value }) => value),
  ...Object.values(derivatives).map(({ rate }) => rate),
];

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
  const [, when] = /^(.+) and spiking < 0\.5$/.exec(spike?.when ?? '') ?? [];
  const clearing = Object.keys(type.events).find((name) => type.events[name]?.do.join() === 'spiking = 0');
  if (spike === undefined || when === undefined || clearing === undefined || shown.has('spiking')) return undefined;
  const below = type.events[clearing]?.when;
  if (below !== when.replace(' > ', ' < ') || !spike.do.includes('spiking = 1')) return undefined;
  if (type.state['spiking']?.initial !== 0 || textsOf(type).some((text) => namesOf(text).has('spiking')))
    return undefined;
  const { spiking: _, ...state } = type.state;
  const { sequence: __, ...kept } = type;
  const { [clearing]: ___, ...events } = type.events;
  const once = { ...spike, when, do: spike.do.filter((text) => text !== 'spiking = 1') };
  const until = when.replace(' > ', ' >= ');
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
