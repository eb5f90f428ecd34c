/** Which synapses the rules make: exact rules against loops written here, random ones against their distributions. */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { byCreation, created, finalOf, simulate } from '../../support/simulate.js';
import type { SimulateOptions } from '../../support/simulate.js';

/** A network that only connects; `from` and `to` elements. */
const network = (
  connect: string,
  { from = 6, to = 5, more = '', seed = 1 }: { from?: number; to?: number; more?: string; seed?: number } = {},
): string =>
  brian(
    `
  neuron_groups:
    A: { N: ${from}, model: "x : 1", threshold: x > 1e9, initializers: { x: i*0.5 } }
    B: { N: ${to}, model: "y : 1", initializers: { y: i*0.25 } }
  synapses: { S: { source: A, target: B, model: "w : 1", on_pre: y += w, connect: ${connect}${more} } }
  run: 0.1 ms
`,
    { seed },
  );

const fast: SimulateOptions = { engines: [{ target: 'wasm', threads: 1 }], steps: 0 };
const pairsOf = async (text: string, options: SimulateOptions = { steps: 0 }): Promise<[number, number][]> =>
  created(await simulate(text, options), 'S');

function loop(
  from: number,
  to: number,
  holds: (i: number, j: number) => boolean,
  copies: (i: number, j: number) => number = () => 1,
): [number, number][] {
  const result: [number, number][] = [];
  for (let i = 0; i < from; i += 1)
    for (let j = 0; j < to; j += 1) if (holds(i, j)) for (let n = 0; n < copies(i, j); n += 1) result.push([i, j]);
  return result;
}

describe('rules without chance, in order of creation', () => {
  test.each([
    ['true', loop(6, 5, () => true)],
    ['{ p: 1 }', loop(6, 5, () => true)],
    ['{ p: 0 }', []],
    ['{ condition: i != j }', loop(6, 5, (i, j) => i !== j)],
    ['{ condition: (i + j) % 3 == 1 and j > 0 }', loop(6, 5, (i, j) => (i + j) % 3 === 1 && j > 0)],
    ['{ condition: x_pre > y_post + 0.6 }', loop(6, 5, (i, j) => i * 0.5 > j * 0.25 + 0.6)],
    [
      '{ condition: i < 2, n: 3 }',
      loop(
        6,
        5,
        (i) => i < 2,
        () => 3,
      ),
    ],
    [
      '{ n: i % 3 }',
      loop(
        6,
        5,
        () => true,
        (i) => i % 3,
      ),
    ],
    [
      '{ i: [4, 0, 4, 1], j: [2, 2, 0, 2] }',
      [
        [4, 2],
        [0, 2],
        [4, 0],
        [1, 2],
      ],
    ],
    [
      '{ i: 3, j: [1, 1, 0] }',
      [
        [3, 1],
        [3, 1],
        [3, 0],
      ],
    ],
    ['{ i: [], j: [] }', []],
    ['{ j: i, skip_if_invalid: true }', loop(6, 5, (i, j) => i === j)],
    ['{ j: (i*2 + 1) % N_post }', Array.from({ length: 6 }, (_, i) => [i, (i * 2 + 1) % 5])],
    [
      '{ j: "i - 1 if i % 2 == 1" }',
      [
        [1, 0],
        [3, 2],
        [5, 4],
      ],
    ],
    ['{ j: "k for k in range(i)", skip_if_invalid: true }', loop(6, 5, (i, j) => j < i)],
    ['{ j: "k for k in range(1, N_post, 2)" }', loop(6, 5, (_, j) => j % 2 === 1)],
    [
      '{ j: "k for k in range(4, 0, -1) if k != i" }',
      [0, 1, 2, 3, 4, 5].flatMap((i) => [4, 3, 2, 1].filter((k) => k !== i).map((k) => [i, k])),
    ],
    [
      '{ j: "k + i for k in range(-1, 2) if k != 0", skip_if_invalid: true }',
      [0, 1, 2, 3, 4, 5].flatMap((i) => [i - 1, i + 1].filter((j) => j >= 0 && j < 5).map((j) => [i, j])),
    ],
    // With i given by j the outer loop goes over the targets.
    [
      '{ i: "k for k in range(j, j + 2)" }',
      [0, 1, 2, 3, 4].flatMap((j) => [
        [j, j],
        [j + 1, j],
      ]),
    ],
    ['{ i: j }', [0, 1, 2, 3, 4].map((j) => [j, j])],
    ['[ { i: [1], j: [1] }, { condition: i == 5 }, { i: [1, 0], j: [1, 4] } ]', null],
    [
      '[ { condition: i == j }, { condition: i == 1 } ]',
      [...loop(6, 5, (i, j) => i === j), ...loop(6, 5, (i) => i === 1)],
    ],
  ])('%s', async (connect, expected) => {
    if (expected === null)
      return expect(pairsOf(network(connect))).rejects.toThrow(/the connection rule list .*cannot be run yet/);
    expect(await pairsOf(network(connect))).toEqual(expected);
  });

  test('values given as a list go to synapses in order of creation', async () => {
    const run = await simulate(
      network('{ i: "k for k in range(j, j + 2)" }', {
        from: 4,
        to: 3,
        more: ', initializers: { w: [1, 2, 3, 4, 5, 6] }',
      }),
      { steps: 0 },
    );
    expect(byCreation(run, 'S', 'w')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(created(run, 'S')).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 2],
    ]);
  });

  test.each([
    ['an index beyond the last target', '{ j: i }', 6],
    ['a negative index', '{ j: i - 1 }', 5],
  ])('%s is a fault of building', async (_, connect, from) => {
    const run = await simulate(network(connect, { from }), { steps: 0 });
    expect(run.faults.join()).toMatch(/would connect an element that does not exist/);
  });
});

// --- Random rules ---------------------------------------------------------------------------------------------------
/** Two-sided p-value of a normal deviate, by Abramowitz and Stegun 7.1.26 (error below 1.5e-7). */
function pValue(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  return (
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x)
  );
}

/** Chi-square statistic as a normal deviate (Wilson and Hilferty 1931). */
const chiSquareDeviate = (x: number, freedom: number): number =>
  (Math.cbrt(x / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));

/** Significance of every statistical test here: one false alarm in 10^5, were the seeds not fixed. */
const alpha = 1e-5;

describe('independent pairs', () => {
  test.each([
    { p: 0.02, connect: '{ p: 0.02 }' },
    { p: 0.3, connect: '{ p: 0.3 }' },
    { p: 0.97, connect: '{ p: 0.97 }' },
    { p: 0.3, connect: '{ p: "0.3 + 0*i" }' },
    { p: 0.25, connect: '{ condition: rand() < 0.25 }' },
    { p: 0.1, connect: '{ j: "k for k in sample(N_post, p=0.1)" }' },
    { p: 0.1, connect: '{ j: "k for k in range(N_post) if rand() < 0.1" }' },
    { p: 0.6, connect: '{ i: "k for k in sample(0, N_pre, p=0.6)" }' },
  ])('$connect: counts of all, of rows, of columns', async ({ p, connect }) => {
    // 1100 targets are more than one block of the skipping algorithm.
    const [from, to] = connect.startsWith('{ i') ? [1100, 40] : [40, 1100];
    for (const seed of [1, 2, 3]) {
      const pairs = await pairsOf(network(connect, { from, to, seed }), fast);
      const n = from * to;
      expect(new Set(pairs.map(([i, j]) => i * to + j)).size).toBe(pairs.length);
      expect(pValue((pairs.length - n * p) / Math.sqrt(n * p * (1 - p)))).toBeGreaterThan(alpha);
      for (const [which, size, other] of [
        [0, from, to],
        [1, to, from],
      ] as const) {
        const counts = new Array<number>(size).fill(0);
        for (const pair of pairs) counts[pair[which]]! += 1;
        const chiSquare = counts.reduce((sum, c) => sum + (c - other * p) ** 2 / (other * p * (1 - p)), 0);
        expect(pValue(chiSquareDeviate(chiSquare, size))).toBeGreaterThan(alpha);
      }
    }
  });

  test('a probability that depends on the pair', async () => {
    const pairs = await pairsOf(network('{ p: "0.8*int(j < 500) + 0.1*int(i < 20)" }', { from: 40, to: 1000 }), fast);
    for (const [iLow, jLow, p] of [
      [true, true, 0.9],
      [true, false, 0.1],
      [false, true, 0.8],
      [false, false, 0],
    ] as const) {
      const count = pairs.filter(([i, j]) => i < 20 === iLow && j < 500 === jLow).length;
      if (p === 0) expect(count).toBe(0);
      else expect(pValue((count - 10000 * p) / Math.sqrt(10000 * p * (1 - p)))).toBeGreaterThan(alpha);
    }
  });

  test('gaps between the targets of a row are geometric', async () => {
    const p = 0.05;
    const pairs = await pairsOf(network(`{ p: ${p} }`, { from: 60, to: 1024 }), fast);
    const gaps = new Array<number>(40).fill(0);
    let total = 0;
    pairs.forEach(([i, j], k) => {
      const next = pairs[k + 1];
      if (!next || next[0] !== i || j > 900) return;
      gaps[Math.min(39, next[1] - j - 1)]! += 1;
      total += 1;
    });
    let chiSquare = 0;
    gaps.forEach((count, gap) => {
      const expected = total * (gap < 39 ? p * (1 - p) ** gap : (1 - p) ** 39);
      chiSquare += (count - expected) ** 2 / expected;
    });
    expect(pValue(chiSquareDeviate(chiSquare, 39))).toBeGreaterThan(alpha);
  });

  test('a random connection with a condition never makes a forbidden pair', async () => {
    const pairs = await pairsOf(
      brian(`
      neuron_groups: { A: { N: 300, model: "x : 1", threshold: x > 1e9 } }
      synapses: { S: { source: A, target: A, on_pre: x += 1, connect: { condition: i != j, p: 0.1 } } }
      run: 0.1 ms
    `),
      fast,
    );
    expect(pairs.some(([i, j]) => i === j)).toBe(false);
    const n = 300 * 299;
    expect(pValue((pairs.length - n * 0.1) / Math.sqrt(n * 0.09))).toBeGreaterThan(alpha);
  });
});

describe('samples of a given size', () => {
  test.each([
    ['{ j: "k for k in sample(N_post, size=7)" }', 7, (k: number) => k],
    ['{ j: "k for k in sample(0, N_post, 2, size=3)" }', 3, (k: number) => 2 * k],
    ['{ j: "k for k in sample(N_post - 1, -1, -1, size=4)" }', 4, (k: number) => 29 - k],
  ])('%s: so many of each row, each value as often as any other', async (connect, size, valueAt) => {
    const [from, to] = [1500, 30];
    const pairs = await pairsOf(network(connect, { from, to }), fast);
    const rows = new Map<number, number[]>();
    for (const [i, j] of pairs) rows.set(i, [...(rows.get(i) ?? []), j]);
    expect(rows.size).toBe(from);
    const allowed = Array.from({ length: 30 }, (_, k) => valueAt(k)).filter((j) => j >= 0 && j < to);
    const counts = new Map(allowed.map((j) => [j, 0]));
    for (const targets of rows.values()) {
      expect(new Set(targets).size).toBe(size);
      for (const j of targets) counts.set(j, counts.get(j)! + 1);
    }
    const expected = (from * size) / allowed.length;
    // Within a row the counts are not independent: the variance is for sampling without replacement.
    const chiSquare =
      (([...counts.values()].reduce((sum, c) => sum + (c - expected) ** 2, 0) / expected) * (allowed.length - 1)) /
      (allowed.length - size);
    expect(counts.size).toBe(allowed.length);
    expect(pValue(chiSquareDeviate(chiSquare, allowed.length - 1))).toBeGreaterThan(alpha);
  });

  // Of 8 values samples are searched one by one, of 40 by skips.
  test.each([
    [8, 3000],
    [40, 8000],
  ])('of %d values any two are taken together as often as any others', async (to, from) => {
    const size = 2;
    const pairs = await pairsOf(network('{ j: "k for k in sample(N_post, size=2)" }', { from, to }), fast);
    const counts = new Map<string, number>();
    for (let k = 0; k < pairs.length; k += size) {
      const key = `${pairs[k]![1]} ${pairs[k + 1]![1]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const combinations = (to * (to - 1)) / 2;
    const expected = from / combinations;
    const chiSquare =
      [...counts.values()].reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0) +
      (combinations - counts.size) * expected;
    expect(pValue(chiSquareDeviate(chiSquare, combinations - 1))).toBeGreaterThan(alpha);
  });
});

test('a sample of many values is the same on each engine', async () => {
  const pairs = await pairsOf(network('{ j: "k for k in sample(N_post, size=9)" }', { from: 5, to: 1000 }));
  expect(pairs.length).toBe(45);
  expect(pairs).toEqual(pairs.toSorted(([a, b], [c, d]) => a - c || b - d));
});

describe('draws of generators', () => {
  test('each place of a range draws for itself', async () => {
    const pairs = await pairsOf(network('{ j: "int(rand()*N_post) for k in range(20)" }', { from: 100, to: 10 }), fast);
    const counts = new Array<number>(10).fill(0);
    for (const [, j] of pairs) counts[j]! += 1;
    const chiSquare = counts.reduce((sum, c) => sum + (c - 200) ** 2 / 200, 0);
    expect(pValue(chiSquareDeviate(chiSquare, 9))).toBeGreaterThan(alpha);
    // Twenty draws of ten values leave each out with 0.9^20 = 0.12: no row repeats one value only.
    for (let i = 0; i < 100; i += 1)
      expect(new Set(pairs.filter(([source]) => source === i).map(([, j]) => j)).size).toBeGreaterThan(3);
  });

  test('a condition is drawn anew for each place, even for the same pair', async () => {
    const pairs = await pairsOf(network('{ j: "0 for k in range(1000) if rand() < 0.5" }', { from: 5, to: 2 }), fast);
    for (let i = 0; i < 5; i += 1) {
      const count = pairs.filter(([source]) => source === i).length;
      expect(pValue((count - 500) / Math.sqrt(250))).toBeGreaterThan(alpha);
    }
  });
});

describe('values drawn for synapses', () => {
  test('every copy of a pair draws its own number', async () => {
    const run = await simulate(network('{ n: 3 }', { from: 20, to: 20, more: ', initializers: { w: rand() }' }), {
      steps: 0,
    });
    const w = byCreation(run, 'S', 'w');
    expect(w).toHaveLength(1200);
    expect(new Set(w).size).toBe(1200);
    const mean = w.reduce((a, b) => a + b, 0) / w.length;
    expect(pValue((mean - 0.5) / Math.sqrt(1 / 12 / w.length))).toBeGreaterThan(alpha);
  });

  test.each(['{ n: 3 }', '{ j: "k for k in range(N_post)", n: 3 }', '{ i: "k for k in range(N_pre)", n: 3 }'])(
    '%s: the copies of a pair are numbered, in a time that grows with their number',
    async (rule) => {
      const more = ', multisynaptic_index: copy, initializers: { w: copy }';
      const run = await simulate(network(rule, { from: 5, to: 4, more }), { steps: 0 });
      expect(byCreation(run, 'S', 'w')).toEqual(Array.from({ length: 60 }, (_, k) => k % 3));
      // Comparing each synapse with all before it in its row would take 10^11 steps: minutes.
      const many = network(rule.replace('3', '20000'), { from: 8, to: 8, more });
      const w = byCreation(await simulate(many, fast), 'S', 'w');
      expect(w).toHaveLength(1_280_000);
      expect(w.every((copy, k) => copy === k % 20_000)).toBe(true);
    },
  );

  test('copies by several rules are numbered in the order of the rules, in linear time', async () => {
    const more = ', multisynaptic_index: copy, initializers: { w: copy }';
    const rules =
      '[ { n: 2 }, { condition: "(i + j) % 2 == 0", n: 3 }, { condition: rand() < 0.5 }, { condition: i != j } ]';
    const run = await simulate(network(rules, { from: 6, to: 5, more }), { steps: 0 });
    const seen = new Map<string, number>();
    const numbers = [...run.synapses.get('S')!]
      .sort((a, b) => a.creation - b.creation)
      .map(({ source, target }) => {
        const pair = `${source} ${target}`;
        seen.set(pair, (seen.get(pair) ?? -1) + 1);
        return seen.get(pair);
      });
    expect(byCreation(run, 'S', 'w')).toEqual(numbers);
    const many = network('[ { n: 10000 }, { n: 10000 } ]', { from: 8, to: 8, more });
    const w = byCreation(await simulate(many, fast), 'S', 'w');
    expect(w.every((copy, k) => copy === (k % 10_000) + (k < 640_000 ? 0 : 10_000))).toBe(true);
  });

  test('a value belongs to (source, target), not to a place in storage', async () => {
    // The same pairs from a condition and from a list in another order get the same numbers.
    const more = ', initializers: { w: randn() }';
    const one = await simulate(network('{ condition: i != j }', { from: 4, to: 4, more }), { steps: 0 });
    const order = [7, 2, 11, 0, 5, 9, 1, 10, 3, 8, 4, 6];
    const pairs = loop(4, 4, (i, j) => i !== j);
    const list = `{ i: [${order.map((k) => pairs[k]![0]).join()}], j: [${order.map((k) => pairs[k]![1]).join()}] }`;
    const other = await simulate(network(list, { from: 4, to: 4, more }), { steps: 0 });
    const w = byCreation(one, 'S', 'w');
    expect(byCreation(other, 'S', 'w')).toEqual(order.map((k) => w[k]));
    expect(new Set(w).size).toBe(12);
  });

  test('values may read indices, both ends, and each other', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        A: { N: 3, model: "x : 1", threshold: x > 1e9, initializers: { x: 10*i } }
      synapses:
        S: { source: A, target: A, model: "a : 1\\nb : 1", on_pre: x += a, connect: true, initializers: { a: 1 + i, b: a*100 + x_pre + j } }
      run: 0.1 ms
    `),
      { steps: 0 },
    );
    expect(byCreation(run, 'S', 'b')).toEqual(
      [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => (1 + i) * 100 + 10 * i + j)),
    );
    expect(finalOf(run, 'A.x')).toEqual([0, 10, 20]);
  });
});
