/** Currents that draw: Brian allows one draw in an expression, in each step, for each neuron or for all of a group. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

test('each is a line of its own, shared as its cells share it; what is drawn less often is said', async () => {
  const noise = (label: string, dt: number): object => ({
    label,
    type: 'NoisyCurrentSource',
    params: { mean: 0.5, stdev: 0.1, dt },
    inject_into: ['cells'],
  });
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    setup: { timestep: 0.1 },
    populations: [{ label: 'cells', size: 2, cell: { type: 'IF_curr_exp' } }],
    current_sources: [noise('fast', 0.1), noise('slow', 5)],
    phases: [{ run: 10 }],
  });
  const { files, report } = await convertModel(importModel({ name: 'model.json', text }).valid, 'brian');
  const script = files[0]?.text ?? '';
  for (const name of ['fast', 'slow'])
    expect(script).toContain(`${name} = 0.5*nA + 0.1*nA*randn() : amp (shared, constant over dt)`);
  expect(script).toContain('i_inj = fast + slow : amp');
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([
    expect.objectContaining({ code: 'brian/held-noise', pointer: '/stimuli/slow' }),
  ]);
});
