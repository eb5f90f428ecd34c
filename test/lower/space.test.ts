/** Places and distances: against formulas written here. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { byCreation, created, refused, simulate } from '../support/simulate.js';

const model = (populations: string, projection: string, cell = 'state: { v: 0 }', more = ''): string => `
interneuron: 1
name: space
neurons: { cell: { ${cell}, events: { spike: { when: v > 1000 } } } }
synapses: { s: { parameters: { w: 1 }, pathways: { pre: { on: pre.spike, delay: 1 ms, do: post.v += w } } } }
populations: { ${populations} }
projections: { p: { synapse: s, ${projection} } }
${more}
experiment: { dt: 0.1 ms, protocol: [ run: 1 ms ] }
`;

type Point = readonly [number, number, number];

const random = (count: number, seed: number): Point[] => {
  let state = seed;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  return Array.from({ length: count }, () => [
    Math.round(next() * 1000) / 10,
    Math.round(next() * 1000) / 10,
    Math.round(next() * 1000) / 10,
  ]);
};
const positions = (points: readonly Point[]): string => `positions: { array: ${JSON.stringify(points)}, unit: um }`;

describe('distances', () => {
  const [from, to] = [random(20, 7), random(15, 99)];
  const populations = `a: { type: cell, size: 20, ${positions(from)} }, b: { type: cell, size: 15, ${positions(to)} }`;
  const cases: readonly [string, string, (a: Point, b: Point) => number][] = [
    ['in three dimensions', '', (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])],
    ['along some axes', 'space: { axes: xz }, ', (a, b) => Math.hypot(a[0] - b[0], a[2] - b[2])],
    [
      'the receiving side shifted, then scaled',
      'space: { scale: [1, 2, 0.5], offset: [5 um, 0 um, -3 um] }, ',
      (a, b) => Math.hypot(a[0] - (b[0] + 5), a[1] - 2 * b[1], a[2] - 0.5 * (b[2] - 3)),
    ],
    [
      'around periodic axes',
      'space: { axes: xy, periodic: [[0 um, 100 um], null, null] }, ',
      (a, b) => {
        const x = Math.abs(a[0] - b[0]);
        return Math.hypot(Math.min(x, 100 - x), a[1] - b[1]);
      },
    ],
  ];
  test.each(cases)('%s', async (_, space, distance) => {
    const run = await simulate(
      model(
        populations,
        `from: a, to: b, ${space}connect: { rule: pairs, condition: distance < 50*um }, values: { w: distance/um }`,
      ),
      { steps: 0 },
    );
    const expected = from.flatMap((a, i) =>
      to.flatMap((b, j) => (distance(a, b) < 50 ? [[i, j, distance(a, b)] as const] : [])),
    );
    expect(created(run, 'p')).toEqual(expected.map(([i, j]) => [i, j]));
    byCreation(run, 'p', 'w').forEach((found, k) => expect(found).toBeCloseTo(expected[k]![2], 10));
  });

  test('on a grid they are whole, and compare so', async () => {
    const grid = 'a: { type: cell, size: 441, positions: { structure: grid2D, arguments: { dx: 1 um, dy: 1 um } } }';
    const run = await simulate(
      model(grid, 'from: a, to: a, connect: { rule: pairs, condition: distance == 5*um }, values: { w: distance/um }'),
      { steps: 0 },
    );
    const place = (k: number): [number, number] => [Math.floor(k / 21), k % 21];
    const expected: [number, number][] = [];
    for (let i = 0; i < 441; i++)
      for (let j = 0; j < 441; j++) {
        const [[x, y], [u, v]] = [place(i), place(j)];
        if ((x - u) ** 2 + (y - v) ** 2 === 25) expected.push([i, j]);
      }
    expect(created(run, 'p')).toEqual(expected);
    expect(new Set(byCreation(run, 'p', 'w'))).toEqual(new Set([5]));
  });

  test('a delay by distance, and a weight by displacement', async () => {
    const run = await simulate(
      model(
        populations,
        'from: a, to: b, connect: all, values: { w: (post.x - pre.x)/um }, delay: 1*ms + distance/(0.1*m/s)',
      ),
      { steps: 0 },
    );
    const synapses = run.synapses.get('p')!;
    expect(synapses).toHaveLength(300);
    synapses.forEach(({ source, target, delay }, k) => {
      const [a, b] = [from[source]!, to[target]!];
      const ms = 1 + Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) * 0.01;
      expect(Math.abs(delay - ms * 10)).toBeLessThanOrEqual(0.5 + 1e-9);
      expect(run.final.get('p.w')![k]).toBeCloseTo(b[0] - a[0], 10);
    });
  });
});

test('coordinates in values and equations of cells', async () => {
  const run = await simulate(
    model(
      'a: { type: cell, size: 5, positions: { structure: line, arguments: { dx: 2 um, x0: 1 um, y: 7 um } } }, ' +
        'b: { type: cell, size: 2, positions: [[1 m, 2 m, 3 m], [4 m, 5 m, 6 m]] }',
      'from: a, to: b, connect: { rule: list, pairs: [] }',
      'state: { v: "x/um + 0.5*(y/um)", u: 0 }, derivatives: { u: z/(1*m*ms) }',
    ),
  );
  expect(run.final.get('a.v')).toEqual([4.5, 6.5, 8.5, 10.5, 12.5]);
  expect(run.final.get('b.v')![0]).toBeCloseTo(2e6, 3);
  run.final.get('b.u')!.forEach((u, k) => expect(u).toBeCloseTo([3, 6][k]!, 9));
});

describe('drawn places', () => {
  const placed = async (structure: string, size: number): Promise<Point[]> => {
    const run = await simulate(
      model(
        `a: { type: cell, size: ${size}, positions: { ${structure} } }`,
        'from: a, to: a, connect: { rule: list, pairs: [] }',
        'state: { v: 0, x1: x/um, y1: y/um, z1: z/um }',
      ),
      { steps: 0, engines: [{ target: 'wasm', threads: 1 }] },
    );
    const [x, y, z] = ['x1', 'y1', 'z1'].map((name) => run.final.get(`a.${name}`)!);
    return x!.map((value, k) => [value, y![k]!, z![k]!]);
  };

  test('fill a cuboid evenly', async () => {
    const points = await placed(
      'structure: randomCuboid, arguments: { width: 10 um, height: 20 um, depth: 4 um, x0: 1 um, y0: 2 um, z0: 3 um }',
      4000,
    );
    [10, 20, 4].forEach((side, axis) => {
      const shares = points.map((point) => (point[axis]! - (axis + 1)) / side + 0.5);
      expect(Math.min(...shares)).toBeGreaterThan(0);
      expect(Math.max(...shares)).toBeLessThan(1);
      const counts = new Array<number>(20).fill(0);
      for (const share of shares) counts[Math.floor(share * 20)]! += 1;
      const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
      expect(chiSquare).toBeLessThan(50);
    });
  });

  test('fill a sphere evenly', async () => {
    const points = await placed('structure: randomSphere, arguments: { radius: 5 um }', 4000);
    // The cube of the distance from the centre is uniform.
    const counts = new Array<number>(20).fill(0);
    for (const point of points) counts[Math.floor((Math.hypot(...point) ** 3 / 125) * 20)]! += 1;
    expect(counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(50);
  });

  test('take the places of a grid in random order', async () => {
    const points = await placed(
      'structure: grid3D, arguments: { dx: 1 um, dy: 1 um, dz: 1 um }, fillOrder: random',
      27,
    );
    const inOrder = Array.from({ length: 27 }, (_, k) => [Math.floor(k / 9), Math.floor(k / 3) % 3, k % 3]);
    expect(points).not.toEqual(inOrder);
    expect(points.map(String).sort()).toEqual(inOrder.map(String).sort());
  });
});

describe('delays that are drawn again', () => {
  const delays = async (range: string, seed = 1): Promise<number[]> => {
    const text = model(
      'a: { type: cell, size: 60 }, b: { type: cell, size: 60 }',
      `from: a, to: b, connect: all, delay: "normal(1.5*ms, 0.75*ms)", delayRange: { ${range} }`,
    ).replace('dt: 0.1 ms', `dt: 0.1 ms, seed: ${seed}`);
    const run = await simulate(text, { steps: 0 });
    expect(run.faults).toEqual([]);
    return run.synapses
      .get('p')!
      .toSorted((a, b) => a.creation - b.creation)
      .map(({ delay }) => delay);
  };

  test('keep the first draw if it is in range, and follow the law within it', async () => {
    const clipped = await delays('min: 0.5 ms, max: 2 ms, outOfRange: clip');
    const redrawn = await delays('min: 0.5 ms, max: 2 ms, outOfRange: redraw');
    expect(Math.min(...redrawn)).toBe(5);
    expect(Math.max(...redrawn)).toBe(20);
    const inside = clipped.flatMap((delay, k) => (delay > 5 && delay < 20 ? [k] : []));
    expect(inside.map((k) => redrawn[k])).toEqual(inside.map((k) => clipped[k]));
    // The mean of a normal law between limits, by its density at the limits.
    const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const cumulative = (z: number): number => {
      let sum = 0;
      for (let k = 0; k < 10000; k++) sum += density(-8 + ((k + 0.5) * (z + 8)) / 10000);
      return (sum * (z + 8)) / 10000;
    };
    const [a, b] = [-1 / 0.75, 0.5 / 0.75];
    const mean = 1.5 + (0.75 * (density(a) - density(b))) / (cumulative(b) - cumulative(a));
    const found = redrawn.reduce((sum, delay) => sum + delay * 0.1, 0) / redrawn.length;
    expect(Math.abs(found - mean)).toBeLessThan((5 * 0.4) / Math.sqrt(redrawn.length));
  });

  test('a range without any probability is refused, a range with hardly any is a fault', async () => {
    const text = (range: string): string =>
      model(
        'a: { type: cell, size: 3 }, b: { type: cell, size: 3 }',
        `from: a, to: b, connect: all, delay: "normal(1.5*ms, 0.1*ms)", delayRange: { ${range}, outOfRange: redraw }`,
      );
    expect(refused(text('min: 20 ms, max: 21 ms')).join()).toMatch(/lower\/delay-never-in-range/);
    const run = await simulate(text('min: 2.3 ms, max: 2.4 ms'), { steps: 0 });
    expect(run.faults.join()).toMatch(/outside of its range/);
  });
});

test('the hard case of space runs in both precisions', async () => {
  const text = readFileSync('fixtures/model/hard/space.yaml', 'utf8');
  for (const precision of ['float64', 'float32'] as const) {
    const run = await simulate(text, { precision, steps: 60 });
    expect(run.faults).toEqual([]);
    expect(run.synapses.get('local')!.length).toBeGreaterThan(1000);
    expect(run.events.get('grid.spike')!.length).toBeGreaterThan(0);
  }
});
