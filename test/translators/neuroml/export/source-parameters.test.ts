/** Synapses that read parameters of the cells that they come from: LEMS shows them none of these. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel, type ImportedModel } from '../../../../src/run/pipeline.js';

const model = (run: unknown = '50 ms'): ImportedModel['valid'] =>
  importModel({
    name: 'm.yaml',
    text: stringify({
      ...{ format: 'interneuron/brian', version: 1, dt: '0.1 ms' },
      neuron_groups: {
        G: {
          N: 4,
          model:
            'dv/dt = (ge + gi - v + I)/(10*ms) : 1\ndge/dt = -ge/(5*ms) : 1\ndgi/dt = -gi/(5*ms) : 1\n' +
            'I : 1 (constant)\nexcitatory : boolean (constant)\nscale : 1 (constant)',
          ...{ threshold: 'v > 1', reset: 'v = 0', method: 'euler' },
          initializers: { I: '1.1 + 0.1*i', excitatory: 'i % 2 == 0', scale: '1 + 0.1*i' },
        },
      },
      synapses: {
        S: {
          ...{ source: 'G', target: 'G', connect: 'i != j', model: 'w : 1', delay: '1 ms' },
          on_pre: 'ge_post += w*scale_pre*int(excitatory_pre)\ngi_post -= w*int(not excitatory_pre)',
          initializers: { w: '0.1' },
        },
      },
      spike_monitors: { m: { source: 'G' } },
      run,
    }),
  }).valid;

test('they are parameters of the synapses, and the same spikes follow', async () => {
  const { matched, spikes } = await checkConversion(model(), 'lems');
  expect(spikes[0]).toBeGreaterThan(8);
  expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
});

test('but not where they change', async () => {
  const changing = model([{ duration: '20 ms' }, { set: { 'G.scale': '2' }, duration: '20 ms' }]);
  const { report } = await convertModel(changing, 'lems');
  expect(report).toContainEqual(
    expect.objectContaining({
      verdict: 'notExpressible',
      message: expect.stringMatching(/^pre\.scale at events: /) as string,
    }),
  );
});
