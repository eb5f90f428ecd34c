/** Findings of a run: the faults that ended it early, and values that are not finite. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { RecordedRun } from '../../../runtime/record/recorder.js';
import { messages } from '../messages.js';

/** Returns the findings about a run. @param dt  its step in s */
export const runFindings = (run: RecordedRun, dt: number): readonly Diagnostic[] => [
  ...run.faults.map((sentence): Diagnostic => ({
    severity: 'error',
    ...messages.fault(sentence, run.steps, dt),
  })),
  ...valueFindings(run, dt),
];

/**
 * Returns findings about values that are not finite, and about samples beyond any potential. A variable that is wrong
 * in the present state is reported once, without its samples.
 *
 * @param dt  the step in s
 */
export const valueFindings = (
  { notNumbers, notFinite }: Pick<RecordedRun, 'notNumbers' | 'notFinite'>,
  dt: number,
): readonly Diagnostic[] => [
  ...notNumbers.map(({ owner, variable, count, infinite, elements }): Diagnostic => ({
    severity: 'warning',
    ...(count > 0
      ? messages.notNumbers(owner, variable, count, elements, dt)
      : messages.infinite(owner, variable, infinite, elements, dt)),
  })),
  ...notFinite
    .filter(({ plan }) => !notNumbers.some(({ owner, variable }) => owner === plan.owner && variable === plan.variable))
    .map(({ plan: { owner, variable }, count, step, first }): Diagnostic => ({
      severity: 'warning',
      ...(Number.isFinite(first)
        ? messages.potentialsTooLarge(owner, variable, count, first, step, dt)
        : messages.samplesNotFinite(owner, variable, count, first, step, dt)),
    })),
];
