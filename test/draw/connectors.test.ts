/**
 * Connectors that read places and indices, have ends of several populations or random numbers of connections, compared
 * with the connections of PyNN 0.13.0's mock backend, with `NumpyRNG(12345)` for connectors and `NumpyRNG(7)` for
 * numbers of connections.
 */

import { describe, expect, it } from 'vitest';
import { drawModel } from '../../src/draw/draw.js';
import type { DrawnModel } from '../../src/draw/drawn-model.js';
import type { Projection } from '../../src/model/typed.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/pynn/road.js';

const cell = { type: 'IF_curr_exp' };
const seeded = (seed: number): object => ({ type: 'NumpyRNG', seed });

interface Network {
  readonly populations?: readonly object[];
  readonly views?: readonly object[];
  readonly assemblies?: readonly object[];
  readonly pre?: string;
  readonly post?: string;
  readonly space?: object;
  readonly projections?: readonly object[];
}

const eight = [{ label: 'p', size: 8, cell }];

function resolved(connector: object, network: Network = {}): DrawnModel {
  const { populations = eight, views, assemblies, pre = 'p', post = 'p', space, projections = [] } = network;
  const synapse = { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } };
  const projection = (label: string, made: object): object => ({
    label,
    pre,
    post,
    connector: made,
    receptor_type: 'excitatory',
    synapse,
    ...(space ? { space } : {}),
  });
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    rngs: { r: seeded(12345), k: seeded(7) },
    populations,
    ...(views ? { views } : {}),
    ...(assemblies ? { assemblies } : {}),
    projections: [...projections.map((made, at) => projection(`before${at}`, made)), projection('x', connector)],
    phases: [{ run: 1 }],
  });
  const drawn = drawModel(importModel({ name: 'x', text }).valid);
  return drawn;
}

const numbers = (values: unknown, { data }: DrawnModel): number[] =>
  typeof values === 'object' && values !== null && '$data' in values
    ? Array.from(data.get(String(values.$data)) ?? [], Number)
    : [...(values as readonly number[])];

/** Pairs of a listed projection, as numbered in its populations. */
function pairsOf(projection: Projection | undefined, drawn: DrawnModel): number[][] {
  const [rule] = projection?.connect ?? [];
  if (rule?.rule !== 'list') throw new Error('the connections are not listed');
  const targets = numbers(rule.targets, drawn);
  return numbers(rule.sources, drawn).map((source, k) => [source, targets[k] ?? -1]);
}

const made = (connector: object, network?: Network): number[][] => {
  const drawn = resolved(connector, network);
  return pairsOf(drawn.model.projections['x'], drawn);
};
const byDistance = (expression: string, more: object = {}): object => ({
  type: 'DistanceDependentProbabilityConnector',
  params: { d_expression: expression, ...more },
  rng: 'r',
});

describe('probabilities of distance, displacement and index', () => {
  it.each<[string, object, Network, number[][]]>([
    [
      'on the line that cells stand on by default',
      byDistance('exp(-d/2.0)'),
      {},
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [1, 1],
        [4, 1],
        [5, 1],
        [2, 2],
        [3, 3],
        [5, 3],
        [6, 3],
        [1, 4],
        [3, 4],
        [4, 4],
        [5, 4],
        [3, 5],
        [4, 5],
        [5, 5],
        [6, 5],
        [3, 6],
        [6, 6],
        [7, 6],
        [5, 7],
        [6, 7],
        [7, 7],
      ],
    ],
    [
      'a comparison as a number',
      byDistance('(d<=2)*0.5', { allow_self_connections: false }),
      {},
      [
        [1, 0],
        [2, 0],
        [5, 3],
        [2, 4],
        [5, 4],
        [3, 5],
        [4, 5],
        [6, 5],
        [7, 5],
        [7, 6],
        [5, 7],
      ],
    ],
    [
      'on a grid without edges',
      byDistance('exp(-d/15.0)'),
      {
        populations: [
          { label: 'p', size: 8, cell, structure: { type: 'Grid2D', params: { aspect_ratio: 2, dx: 10, dy: 10 } } },
        ],
        space: { axes: 'xy', periodic_boundaries: [[0, 40], [0, 20], null] },
      },
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [1, 1],
        [4, 1],
        [5, 1],
        [6, 1],
        [2, 2],
        [3, 3],
        [5, 3],
        [6, 3],
        [1, 4],
        [2, 4],
        [4, 4],
        [5, 4],
        [3, 5],
        [4, 5],
        [5, 5],
        [7, 5],
        [1, 6],
        [3, 6],
        [6, 6],
        [7, 6],
        [1, 7],
        [4, 7],
        [5, 7],
        [7, 7],
      ],
    ],
    [
      'in a space with a scale and an offset',
      byDistance('1.0/(1.0+d)'),
      {
        populations: [...eight, { label: 'q', size: 5, cell, structure: { type: 'Line', params: { dx: 2, y: 1 } } }],
        post: 'q',
        space: { scale_factor: 0.5, offset: 3 },
      },
      [
        [2, 0],
        [3, 0],
        [4, 1],
        [5, 1],
        [5, 3],
        [6, 3],
        [1, 4],
        [5, 4],
      ],
    ],
    [
      'by displacement',
      {
        type: 'DisplacementDependentProbabilityConnector',
        params: { disp_function: '(d[0]>=0)*(d[1]<15)*exp(-abs(d[2])/10)' },
        rng: 'r',
      },
      {
        populations: [{ label: 'p', size: 8, cell, structure: { type: 'Grid3D', params: { dx: 10, dy: 10, dz: 10 } } }],
      },
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [1, 1],
        [3, 1],
        [0, 2],
        [2, 2],
        [1, 3],
        [3, 3],
        [0, 4],
        [1, 4],
        [2, 4],
        [4, 4],
        [5, 4],
        [6, 4],
        [1, 5],
        [3, 5],
        [4, 5],
        [5, 5],
        [7, 5],
        [0, 6],
        [1, 6],
        [2, 6],
        [3, 6],
        [4, 6],
        [6, 6],
        [7, 6],
        [1, 7],
        [3, 7],
        [5, 7],
        [7, 7],
      ],
    ],
    [
      'by indices',
      { type: 'IndexBasedProbabilityConnector', params: { index_expression: '((i+j)%3==0)*0.7' }, rng: 'r' },
      {},
      [
        [3, 0],
        [5, 1],
        [4, 2],
        [7, 2],
        [0, 3],
        [3, 3],
        [6, 3],
        [2, 4],
        [5, 4],
        [1, 5],
        [4, 5],
        [7, 5],
        [3, 6],
        [6, 6],
        [5, 7],
      ],
    ],
  ])('%s', (_, connector, network, expected) => {
    expect(made(connector, network)).toEqual(expected);
  });
});

describe('cells that may not connect', () => {
  it('pairs both ways', () => {
    const connector = {
      type: 'FixedProbabilityConnector',
      params: { p_connect: 0.5, allow_self_connections: 'NoMutual' },
      rng: 'r',
    };
    expect(made(connector)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 1],
      [6, 2],
      [7, 2],
      [5, 3],
      [6, 3],
      [5, 4],
      [6, 5],
      [7, 5],
      [7, 6],
    ]);
  });

  const ten = [
    { label: 'p', size: 10, cell },
    { label: 'q', size: 4, cell },
  ];

  it('the same cell in two views', () => {
    const views = [
      { label: 'a', of: 'p', select: { slice: [2, 8] } },
      { label: 'b', of: 'p', select: { indices: [1, 3, 5, 7, 9] } },
    ];
    const connector = {
      type: 'FixedProbabilityConnector',
      params: { p_connect: 0.5, allow_self_connections: false },
      rng: 'r',
    };
    const expected = [
      [1, 0],
      [2, 0],
      [3, 0],
      [0, 2],
      [1, 2],
      [2, 2],
      [4, 3],
      [0, 4],
      [5, 4],
    ];
    expect(made(connector, { populations: ten, views, pre: 'a', post: 'b' })).toEqual(
      expected.map(([i = 0, j = 0]) => [i + 2, 2 * j + 1]),
    );
  });

  it('the same cell in two assemblies', () => {
    const views = [
      { label: 'a', of: 'p', select: { slice: [0, 3] } },
      { label: 'b', of: 'q', select: { slice: [1, 3] } },
      { label: 'c', of: 'p', select: { slice: [1, 5] } },
    ];
    const assemblies = [
      { label: 's', of: ['a', 'q'] },
      { label: 't', of: ['b', 'c'] },
    ];
    const connector = { type: 'AllToAllConnector', params: { allow_self_connections: false } };
    const drawn = resolved(connector, { populations: ten, views, assemblies, pre: 's', post: 't' });
    // In the cells' own populations: a and c are of p, the rest of q.
    const from = (i: number): [string, number] => (i < 3 ? ['p', i] : ['q', i - 3]);
    const into = (j: number): [string, number] => (j < 2 ? ['q', j + 1] : ['p', j - 1]);
    const expected = new Map<string, string[]>();
    for (const [i = 0, j = 0] of [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [5, 0],
      [6, 0],
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [6, 1],
      [0, 2],
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 2],
      [6, 2],
      [0, 3],
      [1, 3],
      [3, 3],
      [4, 3],
      [5, 3],
      [6, 3],
      [0, 4],
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
      [5, 4],
      [6, 4],
      [0, 5],
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
      [5, 5],
      [6, 5],
    ]) {
      const [[a, source], [b, target]] = [from(i), into(j)];
      expected.set(`x_${a}_${b}`, [...(expected.get(`x_${a}_${b}`) ?? []), `${source} ${target}`].sort());
    }
    const found = Object.entries(drawn.model.projections).map(
      ([name, projection]) =>
        [
          name,
          pairsOf(projection, drawn)
            .map((pair) => pair.join(' '))
            .sort(),
        ] as const,
    );
    expect(new Map(found)).toEqual(expected);
  });
});

describe('random numbers of connections', () => {
  const n = (random: string, params: object, rng: string): object => ({ random, params, rng });
  it.each<[string, object, number[][]]>([
    [
      'of senders',
      { type: 'FixedNumberPreConnector', params: { n: n('uniform_int', { low: 1, high: 5 }, 'k') }, rng: 'r' },
      [
        [7, 0],
        [3, 0],
        [4, 0],
        [0, 1],
        [3, 1],
        [4, 1],
        [7, 1],
        [4, 2],
        [5, 2],
        [7, 2],
        [3, 3],
        [0, 3],
        [7, 3],
        [6, 4],
        [2, 4],
        [0, 5],
        [6, 5],
        [2, 5],
        [1, 5],
        [4, 6],
        [6, 6],
        [0, 6],
        [7, 6],
        [1, 7],
        [7, 7],
        [0, 7],
        [6, 7],
      ],
    ],
    [
      'of receivers',
      {
        type: 'FixedNumberPostConnector',
        params: { n: n('poisson', { lambda_: 2.5 }, 'k'), allow_self_connections: false },
        rng: 'r',
      },
      [
        [1, 0],
        [2, 0],
        [3, 0],
        [6, 0],
        [5, 1],
        [6, 2],
        [2, 3],
        [0, 4],
        [1, 4],
        [1, 5],
        [2, 5],
        [3, 5],
        [4, 5],
        [7, 6],
        [0, 7],
        [3, 7],
        [4, 7],
      ],
    ],
    [
      'drawn by the generator that draws connections',
      {
        type: 'FixedNumberPostConnector',
        params: { n: n('binomial', { n: 4, p: 0.5 }, 'r'), with_replacement: true },
        rng: 'r',
      },
      [
        [3, 0],
        [6, 0],
        [2, 1],
        [3, 1],
        [1, 3],
        [4, 3],
        [5, 5],
        [7, 5],
        [7, 5],
        [0, 6],
        [4, 6],
        [4, 6],
        [1, 7],
      ],
    ],
  ])('%s', (_, connector, expected) => {
    expect(made(connector)).toEqual(expected);
  });
});

it('a copy of drawn connections has one for each pair', () => {
  const original = { type: 'FixedNumberPreConnector', params: { n: 3, with_replacement: true }, rng: 'r' };
  const drawn = resolved({ type: 'CloneConnector', params: { reference: 'before0' } }, { projections: [original] });
  expect(pairsOf(drawn.model.projections['before0'], drawn)).toEqual([
    [2, 0],
    [5, 0],
    [5, 0],
    [1, 1],
    [4, 1],
    [1, 1],
    [6, 2],
    [6, 2],
    [5, 2],
    [2, 3],
    [5, 3],
    [1, 3],
    [6, 4],
    [1, 4],
    [3, 4],
    [6, 5],
    [1, 5],
    [3, 5],
    [7, 6],
    [6, 6],
    [0, 6],
    [2, 7],
    [1, 7],
    [3, 7],
  ]);
  expect(pairsOf(drawn.model.projections['x'], drawn)).toEqual([
    [2, 0],
    [5, 0],
    [1, 1],
    [4, 1],
    [5, 2],
    [6, 2],
    [1, 3],
    [2, 3],
    [5, 3],
    [1, 4],
    [3, 4],
    [6, 4],
    [1, 5],
    [3, 5],
    [6, 5],
    [0, 6],
    [6, 6],
    [7, 6],
    [1, 7],
    [2, 7],
    [3, 7],
  ]);
});

it('a sample of a view', () => {
  const populations = [{ label: 'p', size: 10, cell }];
  const views = [
    { label: 'v', of: 'p', select: { slice: [1, 9] } },
    { label: 's', of: 'v', select: { sample: 4, rng: 'r' } },
  ];
  expect(made({ type: 'OneToOneConnector' }, { populations, views, pre: 's', post: 's' })).toEqual(
    [1, 4, 5, 8].map((k) => [k, k]),
  );
});

describe('places', () => {
  const placed = (size: number, structure: object): number[][] => {
    const drawn = resolved({ type: 'OneToOneConnector' }, { populations: [{ label: 'p', size, cell, structure }] });
    const { x, y, z } = drawn.places.get('p')!;
    return Array.from(x, (value, k) => [value, y[k]!, z[k]!]);
  };
  const random = (boundary: object): object => ({
    type: 'RandomStructure',
    params: { boundary, origin: [1, 2, 3] },
    rng: 'r',
  });
  const cuboid = { type: 'Cuboid', params: { width: 10, height: 20, depth: 30 } };
  it.each<[string, object, number[][]]>([
    [
      'in a cuboid',
      random(cuboid),
      [
        [5.296160928171479, -1.672488908364282, -6.482435649687167],
        [-1.9543972144696031, 3.354500581633733, 5.8663410893775465],
        [5.645145197356216, 5.063541937431418, 10.467199126017356],
      ],
    ],
    [
      'in a sphere',
      random({ type: 'Sphere', params: { radius: 5 } }),
      [
        [-1.9543972144696031, 2.6772502908168665, 3.9554470297925155],
        [3.1745362081241373, 1.6759900721929648, 1.255846775393778],
        [2.7687371177377, 4.908225178477886, -0.2908574220756561],
        [-3.753237895707347, 1.9174731844588593, 3.262551673498579],
      ],
    ],
    [
      'of a grid in random order',
      { type: 'Grid2D', params: { aspect_ratio: 1.5, dx: 2, dy: 3, x0: 1, fill_order: 'random' }, rng: 'r' },
      [
        [5.0, 3.0, 0.0],
        [3.0, 3.0, 0.0],
        [5.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 3.0, 0.0],
        [3.0, 0.0, 0.0],
      ],
    ],
    [
      'of a grid, z first',
      { type: 'Grid3D', params: { aspect_ratioXY: 1, aspect_ratioXZ: 2 / 3, dx: 2, dy: 3, dz: 4 } },
      [
        [0.0, 0.0, 0.0],
        [0.0, 0.0, 4.0],
        [0.0, 0.0, 8.0],
        [0.0, 3.0, 0.0],
        [0.0, 3.0, 4.0],
        [0.0, 3.0, 8.0],
        [2.0, 0.0, 0.0],
        [2.0, 0.0, 4.0],
        [2.0, 0.0, 8.0],
        [2.0, 3.0, 0.0],
        [2.0, 3.0, 4.0],
        [2.0, 3.0, 8.0],
      ],
    ],
  ])('%s', (_, structure, expected) => {
    expect(placed(expected.length, structure)).toEqual(expected);
  });
});
