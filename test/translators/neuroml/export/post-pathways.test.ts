/** Several pathways of a synapse that begin at spikes of its own cell, each with its delay. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../../src/run/check/check-conversion.js';
import { importModel } from '../../../../src/run/pipeline.js';

test.each([
  ['the first at once', { late: '4 ms', later: '8 ms' }],
  ['all of them later', { post: '1 ms', late: '4 ms', later: '8 ms' }],
])('%s', async (_, delay) => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      G: { N: 1, model: 'dv/dt = 1/(9.95*ms) : 1\nn : 1', method: 'euler', threshold: 'v > 1', reset: 'v = -100' },
    },
    spike_generators: { silent: { N: 1, indices: [], times: [] } },
    synapses: {
      S: {
        source: 'silent',
        target: 'G',
        on_post: { post: 'n_post += 1', late: 'n_post += 10', later: 'n_post += 100' },
        delay,
        connect: true,
      },
    },
    state_monitors: { M: { source: 'G', variables: ['n'], record: true } },
    run: '30 ms',
  });
  const { spikes, variables } = await checkConversion(importModel({ name: 'm.json', text }).valid, 'lems');
  expect(spikes).toEqual([1, 1]);
  const [n] = variables ?? [];
  expect(n).toMatchObject({ variable: 'n', range: 111, samples: 300 });
  // Each effect is seen a step or two late: where one were lost or came twice, half of the samples would differ.
  expect(n!.rootMeanSquare).toBeLessThan(Math.sqrt((2 * (1 + 10 ** 2 + 100 ** 2)) / 300));
});
