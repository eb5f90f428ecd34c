/**
 * Every connector: the connectors that PyNN draws with a NumpyRNG must give PyNN's own network, connectors without
 * draws the pairs of their rule.
 */

import type { Network } from '../backend.js';
import type { NetworkProbe } from '../network.js';

const ends = (pre: number, post: number, structure: object = {}): readonly object[] => [
  { label: 'pre', size: pre, cell: { type: 'SpikeSourceArray' }, ...structure },
  { label: 'post', size: post, cell: { type: 'IF_cond_exp' }, ...structure },
];

const weights = { random: 'uniform', params: { low: 0.1, high: 0.2 }, rng: 'values' };
const delays = { random: 'uniform', params: { low: 0.1, high: 2 }, rng: 'values' };
const drawn = { type: 'StaticSynapse', params: { weight: weights, delay: delays } };

interface Wanted {
  readonly pre?: number;
  readonly post?: number;
  readonly within?: boolean;
  readonly connector: object;
  readonly synapse?: object;
  readonly structure?: object;
  readonly space?: object;
  readonly others?: readonly object[];
}

/** A projection between two populations, or within one. */
const document = ({
  pre = 12,
  post = 9,
  within = false,
  connector,
  synapse = drawn,
  structure,
  space,
  others = [],
}: Wanted): Record<string, unknown> => ({
  rngs: { pairs: { type: 'NumpyRNG', seed: 42 }, values: { type: 'NumpyRNG', seed: 7 }, own: { type: 'NativeRNG' } },
  populations: within
    ? [{ label: 'post', size: post, cell: { type: 'IF_cond_exp' }, ...structure }]
    : ends(pre, post, structure),
  projections: [
    ...others,
    {
      label: 'way',
      pre: within ? 'post' : 'pre',
      post: 'post',
      receptor_type: 'excitatory',
      connector,
      synapse,
      ...(space === undefined ? {} : { space }),
    },
  ],
  phases: [{ run: 1 }],
});

/** PyNN draws the same network. */
const same = (name: string, wanted: Wanted, rest: Partial<NetworkProbe> = {}): NetworkProbe => ({
  section: 'Connectors',
  name,
  document: document(wanted),
  same: { within: 1e-12 },
  ...rest,
});

const rng = 'pairs';

const seeded: readonly NetworkProbe[] = [
  same('AllToAllConnector', { connector: { type: 'AllToAllConnector' } }),
  same('AllToAllConnector, allow_self_connections False', {
    within: true,
    connector: { type: 'AllToAllConnector', params: { allow_self_connections: false } },
  }),
  same('OneToOneConnector', { connector: { type: 'OneToOneConnector' } }),
  same('FixedProbabilityConnector', {
    connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.4 }, rng },
  }),
  same('FixedProbabilityConnector without an rng', {
    connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.4 } },
  }),
  same('FixedProbabilityConnector, NoMutual', {
    within: true,
    connector: {
      type: 'FixedProbabilityConnector',
      params: { p_connect: 0.7, allow_self_connections: 'NoMutual' },
      rng,
    },
  }),
  same('DistanceDependentProbabilityConnector', {
    structure: { structure: { type: 'Line', params: { dx: 10 } } },
    connector: { type: 'DistanceDependentProbabilityConnector', params: { d_expression: 'exp(-d/40)' }, rng },
  }),
  same('IndexBasedProbabilityConnector', {
    connector: {
      type: 'IndexBasedProbabilityConnector',
      params: { index_expression: { expr: '0.9/(1 + abs(i - j))', of: 'ij' } },
      rng,
    },
  }),
  same('FixedNumberPreConnector', { connector: { type: 'FixedNumberPreConnector', params: { n: 5 }, rng } }),
  same('FixedNumberPreConnector, with_replacement', {
    connector: { type: 'FixedNumberPreConnector', params: { n: 15, with_replacement: true }, rng },
  }),
  same('FixedNumberPreConnector, more than there are', {
    connector: { type: 'FixedNumberPreConnector', params: { n: 30 }, rng },
  }),
  same('FixedNumberPostConnector', { connector: { type: 'FixedNumberPostConnector', params: { n: 4 }, rng } }),
  same('FixedNumberPostConnector, with_replacement', {
    connector: { type: 'FixedNumberPostConnector', params: { n: 4, with_replacement: true }, rng },
  }),
  same('FixedTotalNumberConnector', { connector: { type: 'FixedTotalNumberConnector', params: { n: 40 }, rng } }),
  same('FromListConnector', {
    connector: {
      type: 'FromListConnector',
      params: {
        conn_list: [
          [0, 1, 0.1, 1],
          [3, 0, 0.2, 0.5],
          [3, 0, 0.3, 0.7],
        ],
      },
    },
    synapse: { type: 'StaticSynapse' },
  }),
  same(
    'FromFileConnector',
    { connector: { type: 'FromFileConnector', params: { file: 'pairs.txt' } }, synapse: { type: 'StaticSynapse' } },
    { files: { 'pairs.txt': '# columns = ["i", "j", "weight", "delay"]\n0 1 0.1 1.0\n3 0 0.2 0.5\n2 8 0.3 0.7\n' } },
  ),
  same(
    'FromListConnector with random weights',
    {
      connector: {
        type: 'FromListConnector',
        params: {
          conn_list: [
            [0, 1],
            [3, 0],
            [5, 4],
            [7, 8],
          ],
        },
      },
    },
    {
      note:
        'draws begin anew for each receiver; the order of its connections is that of an unstable sort in PyNN, and ' +
        'of the list here',
    },
  ),
  same('a matrix of weights with gaps', {
    pre: 3,
    post: 3,
    connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.4 }, rng },
    synapse: {
      type: 'StaticSynapse',
      params: {
        weight: [
          [0.1, null, 0.3],
          [null, 0.5, null],
          [null, 0.8, null],
        ],
        delay: 1,
      },
    },
  }),
  same('ArrayConnector', {
    pre: 3,
    post: 2,
    connector: {
      type: 'ArrayConnector',
      params: {
        array: [
          [true, false],
          [false, true],
          [true, true],
        ],
      },
    },
  }),
  same('DisplacementDependentProbabilityConnector', {
    structure: { structure: { type: 'Line', params: { dx: 10 } } },
    connector: {
      type: 'DisplacementDependentProbabilityConnector',
      params: { disp_function: '0.8*exp(-abs(d[0])/40)' },
      rng,
    },
  }),
  same('CloneConnector', {
    others: [
      {
        label: 'first',
        pre: 'pre',
        post: 'post',
        receptor_type: 'excitatory',
        connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.3 }, rng },
        synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
      },
    ],
    connector: { type: 'CloneConnector', params: { reference: 'first' } },
    synapse: { type: 'StaticSynapse', params: { weight: 0.2, delay: 2 } },
  }),
];

// --- Drawn by our own counters --------------------------------------------------------------------------------------
const rows = (network: Network): Network['synapses'][string] => network.synapses['way'] ?? [];
const own = 'own';

/** Distance of a count from the mean of a binomial distribution, in its standard deviations. */
const deviations = (count: number, n: number, p: number): number =>
  Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p));

const native: readonly NetworkProbe[] = [
  {
    section: 'Connectors',
    name: 'FixedTotalNumberConnector, with_replacement False',
    document: document({
      pre: 20,
      post: 20,
      connector: { type: 'FixedTotalNumberConnector', params: { n: 300, with_replacement: false }, rng: own },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      what: '300 different pairs',
      within: { missing: 0 },
      distances: (network) => ({
        missing: [
          300 - new Set(rows(network).map(([i, j]) => `${i} ${j}`)).size + Math.abs(rows(network).length - 300),
          'pairs',
        ],
      }),
    },
    note: 'PyNN always draws with replacement',
  },
  {
    section: 'Connectors',
    name: 'SmallWorldConnector',
    document: document({
      within: true,
      post: 100,
      connector: {
        type: 'SmallWorldConnector',
        params: { degree: 3.5, rewiring: 0.2, allow_self_connections: false },
        rng: own,
      },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      // Six neighbours but for the ends of the line, which lack 3 + 2 + 1 each.
      what: 'Watts and Strogatz: the edges of near cells, a fifth of them moved',
      within: { edges: 0, moved: 4 },
      distances: (network) => {
        const far = rows(network).filter(([i, j]) => Math.abs(i - j) > 3).length;
        // An edge that is moved may come back to a near cell.
        const p = 0.2 * (93 / 99);
        return {
          edges: [Math.abs(rows(network).length - 588), 'edges'],
          moved: [deviations(far, 588, p), 'standard deviations'],
        };
      },
    },
    note: 'no version of PyNN connects it',
  },
  {
    section: 'Connectors',
    name: 'CSAConnector',
    document: document({
      pre: 3,
      post: 3,
      connector: {
        type: 'CSAConnector',
        params: {
          cset: [
            [0, 1],
            [2, 2],
          ],
        },
      },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      what: 'the edges of the set',
      within: { 'wrong pairs': 0 },
      distances: (network) => ({
        'wrong pairs': [JSON.stringify(rows(network).map(([i, j]) => [i, j])) === '[[0,1],[2,2]]' ? 0 : 1, 'sets'],
      }),
    },
    note: 'a connection set comes as its edges',
  },
  {
    section: 'Connectors',
    name: 'FixedProbabilityConnector with a NativeRNG',
    document: document({
      pre: 200,
      post: 200,
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.1 }, rng: own },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      what: 'the binomial distribution',
      within: { connections: 4 },
      distances: (network) => ({ connections: [deviations(rows(network).length, 40000, 0.1), 'standard deviations'] }),
    },
  },
  {
    section: 'Connectors',
    name: 'FixedNumberPreConnector with a NativeRNG',
    document: document({
      pre: 100,
      post: 100,
      connector: { type: 'FixedNumberPreConnector', params: { n: 20 }, rng: own },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      what: '20 different senders each',
      within: { 'wrong cells': 0 },
      distances: (network) => {
        const senders = Array.from({ length: 100 }, () => new Set<number>());
        for (const [i, j] of rows(network)) senders[j]?.add(i);
        return {
          'wrong cells': [
            senders.filter(({ size }) => size !== 20).length + Math.abs(rows(network).length - 2000),
            'cells',
          ],
        };
      },
    },
  },
  {
    section: 'Connectors',
    name: 'FixedNumberPreConnector with a NativeRNG, n with a NumpyRNG',
    document: document({
      pre: 100,
      post: 8,
      connector: {
        type: 'FixedNumberPreConnector',
        params: { n: { random: 'uniform_int', params: { low: 3, high: 30 }, rng: 'values' } },
        rng: own,
      },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
    exact: {
      what: "NumPy's numbers of different senders: 24, 18, 6, 19, 7, 14, 11, 29",
      within: { 'wrong cells': 0 },
      distances: (network) => {
        const senders = Array.from({ length: 8 }, () => new Set<number>());
        for (const [i, j] of rows(network)) senders[j]?.add(i);
        const numbers = [24, 18, 6, 19, 7, 14, 11, 29];
        return { 'wrong cells': [senders.filter(({ size }, j) => size !== numbers[j]).length, 'cells'] };
      },
    },
  },
  {
    section: 'Connectors',
    name: 'FixedProbabilityConnector with a NativeRNG, weights with a NumpyRNG',
    document: document({
      pre: 60,
      post: 60,
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.3 }, rng: own },
      synapse: { type: 'StaticSynapse', params: { weight: weights, delay: 1 } },
    }),
    exact: {
      what: "the binomial distribution, and NumPy's numbers receiver by receiver",
      within: { connections: 4, weights: 1e-12 },
      distances: (network) => {
        const numbers = [
          0.10763082893739573, 0.17799187922401147, 0.14384092314408936, 0.17234651778309412, 0.1977989511996603,
        ];
        const found = [...rows(network)].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([, , weight]) => weight);
        return {
          connections: [deviations(rows(network).length, 3600, 0.3), 'standard deviations'],
          weights: [Math.max(...numbers.map((number, k) => Math.abs(number - (found[k] ?? NaN)))), 'uS'],
        };
      },
    },
  },
];

export const connectorProbes: readonly NetworkProbe[] = [...seeded, ...native];
