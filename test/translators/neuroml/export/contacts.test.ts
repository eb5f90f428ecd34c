/**
 * Sums over cells under the timings of Brian and PyNN are of all cells as they are at the beginning of a step. LEMS advances one
 * cell after another: strictly, synapses see cells as they were then, whatever the order. Spikes are those of the model, in the
 * same steps, and samples are the same.
 */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';
import type { ValidModel } from '../../../../src/model/model.js';
import { expectSameRun } from '../../../support/same-run.js';

const network = (groups: Readonly<Record<string, object>>, synapses: object): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: groups,
      synapses,
      spike_monitors: Object.fromEntries(Object.keys(groups).map((name) => [`of_${name}`, { source: name }])),
      state_monitors: Object.fromEntries(
        Object.keys(groups).map((name) => [`in_${name}`, { source: name, variables: ['v', 'gap', 'w'], record: true }]),
      ),
      run: '60 ms',
    }),
  }).valid;

const cells = (N: number, more: object = {}): object => ({
  N,
  model: `dv/dt = (1.1 + 0.15*i - v + 0.2*gap - w + 0.1*other)/(10*ms) : 1 (unless refractory)
dw/dt = (0.3*v - w)/(30*ms) : 1
gap : 1
other : 1
u = v*v - w : 1`,
  threshold: 'v > 0.8',
  reset: 'v = 0\nw += 0.05',
  refractory: '1*ms',
  method: 'euler',
  ...more,
});
const summed = (source: string, target: string, model: string, more: object = {}): object => ({
  source,
  target,
  model: `${model} : 1 (summed)`,
  connect: true,
  ...more,
});

test.each<readonly [string, ValidModel]>([
  [
    'contacts within and between populations, in both directions, rectifying ones, and spikes',
    network(
      { A: cells(4), B: cells(3, { method: 'exponential_euler' }) },
      {
        ab: summed('A', 'B', 'gap_post = v_pre - v_post', { connect: { condition: '(i + j) % 2 == 0' } }),
        ba: summed('B', 'A', 'gap_post = clip(v_pre - v_post, 0, 1)'),
        aa: summed('A', 'A', 'k : 1\nother_post = k*w_pre', { initializers: { k: '0.5 + 0.1*i' } }),
        exc: { source: 'A', target: 'B', on_pre: 'v_post += 0.08', delay: '1 ms', connect: true },
      },
    ),
  ],
  [
    'what is derived from the state of both cells, and values of synapses',
    network(
      { B: cells(4), A: cells(3) },
      {
        ab: summed('A', 'B', 'q : 1\nd = u_pre - u_post : 1\ngap_post = q*d', { initializers: { q: '0.3 + 0.1*j' } }),
        ba: summed('B', 'A', 'gap_post = w_pre - v_post'),
        bb: summed('B', 'B', 'other_post = u_pre', { connect: { condition: 'abs(i - j) < 2' } }),
      },
    ),
  ],
  [
    'contacts of PyNN',
    importModel({
      name: 'gaps.json',
      text: JSON.stringify({
        format: 'interneuron/pynn',
        populations: [
          { label: 'a', size: 3, cell: { type: 'IF_cond_exp', params: { i_offset: 1.2 } } },
          { label: 'b', size: 2, cell: { type: 'IF_curr_alpha', params: { i_offset: 1 } } },
        ],
        projections: ['b', 'a'].map((post) => ({
          label: `to ${post}`,
          pre: 'a',
          post,
          source: 'source_section.gap',
          receptor_type: 'source_section.gap',
          connector: { type: 'AllToAllConnector', params: { allow_self_connections: false } },
          synapse: { type: 'ElectricalSynapse', params: { weight: 0.005 } },
        })),
        recordings: ['a', 'b'].map((target) => ({ target, variables: ['spikes', 'v'] })),
        phases: [{ run: 100 }],
      }),
    }).valid,
  ],
])('%s', async (_, valid) => {
  const converted = await convertModel(valid, 'lems', { strict: true });
  expect(converted.outcome).toBe('equivalent');
  expectSameRun(await checkConversion(valid, 'lems', { strict: true, converted }), 8);
});

test.each<readonly [string, Readonly<Record<string, object>>, object]>([
  [
    'a sum of sums',
    { A: cells(3) },
    { aa: summed('A', 'A', 'gap_post = v_pre'), bad: summed('A', 'A', 'other_post = gap_pre') },
  ],
  [
    'synapses that are advanced after cells',
    { A: cells(3) },
    {
      bad: {
        ...summed('A', 'A', 'ds/dt = (v_post - s)/(5*ms) : 1 (clock-driven)\ngap_post = s', {
          connect: { condition: 'i == j' },
        }),
        method: 'euler',
      },
    },
  ],
  [
    'a sum that is made when other cells were advanced',
    { A: cells(3, { order: 1 }), B: cells(3) },
    { bad: summed('B', 'A', 'gap_post = v_pre - v_post') },
  ],
])('%s: the report says that LEMS has another order', async (_, groups, synapses) => {
  const { report } = await convertModel(network(groups, synapses), 'lems', { strict: true });
  const approximated = report.flatMap(({ code, pointer, verdict }) =>
    code === 'lems/timing' && verdict === 'approximated' ? [pointer] : [],
  );
  expect(approximated).toEqual(['/projections/bad']);
});

test('the first sample of a sum is said to be another', async () => {
  const valid = network(
    { A: cells(3, { initializers: { v: '0.1*i' } }) },
    { aa: summed('A', 'A', 'gap_post = v_pre - v_post') },
  );
  const { report } = await convertModel(valid, 'lems', { strict: true });
  expect(report).toContainEqual(
    expect.objectContaining({ code: 'lems/sampling', verdict: 'equivalent', pointer: '/recordings/1' }),
  );
});

const linked = (groups: Readonly<Record<string, object>>, recorded = ['v', 'x']): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: groups,
      spike_monitors: { spikes: { source: 'm' } },
      state_monitors: { states: { source: 'm', variables: recorded, record: true } },
      run: '60 ms',
    }),
  }).valid;

/** Brian advances groups in the order of their names, and `m_1` before `m`. */
const signal = {
  N: 2,
  model: 'dx/dt = (0.5 + 0.3*i + w)/(3*ms) : 1\ndw/dt = -x/(3*ms) : 1\nu = 2*x : 1',
  method: 'euler',
};
const reader = (source: string, more: object = {}): object => ({
  N: 2,
  model: 'dv/dt = (8 + x + y - v)/(5*ms) : 1\nx : 1 (linked)\ny : 1 (linked)\nz = x + v : 1',
  threshold: 'v > 5',
  reset: 'v = 0',
  method: 'euler',
  linked: { x: `${source}.x`, y: `${source}.u` },
  ...more,
});

test.each<readonly [string, ValidModel]>([
  ['advanced before those that read them, in thresholds, too', linked({ a: signal, m: reader('a') })],
  [
    'read by thresholds after both were advanced',
    linked({ a: signal, m: reader('a', { threshold: 'v > 5 + 0.1*x', reset: 'v = 0.1*x' }) }),
  ],
])('variables of cells %s', async (_, valid) => {
  const converted = await convertModel(valid, 'lems', { strict: true });
  expect(converted.outcome).toBe('equivalent');
  expectSameRun(await checkConversion(valid, 'lems', { strict: true, converted }), 8);
});

test('variables of cells that are advanced after those that read them: samples are said to be late', async () => {
  const firing = { ...signal, threshold: 'x > 0.3', reset: 'x -= 0.2' };
  for (const [source, method] of [
    [signal, 'euler'],
    [signal, 'rk4'],
    [firing, 'euler'],
  ] as const) {
    const valid = linked({ s: source, m: reader('s', { method }) });
    const converted = await convertModel(valid, 'lems', { strict: true });
    expect(converted.outcome).toBe('equivalent');
    expect(converted.report).toContainEqual(
      expect.objectContaining({ code: 'lems/sampling', verdict: 'equivalent', pointer: '/recordings/1' }),
    );
    const checked = await checkConversion(valid, 'lems', { strict: true, converted });
    expectSameRun({ ...checked, variables: checked.variables?.filter(({ variable }) => variable === 'v') ?? [] }, 8);
  }
});

test.each<readonly [string, ValidModel]>([
  ['thresholds read cells that are advanced later', linked({ s: signal, m: reader('s', { threshold: 'v > 5 + x' }) })],
  [
    'events of the cells that are read change them',
    linked({ a: { ...signal, threshold: 'x > 0.3', reset: 'x = 0' }, m: reader('a') }),
  ],
  ['samples are of what cells read and of their state', linked({ a: signal, m: reader('a') }, ['z'])],
  [
    'what holds over a step reads them',
    linked({
      a: signal,
      m: reader('a', {
        model: 'dv/dt = (8 + h - v)/(5*ms) : 1\nx : 1 (linked)\ny : 1 (linked)\nh = x + y : 1 (constant over dt)',
      }),
    }),
  ],
])('variables of other cells: %s, and the report says that LEMS has another order', async (_, valid) => {
  const { report } = await convertModel(valid, 'lems', { strict: true });
  expect(report.some(({ code, verdict }) => code === 'lems/timing' && verdict === 'approximated')).toBe(true);
});

test('cells that others read are written so that these can be attached to them, and sums are no attributes', async () => {
  const integrator = {
    N: 2,
    model: 'dv/dt = (-65*mV - v + 25*mV + 2*mV*i)/(12*ms) : volt',
    threshold: 'v > -50*mV',
    reset: 'v = -60*mV',
    method: 'euler',
  };
  const follower = {
    ...integrator,
    model: 'dv/dt = (-65*mV - v + 20*mV + 0.2*(other - v))/(12*ms) : volt\nother : volt (linked)',
    linked: { other: 'z.v' },
  };
  const valid = linked({ z: integrator, m: follower }, ['v']);
  for (const strict of [false, true]) {
    const converted = await convertModel(valid, 'lems', { strict });
    expect(converted.outcome).toBe(strict ? 'equivalent' : 'approximate');
    // NeuroML's iafTauCell has the equations of z, and nothing can be attached to it.
    const { diagnostics } = importModel(converted.files[0]!);
    expect(diagnostics.filter(({ severity }) => severity !== 'note').map(({ code }) => code)).toEqual([]);
    if (strict) expectSameRun(await checkConversion(valid, 'lems', { strict, converted }), 3);
  }
});
