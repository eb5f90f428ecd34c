/** Synapses on sources of given spikes, in notations whose sources have no place for synapses. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

/** Spikes at `times` (ms), on whose cells synapses count what arrives from a cell that fires at 1 ms. */
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

test.each([
  ['of one cell', network(1, [0, 0], [2, 9.9]), 2],
  ['of several, one of which is silent', network(3, [0, 2, 2], [2, 2, 15.05]), 3],
  ['at the first step', network(1, [0], [0]), 1],
  // 3 ms and 1 ms into each of 20/6 periods.
  ['again and again', network(1, [0, 0], [1, 3], ', period: 6 ms'), 7],
])('spikes %s are in LEMS where they were', async (_, valid, count) => {
  expect((await convertModel(valid, 'lems')).outcome).toBe('approximate');
  const { populations } = await checkConversion(valid, 'lems');
  const given = populations.find(({ population }) => population === 'given');
  expect(given).toMatchObject({ spikes: [count, count], matched: count, largest: 0 });
});

test('more spikes than a condition can have are said to be left out', async () => {
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
