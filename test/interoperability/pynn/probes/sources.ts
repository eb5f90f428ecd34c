/** Sources of spikes: how many they emit, at which intervals, and within which time. */

import type { Probe, Quantity } from '../probe.js';
import { segmentOf, type Results } from '../results.js';

const many = 400;
const [start, length, total] = [100, 800, 1000];

const trains = (results: Results): readonly (readonly number[])[] => Object.values(segmentOf(results, 'source').spikes);

const document = (type: string, params: object, size = many): Record<string, unknown> => ({
  seed: 9,
  populations: [{ label: 'source', size, cell: { type, params } }],
  recordings: [{ target: 'source', variables: 'spikes' }],
  phases: [{ run: total }],
});

const intervalsOf = (results: Results): readonly number[] =>
  trains(results).flatMap((times) => times.slice(1).map((time, k) => time - (times[k] ?? 0)));

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const spread = (numbers: readonly number[]): number => Math.sqrt(mean(numbers.map((x) => x * x)) - mean(numbers) ** 2);

/**
 * Distances of the mean interval and of its coefficient of variation from the values of the distribution, and spikes
 * outside of the time.
 */
function renewal(
  what: string,
  interval: number,
  variation: number,
  within: Readonly<Record<string, number>>,
): NonNullable<Probe['exact']> {
  return {
    what,
    within,
    distances: (ours) => {
      const intervals = intervalsOf(ours);
      const outside = trains(ours)
        .flat()
        .filter((time) => time < start || time > start + length + 0.05).length;
      return {
        'mean interval': [Math.abs(mean(intervals) / interval - 1), 'relative'],
        variation: [Math.abs(spread(intervals) / mean(intervals) - variation), ''],
        'outside of its time': [outside, 'spikes'],
      };
    },
  };
}

/** Ratio of mean rates, less one. */
const rate: Quantity = {
  unit: 'relative',
  distance: (ours, theirs) =>
    Math.abs(mean(trains(theirs).map((times) => times.length)) / mean(trains(ours).map((times) => times.length)) - 1),
};

const within = { 'mean interval': 0.03, variation: 0.04, 'outside of its time': 0 };
const time = { start, duration: length };
const ignoresStart = 'begins at 0 whatever start says';

export const sourceProbes: readonly Probe[] = [
  {
    section: 'Sources of spikes',
    name: 'SpikeSourceArray',
    document: document('SpikeSourceArray', { spike_times: { sequences: [[1, 2], [], [5.5, 800]] } }, 3),
    quantities: {
      spikes: {
        unit: 'ms',
        distance: (ours, theirs) =>
          JSON.stringify(trains(ours)) ===
          JSON.stringify(trains(theirs).map((times) => times.map((one) => Number(one.toFixed(6)))))
            ? 0
            : Infinity,
      },
    },
    simulators: {
      nest: { within: { spikes: 0 } },
      neuron: { within: { spikes: 0 } },
      brian2: { within: { spikes: 0 } },
    },
  },
  {
    section: 'Sources of spikes',
    name: 'SpikeSourcePoisson',
    document: document('SpikeSourcePoisson', { rate: 50, ...time }),
    quantities: { rate },
    exact: renewal('exponential intervals', 20, 1, within),
    simulators: {
      nest: { within: { rate: 0.05 } },
      neuron: { within: { rate: 0.05 } },
      brian2: { within: { rate: 0.05 } },
    },
    note: 'several spikes may fall into one step',
  },
  {
    section: 'Sources of spikes',
    name: 'SpikeSourcePoissonRefractory',
    document: document('SpikeSourcePoissonRefractory', { rate: 50, tau_refrac: 5, ...time }),
    quantities: { rate },
    exact: renewal('5 ms and an exponential interval', 20, 15 / 20, within),
    simulators: {
      nest: { refuses: /start|duration|offset/, because: 'takes no start and no duration' },
      neuron: { because: ignoresStart },
      brian2: { refuses: /SpikeSourcePoissonRefractory/, because: 'does not have this source' },
    },
    note: 'the first interval begins at start',
  },
  {
    section: 'Sources of spikes',
    name: 'SpikeSourceGamma',
    document: document('SpikeSourceGamma', { alpha: 3, beta: 150, ...time }),
    quantities: { rate },
    exact: renewal('gamma intervals', 20, 1 / Math.sqrt(3), within),
    simulators: {
      neuron: { because: ignoresStart },
      brian2: { refuses: /SpikeSourceGamma/, because: 'does not have this source' },
    },
    note: 'the first interval begins at start',
  },
  {
    section: 'Sources of spikes',
    name: 'SpikeSourceInhGamma',
    document: document('SpikeSourceInhGamma', {
      a: { sequence: [3] },
      b: { sequence: [1 / 150] },
      tbins: { sequence: [0] },
      ...time,
    }),
    quantities: { rate },
    // At most one spike in a step, taken to be in its middle.
    exact: renewal('gamma intervals, where nothing changes', 20, 1 / Math.sqrt(3), within),
    simulators: {
      neuron: { refuses: /SpikeSourceInhGamma|not available/, because: 'does not have this source' },
      brian2: { refuses: /SpikeSourceInhGamma|not available/, because: 'does not have this source' },
    },
    note:
      'each step has the hazard of the process at its middle; thinning, as NEST does it, draws the same process in ' +
      'continuous time',
  },
  {
    section: 'Sources of spikes',
    name: 'SpikeSourceInhGamma, changing',
    document: document('SpikeSourceInhGamma', {
      a: { sequence: [3, 3, 2] },
      b: { sequence: [1 / 75, 1 / 180, 1 / 60] },
      tbins: { sequence: [0, 300, 600] },
    }),
    quantities: {},
    // Once the intervals that began before a change have ended, as many spikes as one over the mean interval a*b.
    exact: {
      what: 'rates 25, 60 and 30 Hz in turn, once the first intervals have passed',
      within: { rate: 0.04 },
      distances: (ours) => {
        const found = [
          [150, 300, 25],
          [450, 600, 60],
          [750, 1000, 30],
        ].map(([from = 0, until = 0, expected = 0]) => {
          const count = trains(ours)
            .flat()
            .filter((one) => one >= from && one < until).length;
          return Math.abs(count / (many * (until - from) * 1e-3) / expected - 1);
        });
        return { rate: [Math.max(...found), 'relative'] };
      },
    },
    simulators: {},
  },
];
