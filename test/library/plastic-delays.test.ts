/** Where delays of plastic synapses lie: NEST has them behind the synapse alone. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../src/run/check/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

test('STDP of Brian without a delay is what PyNN has by default, with the step of its delay behind the synapse', async () => {
  const text = `
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  cells:
    N: 3
    model: |
      dv/dt = (-60*mV - v + ge)/(10*ms) : volt
      dge/dt = -ge/(5*ms) : volt
    threshold: v > -50*mV
    reset: v = -60*mV
    initializers: { v: -60*mV, ge: 60*mV*(i + 1) }
synapses:
  s:
    source: cells
    target: cells
    model: |
      w : volt
      dApre/dt = -Apre/(20*ms) : volt (event-driven)
      dApost/dt = -Apost/(20*ms) : volt (event-driven)
    on_pre: |
      ge += w
      Apre += 0.01*mV
      w = clip(w + Apost, 0*mV, 2*mV)
    on_post: |
      Apost -= 0.012*mV
      w = clip(w + Apre, 0*mV, 2*mV)
    connect: { condition: i != j }
    initializers: { w: 1 mV }
run: 20 ms
`;
  const { valid } = importModel({ name: 'stdp.yaml', text });
  const { files, report } = await convertModel(valid, 'pynn');
  expect(files[0]?.text).toContain('sim.STDPMechanism(');
  expect(files[0]?.text).not.toContain('dendritic_delay_fraction');
  expect(report.map(({ code }) => code)).toContain('pynn/dendritic-delay');
  const { spikes, matched } = await checkConversion(valid, 'pynn-json');
  expect([spikes[0] > 2, matched]).toEqual([true, spikes[0]]);
});

test('a dendritic part of a delay that is no step is none, rather than a fault', async () => {
  const document = (fraction: number) => ({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1 },
    populations: [
      { label: 'a', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [5, 10] } } },
      { label: 'b', size: 1, cell: { type: 'IF_curr_exp', params: { i_offset: 1 } } },
    ],
    projections: [
      {
        label: 's',
        pre: 'a',
        post: 'b',
        connector: { type: 'AllToAllConnector' },
        synapse: {
          type: 'STDPMechanism',
          timing_dependence: { type: 'SpikePairRule' },
          weight_dependence: { type: 'AdditiveWeightDependence' },
          params: { weight: 0.5, delay: 0.1 },
          dendritic_delay_fraction: fraction,
        },
      },
    ],
    phases: [{ run: 50 }],
  });
  const hashOf = (fraction: number): string =>
    importModel({ name: 'stdp.json', text: JSON.stringify(document(fraction)) }).hashes.model;
  // A fifth of a step rounds to none of it, four fifths to all.
  expect([hashOf(0.2) === hashOf(0), hashOf(0.8) === hashOf(0)]).toEqual([true, false]);
});
