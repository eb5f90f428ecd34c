/** Listed first values of populations in NeuroML: a population for each set, and never other values. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/neuroml/road.js';
import '../../../../translators/pynn/road.js';

const listed = (values: unknown, few: readonly number[]): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    populations: [
      { label: 'p', size: 40, cell: { type: 'IF_curr_exp' }, initial_values: { v: values } },
      { label: 'few', size: few.length, cell: { type: 'IF_curr_exp' }, initial_values: { v: few } },
    ],
    phases: [{ run: 1 }],
  });

const forty = Array.from({ length: 40 }, (_, k) => -64 + k * k * 0.008);

test.each(['neuroml', 'lems'] as const)('in %s, listed values are not drawn', async (to) => {
  const { valid } = importModel({ name: 'model.json', text: listed(forty, [-64, -60, -52]) });
  const { outcome, report, files } = await convertModel(valid, to, to === 'neuroml' ? { name: 'm.nml' } : {});
  expect(files.map(({ text }) => text).join('')).not.toContain('random(');
  expect(outcome).toBe(to === 'neuroml' ? 'incomplete' : 'not measured');
  const left = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer);
  expect(left).toEqual(to === 'neuroml' ? ['/populations/p/values/v'] : []);
});

test('beside drawn values, a population of three cells is one for each value', async () => {
  const drawn = { random: 'uniform', params: { low: -60, high: -50 } };
  const { valid } = importModel({ name: 'model.json', text: listed(drawn, [-64, -60, -52]) });
  const { outcome, files } = await convertModel(valid, 'neuroml', { name: 'm.nml' });
  expect(outcome).toBe('not measured');
  const text = files.map((file) => file.text).join('');
  expect(text.match(/<population id="few[^"]*" component="[^"]*" size="1"/g)).toHaveLength(3);
  for (const value of ['-64mV', '-60mV', '-52mV']) expect(text).toContain(`v_low="${value}" v_high="${value}"`);
});
