/** PyNN's Poisson sources as Brian's groups of them. */

import { assignedBy } from '../../../src/model/assigned.js';
import { NoNumber } from '../../../src/lang/evaluate.js';
import { namesIn } from '../../../src/lang/walk.js';
import { plain, valueAt } from '../../../src/library/recognise/numbers.js';
import type { DataStore, Model, NeuronType, Phase, Value } from '../../../src/model/model.js';
import { isPhase } from '../../../src/model/tagged.js';
import { largestOf } from './delays.js';
import type { IdiomContext } from './idiom-context.js';

/** Expected spikes a step above which a PoissonGroup is not a Poisson process. */
const mostOften = 0.5;

/** PyNN's Poisson source in Brian. */
interface BrianSource {
  readonly type: NeuronType;
  readonly values: Readonly<Record<string, Value>>;
  /** Whether it is a PoissonGroup, rather than a NeuronGroup with a random threshold. */
  readonly isGroup: boolean;
}

/**
 * Returns PyNN's Poisson source as a PoissonGroup, or as neurons with their own rates and times if these differ or
 * change. Returns undefined for other types.
 */
export function poissonGroup(
  name: string,
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  pointer: string,
  { model, data, report, changed }: IdiomContext,
): BrianSource | undefined {
  if (type.conformsTo?.type !== 'pynn/SpikeSourcePoisson') return undefined;
  const given = (key: string): Value => values[key] ?? type.parameters[key]?.value ?? 0;
  const [rate = 0, start, duration] = ['rate', 'start', 'duration'].map(given);
  const { dt } = model.experiment;
  const rates = [rate, ...ratesSet(name, model)];
  const always = start === 0 && typeof duration === 'number' && duration >= 1e6;
  const size = model.populations[name]?.size ?? 0;
  const most = Math.max(...rates.map((one) => likelyLargest(one, size, data) ?? 0)) * dt;
  const percent = Number((most * 100).toPrecision(2));
  const areTimesSet = ['start', 'duration'].some((key) => changed.has(`${name}.${key}`));
  if (most > mostOften) {
    report.missing(
      pointer,
      `${percent} spikes in a hundred steps, but each neuron of Brian's groups spikes at most once per step: ` +
        'several sources with a part of the rate each, or shorter steps, are the same process',
      'brian/poisson-group',
    );
    return { type: oncePerStep(type), values, isGroup: false };
  }
  const isRateSet = changed.has(`${name}.rate`);
  const isPlain = [start, duration, rate].every((value) => typeof value === 'number');
  // A rate that is set is a variable of the group, not a part of an expression.
  const isGroup = !areTimesSet && (isRateSet ? always && rates.length > 1 : always || isPlain);
  // PyNN's own backend for Brian also uses a PoissonGroup.
  report.approximated(
    'brian/poisson-group',
    pointer,
    `${isGroup ? 'a PoissonGroup' : 'a neuron'} has at most one spike per step, where the model draws their number` +
      (most > 0 ? `: the variance of counts is up to ${percent} % less` : ''),
  );
  if (!isGroup) return { type: oncePerStep(type), values, isGroup };
  const spike = {
    when: 'uniform() < rates*dt',
    edge: 'level',
    do: [],
    order: 0,
  } as const satisfies NeuronType['events'][string];
  const base: NeuronType = {
    parameters: {},
    state: {},
    derived: {},
    derivatives: {},
    noise: [],
    method: 'auto',
    inputs: {},
    events: { spike },
    regimes: {},
  };
  if (always)
    return {
      type: { ...base, parameters: { rates: { unit: 'Hz', type: 'real', value: 0, shared: false } } },
      values: { rates: rate },
      isGroup,
    };
  const [from, lasting] = [Number(start), Number(duration)];
  const after = from === 0 ? [] : [`t >= ${from}*s - dt/2`];
  const before = lasting >= 1e6 ? [] : [`t < ${Number((from + lasting).toPrecision(12))}*s - dt/2`];
  return {
    isGroup,
    type: {
      ...base,
      parameters: { rate: { unit: 'Hz', type: 'real', value: Number(rate), shared: true } },
      derived: {
        rates: {
          unit: 'Hz',
          type: 'real',
          value: `rate*int(${[...after, ...before].join(' and ')})`,
          shared: false,
          held: false,
        },
      },
    },
    values: {},
  };
}

/** Large values of draws, by their arguments: three standard deviations above the mean, or the limit. */
const largeDraws: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  uniform: (_low = 0, high = 1) => high,
  normal: (mean = 0, deviation = 1) => mean + 3 * deviation,
  truncatedNormal: (mean = 0, deviation = 1, _low = 0, high = Infinity) => Math.min(high, mean + 3 * deviation),
  exponential: (mean = 1) => 4 * mean,
  gamma: (shape = 1, scale = 1) => (shape + 3 * Math.sqrt(shape)) * scale,
  lognormal: (mu = 0, sigma = 1) => Math.exp(mu + 3 * sigma),
  poisson: (mean = 1) => mean + 3 * Math.sqrt(mean),
};

/**
 * Returns the largest number of a value, estimated if it is drawn. Returns undefined if an expression reads other
 * values.
 */
function likelyLargest(value: Value, size: number, data: DataStore): number | undefined {
  if (typeof value !== 'string') return largestOf(value, data);
  const names = new Set(['i', 'N']);
  const e = plain(value, { has: (name) => names.has(name) });
  const of = (i: number): number =>
    valueAt(
      e,
      (name) => {
        if (!names.has(name)) throw new RangeError(name);
        return name === 'i' ? i : size;
      },
      (name, values) => (Object.hasOwn(largeDraws, name) ? largeDraws[name]?.(...values) : undefined),
    );
  try {
    const indices = namesIn(e).has('i') ? Array.from({ length: size }, (_, i) => i) : [0];
    return indices.reduce((most, i) => Math.max(most, of(i)), 0);
  } catch (error) {
    if (error instanceof RangeError || error instanceof NoNumber) return undefined;
    throw error;
  }
}

/** Returns the type with the same mean number of spikes, but at most one spike a step. */
function oncePerStep(type: NeuronType): NeuronType {
  const { multiplicity: _, ...spike } = type.events['spike'] ?? { when: 'false', edge: 'level', do: [], order: 0 };
  const when = spike.when.replace('-expm1(-rate*dt)', 'rate*dt');
  const { conformsTo: __, ...own } = type;
  return { ...own, events: { ...type.events, spike: { ...spike, when } } };
}

/** Returns values that phases give to the rate of a population. */
function ratesSet(name: string, { experiment }: Model): readonly Value[] {
  return experiment.protocol.flatMap((phase) =>
    isPhase(phase, 'set')
      ? Object.entries(phase.set).flatMap(([key, value]) => (isRateOf(name, key) ? [value] : []))
      : [],
  );
}

function isRateOf(name: string, key: string): boolean {
  const { owner, variable } = assignedBy(key);
  return owner === name && variable === 'rate';
}

/** Returns a phase that sets rates of PoissonGroups by their name in Brian. */
export const withRates = (phase: Phase, groups: ReadonlySet<string>): Phase =>
  isPhase(phase, 'set')
    ? {
        ...phase,
        set: Object.fromEntries(
          Object.entries(phase.set).map(([key, value]) => [
            [...groups].some((name) => isRateOf(name, key)) ? key.replace(/\.rate$/, '.rates') : key,
            value,
          ]),
        ),
      }
    : phase;
