import { describe, expect, it } from 'vitest';
import { DiagnosticError, Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/pynn/road.js';
import { reporter } from '../../../translators/pynn/reporter.js';
import { findings } from './support.js';

const cell = (type: string, params: object = {}, rest: object = {}): object => ({
  populations: [{ label: 'p', size: 2, cell: { type, params }, ...rest }],
  phases: [{ run: 1 }],
});
const projection = (rest: object, extra: object = {}): object => ({
  populations: [
    { label: 'a', size: 2, cell: { type: 'SpikeSourceArray' } },
    { label: 'b', size: 3, cell: { type: 'IF_cond_exp' } },
  ],
  projections: [
    {
      pre: 'a',
      post: 'b',
      receptor_type: 'excitatory',
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1 } },
      ...rest,
    },
  ],
  phases: [{ run: 1 }],
  ...extra,
});

/** A mistake, and the required parts of its finding. */
const mistakes: readonly (readonly [name: string, parts: object, expected: string])[] = [
  [
    'a cell type that does not exist',
    cell('IF_cond_expo'),
    'pynn/unknown-type /populations/0/cell/type: PyNN has no cell type IF_cond_expo | one of IF_cond_exp',
  ],
  [
    'a parameter that does not exist',
    cell('IF_curr_exp', { tau_n: 3 }),
    'pynn/unknown-parameter /populations/0/cell/params/tau_n: IF_curr_exp has no parameter tau_n',
  ],
  [
    'a value as a map of another form',
    cell('IF_curr_exp', { tau_m: { distribution: 'uniform', low: 3, high: 4 } }),
    'pynn/wrong-type /populations/0/cell/params/tau_m: this must be a number, true or false, a list or null | a number, ' +
      'true or false, a list or null | write a distribution as { "random": "uniform", "params": { "low": 0, "high": 1 } }',
  ],
  [
    'a time constant below zero',
    cell('IF_curr_exp', { tau_m: -10 }),
    'pynn/unphysical /populations/0/cell/params/tau_m: tau_m is outside its range | more than 0',
  ],
  [
    'a rate below zero',
    cell('SpikeSourcePoisson', { rate: -5 }),
    'pynn/unphysical /populations/0/cell/params/rate: rate is outside its range | 0 or more',
  ],
  [
    'a rate that no source has',
    cell('SpikeSourcePoisson', { rate: 2e9 }),
    'pynn/unphysical /populations/0/cell/params/rate: rate is outside its range | at most 1000000000 Hz',
  ],
  [
    'a time constant of zero in a list',
    cell('IF_curr_exp', { tau_m: [10, 0] }),
    'pynn/unphysical /populations/0/cell/params/tau_m: tau_m is outside its range | more than 0',
  ],
  [
    'a time constant below zero in a phase',
    { ...cell('IF_curr_exp'), phases: [{ run: 1 }, { set: { target: 'a', params: { tau_m: -1 } } }, { run: 1 }] },
    'pynn/unphysical /phases/1/set/params/tau_m: tau_m is outside its range | more than 0',
  ],
  [
    'a list of the wrong length',
    cell('IF_curr_exp', { tau_m: [1, 2, 3] }),
    'pynn/wrong-length /populations/0/cell/params/tau_m: tau_m has the wrong number of values | 2',
  ],
  ['a text for a number', cell('IF_curr_exp', { tau_m: 'ten' }), 'pynn/wrong-type /populations/0/cell/params/tau_m'],
  [
    'an initial value of what is no state',
    cell('IF_curr_exp', {}, { initial_values: { w: 1 } }),
    'pynn/unknown-variable /populations/0/initial_values/w: IF_curr_exp has no variable w | one of',
  ],
  [
    'spike times out of order',
    cell('SpikeSourceArray', { spike_times: [2, 1] }),
    'pynn/unsorted-spike-times /populations/0/cell/params/spike_times',
  ],
  ['a type of one simulator', cell('native:nest:iaf_psc_exp'), 'pynn/native-type /populations/0/cell/type'],
  [
    'a distribution with other parameters',
    cell('IF_curr_exp', { tau_m: { random: 'normal', params: { mean: 1 } } }),
    'pynn/distribution-parameters /populations/0/cell/params/tau_m/params: the distribution normal has ' +
      'the wrong parameters | mu, sigma',
  ],
  [
    'a generator that is not there',
    cell('IF_curr_exp', { tau_m: { random: 'exponential', params: { beta: 1 }, rng: 'r' } }),
    'pynn/unknown-reference /populations/0/cell/params/tau_m/rng: there is no generator r',
  ],
  [
    'a function that expressions may not call',
    cell('IF_curr_exp', { tau_m: { expr: 'open(i)', of: 'i' } }),
    'pynn/formula /populations/0/cell/params/tau_m/expr: open is not a function that expressions can call',
  ],
  [
    'a negative conductance',
    projection({ synapse: { type: 'StaticSynapse', params: { weight: -0.1 } } }),
    'pynn/wrong-sign /projections/0/synapse/params/weight: a weight for the receptor excitatory of ' +
      'conductance-based cells has the wrong sign | 0 or more',
  ],
  [
    'a receptor that does not exist',
    projection({ receptor_type: 'AMPA' }),
    'pynn/unknown-reference /projections/0/receptor_type: there is no receptor AMPA | one of excitatory, inhibitory',
  ],
  [
    'a delay below the time step',
    projection({ synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 0.05 } } }),
    'pynn/delay-out-of-range /projections/0/synapse/params/delay: a delay is out of range | 0.1 ms or more',
  ],
  [
    'a delay above the maximum',
    projection(
      { synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 20 } } },
      { setup: { max_delay: 10 } },
    ),
    'pynn/delay-out-of-range /projections/0/synapse/params/delay: a delay is out of range | 0.1 to 10 ms',
  ],
  ['a projection onto sources', projection({ pre: 'b', post: 'a' }), 'pynn/no-receptors /projections/0/post'],
  [
    'a connector that does not exist',
    projection({ connector: { type: 'AllToAll' } }),
    'pynn/unknown-type /projections/0/connector/type: PyNN has no connector AllToAll',
  ],
  [
    'a connection set with edges of three numbers',
    projection({ connector: { type: 'CSAConnector', params: { cset: [[0, 1, 2]] } } }),
    'pynn/wrong-value /projections/0/connector/params/cset: cset has the wrong form | edges of 2 numbers, or of ' +
      '4 with weight and delay',
  ],
  [
    'an edge of a connection set to nobody',
    projection({ connector: { type: 'CSAConnector', params: { cset: [[0, 3]] } } }),
    'pynn/out-of-range /projections/0/connector/params/cset/0/1: the index of the receiver is out of range | 0 to 2',
  ],
  [
    'more connections than there are',
    projection({ connector: { type: 'FixedTotalNumberConnector', params: { n: 7, with_replacement: false } } }),
    'pynn/too-many-connections /projections/0/connector/params/n: the connector asks for more connections than ' +
      'there are pairs | 0 to 6',
  ],
  [
    'more receivers than there are, drawn by the target',
    projection(
      { connector: { type: 'FixedNumberPostConnector', params: { n: 4 }, rng: 'n' } },
      { rngs: { n: { type: 'NativeRNG' } } },
    ),
    'pynn/too-many-connections /projections/0/connector/params/n: the connector asks for more connections than ' +
      'there are pairs | 0 to 3',
  ],
  [
    'a number of connections that is not whole',
    projection({
      connector: { type: 'FixedNumberPreConnector', params: { n: { random: 'normal', params: { mu: 3, sigma: 1 } } } },
    }),
    'pynn/unknown-distribution /projections/0/connector/params/n',
  ],
  [
    'a function of the distance that does not exist',
    projection({ connector: { type: 'DistanceDependentProbabilityConnector', params: { d_expression: 'expp(-d)' } } }),
    'pynn/formula /projections/0/connector/params/d_expression/expr: expp is not a function that expressions can ' +
      'call | abs, absolute, exp, log,',
  ],
  [
    'a name that a displacement does not have',
    projection({
      connector: { type: 'DisplacementDependentProbabilityConnector', params: { disp_function: 'exp(-d[0]) * k' } },
    }),
    'pynn/formula /projections/0/connector/params/disp_function/expr: k is not a name that this ' +
      'expression can use | d[0], d[1], d[2], pi, e',
  ],
  [
    'NoMutual between two populations',
    projection({
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.5, allow_self_connections: 'NoMutual' } },
    }),
    'pynn/wrong-value /projections/0/connector/params/allow_self_connections: allow_self_connections has the ' +
      "wrong form | 'NoMutual' only within one population",
  ],
  [
    'a probability of rewiring above 1',
    projection({ connector: { type: 'SmallWorldConnector', params: { degree: 2, rewiring: 1.5 } } }),
    'pynn/out-of-range /projections/0/connector/params/rewiring: rewiring is out of range | 1 or less',
  ],
  [
    'a file that is not there',
    projection({ connector: { type: 'FromFileConnector', params: { file: 'none.txt' } } }),
    'pynn/unreadable-file /projections/0/connector/params/file',
  ],
  [
    'bits of a matrix of another size',
    projection({ connector: { type: 'ArrayConnector', params: { array: '////' } } }),
    'pynn/wrong-value /projections/0/connector/params/array: array has the wrong form | base64 of 1 bytes',
  ],
  [
    'a copy of connections between others',
    projection(
      {},
      {
        projections: [
          { label: 'x', pre: 'a', post: 'b', connector: { type: 'OneToOneConnector' }, receptor_type: 'excitatory' },
          {
            pre: 'b',
            post: 'b',
            connector: { type: 'CloneConnector', params: { reference: 'x' } },
            receptor_type: 'excitatory',
          },
        ],
      },
    ),
    'pynn/other-ends /projections/1/connector/params/reference',
  ],
  [
    'a conductance that is drawn negative',
    projection({
      synapse: { type: 'StaticSynapse', params: { weight: { random: 'uniform', params: { low: -2, high: -1 } } } },
    }),
    'pynn/wrong-sign /projections/0/synapse/params/weight',
  ],
  [
    'a matrix of weights with something else in it, for connections that are drawn',
    projection({
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 } },
      synapse: {
        type: 'StaticSynapse',
        params: {
          weight: [
            [0.1, 0.1, 0.1],
            [0.1, true, 0.1],
          ],
        },
      },
    }),
    'pynn/wrong-value /projections/0/synapse/params/weight/1: a row of weight has the wrong form | a list of ' +
      'numbers, or null for pairs that are not connected',
  ],
  [
    'a grid with a cell too few',
    cell('IF_curr_exp', {}, { size: 5, structure: { type: 'Grid2D' } }),
    'pynn/wrong-length /populations/0/structure: a Grid2D of this aspect ratio has the wrong number of values | 6',
  ],
  [
    'a line in random order',
    cell('IF_curr_exp', {}, { structure: { type: 'Line', params: { fill_order: 'random' } } }),
    'pynn/unknown-parameter /populations/0/structure/params/fill_order: Line has no parameter fill_order',
  ],
  [
    'a probability above 1',
    projection({ connector: { type: 'FixedProbabilityConnector', params: { p_connect: 1.5 } } }),
    'pynn/out-of-range /projections/0/connector/params/p_connect',
  ],
  [
    'a listed index that is too large',
    projection({
      connector: {
        type: 'FromListConnector',
        params: {
          conn_list: [
            [0, 1],
            [2, 0],
          ],
        },
      },
    }),
    'pynn/out-of-range /projections/0/connector/params/conn_list/1/0: the index of the sender is out of range | 0 to 1',
  ],
  [
    'columns without names',
    projection({ connector: { type: 'FromListConnector', params: { conn_list: [[0, 1, 5]] } } }),
    'pynn/wrong-value /projections/0/connector/params/conn_list',
  ],
  [
    'a sampling interval between steps',
    { ...cell('IF_curr_exp'), recordings: [{ target: 'p', variables: ['v'], sampling_interval: 0.25 }] },
    'pynn/not-a-multiple /recordings/0/sampling_interval',
  ],
  [
    'a variable that cannot be recorded',
    { ...cell('IF_curr_exp'), recordings: [{ target: 'p', variables: ['u'] }] },
    'pynn/unknown-variable /recordings/0/variables/0: IF_curr_exp has no variable u | one of',
  ],
  [
    'a population that does not exist',
    { ...cell('IF_curr_exp'), recordings: [{ target: 'q', variables: ['v'] }] },
    'pynn/unknown-reference /recordings/0/target',
  ],
  [
    'a phase that runs into the past',
    { ...cell('IF_curr_exp'), phases: [{ run: 10 }, { run_until: 5 }] },
    'pynn/time-passed /phases/1/run_until: this phase would run backwards in time | 10 ms or later',
  ],
  [
    'a current into sources',
    { ...cell('SpikeSourcePoisson'), current_sources: [{ label: 'c', type: 'DCSource', inject_into: ['p'] }] },
    'pynn/not-injectable /current_sources/0/inject_into/0',
  ],
  [
    'steps of a current out of order',
    {
      ...cell('IF_curr_exp'),
      current_sources: [
        { label: 'c', type: 'StepCurrentSource', params: { times: [5, 2], amplitudes: [1, 2] }, inject_into: ['p'] },
      ],
    },
    'pynn/out-of-range /current_sources/0/params/times/1',
  ],
  [
    'a label that is taken',
    { populations: [1, 2].map(() => ({ label: 'p', size: 1, cell: { type: 'IF_curr_exp' } })), phases: [{ run: 1 }] },
    'pynn/duplicate-label /populations/1/label',
  ],
  [
    'a mask of the wrong length',
    { ...cell('IF_curr_exp'), views: [{ label: 'v', of: 'p', select: { mask: [true] } }] },
    'pynn/wrong-length /views/0/select/mask',
  ],
  [
    'a weight rule that does not exist',
    projection({
      synapse: {
        type: 'STDPMechanism',
        timing_dependence: { type: 'SpikePairRule' },
        weight_dependence: { type: 'Additive' },
      },
    }),
    'pynn/unknown-type /projections/0/synapse/weight_dependence/type',
  ],
];

describe('a mistake in a document is found, with its place and the allowed values:', () => {
  it.each(mistakes)('%s', (_, parts, expected) => {
    const found = findings(parts as Readonly<Record<string, unknown>>);
    expect(
      found.some((text) => text.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
  });

  it('and a correct document has no finding', () => {
    expect(findings(projection({}) as Readonly<Record<string, unknown>>)).toEqual([]);
  });
});

it('one mistake is one finding, however often others refer to its part', () => {
  const found = findings({
    ...(projection({}) as Readonly<Record<string, unknown>>),
    populations: [
      { label: 'a', size: 2, cell: { type: 'SpikeSourceArray' } },
      { label: 'b', size: 3, cell: { type: 'IF_cond_expo' } },
    ],
    views: [{ label: 'w', of: 'b', select: { slice: [0, 1] } }],
    recordings: [
      { target: 'b', variables: ['v'] },
      { target: 'w', variables: ['spikes'] },
    ],
  });
  expect(found.map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual([
    'pynn/unknown-type /populations/1/cell/type:',
  ]);
});

it.each([
  ['p_connect', 'write a parameter of the type within params: { "params": { "p_connect": … } }'],
  ['saf', 'did you mean safe? Otherwise write a parameter of the type within params: { "params": { "saf": … } }'],
])('a parameter outside params, such as %s, belongs in params', (key, hint) => {
  const parts = projection({ connector: { type: 'FixedProbabilityConnector', [key]: 0.2 } });
  const found = findings(parts as Readonly<Record<string, unknown>>);
  expect(found.filter((text) => text.startsWith('pynn/unknown-key') && text.endsWith(` | ${hint}`))).toHaveLength(1);
});

it('mistakes in the connector, the receptor and the synapse of a projection are found together', () => {
  const found = findings({
    setup: { timestep: 0.1, min_delay: 0.5 },
    populations: [{ label: 'cells', size: 5, cell: { type: 'IF_cond_exp' } }],
    projections: [
      {
        pre: 'cells',
        post: 'cells',
        connector: { type: 'FixedProbabilityConnector', params: { p_conect: 0.1 } },
        receptor_type: 'inhib',
        synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 0.1, U: 0.5 } },
      },
    ],
    phases: [{ run: 1 }],
  });
  expect(new Set(found.map((text) => text.split(':')[0]))).toEqual(
    new Set([
      'pynn/delay-out-of-range /projections/0/synapse/params/delay',
      'pynn/unknown-parameter /projections/0/connector/params/p_conect',
      'pynn/unknown-parameter /projections/0/synapse/params/U',
      'pynn/unknown-reference /projections/0/receptor_type',
    ]),
  );
});

it('a view of itself is a mistake', () => {
  const found = findings({ ...cell('IF_cond_exp'), views: [{ label: 'w', of: 'w', select: { slice: [0, 1] } }] });
  expect(found[0]).toContain('/views/0/of');
});

describe('many findings', () => {
  it('are placed only as far as they are kept: finding a place takes as long as the document', () => {
    const placed: string[] = [];
    const place = (pointer: string): { document: string; pointer: string } => {
      placed.push(pointer);
      return { document: 'm.json', pointer };
    };
    const diagnostics = new Diagnostics();
    const { report, reportKey } = reporter({ place, keyPlace: place }, diagnostics);
    expect(() => {
      for (let k = 0; k < 500; k++) {
        report({ code: 'pynn/unknown-cell', message: 'no such cell' }, `/populations/p${k}`);
        reportKey({ code: 'pynn/unknown-key', message: 'no such key' }, `/populations/p${k}/key`);
      }
    }).toThrow(DiagnosticError);
    expect(placed.length).toBeLessThanOrEqual(100);
    expect(diagnostics.list).toHaveLength(101);
  });
});

it('a slice may leave its bounds and its step open', () => {
  const view = (slice: readonly (number | null)[]): readonly string[] =>
    findings({ ...cell('IF_curr_exp'), views: [{ label: 'v', of: 'p', select: { slice } }] });
  expect([view([0, 2, null]), view([null, null, 2])]).toEqual([[], []]);
  expect(view([0, 2, 0])).toEqual([expect.stringContaining('pynn/wrong-value')]);
});

describe('a threshold that is not above the reset', () => {
  it.each([
    [{ v_thresh: -70 }, '/populations/0/cell/params/v_thresh'],
    [{ v_reset: -50 }, '/populations/0/cell/params/v_reset'],
    [{ v_thresh: [-50, -70], v_reset: -65 }, '/populations/0/cell/params/v_thresh'],
    [{ v_thresh: -60, v_reset: [-65, -55] }, '/populations/0/cell/params/v_thresh'],
    [{ v_thresh: -51, v_reset: -60 }, undefined],
    [{}, undefined],
  ])('%j', (params, pointer) => {
    const document = {
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [{ label: 'c', size: 2, cell: { type: 'IF_curr_exp', params } }],
      phases: [{ run: 20 }],
    };
    const { diagnostics } = importModel({ name: 'm.json', text: JSON.stringify(document) });
    const found = diagnostics.filter(({ code }) => code === 'pynn/threshold-below-reset');
    expect(found.map(({ place, severity }) => [place?.pointer, severity])).toEqual(
      pointer === undefined ? [] : [[pointer, 'warning']],
    );
  });
});
