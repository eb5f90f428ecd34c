/** Spike trains of populations that reviewers call alike or different, for tests and for the table of power. */

import type { Train } from '../../src/compare/measures/train.js';

/** A source of numbers from 0 to 1. */
export type Random = () => number;

/** Spike trains of a population. */
export type Trains = readonly Train[];

/** Returns a generator of random numbers (Marsaglia 2003, xorshift). */
export function generator(seed: number): Random {
  let state = (seed * 2654435761 + 12345) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/**
 * Returns the times of a Poisson process.
 *
 * @param rate  Hz, of a time in s.
 * @param most  upper bound of the rate in Hz
 */
export function process(rate: (time: number) => number, most: number, seconds: number, random: Random): number[] {
  const times: number[] = [];
  for (let time = -Math.log(random()) / most; time < seconds; time -= Math.log(random()) / most)
    if (random() * most < rate(time)) times.push(time);
  return times;
}

/** Returns a train with ascending times in multiples of 0.1 ms. */
const train = (times: readonly number[]): Train =>
  Float64Array.from(times, (time) => Math.round(time * 1e4) / 1e4).sort();

/** Returns trains of inhomogeneous Poisson processes. @param rate  Hz, of a time in s and a cell */
export const modulated = (
  rate: (time: number, cell: number) => number,
  most: number,
  cells: number,
  seconds: number,
  seed: number,
): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, (_, cell) => train(process((time) => rate(time, cell), most, seconds, random)));
};

/** Returns trains of Poisson processes with a rate in Hz for each cell. */
export const poisson = (
  rate: number | ((cell: number) => number),
  cells: number,
  seconds: number,
  seed: number,
): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, (_, cell) => {
    const own = typeof rate === 'number' ? rate : rate(cell);
    return train(process(() => own, own, seconds, random));
  });
};

/** Returns Poisson trains of 5 Hz with ten more spikes in 100 ms after each of some times in s. */
export const answers = (at: readonly number[], cells: number, seconds: number, seed: number): Trains =>
  modulated((time) => (at.some((start) => time >= start && time < start + 0.1) ? 105 : 5), 105, cells, seconds, seed);

/** Returns Poisson trains in bursts of `spikes`, which follow one another after 4 ms. */
export const bursts = (rate: number, spikes: number, cells: number, seconds: number, seed: number): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, () =>
    train(
      process(() => rate / spikes, rate / spikes, seconds - 0.02, random).flatMap((time) =>
        Array.from({ length: spikes }, (_, k) => time + 4e-3 * k),
      ),
    ),
  );
};

/** Returns trains with a gamma distribution of intervals, of `order` Poisson events each. */
export const regular = (rate: number, order: number, cells: number, seconds: number, seed: number): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, () =>
    train(process(() => rate * order, rate * order, seconds, random).filter((_, k) => k % order === 0)),
  );
};

/** Returns Poisson trains with a share of spikes from a source that each group of cells has in common. */
export const sharing = (
  rate: number,
  share: number,
  groups: number,
  cells: number,
  seconds: number,
  seed: number,
): Trains => {
  const random = generator(seed);
  const common = Array.from({ length: groups }, () => process(() => rate, rate, seconds, random));
  return Array.from({ length: cells }, (_, cell) =>
    train([
      ...process(() => rate * (1 - share), rate * (1 - share), seconds, random),
      ...common[cell % groups]!.filter(() => random() < share),
    ]),
  );
};

/**
 * Returns trains of cells that fire ten spikes in the order of `place`, each within 50 ms, and else at a rate in Hz.
 */
export const sequence = (
  place: (cell: number) => number,
  cells: number,
  seconds: number,
  seed: number,
  background = 1,
): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, (_, cell) =>
    train([
      ...process(() => background, background, seconds, random),
      ...Array.from({ length: 10 }, () => ((place(cell) + 0.5) / cells) * (seconds - 0.1) + 0.05 * random()),
    ]),
  );
};

/** Returns Poisson trains of 5 Hz with a wave each second that passes all cells in the order of `place` within 2 ms. */
export const waves = (place: (cell: number) => number, cells: number, seconds: number, seed: number): Trains => {
  const random = generator(seed);
  return Array.from({ length: cells }, (_, cell) =>
    train([
      ...process(() => 5, 5, seconds, random),
      ...every(0.5, seconds).map((start) => start + (2e-3 * place(cell)) / cells),
    ]),
  );
};

/** A kind of difference that a reviewer finds in one run of each side. */
export interface Kind {
  readonly name: string;
  /** Names of the quantities, one of them different. */
  readonly by: RegExp;
  /** Trains of both sides with a seed. */
  readonly sides: readonly [(seed: number) => Trains, (seed: number) => Trains];
  readonly seconds: number;
  /** Whether a slow change of one run can also give it, so that only several runs find it. */
  readonly isSlow?: boolean;
}

const [cells, seconds] = [200, 10];
const base = (seed: number): Trains => poisson(10, cells, seconds, seed);

/** Kinds in `docs/compare.md`, in the order of its table of power. */
export const kinds: readonly Kind[] = [
  {
    name: 'half of the cells 5 Hz, half 15 Hz',
    by: /rate of/,
    sides: [base, (seed) => poisson((cell) => (cell % 2 === 0 ? 5 : 15), cells, seconds, seed)],
    seconds,
  },
  {
    name: '20 Hz in the first half, then silence',
    by: /rate over/,
    sides: [base, (seed) => modulated((time) => (time < 5 ? 20 : 0), 20, cells, seconds, seed)],
    seconds,
  },
  {
    name: 'a rhythm of 40 Hz, 60 % deep',
    by: /spectrum|rate over 5 ms/,
    sides: [
      base,
      (seed) => modulated((time) => 10 * (1 + 0.6 * Math.sin(80 * Math.PI * time)), 16, cells, seconds, seed),
    ],
    seconds,
  },
  {
    name: 'responses 300 ms earlier',
    by: /the same, 300 ms|rate over/,
    sides: [
      (seed) => answers(every(0.5, seconds), cells, seconds, seed),
      (seed) => answers(every(0.2, seconds), cells, seconds, seed),
    ],
    seconds,
  },
  {
    name: 'doublets of 4 ms',
    by: /CV|LV/,
    sides: [base, (seed) => bursts(10, 2, cells, seconds, seed)],
    seconds,
  },
  {
    name: 'a drift of the rate from 7 to 13 Hz',
    by: /rate over/,
    sides: [base, (seed) => modulated((time) => 7 + (6 * time) / seconds, 13, cells, seconds, seed)],
    seconds,
    isSlow: true,
  },
  {
    name: 'a quarter of the spikes from a shared source',
    by: /correlation|synchrony|spectrum|rate over/,
    sides: [base, (seed) => sharing(10, 0.25, 1, cells, seconds, seed)],
    seconds,
  },
  {
    name: 'a sequence reversed (100 cells)',
    by: /order/,
    sides: [
      (seed) => sequence((cell) => cell, 100, seconds, seed),
      (seed) => sequence((cell) => 99 - cell, 100, seconds, seed),
    ],
    seconds,
  },
  {
    name: 'waves of 2 ms reversed (100 cells)',
    by: /order/,
    sides: [
      (seed) => waves((cell) => cell, 100, seconds, seed),
      (seed) => waves((cell) => 99 - cell, 100, seconds, seed),
    ],
    seconds,
  },
  {
    name: '0.5 Hz instead of 0.15 Hz (500 cells)',
    by: /rate/,
    sides: [(seed) => poisson(0.15, 500, seconds, seed), (seed) => poisson(0.5, 500, seconds, seed)],
    seconds,
  },
];

/** Returns times in s, one each second. */
export function every(from: number, seconds: number): readonly number[] {
  return Array.from({ length: Math.ceil(seconds - from) }, (_, k) => from + k);
}

/** A kind of process whose cells share something, drawn anew in each run with another seed. */
export interface CommonKind {
  readonly name: string;
  readonly run: (seed: number) => Trains;
  readonly seconds: number;
}

/** Returns a normal random number (Box & Muller 1958). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

const tick = 1e-3;

/** Returns a function of time with a value for each millisecond. */
function course(seconds: number, next: (k: number) => number): (time: number) => number {
  const values = Float64Array.from({ length: Math.ceil(seconds / tick) + 1 }, (_, k) => next(k));
  return (time) => values[Math.min(values.length - 1, Math.floor(time / tick))]!;
}

/** Returns trains whose rate follows a course that all cells of a run share. */
const following = (
  rate: (random: Random, seconds: number) => (time: number) => number,
  most: number,
  cells: number,
  seconds: number,
  seed: number,
): Trains => modulated(rate(generator(seed + 7919), seconds), most, cells, seconds, seed);

/** Returns a rate of 10 Hz that drifts by a share with a time constant in s (Ornstein & Uhlenbeck 1930). */
const drifting =
  (tau: number, share = 0.35) =>
  (random: Random, seconds: number): ((time: number) => number) => {
    let state = normal(random);
    return course(seconds, () => {
      state += -state * (tick / tau) + Math.sqrt((2 * tick) / tau) * normal(random);
      return Math.max(0, Math.min(30, 10 * (1 + share * state)));
    });
  };

/** Returns a rate that switches between two values after exponential times in s. */
const switching =
  (low: number, high: number, stay: number) =>
  (random: Random, seconds: number): ((time: number) => number) => {
    let isHigh = random() < 0.5;
    return course(seconds, () => {
      if (random() < tick / stay) isHigh = !isHigh;
      return isHigh ? high : low;
    });
  };

/** Returns a rhythm in Hz whose phase drifts: its coherence falls to 1/e after so many periods. */
const rhythm =
  (frequency: number, periods: number, depth = 0.6) =>
  (random: Random, seconds: number): ((time: number) => number) => {
    let phase = 2 * Math.PI * random();
    const spread = Math.sqrt((2 * tick * frequency) / periods);
    return course(seconds, () => {
      phase += 2 * Math.PI * frequency * tick + spread * normal(random);
      return 10 * (1 + depth * Math.sin(phase));
    });
  };

/** Returns trains of 5 Hz with volleys at random times, each of a share of the cells within a jitter in s. */
export const volleys = (
  rate: number,
  share: number,
  jitter: number,
  cells: number,
  seconds: number,
  seed: number,
): Trains => {
  const random = generator(seed);
  const times = process(() => rate, rate, seconds, random);
  return Array.from({ length: cells }, () =>
    train([
      ...process(() => 5, 5, seconds, random),
      ...times
        .filter(() => random() < share)
        .map((time) => Math.max(0, Math.min(seconds, time + jitter * normal(random)))),
    ]),
  );
};

/** Returns trains of 4 Hz with a sequence of all cells in 100 ms, at random times. */
const replays = (rate: number, cells: number, seconds: number, seed: number): Trains => {
  const random = generator(seed);
  const times = process(() => rate, rate, seconds - 0.2, random);
  return Array.from({ length: cells }, (_, cell) =>
    train([
      ...process(() => 4, 4, seconds, random),
      ...times.map((time) => time + (0.1 * cell) / cells + 3e-3 * random()),
    ]),
  );
};

/** Kinds of processes whose runs are runs of one model, however their common fluctuations fall. */
export const commonKinds = (cells: number, seconds: number): readonly CommonKind[] => {
  const kind = (name: string, rate: Parameters<typeof following>[0], most = 30): CommonKind => ({
    name,
    run: (seed) => following(rate, most, cells, seconds, seed),
    seconds,
  });
  const other = (name: string, run: (seed: number) => Trains): CommonKind => ({ name, run, seconds });
  return [
    ...[0.02, 0.1, 0.3, 0.8, 2].map((tau) => kind(`a common drift of ${tau * 1e3} ms`, drifting(tau))),
    kind('a common drift of 12 % in 200 ms', drifting(0.2, 0.12)),
    kind('up and down states of 150 ms', switching(2, 18, 0.15)),
    kind('up and down states of 600 ms', switching(2, 18, 0.6)),
    kind('a rhythm of 10 Hz that drifts in 10 periods', rhythm(10, 10)),
    kind('a rhythm of 40 Hz that drifts in 10 periods', rhythm(40, 10)),
    kind('a rhythm of 40 Hz that drifts in 100 periods', rhythm(40, 100)),
    kind('a rhythm of 4 Hz that drifts in 5 periods', rhythm(4, 5, 0.9)),
    other('volleys of 60 % at 4 Hz', (seed) => volleys(4, 0.6, 0, cells, seconds, seed)),
    other('volleys of 20 % at 12 Hz within 3 ms', (seed) => volleys(12, 0.2, 3e-3, cells, seconds, seed)),
    other('replays at random times', (seed) => replays(1.5, cells, seconds, seed)),
    other('a shared source', (seed) => sharing(10, 0.3, 1, cells, seconds, seed)),
    other('four shared sources', (seed) => sharing(10, 0.3, 4, cells, seconds, seed)),
    other('bursts of three', (seed) => bursts(9, 3, cells, seconds, seed)),
    other('independent Poisson processes', (seed) => poisson(10, cells, seconds, seed)),
    other('rates from 2 to 20 Hz', (seed) => poisson((cell) => 2 + (18 * cell) / cells, cells, seconds, seed)),
  ];
};
