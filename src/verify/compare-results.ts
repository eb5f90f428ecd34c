/** Compares two results: differences of their runs, their first difference, and how well they agree. */

import { itemAt } from '../diagnostics/entry.js';
import { firstDifference, incomparable, type Difference } from '../../runtime/results/compare.js';
import { openResult, orDamaged, resultFormat } from '../../runtime/results/open.js';
import type { RunRecord, StoredResult } from '../../runtime/results/result.js';
import { compareRecorded, type Comparison } from '../compare/compare.js';
import { compareSeveral } from '../compare/compare-runs.js';
import { formatName, isOurs, openRecorded, type ReadOptions } from '../compare/open-recorded.js';
import type { CompareOptions } from '../compare/options.js';
import { recordedRun, withNodes } from '../compare/read/ours.js';
import type { Recorded } from '../compare/recorded.js';

/** A property of two runs that differs. */
export interface RunDifference {
  readonly what: 'model' | 'seed' | 'dt' | 'duration' | 'precision' | 'numerics version';
  readonly first: string;
  readonly second: string;
}

/** Comparison of two results of interneuron beyond their spikes and samples. */
export interface ExactComparison {
  readonly records: readonly [RunRecord, RunRecord];
  /** How the runs differ; empty if they are of one model and setup. */
  readonly runs: readonly RunDifference[];
  /** Reason why the two are not expected to agree; null if they are. */
  readonly reason: string | null;
  /** The first difference in time to the bit; null if there is no difference, or the steps differ. */
  readonly first: Difference | null;
  /** Whether all spikes, samples and final states are the same to the bit. */
  readonly same: boolean;
}

/** Comparison of two results. */
export interface ResultComparison {
  readonly recorded: readonly [Recorded, Recorded];
  /** Absent unless both are results of interneuron. */
  readonly exact?: ExactComparison;
  readonly comparison: Comparison;
}

/**
 * Compares two results, of any program.
 *
 * @param options  with `nameOfSecond`, the name of the second in messages
 * @throws UsageError for files that cannot be read or share no recordings
 * @throws DiagnosticError for damaged results of ours
 */
export async function compareResults(
  first: string,
  second: string,
  options: CompareOptions & ReadOptions & { readonly nameOfSecond?: string } = {},
): Promise<ResultComparison> {
  const { nameOfSecond: path = second } = options;
  if (!(await isOurs(first)) || !(await isOurs(second))) {
    const [left, right] = [await openRecorded(first, options), { ...(await openRecorded(second, options)), path }];
    const recorded = [inNamesOf(left, right), inNamesOf(right, left)] as const;
    return { recorded, comparison: compareRecorded(...recorded, options) };
  }
  const a = await openResult(first);
  try {
    const b = await openResult(second);
    try {
      // Numbers are read as they are compared.
      return await orDamaged(`${first} or ${path}`, () => {
        const recorded = [
          recordedRun(a, formatName(resultFormat(first))),
          { ...recordedRun(b, formatName(resultFormat(second))), path },
        ] as const;
        const exact = compareExactly(a, b);
        const comparison = compareRecorded(...recorded, options);
        // Results with equal spikes and samples may have different final states.
        const isHidden = comparison.grade === 'identical' && !exact.same;
        const notes = [...comparison.notes, 'final states or time steps differ'];
        const changed = isHidden ? ({ grade: 'same spikes', common: 'same spikes', notes } as const) : {};
        return Promise.resolve({ recorded, exact, comparison: { ...comparison, ...changed } });
      });
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

/** Returns a recording with the populations of a SONATA network if the other one has them. */
function inNamesOf(recorded: Recorded, other: Recorded): Recorded {
  const named = withNodes(recorded);
  const isNamed = (name: string): boolean =>
    other.trains.some(({ population }) => population === name) || other.signals.some(({ owner }) => owner === name);
  return named.trains.some(({ population }) => isNamed(population)) || named.signals.some(({ owner }) => isNamed(owner))
    ? named
    : recorded;
}

/**
 * Compares several results of each side, such as runs with other seeds. The comparison shows the first file of each
 * side.
 *
 * @throws UsageError for files that cannot be read, and for less than two on a side
 */
export async function compareSeveralResults(
  first: readonly string[],
  second: readonly string[],
  options: CompareOptions & ReadOptions = {},
): Promise<ResultComparison> {
  const open = (paths: readonly string[]): Promise<readonly Recorded[]> =>
    Promise.all(paths.map((path) => openRecorded(path, options)));
  const [ours, theirs] = [await open(first), await open(second)];
  const comparison = compareSeveral(ours, theirs, options);
  return { recorded: [itemAt(ours, 0), itemAt(theirs, 0)], comparison };
}

function compareExactly(a: StoredResult, b: StoredResult): ExactComparison {
  const isAtOneStep = a.record.dt === b.record.dt;
  const first = isAtOneStep ? firstDifference(a, b) : null;
  const [own = {}, other = {}] = [a, b].map(({ record }) => record.fingerprint.populations);
  const isEqual = (name: string): boolean => own[name] !== undefined && own[name].digest === other[name]?.digest;
  return {
    records: [a.record, b.record],
    runs: runDifferences(a.record, b.record),
    reason: incomparable(a.record, b.record),
    first,
    same: first === null && isAtOneStep && Object.keys({ ...own, ...other }).every(isEqual),
  };
}

function runDifferences(a: RunRecord, b: RunRecord): readonly RunDifference[] {
  const of = (what: RunDifference['what'], value: (record: RunRecord) => string): readonly RunDifference[] => {
    const [first, second] = [value(a), value(b)];
    return first === second ? [] : [{ what, first, second }];
  };
  const time = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(12))} ms`;
  return [
    ...of('model', ({ name, hashes }) => `${hashes.model.slice(0, 12)} (${name})`),
    ...of('seed', ({ seed }) => seed),
    ...of('dt', ({ dt }) => time(dt)),
    ...of('duration', ({ steps, dt }) => time(steps * dt)),
    ...of('precision', ({ precision }) => precision),
    ...of('numerics version', ({ numericsVersion }) => String(numericsVersion)),
  ];
}
