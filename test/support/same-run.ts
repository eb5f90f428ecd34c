/** A model and what it was converted to, run side by side: what a check has to find where both are the same function. */

import { expect } from 'vitest';
import type { ConversionCheck, SpikesByPopulation } from '../../src/run/check-conversion.js';

/**
 * Expects spikes in the same steps, and samples that are no further apart than rounding.
 *
 * @param more  than so many spikes the model must have, without which nothing would be shown
 * @param apart  the largest distance of samples, as a share of their range
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
 * Spikes of all cells in steps of 0.1 ms, by population.
 *
 * @param later  than the beginning of its step the time is by which a spike is named, in s
 */
export const inSteps = (spikes: SpikesByPopulation, later: number): Record<string, number[][]> =>
  Object.fromEntries(
    [...spikes].map(([name, trains]) => [
      name,
      trains.map((train) => train.map((time) => Math.round((time - later) * 1e4))),
    ]),
  );
