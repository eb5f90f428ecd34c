/** Patterns of one run each: ten kinds of another model, and 29 of the same one. */

import { describe, expect, it } from 'vitest';
import { compareRecorded, type Comparison } from '../../src/compare/compare.js';
import { headline } from '../../src/compare/headline.js';
import type { Recorded } from '../../src/compare/recorded.js';
import { commonKinds, generator, modulated, normal, poisson, process, sharing, type Trains } from './processes.js';

type Network = Readonly<Record<string, Trains>>;

const seconds = 8;
const cells = 60;

const recorded = (network: Network): Recorded => ({
  path: 'network',
  format: '',
  begin: 0,
  end: seconds,
  resolution: 0,
  trains: Object.entries(network).map(([population, trains]) => ({
    population,
    event: 'spike',
    ids: trains.map((_, id) => id),
    trains,
    listsSilent: true,
  })),
  signals: [],
  notes: [],
});

const compared = (first: Network, second: Network): Comparison => compareRecorded(recorded(first), recorded(second));

const sorted = (times: readonly number[]): Float64Array =>
  Float64Array.from(times, (time) => Math.round(time * 1e4) / 1e4)
    .filter((time) => time >= 0 && time < seconds)
    .sort();

/** Returns trains of 5 Hz with volleys of groups of cells, each group at random times of its own. */
const assemblies = (groupOf: (cell: number) => number, groups: number, seed: number): Trains => {
  const random = generator(seed);
  const volleys = Array.from({ length: groups }, () => process(() => 5, 5, seconds, random));
  return Array.from({ length: cells }, (_, cell) =>
    sorted([
      ...process(() => 5, 5, seconds, random),
      ...volleys[groupOf(cell)]!.filter(() => random() < 0.7).map((time) => time + 2e-3 * random()),
    ]),
  );
};

/** Returns two populations whose cells fire in volleys, the second population `later` s later, or at other times. */
const following = (later: number | null, seed: number): Network => {
  const random = generator(seed);
  const times = process(() => 6, 6, seconds, random);
  const others = later === null ? process(() => 6, 6, seconds, random) : times.map((time) => time + later);
  const population = (volleys: readonly number[]): Trains =>
    Array.from({ length: cells }, () =>
      sorted([
        ...process(() => 5, 5, seconds, random),
        ...volleys.filter(() => random() < 0.5).map((time) => time + 2e-3 * normal(random)),
      ]),
    );
  return { exc: population(times), inh: population(others) };
};

/** Returns cells with a rhythm in Hz, some share deep, in phase with the time. */
const rhythm = (hz: number, depth: number, seed: number): Trains =>
  modulated((time) => 10 * (1 + depth * Math.sin(2 * Math.PI * hz * time)), 10 * (1 + depth), cells, seconds, seed);

/** Returns answers of 15 % of the cells to stimuli that are the same in each run. */
const answers = (later: number, seed: number): Trains => {
  const random = generator(seed);
  const stimuli = process(() => 12, 12, seconds, generator(99));
  return Array.from({ length: cells }, () =>
    sorted([
      ...process(() => 4, 4, seconds, random),
      ...stimuli.filter(() => random() < 0.25).map((time) => time + later + 1.5e-3 * normal(random)),
    ]),
  );
};

/** Returns cells of which some are silent, others in each run, with the same number of spikes of all. */
const sparse = (silent: number, seed: number): Trains => {
  const random = generator(seed);
  const drawn = Array.from({ length: cells }, () => random());
  const border = drawn.toSorted((a, b) => a - b)[Math.round(silent * cells)] ?? 2;
  return poisson((cell) => (drawn[cell]! < border ? 0 : 10 / (1 - silent)), cells, seconds, seed + 1);
};

const neighbours = (step: number) => (cell: number) => Math.floor(((cell * step) % cells) / 15);

/** Kinds of another model, each with the trains of both sides by a seed; null in place of words: not found. */
const others: readonly (readonly [
  name: string,
  first: (seed: number) => Network,
  second: (seed: number) => Network,
  words: RegExp | null,
])[] = [
  [
    'other cells fire together',
    (seed) => ({ p: assemblies(neighbours(1), 4, seed) }),
    (seed) => ({ p: assemblies(neighbours(7), 4, seed) }),
    /cells together of p/,
  ],
  [
    'pairs of cells, and other pairs',
    (seed) => ({ p: assemblies((cell) => cell >> 1, 30, seed) }),
    (seed) => ({ p: assemblies((cell) => cell % 30, 30, seed) }),
    /of p/,
  ],
  [
    'one population leads, and the other',
    (seed) => following(0.01, seed),
    (seed) => following(-0.01, seed),
    /lag of exc/,
  ],
  [
    'coupled populations, and uncoupled ones',
    (seed) => following(8e-3, seed),
    (seed) => following(null, seed),
    /lag of exc/,
  ],
  [
    'a delay between populations of 5 ms, and of 15 ms',
    (seed) => following(5e-3, seed),
    (seed) => following(15e-3, seed),
    /lag of exc/,
  ],
  [
    'ripples of 300 Hz, and none',
    (seed) => ({ p: rhythm(300, 0.9, seed) }),
    (seed) => ({ p: poisson(10, cells, seconds, seed) }),
    /spectrum of p/,
  ],
  [
    'answers 3 ms later',
    (seed) => ({ p: answers(0.02, seed) }),
    (seed) => ({ p: answers(0.023, seed) }),
    /the times of p: the same, 3 ms later/,
  ],
  [
    'a third of the cells silent, others in each run',
    (seed) => ({ p: poisson(10, cells, seconds, seed) }),
    (seed) => ({ p: sparse(0.33, seed) }),
    /rate of p/,
  ],
  [
    'a slow drift of the rate',
    (seed) => ({ p: poisson(10, cells, seconds, seed) }),
    (seed) => ({ p: modulated((time) => 7 + (6 * time) / seconds, 13, cells, seconds, seed) }),
    null,
  ],
  [
    'a rate 10 % higher',
    (seed) => ({ p: poisson(10, cells, seconds, seed) }),
    (seed) => ({ p: poisson(11, cells, seconds, seed) }),
    null,
  ],
];

const same: readonly (readonly [name: string, run: (seed: number) => Network])[] = [
  ...commonKinds(cells, seconds).map(({ name, run }) => [name, (seed: number): Network => ({ p: run(seed) })] as const),
  ['assemblies', (seed) => ({ p: assemblies(neighbours(1), 4, seed) })],
  ['pairs of cells', (seed) => ({ p: assemblies((cell) => cell >> 1, 30, seed) })],
  ['populations 10 ms apart', (seed) => following(0.01, seed)],
  ['uncoupled populations', (seed) => following(null, seed)],
  ['ripples of 300 Hz', (seed) => ({ p: rhythm(300, 0.9, seed) })],
  ['answers to stimuli', (seed) => ({ p: answers(0.02, seed) })],
  ['silent cells, others in each run', (seed) => ({ p: sparse(0.33, seed) })],
  ['two shared sources', (seed) => ({ p: sharing(10, 0.2, 2, cells, seconds, seed) })],
  [
    'two Poisson populations',
    (seed) => ({ a: poisson(8, cells, seconds, seed), b: poisson(12, cells, seconds, seed + 1) }),
  ],
];

describe('another model', () => {
  it.each(others)('%s', (_, first, second, words) => {
    const found = headline(compared(first(1), second(2)));
    if (words) expect(found).toMatch(new RegExp(`^different: .*${words.source}`));
    else expect(found).not.toMatch(/^different/);
  });
});

describe('two runs of one model', () => {
  it('are different in one of 29 kinds at most', () => {
    const alarms = same.filter(([, run]) => compared(run(11), run(12)).grade === 'different').map(([name]) => name);
    expect(same).toHaveLength(29);
    expect(alarms.length, alarms.join(', ')).toBeLessThanOrEqual(1);
  });
});
