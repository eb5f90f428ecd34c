/** `interneuron compare`: how well two results of any programs agree. */

import { UsageError } from '../../diagnostics/diagnostic.js';
import { compareResults } from '../../run/check/compare-results.js';
import { comparisonOptions, requiredGrade, sayComparison } from '../comparison-options.js';
import type { CommandContext } from '../context.js';

/** Compares two results and prints how well they agree. */
export async function compare(context: CommandContext): Promise<number> {
  const { files, options } = context;
  const [first, second, ...others] = files;
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(`compare takes two results, but got ${files.length}`, 'name two files of spikes or samples');
  const found = await compareResults(first, second, comparisonOptions(options));
  return sayComparison(context, found, requiredGrade(options) ?? 'statistically the same');
}
