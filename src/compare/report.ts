/** Comparisons as JSON, as `schemas/comparison.schema.json` describes them. */

import type { Comparison } from './compare.js';
import { headline } from './headline.js';
import type { Recorded } from './recorded.js';

/** Difference of two runs in one property. */
interface RunDifference {
  readonly what: string;
  readonly first: string;
  readonly second: string;
}

/** Returns a comparison as an object for programs. Numbers without a value become null in JSON. */
export function comparisonReport(
  recorded: readonly [Recorded, Recorded],
  comparison: Comparison,
  runs: readonly RunDifference[] | undefined,
): object {
  const { grade, common, signals, ...others } = comparison;
  return {
    comparison: 3,
    headline: headline(comparison),
    grade,
    common,
    files: recorded.map(({ path, format, begin, end, dt = null }) => ({ path, format, begin, end, dt })),
    runs: runs ?? null,
    ...others,
    signals: signals.map(({ at: _, ...signal }) => signal),
  };
}
