/**
 * Gates of cells with compartments over a step of `cable`: against the solution of their equation at a fixed potential.
 */

import { expect, test } from 'vitest';
import { simulate, trace } from '../../support/simulate.js';

/** A cell without currents and with a constant potential of -60 mV; rates in 1/s there. */
const network = (dt: number, opening: number, closing: number): string => `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -60 mV
      sections: { soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm } }
      mechanisms:
        gate:
          state: { q: 0.9 }
          derivatives: { q: (a*(1 - q) - b*q) }
          derived:
            a: { unit: 1/ms, value: "${opening}/ms*exp((v + 60*mV)/(10*mV))" }
            b: { unit: 1/ms, value: "${closing}/ms*exp(-(v + 60*mV)/(10*mV))" }
          reads: [v]
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, variables: [gate.q], section: soma, name: gates }]
timing: grid
experiment: { dt: ${dt} ms, duration: 4 ms }
`;

/** Largest error of a gate; its values are for half a step before their label. */
async function error(dt: number, opening: number, closing: number): Promise<number> {
  const run = await simulate(network(dt, opening, closing));
  const slope = opening + closing;
  const target = opening / slope;
  return Math.max(
    ...trace(run, 'gates/gate.q').map((q, k) => {
      const expected = k === 0 ? 0.9 : target + (0.9 - target) * Math.exp(-slope * (k - 0.5) * dt);
      return Math.abs(q - expected);
    }),
  );
}

test.each([
  ['that close', 0.5, 1.5],
  ['that grow without bound', 0.2, -0.7],
])('gates %s come to their solution to third order', async (_, opening, closing) => {
  const [coarse, fine] = [await error(0.1, opening, closing), await error(0.05, opening, closing)];
  expect(coarse / fine).toBeGreaterThan(7);
  expect(fine).toBeLessThan(1e-4);
});

test('a gate that is a thousand times as fast as a step goes to its target and never beyond', async () => {
  const run = await simulate(network(0.1, 2000, 8000));
  const values = trace(run, 'gates/gate.q');
  values.slice(1).forEach((q, k) => expect(q).toBeLessThanOrEqual(values[k]!));
  expect(values[2]).toBeCloseTo(0.2, 4);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0.2);
});
