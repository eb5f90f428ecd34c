/** Which consecutive steps are launched as one command, on devices that have such. */

import type { StepEntry } from '../../../src/ir/program.js';

/** Whether an entry is due in a step. */
export const isDue = ({ every, offset }: StepEntry, step: number): boolean =>
  step >= offset && (step - offset) % every === 0;

/** Steps that one command is for, and which entries run in each of them. */
interface Stretch {
  readonly steps: number;
  /** Equal for ranges with the same entries in the same steps. */
  readonly key: string;
}

/** Largest numbers of launches and steps of one command: longer recordings take more time without benefit. */
const mostLaunches = 1024;
const mostSteps = 128;
/** Entries that run less often than this are never part of a stretch: stretches would differ by when they come. */
const often = 16;

/** Number of steps from `step` on until an entry runs that stretches leave out. */
function stepsBeforeRare(entries: readonly StepEntry[], step: number): number {
  return entries.reduce((least, { every, offset }) => {
    if (step < offset) return Math.min(least, offset - step);
    return every <= often ? least : Math.min(least, (every - ((step - offset) % every)) % every);
  }, Infinity);
}

/**
 * Returns the next steps to launch as one command. Their number is a power of two, so that a few commands suffice.
 *
 * @param left remaining steps
 * @returns undefined if the next step is better launched by itself
 */
export function nextStretch(entries: readonly StepEntry[], step: number, left: number): Stretch | undefined {
  const longestStretch = Math.min(
    left,
    mostSteps,
    Math.floor(mostLaunches / Math.max(1, entries.length)),
    stepsBeforeRare(entries, step),
  );
  let steps = 1;
  while (2 * steps <= longestStretch) steps *= 2;
  if (steps === 1) return undefined;
  const seldom = entries.filter(({ every }) => every > 1);
  const due = seldom.map((entry) =>
    Array.from({ length: steps }, (_, k) => (isDue(entry, step + k) ? '1' : '0')).join(''),
  );
  const begun = entries.map(({ offset }) => (step >= offset ? '1' : '0')).join('');
  return { steps, key: [steps, begun, ...due].join(' ') };
}
