/** The hazard of the gamma distribution, for parameters with a closed form. */

import { describe, expect, test } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { gammaHazard, withCallees } from '../../../src/ir/library/index.js';

const evaluator = createEvaluator(withCallees([gammaHazard()]));
const hazard = (k: number, x: number): number => Number(evaluator.call('gamma_hazard', [k, x])[0]);

describe('the gamma hazard', () => {
  test.each([0, 1e-9, 0.001, 0.5, 1, 2, 5, 50])('of shape 1 is 1 (x = %d)', (x) => {
    expect(Math.abs(hazard(1, x) - 1)).toBeLessThan(1e-12);
  });

  // Of whole shapes it is x^(k-1)/(k-1)! over the sum of x^n/n! for n < k.
  test.each([2, 3, 5, 10, 40].flatMap((k) => [0.01, 0.3, 1, 2.9, 6, 11, 40, 90].map((x) => [k, x] as const)))(
    'of shape %d at %d is that of the Erlang distribution',
    (k, x) => {
      let [term, sum] = [1, 0];
      for (let n = 0; n < k; n++) {
        sum += term;
        if (n < k - 1) term *= x / (n + 1);
      }
      expect(Math.abs(hazard(k, x) / (term / sum) - 1)).toBeLessThan(1e-11);
    },
  );

  // With shape 1/2 the survival is erfc(√x); erfc(1) and erfc(2) from NIST's Digital Library of Mathematical Functions,
  // table 7.
  test.each([
    [1, 0.157299207050285],
    [4, 0.004677734981047266],
  ])('of shape 1/2 at %d follows from the error function', (x, erfc) => {
    const density = Math.exp(-x) / Math.sqrt(Math.PI * x);
    expect(Math.abs(hazard(0.5, x) / (density / erfc) - 1)).toBeLessThan(1e-11);
  });

  test.each([
    [2, 0, 0],
    [0.5, 0, Infinity],
    [-1, 1, NaN],
    [2, -1, NaN],
  ])('of shape %d at %d is %d', (k, x, value) => {
    expect(hazard(k, x)).toBe(value);
  });
});
