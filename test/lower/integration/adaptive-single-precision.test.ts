/**
 * Adaptive sub-steps in single precision: cells with an adaptation current near zero, so that the error estimate is
 * only rounding.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../support/simulate.js';
import '../../../translators/pynn/road.js';

describe('exponential integrate-and-fire cells of PyNN', () => {
  test.each(['eif-cond-alpha-isfa-ista', 'eif-cond-exp-isfa-ista'])(
    '%s: as in double precision, but for roundings',
    async (name) => {
      const text = readFileSync(`fixtures/pynn/${name}.json`, 'utf8');
      const [exact, single] = [
        await simulate(text, { steps: 300 }),
        await simulate(text, { steps: 300, precision: 'float32' }),
      ];
      expect([exact.faults, single.faults]).toEqual([[], []]);
      expect([...single.events]).toEqual([...exact.events]);
      let compared = 0;
      for (const [key, values] of exact.final) {
        if (!/\.(v|w)$/.test(key)) continue;
        values.forEach((value, k) => {
          const found = single.final.get(key)?.[k] ?? NaN;
          // Volts to a hundredth of a millivolt, amperes to a femtoampere.
          expect(Math.abs(found - value), `${key}[${k}]: ${found} and ${value}`).toBeLessThan(
            key.endsWith('.v') ? 1e-5 : 1e-15,
          );
          compared += 1;
        });
      }
      expect(compared).toBeGreaterThan(0);
    },
  );

  test('a variable that grows beyond all numbers is a fault in either precision', async () => {
    const text = `
interneuron: 1
name: beyond all numbers
neurons: { cell: { state: { x: { initial: 1 } }, derivatives: { x: x*x/(1*ms) }, method: adaptive } }
populations: { cells: { type: cell, size: 1 } }
timing: brian
experiment: { dt: 0.1 ms, duration: 3 ms }
`;
    for (const precision of ['float64', 'float32'] as const) {
      const run = await simulate(text, { precision });
      expect(run.faults.join()).toMatch(/the equations of x cannot be integrated/);
    }
  });
});
