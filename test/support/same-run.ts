/** Runs a model and its conversion side by side: the results of a check must agree if both are the same function. */

import { expect } from 'vitest';
import type { ConversionCheck } from '../../src/verify/check-conversion.js';
import type { SpikesByPopulation } from '../../src/verify/compare-spikes.js';

/**
 * Expects spikes in the same steps, and samples that differ only by rounding.
 *
 * @param more least number of spikes of the model, for a meaningful test
 * @param apart the largest distance of samples, as a share of their range
 */
export function expectSameRun(
  { populations, spikes, variables = [] }: ConversionCheck,
  more: number,
  apart = 1e-9,
): void {
  expect(spikes[0]).toBeGreaterThan(more);
  for (const { population, spikes: both, matched, largest } of populations) {
    expect([both[1], matched], population).toEqual([both[0], both[0]]);
    expect(largest, population).toBeLessThan(1e-9);
  }
  for (const { variable, largest, range } of variables) expect(largest, variable).toBeLessThanOrEqual(apart * range);
}

/**
 * Returns spikes of all cells in steps of 0.1 ms, by population.
 *
 * @param later offset of a spike's time from the beginning of its step, in s
 */
export const inSteps = (spikes: SpikesByPopulation, later: number): Record<string, number[][]> =>
  Object.fromEntries(
    [...spikes].map(([name, trains]) => [
      name,
      trains.map((train) => train.map((time) => Math.round((time - later) * 1e4))),
    ]),
  );
