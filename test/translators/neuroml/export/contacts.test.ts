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
