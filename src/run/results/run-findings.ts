/** Findings of a run: the faults that ended it early, and oddities of its final state. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { RecordedRun } from '../../../runtime/record/recorder.js';
import { messages } from '../messages.js';

/** Returns the findings about a run. @param dt  its step in s */
export const runFindings = (run: RecordedRun, dt: number): readonly Diagnostic[] => [
  ...run.faults.map((sentence): Diagnostic => ({
    severity: 'error',
    ...messages.fault(sentence, run.steps, run.steps * dt),
  })),
  ...run.notNumbers.map(({ owner, variable, count, infinite, elements }): Diagnostic => ({
    severity: 'warning',
    ...(count > 0
      ? messages.notNumbers(owner, variable, count, elements)
      : messages.infinite(owner, variable, infinite, elements)),
  })),
  // Variables that are wrong at the end were reported above.
  ...sampleFindings(
    run.notFinite.filter(
      ({ plan }) => !run.notNumbers.some((one) => one.owner === plan.owner && one.variable === plan.variable),
    ),
    dt,
  ),
];

/** Returns findings about samples that are not finite, or beyond any potential. @param dt  the step in s */
export const sampleFindings = (found: RecordedRun['notFinite'], dt: number): readonly Diagnostic[] =>
  found.map(({ plan: { owner, variable }, count, step, first }): Diagnostic => ({
    severity: 'warning',
    ...(Number.isFinite(first)
      ? messages.potentialsTooLarge(owner, variable, count, first, step * dt)
      : messages.samplesNotFinite(owner, variable, count, first, step * dt)),
  }));
