/**
 * Generators of NeuroML by their equations: currents as pieces of time, spikes as given times or Poisson processes.
 *
 * @source NeuroML 2.3, Inputs.xml and PyNN.xml, as read by the translator of LEMS
 */

import { addendsOf } from '../../lang/addends.js';
import type { Expression } from '../../lang/ast.js';
import { isZero, name as named } from '../../lang/build.js';
import { assigns, matched, nameOf } from '../../lang/pattern.js';
import { equalExpressions, mapExpression } from '../../lang/walk.js';
import { formulaOf, type EventDefinition, type NeuronType } from '../../model/typed.js';
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
const shapes: readonly (readonly [pattern: string, (of: (name: string) => number) => Shape])[] = [
  ['weight*amplitude', (of) => ({ kind: 'constant', amplitude: tidy(of('weight') * of('amplitude')) })],
  [
    'weight*amplitude*sin(phase + 6.2831853*(t - delay)/period)',
    (of) => ({
      kind: 'sine',
      amplitude: tidy(of('weight') * of('amplitude')),
      omega: 6.2831853 / of('period'),
      phase: of('phase'),
    }),
  ],
  [
    'weight*startAmplitude + weight*(finishAmplitude - startAmplitude)*(t - delay)/duration',
    (of) => ({
      kind: 'ramp',
      start: tidy(of('weight') * of('startAmplitude')),
      slope: tidy((of('weight') * (of('finishAmplitude') - of('startAmplitude'))) / of('duration')),
    }),
  ],
];

/** Conditions before, in and after a window of time. */
const windows = ['t < delay', 't >= delay and t < duration + delay', 't >= duration + delay'] as const;

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
  const { value } = type.derived[output] ?? {};
  const total = type.derived[nameOf(value && matched(value, 'weight*total', 'total')?.['total'])]?.value;
  const addends = total ? addendsOf(total) : [];
  const parts = type.state[output] ? [output] : addends.map(({ sign, value }) => (sign === 1 ? nameOf(value) : ''));
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
  const plain = (e: Expression): Expression =>
    mapExpression(e, (part) =>
      part.kind === 'name' && part.name.startsWith(prefix) ? named(part.name.slice(prefix.length)) : part,
    );
  const setters = Object.values(events).flatMap(({ when, do: [only, other] }) =>
    only?.kind === 'assignment' && only.operator === '=' && only.target === variable && other === undefined
      ? [{ when: plain(when), value: plain(only.value) }]
      : [],
  );
  const [before, during, after] = setters;
  if (!before || !during || !after || setters.length > windows.length) return undefined;
  if (!setters.every(({ when }, k) => matched(when, windows[k] ?? ''))) return undefined;
  const [, shapeOf] = shapes.find(([pattern]) => matched(during.value, pattern)) ?? [];
  if (shapeOf === undefined || !equalExpressions(before.value, after.value)) return undefined;
  const of = (name: string): number => (numbers.get(prefix + name) ?? NaN) * (name === 'weight' ? factor : 1);
  const isNothing = isZero(before.value);
  if (!isNothing && !matched(before.value, 'weight*baselineAmplitude')) return undefined;
  const rest: Shape = { kind: 'constant', amplitude: isNothing ? 0 : tidy(of('weight') * of('baselineAmplitude')) };
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
const poissonIntervals = [
  '0*s - log(uniform())/averageRate',
  '0*s - log(uniform())/rate',
  '0*s - averageIsi*log(uniform())',
  '0*s - averageIsi*log(1 - uniform())',
  'minimumISI - (averageIsi - minimumISI)*log(uniform())',
];

/** Checks whether an event draws the interval to the next one. */
const drawsIntervals = ({ when, do: code }: EventDefinition): boolean =>
  matched(when, 't > tnextUsed') !== undefined &&
  code.some((one) => poissonIntervals.some((interval) => assigns(one, 'isi', interval)));

/** Checks whether an event comes again after a period. */
const isRegular = ({ when, do: code }: EventDefinition): boolean =>
  matched(when, 'tnext - t < 1e-12*s') !== undefined && code.some((one) => assigns(one, 'tnext', 'tnext + period'));

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
  if (second === undefined && drawsIntervals(only)) {
    const start = of('start') ?? of('delay') ?? 0;
    const duration = of('duration') ?? Infinity;
    const rate = of('averageRate') ?? of('rate') ?? NaN;
    return { kind: 'poisson', rate, least: of('minimumISI') ?? 0, start, end: start + duration };
  }
  if (second === undefined && isRegular(only)) {
    const period = of('period') ?? NaN;
    // Without a run there is no last spike to list.
    const last = Number.isFinite(end) ? end : 0;
    const times: number[] = [];
    // Spikes fall on steps, each on another one.
    for (let step = 0, k = 1; nameOf(formulaOf(state['tnext']?.initial ?? 0)) === 'period'; k++) {
      step = Math.max(step + 1, Math.ceil((k * period) / dt - 1e-6));
      if (!(step * dt <= last + dt / 2)) break;
      times.push(tidy(Number((step * dt).toPrecision(12))));
    }
    return { kind: 'times', times };
  }
  const given = all.map(({ when, do: code }) => {
    const { time, flag } = matched(when, 't >= time and flag == 0', 'time', 'flag') ?? {};
    const isSet = code.some((one) => assigns(one, nameOf(flag), '1'));
    return isSet && state[nameOf(flag)]?.initial === 0 ? of(nameOf(time)) : undefined;
  });
  const times = given.flatMap((time) => time ?? []);
  if (times.length < given.length) return undefined;
  return { kind: 'times', times: times.filter((time) => time <= end).sort((a, b) => a - b) };
}
