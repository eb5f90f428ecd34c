/**
 * Generators of NeuroML by their equations: currents as pieces of time, spikes as given times or Poisson processes.
 *
 * @source NeuroML 2.3, Inputs.xml and PyNN.xml, as read by the translator of LEMS
 */

import type { NeuronType } from '../../model/model.js';
import { tidy } from '../recognise/numbers.js';

/** Numbers of an element's parameters, in SI. */
type Numbers = ReadonlyMap<string, number>;

/** The current in a piece of time. */
export type Shape =
  | { readonly kind: 'constant'; readonly amplitude: number }
  /** amplitude*sin(omega*(t - from) + phase), angles in rad. */
  | { readonly kind: 'sine'; readonly amplitude: number; readonly omega: number; readonly phase: number }
  | { readonly kind: 'ramp'; readonly start: number; readonly slope: number };

/** A piece of time in s, with its current in SI. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly shape: Shape;
}

/** Currents of generators within their window, by their equations. */
const shapes: Readonly<Record<string, (of: (name: string) => number) => Shape>> = {
  'weight*amplitude': (of) => ({ kind: 'constant', amplitude: tidy(of('weight') * of('amplitude')) }),
  'weight*amplitude*sin(phase + 6.2831853*(t - delay)/period)': (of) => ({
    kind: 'sine',
    amplitude: tidy(of('weight') * of('amplitude')),
    omega: 6.2831853 / of('period'),
    phase: of('phase'),
  }),
  'weight*startAmplitude + weight*(finishAmplitude - startAmplitude)*(t - delay)/duration': (of) => ({
    kind: 'ramp',
    start: tidy(of('weight') * of('startAmplitude')),
    slope: tidy((of('weight') * (of('finishAmplitude') - of('startAmplitude'))) / of('duration')),
  }),
};

/**
 * Returns the pieces of the currents that a generator's output is the sum of; undefined if it is no generator of
 * NeuroML.
 */
export function currentsOf(
  type: NeuronType,
  output: string,
  numbers: Numbers,
  end: number,
): readonly (readonly Piece[])[] | undefined {
  const [, total = ''] = /^weight\*(\w+)$/.exec(type.derived[output]?.value ?? '') ?? [];
  const parts = type.state[output] ? [output] : (type.derived[total]?.value.split(' + ') ?? []);
  const factor = parts[0] === output ? 1 : (numbers.get('weight') ?? NaN);
  const found = parts.flatMap((part) => piecesOf(type, part, numbers, factor, end) ?? []);
  return found.length === 0 || found.length < parts.length ? undefined : found;
}

/** Returns the pieces of a variable that is set before, in and after a window of time. */
function piecesOf(
  { events, state, derivatives }: NeuronType,
  variable: string,
  numbers: Numbers,
  factor: number,
  end: number,
): readonly [readonly Piece[]] | undefined {
  if (!state[variable] || derivatives[variable]) return undefined;
  const prefix = variable.replace(/(?:i_?|I)$/, '');
  const plain = (text: string): string => text.replaceAll(new RegExp(`\\b${prefix}`, 'g'), '');
  const setters = Object.values(events).filter(({ do: code }) => code.some((one) => one.startsWith(`${variable} = `)));
  const [before, during, after] = setters.map(({ when, do: code }) => [
    plain(when),
    plain(code.join('; ').slice(variable.length + 3)),
  ]);
  const window = 't < delay; t >= delay and t < duration + delay; t >= duration + delay';
  const shapeOf = shapes[during?.[1] ?? ''];
  const outside = before?.[1];
  if ([before, during, after].map((one) => one?.[0]).join('; ') !== window || setters.length > 3) return undefined;
  if (shapeOf === undefined || outside !== after?.[1]) return undefined;
  const of = (name: string): number => (numbers.get(prefix + name) ?? NaN) * (name === 'weight' ? factor : 1);
  const isZero = outside === '0' || outside === '0*A';
  if (!isZero && outside !== 'weight*baselineAmplitude') return undefined;
  const rest: Shape = { kind: 'constant', amplitude: isZero ? 0 : tidy(of('weight') * of('baselineAmplitude')) };
  const [from, to] = [of('delay'), tidy(of('delay') + of('duration'))];
  const pieces = [
    { from: 0, to: from, shape: rest },
    { from, to, shape: shapeOf(of) },
    { from: to, to: end, shape: rest },
  ];
  return [pieces.filter((piece) => piece.from < piece.to && piece.from < end)];
}

/** Spikes of one element. */
export type Train =
  | { readonly kind: 'times'; readonly times: readonly number[] }
  /** Intervals are `least` plus an exponential one; spikes fall between `start` and `end`, in s. */
  | {
      readonly kind: 'poisson';
      readonly rate: number;
      readonly least: number;
      readonly start: number;
      readonly end: number;
    };

/** Intervals between spikes of NeuroML's Poisson processes. */
const poissonIntervals: ReadonlySet<string> = new Set([
  'isi = 0*s - log(uniform())/averageRate',
  'isi = 0*s - log(uniform())/rate',
  'isi = 0*s - averageIsi*log(uniform())',
  'isi = 0*s - averageIsi*log(1 - uniform())',
  'isi = minimumISI - (averageIsi - minimumISI)*log(uniform())',
]);

/** Returns the spikes of a source of NeuroML; undefined for other types. */
export function trainOf(
  { events, inputs, regimes, state }: NeuronType,
  numbers: Numbers,
  { dt, end }: { readonly dt: number; readonly end: number },
): Train | undefined {
  const all = Object.values(events);
  const [only, second] = all;
  if (only === undefined || Object.keys({ ...inputs, ...regimes }).length > 0) return undefined;
  const of = (name: string): number | undefined => numbers.get(name);
  if (second === undefined && only.do.some((one) => poissonIntervals.has(one)) && only.when === 't > tnextUsed') {
    const start = of('start') ?? of('delay') ?? 0;
    const duration = of('duration') ?? Infinity;
    const rate = of('averageRate') ?? of('rate') ?? NaN;
    return { kind: 'poisson', rate, least: of('minimumISI') ?? 0, start, end: start + duration };
  }
  const isRegular = second === undefined && only.when === 'tnext - t < 1e-12*s';
  if (isRegular && only.do.includes('tnext = tnext + period')) {
    const period = of('period') ?? NaN;
    // Without a run there is no last spike to list.
    const last = Number.isFinite(end) ? end : 0;
    const times: number[] = [];
    // Spikes fall on steps, each on another one.
    for (let step = 0, k = 1; state['tnext']?.initial === 'period'; k++) {
      step = Math.max(step + 1, Math.ceil((k * period) / dt - 1e-6));
      if (!(step * dt <= last + dt / 2)) break;
      times.push(tidy(Number((step * dt).toPrecision(12))));
    }
    return { kind: 'times', times };
  }
  const given = all.map(({ when, do: code }) => {
    const [, time = '', flag = ''] = /^t >= (\w+) and (\w+) == 0$/.exec(when) ?? [];
    return code.includes(`${flag} = 1`) && state[flag]?.initial === 0 ? of(time) : undefined;
  });
  const times = given.flatMap((time) => time ?? []);
  if (times.length < given.length) return undefined;
  return { kind: 'times', times: times.filter((time) => time <= end).sort((a, b) => a - b) };
}
