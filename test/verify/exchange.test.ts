/** Exchanging two models changes no verdict: each pair is compared in both orders. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ImportedModel } from '../../src/pipeline/read/imported-model.js';
import type { TargetNotation } from '../../src/convert/convert.js';
import { compareAcross } from '../../src/verify/compare-across.js';
import { sameByValue } from '../../src/verify/limit.js';
import { limitOfDocuments } from '../../src/verify/limit-with-draws.js';
import { convertWritten, readWritten } from '../../src/verify/read-back.js';
import { root } from '../support/import-graph.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const cell = {
  cm: 0.2,
  tau_m: 10,
  v_rest: -65,
  v_reset: -65,
  v_thresh: -50,
  tau_refrac: 2,
  tau_syn_E: 2,
  tau_syn_I: 4,
};

/** Two cells of PyNN with given spikes; no projection is inhibitory. */
const pynn = ({
  params = {},
  weights = [0.5],
  names = ['in', 'cells'],
}: {
  readonly params?: object;
  readonly weights?: readonly number[];
  readonly names?: readonly [string, string];
}): ImportedModel => {
  const [inputs, cells] = names;
  const times = [10, 12, 13.5, 30, 32, 50, 52, 70];
  return importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      populations: [
        { label: inputs, size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [times] } } },
        {
          label: cells,
          size: 2,
          cell: { type: 'IF_curr_exp', params: { ...cell, i_offset: [0.25, 0.31], ...params } },
          initial_values: { v: -65 },
        },
      ],
      projections: weights.map((weight, k) => ({
        label: `p${k}`,
        pre: inputs,
        post: cells,
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight, delay: 1.2 } },
      })),
      recordings: [{ target: cells, variables: ['spikes'] }],
      phases: [{ run: 100 }],
    }),
  });
};

/** The same model by hand in Brian. */
const brian = ({
  v = 'u',
  leak = `(E - ${v})/tau`,
  drive = '(I + s - q)/C',
  tau = 10,
  threshold = -50,
  reset = -65,
  refractory = 2,
  weight = 0.5,
  delay = 1.2,
  names = ['in', 'cells'],
  more = '',
}: {
  readonly v?: string;
  readonly leak?: string;
  readonly drive?: string;
  readonly tau?: number;
  readonly threshold?: number;
  readonly reset?: number;
  readonly refractory?: number;
  readonly weight?: number;
  readonly delay?: number;
  readonly names?: readonly [string, string];
  readonly more?: string;
}): ImportedModel =>
  importModel({
    name: 'model.yaml',
    text: `format: interneuron/brian
version: 1
dt: 0.1 ms
namespace: { tau: ${tau} ms, E: -65 mV, C: 0.2 nF, g: 20 nS, ts: 2 ms, ti: 4 ms }
spike_generators:
  ${names[0]}: { N: 1, indices: [0, 0, 0, 0, 0, 0, 0, 0], times: { values: [10, 12, 13.5, 30, 32, 50, 52, 70], unit: ms } }
neuron_groups:
  ${names[1]}:
    N: 2
    model: |
      d${v}/dt = ${leak} + ${drive} : volt (unless refractory)
      ds/dt = -s/ts : amp
      dq/dt = -q/ti : amp
      I : amp (constant)
    threshold: ${v} > ${threshold}*mV
    reset: ${v} = ${reset}*mV${more}
    refractory: ${refractory} ms
    method: rk4
    initializers: { ${v}: E, I: { values: [0.25, 0.31], unit: nA } }
synapses:
  P: { source: ${names[0]}, target: ${names[1]}, on_pre: s += ${weight}*nA, delay: ${delay} ms, connect: true }
spike_monitors: { sp: { source: ${names[1]} } }
run: 100 ms
`,
  });

const fixture = (name: string): ImportedModel => importModel(readSource(join(root, 'fixtures', name)));

/** Returns a fixture and its conversion to a notation. */
const converted = (name: string, to: TargetNotation) => async (): Promise<readonly [ImportedModel, ImportedModel]> => {
  const model = fixture(name);
  return [model, await readWritten(await convertWritten(model.valid, to), to)];
};

const verdict = async (first: ImportedModel, second: ImportedModel): Promise<string> => {
  const { comparison, became, isEqual } = await compareAcross(first, second);
  const limit = await limitOfDocuments(first.valid, second.valid, { became, listed: comparison.differences });
  return (isEqual ? sameByValue(limit, [first.valid, second.valid]) : limit).verdict;
};

const byHand = (changes: Parameters<typeof brian>[0], model: Parameters<typeof pynn>[0] = {}) => [
  pynn(model),
  brian(changes),
];

type Pair = readonly ImportedModel[] | (() => Promise<readonly [ImportedModel, ImportedModel]>);

const pairs: Readonly<Record<string, readonly [word: string, pair: () => Pair]>> = {
  'another name of the potential': ['the same model', () => byHand({})],
  'the same name of the potential': ['the same model', () => byHand({ v: 'v' })],
  'a conductance in place of a time constant': ['the same model', () => byHand({ leak: 'g*(E - u)/C' })],
  'other names of populations': ['the same model', () => byHand({ names: ['stim', 'neurons'] })],
  'two parallel projections': ['the same model', () => byHand({}, { weights: [0.2, 0.3] })],
  'a current of another sign that no synapse feeds': [
    'the same model as far as it acted',
    () => byHand({ drive: '(I + s + q)/C' }),
  ],
  'a branch that is never taken': [
    'the same model as far as it acted',
    () => byHand({ more: ' - 10*mV*int(s > 1*amp)' }),
  ],
  'another time constant': ['another model', () => byHand({ tau: 10.2 })],
  'another threshold': ['another model', () => byHand({ threshold: -49.5 })],
  'another reset': ['another model', () => byHand({ reset: -66 })],
  'another refractory period': ['another model', () => byHand({ refractory: 2.5 })],
  'another weight': ['another model', () => byHand({ weight: 0.52 })],
  'another delay': ['another model', () => byHand({ delay: 1.5 })],
  'another current': ['another model', () => byHand({}, { params: { i_offset: [0.25, 0.33] } })],
  'a parallel projection more': ['another model', () => byHand({}, { weights: [0.5, 0.1] })],
  'other cells': ['another model', () => [fixture('pynn/if-curr-exp.json'), fixture('pynn/if-curr-alpha.json')]],
  'other rules of plasticity': [
    'another model',
    () => [fixture('pynn/stdp-additive.json'), fixture('pynn/stdp-multiplicative.json')],
  ],
  'a cell in Brian': ['the same model', () => converted('pynn/if-curr-alpha.json', 'brian-json')],
  'a cell in NeuroML': ['the same model', () => converted('pynn/if-curr-exp.json', 'neuroml')],
  'plastic synapses in Brian': ['the same model', () => converted('pynn/stdp-additive.json', 'brian-json')],
};

test.each(Object.keys(pairs))(
  '%s: the verdict does not depend on the order',
  async (name) => {
    const [word, pair] = pairs[name]!;
    const made = pair();
    const [first, second] = (typeof made === 'function' ? await made() : made) as [ImportedModel, ImportedModel];
    expect([await verdict(first, second), await verdict(second, first)]).toEqual([word, word]);
  },
  60_000,
);
