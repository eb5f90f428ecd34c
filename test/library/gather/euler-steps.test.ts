/** Models whose steps are too long for forward Euler are written to LEMS with shorter ones. */

import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

const cells = (tau: string, method = 'exact', more: object = {}): ReturnType<typeof importModel>['valid'] =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '1 ms',
      neuron_groups: {
        G: {
          N: 3,
          model: 'dv/dt = (1 - v)/tau : 1\ntau : second (constant)',
          threshold: 'v > 0.9',
          reset: 'v = 0',
          method,
          initializers: { tau },
          ...more,
        },
      },
      state_monitors: { trace: { source: 'G', variables: ['v'] } },
      spike_monitors: { spikes: { source: 'G' } },
      run: '40 ms',
    }),
  }).valid;

it.each([
  ['as long as the time constant', '1 ms', '0.1ms'],
  ['half as long as that of one cell', '10*ms - 4.25*ms*i', '0.1ms'],
  ['short', '10 ms', '1ms'],
])('where a step is %s', async (_, tau, step) => {
  const { files, report } = await convertModel(cells(tau), 'lems');
  expect(files[0]?.text).toContain(` step="${step}"`);
  expect(report.filter(({ code }) => code === 'lems/step')).toHaveLength(step === '1ms' ? 0 : 1);
});

it('the potential follows', async () => {
  // 1 - v becomes exp(-1) of itself in a step of 1 ms, by forward Euler nothing, and 0.9 of itself in one of 0.1 ms.
  const { spikes } = await checkConversion(cells('1 ms'), 'lems');
  expect(spikes).toEqual([3 * Math.floor(40 / 3), 3 * Math.floor(40 / 2.2)]);
});

it('those that have forward Euler themselves keep their step', async () => {
  const { files } = await convertModel(cells('1 ms', 'euler'), 'lems');
  expect(files[0]?.text).toContain(' step="1ms"');
});

it('steps in which a condition holds are not counted more often, nor is code of each step', async () => {
  const counting = {
    model: 'dv/dt = (1 - v)/tau : 1\ntau : second (constant)\nn : 1',
    events: { high: { condition: 'v > 0.5', code: 'n += 1' } },
  };
  const { files, report } = await convertModel(cells('1 ms', 'exact', counting), 'lems');
  expect(files[0]?.text).toContain(' step="1ms"');
  expect(report.filter(({ code }) => code === 'lems/step')).toEqual([]);
  const regular = {
    model: 'dv/dt = (1 - v)/tau : 1\ntau : second (constant)\nn : 1',
    run_regularly: [{ code: 'n += 1' }],
  };
  const valid = cells('1 ms', 'exact', regular);
  const { recordings } = valid.model;
  const trace = recordings.map((one) => ('variables' in one ? { ...one, variables: ['n'] } : one));
  const { variables } = await checkConversion({ ...valid, model: { ...valid.model, recordings: trace } }, 'lems');
  // Within a step, LEMS runs the code before or after it is recorded.
  expect(variables).toMatchObject([{ variable: 'n', range: 40 - 1 }]);
  expect(variables?.[0]?.largest).toBeLessThanOrEqual(1);
});

/** Of an event that acts in each step of 1 ms while its condition holds, a shorter step would make several. */
it.each([
  ['v += 0.01', 'v > 0.7', '1ms'],
  ['v += gain', 'v > 0.7', '1ms'],
  ['u -= 1', 'u < 0.7', '1ms'],
  ['v -= 1', 'v > 0.7', '0.1ms'],
  ['v = 0', 'v > 0.7', '0.1ms'],
  ['u += 0.5', 'v > u', '0.1ms'],
  ['u = 0', 'v > 0.7', '1ms'],
])('an event that does %s where %s: steps of %s', async (code, condition, step) => {
  const model = 'dv/dt = (1 - v)/tau : 1\ndu/dt = -u/(20*ms) : 1\ntau : second (constant)\ngain : 1 (constant)';
  const valid = cells('1 ms', 'exact', {
    model,
    initializers: { tau: '1 ms' },
    events: { large: { condition, code } },
  });
  const { files } = await convertModel(valid, 'lems');
  expect(files[0]?.text).toContain(` step="${step}"`);
});
