/** Agreement of two recordings: grades, exit codes, and clear answers for what cannot be compared. */

import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareRecorded, type Comparison } from '../../src/compare/compare.js';
import { readMargins, type CompareOptions } from '../../src/compare/options.js';
import { compareStatistics } from '../../src/compare/population-statistics.js';
import type { Recorded } from '../../src/compare/recorded.js';
import { withHolm } from '../../src/compare/statistics/equivalence.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { slow, triesAll } from '../support/effort.js';

const folder = temporaryFolder();

/** Numbers of a generator with a seed. */
function generator(seed: number): () => number {
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

/** Poisson trains of cells with the given rates in Hz, for `seconds`. */
function poisson(rates: readonly number[], seconds: number, seed: number): readonly Float64Array[] {
  const random = generator(seed);
  return rates.map((rate) => {
    const times: number[] = [];
    for (let time = -Math.log(random()) / rate; time < seconds; time -= Math.log(random()) / rate) times.push(time);
    return Float64Array.from(times);
  });
}

const recorded = (trains: readonly Float64Array[], more: Partial<Recorded> = {}): Recorded => ({
  path: 'file',
  format: 'test',
  begin: 0,
  end: 2,
  resolution: 0,
  trains: [{ population: 'exc', event: 'spike', ids: trains.map((_, k) => k), trains, listsSilent: true }],
  signals: [],
  notes: [],
  ...more,
});

const compareTrains = (
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  options: CompareOptions = {},
): Comparison => compareRecorded(recorded(first), recorded(second), options);

const moved = (trains: readonly Float64Array[], by: number): readonly Float64Array[] =>
  trains.map((train) => train.map((time) => time + by));

describe('grades', () => {
  const trains = poisson(
    Array.from({ length: 40 }, () => 20),
    1.9,
    1,
  );

  it('identical, the same up to rounding, and within δ', () => {
    expect(compareTrains(trains, trains).grade).toBe('identical');
    expect(compareTrains(trains, moved(trains, 1e-13)).grade).toBe('same spikes');
    const { grade, populations } = compareTrains(trains, moved(trains, 1e-4));
    expect(grade).toBe('same within δ');
    expect(populations[0]).toMatchObject({ constantOffset: true, missing: 0, extra: 0 });
    expect(populations[0]!.offset).toBeCloseTo(1e-4, 12);
    expect(compareTrains(trains, moved(trains, 1e-4), { within: 5e-5 }).grade).not.toBe('same within δ');
  });

  it('agreement up to a divergence, then the same statistics', () => {
    const others = poisson(
      Array.from({ length: 40 }, () => 20),
      1.9,
      2,
    );
    const parted = trains.map((train, k) =>
      Float64Array.of(...train.filter((time) => time < 0.5), ...others[k]!.filter((time) => time >= 0.5)),
    );
    const { grade, populations } = compareTrains(trains, parted, {
      margins: readMargins(['rate=20%', 'cv=0.2', 'lv=0.3']),
    });
    expect(grade).toBe('statistically the same');
    expect(populations[0]!.divergence!.time).toBeGreaterThan(0.5);
    expect(populations[0]!.divergence!.time).toBeLessThan(0.55);
  });

  it('another rate is different, and too little data cannot say, with how much would', () => {
    const double = poisson(
      Array.from({ length: 40 }, () => 40),
      1.9,
      3,
    );
    const { grade, populations } = compareTrains(trains, double);
    expect(grade).toBe('different');
    expect(populations[0]!.statistics![0]).toMatchObject({ name: 'rate', difference: { verdict: 'different' } });
    const doubtful = compareTrains(trains.slice(0, 4), poisson([20, 20, 20, 20], 1.9, 5));
    expect(doubtful.grade).toBe('cannot say');
    expect(doubtful.populations[0]!.statistics![0]!.difference.needed).toBeGreaterThan(4);
  });

  it('silence on one side is different from three spikes on, on both sides the same', () => {
    const silent = [new Float64Array(0)];
    expect(compareTrains(silent, silent).grade).toBe('identical');
    expect(compareTrains([Float64Array.of(1, 1.2)], silent).grade).toBe('cannot say');
    expect(compareTrains([Float64Array.of(1, 1.2, 1.4)], silent).grade).toBe('different');
  });

  it('a single cell is compared over parts of time', () => {
    const regular = (step: number): Float64Array => Float64Array.from({ length: 190 }, (_, k) => 0.005 + k * step);
    const { populations } = compareTrains([regular(0.01)], [regular(0.01).map((time) => time + 0.003)]);
    expect(populations[0]!.statistics![0]).toMatchObject({ over: 'parts of time', difference: { verdict: 'same' } });
  });
});

describe('what is compared', () => {
  const trains = poisson([20, 30, 40], 1.9, 1);

  it('the common part of different durations, said', () => {
    const { interval, notes, grade } = compareRecorded(
      recorded(trains),
      recorded(
        trains.map((train) => train.filter((time) => time <= 1)),
        { end: 1 },
      ),
    );
    expect(interval).toEqual({ begin: 0, end: 1 });
    expect(notes).toContain('the recordings end at 2000 ms and 1000 ms: the common part was compared');
    expect(grade).toBe('same spikes');
  });

  it('cells that only one has are named, and the rest is compared', () => {
    const { populations, notes, grade } = compareTrains(trains, trains.slice(0, 2));
    expect(populations[0]!.cells).toBe(2);
    expect(notes).toEqual(['1 cell of exc only in file']);
    expect(grade).toBe('same spikes');
  });

  it('cells without spikes are silent if a file lists only cells with spikes', () => {
    const active = [{ population: '', event: 'spike', ids: [1], trains: [trains[1]!], listsSilent: false }];
    const { populations } = compareRecorded(
      recorded([new Float64Array(0), trains[1]!, new Float64Array(0)]),
      recorded([], { trains: active }),
    );
    expect(populations[0]).toMatchObject({ cells: 3, missing: 0, extra: 0 });
  });

  it('identifiers that are shifted are suspected, and matched when asked for', () => {
    const shifted = recorded([], {
      trains: [{ population: '', event: 'spike', ids: [1, 2, 3], trains, listsSilent: false }],
    });
    const { notes, grade } = compareRecorded(recorded(trains), shifted);
    expect(grade).not.toBe('identical');
    expect(notes).toContain('identifiers of exc begin with 0 and 1: --cells id+1 may be right');
    expect(compareRecorded(recorded(trains), shifted, { cells: { by: 'id', shift: 1 } }).grade).toBe('identical');
    expect(compareRecorded(recorded(trains), shifted, { cells: { by: 'order' } }).grade).toBe('identical');
  });

  it('a list pairs cells of several populations', () => {
    writeFileSync(folder.file('cells.csv'), 'first,second\nexc[0:2],1:3\nexc[2],7\n');
    const other = recorded([], {
      trains: [{ population: 'all', event: 'spike', ids: [1, 2, 7], trains, listsSilent: false }],
    });
    const cells = { by: 'list', path: folder.file('cells.csv') } as const;
    expect(
      compareRecorded(recorded(trains), recorded([], { trains: [{ ...other.trains[0]!, population: '' }] }), { cells })
        .grade,
    ).toBe('identical');
    writeFileSync(folder.file('cells.csv'), 'exc[0:2],1\n');
    expect(() => compareRecorded(recorded(trains), other, { cells })).toThrow(/line 1 is no pair of cells/);
    writeFileSync(folder.file('cells.csv'), 'inh[0],1\n');
    expect(() => compareRecorded(recorded(trains), other, { cells })).toThrow(/file has no cell inh\[0\]/);
  });

  it('samples at times that both have, with a label of the step', () => {
    const signal = (every: number, label: number, unit: string | null = 'V'): Recorded =>
      recorded([], {
        trains: [],
        signals: [
          {
            owner: 'exc',
            variable: 'v',
            unit,
            columns: ['0'],
            times: Float64Array.from({ length: 100 / every }, (_, k) => k * every * 1e-3),
            values: Float64Array.from({ length: 100 / every }, (_, k) => Math.sin((k * every - label) / 5)),
          },
        ],
      });
    const { signals, grade } = compareRecorded(signal(1, 0), signal(2, 0));
    expect(signals[0]).toMatchObject({ samples: 50, largest: 0 });
    expect(grade).toBe('same spikes');
    expect(compareRecorded(signal(1, 0), signal(1, 1)).signals[0]).toMatchObject({
      lag: 1,
      isLabelShift: true,
      grade: 'same within δ',
    });
    expect(() => compareRecorded(signal(1, 0), signal(1, 0, 'A'))).toThrow(/exc.v\[0\] is in V .* is in A/);
  });

  it('spikes outside the interval of their file are left out, said', () => {
    const { notes } = compareTrains([Float64Array.of(1, 2.5)], [Float64Array.of(1)]);
    expect(notes).toContain('outside 0 ms to 2000 ms, file has 1 spike, left out');
  });

  it('nothing in common is an error', () => {
    expect(() => compareRecorded(recorded(trains), recorded([], { trains: [] }))).toThrow(/have nothing in common/);
    const named = (name: string): Recorded =>
      recorded([], {
        trains: [name, `${name}2`].map((population) => ({
          population,
          event: 'spike',
          ids: [0],
          trains: [trains[0]!],
          listsSilent: true,
        })),
      });
    expect(() => compareRecorded(named('a'), named('b'))).toThrow(
      /no population is in both: file has a, a2, file has b, b2/,
    );
    expect(() => compareTrains(trains, trains, { from: 3 })).toThrow(/no time in common from 3000 ms on/);
  });
});

describe('error rates', () => {
  /** Share of pairs of runs that are called different. Cells have the same lognormal rates on both sides. */
  function called(pairs: number, factor: number, margins: readonly string[], cells = 20, seconds = 2): number {
    let found = 0;
    for (let pair = 0; pair < pairs; pair += 1) {
      const random = generator(pair + 1);
      const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
      const rates = Array.from({ length: cells }, () => 15 * Math.exp(0.5 * normal()));
      const [a, b] = [
        poisson(rates, seconds, 2 * pair + 1),
        poisson(
          rates.map((rate) => rate * factor),
          seconds,
          2 * pair + 2,
        ),
      ];
      const statistics = compareStatistics(a, b, { begin: 0, end: seconds }, readMargins(margins), true);
      const verdicts = withHolm(statistics.map(({ difference }) => difference)).map(({ verdict }) => verdict);
      if (verdicts.includes('different')) found += 1;
    }
    return found / pairs;
  }

  const pairs = '1000 pairs of runs of one process are called different in no more than 5 %, even with tiny margins';
  it.skipIf(!triesAll)(
    slow(pairs),
    () => {
      const margins = ['rate=0.01%', 'cv=1e-4', 'lv=1e-4', 'correlation=1e-5', 'synchrony=1e-5'];
      expect(called(1000, 1, margins)).toBeLessThanOrEqual(0.05);
    },
    120_000,
  );

  it('a rate that differs by 5 % is found with a margin of 1 % in 200 cells over 10 s', () => {
    expect(called(40, 1.05, ['rate=1%'], 200, 10)).toBeGreaterThan(0.9);
  }, 120_000);

  it('a rate that differs by 50 % is found with the margin of 10 %', () => {
    expect(called(100, 1.5, [])).toBeGreaterThan(0.9);
  }, 60_000);
});

describe('interneuron compare', () => {
  const spikes = (shift: number, ids = [1, 2]): string =>
    `# NEST version: 3.10.0\nsender\ttime_ms\n${[5, 15, 25, 36, 47].flatMap((time) => ids.map((id) => `${id}\t${(time + shift * id).toFixed(3)}`)).join('\n')}\n`;

  beforeAll(() => {
    writeFileSync(folder.file('a.dat'), spikes(0));
    writeFileSync(folder.file('b.dat'), spikes(0.05));
    writeFileSync(folder.file('far.dat'), spikes(3));
    writeFileSync(folder.file('more.dat'), `${spikes(0)}2\t40\n`);
  });

  const compare = (...words: string[]): ReturnType<typeof runCommand> =>
    runCommand(['compare', ...words.map((word) => (/\.(dat|csv|nwb)$/.test(word) ? folder.file(word) : word))]);

  it('exits with 0, 1 and 3', async () => {
    expect((await compare('a.dat', 'a.dat', '--at-least', 'identical')).code).toBe(0);
    const within = await compare('a.dat', 'b.dat');
    expect(within.stdout).toMatch(/^same within δ: largest shift 0\.1 ms, δ = 0\.1 ms\n/);
    expect(within.code).toBe(0);
    expect((await compare('a.dat', 'b.dat', '--at-least', 'identical')).code).toBe(1);
    const more = await compare('a.dat', 'more.dat');
    expect(more.stdout).toMatch(
      /^cannot say: spikes agree up to 40 ms, and there is too little data for rate of cells/,
    );
    expect(more.code).toBe(3);
    expect((await compare('a.dat', 'far.dat', '--at-least', 'within')).code).toBe(1);
  });

  it('--json is what its schema describes', async () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/comparison.schema.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const words of [
      ['a.dat', 'a.dat'],
      ['a.dat', 'far.dat', '--unpaired'],
    ]) {
      const report: unknown = JSON.parse((await compare(...words, '--json')).stdout);
      expect([validate(report), validate.errors]).toEqual([true, null]);
    }
  });

  it.each([
    [['a.dat'], /compare takes two results, but got 1/],
    [['a.dat', 'absent.dat'], /there is no file .*absent\.dat/],
    [['a.dat', 'b.dat', '--within', '0.1'], /--within cannot be 0\.1: it has no unit/],
    [['a.dat', 'b.dat', '--margin', 'rate=10'], /--margin rate=10 has no unit of a rate/],
    [['a.dat', 'b.dat', '--margin', 'rate=2 mV'], /has no unit of a rate/],
    [['a.dat', 'b.dat', '--margin', 'trace=1'], /samples are compared relative to their range/],
    [['a.dat', 'b.dat', '--margin', 'cv=1 Hz'], /cv has no unit/],
    [['a.dat', 'b.dat', '--margin', 'speed=1'], /is no margin/],
    [['a.dat', 'b.dat', '--cells', 'nowhere.txt'], /there is no list of cells nowhere\.txt/],
    [['a.dat', 'b.dat', '--at-least', 'roughly'], /at-least/],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await compare(...words);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('several runs of each side', () => {
  /** Writes runs as spikes of NEST, which list only cells with spikes. */
  const write = (name: string, rate: number, seeds: readonly number[]): void => {
    for (const seed of seeds) {
      const trains = poisson(
        Array.from({ length: 20 }, () => rate),
        4,
        seed,
      );
      const lines = trains.flatMap((train, id) => Array.from(train, (time) => `${id}\t${(time * 1e3).toFixed(3)}`));
      writeFileSync(folder.file(`${name}-${seed}.dat`), `# NEST\nsender\ttime_ms\n${lines.join('\n')}\n`);
    }
  };
  beforeAll(() => {
    write('slow', 20, [1, 2, 3, 4, 5]);
    write('other', 20, [6, 7, 8, 9, 10]);
    write('fast', 30, [6, 7, 8, 9, 10]);
  });

  it.each([
    ['other', 0, 'statistically the same'],
    ['fast', 1, 'different'],
  ])('%s', async (name, code, grade) => {
    const words = ['compare', folder.file('slow-*.dat'), folder.file(`${name}-*.dat`), '--json'];
    const found = await runCommand(words);
    expect(found.code).toBe(code);
    const report = JSON.parse(found.stdout) as Comparison;
    expect(report.grade).toBe(grade);
    expect(report.populations[0]).toMatchObject({ cells: 20, statistics: [{ over: 'runs' }, {}, {}, {}, {}] });
    // 5 runs of 20 cells with 20 Hz for 4 s.
    expect(Math.abs(report.populations[0]!.spikes[0] - 8000)).toBeLessThan(5 * Math.sqrt(8000));
  });

  it('one run of a side is too few', async () => {
    const found = await runCommand(['compare', folder.file('slow-*.dat'), folder.file('fast-6.dat')]);
    expect(found).toMatchObject({ code: 2, stderr: expect.stringMatching(/there are 5 and 1 runs/) });
    const none = await runCommand(['compare', folder.file('none-*.dat'), folder.file('fast-6.dat')]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/no file matches/) });
  });
});

describe('--picture', () => {
  it('rasters one over the other, and samples with their difference', async () => {
    const files = ['0.1 ms', '0.2 ms'].map((dt, k) => [folder.file(`dt${k}.nwb`), dt] as const);
    for (const [path, dt] of files)
      await runCommand(['run', 'fixtures/brian/single-lif.yaml', '--dt', dt, '-q', '-o', path]);
    const picture = folder.file('both.svg');
    await runCommand(['compare', files[0]![0], files[1]![0], '--picture', picture, '-q']);
    const svg = readFileSync(picture, 'utf8');
    expect(svg).toMatch(/>G\.v\[0\]<[^]*>difference</);
    // Spikes of each side have its colour.
    for (const colour of ['#0072b2', '#d55e00']) {
      const [ticks = ''] = new RegExp(`<g[^>]*stroke="${colour}"[^>]*>(?:<line[^>]*>(?:</line>)?)+`).exec(svg) ?? [];
      expect(ticks.match(/<line/g)).toHaveLength(18);
    }
    expect(await runCommand(['compare', files[0]![0], files[1]![0], '--picture', 'x.pdf'])).toMatchObject({ code: 2 });
  });
});
