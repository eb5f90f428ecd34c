/** Comparisons as JSON, as `schemas/comparison.schema.json` describes them. */

import type { Comparison } from './compare.js';
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
  { grade, interval, within, margins, paired, populations, signals, signalsJudged, notes }: Comparison,
  runs: readonly RunDifference[] | undefined,
): object {
  return {
    comparison: 1,
    grade,
    files: recorded.map(({ path, format, begin, end, dt = null }) => ({ path, format, begin, end, dt })),
    runs: runs ?? null,
    interval,
    within,
    margins,
    paired,
    populations: populations.map(({ statistics = null, distances = null, ...population }) => ({
      ...population,
      distances,
      statistics,
    })),
    signals: signals.map(({ at: _, ...signal }) => signal),
    signalsJudged,
    notes,
  };
}
