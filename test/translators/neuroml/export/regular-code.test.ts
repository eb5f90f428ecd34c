/** Code at regular times in LEMS, whose place within a step is a convention. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';
import type { ValidModel } from '../../../../src/model/model.js';

const group = (run_regularly: readonly object[], monitor = 'trace', more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: {
        A: {
          N: 10,
          model: 'dv/dt = (1.2 + 0.05*i - v + u)/(10*ms) : 1 (unless refractory)\nu : 1\nn : 1\nlast : 1\nz : 1',
          threshold: 'v > 0.4',
          reset: 'v = 0',
          refractory: '2*ms',
          method: 'euler',
          initializers: { v: 'i/20.', n: 2 },
          run_regularly,
          ...more,
        },
      },
      spike_monitors: { spikes: { source: 'A' } },
      state_monitors: { [monitor]: { source: 'A', variables: ['v', 'u', 'n', 'last', 'z'], record: true } },
      run: '100 ms',
    }),
  }).valid;

test.each([
  ['slots in which something of the cell happens', group([{ code: 'v *= 0.9', when: 'thresholds' }]), '/operations/'],
  ['times between steps', group([{ code: 'v *= 0.9', dt: '0.25 ms' }]), '/operations/'],
])('%s: the report says so', async (_, valid, where) => {
  const { report } = await convertModel(valid, 'lems', {});
  const remarks = report.filter(
    ({ code, verdict }) => code === 'convention/regular-code' && verdict === 'approximated',
  );
  expect(new Set(remarks.map(({ pointer }) => pointer.startsWith(where)))).toEqual(new Set([true]));
});
