/**
 * Ends that are lists, samples and assemblies. Draws count within the ends that a projection names. A projection
 * between assemblies therefore has the pairs, values and delays of one between two populations of their size.
 */

import { describe, expect, test } from 'vitest';
import { simulate, type Simulation } from '../../support/simulate.js';
import { slow, triesAll } from '../../support/effort.js';

const model = (ends: string, connect: string, more: string): string => `
interneuron: 1
name: ends
neurons: { cell: { state: { v: 0 }, events: { spike: { when: v > 1 } } } }
synapses: { s: { parameters: { w: 1, c: 0 }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += w + c } } } }
populations:
  whole: { type: cell, size: 9 }
  target: { type: cell, size: 7 }
  a: { type: cell, size: 6 }
  b: { type: cell, size: 5 }
  c: { type: cell, size: 4 }
projections: { p: { ${ends}, synapse: s, connect: ${connect}${more} } }
experiment: { dt: 0.1 ms, protocol: [ run: 1 ms ] }
`;
const plain = 'from: whole, to: target';
const pieces =
  'from: { assembly: [{ population: a, indices: [4, 0, 3, 1, 5] }, { population: b, slice: [0, 4] }] }, to: { ' +
  'assembly: ["c[1:4]", "b[1, 0, 4, 2]"] }';

/** Elements of the assemblies, in order. */
const senders = [...[4, 0, 3, 1, 5].map((k) => `a${k}`), ...[0, 1, 2, 3].map((k) => `b${k}`)];
const receivers = [...[1, 2, 3].map((k) => `c${k}`), ...[1, 0, 4, 2].map((k) => `b${k}`)];

/** Synapses as `source target delay values`, sorted; elements by name. */
function described(run: Simulation, name: (projection: string, source: number, target: number) => string): string[] {
  return [...run.synapses]
    .flatMap(([projection, synapses]) =>
      synapses.map(({ source, target, delay }, k) => {
        const values = ['w', 'c'].map((variable) => run.final.get(`${projection}.${variable}`)?.[k] ?? 'constant');
        return [name(projection, source, target), delay, ...values].join(' ');
      }),
    )
    .sort();
}

const rules = [
  'all',
  'oneToOne',
  '{ rule: list, pairs: [[8, 6], [0, 0], [3, 4], [3, 4], [5, 1]] }',
  '{ rule: probability, p: 0.4 }',
  '{ rule: probability, p: "0.1 + 0.05*(i + j)" }',
  '{ rule: pairs, condition: "(i + j) % 3 == 1" }',
  '{ rule: fixedOutDegree, n: 3 }',
  '{ rule: fixedOutDegree, n: 5, replace: true }',
  '{ rule: fixedInDegree, n: 4 }',
  '{ rule: fixedInDegree, n: "1 + j", replace: true }',
  '{ rule: fixedTotal, n: 20 }',
  '{ rule: fixedTotal, n: 20, replace: false }',
  '{ rule: generator, index: k, range: { to: N_post, step: 2 }, condition: k != i }',
];

describe('drawn, listed or enumerated: the same pairs, values and delays between selections as between populations', () => {
  test.each(rules)('%s', async (connect) => {
    const more = ', values: { w: "uniform(0, 1)", c: "0.5*i + 100*j + N_pre" }, delay: "uniform(0.5*ms, 2*ms)"';
    const whole = await simulate(model(plain, connect, more), { steps: 0 });
    const split = await simulate(model(pieces, connect, more), { steps: 0 });
    expect(whole.faults).toEqual([]);
    const expected = described(whole, (_, source, target) => `${senders[source]} ${receivers[target]}`);
    const found = described(split, (projection, source, target) => {
      const [, from, into] = projection.split('_');
      return `${from}${source} ${into}${target}`;
    });
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(4);
  });
});

describe('the same cell at both ends', () => {
  const recurrent = (connect: string): string =>
    model(
      'from: { assembly: ["a[4, 0, 3]", b] }, to: { assembly: ["b[0:3]", "a[1:6]"] }',
      connect,
      ', values: { w: "uniform(0, 1)" }',
    );
  test.each([
    '{ rule: all, self: false }',
    '{ rule: probability, p: 0.8, self: false }',
    '{ rule: fixedInDegree, n: 6, self: false }',
    '{ rule: fixedOutDegree, n: 6, self: false }',
    '{ rule: fixedTotal, n: 56, replace: false, self: false }',
  ])('%s leaves it out', async (connect) => {
    const run = await simulate(recurrent(connect), { steps: 0 });
    expect(run.faults).toEqual([]);
    const all = [...run.synapses].flatMap(([projection, synapses]) => {
      const [, from, into] = projection.split('_');
      return synapses.map(({ source, target }) => `${from}${source} ${into}${target}`);
    });
    expect(all.filter((pair) => new Set(pair.split(' ')).size === 1)).toEqual([]);
    // Eight senders and eight receivers, of whom a3, a4, b0, b1 and b2 are both.
    const most = { '{ rule: all, self: false }': 59, '{ rule: fixedTotal, n: 56, replace: false, self: false }': 56 }[
      connect
    ];
    if (most !== undefined) expect(all).toHaveLength(most);
    if (connect.includes('Degree')) expect(all).toHaveLength(48);
  });
});

test('a list of values has one for each synapse; a matrix one for each pair', async () => {
  const matrix = Array.from({ length: 9 }, (_, i) => Array.from({ length: 7 }, (_, j) => 10 * i + j));
  const run = await simulate(
    model(
      plain,
      '{ rule: fixedOutDegree, n: 3 }',
      `, values: { w: ${JSON.stringify(matrix)}, c: [${Array.from({ length: 27 }, (_, k) => k).join(', ')}] }`,
    ),
    { steps: 0 },
  );
  expect(run.faults).toEqual([]);
  const synapses = run.synapses.get('p')!;
  expect(run.final.get('p.w')).toEqual(synapses.map(({ source, target }) => 10 * source + target));
  expect(run.final.get('p.c')).toEqual(synapses.map(({ creation }) => creation));
  const short = await simulate(model(plain, '{ rule: fixedOutDegree, n: 3 }', ', values: { w: [1, 2, 3] }'), {
    steps: 0,
  });
  expect(short.faults.join()).toMatch(/another number of synapses than w has values \(3\)/);
});

test.skipIf(!triesAll)(slow('samples of one name are one, others are others, and each is as likely'), async () => {
  const chosen = async (name: string, seed: number): Promise<number[]> => {
    const text = model(
      `from: { population: whole, sample: 3, name: ${name} }, to: { population: whole, sample: 3, name: ${name} }`,
      'oneToOne',
      '',
    ).replace('dt: 0.1 ms', `dt: 0.1 ms, seed: ${seed}`);
    const run = await simulate(text, { steps: 0, engines: [{ target: 'wasm', threads: 1 }] });
    const pairs = run.synapses.get('p')!;
    expect(pairs.every(({ source, target }) => source === target)).toBe(true);
    return pairs.map(({ source }) => source);
  };
  expect(await chosen('x', 1)).toEqual(await chosen('x', 1));
  const counts = new Array<number>(9).fill(0);
  const sets = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const elements = await chosen('x', seed);
    expect(new Set(elements).size).toBe(3);
    for (const k of elements) counts[k]! += 1;
    sets.add(elements.join());
  }
  expect(sets.size).toBeGreaterThan(25);
  // Each of nine with probability 1/3, sixty times: within four standard deviations of 20.
  for (const count of counts) expect(Math.abs(count - 20)).toBeLessThan(4 * Math.sqrt(60 * (1 / 3) * (2 / 3)));
});

describe('actions on an assembly', () => {
  const assembly = '{ assembly: ["a[0:2]", "a[2:4]", b] }';
  const acting = (more: string): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: 1 }
    state: { c: 0, d: 0, s: { initial: 0, shared: true }, r: { initial: 0, shared: true } }
    derivatives: { d: I/second }
populations: { a: { type: cell, size: 4 }, b: { type: cell, size: 3 } }
${more}
experiment: { dt: 0.1 ms, seed: 1, protocol: [run: 30 ms] }
`;
  const finals = (run: Simulation, variable: string): readonly (number | undefined)[] =>
    ['a', 'b'].flatMap((population) => [...(run.final.get(`${population}.${variable}`) ?? [])]);

  test('writes a value that a population shares once, however many pieces of it there are', async () => {
    const run = await simulate(acting(`operations: { o: { on: ${assembly}, do: [s += 1, c = s], every: 10 ms } }`));
    expect(new Set(finals(run, 's'))).toEqual(new Set([3]));
    expect(finals(run, 'c')).toEqual([3, 3, 3, 3, 3, 3, 3]);
  });

  test.each([
    ['an operation', 'c', `operations: { o: { on: ${assembly}, do: [c = uniform()], every: 1 ms } }`],
    [
      'a Poisson input',
      'c',
      `stimuli: { p: { kind: poisson, to: ${assembly}, rate: 5 kHz, n: 1000, weight: 1, variable: c } }`,
    ],
    ['a current', 'd', `stimuli: { n: { kind: current, to: ${assembly}, input: I, value: normal() } }`],
  ])('%s draws numbers of their own for cells with one index', async (_, variable, more) => {
    const values = finals(await simulate(acting(more)), variable);
    expect(values).toHaveLength(7);
    expect(new Set(values).size).toBe(7);
  });

  test('each population draws a shared value for itself', async () => {
    const run = await simulate(acting(`operations: { o: { on: ${assembly}, do: [r = uniform()], every: 1 ms } }`));
    expect(new Set(finals(run, 'r')).size).toBe(2);
  });

  test('a current with one value for all draws it once', async () => {
    const more = `stimuli: { n: { kind: current, to: ${assembly}, input: I, value: normal(), shared: true } }`;
    expect(new Set(finals(await simulate(acting(more)), 'd')).size).toBe(1);
  });
});

test('an operation on synapses writes the ends of the selected ones, in order of creation', async () => {
  const run = await simulate(`
interneuron: 1
name: ends
neurons: { n: { state: { x: 1, y: 0 }, events: { spike: { when: y > 1e9 } } } }
synapses: { s: { parameters: { w: 1, d: 0 ms }, pathways: { pre: { on: pre.spike, delay: d, do: post.y += w } } } }
populations: { a: { type: n, size: 3 } }
projections:
  p:
    from: a
    to: a
    synapse: s
    connect: { rule: list, sources: { array: [2, 0, 1, 0, 1] }, targets: { array: [1, 1, 0, 0, 2] } }
    values: { w: { array: [2, 3, 5, 7, 11] }, d: "0.1*ms*(1 + (3*i + j) % 4)" }
operations:
  all: { on: { projection: p }, do: "post.x = 10*post.x + w", every: 1 ms }
  some: { on: { projection: p, indices: [4, 1] }, do: ["pre.y = w", "post.y += pre.y"], every: 1 ms }
record: [{ of: a, variables: [x, y], every: 0.1 ms, name: r }]
timing: brian
experiment: { dt: 0.1 ms, protocol: [{ run: 0.2 ms }] }
`);
  expect(run.samples.get('r/x')?.at(-1)).toEqual([157, 123, 21]);
  expect(run.samples.get('r/y')?.at(-1)).toEqual([3, 11, 11]);
});

test('an operation on synapses may draw in one of its statements', async () => {
  const run = await simulate(`
interneuron: 1
neurons: { n: { state: { y: 0 }, events: { spike: { when: y > 1e9 } } } }
synapses: { s: { state: { w: 1, x: 0 } } }
populations: { a: { type: n, size: 3 } }
projections: { p: { from: a, to: a, synapse: s, connect: all } }
operations: { o: { on: { projection: p }, do: ["w = 2", "x = uniform()"], every: 1 ms } }
experiment: { dt: 0.1 ms, seed: 1, protocol: [{ run: 0.2 ms }] }
`);
  const [w, x] = ['p.w', 'p.x'].map((name) => [...(run.final.get(name) ?? [])]);
  expect(w).toEqual(new Array(9).fill(2));
  expect(new Set(x).size).toBe(9);
  for (const value of x!) expect(value >= 0 && value < 1).toBe(true);
});
