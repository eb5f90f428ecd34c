/** Synapses on sources of given spikes, in notations that have no synapses on sources. */

import { expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';

/** Spikes at `times` (ms); on their cells, synapses count arrivals from a cell that fires at 1 ms. */
function network(size: number, indices: readonly number[], times: readonly number[], period = '') {
  const text = `
format: interneuron/brian
dt: 0.1 ms
spike_generators:
  early: { N: 1, indices: [0], times: { values: [1], unit: ms } }
  given: { N: ${size}, indices: [${indices.join()}], times: { values: [${times.join()}], unit: ms }${period} }
synapses:
  seen: { source: early, target: given, model: 'n : 1', on_post: n += 1, connect: true }
spike_monitors:
  all: { source: given }
run: 20 ms
`;
  return importModel({ name: 'network.yaml', text }).valid;
}

test('reports spikes beyond the capacity of a condition as left out', async () => {
  const times = Array.from({ length: 2001 }, (_, k) => k / 200);
  const { outcome, report } = await convertModel(
    network(
      2001,
      times.map((_t, k) => k),
      times,
    ),
    'lems',
  );
  expect(outcome).toBe('incomplete');
  expect(report.find(({ verdict }) => verdict === 'notExpressible')?.pointer).toBe('/projections/seen');
});
