/** Structures: PyNN's positions of the cells; space: values that follow from distances. */

import type { Network } from '../backend.js';
import type { NetworkProbe } from '../network.js';
import type { Probe } from '../probe.js';
import { largestDistance, traceOf } from '../results.js';
import { everyTrace } from './quantities.js';

const at = (structure: object | undefined, size: number | readonly number[] = 12): Record<string, unknown> => ({
  seed: 6,
  rngs: { places: { type: 'NumpyRNG', seed: 42 } },
  populations: [
    { label: 'cells', size, cell: { type: 'IF_cond_exp' }, ...(structure === undefined ? {} : { structure }) },
  ],
  phases: [{ run: 1 }],
});

const structure = (name: string, document: Record<string, unknown>): NetworkProbe => ({
  section: 'Structures and space',
  name,
  document,
  same: { within: 1e-9 },
});

const box = { type: 'Cuboid', params: { width: 10, height: 20, depth: 5 } };
const ball = { type: 'Sphere', params: { radius: 10 } };

/** Weights that are distances. */
const measured = (
  name: string,
  space: object | undefined,
  places: object = { structure: { type: 'Grid3D', params: { dx: 2, dy: 3, dz: 5 } } },
): NetworkProbe => ({
  section: 'Structures and space',
  name,
  document: {
    populations: [{ label: 'cells', size: 8, cell: { type: 'IF_cond_exp' }, ...places }],
    projections: [
      {
        label: 'way',
        pre: 'cells',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: {
          type: 'StaticSynapse',
          params: { weight: { expr: '0.001 + d', of: 'd' }, delay: { expr: '1 + 0.1*floor(d)', of: 'd' } },
        },
        ...(space === undefined ? {} : { space }),
      },
    ],
    phases: [{ run: 1 }],
  },
  same: { within: 1e-9 },
});

const native = (name: string, boundary: object, inside: (place: readonly number[]) => boolean): NetworkProbe => ({
  section: 'Structures and space',
  name,
  document: at({ type: 'RandomStructure', params: { boundary, origin: [1, 2, 3] } }, 1000),
  exact: {
    what: 'within the boundary, and its centre',
    within: { outside: 0, centre: 5 },
    distances: ({ positions }: Network) => {
      const places = positions['cells'] ?? [];
      const middle = [0, 1, 2].map(
        (axis) => places.reduce((sum, place) => sum + (place[axis] ?? 0), 0) / places.length,
      );
      const spread = [0, 1, 2].map((axis) =>
        Math.sqrt(
          places.reduce((sum, place) => sum + ((place[axis] ?? 0) - (middle[axis] ?? 0)) ** 2, 0) / places.length,
        ),
      );
      return {
        outside: [
          places.filter(([x = 0, y = 0, z = 0]) => !inside([x - 1, y - 2, z - 3])).length +
            (places.length === 1000 ? 0 : 1),
          'cells',
        ],
        centre: [
          Math.max(...middle.map((one, axis) => (Math.abs(one - axis - 1) / (spread[axis] ?? 1)) * Math.sqrt(1000))),
          'standard errors',
        ],
      };
    },
  },
});

export const spaceProbes: readonly NetworkProbe[] = [
  structure('Line', at({ type: 'Line', params: { dx: 2, x0: 5, y: 1 } })),
  structure('Grid2D', at({ type: 'Grid2D', params: { aspect_ratio: 3, dx: 2, dy: 3, x0: 1 } })),
  structure(
    'Grid2D, fill_order random',
    at({ type: 'Grid2D', params: { aspect_ratio: 3, fill_order: 'random' }, rng: 'places' }),
  ),
  structure('Grid3D', at({ type: 'Grid3D', params: { aspect_ratioXY: 1, aspect_ratioXZ: 1, dz: 4 } }, 27)),
  structure('Grid3D, fill_order random', at({ type: 'Grid3D', params: { fill_order: 'random' }, rng: 'places' }, 27)),
  structure('a size of two numbers', at(undefined, [3, 4])),
  structure(
    'RandomStructure, Cuboid',
    at({ type: 'RandomStructure', params: { boundary: box, origin: [1, 2, 3] }, rng: 'places' }),
  ),
  structure('RandomStructure, Sphere', at({ type: 'RandomStructure', params: { boundary: ball }, rng: 'places' })),
  native(
    'RandomStructure, Cuboid, without an rng',
    box,
    ([x = 0, y = 0, z = 0]) => Math.abs(x) <= 5 && Math.abs(y) <= 10 && Math.abs(z) <= 2.5,
  ),
  native('RandomStructure, Sphere, without an rng', ball, ([x = 0, y = 0, z = 0]) => Math.hypot(x, y, z) <= 10),
  measured('Space', undefined),
  measured('Space, axes', { axes: 'xz' }),
  measured('Space, scale_factor and offset', { scale_factor: 2, offset: 1 }),
  measured('Space, an offset for each axis', { offset: [1, 2, 3] }),
  measured('Space, periodic_boundaries', { periodic_boundaries: [[0, 4], null, [0, 10]] }),
  measured('the default structure', undefined, {}),
];

/** Cells with currents and first values that follow from their positions. */
const grid = { type: 'Grid2D', params: { aspect_ratio: 1, dx: 10, dy: 20, x0: 5 } };
const drive = (x: number, y: number): number => 0.1 + 0.01 * x + (y > 20 ? 0.2 : 0.05 * Math.sqrt(x));
const byPlace = (expr: string): object => ({ expr, of: 'xyz' });
const driven = { i_offset: byPlace('0.1 + 0.01*x + (0.2 if y > 20 else 0.05*sqrt(x))') };
const later = byPlace('0.02*y - 0.1*(x == 15)');

/** v under a constant current that may change after the first 10 ms, of each of the nine cells. */
function placed(ours: Parameters<Probe['quantities'][string]['distance']>[0], changed: boolean): number {
  const decay = Math.exp(-0.1 / 20);
  return Math.max(
    ...Array.from({ length: 9 }, (_, k) => {
      const [x, y] = [5 + 10 * Math.floor(k / 3), 20 * (k % 3)];
      const v = [-65 + 0.1 * x];
      for (let step = 0; step < 200; step++) {
        const current = step < 100 || !changed ? drive(x, y) : 0.02 * y - (x === 15 ? 0.1 : 0);
        v.push(-65 + ((v[step] ?? 0) + 65) * decay + 20 * (1 - decay) * current);
      }
      return largestDistance(traceOf(ours, 'cells', 'v', k), v);
    }),
  );
}

const placedDocument = (phases: readonly object[]): Record<string, unknown> => ({
  populations: [
    {
      label: 'cells',
      size: 9,
      cell: { type: 'IF_curr_exp', params: { ...driven, v_thresh: 100 } },
      structure: grid,
      initial_values: { v: byPlace('-65 + 0.1*x') },
    },
  ],
  views: [
    { label: 'some', of: 'cells', select: { indices: [0, 1, 4, 5] } },
    { label: 'rest', of: 'cells', select: { indices: [2, 3, 6, 7, 8] } },
  ],
  assemblies: [{ label: 'both', of: ['some', 'rest'] }],
  recordings: [{ target: 'cells', variables: ['v'] }],
  phases,
});

/** Functions of the place, which the exported script works out with NumPy. */
const placedProbe = (name: string, phases: readonly object[], changed: boolean): Probe => ({
  section: 'Structures and space',
  name,
  document: placedDocument(phases),
  quantities: { v: everyTrace('mV', 'cells') },
  exact: { what: 'closed form', within: { v: 1e-10 }, distances: (ours) => ({ v: [placed(ours, changed), 'mV'] }) },
  simulators: {
    nest: changed
      ? { within: { v: 0.2 }, because: 'runs one step ahead, so that changes act a step late' }
      : { within: { v: 1e-9 } },
    neuron: { within: { v: 0.02 }, because: 'implicit Euler in steps of 0.1 ms' },
  },
});

export const placeProbes: readonly Probe[] = [
  placedProbe('parameters and first values by place', [{ run: 20 }], false),
  placedProbe(
    'set by place',
    [{ run: 10 }, { set: { target: 'cells', params: { i_offset: later } } }, { run: 10 }],
    true,
  ),
  placedProbe(
    'set of an assembly by place',
    [{ run: 10 }, { set: { target: 'both', params: { i_offset: later } } }, { run: 10 }],
    true,
  ),
];
