/** Tolerances of expectations as text, and whether any run could miss them. */

import type { Model } from '../../model/model.js';
import type { Expected } from './expected-quantity.js';
import type { Expectations } from './read-expectations.js';
import type { SpikeQuantity } from './spike-measures.js';

/** What one expectation accepts. */
export interface Tolerance {
  /** Name, expected value and tolerance. */
  readonly text: string;
  /** Whether no run can miss it, so that it checks nothing. */
  readonly acceptsAll: boolean;
}

/** Returns the tolerances of a file of expectations for a run of so many steps. */
export function tolerancesOf(
  { fingerprint, spikes, values }: Expectations,
  { populations, experiment: { dt } }: Model,
  steps: number,
): readonly Tolerance[] {
  return [
    ...(fingerprint ? [{ text: 'the fingerprint, bit by bit', acceptsAll: false }] : []),
    ...spikes.flatMap(({ name, population, cells, quantities, times, within }): readonly Tolerance[] => {
      const size = cells ? cells[1] - cells[0] : (populations[population]?.size ?? 0);
      // A cell spikes at most once per step.
      const most: Readonly<Record<SpikeQuantity, number>> = {
        count: size * steps,
        rate: 1 / dt,
        cv: Math.sqrt(steps),
        cv2: 2,
        lv: 3,
        lvr: Infinity,
      };
      return [
        ...Object.entries(quantities).map(([quantity, expected]) => ({
          text: `${name}: ${quantity} ${expected.text}`,
          acceptsAll: accepts(expected, 0) && accepts(expected, most[quantity as SpikeQuantity]),
        })),
        ...(times
          ? [
              {
                text: `${name}: times of ${times.seconds.length} spikes${within === undefined ? '' : ` within ${within} s`}`,
                acceptsAll: false,
              },
            ]
          : []),
      ];
    }),
    ...values.flatMap(({ name, samples }) =>
      samples.map(({ time, expected }) => ({
        text: `${name} at ${time} s: ${expected.text}`,
        acceptsAll: isBoundless(expected.value, expected.within),
      })),
    ),
  ];
}

const accepts = ({ value, within }: Expected, found: number): boolean => Math.abs(found - value) <= within;

/** Checks whether a tolerance is a thousand times its value: such a number states no more than its order of zero. */
export const isBoundless = (value: number, within: number): boolean =>
  within === Infinity || (value !== 0 && within >= 1000 * Math.abs(value));

/** Returns tolerances as one text, with those that check nothing marked. */
export const tolerancesText = (tolerances: readonly Tolerance[]): string =>
  tolerances.map(({ text, acceptsAll }) => (acceptsAll ? `${text} (no check: no run can miss it)` : text)).join('; ');
