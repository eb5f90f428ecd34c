/**
 * Delays that are half a step more than whole ones: PyNN's simulators count the longer delay, also where division leaves
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
