/** Plastic synapses whose delays phases change, in Brian: what is sent has the new delay, too. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

const trains = Array.from({ length: 12 }, (_, i) => Array.from({ length: 9 }, (__, k) => 2 + 20 * k + 1.3 * i));
const document = (fraction: number, delays: readonly unknown[]): string =>
  JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1, pynn: '0.13', setup: { timestep: 0.1 } },
    populations: [
      { label: 's', size: 12, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: trains } } } },
      { label: 'c', size: 3, cell: { type: 'IF_curr_exp', params: {} } },
    ],
    projections: [
      {
        ...{ label: 'p', pre: 's', post: 'c', receptor_type: 'excitatory', connector: { type: 'AllToAllConnector' } },
        synapse: {
          type: 'STDPMechanism',
          timing_dependence: { type: 'SpikePairRule' },
          weight_dependence: { type: 'AdditiveWeightDependence', params: { w_min: 0, w_max: 6 } },
          dendritic_delay_fraction: fraction,
          params: { weight: 3, delay: delays[0] },
        },
      },
    ],
    recordings: [{ target: 'c', variables: 'spikes' }],
    phases: delays.flatMap((delay, k) => [
      ...(k === 0 ? [] : [{ set_projection: { target: 'p', params: { delay } } }]),
      { run: 60 },
    ]),
  });

test.each([0.5, 1])(
  'weights in transit take the delays that phases give, of which %d are dendritic',
  async (fraction) => {
    const { valid } = importModel({ name: 'a.json', text: document(fraction, [1.6, 3.6, 0.8]) });
    const check = await checkConversion(valid, 'brian-json');
    expect(check.spikes[0]).toBeGreaterThan(40);
    expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
    expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
  },
);

test('delays that are drawn again stay for what is sent, which is reported', async () => {
  const drawn = { random: 'uniform', params: { low: 1, high: 3 } };
  const { valid } = importModel({ name: 'a.json', text: document(1, [1.6, drawn]) });
  const { report } = await convertModel(valid, 'brian-json');
  expect(report).toContainEqual(
    expect.objectContaining({
      code: 'brian/sent-weight',
      pointer: '/projections/p',
      message: expect.stringContaining('keep the delay that they had at the beginning') as string,
    }),
  );
});
