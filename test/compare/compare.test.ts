/** Agreement of two recordings: grades, exit codes, and clear answers for recordings that cannot be compared. */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { asCheckOfFirst, compareRecorded, type Comparison } from '../../src/compare/compare.js';
import { judgeRuns } from '../../src/compare/compare-runs.js';
import { headline } from '../../src/compare/headline.js';
import { defaultMargins, type CompareOptions } from '../../src/compare/options.js';
import type { Recorded } from '../../src/compare/recorded.js';
import { importModel, readSource, runModel } from '../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { generator } from './processes.js';
import { askedEffort, slow, triesAll } from '../support/effort.js';

const folder = temporaryFolder();

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

  it('numbers of spikes that differ by more than a tenth are left open', () => {
    const [rates, seconds] = [Array.from({ length: 20 }, () => 10), 10];
    const first = poisson(rates, seconds, 5);
    const fewer = poisson(rates, seconds, 6).map((train) => train.filter((_, k) => k % 8 !== 0));
    const found = compareTrains(first, fewer);
    const [a, b] = found.populations[0]!.spikes;
    expect((2 * (a - b)) / (a + b)).toBeGreaterThan(0.1);
    expect(headline(found)).toMatch(/^cannot say: left open: rate of exc \([\d,]+ and [\d,]+ spikes\)/);
  });

  it('identical, the same up to rounding, and within δ', () => {
    expect(compareTrains(trains, trains).grade).toBe('identical');
    expect(compareTrains(trains, moved(trains, 1e-13)).grade).toBe('same spikes');
    const { grade, populations } = compareTrains(trains, moved(trains, 1e-4));
    expect(grade).toBe('same within δ');
    expect(populations[0]).toMatchObject({ constantOffset: true, missing: 0, extra: 0 });
    expect(populations[0]!.offset).toBeCloseTo(1e-4, 12);
    expect(compareTrains(trains, moved(trains, 1e-4), { within: 5e-5 }).grade).not.toBe('same within δ');
  });

  it('agreement up to a divergence, and distances over the time after it', () => {
    const [one, two, three] = [1, 2, 3].map((seed) =>
      poisson(
        Array.from({ length: 200 }, () => 20),
        1.99,
        seed,
      ),
    ) as [typeof trains, typeof trains, typeof trains];
    const cut = (own: typeof trains, others: typeof trains): typeof trains =>
      own.map((train, k) =>
        Float64Array.of(...train.filter((time) => time < 0.5), ...others[k]!.filter((time) => time >= 0.5)),
      );
    const found = compareTrains(cut(one, two), cut(one, three));
    expect(found.divergence!.time).toBeGreaterThan(0.5);
    expect(found.divergence!.time).toBeLessThan(0.51);
    expect(headline(found)).toMatch(/^not shown to differ: \d+ of \d+ quantities within their margins$/);
    expect(found.judged.begin).toBe(found.divergence!.time);
    const silent = two.map((train) => train.filter((time) => time < 0.5 || time % 0.02 < 0.01));
    const less = compareTrains(cut(one, two), cut(one, silent)).populations[0]!;
    expect(less.grade).toBe('different');
  });

  it('one run of each side is at most not shown to differ, another rate is different, and too little data cannot say', () => {
    const pair = (rate: number, cells: number, seed: number, seconds = 1.9): readonly Float64Array[] =>
      poisson(
        Array.from({ length: cells }, () => rate),
        seconds,
        seed,
      );
    const [one, other] = [1, 2].map((seed) => recorded(pair(40, 100, seed, 8), { end: 8 }));
    expect(compareRecorded(one!, other!).grade).toBe('not shown to differ');
    const { grade, populations } = compareTrains(trains, pair(40, 40, 3));
    expect(grade).toBe('different');
    expect(populations[0]!.quantities![0]).toMatchObject({ name: 'rate', verdict: 'different' });
    expect(compareTrains(trains.slice(0, 4), pair(20, 4, 5)).grade).toBe('cannot say');
  });

  it('silence on one side is different from three spikes on, on both sides the same', () => {
    const silent = [new Float64Array(0)];
    expect(compareTrains(silent, silent).grade).toBe('identical');
    expect(compareTrains([Float64Array.of(1, 1.2)], silent).grade).toBe('cannot say');
    expect(compareTrains([Float64Array.of(1, 1.2, 1.4)], silent).grade).toBe('different');
  });
});

describe('compared parts', () => {
  const trains = poisson([20, 30, 40], 1.9, 1);

  it('time of one side only is no grade of sameness', () => {
    const { interval, coverage, grade, common } = compareRecorded(
      recorded(trains),
      recorded(
        trains.map((train) => train.filter((time) => time <= 1)),
        { end: 1 },
      ),
    );
    expect(interval).toEqual({ begin: 0, end: 1 });
    expect(coverage).toMatchObject({ complete: false, time: { onlyFirst: 1, onlySecond: 0 } });
    expect([grade, common]).toEqual(['different', 'identical']);
  });

  it('cells, populations and samples of one side only are no grade of sameness, unless they are left out', () => {
    const fewer = compareTrains(trains, trains.slice(0, 2));
    expect(headline(fewer)).toBe('different: only in the first: 1 cell');
    expect(fewer.grade).toBe('different');
    const inh = { population: 'inh', event: 'spike', ids: [0], trains: [trains[0]!], listsSilent: true };
    const more = recorded(trains, { trains: [...recorded(trains).trains, inh] });
    expect(compareRecorded(recorded(trains), more)).toMatchObject({
      grade: 'different',
      common: 'identical',
      coverage: { populations: { compared: 1, onlySecond: ['inh'] } },
    });
    expect(compareRecorded(recorded(trains), more, { ignore: ['inh'] }).grade).toBe('same spikes');
    expect(asCheckOfFirst(compareRecorded(recorded(trains), more)).grade).toBe('same spikes');
    expect(() => compareRecorded(recorded(trains), more, { only: ['exe'] })).toThrow(/neither side has exe/);
  });

  it('times that are coarser than δ are refused, and slips of units named', () => {
    const cells = poisson(
      Array.from({ length: 20 }, () => 20),
      2,
      4,
    );
    const rounded = cells.map((train) => train.map((time) => Math.round(time * 10) / 10).sort());
    expect(() => compareRecorded(recorded(cells), recorded(rounded))).toThrow(
      /steps of 100 ms, coarser than δ = 0\.1 ms/,
    );
    expect(compareRecorded(recorded(cells), recorded(rounded), { within: 0.1 }).grade).toBe('same within δ');
    const slipped = compareRecorded(
      recorded(cells, { end: null }),
      recorded(
        cells.map((train) => train.map((time) => time * 1e3)),
        { end: null },
      ),
    );
    expect(slipped.grade).toBe('different');
    expect(slipped.slips).toEqual(['times of file span a thousand times those of file: a slip of units']);
  });

  it('identifiers without a common one are refused', () => {
    const other = recorded([], {
      trains: [{ population: 'exc', event: 'spike', ids: [7, 8, 9], trains, listsSilent: false }],
    });
    expect(() => compareRecorded(recorded(trains), other)).toThrow(
      /exc has no cell in both: identifiers are 0 to 2 and 7 to 9/,
    );
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
    // A shift is no more than the one of spikes.
    expect(compareRecorded(signal(1, 0), signal(1, 1)).signals[0]).toMatchObject({ isLabelShift: false });
    expect(compareRecorded(signal(1, 0), signal(1, 1), { within: 1e-3 }).signals[0]).toMatchObject({
      lag: 1,
      isLabelShift: true,
      grade: 'same within δ',
    });
    expect(() => compareRecorded(signal(1, 0), signal(1, 0, 'A'))).toThrow(/exc.v\[0\] is in V .* is in A/);
  });

  it('spikes outside the interval of their file are left out, with a note', () => {
    const { notes } = compareTrains([Float64Array.of(1, 2.5)], [Float64Array.of(1)]);
    expect(notes).toContain('outside 0 ms to 2000 ms, file has 1 spike, left out');
  });

  it('no common population is an error', () => {
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
  /** Trains of cells with lognormal rates that are the same in all runs. */
  const run = (seed: number, cells: number, seconds: number, factor = 1): readonly Float64Array[] => {
    const random = generator(99);
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const rates = Array.from({ length: cells }, () => 15 * factor * Math.exp(0.5 * normal()));
    return poisson(rates, seconds, seed);
  };

  /** Grades of pairs of sides with runs of their own. */
  function graded(pairs: number, runs: number, cells: number, seconds: number, factor = 1): readonly string[] {
    const interval = { begin: 0, end: seconds };
    return Array.from({ length: pairs }, (_, pair) => {
      const side = (from: number, by: number): readonly (readonly Float64Array[])[] =>
        Array.from({ length: runs }, (_run, k) => run(1 + 2 * runs * pair + from + k, cells, seconds, by));
      const [first, second] = [side(0, 1), side(runs, factor)];
      const observed = { end: seconds };
      return runs === 1
        ? compareRecorded(recorded(first[0]!, observed), recorded(second[0]!, observed)).grade
        : judgeRuns([[first, second]], interval, defaultMargins, true).grades[0]!;
    });
  }

  const share = (grades: readonly string[], grade: string): number =>
    grades.filter((one) => one === grade).length / grades.length;

  const pairs = askedEffort === 'thorough' ? 1000 : 100;
  it.skipIf(!triesAll)(
    slow(`of ${pairs} pairs of sides of one model, no more than α + 2 standard errors are called different`),
    () => {
      const most = 0.05 + 2 * Math.sqrt((0.05 * 0.95) / pairs);
      expect(share(graded(pairs, 1, 20, 2), 'different')).toBeLessThanOrEqual(most);
      expect(share(graded(pairs, 5, 20, 2), 'different')).toBeLessThanOrEqual(most);
    },
  );

  it('runs of one model are not different, and a rate that differs by 30 % is', () => {
    expect(share(graded(20, 1, 50, 2), 'different')).toBe(0);
    expect(share(graded(5, 1, 100, 4, 1.3), 'different')).toBeGreaterThanOrEqual(0.8);
    expect(share(graded(3, 4, 30, 2, 1.3), 'different')).toBe(1);
  });
});

const schema = new URL('../../schemas/comparison.schema.json', import.meta.url);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schema, 'utf8')) as object,
);

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
    expect(within.stdout).toMatch(
      /^same within 0\.1 ms: 10 spikes, largest shift 0\.1 ms\ncompared  10 of 10 spikes within 0\.1 ms, 1 of 1 population, 2 of 2 cells, 0–47\.1 ms\n/,
    );
    expect(within.code).toBe(0);
    expect((await compare('a.dat', 'b.dat', '--at-least', 'identical')).code).toBe(1);
    const more = await compare('a.dat', 'more.dat');
    expect(more.stdout).toMatch(
      /^cannot say: too little data for \d+ of \d+ quantities\ncompared  10 of 11 spikes within 0\.1 ms, [^]*cell 2 at 40 ms/,
    );
    expect(more.code).toBe(3);
    expect((await compare('a.dat', 'far.dat', '--at-least', 'within')).code).toBe(1);
  });

  it('a result on standard input', async () => {
    const input = spikes(0.05);
    const [words, options] = [['-', folder.file('a.dat')], { input }];
    for (const files of [words, words.toReversed()]) {
      const { code, stdout } = await runCommand(['compare', ...files, '--details'], options);
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/^same within 0\.1 ms: .*standard input: NEST spikes/s),
      ]);
    }
    expect((await runCommand(['inspect', '-', '--json'], options)).stdout).toContain('"path": "standard input"');
    const twice = await runCommand(['compare', '-', '-'], options);
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringMatching(/standard input is read once/) });
    const wrong = await runCommand(['compare', '-', folder.file('a.dat')], { input: '' });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: standard input cannot be read as a result: it is empty/),
    });
  });

  it('--json follows its schema', async () => {
    const network = {
      format: 'interneuron/brian',
      dt: '0.1 ms',
      seed: 3,
      neuron_groups: {
        cells: {
          N: 20,
          model: 'dv/dt = (12*mV - v)/(10*ms) : volt (unless refractory)',
          threshold: 'v > 10*mV',
          reset: 'v = 0*mV',
          refractory: '2 ms',
          initializers: { v: 'rand()*10*mV' },
          method: 'exact',
        },
      },
      spike_monitors: { spikes: { source: 'cells' } },
      run: '200 ms',
    };
    writeFileSync(folder.file('drive.yaml'), JSON.stringify(network));
    const [cells, own, late, noisy] = ['drive.yaml', 'drive.csv', 'late.csv', 'noisy.csv'].map((name) =>
      folder.file(name),
    );
    for (const seed of ['3', '4', '5', '6'])
      await runCommand(['run', cells!, '-q', '--seed', seed, '-o', folder.file(`drawn-${seed}.csv`)]);
    await runCommand(['run', cells!, '-q', '-o', own!]);
    // A table of another program: spikes a step later, and spikes that no convention gives.
    const rows = readFileSync(own!, 'utf8').split('\n').slice(1, -1);
    expect(rows.length).toBeGreaterThan(50);
    const write = (file: string, time: (seconds: number) => number): void =>
      writeFileSync(
        file,
        `population,id,time (s)\n${rows.map((row) => `${row.replace(/[^,]*$/, (at) => time(Number(at)).toFixed(4))}\n`).join('')}`,
      );
    write(late!, (seconds) => seconds + 1e-4);
    write(noisy!, (seconds) => 0.93 * seconds);
    for (const words of [
      ['compare', folder.file('a.dat'), folder.file('a.dat')],
      ['compare', folder.file('a.dat'), folder.file('far.dat'), '--unpaired'],
      ['compare', folder.file('drawn-3.csv'), folder.file('drawn-4.csv')],
      ['compare', folder.file('drawn-[34].csv'), folder.file('drawn-[56].csv')],
      ['compare', own!, folder.file('drawn-3.csv'), '--why'],
      ['compare', own!, late!, '--why'],
      ['verify', late!, cells!, '--why'],
      ['verify', noisy!, cells!, '--why'],
    ]) {
      const { stdout, stderr } = await runCommand([...words, '--json']);
      expect([words, stderr]).toEqual([words, '']);
      const report: unknown = JSON.parse(stdout);
      expect([words, validate(report), validate.errors]).toEqual([words, true, null]);
    }
  });

  it.each([
    [['a.dat'], /same takes two files, but got 1/],
    [['a.dat', 'absent.dat'], /there is no file .*absent\.dat/],
    [['a.dat', 'b.dat', '--within', '0.1'], /--within cannot be 0\.1: it has no unit/],
    [['a.dat', 'b.dat', '--margin', 'rate=10'], /--margin rate=10: rate is compared relative to its size/],
    [['a.dat', 'b.dat', '--margin', 'rate=2 Hz'], /rate is compared relative to its size/],
    [['a.dat', 'b.dat', '--margin', 'spectrum=0.5'], /spectrum=0.5 is no ratio of powers/],
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

describe('results of interneuron', () => {
  const fixture = (name: string): string => `fixtures/${name}`;

  it('a published network with other random numbers is not different', async () => {
    const files = [1, 2].map((seed) => folder.file(`cuba-${seed}.nwb`));
    for (const [k, file] of files.entries())
      await runCommand(['run', fixture('brian/vogels-abbott-cuba.yaml'), '-q', '--seed', String(k + 1), '-o', file]);
    const { code, stdout } = await runCommand(['compare', ...files]);
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/^(not shown to differ|cannot say): .*\n.* 4,000 of 4,000 cells/),
    ]);
  });

  it('populations of a SONATA network that became one for each model are one in every command', async () => {
    const [own, sonata] = ['models.nwb', 'models.h5'].map((name) => folder.file(name)) as [string, string];
    const run = ['run', fixture('sonata/models-by-type/config.json'), '-q', '-o', own, '-o', sonata];
    expect(await runCommand(run)).toMatchObject({ code: 0 });
    const content = JSON.parse((await runCommand(['inspect', own, '--json'])).stdout) as { spikes: readonly unknown[] };
    const { stdout } = await runCommand(['compare', own, sonata, '--only', 'spikes']);
    expect(content.spikes).toHaveLength(1);
    expect(stdout).toMatch(/^(identical|same spikes): /);
  });

  it('a run that was cut off lasted until its last step', async () => {
    const [whole, model] = [folder.file('whole.nwb'), fixture('brian/single-lif.yaml')];
    await runCommand(['run', model, '-q', '-o', whole]);
    const { end } = JSON.parse((await runCommand(['inspect', whole, '--json'])).stdout) as { end: number };
    const imported = importModel(readSource(model));
    const half = Math.round(end / imported.valid.model.experiment.dt / 2);
    const result = await runModel(imported, { outputs: [folder.file('cut.nwb')], stopAfter: half });
    expect(result.kind).toBe('run');
    if (result.kind !== 'run') return;
    result.dispose();
    const { code, stdout } = await runCommand(['compare', whole, result.outputs[0]!]);
    const ms = (seconds: number): number => Number((seconds * 1e3).toPrecision(8));
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(new RegExp(`only in the first: .* of time\n.*0–${ms(end / 2)} of ${ms(end)} ms\n`)),
    ]);
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
    ['other', 3, 'not shown to differ'],
    ['fast', 1, 'different'],
  ])('%s', async (name, code, grade) => {
    const words = ['compare', folder.file('slow-*.dat'), folder.file(`${name}-*.dat`), '--json'];
    const found = await runCommand(words);
    expect(found.code).toBe(code);
    const report = JSON.parse(found.stdout) as Comparison;
    expect(report.grade).toBe(grade);
    expect(report.populations[0]).toMatchObject({
      cells: 20,
      quantities: [{ name: 'rate', over: '5 and 5 runs' }, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(report.replicates).toMatchObject({ runs: [5, 5], copies: 0 });
    // 5 runs of 20 cells with 20 Hz for 4 s.
    expect(Math.abs(report.populations[0]!.spikes[0] - 8000)).toBeLessThan(5 * Math.sqrt(8000));
  });

  it('copies of one run show no spread', async () => {
    for (const k of [1, 2, 3]) copyFileSync(folder.file('slow-1.dat'), folder.file(`copy-${k}.dat`));
    const found = await runCommand(['compare', folder.file('copy-*.dat'), folder.file('other-*.dat')]);
    expect(found).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/3 runs, such as .*, are copies of one run/),
    });
  });

  it('one run of a side is too few', async () => {
    const found = await runCommand(['compare', folder.file('slow-*.dat'), folder.file('fast-6.dat')]);
    expect(found).toMatchObject({ code: 2, stderr: expect.stringMatching(/there are 5 and 1 runs/) });
    const none = await runCommand(['compare', folder.file('none-*.dat'), folder.file('fast-6.dat')]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/no file matches/) });
  });
});

describe('--why', () => {
  const network = (delay: string, refractory: string): object => ({
    format: 'interneuron/brian',
    dt: '0.1 ms',
    seed: 1,
    neuron_groups: {
      cells: {
        N: 20,
        model: 'dv/dt = (14*mV + I - v)/(10*ms) : volt (unless refractory)\nI : volt',
        threshold: 'v > 10*mV',
        reset: 'v = 0*mV',
        method: 'exact',
        refractory,
        initializers: { v: 'rand()*10*mV', I: 'rand()*3*mV' },
      },
    },
    synapses: {
      s: { source: 'cells', target: 'cells', on_pre: 'v_post += 0.4*mV', delay, connect: { p: 0.2 } },
    },
    spike_monitors: { spikes: { source: 'cells' } },
    run: '60 ms',
  });

  it.each([
    ['1.1*ms', '2*ms', ['delays one step longer']],
    ['1.1*ms', '2.1*ms', []],
    ['3*ms', '2*ms', []],
  ])('a delay of %s and a refractory period of %s', async (delay, refractory, removes) => {
    const files = [network('1*ms', '2*ms'), network(delay, refractory)].map((document, k) => {
      const [model, result] = [folder.file(`why-${k}.json`), folder.file(`why-${k}.nwb`)];
      writeFileSync(model, JSON.stringify(document));
      return [model, result] as const;
    });
    for (const [model, result] of files) await runCommand(['run', model, '-q', '--force', '-o', result]);
    const { stdout } = await runCommand(['compare', files[0]![1], files[1]![1], '--why', '--json']);
    const report = JSON.parse(stdout) as { why: { removes: string[] } };
    expect(report.why.removes.toSorted()).toEqual(removes);
    expect([validate(report), validate.errors]).toEqual([true, null]);
  });
});

describe('--picture', () => {
  it('rasters one over the other, the first difference, and samples with their difference', async () => {
    const files = ['0.1 ms', '0.2 ms'].map((dt, k) => [folder.file(`dt${k}.nwb`), dt] as const);
    for (const [path, dt] of files)
      await runCommand(['run', 'fixtures/brian/single-lif.yaml', '--dt', dt, '-q', '-o', path]);
    const picture = folder.file('both.svg');
    await runCommand(['compare', files[0]![0], files[1]![0], '--picture', picture, '-q']);
    const svg = readFileSync(picture, 'utf8');
    expect(svg).toMatch(/>G\.v\[0\]<[^]*>difference</);
    expect(svg).toContain('first difference: at 20 ms, G[0] lacks a spike in the first');
    expect(svg.match(/<circle/g)).toHaveLength(2);
    // Spikes of each side have its colour.
    for (const colour of ['#0072b2', '#d55e00']) {
      const [ticks = ''] = new RegExp(`<g[^>]*stroke="${colour}"[^>]*><path d="[^"]*`).exec(svg) ?? [];
      expect(ticks.match(/M[\d.]+,[\d.]+L[\d.]+,[\d.]+/g)).toHaveLength(18);
    }
    expect(await runCommand(['compare', files[0]![0], files[1]![0], '--picture', 'x.pdf'])).toMatchObject({ code: 2 });
  });

  it('shows rates over time, and spikes around the first difference if there are too many', async () => {
    const files = [0, 2].map((shift) => {
      const rows = Array.from({ length: 8000 }, (_, k) => `p,${k % 40},${(k < 4000 ? k : k + shift) / 4}`);
      const path = folder.file(`dense${shift}.csv`);
      writeFileSync(path, `population,id,time (ms)\n${rows.join('\n')}\n`);
      return path;
    });
    const picture = folder.file('dense.svg');
    await runCommand(['compare', files[0]!, files[1]!, '--picture', picture, '-q']);
    const svg = readFileSync(picture, 'utf8');
    expect(svg.includes('first difference: at 1000 ms, p[0] lacks a spike in the second')).toBe(true);
    // Axes of the 25 ms on each side, and of everything.
    const texts = Array.from(svg.matchAll(/<text[^>]*>([^<]*)</g), ([, text]) => text);
    expect(texts).toEqual(expect.arrayContaining(['1,010', '2,000', 'Hz', 'rate']));
  });
});

it('samples that are not finite are named by compare, inspect and report', async () => {
  const [model, result, page] = ['nan.yaml', 'nan.json', 'nan.html'].map((name) => folder.file(name)) as [
    string,
    string,
    string,
  ];
  // Forward Euler of v' = v³ - v² with steps of 1 ms from v = 2 leaves the range of numbers.
  writeFileSync(
    model,
    'format: interneuron/brian\nversion: 1\ndt: 1 ms\nrun: 20 ms\nneuron_groups:\n' +
      "  G: { N: 2, model: 'dv/dt = (v**3 - v**2)/ms : 1', method: euler, initializers: { v: 2 } }\n" +
      'state_monitors:\n  M: { source: G, variables: [v], record: true }\n',
  );
  expect(await runCommand(['run', model, '-o', result, '-q'])).toMatchObject({ code: 0 });
  const text = /has samples that are NaN or infinite: G\.v \(\d+ of 40, the first at \d+ ms\)/;
  expect((await runCommand(['compare', result, result])).stdout).toMatch(text);
  expect((await runCommand(['inspect', result])).stdout).toMatch(text);
  expect(await runCommand(['report', result, '-o', page])).toMatchObject({ code: 0 });
  expect(readFileSync(page, 'utf8')).toMatch(text);
});
