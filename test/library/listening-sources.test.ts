/** Synapses on sources of given spikes, in a notation whose sources of spikes have no synapses of Brian's kind. */

import { expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

/** Spikes at given times; on their cells, synapses count arrivals from a cell that fires at 1 ms. */
const text = `
format: interneuron/brian
dt: 0.1 ms
spike_generators:
  early: { N: 1, indices: [0], times: { values: [1], unit: ms } }
  given: { N: 3, indices: [0, 1, 2, 1], times: { values: [2, 5, 7, 9], unit: ms } }
synapses:
  seen: { source: early, target: given, model: 'n : 1', on_post: n += 1, connect: true }
spike_monitors:
  all: { source: given }
run: 20 ms
`;

test('keep their synapses in LEMS', async () => {
  const { files, report } = await convertModel(importModel({ name: 'network.yaml', text }).valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(files.map((file) => ('text' in file ? file.text : '')).join('')).toContain(
    '<projection id="seen" presynapticPopulation="early" postsynapticPopulation="given"',
  );
});
