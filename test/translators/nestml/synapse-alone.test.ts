/** A file of a synapse alone: a network of pairs of cells whose spikes are up to 100 ms apart. */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';
import '../../../translators/nestml/road.js';

const windowed = `model pair_rule:
    state:
        w real = 4
        before real = 0
        after real = 0
    parameters:
        tau ms = 20 ms
    equations:
        before' = -before / tau
        after' = -after / tau
    input:
        pre_spikes <- spike
        post_spikes <- spike
    output:
        spike
    onReceive(post_spikes):
        w += before
        after = 1
    onReceive(pre_spikes):
        before = 1
        w -= after / 2
        emit_spike(w)
    update:
        integrate_odes()
`;

test('changes a weight by the time between two spikes', async () => {
  const session = openModel(importModel({ name: 'pair.nestml', text: windowed }));
  await session.run();
  const weights = await session.read('pairs', 'w');
  const received = await session.read('cell', 'received');
  await session.dispose();
  expect(weights.length).toBe(41);
  // A spike of the source acts 1 ms later, and one of the target 2 ms later.
  for (const [k, weight] of [...weights].entries()) {
    const between = 5 * k - 100 + 1;
    const expected = between > 0 ? 4 + Math.exp(-between / 20) : 4 - Math.exp(between / 20) / 2;
    expect(weight, String(between)).toBeCloseTo(expected, 9);
    expect(received[k]).toBeCloseTo(between > 0 ? 4 : expected, 9);
  }
});

test('is read without spikes of its target', async () => {
  const plain = `model plain_synapse:
    state:
        w real = 1
    input:
        pre_spikes <- spike
    output:
        spike
    onReceive(pre_spikes):
        emit_spike(w)
        w = 3
`;
  const session = openModel(importModel({ name: 'plain.nestml', text: plain }));
  await session.run();
  expect([...(await session.read('cell', 'received'))]).toEqual(Array(20).fill(4));
  await session.dispose();
});
