/** Runs of one model whose cells fluctuate together, and pairs that a distance at one time cannot tell apart. */

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareRecorded, type Comparison } from '../../src/compare/compare.js';
import { judgeRuns } from '../../src/compare/compare-runs.js';
import { lagOf } from '../../src/compare/fluctuations.js';
import { headline } from '../../src/compare/headline.js';
import { defaultMargins } from '../../src/compare/options.js';
import { recordingOf } from '../../src/compare/recorded.js';
import { meanOverTime } from '../../src/compare/statistics/over-time.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { askedEffort, slow, triesAll } from '../support/effort.js';
import { commonKinds, generator, normal, poisson, process, volleys, type Random, type Trains } from './processes.js';

const folder = temporaryFolder();

const recorded = (trains: Trains, end: number): ReturnType<typeof recordingOf> =>
  recordingOf({
    path: 'run',
    format: '',
    end,
    trains: [{ population: 'p', event: 'spike', ids: trains.map((_, id) => id), trains, listsSilent: true }],
  });

const compared = (first: Trains, second: Trains, seconds: number): Comparison =>
  compareRecorded(recorded(first, seconds), recorded(second, seconds));

/** Number of false alarms that 1 of 1,000 binomial samples exceeds at a rate of 5 %. */
function mostAlarms(pairs: number): number {
  let [term, sum, count] = [0.95 ** pairs, 0, 0];
  for (; sum + term < 0.999; count += 1) {
    sum += term;
    term *= ((pairs - count) / (count + 1)) * (0.05 / 0.95);
  }
  return count;
}

describe('two runs of one model', () => {
  const alarms = (kinds: ReturnType<typeof commonKinds>, pairs: number): readonly string[] =>
    kinds.flatMap(({ name, run, seconds }) =>
      Array.from({ length: pairs }, (_, k) => 2000 * (k + 1))
        .filter((seed) => compared(run(seed), run(seed + 1000), seconds).grade === 'different')
        .map(() => name),
    );

  it('with common fluctuations of 20 kinds are different in 1 of 20 pairs at most', () => {
    expect(alarms(commonKinds(60, 5), 1).length).toBeLessThanOrEqual(mostAlarms(20));
  });

  const pairs = askedEffort === 'thorough' ? 50 : 10;
  it.skipIf(!triesAll)(slow(`${pairs} pairs of each kind, of 20 and of 100 cells`), () => {
    for (const [cells, seconds] of [
      [20, 4],
      [100, 8],
    ] as const)
      for (const kind of commonKinds(cells, seconds))
        expect([kind.name, alarms([kind], pairs).length <= mostAlarms(pairs)]).toEqual([kind.name, true]);
  });

  it.skipIf(!triesAll)(slow('five runs of each side'), () => {
    const found = commonKinds(40, 4).filter(({ run, seconds }) => {
      const side = (from: number): readonly Trains[] => [1, 2, 3, 4, 5].map((k) => run(from + k));
      const { grades } = judgeRuns([[side(100), side(200)]], { begin: 0, end: seconds }, defaultMargins, true);
      return grades.includes('different');
    });
    expect(found.length).toBeLessThanOrEqual(mostAlarms(20));
  });
});

/** Returns answers of a share of the cells to stimuli at some times, each with a latency and a jitter in s. */
const answering = (
  times: (random: Random) => readonly number[],
  latency: (cell: number) => number,
  seed: number,
  cells = 100,
  seconds = 8,
): Trains => {
  const random = generator(seed);
  const stimuli = times(generator(77));
  return Array.from({ length: cells }, (_, cell) =>
    Float64Array.from([
      ...process(() => 4, 4, seconds, random),
      ...stimuli.filter(() => random() < 0.8).map((time) => time + latency(cell) + 2e-3 * normal(random)),
    ]).sort(),
  );
};
const regular = (): readonly number[] => Array.from({ length: 32 }, (_, k) => 0.1 + 0.25 * k);
const irregular = (random: Random): readonly number[] => process(() => 4, 4, 7.8, random);

describe('what is locked to the time is found', () => {
  const whole = { begin: 0, end: 8 };

  it.each([
    ['answers to regular stimuli 8 ms later', regular, 8e-3],
    ['answers to irregular stimuli 5 ms later', irregular, 5e-3],
    ['answers 20 ms earlier', irregular, -20e-3],
    ['answers 300 ms later', irregular, 0.3],
  ] as const)('%s', (_, times, later) => {
    const [first, second] = [answering(times, () => 0.03, 1), answering(times, () => 0.03 + later, 2)];
    expect(lagOf(first, second, whole)).toBeCloseTo(later, 2);
    const found = compared(first, second, 8);
    expect(found.grade).toBe('different');
    expect(found.populations[0]!.lag).toBeCloseTo(later, 2);
    expect(headline(found)).toMatch(
      later > 0 ? /of p: the same, \d+ ms later in the second/ : /of p: the same, \d+ ms earlier in the second/,
    );
    expect(
      lagOf(
        first,
        answering(times, () => 0.03, 3),
        whole,
      ),
    ).toBeNull();
  });

  it('answers in another order', () => {
    const [order, other] = [(cell: number) => 1e-3 * cell, (cell: number) => 1e-3 * ((37 * cell) % 100)];
    expect(compared(answering(irregular, order, 1), answering(irregular, other, 2), 8).grade).toBe('different');
    expect(compared(answering(irregular, order, 1), answering(irregular, order, 2), 8).grade).not.toBe('different');
  });

  it('the phases of regular cells, which outlast some of their intervals, are no order', () => {
    const regular = (seed: number): Trains => {
      const random = generator(seed);
      return Array.from({ length: 100 }, () => {
        const times = [0.02 + 0.002 * normal(random)];
        while (times.at(-1)! < 0.5) times.push(times.at(-1)! + Math.max(2e-3, 0.024 + 0.006 * normal(random)));
        return Float64Array.from(times.slice(0, -1));
      });
    };
    for (const seed of [1, 3, 5, 7, 9, 11])
      expect(compared(regular(seed), regular(seed + 1), 0.5).grade).not.toBe('different');
  });

  it('the order of cells whose drive is drawn anew leaves the verdict open', () => {
    // Cells that begin together and fire at intervals of their own repeat their order in each wave.
    const clocks = (seed: number): Trains => {
      const random = generator(seed);
      return Array.from({ length: 100 }, () => {
        const interval = 0.03 + 0.03 * random();
        return Float64Array.from({ length: Math.floor(0.4 / interval) }, (_, k) => (k + 1) * interval);
      });
    };
    for (const seed of [1, 3, 5, 7]) expect(compared(clocks(seed), clocks(seed + 1), 0.4).grade).toBe('cannot say');
  });

  it('volleys and no volleys', () => {
    expect(compared(volleys(4, 0.6, 1e-3, 60, 8, 1), poisson(7.4, 60, 8, 2), 8).grade).toBe('different');
  });
});

it('the error of a mean over time grows with the correlation of its values', () => {
  // The variance of the mean of an autoregressive series with φ is (1 + φ)/(1 - φ) times that of white noise.
  const random = generator(5);
  for (const phi of [0, 0.5, 0.8]) {
    let state = 0;
    const series = Float64Array.from({ length: 20_000 }, () => (state = phi * state + normal(random)));
    const expected = Math.sqrt((1 + phi) / (1 - phi) / (1 - phi * phi) / series.length);
    expect(meanOverTime(series).error / expected).toBeCloseTo(1, 0);
  }
});

describe('interneuron compare', () => {
  type Network = Readonly<Record<string, Trains>>;
  const write = (name: string, network: Network): void =>
    writeFileSync(
      folder.file(name),
      `population,id,time (ms)\n${Object.entries(network)
        .flatMap(([population, trains]) =>
          trains.flatMap((train, id) =>
            Array.from(train, (time) => `${population},${id},${(time * 1e3).toFixed(1)}\n`),
          ),
        )
        .join('')}`,
    );
  const compare = async (first: Network, second: Network): ReturnType<typeof runCommand> => {
    write('a.csv', first);
    write('b.csv', second);
    return runCommand(['compare', folder.file('a.csv'), folder.file('b.csv')]);
  };
  const several = (first: (k: number) => Network, second: (k: number) => Network): ReturnType<typeof runCommand> => {
    for (let k = 0; k < 5; k += 1) {
      write(`a-${k}.csv`, first(k));
      write(`b-${k}.csv`, second(k));
    }
    return runCommand(['compare', folder.file('a-*.csv'), folder.file('b-*.csv')]);
  };
  const flat = (seed: number, hz = 12, cells = 60): Trains => poisson(hz, cells, 8, seed);
  const rates = (cell: number): number => 2 + ((cell * 29) % 60) / 2;

  it.each<[string, Network, Network, number, RegExp]>([
    [
      'times before 0 count',
      { p: flat(1).map((train) => train.map((time) => time - 1)) },
      {
        p: flat(1).map((train, k) =>
          Float64Array.of(...flat(2)[k]!.filter((t) => t < 1), ...train.filter((t) => t >= 1)).map((t) => t - 1),
        ),
      },
      1,
      /^different from -999\.9 ms on: /,
    ],
    [
      'cells with the rates of other cells',
      { p: poisson(rates, 60, 8, 1) },
      { p: poisson((k) => rates(59 - k), 60, 8, 2) },
      3,
      /^cannot say: /,
    ],
    ['one wild cell', { p: flat(1) }, { p: flat(2).with(40, poisson(110, 1, 8, 3)[0]!) }, 3, /^cannot say: /],
    [
      'three dead cells',
      { p: flat(1) },
      { p: flat(2).map((train, k) => (k < 3 ? train.slice(0, 0) : train)) },
      3,
      /^cannot say: /,
    ],
    [
      'a copy that lacks some spikes',
      { p: flat(1) },
      { p: flat(1).map((train) => train.filter((_, k) => k % 97 !== 50)) },
      3,
      /^cannot say: /,
    ],
    ['populations of other names', { pyramidal: flat(1) }, { basket: flat(1) }, 2, /^$/],
  ])('%s', async (_, first, second, code, text) => {
    const found = await compare(first, second);
    expect([found.code, found.stdout.split('\n')[0]]).toEqual([code, expect.stringMatching(text)]);
  });

  it.each<[string, (k: number) => Network, (k: number) => Network, number, RegExp]>([
    [
      'a population that three of five runs have',
      (k) => ({ p: flat(k) }),
      (k) => ({ p: flat(10 + k), ...(k > 1 ? { noise: flat(20 + k) } : {}) }),
      1,
      /^different: .*noise/,
    ],
    [
      'cells exchanged',
      (k) => ({ p: poisson(rates, 60, 8, k) }),
      (k) => ({ p: poisson((cell) => rates(59 - cell), 60, 8, 10 + k) }),
      1,
      /^different: .*rates of cells/,
    ],
    [
      'runs in two states',
      (k) => ({ p: flat(k) }),
      (k) => ({ p: flat(10 + k, k % 2 === 0 ? 7 : 17) }),
      1,
      /^different: .*rate/,
    ],
  ])('%s', async (_, first, second, code, text) => {
    const found = await several(first, second);
    expect([found.code, found.stdout.split('\n')[0]]).toEqual([code, expect.stringMatching(text)]);
  });

  it('near copies of a run are one run', async () => {
    const found = await several(
      (k) => ({ p: flat(1).map((train) => train.filter((_, at) => at !== 10 + k)) }),
      (k) => ({ p: flat(10 + k) }),
    );
    expect([found.code, found.stderr]).toEqual([2, expect.stringMatching(/are copies of one run/)]);
  });

  it('an order of cells that each run draws anew', async () => {
    const order = (cell: number): number => 1e-3 * ((37 * cell) % 100);
    for (const [name, trains] of [
      ['first.csv', answering(irregular, (cell) => 1e-3 * cell, 1)],
      ['second.csv', answering(irregular, order, 2)],
    ] as const) {
      const rows = trains.flatMap((train, id) => [...train].map((time) => `p,${id},${time}\n`));
      writeFileSync(folder.file(name), `population,id,time (s)\n${rows.join('')}`);
    }
    const words = ['compare', folder.file('first.csv'), folder.file('second.csv')];
    const found = await runCommand(words);
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringMatching(/^different: order of p[^]*hint +--unpaired/),
    ]);
    expect((await runCommand([...words, '--unpaired'])).code).toBe(3);
  });

  it.each<[string, (time: number) => number, (time: number) => number]>([
    [
      'EPSPs twice as large beside a spike',
      (t) => 0.8 * Math.exp(-(t % 40) / 10),
      (t) => 1.6 * Math.exp(-(t % 40) / 10),
    ],
    ['a jump in the last ms', () => 0, (t) => (t >= 599.2 ? 25 : 0)],
  ])('samples: %s', async (_, first, second) => {
    for (const [name, value] of [
      ['a.csv', first],
      ['b.csv', second],
    ] as const) {
      const rows = Array.from({ length: 6000 }, (_row, k) => k / 10).map(
        (t) => `${t.toFixed(1)},${(-65 + (t > 300 && t < 300.8 ? 100 : 0) + value(t)).toFixed(4)}\n`,
      );
      writeFileSync(folder.file(name), `time (ms),v (mV)\n${rows.join('')}`);
    }
    const found = await runCommand(['compare', folder.file('a.csv'), folder.file('b.csv')]);
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringMatching(/^different: v \(\d+(\.\d)? % of its range, margin 1 %\)$/m),
    ]);
    expect((await runCommand(['compare', folder.file('a.csv'), folder.file('a.csv')])).code).toBe(0);
  });
});
