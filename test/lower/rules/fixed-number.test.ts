/** Rules that fix numbers of synapses: exact numbers, and chi-square against the laws that define them. */

import { describe, expect, test } from 'vitest';
import { created, simulate, type SimulateOptions } from '../../support/simulate.js';
import { chiSquareP } from '../../support/statistics.js';
import { slow, triesAll } from '../../support/effort.js';

interface Sizes {
  readonly from?: number;
  readonly to?: number;
  readonly recurrent?: boolean;
  readonly seed?: number;
}

const network = (connect: string, { from = 6, to = 5, recurrent = false, seed = 1 }: Sizes = {}): string => `
interneuron: 1
name: rules
neurons: { cell: { state: { v: 0 }, events: { spike: { when: v > 1 } } } }
synapses: { s: { parameters: { w: 1 }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += w } } } }
populations: { a: { type: cell, size: ${from} }, b: { type: cell, size: ${to} } }
projections: { p: { from: a, to: ${recurrent ? 'a' : 'b'}, synapse: s, connect: ${connect} } }
experiment: { dt: 0.1 ms, seed: ${seed}, protocol: [ run: 1 ms ] }
`;

const fast: SimulateOptions = { engines: [{ target: 'wasm', threads: 1 }], steps: 0 };
const both: SimulateOptions = {
  engines: [
    { target: 'reference', threads: 1 },
    { target: 'wasm', threads: 2 },
  ],
  steps: 0,
};

async function pairsOf(text: string, options = fast): Promise<[number, number][]> {
  const run = await simulate(text, options);
  expect(run.faults).toEqual([]);
  return created(run, 'p');
}

const countsOf = (pairs: readonly (readonly [number, number])[], side: 0 | 1, size: number): number[] => {
  const counts = new Array<number>(size).fill(0);
  for (const pair of pairs) counts[pair[side]]! += 1;
  return counts;
};

/** log C(n, k), by summation, independent of the tested code. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let j = 1; j <= k; j++) sum += Math.log((n - k + j) / j);
  return sum;
}
const binomial = (n: number, p: number) => (k: number) =>
  k > n ? 0 : Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p));
const hypergeometric = (marked: number, others: number, sample: number) => (k: number) =>
  k > marked || sample - k > others
    ? 0
    : Math.exp(logChoose(marked, k) + logChoose(others, sample - k) - logChoose(marked + others, sample));

const alpha = 1e-5;

describe('numbers follow the rule, on both engines', () => {
  test.each<[string, Sizes, (pairs: [number, number][]) => void]>([
    ['{ rule: fixedOutDegree, n: 3 }', {}, (pairs) => expect(countsOf(pairs, 0, 6)).toEqual([3, 3, 3, 3, 3, 3])],
    ['{ rule: fixedInDegree, n: 4 }', {}, (pairs) => expect(countsOf(pairs, 1, 5)).toEqual([4, 4, 4, 4, 4])],
    [
      '{ rule: fixedOutDegree, n: 9, replace: true }',
      {},
      (pairs) => expect(countsOf(pairs, 0, 6)).toEqual([9, 9, 9, 9, 9, 9]),
    ],
    ['{ rule: fixedInDegree, n: j }', {}, (pairs) => expect(countsOf(pairs, 1, 5)).toEqual([0, 1, 2, 3, 4])],
    [
      '{ rule: fixedOutDegree, n: 5 - i }',
      { from: 5 },
      (pairs) => expect(countsOf(pairs, 0, 5)).toEqual([5, 4, 3, 2, 1]),
    ],
    ['{ rule: fixedTotal, n: 17 }', {}, (pairs) => expect(pairs).toHaveLength(17)],
    ['{ rule: fixedTotal, n: 30, replace: false }', {}, (pairs) => expect(new Set(pairs.map(String)).size).toBe(30)],
    [
      '{ rule: fixedOutDegree, n: 5, self: false }',
      { recurrent: true },
      (pairs) => expect(pairs.every(([i, j]) => i !== j)).toBe(true),
    ],
    [
      '{ rule: fixedTotal, n: 30, replace: false, self: false }',
      { recurrent: true },
      (pairs) => expect(new Set(pairs.filter(([i, j]) => i !== j).map(String)).size).toBe(30),
    ],
    ['{ rule: fixedTotal, n: 0 }', {}, (pairs) => expect(pairs).toEqual([])],
  ])('%s', async (connect, sizes, check) => {
    check(await pairsOf(network(connect, sizes), both));
  });

  test.skipIf(!triesAll)(slow('without repetition nobody is chosen twice, in blocks of every filling'), async () => {
    for (const n of [3, 64, 65, 900, 1500]) {
      const pairs = await pairsOf(
        network(`{ rule: fixedOutDegree, n: ${n}, self: false }`, { from: 1500, recurrent: true }).replace(
          'size: 1500',
          'size: 1501',
        ),
      );
      const rows = new Map<number, Set<number>>();
      for (const [i, j] of pairs) rows.set(i, (rows.get(i) ?? new Set()).add(j));
      for (const [i, targets] of rows) {
        expect(targets.size).toBe(n);
        expect(targets.has(i)).toBe(false);
      }
    }
  });

  test('more than there are is a fault', async () => {
    const run = await simulate(network('{ rule: fixedOutDegree, n: 3 + i }'), { steps: 0 });
    expect(run.faults.join()).toMatch(/asks for more connections than there are/);
  });
});

describe('who is chosen', () => {
  // 2300 elements are three blocks, the last of another size.
  test.each([40, 700])('%d of 2300 without repetition: each as often as any other', async (n) => {
    const [rows, size] = [300, 2300];
    const pairs = await pairsOf(network(`{ rule: fixedOutDegree, n: ${n} }`, { from: rows, to: size }));
    expect(chiSquareP(countsOf(pairs, 1, size), binomial(rows, n / size))).toBeGreaterThan(alpha);
    // For each row, the number in the first block follows the hypergeometric law.
    const first = countsOf(
      pairs.filter(([, j]) => j < 1024),
      0,
      rows,
    );
    expect(chiSquareP(first, hypergeometric(1024, size - 1024, n))).toBeGreaterThan(alpha);
    // Neighbours are taken together as often as any two.
    const has = new Set(pairs.map(([i, j]) => i * size + j));
    const together = pairs.filter(([i, j]) => j + 1 < size && has.has(i * size + j + 1)).length;
    const expected = (rows * (size - 1) * n * (n - 1)) / (size * (size - 1));
    expect(Math.abs(together - expected) / Math.sqrt(expected)).toBeLessThan(5);
  });

  test.each([40, 3000])('%d of 2300 with repetition: multinomial', async (n) => {
    const [rows, size] = [200, 2300];
    const pairs = await pairsOf(network(`{ rule: fixedOutDegree, n: ${n}, replace: true }`, { from: rows, to: size }));
    const first = countsOf(
      pairs.filter(([, j]) => j < 1024),
      0,
      rows,
    );
    expect(chiSquareP(first, binomial(n, 1024 / size))).toBeGreaterThan(alpha);
    const copies = new Array<number>(rows * size).fill(0);
    for (const [i, j] of pairs) copies[i * size + j]! += 1;
    expect(chiSquareP(copies, binomial(n, 1 / size))).toBeGreaterThan(alpha);
  });

  test('senders of a fixed in-degree', async () => {
    const [from, to, n] = [1500, 400, 25];
    const pairs = await pairsOf(network(`{ rule: fixedInDegree, n: ${n} }`, { from, to }));
    expect(chiSquareP(countsOf(pairs, 0, from), binomial(to, n / from))).toBeGreaterThan(alpha);
  });

  test.each([true, false])('a total over rows and columns (repetition: %s)', async (replace) => {
    const [from, to, n] = [37, 1300, 9000];
    const rows: number[] = [];
    const columns: number[] = [];
    for (const seed of [1, 2, 3, 4, 5]) {
      const pairs = await pairsOf(network(`{ rule: fixedTotal, n: ${n}, replace: ${replace} }`, { from, to, seed }));
      expect(pairs).toHaveLength(n);
      rows.push(...countsOf(pairs, 0, from));
      columns.push(...countsOf(pairs, 1, to));
    }
    const law = (part: number): ((k: number) => number) =>
      replace ? binomial(n, 1 / part) : hypergeometric((from * to) / part, from * to - (from * to) / part, n);
    expect(chiSquareP(rows, law(from))).toBeGreaterThan(alpha);
    expect(chiSquareP(columns, law(to))).toBeGreaterThan(alpha);
  });

  test('a total without self-connections leaves the rest even', async () => {
    const [size, n] = [50, 1200];
    const counts: number[] = [];
    for (const seed of [1, 2, 3, 4]) {
      const pairs = await pairsOf(
        network(`{ rule: fixedTotal, n: ${n}, self: false }`, { from: size, recurrent: true, seed }),
      );
      expect(pairs.some(([i, j]) => i === j)).toBe(false);
      const copies = new Array<number>(size * size).fill(0);
      for (const [i, j] of pairs) copies[i * size + j]! += 1;
      counts.push(...copies.filter((_, k) => k % (size + 1) !== 0));
    }
    expect(chiSquareP(counts, binomial(n, 1 / (size * (size - 1))))).toBeGreaterThan(alpha);
  });

  test('a number that is drawn for each', async () => {
    const pairs = await pairsOf(
      network('{ rule: fixedOutDegree, n: "binomial(12, 0.4)", replace: true }', { from: 2000, to: 50 }),
    );
    expect(chiSquareP(countsOf(pairs, 0, 2000), binomial(12, 0.4))).toBeGreaterThan(alpha);
  });
});

describe('at an end with many elements, in longer blocks', () => {
  const to = 40_000;
  test.each([
    '{ rule: fixedOutDegree, n: 80 }',
    '{ rule: fixedOutDegree, n: 80, replace: true }',
    '{ rule: fixedTotal, n: 2400, replace: false }',
    '{ rule: probability, p: 0.002 }',
  ])('%s: each part of the end as often as any other', async (connect) => {
    const pairs = await pairsOf(network(connect, { from: 30, to }), both);
    const parts = pairs.map(([, target]) => Math.floor(target / 2000));
    if (!connect.includes('probability')) expect(pairs).toHaveLength(2400);
    // Six standard deviations.
    expect(Math.abs(pairs.length - 2400)).toBeLessThan(6 * Math.sqrt(2400));
    expect(chiSquareP(parts, (k) => (k < 20 ? 1 / 20 : 0))).toBeGreaterThan(alpha);
    if (!connect.includes('true')) expect(new Set(pairs.map(String)).size).toBe(pairs.length);
  });
});

describe('small worlds', () => {
  const ring = (more: string, size = 40): string =>
    network(`{ rule: smallWorld, degree: 2.5 um, ${more} }`, { from: size, recurrent: true })
      .replace(`size: ${size} }`, `size: ${size}, positions: { structure: line, arguments: { dx: 1 um } } }`)
      .replace('connect:', `space: { axes: x, periodic: [[0 um, ${size} um], null, null] }, connect:`);

  test('without rewiring: the neighbours on a ring', async () => {
    const expected = Array.from({ length: 40 }, (_, i) =>
      [38, 39, 1, 2].map((by) => [i, (i + by) % 40] as const),
    ).flat();
    const found = await pairsOf(ring('rewiring: 0, self: false'), both);
    expect(found.map(String).sort()).toEqual(expected.map(String).sort());
  });

  test('rewired edges go to anybody else, and their number follows the probability', async () => {
    const size = 400;
    const pairs = await pairsOf(ring('rewiring: 0.3, self: false', size));
    expect(new Set(pairs.map(String)).size).toBe(4 * size);
    expect(pairs.some(([i, j]) => i === j)).toBe(false);
    const far = pairs.map(([i, j]) => (j - i + size) % size).filter((by) => by > 2 && by < size - 2);
    // An edge may be moved to the place of another edge that was moved before.
    expect(Math.abs(far.length - 0.3 * 4 * size) / Math.sqrt(4 * size * 0.3 * 0.7)).toBeLessThan(4);
    expect(
      chiSquareP(
        far.map((by) => Math.floor(by / 40)),
        (k) => (k === 0 ? 37 : k === 9 ? 38 : 40) / 395,
      ),
    ).toBeGreaterThan(alpha);
  });

  test('at most so many of the near ones, each as often as any other', async () => {
    const size = 900;
    const pairs = await pairsOf(ring('rewiring: 0, n: 2', size));
    expect(countsOf(pairs, 0, size)).toEqual(new Array(size).fill(2));
    const steps = pairs.map(([i, j]) => (j - i + size + 2) % size);
    expect(Math.max(...steps)).toBe(4);
    expect(chiSquareP(steps, () => 1 / 5)).toBeGreaterThan(alpha);
  });
});
