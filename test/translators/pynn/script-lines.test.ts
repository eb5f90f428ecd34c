/** Files that belong to scripts of PyNN. */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import '../../../translators/pynn/road.js';

test('many spikes are read from a file of the script, in lines that Black keeps', async () => {
  const trains = [0, 1].map((cell) => Array.from({ length: 60 }, (_, k) => k + 0.25 * cell + (k % 2) / 8));
  const { valid } = importModel({
    name: 'x.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      populations: [
        { label: 'a', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: trains } } } },
      ],
      phases: [{ run: 70 }],
    }),
  });
  const [script, spikes] = (await exportPynnScript(valid)).files;
  expect(script?.text).toContain('spike_times=spikes_from(Path(__file__).with_name("model-a.spikes.json"))');
  expect(script?.text.split('\n').filter(({ length }) => length > 88)).toEqual([]);
  expect(JSON.parse(spikes?.text ?? '')).toEqual(trains);
});
