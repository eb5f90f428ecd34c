/** Models and their conversions, and models with one small change, in the limit of small steps. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import { chooseTarget } from '../../src/pipeline/choose-target.js';
import type { TargetNotation } from '../../src/convert/convert.js';
import type { ValidModel } from '../../src/model/model.js';
import { compareAcross } from '../../src/verify/compare-across.js';
import { isLarger, limitOf, type Limit } from '../../src/verify/limit.js';
import { limitOfDocuments } from '../../src/verify/limit-with-draws.js';
import { workIn } from '../../src/verify/limit-work.js';
import { limitText } from '../../src/verify/limit-text.js';
import { spikesOf } from '../../src/verify/check-conversion.js';
import { drawnOnce, listedSpikes, openLoop } from '../../src/verify/open-loop.js';
import { withCells } from '../../src/verify/some-cells.js';
import { root } from '../support/import-graph.js';
import { convertWritten, readWritten } from '../../src/verify/read-back.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** Returns 8 cells with 80 synapses from 10 listed sources, and among them a projection back. */
const network = () => ({
  format: 'interneuron/pynn',
  setup: { timestep: 0.1, min_delay: 0.1 },
  populations: [
    {
      label: 'inputs',
      size: 10,
      cell: {
        type: 'SpikeSourceArray',
        params: {
          spike_times: Array.from({ length: 10 }, (_, k) =>
            Array.from({ length: 6 }, (__, n) => 5 + 2.3 * k + 19.7 * n),
          ),
        },
      },
    },
    {
      label: 'cells',
      size: 8,
      cell: {
        type: 'IF_cond_exp',
        params: {
          tau_m: 20,
          cm: 0.25,
          v_rest: -65,
          v_reset: -60,
          v_thresh: -52,
          tau_refrac: 3,
          tau_syn_E: 4,
          tau_syn_I: 8,
          i_offset: Array.from({ length: 8 }, (_, k) => 0.12 + 0.004 * k),
        },
      },
      initial_values: { v: Array.from({ length: 8 }, (_, k) => -64 + 0.8 * k) },
    },
  ],
  projections: [
    {
      label: 'excitation',
      pre: 'inputs',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: {
        type: 'FromListConnector',
        params: {
          conn_list: Array.from({ length: 80 }, (_, k) => [
            k % 10,
            Math.floor(k / 10),
            0.002 + 0.00005 * k,
            1 + 0.1 * (k % 7),
          ]),
        },
      },
      synapse: { type: 'StaticSynapse', params: {} },
    },
    {
      label: 'inhibition',
      pre: 'cells',
      post: 'cells',
      receptor_type: 'inhibitory',
      connector: { type: 'AllToAllConnector', params: { allow_self_connections: false } },
      synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1.5 } },
    },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 120 }],
});

type Network = ReturnType<typeof network>;

const read = (document: object, name = 'model.json'): ValidModel =>
  importModel({ name, text: JSON.stringify(document) }).valid;

/** Returns the verdict on a model and on another one as it is written in a notation. */
async function verdict(source: ValidModel, other: ValidModel, to: TargetNotation): Promise<Limit> {
  const engine = (await chooseTarget('wasm')).target;
  const frozen = await drawnOnce(other, engine);
  const converted = await convertWritten(frozen.valid, to);
  const { valid } = await readWritten(converted, to);
  return limitOf(source, valid, { became: converted.became });
}

const cellsOf = (document: Network) => document.populations[1]!.cell.params as Record<string, number | number[]>;
const synapses = (document: Network) => document.projections[0]!.connector.params.conn_list as number[][];

/** Changes of about 1 %, of which none leaves the model the same. */
const changes: readonly (readonly [string, (document: Network) => void])[] = [
  ['weight', (document) => synapses(document).forEach((synapse) => (synapse[2]! *= 1.01))],
  ['one weight', (document) => (synapses(document)[33]![2]! *= 1.01)],
  ['membrane time constant', (document) => (cellsOf(document)['tau_m'] = 20.2)],
  ['synaptic time constant', (document) => (cellsOf(document)['tau_syn_I'] = 8.08)],
  ['threshold', (document) => (cellsOf(document)['v_thresh'] = -51.9)],
  ['reset', (document) => (cellsOf(document)['v_reset'] = -60.1)],
  ['refractory period', (document) => (cellsOf(document)['tau_refrac'] = 3.1)],
  ['delays, by one step', (document) => synapses(document).forEach((synapse) => (synapse[3]! += 0.1))],
  ['current', (document) => (cellsOf(document)['i_offset'] = [0.1212, 0.124, 0.128, 0.132, 0.136, 0.14, 0.144, 0.148])],
  ['first value', (document) => (document.populations[1]!.initial_values!.v[2]! -= 0.6)],
  ['order of cells', (document) => (cellsOf(document)['i_offset'] as number[]).reverse()],
  ['receptor', (document) => (document.projections[1]!.receptor_type = 'excitatory')],
  ['a missing synapse', (document) => void synapses(document).splice(41, 1)],
  [
    'times of an input',
    (document) =>
      void (document.populations[0]!.cell.params.spike_times as number[][])[4]!.splice(
        2,
        1,
        5 + 2.3 * 4 + 19.7 * 2 + 0.5,
      ),
  ],
];

/** Without corresponding states, in NeuroML, only runs tell. */
const told = {
  'brian-json': changes,
  neuroml: changes.filter(([name]) => ['one weight', 'reset', 'refractory period', 'a missing synapse'].includes(name)),
};

describe.each(['brian-json', 'neuroml'] as const)('a network that becomes %s', (to) => {
  test('is the same model', async () => {
    const limit = await verdict(read(network()), read(network()), to);
    expect(limitText(limit)).toMatch(/^the same model: differences vanish with the step/);
  });

  test.each(told[to])('is another model after a change of its %s', async (_, change) => {
    const changed = network();
    change(changed);
    expect((await verdict(read(network()), read(changed), to)).verdict).toBe('another model');
  });
});

test.each([
  ['pynn/hh-cond-exp.json', 'brian-json'],
  ['pynn/stdp-network.json', 'brian-json'],
  ['brian/stdp-pair.yaml', 'pynn-json'],
  ['neuroml/densities.xml', 'brian-json'],
] as const)('%s is the same model in %s', async (fixture, to) => {
  const { valid } = importModel(readSource(join(root, 'fixtures', fixture)));
  const { reason, verdict: found } = await verdict(valid, valid, to);
  expect([found, reason]).toEqual(['the same model', undefined]);
});

describe('two documents, of which one has a population for each cell', () => {
  const compared = async (change: (document: Network) => void): Promise<Limit> => {
    const changed = network();
    change(changed);
    const first = importModel({ name: 'model.json', text: JSON.stringify(network()) });
    const second = await readWritten(await convertWritten(read(changed), 'neuroml'), 'neuroml');
    const { became } = await compareAcross(first, second);
    return limitOfDocuments(first.valid, second.valid, { became });
  };

  test.each([
    ['nothing', (): void => undefined, 'the same model'],
    ['a weight', (document: Network): void => void (synapses(document)[33]![2]! *= 1.01), 'another model'],
    ['a threshold', (document: Network): void => void (cellsOf(document)['v_thresh'] = -51.9), 'another model'],
  ] as const)('a change of %s', async (_, change, expected) => {
    expect((await compared(change)).verdict).toBe(expected);
  });
});

test.each([
  ['pynn/stdp-additive.json', 'brian-json'],
  ['brian/stdp-pair.yaml', 'neuroml'],
] as const)('plastic synapses of %s in %s are compared alone', async (fixture, to) => {
  const { valid } = importModel(readSource(join(root, 'fixtures', fixture)));
  const limit = await verdict(valid, valid, to);
  expect([limit.verdict, limit.states?.synapses]).toEqual(['the same model', true]);
});

/** Connections of LEMS delay spikes before the synapse, PyNN also behind it. */
test.each([
  [1, 'another model'],
  [0, 'the same model'],
] as const)('delays of which %d is behind plastic synapses become NeuroML as %s', async (fraction, expected) => {
  const { text, ...source } = readSource(join(root, 'fixtures/pynn/stdp-random-delays.json'));
  const moved = text?.replace(/"dendritic_delay_fraction": *[\d.]+/g, `"dendritic_delay_fraction": ${fraction}`) ?? '';
  const { valid } = importModel({ ...source, text: moved });
  const { verdict: found, states } = await verdict(valid, valid, 'neuroml');
  expect([found, states?.synapses]).toEqual([expected, true]);
});

test('plasticity that only recorded weights show is compared', async () => {
  const { text, ...source } = readSource(join(root, 'fixtures/brian/stdp-pair.yaml'));
  const changed = { ...source, text: text?.replace('taupre: 20 ms', 'taupre: 20.2 ms') ?? '' };
  const { verdict: found, states } = await verdict(
    importModel({ ...source, text: text ?? '' }).valid,
    importModel(changed).valid,
    'neuroml',
  );
  expect([found, states?.differences[0]?.quantity]).toEqual([
    'another model',
    'w after spike 2 of the source of a synapse from pre[0]',
  ]);
});

describe('a network of NeuroML by itself, without steps and duration', () => {
  const text = (conductance: string): string =>
    `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="n">
       <iafRefCell id="c" C="0.1nF" thresh="-55mV" reset="-70mV" leakConductance="${conductance}" leakReversal="-70mV"
         refract="2ms"/>
       <pulseGenerator id="p" delay="0ms" duration="1s" amplitude="250pA"/>
       <network id="net">
         <population id="G" component="c" size="1"/>
         <inputList id="i" component="p" population="G"><input id="0" target="../G[0]" destination="synapses"/></inputList>
       </network>
     </neuroml>`;
  const network = (conductance: string): ImportedModel => importModel({ name: 'n.nml', text: text(conductance) });
  const verdict = async (first: ImportedModel, second: ImportedModel): Promise<string> =>
    (await limitOfDocuments(first.valid, second.valid, { became: (await compareAcross(first, second)).became }))
      .verdict;

  test('runs as long as the other document', async () => {
    const timed = importModel(readSource('fixtures/brian/single-lif.yaml'));
    expect(await verdict(timed, network('10nS'))).toBe('the same model');
    expect(await verdict(network('10nS'), timed)).toBe('the same model');
    expect(await verdict(network('10.1nS'), timed)).toBe('another model');
  });

  test('runs for a usual time beside another', async () => {
    expect(await verdict(network('10nS'), network('10.1nS'))).toBe('another model');
  });
});

test('given spikes that differ by less than half a step have no limit', async () => {
  const later = network();
  const params = later.populations[0]!.cell.params as { spike_times: number[][] };
  params.spike_times[2]![1]! += 0.02;
  expect(await limitOf(read(network()), read(later))).toMatchObject({
    verdict: 'no limit',
    reason: 'times of spikes of 29.3 and 29.32 ms differ by less than half a step',
  });
});

test('a spike that hardly reaches the threshold is no difference of equal equations', async () => {
  const times = Array.from({ length: 5 }, (_, k) => Array.from({ length: 10 }, (__, n) => 4.7 + 2.2 * k + 12.9 * n));
  const adapting = read({
    format: 'interneuron/pynn',
    setup: { timestep: 0.1, min_delay: 0.1 },
    populations: [
      { label: 'in', size: 5, cell: { type: 'SpikeSourceArray', params: { spike_times: times } } },
      {
        label: 'cells',
        size: 5,
        cell: {
          type: 'IF_cond_exp_gsfa_grr',
          params: { tau_rr: 2, e_rev_rr: -75, q_rr: 300, q_sfa: 14, i_offset: [0.45, 0.5, 0.55, 0.6, 0.65] },
        },
      },
    ],
    projections: [
      {
        label: 'excitation',
        pre: 'in',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 0.02, delay: 1 } },
      },
    ],
    recordings: [{ target: 'cells', variables: ['spikes'] }],
    phases: [{ run: 150 }],
  });
  const limit = await verdict(adapting, adapting, 'brian-json');
  expect(limitText(limit)).toMatch(/^the same model: .*states equal to/);
  expect(limit.levels.at(-1)!.unmatched.every(({ before }) => before > 0)).toBe(true);
});

describe('networks with many cells', () => {
  test('some cells have the spikes that they have among all', async () => {
    const engine = (await chooseTarget('wasm')).target;
    const { valid } = await drawnOnce(read(network()), engine);
    const spikes = await spikesOf(valid);
    const opened = openLoop(valid, new Map([['cells', listedSpikes(spikes.get('cells')!)]]));
    const taken = [1, 4, 6];
    const all = await spikesOf(opened);
    const some = await spikesOf(withCells(opened, new Map([['cells', taken]])));
    expect(some.get('cells')).toEqual(taken.map((cell) => all.get('cells')![cell]));
    expect(some.get('cells')!.flat().length).toBeGreaterThan(0);
  });

  const text = readFileSync(join(root, 'fixtures/brian/vogels-abbott-coba.yaml'), 'utf8');
  const coba = (weight: string): ValidModel =>
    importModel({ name: 'coba.yaml', text: text.replace('we: 6 nS', `we: ${weight}`) }).valid;

  test.each([
    ['6 nS', 'the same model'],
    ['6.06 nS', 'another model'],
  ] as const)('4,000 cells with weights of %s are %s', async (weight, expected) => {
    const { reason, verdict: found } = await verdict(coba('6 nS'), coba(weight), 'pynn-json');
    expect([found, reason]).toEqual([expected, undefined]);
  });
});

describe('reasons without a limit', () => {
  const cells = { N: 1, model: 'dv/dt = (12*mV - v)/(10*ms) : volt', threshold: 'v > 10*mV', reset: 'v = 0*mV' };
  const brian = (change: object, rest: object = {}): ValidModel =>
    read({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: { cells: { ...cells, ...change } },
      run: '50 ms',
      ...rest,
    });

  test.each([
    ['an operation of each step', brian({ run_regularly: [{ code: 'v += 0.01*mV' }] }), /runs in each step/],
    ['a clock of its own', brian({ dt: '0.2 ms' }), /has a step of its own/],
    ['noise', brian({ model: 'dv/dt = (12*mV - v)/(10*ms) + mV*xi/(10*ms)**0.5 : volt', method: 'euler' }), /noise/],
    [
      'no number',
      brian({
        model: 'dv/dt = v**3/(mV**2*ms) : volt',
        method: 'euler',
        initializers: { v: '9*mV' },
        threshold: undefined,
        reset: undefined,
      }),
      /grows without bound/,
    ],
  ] as const)('%s', async (_, model, reason) => {
    expect(await limitOf(model, model)).toMatchObject({ verdict: 'no limit', reason: expect.stringMatching(reason) });
  });

  test('a population of another size', async () => {
    const [few, many] = [brian({}), brian({ N: 3 })];
    const reasons = [await limitOfDocuments(few, many), await limitOfDocuments(many, few)].map(({ reason }) => reason);
    expect(reasons).toEqual([
      'cells of cells have no counterpart in the first model',
      'cells of cells have no counterpart in the second model',
    ]);
  });

  test('code at listed times has a limit, unlike an operation of each step', async () => {
    const model = brian({ run_regularly: [{ code: 'v += 3*mV', times: ['5 ms', '20 ms'] }] });
    expect(await limitOf(model, model)).toMatchObject({ verdict: 'the same model' });
  });

  test('a cell without spikes and recordings is compared by its state', async () => {
    const [model, other] = [
      brian({ threshold: 'v > 20*mV' }),
      brian({ threshold: 'v > 20*mV', initializers: { v: '0.1*mV' } }),
    ];
    expect((await limitOf(model, model)).verdict).toBe('the same model');
    expect((await limitOf(model, other)).verdict).toBe('another model');
  });

  const cell = { N: 4, model: 'dv/dt = (drive - v)/(10*ms) : volt\ndrive : volt (constant)' };
  const driven = { ...cell, initializers: { drive: '(12 + 0.3*i)*mV' } };
  const recurrent = (synapse: object): object => ({
    synapses: {
      S: { source: 'cells', target: 'cells', on_pre: 'v += 0.3*mV', connect: { condition: 'i != j' }, ...synapse },
    },
  });

  test('delays that are no multiples of the step', async () => {
    const [model, other] = ['1.03 ms', '1 ms'].map((delay) => brian(driven, recurrent({ delay }))) as [
      ValidModel,
      ValidModel,
    ];
    expect((await limitOf(model, model)).verdict).toBe('the same model');
    expect(await limitOf(model, other)).toMatchObject({
      verdict: 'no limit',
      reason: 'delays of 1.03 and 1 ms differ by less than half a step',
    });
  });

  test.each([
    [
      'a model that fails in shorter steps',
      brian({ model: 'dv/dt = (12*mV - v)/(10*ms) + mV/(dt - 0.05*ms) : volt' }),
      /^it cannot run here: the divisor dt - 0.00005\*s is zero$/,
    ],
    [
      'a model that only its own spikes keep finite',
      brian(
        {
          model: 'dv/dt = (v**2/mV + 1*mV)/(2*ms) : volt',
          method: 'euler',
          threshold: 'v > 30*mV',
          reset: '',
          initializers: { v: '1*mV' },
        },
        recurrent({ on_pre: 'v_post -= 31*mV', connect: { condition: 'i == j' } }),
      ),
      /^v of cells grows without bound in steps of 0\.\d+ ms$/,
    ],
    [
      'a cell without equations',
      brian({ model: 'v : volt', threshold: undefined, reset: undefined }),
      /^no spikes, and/,
    ],
    ['a model that does not run', brian({}, { run: undefined }), /^the model does not run$/],
    [
      'a million given spikes',
      brian(driven, {
        spike_generators: {
          input: {
            N: 1000,
            indices: Array.from({ length: 1e6 }, (_, k) => k % 1000),
            times: { values: Array.from({ length: 1e6 }, (_, k) => Math.floor(k / 1000) * 0.1), unit: 'ms' },
          },
        },
        synapses: { S: { source: 'input', target: 'cells', on_pre: 'v += 0.0003*mV', connect: { p: 0.1 } } },
      }),
      /^larger than the budget$/,
    ],
  ] as const)('%s', async (_, model, reason) => {
    expect(await limitOf(model, model)).toMatchObject({ verdict: 'no limit', reason: expect.stringMatching(reason) });
  });

  test('a population of another size', async () => {
    const [few, many] = [brian({}), brian({ N: 3 })];
    const reasons = [await limitOfDocuments(few, many), await limitOfDocuments(many, few)].map(({ reason }) => reason);
    expect(reasons).toEqual([
      'cells of cells have no counterpart in the first model',
      'cells of cells have no counterpart in the second model',
    ]);
  });

  test('more time decides, by work that every machine counts alike', async () => {
    const [model, other] = [brian({}), brian({ method: 'euler' })];
    expect((await limitOf(model, other, { seconds: 0.01 })).verdict).toBe('no limit');
    expect((await limitOf(model, other, { seconds: 10 })).verdict).toBe('the same model');
  });

  test('a model that is larger than the budget', async () => {
    expect(await limitOf(brian({}), brian({ method: 'euler' }), { seconds: 1e-6 })).toMatchObject({
      verdict: 'no limit',
      reason: 'larger than the budget',
    });
  });

  test('three hundred thousand listed spikes are the most, before anything is built', async () => {
    const spikes = (count: number): ValidModel => {
      const { model, data } = brian({});
      const times = Array.from({ length: count }, (_, k) => 1e-7 * k);
      const inputs = { size: 1, order: 0, values: {}, spikes: { times, indices: times.map(() => 0) } };
      return { model: { ...model, populations: { inputs } }, data };
    };
    expect(isLarger(spikes(299_999), workIn())).toBe(false);
    expect(await limitOf(spikes(300_001), spikes(300_001))).toMatchObject({
      verdict: 'no limit',
      reason: 'larger than the budget',
    });
  });
});
