/**
 * Delays between Brian and PyNN that are half a step more than whole ones: PyNN's simulators count the longer delay, also where division leaves
 * a little less than half; Brian adds a half and takes the whole steps.
 */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

const network = (delay: unknown): ValidModel =>
  importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      setup: { timestep: 0.2 },
      populations: [
        { label: 'in', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: [2, 9] } } },
        { label: 'out', size: 4, cell: { type: 'IF_curr_exp' } },
      ],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: 1, delay } },
        },
      ],
      recordings: [{ target: 'out', variables: ['spikes', 'v'] }],
      phases: [{ run: 20 }],
    }),
  }).valid;

test.each([
  ['one number', 3.1],
  ['numbers', [0.7, 1, 1.5, 3.1, 2.3, 2.5, 0.4, 0.9]],
  ['a formula of the target', { expr: '0.5 + 0.2*j', of: 'ij' }],
  ['a formula of both', { expr: '0.5 + 0.2*j + 0.6*i', of: 'ij' }],
])('%s: spikes arrive in Brian in the step in which they do', async (_, delay) => {
  const valid = network(delay);
  const halves = 0.0031 / 0.0002 + 0.5;
  // Division leaves a little less than 15.5: what Brian takes the whole steps of is less than 16.
  expect(Math.floor(halves)).toBe(15);
  for (const strict of [false, true]) {
    expect((await convertModel(valid, 'brian-json', { strict })).outcome).toBe('equivalent');
    const { variables } = await checkConversion(valid, 'brian-json', { strict });
    const v = variables?.find(({ variable }) => variable === 'v');
    expect(v?.range).toBeGreaterThan(1e-3);
    expect(v?.largest).toBeLessThan(1e-9);
  }
});

/** A group of Brian's that spikes excite, under one timing or the other. */
const excited = (delay: string | number[], timing: 'brian' | 'grid'): ValidModel => {
  const values = typeof delay === 'string' ? delay : { values: delay, unit: 'ms' };
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '0.2 ms',
    neuron_groups: {
      G: {
        N: 4,
        model: 'dv/dt = (-65*mV - v + ge)/(12*ms) : volt (unless refractory)\ndge/dt = -ge/(4*ms) : volt',
        threshold: 'v > -50*mV',
        reset: 'v = -65*mV',
        refractory: '2 ms',
        method: 'exact',
        initializers: { v: '-65 mV' },
      },
    },
    spike_generators: { S: { N: 2, indices: [0, 1, 0], times: ['3 ms', '7 ms', '12 ms'] } },
    synapses: {
      C: { source: 'S', target: 'G', on_pre: 'ge += 60*mV', connect: true, initializers: { delay: values } },
    },
    spike_monitors: { spikes: { source: 'G' } },
    state_monitors: { v: { source: 'G', variables: ['v'], record: true } },
    run: '20 ms',
  });
  return importModel({ name: 'model.json', text }, { timing }).valid;
};

test.each([
  ['3.1*ms', 'equivalent'],
  [[0.7, 1.1, 1.5, 2.3, 3.1, 0.9, 0.5, 1.9], 'equivalent'],
  // PyNN computes the formula, and its simulators round what it gives.
  ['(0.5 + 0.2*j + 0.6*i)*ms', 'approximate'],
])(
  '%j: spikes arrive in PyNN in the step in which they do, or the report says that not all do',
  async (delay, plain) => {
    for (const timing of ['brian', 'grid'] as const)
      for (const strict of [false, true]) {
        const valid = excited(delay, timing);
        const isSame = timing === 'grid' || strict || plain === 'equivalent';
        const { outcome } = await convertModel(valid, 'pynn-json', { strict });
        expect([timing, strict, outcome === 'approximate']).toEqual([timing, strict, !isSame]);
        const { variables, spikes } = await checkConversion(valid, 'pynn-json', { strict });
        const apart = variables?.find(({ variable }) => variable === 'v')?.largest ?? NaN;
        expect([timing, strict, spikes[0] > 8, apart < 1e-9]).toEqual([timing, strict, true, isSame]);
      }
  },
);
