/** Spikes that add to what is the sum over other synapses in each step. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';

test('are said to be lost, as they are for the cell in Brian', async () => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      G: { N: 1, model: 'dv/dt = (g - v)/(10*ms) : 1\ng : 1', method: 'euler', threshold: 'v > 9', reset: 'v = 0' },
    },
    spike_generators: { given: { N: 1, indices: [0, 0], times: ['5 ms', '12 ms'] } },
    synapses: {
      sums: {
        source: 'given',
        target: 'G',
        model: 'dz/dt = -z/(5*ms) : 1 (clock-driven)\ng_post = z : 1 (summed)',
        method: 'euler',
        on_pre: 'z += 1',
        connect: true,
      },
      adds: { source: 'given', target: 'G', on_pre: 'g_post += 100', connect: true },
    },
    state_monitors: { M: { source: 'G', variables: ['v'], record: true } },
    run: '30 ms',
  });
  const { valid } = importModel({ name: 'm.json', text });
  const { report } = await convertModel(valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(report).toContainEqual(
    expect.objectContaining({ code: 'lems/added-to-sum', pointer: '/synapses/adds/pathways/pre' }),
  );
  const { variables } = await checkConversion(valid, 'lems');
  // z decays from 1 with half the time constant of v, which rises by 100 * dt/tau = 1 where the addition counts.
  expect(variables?.[0]?.range).toBeLessThan(0.5);
  expect(variables?.[0]?.largest).toBeLessThan(0.02);
});
