/** How many spikes of a cell may be on their way at a time. */

import { numbersOf } from '../../../../src/model/arrays.js';
import { delayInSteps } from '../../../../src/model/steps.js';
import { mostWithin } from '../../../../src/model/spikes-within.js';
import { populationsOf } from '../../../../src/model/selected.js';
import type { SelectionRule, Value } from '../../../../src/model/model.js';
import { areInFile, isGiven, isPhase } from '../../../../src/model/tagged.js';
import type { ExportContext } from '../context.js';
import { largest } from '../values.js';

/** Returns the longest delay in a value, in s, or undefined if delays are drawn or computed. */
export function longestIn(value: Value | undefined, { data }: Pick<ExportContext, 'data'>): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'object' && isGiven(value) ? largest([...numbersOf(value.array, data)]) : undefined;
}

/**
 * Returns the largest number of spikes of one cell that may be on their way at a time: given trains are counted, other cells
 * spike at most once in a step.
 *
 * @param delay  in s
 */
export function mostInTransit(
  of: SelectionRule,
  delay: number,
  { model, data, dt }: Pick<ExportContext, 'model' | 'data' | 'dt'>,
): number {
  const steps = delayInSteps(delay, dt, model.timing);
  const replays = model.experiment.protocol.some((phase) => isPhase(phase, 'replay'));
  const counts = populationsOf(of).map((name) => {
    const spikes = model.populations[name]?.spikes;
    if (spikes === undefined || areInFile(spikes) || spikes.period !== undefined || replays) return steps;
    return mostWithin(spikes, (steps + 0.5) * dt, { data, dt });
  });
  return Math.max(0, ...counts);
}
