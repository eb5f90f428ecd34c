/** Code at regular times in LEMS: in the places of Brian's slots, which a run of both shows. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';
import type { ValidModel } from '../../../../src/model/model.js';
import { expectSameRun } from '../../../support/same-run.js';

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

/** At the beginning of steps, at their ends in two slots, and before thresholds; v keeps out code while it is held. */
const everywhere = [
  { code: 'n += 1', dt: '0.7 ms' },
  { code: 'v *= 0.9\nu = 0.1*sin(t/(5*ms))', dt: '1.3 ms' },
  { code: 'last = v', when: 'end' },
  { code: 'z = t/ms + n*last', when: 'after_resets', dt: '0.4 ms' },
  { code: 'v = v*0.99 + 0.001*t_in_timesteps/300', when: 'before_thresholds' },
];

test('code runs in the slots of the model, and spikes are in the same steps', async () => {
  // In Brian's order of names, the monitor is after the code.
  const valid = group(everywhere);
  const { outcome } = await convertModel(valid, 'lems', {});
  expect(outcome).toBe('equivalent');
  // The time has a slightly shorter step in LEMS, so that sums of steps do not reach the next one.
  expectSameRun(await checkConversion(valid, 'lems', {}), 100, 1e-6);
});

test.each([
  ['slots in which something of the cell happens', group([{ code: 'v *= 0.9', when: 'thresholds' }]), '/operations/'],
  ['times between steps', group([{ code: 'v *= 0.9', dt: '0.25 ms' }]), '/operations/'],
  ['samples that Brian takes before it', group(everywhere, 'A_monitor'), '/recordings/1'],
])('%s: the report says so', async (_, valid, where) => {
  const { report } = await convertModel(valid, 'lems', {});
  const remarks = report.filter(({ code, verdict }) => code === 'lems/operation' && verdict === 'approximated');
  expect(new Set(remarks.map(({ pointer }) => pointer.startsWith(where)))).toEqual(new Set([true]));
});
