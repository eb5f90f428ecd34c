/** Two results beside one another: what is the first that differs, and in which populations anything does. */

import { firstDifference, incomparable, type Difference } from '../../runtime/results/compare.js';
import { openResult } from '../../runtime/results/open.js';
import type { RunRecord, StoredResult } from '../../runtime/results/result.js';

/** A population in two results. */
interface ComparedPopulation {
  readonly name: string;
  /** Spikes that each result has of it; null where it is not recorded, or is not there. */
  readonly spikes: readonly [number | null, number | null];
  /** Whether all its spikes and its final state are the same to the bit, by their digests; null where one has none. */
  readonly same: boolean | null;
}

/** What two results have in common, and what not. */
export interface ResultComparison {
  readonly records: readonly [RunRecord, RunRecord];
  /** Why the two are not expected to agree; null for those that are. */
  readonly reason: string | null;
  /** The first difference in time; null where there is none. */
  readonly first: Difference | null;
  /** Populations of either result, in order of name. */
  readonly populations: readonly ComparedPopulation[];
}

/**
 * Compares what two results say of their runs: spikes and samples to the bit, and final states by their digests.
 *
 * @throws UsageError when a file is not a result of ours
 */
export async function compareResults(first: string, second: string): Promise<ResultComparison> {
  const a = await openResult(first);
  try {
    const b = await openResult(second);
    try {
      return {
        records: [a.record, b.record],
        reason: incomparable(a.record, b.record),
        first: firstDifference(a, b),
        populations: populationsOf(a, b),
      };
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

function populationsOf(a: StoredResult, b: StoredResult): readonly ComparedPopulation[] {
  const digests = [a, b].map(({ record }) => record.fingerprint.populations);
  const names = [...new Set(digests.flatMap(Object.keys))].sort();
  return names.map((name) => {
    const [one, other] = digests.map((populations) => populations[name]?.digest);
    return {
      name,
      spikes: [spikesOf(a, name), spikesOf(b, name)],
      same: one === undefined || other === undefined ? null : one === other,
    };
  });
}

/** Spikes of a population in a result; null where it holds none of its trains. */
function spikesOf({ trains }: StoredResult, population: string): number | null {
  const own = trains.filter(({ plan }) => plan.population === population);
  return own.length === 0
    ? null
    : own.reduce((sum, { counts }) => sum + counts.reduce((all, count) => all + count, 0), 0);
}
