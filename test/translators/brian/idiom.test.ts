/** Models of other notations in the words of Brian's users. */

import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { decodeSource } from '../../../src/run/read/read-source.js';
import { normalised } from '../../model/support.js';
import type { ValidModel } from '../../../src/model/model.js';
import type { Loose } from './support.js';

const inBrian = async (valid: ValidModel): Promise<Loose> => {
  const { files } = await convertModel(valid, 'brian-json');
  return JSON.parse(files[0]?.text ?? '');
};
const network = (): ValidModel =>
  importModel(decodeSource('fixtures/neuroml/network.xml', readFileSync('fixtures/neuroml/network.xml'))).valid;

test('parameters that follow from constants are constants, and those that nothing reads then are gone', async () => {
  const { synapses, namespace } = await inBrian(network());
  // expTwoSynapse of NeuroML 2: tauRise 0.5 ms, tauDecay 3 ms.
  const [rise, decay] = [0.5, 3];
  const peak = (Math.log(decay / rise) * rise * decay) / (decay - rise);
  const factor = 1 / (Math.exp(-peak / decay) - Math.exp(-peak / rise));
  expect(Number(namespace.waveformFactor)).toBeCloseTo(factor, 12);
  expect(namespace.riseTime).toBe('0.5 ms');
  expect(synapses.excInh.model).not.toMatch(/waveformFactor|peakTime|equalTimes|tauRise/);
  expect(synapses.excInh.initializers).toBeUndefined();
});

test('equations of a channel stand together', async () => {
  const { neuron_groups } = await inBrian(network());
  const [cell = '', ...channels] = String(neuron_groups.exc.model).split('# ');
  expect(channels.map((text) => text.split('\n')[0])).toEqual(['leak', 'na', 'k']);
  expect(cell).toMatch(/^dv\/dt = /);
  const gates = channels.map((text) => [...text.matchAll(/^d(\w+)\/dt/gm)].map(([, name]) => name));
  expect(gates).toEqual([[], ['m', 'h'], ['n']]);
});

const cell = (protocol: string, recordings = ''): ValidModel =>
  normalised(
    [
      'interneuron: 1',
      'timing: grid',
      'neurons:',
      '  n:',
      '    parameters: { a: { value: 2 ms }, b: { unit: s, value: 2*a }, v_init: { value: 5 mV } }',
      '    state: { v: { unit: V, initial: v_init + 1*mV }, still: { unit: V, initial: v_init } }',
      '    derivatives: { v: (still - v)/b }',
      'populations: { P: { type: n, size: 4 } }',
      `experiment: { dt: 0.1 ms, protocol: [${protocol}] }`,
      recordings,
    ].join('\n'),
  );

test('what the protocol changes, and what follows from it, stays a variable', async () => {
  const { neuron_groups } = await inBrian(cell('{ run: 1 ms }'));
  expect(neuron_groups.P).toMatchObject({ model: 'dv/dt = (still - v)/b : volt', initializers: { v: '6 mV' } });
  const changed = await inBrian(cell('{ run: 1 ms }, { set: { P.a: 3 ms } }, { run: 1 ms }'));
  expect(changed.neuron_groups.P.model).toContain('a : second');
  expect(changed.neuron_groups.P.initializers).toMatchObject({ b: '2*a' });
});

test('state that is recorded stays a variable', async () => {
  const recorded = 'recordings: [{ of: P, variables: [still] }]';
  const { neuron_groups } = await inBrian(cell('{ run: 1 ms }', recorded));
  expect(neuron_groups.P.model).toContain('still : volt');
});

test('coordinates that code of cells reads are parameters, those of structures too', async () => {
  const { neuron_groups } = await inBrian(
    normalised(
      [
        'interneuron: 1',
        'timing: grid',
        'neurons:',
        '  n: { state: { v: { unit: V, initial: 2*mV*x/um }, w: 0 mV }, derivatives: { w: -w/(1*ms) + y*V/(1*m*s) } }',
        '  plain: { state: { v: 0 mV } }',
        'populations:',
        '  P: { type: n, size: 4, positions: { structure: grid2D, arguments: { dx: 50 um, dy: 25 um } } }',
        '  Q: { type: n, size: 2, positions: { array: [[1, 2, 3], [4, 5, 6]], unit: um } }',
        '  R: { type: plain, size: 2, positions: { array: [[1, 2, 3], [4, 5, 6]], unit: um } }',
        'experiment: { dt: 0.1 ms, duration: 1 ms }',
      ].join('\n'),
    ),
  );
  expect(neuron_groups.P.model).toContain('x : meter (constant)\ny : meter (constant)');
  expect(neuron_groups.P.model).not.toContain('z : meter');
  // PyNN's Grid2D with fill_order 'sequential': y varies faster.
  expect(neuron_groups.P.initializers).toMatchObject({
    x: { values: [0, 0, 50, 50], unit: 'um' },
    y: { values: [0, 25, 0, 25], unit: 'um' },
  });
  expect(neuron_groups.Q.initializers).toMatchObject({ x: { values: [1, 4] }, y: { values: [2, 5] } });
  expect(neuron_groups.R.model).not.toContain('meter');
});

test.each([
  // Of a normal distribution, 31.7 % lie beyond one deviation; PyNN draws these again.
  ['within one deviation', 3, 5, /: 32 % of all$/],
  ['within three deviations', 1, 7, /: 0\.2\d % of all$/],
  ['far away', -6, 14, undefined],
])('normal weights with bounds %s', async (_, low, high, message) => {
  const document = {
    ...{ format: 'interneuron/pynn', version: 1, rngs: { r: { type: 'NumpyRNG', seed: 1 } } },
    populations: [{ label: 'a', size: 9, cell: { type: 'IF_curr_exp', params: {} } }],
    projections: [
      {
        ...{ label: 'p', pre: 'a', post: 'a', receptor_type: 'excitatory' },
        connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 }, rng: 'r' },
        synapse: {
          type: 'StaticSynapse',
          params: { delay: 1, weight: { random: 'normal_clipped', params: { mu: 4, sigma: 1, low, high }, rng: 'r' } },
        },
      },
    ],
    phases: [{ run: 1 }],
  };
  const { valid } = importModel({ name: 'a.json', text: JSON.stringify(document) });
  const { report } = await convertModel(valid, 'brian-json');
  const about = report.filter(({ pointer }) => pointer === '/projections/p/values/weight');
  if (message === undefined) expect(about).toMatchObject([{ verdict: 'equivalent' }]);
  else expect(about).toMatchObject([{ verdict: 'approximated', message: expect.stringMatching(message) as string }]);
});

test('draws have the numbers of the model, in units that people use', async () => {
  const random = (name: string, params: object): object => ({ random: name, params, rng: 'r' });
  const params = {
    tau_m: random('uniform', { low: 10.5, high: 20 }),
    i_offset: random('normal', { mu: 0.13, sigma: 0.01 }),
    v_reset: random('normal_clipped_to_boundary', { mu: -65, sigma: 2, low: -67, high: -61 }),
  };
  const document = {
    ...{ format: 'interneuron/pynn', version: 1, rngs: { r: { type: 'NumpyRNG', seed: 1 } } },
    populations: [{ label: 'a', size: 9, cell: { type: 'IF_cond_exp', params } }],
    phases: [{ run: 1 }],
  };
  const { neuron_groups } = await inBrian(importModel({ name: 'a.json', text: JSON.stringify(document) }).valid);
  expect(neuron_groups.a.initializers).toMatchObject({
    tau_m: '10.5*ms + 9.5*ms*rand()',
    i_offset: '0.13*nA + 10*pA*randn()',
    v_reset: 'clip(-65*mV + 2*mV*randn(), -67*mV, -61*mV)',
  });
});

const excited = (label: string, weight: number): object => ({
  ...{ label, pre: 'a', post: 'b', receptor_type: weight < 0 ? 'inhibitory' : 'excitatory' },
  connector: { type: 'AllToAllConnector' },
  synapse: { type: 'StaticSynapse', params: { weight, delay: 1 } },
});

const pynn = (type: string, projections: readonly object[], current = 0): string =>
  JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1 },
    populations: [
      { label: 'a', size: 1, cell: { type, params: { i_offset: current } } },
      { label: 'b', size: 1, cell: { type } },
    ],
    projections,
    phases: [{ run: 1 }],
  });

test('cells of one type have one set of equations, whether or not they have a constant current', async () => {
  const given = await inBrian(importModel({ name: 'a.json', text: pynn('IF_cond_exp', [], 1) }).valid);
  const { a, b } = given.neuron_groups;
  expect(a.model).toContain('i_offset : amp (constant)');
  expect(b.model).toBe(a.model);
  expect([a.initializers.i_offset, b.initializers.i_offset]).toEqual(['1 nA', undefined]);
  const none = await inBrian(importModel({ name: 'a.json', text: pynn('IF_cond_exp', []) }).valid);
  expect(none.neuron_groups.a.model).not.toContain('i_offset');
});

test('weights that differ are in the code, one that all have is a constant, and all are read again', async () => {
  const text = pynn('IF_curr_alpha', [excited('p', 1), excited('q', -0.5)]);
  const { synapses, namespace, neuron_groups, ...others } = await inBrian(importModel({ name: 'a.json', text }).valid);
  expect([synapses.p.on_pre, synapses.q.on_pre]).toEqual([
    'isyn_exc_rise_post += 1*nA',
    'isyn_inh_rise_post -= 0.5*nA',
  ]);
  expect([synapses.p.namespace, synapses.q.namespace, namespace.weight]).toEqual([undefined, undefined, undefined]);
  // exp(1), which SymPy knows by its name.
  expect(neuron_groups.b.model).toContain('(e*isyn_exc_rise - isyn_exc)/tau_syn_E');
  const document = JSON.stringify({ ...others, synapses, namespace, neuron_groups, annotations: {} });
  const { files } = await convertModel(importModel({ name: 'b.json', text: document }).valid, 'pynn-json');
  const { projections } = JSON.parse(files[0]?.text ?? '');
  expect(projections.map(({ synapse }: Loose) => synapse.params.weight)).toEqual([1, -0.5]);
  const same = pynn('IF_curr_alpha', [excited('p', 1), excited('q', 1)]);
  const { synapses: both, namespace: constants } = await inBrian(importModel({ name: 'a.json', text: same }).valid);
  expect([both.p.on_pre, both.q.on_pre, constants.weight]).toEqual([
    'isyn_exc_rise_post += weight',
    'isyn_exc_rise_post += weight',
    '1 nA',
  ]);
});

test('currents of cells whose steps adapt elsewhere are one sum', async () => {
  const { neuron_groups } = await inBrian(importModel({ name: 'a.json', text: pynn('HH_cond_exp', [], 1) }).valid);
  expect(neuron_groups.a.model).toContain('+ gsyn_exc*(e_rev_E - v) + gsyn_inh*(e_rev_I - v) + i_offset)/C_m');
});

test('a uniform number is an offset and a width', async () => {
  const uniform = { random: 'uniform', params: { low: -65, high: -50.5 } };
  const document = {
    ...{ format: 'interneuron/pynn', version: 1 },
    populations: [{ label: 'a', size: 9, cell: { type: 'IF_cond_exp' }, initial_values: { v: uniform } }],
    phases: [{ run: 1 }],
  };
  const { neuron_groups } = await inBrian(importModel({ name: 'a.json', text: JSON.stringify(document) }).valid);
  expect(neuron_groups.a.initializers.v).toBe('-65*mV + 14.5*mV*rand()');
});

test('what is compared with zero keeps the unit of zero where inputs are left out', async () => {
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [{ label: 'a', size: 2, cell: { type: 'EIF_cond_exp_isfa_ista', params: { delta_T: [2, 0] } } }],
    phases: [{ run: 1 }],
  });
  const { neuron_groups } = await inBrian(importModel({ name: 'm.json', text }).valid);
  expect(String(neuron_groups.a.model)).toContain('int(delta_T > 0*mV)');
});

// min_delay and max_delay of PyNN's setup: listed delays and limits of a distribution are known to lie between them.
test.each([
  ['a list', [[0, 1, 0.1, 0.5]], undefined, []],
  ['limits', undefined, { random: 'uniform', params: { low: 0.5, high: 2 }, rng: 'r' }, []],
  ['wider limits', undefined, { random: 'uniform', params: { low: 0.5, high: 3 }, rng: 'r' }, ['brian/delay-range']],
])('delays by %s between those of the model', async (_, list, delay, approximated) => {
  const connector =
    list === undefined
      ? { connector: { type: 'AllToAllConnector' }, synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay } } }
      : {
          connector: { type: 'FromListConnector', params: { conn_list: list } },
          synapse: { type: 'StaticSynapse' },
        };
  const document = {
    ...{ format: 'interneuron/pynn', version: 1, setup: { timestep: 0.1, min_delay: 0.5, max_delay: 2 } },
    rngs: { r: { type: 'NumpyRNG', seed: 1 } },
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_curr_exp' } }],
    projections: [{ label: 'p', pre: 'a', post: 'a', ...connector }],
    phases: [{ run: 1 }],
  };
  const { valid } = importModel({ name: 'a.json', text: JSON.stringify(document) });
  const { report } = await convertModel(valid, 'brian-json');
  const codes = report.flatMap(({ verdict, code }) => (verdict === 'approximated' ? [code] : []));
  expect(codes).toEqual([...approximated, 'convention/refractory']);
});
