/** Synapses of one pair draw the same numbers whether their keys come from a table, as in large projections, or not. */

import { expect, test } from 'vitest';
import { finalOf, simulate } from '../../support/simulate.js';

const network = (synapses: number): string => `
interneuron: 1
name: drawn
neurons: { cell: { state: { v: 1 }, derivatives: { v: 0/s }, events: { spike: { when: v > 1, do: [] } } } }
synapses: { plain: { parameters: { w: 0 }, ports: { port: '1' }, pathways: { pre: port += w } } }
populations: { a: { type: cell, size: 32 }, b: { type: cell, size: 32 } }
projections:
  total:
    from: a
    to: b
    synapse: plain
    receptor: v
    connect: { rule: fixedTotal, n: ${synapses}, replace: true, self: true }
    values: { w: 'normal(1, 0.25)' }
    delay: 'normal(0.5*ms, 0.4*ms)'
    delayRange: { min: 0.1 ms, max: 1 ms, outOfRange: redraw }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 0.1 ms }] }
`;

/** The weights of the synapses of each pair and delay. */
async function weights(synapses: number): Promise<Map<string, number[]>> {
  const run = await simulate(network(synapses), { engines: [{ target: 'wasm', threads: 1 }], steps: 0 });
  const w = finalOf(run, 'total.w');
  expect(w).toHaveLength(synapses);
  const found = new Map<string, number[]>();
  run.synapses.get('total')!.forEach(({ source, target, delay }, k) => {
    const key = `${source} ${target} ${delay}`;
    found.set(key, [...(found.get(key) ?? []), w[k]!]);
  });
  return found;
}

test('every synapse of a small projection is in one with a table', async () => {
  const [few, many] = [await weights(20_000), await weights(1_100_000)];
  expect(few.size).toBeGreaterThan(5000);
  // Weights are kept in units that depend on the number of synapses.
  const isIn = (list: readonly number[] = [], w: number): boolean => list.some((one) => Math.abs(one - w) < 1e-8);
  for (const [key, list] of few)
    expect(
      list.filter((w) => !isIn(many.get(key), w)),
      key,
    ).toEqual([]);
});
