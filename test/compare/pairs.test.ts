/** Pairs of files that reviewers judge: pairs of different kinds are different, others are not. */

import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareRecorded } from '../../src/compare/compare.js';
import { judgeRuns } from '../../src/compare/compare-runs.js';
import { headline } from '../../src/compare/headline.js';
import { defaultMargins } from '../../src/compare/options.js';
import type { Recorded } from '../../src/compare/recorded.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import {
  answers,
  bursts,
  every,
  kinds,
  modulated,
  poisson,
  regular,
  sequence,
  sharing,
  type Trains,
} from './processes.js';

const folder = temporaryFolder();

/** How a table is written. */
interface Layout {
  readonly head?: string;
  /** Units of the file in a second, and digits after the decimal point. */
  readonly perSecond?: number;
  readonly digits?: number;
  readonly separator?: string;
  readonly end?: string;
  readonly mark?: string;
}

type Network = Readonly<Record<string, Trains>>;

/** Returns populations as a table of spikes in ms. */
function table(network: Network, layout: Layout = {}): string {
  const {
    head = 'population,id,time (ms)',
    perSecond = 1e3,
    digits = 1,
    separator = ',',
    end = '\n',
    mark = '',
  } = layout;
  const rows = Object.entries(network).flatMap(([population, trains]) =>
    trains.flatMap((train, id) =>
      Array.from(train, (time) => [population, id, (time * perSecond).toFixed(digits)].join(separator)),
    ),
  );
  return mark + [head, ...rows, ''].join(end);
}

/** Returns samples of variables of a cell, one for each 0.1 ms, as a table. */
function samples(names: readonly string[], values: readonly ((k: number) => number)[], count = 1000): string {
  const rows = Array.from({ length: count }, (_, k) =>
    [(0.1 * k).toFixed(1), ...values.map((value) => value(k).toFixed(5))].join(','),
  );
  return [['time (ms)', ...names].join(','), ...rows, ''].join('\n');
}

async function compare(first: string, second: string, ...words: string[]): ReturnType<typeof runCommand> {
  writeFileSync(folder.file('a.csv'), first);
  writeFileSync(folder.file('b.csv'), second);
  const found = await runCommand(['compare', folder.file('a.csv'), folder.file('b.csv'), ...words]);
  if (!words.includes('--json')) expect(found.stdout.split('\n')[0]!.length).toBeLessThanOrEqual(100);
  return found;
}

/** Returns the headline of a comparison of two networks by their spikes, and the quantities that differ. */
function judged(first: Network, second: Network): string {
  const [a, b] = [first, second].map((network): Recorded => ({
    path: 'network',
    format: '',
    begin: 0,
    end: null,
    resolution: 0,
    trains: Object.entries(network).map(([population, trains]) => ({
      population,
      event: 'spike',
      ids: trains.map((_, id) => id),
      trains,
      listsSilent: false,
    })),
    signals: [],
    notes: [],
  })) as [Recorded, Recorded];
  const comparison = compareRecorded(a, b);
  const differ = comparison.populations.flatMap(({ quantities }) =>
    (quantities ?? []).filter(({ verdict }) => verdict === 'different').map(({ name }) => name),
  );
  return [headline(comparison), ...differ].join(' ');
}

const [cells, seconds] = [200, 10];
const base = poisson(10, cells, seconds, 1);
const like = poisson(10, cells, seconds, 2);

describe('one run of each side', () => {
  it.each(kinds.filter(({ isSlow }) => isSlow !== true))('$name', ({ by, sides }) => {
    const [one, other] = [sides[0](3), sides[1](4)];
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(judged({ p: a }, { p: b })).toMatch(new RegExp(`^different: .*(${by.source})`));
    }
  });

  const lognormal = (cell: number): number => 10 * Math.exp(0.8 * Math.sin(cell * 12.9898) * 1.4 - 0.3);
  it.each<[string, RegExp, Trains, Trains]>([
    ['broad rates', /rate of p/, base, poisson(lognormal, cells, seconds, 5)],
    ['a tenth of the cells at 60 Hz', /rate of p/, base, poisson((k) => (k % 10 === 0 ? 55 : 5), cells, seconds, 5)],
    [
      'silence from 4 s to 6 s',
      /rate over/,
      base,
      modulated((t) => (t > 4 && t < 6 ? 0 : 12.5), 12.5, cells, seconds, 6),
    ],
    [
      'responses 50 ms later',
      /times of p: the same, 50 ms/,
      answers(every(0.5, 10), cells, 10, 8),
      answers(every(0.55, 10), cells, 10, 9),
    ],
    [
      'a rhythm of 8 Hz',
      /spectrum/,
      base,
      modulated((t) => 10 * (1 + 0.6 * Math.sin(16 * Math.PI * t)), 16, cells, seconds, 10),
    ],
    [
      'a rhythm of 100 Hz',
      /spectrum|rate over/,
      base,
      modulated((t) => 10 * (1 + 0.8 * Math.sin(200 * Math.PI * t)), 18, cells, seconds, 10),
    ],
    ['bursts of three', /CV|LV/, base, bursts(10, 3, cells, seconds, 11)],
    ['regular trains', /CV|LV/, base, regular(10, 4, cells, seconds, 11)],
    ['four groups with shared input', /correlation/, base, sharing(10, 0.5, 4, cells, seconds, 13)],
    ['half of the spikes shared', /correlation/, base, sharing(10, 0.5, 1, cells, seconds, 13)],
    [
      'a sequence in another order',
      /order/,
      sequence((k) => k, 100, 10, 14, 0.1),
      sequence((k) => (k * 37) % 100, 100, 10, 15, 0.1),
    ],
    [
      'two halves of a sequence exchanged',
      /order/,
      sequence((k) => k, 100, 10, 14),
      sequence((k) => (k + 50) % 100, 100, 10, 15),
    ],
    [
      'rates of cells reversed',
      /order/,
      poisson((k) => 2 + (16 * k) / cells, cells, seconds, 18),
      poisson((k) => 18 - (16 * k) / cells, cells, seconds, 19),
    ],
    ['0.05 Hz instead of 0.3 Hz', /rate/, poisson(0.3, 400, 10, 16), poisson(0.05, 400, 10, 17)],
    ['0.5 Hz instead of 0.15 Hz in 100 cells', /rate/, poisson(0.15, 100, 60, 16), poisson(0.5, 100, 60, 17)],
  ])('%s', (_, by, one, other) => {
    expect(judged({ p: one }, { p: other })).toMatch(new RegExp(`^different: .*${by.source}`));
  });

  it.each<[string, Trains, Trains]>([
    ['of one Poisson process', base, like],
    ['with responses', answers(every(0.5, 10), cells, 10, 8), answers(every(0.5, 10), cells, 10, 9)],
    [
      'with a rhythm',
      ...([20, 21].map((seed) =>
        modulated((t) => 10 * (1 + 0.6 * Math.sin(80 * Math.PI * t)), 16, cells, seconds, seed),
      ) as [Trains, Trains]),
    ],
    ['with bursts', bursts(10, 2, cells, seconds, 22), bursts(10, 2, cells, seconds, 23)],
    ['with shared input', sharing(10, 0.05, 1, cells, seconds, 24), sharing(10, 0.05, 1, cells, seconds, 25)],
    ['with a sequence', sequence((k) => k, 100, 10, 26), sequence((k) => k, 100, 10, 27)],
    ['of 0.5 Hz', poisson(0.5, 500, seconds, 28), poisson(0.5, 500, seconds, 29)],
  ])('runs %s are not different, and at most not shown to differ', (_, one, other) => {
    expect(judged({ p: one }, { p: other })).toMatch(/^(not shown to differ|cannot say): /);
  });

  it.each<[string, (seed: number) => Trains]>([
    ['a start 1 s later', (seed) => modulated((t) => (t < 1 ? 0 : 11.1), 11.1, 100, seconds, seed)],
    ['a rate falling from 13 to 7 Hz', (seed) => modulated((t) => 13 - 0.6 * t, 13, 100, seconds, seed)],
    ['a rate rising from 7 to 13 Hz', (seed) => modulated((t) => 7 + 0.6 * t, 13, 100, seconds, seed)],
  ])('%s could be a slow change of one run, and five runs decide', (_, other) => {
    const side = (run: (seed: number) => Trains, from: number): readonly Trains[] =>
      Array.from({ length: 5 }, (_run, k) => run(from + k));
    const flat = (seed: number): Trains => poisson(10, 100, seconds, seed);
    expect(judged({ p: flat(50) }, { p: other(60) })).toMatch(/^(not shown to differ|cannot say|different): /);
    const found = judgeRuns([[side(flat, 50), side(other, 60)]], { begin: 0, end: seconds }, defaultMargins, true);
    expect(found.grades).toEqual(['different']);
  });

  it('the least grade decides the exit code', async () => {
    const [a, b] = [poisson(20, 100, seconds, 33), poisson(20, 100, seconds, 34)].map((p) => table({ p }));
    const found = await compare(a!, b!);
    expect([found.code, found.stdout]).toEqual([3, expect.stringMatching(/^not shown to differ: /)]);
    expect((await compare(a!, b!, '--at-least', 'not-shown-to-differ')).code).toBe(0);
  });
});

describe('spikes and coverage', () => {
  const without = (trains: Trains, cell: number, spike: number): Trains =>
    trains.map((train, k) => (k === cell ? train.filter((_, at) => at !== spike) : train));
  const moved = (trains: Trains, cell: number, by: number): Trains =>
    trains.map((train, k) => (k === cell ? train.map((time) => time + by) : train));
  const inh = poisson(20, 50, seconds, 30);

  it.each<[string, Network, Network, number, RegExp]>([
    ['one spike lacking', { p: base }, { p: without(base, 12, 5) }, 3, /^(?!same|identical)[^]* 1 +0 .*cell 12 at /],
    ['one spike more', { p: without(base, 12, 5) }, { p: base }, 3, /^(?!same|identical)[^]* 0 +1 .*cell 12 at /],
    [
      'a cell lacking',
      { p: base },
      { p: base.toSpliced(57, 1, new Float64Array(0)) },
      1,
      /^different: lost cells of p \(\d+\)$/m,
    ],
    [
      'a cell 5 ms late',
      { p: base },
      { p: moved(base, 7, 5e-3) },
      3,
      /^cannot say: copies of one run: 9\d.*cell 7 at /s,
    ],
    [
      'a second population',
      { p: base },
      { p: base, q: inh },
      1,
      /^different: only in the second: q\n.*1 of 2 populations/,
    ],
    [
      'a population lacking',
      { p: base, q: inh, r: inh },
      { p: base, r: inh },
      1,
      /^different: only in the first: q\n.*2 of 3 populations/,
    ],
    [
      'another population with another name',
      { p: base, q: inh },
      { p: base, s: inh },
      1,
      /only in the first: q; only in the second: s/,
    ],
    [
      'a population with a process of its own',
      { p: base, q: inh },
      { p: base, q: poisson(30, 50, seconds, 31) },
      1,
      /^different: rate of q \(.* %, margin 10 %\)/,
    ],
    ['equal files', { p: base, q: inh }, { q: inh, p: base }, 0, /^identical: /],
  ])('%s', async (_, first, second, code, headline) => {
    const found = await compare(table(first), table(second));
    expect([found.code, found.stdout]).toEqual([code, expect.stringMatching(headline)]);
  });

  it('copies of one run are one run', async () => {
    for (const [name, trains] of [
      ['x', [base, base, base]],
      ['y', [like, like, like]],
      ['z', [like, poisson(10, cells, seconds, 32), like]],
    ] as const)
      for (const [k, one] of trains.entries()) writeFileSync(folder.file(`${name}-${k}.csv`), table({ p: one }));
    const [x, y, z] = ['x', 'y', 'z'].map((name) => folder.file(`${name}-*.csv`)) as [string, string, string];
    for (const words of [
      [x, y],
      [y, x],
      [z, x],
    ])
      expect(await runCommand(['compare', ...words])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/are copies of one run/),
      });
  });
});

describe('parts of a run', () => {
  it('the same trains under other ids are named, and are not the same spikes', async () => {
    const found = await compare(table({ p: base }), table({ p: [...base].reverse() }));
    expect(found.stderr).toBe('');
    expect(found.code).not.toBe(0);
    expect(found.stdout).not.toMatch(/^same/);
    expect(found.stdout).toContain('note      the cells of p have the same trains under other ids');
  });

  it('what is before a time, and after another one, is compared by itself', async () => {
    const shorter = base.map((train) => train.filter((time) => time > 2 && time < 6));
    const words = ['--from', '3 s', '--to', '5 s'];
    const found = await compare(table({ p: base }), table({ p: shorter }), ...words);
    expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(/^same spikes: .*\n.*, 3000–5000 of /)]);
  });

  it('samples at fewer times are the same only there', async () => {
    const v = (k: number): number => -65 + 5 * Math.sin(k / 70);
    const all = samples(['v (mV)'], [v]).split('\n');
    const few = all.filter((_, row) => row === 0 || row % 5 === 1).join('\n');
    const found = await compare(all.join('\n'), `${few}\n`);
    expect([found.code, found.stdout]).toEqual([0, expect.stringContaining('samples only at times that both have')]);
  });

  it('the time after the first difference is judged by itself', async () => {
    const half = seconds / 2;
    const faster = poisson(30, cells, seconds, 77);
    const second = base.map((train, k) =>
      Float64Array.of(...train.filter((t) => t < half), ...faster[k]!.filter((t) => t >= half)),
    );
    const found = await compare(table({ p: base }), table({ p: second }), '--json');
    const { divergence, judged, populations } = JSON.parse(found.stdout) as {
      divergence: { time: number };
      judged: { begin: number };
      populations: { quantities: { name: string; verdict: string; means: number[] }[] }[];
    };
    expect(found.code).toBe(1);
    expect(divergence.time).toBeGreaterThanOrEqual(half);
    expect(judged.begin).toBe(divergence.time);
    const rate = populations[0]!.quantities.find(({ name }) => name === 'rate');
    expect(rate).toMatchObject({ verdict: 'different' });
    expect(rate!.means[1]).toBeGreaterThan(25);
  });
});

describe('units and digits', () => {
  it.each<[string, Layout, Layout, number, RegExp]>([
    ['ms called s', {}, { head: 'population,id,time (s)' }, 1, /^different: a slip of units\n.*a thousand times/s],
    ['s called ms', {}, { perSecond: 1, digits: 4 }, 1, /^different: a slip of units\n.*a thousand times/s],
    ['µs called ms', {}, { perSecond: 1e6, digits: 0 }, 1, /^different: a slip of units\n.*a thousand times/s],
    ['s', {}, { head: 'population,id,time (s)', perSecond: 1, digits: 4 }, 0, /^(identical|same spikes): /],
    ['µs', {}, { head: 'population,id,time (us)', perSecond: 1e6, digits: 0 }, 0, /^(identical|same spikes): /],
  ])('%s', async (_, one, other, code, headline) => {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ]) {
      const found = await compare(table({ p: base }, a), table({ p: base }, b));
      expect([found.code, found.stdout]).toEqual([code, expect.stringMatching(headline)]);
    }
  });

  it.each([
    ['100 ms', 1, 'population,id,time (s)', 1],
    ['10 ms', 2, 'population,id,time (s)', 1],
    ['1 ms', 0, 'population,id,time (ms)', 1e3],
  ])('times rounded to %s are refused at δ = 0.1 ms', async (step, digits, head, perSecond) => {
    const rounded = table({ p: base }, { head, digits, perSecond });
    for (const [a, b] of [
      [table({ p: base }), rounded],
      [rounded, table({ p: base })],
    ] as const) {
      expect(await compare(a, b)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`has times in steps of ${step}, coarser than δ = 0.1 ms`),
      });
      expect((await compare(a, b, '--within', step)).stdout).toMatch(new RegExp(`^same within ${step}: `));
    }
  });

  const v = (k: number): number => -65 + 5 * Math.sin(k / 70);
  it.each<[string, string, string, number, RegExp]>([
    ['equal samples', samples(['v (mV)'], [v]), samples(['v (mV)'], [v]), 0, /^identical: /],
    ['V for mV', samples(['v (mV)'], [v]), samples(['v (V)'], [v]), 1, /^different: a slip of units\n.*10\^3 times/s],
    [
      'mV for V',
      samples(['v (V)'], [(k) => v(k) / 1e3]),
      samples(['v (mV)'], [(k) => v(k) / 1e3]),
      1,
      /a slip of units/,
    ],
    ['pA for nA', samples(['I (nA)'], [(k) => k / 100]), samples(['I (pA)'], [(k) => k / 100]), 1, /a slip of units/],
    [
      'weights 1000 times as large',
      samples(['w'], [(k) => 1 + k / 1e3]),
      samples(['w'], [(k) => 1e3 + k]),
      1,
      /a slip of units/,
    ],
    [
      'samples 20 ms later',
      samples(['v (mV)'], [v]),
      samples(['v (mV)'], [(k) => v(k - 200)]),
      1,
      /^different: v \(.* % of its range, margin 1 %\)/,
    ],
    [
      'a constant',
      samples(['v (mV)'], [v]),
      samples(['v (mV)'], [() => -65]),
      1,
      /^different: v \(.* % of its range, margin 1 %\)/,
    ],
    [
      'a tenth more depth',
      samples(['v (mV)'], [v]),
      samples(['v (mV)'], [(k) => -65 + 5.5 * Math.sin(k / 70)]),
      1,
      /^different: /,
    ],
    [
      'a variable lacking',
      samples(['v (mV)', 'w (mV)'], [v, v]),
      samples(['v (mV)'], [v]),
      1,
      /^different: only in the first: w\n.*1 of 2 variables/,
    ],
    [
      'another variable',
      samples(['v (mV)', 'w (mV)'], [v, v]),
      samples(['v (mV)', 'u (pA)'], [v, v]),
      1,
      /only in the first: w; only in the second: u/,
    ],
    [
      'half of the time',
      samples(['v (mV)'], [v]),
      samples(['v (mV)'], [v], 500),
      1,
      /^different: only in the first: 50 ms of time\n.*0–49\.9 of 99\.9 ms/,
    ],
    [
      'NaN on one side',
      samples(['v (mV)'], [v]),
      samples(['v (mV)'], [(k) => (k === 500 ? NaN : v(k))]),
      1,
      /^different: /,
    ],
  ])('%s', async (_, first, second, code, headline) => {
    const found = await compare(first, second);
    expect([found.code, found.stdout]).toEqual([code, expect.stringMatching(headline)]);
  });
});

describe('tables as people have them', () => {
  const few = { p: base.slice(0, 3), q: like.slice(0, 2) };
  const head = (separator: string): string => ['population', 'id', 'time (ms)'].join(separator);
  let plain = '';
  beforeAll(() => {
    plain = table(few);
  });

  it.each<[string, Layout]>([
    ['a byte order mark', { mark: '\uFEFF' }],
    ['tabs', { head: head('\t'), separator: '\t' }],
    ['semicolons', { head: head(';'), separator: ';' }],
    ['a byte order mark, semicolons and CR LF', { mark: '\uFEFF', head: head(';'), separator: ';', end: '\r\n' }],
    ['CR LF', { end: '\r\n' }],
    ['spaces after commas', { head: head(', '), separator: ', ' }],
    ['quotes', { head: '"population","id","time (ms)"', separator: '","', end: '"\n"' }],
  ])('%s', async (_, layout) => {
    const text = table(few, layout);
    const whole = layout.end === '"\n"' ? text.replace('\n"', '\n"').slice(0, -1).replace('(ms)""', '(ms)"') : text;
    for (const [a, b] of [
      [plain, whole],
      [whole, plain],
    ] as const) {
      const found = await compare(a, b);
      expect([found.code, found.stdout, found.stderr]).toEqual([0, expect.stringMatching(/^identical: /), '']);
    }
  });

  it.each([
    [head(';'), (time: string) => `p;0;${time}`, ';'],
    [head('\t'), (time: string) => `p\t0\t${time}`, '\t'],
    [head(','), (time: string) => `p,0,"${time}"`, ','],
    ['', (time: string) => `0 ${time}`, ' '],
  ])('a decimal comma is refused by name in %j', async (names, row) => {
    const lines = ['5,1', '7,25', '9,5'].map(row);
    const { code, stderr } = await compare(plain, [...(names === '' ? [] : [names]), ...lines, ''].join('\n'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/line 2 has a decimal comma: 5,1|line 1 has a decimal comma/),
    ]);
  });

  it.each([
    'population,neuron_id,time_ms',
    'source_population,node_ids,t (ms)',
    'population,cell_index,spike_times [ms]',
  ])('columns %s', async (head) => {
    const found = await compare(plain, table(few, { head }));
    expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(/^identical: /)]);
  });

  it('UTF-16 is refused by name', async () => {
    writeFileSync(folder.file('wide.csv'), Buffer.from(`\uFEFF${plain}`, 'utf16le'));
    const found = await runCommand(['compare', folder.file('wide.csv'), folder.file('wide.csv')]);
    expect(found).toMatchObject({ code: 2, stderr: expect.stringMatching(/it is UTF-16/) });
  });
});
