/** Actions of a script between runs. */

import type { Probe } from '../probe.js';
import { largestDistance, segmentOf, traceOf, type Results } from '../results.js';
import { everyTrace, spikes, traces } from './quantities.js';

const cell = { type: 'IF_curr_exp', params: { i_offset: 0.5 } };
const step = 'implicit Euler in steps of 0.1 ms';
const lateSet = 'runs one step ahead, so that changes act a step late';

const document = (phases: readonly object[], more: object = {}): Record<string, unknown> => ({
  populations: [{ label: 'cells', size: 4, cell }],
  views: [
    { label: 'first', of: 'cells', select: { slice: [0, 2] } },
    { label: 'some', of: 'cells', select: { indices: [1, 3] } },
  ],
  assemblies: [{ label: 'both', of: ['first', 'some'] }],
  recordings: [{ target: 'cells', variables: ['v', 'spikes'] }],
  phases,
  ...more,
});

/** v under a constant current from a value, step by step. */
function under(from: number, current: number, steps: number): number[] {
  const decay = Math.exp(-0.1 / 20);
  const v: number[] = [];
  for (let k = 0; k < steps; k++) v.push(-65 + ((v[k - 1] ?? from) + 65) * decay + 20 * (1 - decay) * current);
  return v;
}

const passive = (
  name: string,
  phases: readonly object[],
  expected: (results: Results) => number,
  rest: Partial<Probe> = {},
): Probe => ({
  section: 'Phases',
  name,
  document: document(phases),
  quantities: { v: everyTrace('mV', 'cells') },
  exact: { what: 'closed form', within: { v: 1e-10 }, distances: (ours) => ({ v: [expected(ours), 'mV'] }) },
  simulators: { nest: { within: { v: 0.2 }, because: lateSet }, neuron: { within: { v: 0.02 }, because: step } },
  ...rest,
});

const begun = (steps = 100): number[] => [-65, ...under(-65, 0.5, steps)];
const end = (trace: readonly number[]): number => trace.at(-1) ?? NaN;

const changed: readonly Probe[] = [
  passive(
    'run and run_until',
    [{ run: 4 }, { run_until: 10 }],
    (ours) => largestDistance(traceOf(ours, 'cells', 'v'), begun()),
    {
      simulators: { nest: { within: { v: 1e-9 } }, neuron: { within: { v: 0.02 }, because: step } },
    },
  ),
  passive('set', [{ run: 10 }, { set: { target: 'cells', params: { i_offset: 0.2 } } }, { run: 10 }], (ours) => {
    const first = begun();
    return largestDistance(traceOf(ours, 'cells', 'v'), [...first, ...under(end(first), 0.2, 100)]);
  }),
  passive(
    'set of a view',
    [{ run: 10 }, { set: { target: 'some', params: { i_offset: 0.2 } } }, { run: 10 }],
    (ours) => {
      const first = begun();
      return Math.max(
        largestDistance(traceOf(ours, 'cells', 'v', 0), begun(200)),
        largestDistance(traceOf(ours, 'cells', 'v', 3), [...first, ...under(end(first), 0.2, 100)]),
      );
    },
  ),
  passive(
    'initialize',
    [{ run: 10 }, { initialize: { target: 'cells', values: { v: -60 } } }, { run: 10 }],
    (ours) => largestDistance(traceOf(ours, 'cells', 'v').slice(101), under(-60, 0.5, 100)),
    {
      simulators: {
        nest: { within: { v: 5.1 }, because: lateSet },
        neuron: { because: 'takes new first values at the next reset only' },
      },
    },
  ),
  passive(
    'reset',
    [{ run: 10 }, { reset: { annotations: { trial: 1 } } }, { run: 5 }],
    (ours) =>
      Math.max(
        largestDistance(traceOf(ours, 'cells', 'v', 0, 0), begun()),
        largestDistance(traceOf(ours, 'cells', 'v', 0, 1), begun(50)),
      ),
    {
      document: {
        ...document([{ run: 10 }, { reset: { annotations: { trial: 1 } } }, { run: 5 }]),
        extra: { t_flush: 100 },
      },
      simulators: { nest: { within: { v: 1e-9 } }, neuron: { within: { v: 0.02 }, because: step } },
    },
  ),
  {
    ...passive(
      'record during the run',
      [{ run: 5 }, { record: { target: 'first', variables: ['v'] } }, { run: 5 }],
      (ours) => {
        const { cells, times, values } = segmentOf(ours, 'cells').signals['v']!;
        const rows = values.map((row) => row?.[0] ?? NaN);
        return JSON.stringify(cells) === '[0,1]' && times.at(-1) === 10
          ? largestDistance(rows.slice(-50), begun().slice(-50))
          : Infinity;
      },
    ),
    document: document([{ run: 5 }, { record: { target: 'first', variables: ['v'] } }, { run: 5 }], {
      recordings: [{ target: 'cells', variables: ['spikes'] }],
    }),
    quantities: {},
    simulators: {},
  },
  passive(
    'set_source',
    [{ run: 10 }, { set_source: { target: 'dc', params: { amplitude: -0.3 } } }, { run: 10 }],
    (ours) => {
      const first = [-65, ...under(-65, 0.7, 100)];
      return largestDistance(traceOf(ours, 'cells', 'v'), [...first, ...under(end(first), 0.2, 100)]);
    },
  ),
].map((probe) =>
  probe.name === 'set_source'
    ? {
        ...probe,
        document: {
          ...probe.document,
          current_sources: [{ label: 'dc', type: 'DCSource', params: { amplitude: 0.2 }, inject_into: ['cells'] }],
        },
        simulators: {
          nest: { within: { v: 0.05 }, because: 'a current that begins at 0 begins a step late' },
          neuron: { within: { v: 0.02 }, because: step },
        },
      }
    : probe,
);

const sending = (phases: readonly object[]): Record<string, unknown> => ({
  populations: [
    {
      label: 'sender',
      size: 2,
      cell: {
        type: 'SpikeSourceArray',
        params: {
          spike_times: {
            sequences: [
              [5, 15, 25],
              [5, 15],
            ],
          },
        },
      },
    },
    { label: 'cells', size: 2, cell: { type: 'IF_curr_exp' } },
  ],
  projections: [
    {
      label: 'way',
      pre: 'sender',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.3, delay: 1 } },
    },
  ],
  recordings: [
    { target: 'cells', variables: ['v'] },
    { target: 'sender', variables: ['spikes'] },
  ],
  phases,
});

/** Cells of two populations; some are drawn, and of the drawn ones some again. */
const sampled: Record<string, unknown> = {
  rngs: { choice: { type: 'NumpyRNG', seed: 5 } },
  populations: [
    { label: 'cells', size: 6, cell },
    { label: 'others', size: 5, cell },
    {
      label: 'sender',
      size: 5,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [5, 15, 25] } } },
    },
  ],
  views: [
    { label: 'most', of: 'cells', select: { indices: [0, 1, 2, 4, 5] } },
    { label: 'five', of: 'sender', select: { sample: 3, rng: 'choice' } },
    { label: 'six', of: 'both', select: { sample: 6, rng: 'choice' } },
    { label: 'two', of: 'six', select: { sample: 2, rng: 'choice' } },
    { label: 'ends', of: 'six', select: { indices: [0, 5] } },
  ],
  assemblies: [{ label: 'both', of: ['most', 'others'] }],
  projections: [
    {
      label: 'way',
      pre: 'sender',
      post: 'six',
      receptor_type: 'excitatory',
      connector: { type: 'OneToOneConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: { expr: '0.1*(i + 1)', of: 'ij' }, delay: 1 } },
    },
  ],
  recordings: [
    { target: 'cells', variables: ['v'] },
    { target: 'others', variables: ['v'] },
    { target: 'sender', variables: ['spikes'] },
  ],
};

const inIndices = { expr: '0.1*(i + 1)', of: 'i' };

/**
 * Values that `set` gives to synapses: of pairs, connected ones in a list, all in a matrix, and numbers that are drawn
 * for all.
 */
const setOfWay = (name: string, connector: object, weight: unknown): Probe => ({
  section: 'Phases',
  name,
  document: {
    rngs: { values: { type: 'NumpyRNG', seed: 9 } },
    populations: [
      {
        label: 'sender',
        size: 3,
        cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [[5], [8], [11]] } } },
      },
      { label: 'cells', size: 4, cell: { type: 'IF_curr_exp' } },
    ],
    projections: [
      {
        label: 'way',
        pre: 'sender',
        post: 'cells',
        receptor_type: 'excitatory',
        connector,
        synapse: { type: 'StaticSynapse', params: { weight: 0.3, delay: 1 } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['v'] }],
    phases: [{ set_projection: { target: 'way', params: { weight } } }, { run: 20 }],
  },
  quantities: { v: everyTrace('mV', 'cells') },
  simulators: { nest: { within: { v: 1e-9 } }, neuron: { within: { v: 0.1 }, because: step } },
});

const random = { random: 'uniform', params: { low: 0.1, high: 0.9 }, rng: 'values' };
const chosen = { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 } };
const twice = {
  type: 'FromListConnector',
  params: {
    conn_list: [
      [2, 3],
      [0, 1],
      [0, 1],
      [1, 0],
    ],
  },
};

const setProbes: readonly Probe[] = [
  {
    section: 'Phases',
    name: 'set of a view by index',
    document: document([{ set: { target: 'some', params: { i_offset: inIndices } } }, { run: 10 }]),
    quantities: { v: everyTrace('mV', 'cells') },
    simulators: { nest: { within: { v: 0.1 }, because: lateSet }, neuron: { within: { v: 0.02 }, because: step } },
  },
  {
    section: 'Phases',
    name: 'set of samples of assemblies and of samples',
    document: {
      ...sampled,
      phases: [
        { set: { target: 'six', params: { i_offset: 1 } } },
        { set: { target: 'two', params: { i_offset: 0.2 } } },
        { set: { target: 'ends', params: { i_offset: inIndices } } },
        { run: 10 },
        { set: { target: 'five', params: { spike_times: { sequences: [[12, 20], [18], [14, 22]] } } } },
        { run: 20 },
      ],
    },
    quantities: { v: everyTrace('mV', 'cells', 'others'), spikes: spikes(0.1, 'sender') },
    simulators: {
      nest: { within: { v: 0.1, spikes: 0 }, because: lateSet },
      neuron: { because: 'keeps the times that it has' },
    },
  },
  setOfWay('set of a projection, random', chosen, random),
  setOfWay('set of a projection, random, pairs connected twice', twice, random),
  setOfWay('set of a projection, a list', chosen, [0.1, 0.2, 0.3, 0.4]),
  setOfWay('set of a projection, a list, pairs connected twice', twice, [0.1, 0.2, 0.3]),
  setOfWay('set of a projection, a matrix', chosen, [
    [0.1, 0.2, 0.3, 0.4],
    [0.5, 0.6, 0.7, 0.8],
    [0.9, 1, 1.1, 1.2],
  ]),
];

const late: readonly Probe[] = [
  {
    section: 'Phases',
    name: 'set of a projection',
    document: sending([{ run: 10 }, { set_projection: { target: 'way', params: { weight: 0.1 } } }, { run: 20 }]),
    quantities: { v: traces('mV', 'cells.v') },
    simulators: { nest: { within: { v: 1e-9 } }, neuron: { within: { v: 0.02 }, because: step } },
  },
  {
    section: 'Phases',
    name: 'set of spike times',
    document: sending([
      { run: 10 },
      { set: { target: 'sender', params: { spike_times: { sequences: [[12, 20], [18]] } } } },
      { run: 20 },
    ]),
    quantities: { v: traces('mV', 'cells.v'), spikes: spikes(0.1, 'sender') },
    simulators: { nest: { within: { v: 1e-9, spikes: 0 } }, neuron: { because: 'keeps the times that it has' } },
  },
];

export const phaseProbes: readonly Probe[] = [...changed, ...late, ...setProbes];
