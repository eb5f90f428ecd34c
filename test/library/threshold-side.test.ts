/** Cells that spike below a threshold: no standard cell does, though its equations and numbers are the same. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../src/run/check/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

const group = (threshold: string, reset: string) =>
  importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/brian',
      neuron_groups: {
        G: { N: 1, model: 'dv/dt = (2 - v)/(10*ms) : 1', threshold, reset: `v = ${reset}`, method: 'exact' },
      },
      spike_monitors: { spikes: { source: 'G' } },
      run: '20 ms',
    }),
  }).valid;

test.each([
  ['v > 0.5', '0', 'IF_curr_exp'],
  ['0.5 < v', '0', 'IF_curr_exp'],
  // From 0 it spikes once, and is at 1.5 then, from where it goes to 2.
  ['v < 0.5', '1.5', 'native:G'],
  ['-v > -0.5', '1.5', 'native:G'],
])('%s', async (threshold, reset, type) => {
  const valid = group(threshold, reset);
  const { files } = await convertModel(valid, 'pynn-json');
  const { populations } = JSON.parse(files[0]?.text ?? '') as { populations: { cell: { type: string } }[] };
  expect(populations.map(({ cell }) => cell.type)).toEqual([type]);
  const { spikes } = await checkConversion(valid, 'pynn-json', {});
  expect(spikes[1]).toBe(spikes[0]);
  if (type !== 'IF_curr_exp') expect(spikes[0]).toBe(1);
  const { spikes: inLems } = await checkConversion(valid, 'lems');
  expect(inLems[1]).toBe(inLems[0]);
});
