/**
 * Compares a run with a stored result while it goes on: a writer that writes nothing. Spikes and samples are compared
 * to the bit, and what was not recorded by its digest.
 */

import type { TypedArray } from '../../src/ir/program.js';
import { bytesOf } from './arrays.js';
import { numberText } from './number-text.js';
import {
  columnCount,
  elementAt,
  type Fingerprint,
  type ResultWriter,
  type RunRecord,
  type RunSetup,
  type SampleBlock,
  type SeriesPlan,
  type SpikeTrains,
  type StoredResult,
  type StoredSeries,
} from './result.js';
import { rowRanges } from './stored-trains.js';

/** One difference, as near to its cause as what was stored allows. */
export interface Difference {
  readonly kind: 'spikes' | 'samples' | 'digest' | 'setup';
  /** Population or projection; absent where the whole run differs. */
  readonly owner?: string;
  /** Step of the first difference; absent where only a digest was stored. */
  readonly step?: number;
  /** Index of the cell, or of the synapse. */
  readonly element?: number;
  /** The variable, or `spike`, or the name of another event. */
  readonly variable?: string;
  /** What the stored result says, and what the run gave. */
  readonly stored: string;
  readonly found: string;
}

export type Verdict =
  | { readonly verdict: 'identical' }
  /** `first` comes first in time, among equals in order of owner and element. */
  | { readonly verdict: 'different'; readonly first: Difference }
  /** Results of different rules are not expected to agree. */
  | { readonly verdict: 'incomparable'; readonly reason: string };

/** A writer for a run that repeats a stored result. */
export interface Comparison extends ResultWriter {
  /** Known after `close`. */
  verdict(): Verdict;
}

const spikesAtOnce = 1 << 22;

/** Compares the run that writes to it with `stored`, which stays open until `close`. */
export function compareWith(stored: StoredResult): Comparison {
  const differences = createDifferences();
  let series: (StoredSeries | null)[] = [];
  let positions: number[] = [];
  let setup: RunSetup | null = null;
  let verdict: Verdict | null = null;
  return {
    open: async (given) => {
      setup = given;
      series = given.series.map((plan) => matchSeries(stored, plan, differences.add));
      positions = given.series.map(() => 0);
      for (const { plan } of stored.series) {
        if (given.series.some(({ name }) => name === plan.name)) continue;
        differences.add({
          kind: 'setup',
          owner: plan.owner,
          variable: plan.variable,
          stored: `series ${plan.name}`,
          found: 'no such series',
        });
      }
    },
    samples: (block) => {
      const known = series[block.series] ?? null;
      if (known === null) return;
      compareSamples(known, block, positions[block.series]!, differences.add);
      positions[block.series]! += block.steps.length;
    },
    advance: () => undefined,
    close: async (record, trains) => {
      for (const [i, known] of series.entries()) {
        if (known === null || positions[i]! >= known.samples) continue;
        const [step] = known.steps(positions[i]!, positions[i]! + 1);
        differences.add({
          kind: 'samples',
          owner: known.plan.owner,
          variable: known.plan.variable,
          step: step!,
          stored: 'a sample',
          found: 'no sample',
        });
      }
      compareTrains(stored, trains, differences.add);
      verdict = judge(stored.record, record, differences.first());
      return [];
    },
    abandon: async () => undefined,
    verdict: () =>
      verdict ?? {
        verdict: 'incomparable',
        reason: setup === null ? 'the run has not begun' : 'the run has not ended',
      },
  };
}

function judge(stored: RunRecord, found: RunRecord, first: Difference | null): Verdict {
  if (stored.numericsVersion !== found.numericsVersion) {
    return {
      verdict: 'incomparable',
      reason: `it was made by numerics version ${stored.numericsVersion}, and this program has version ${found.numericsVersion}`,
    };
  }
  if (stored.precision !== found.precision) {
    return {
      verdict: 'incomparable',
      reason: `it was made in ${stored.precision}, and this run is in ${found.precision}`,
    };
  }
  if (stored.steps !== found.steps) {
    return {
      verdict: 'different',
      first: first ?? { kind: 'setup', stored: `${stored.steps} steps`, found: `${found.steps} steps` },
    };
  }
  const difference = first ?? digestDifference(stored.fingerprint, found.fingerprint);
  return difference ? { verdict: 'different', first: difference } : { verdict: 'identical' };
}

// --- Keeping the first ----------------------------------------------------------------------------------------------
interface Differences {
  readonly add: (difference: Difference) => void;
  readonly first: () => Difference | null;
}

function createDifferences(): Differences {
  let first: Difference | null = null;
  return {
    add: (difference) => {
      if (first === null || isBefore(difference, first)) first = difference;
    },
    first: () => first,
  };
}

/** Differences with a step come before those without, since they say more. */
function isBefore(a: Difference, b: Difference): boolean {
  const stepOf = ({ step }: Difference): number => step ?? Infinity;
  if (stepOf(a) !== stepOf(b)) return stepOf(a) < stepOf(b);
  if ((a.owner ?? '') !== (b.owner ?? '')) return (a.owner ?? '') < (b.owner ?? '');
  return (a.element ?? -1) < (b.element ?? -1);
}

// --- Samples --------------------------------------------------------------------------------------------------------
function matchSeries(
  stored: StoredResult,
  plan: SeriesPlan,
  add: (difference: Difference) => void,
): StoredSeries | null {
  const known = stored.series.find((candidate) => candidate.plan.name === plan.name);
  // What the run records beyond the stored result has nothing to be compared with.
  if (!known) return null;
  if (JSON.stringify(known.plan) === JSON.stringify(plan)) return known;
  add({
    kind: 'setup',
    owner: plan.owner,
    variable: plan.variable,
    stored: JSON.stringify(known.plan),
    found: JSON.stringify(plan),
  });
  return null;
}

function compareSamples(
  known: StoredSeries,
  block: SampleBlock,
  position: number,
  add: (difference: Difference) => void,
): void {
  const { plan } = known;
  const at = { kind: 'samples', owner: plan.owner, variable: plan.variable } as const;
  const rows = Math.min(block.steps.length, known.samples - position);
  const steps = known.steps(position, position + rows);
  const values = known.read(position, position + rows);
  const width = columnCount(plan);
  for (let row = 0; row < rows; row += 1) {
    if (steps[row] !== block.steps[row]) {
      const step = Math.min(steps[row]!, block.steps[row]!);
      add({ ...at, step, stored: `a sample in step ${steps[row]}`, found: `a sample in step ${block.steps[row]}` });
      return;
    }
  }
  const different = firstDifference(values, block.values, rows * width);
  if (different !== null) {
    const element = plan.elements === null ? {} : { element: elementAt(plan.elements, different % width) };
    add({
      ...at,
      ...element,
      step: block.steps[Math.floor(different / width)]!,
      stored: numberText(values[different]!, plan.element),
      found: numberText(block.values[different]!, plan.element),
    });
    return;
  }
  if (rows < block.steps.length) add({ ...at, step: block.steps[rows]!, stored: 'no sample', found: 'a sample' });
}

/** Position of the first element whose bits differ; all NaN are one. */
function firstDifference(a: TypedArray, b: TypedArray, length: number): number | null {
  if (Buffer.compare(bytesOf(a.subarray(0, length)), bytesOf(b.subarray(0, length))) === 0) return null;
  for (let i = 0; i < length; i += 1) if (!Object.is(a[i], b[i])) return i;
  return null;
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
function compareTrains(
  stored: StoredResult,
  trains: readonly SpikeTrains[],
  add: (difference: Difference) => void,
): void {
  for (const known of stored.trains) {
    const { population, event, cells } = known.plan;
    const found = trains.find(({ plan }) => plan.population === population && plan.event === event);
    const at = { owner: population, variable: event };
    if (!found) add({ kind: 'setup', ...at, stored: 'recorded events', found: 'no recorded events' });
    else if (JSON.stringify(found.plan.cells) !== JSON.stringify(cells)) {
      add({
        kind: 'setup',
        ...at,
        stored: `cells ${JSON.stringify(cells)}`,
        found: `cells ${JSON.stringify(found.plan.cells)}`,
      });
    } else compareRows(known, found, add);
  }
}

function compareRows(known: SpikeTrains, found: SpikeTrains, add: (difference: Difference) => void): void {
  const larger = known.counts.map((count, row) => Math.max(count, found.counts[row]!));
  for (const [begin, end] of rowRanges(larger, spikesAtOnce)) {
    const [a, b] = [known.read(begin, end), found.read(begin, end)];
    let [atA, atB] = [0, 0];
    for (let row = begin; row < end; row += 1) {
      const [endA, endB] = [atA + known.counts[row]!, atB + found.counts[row]!];
      while (atA < endA && atB < endB && a[atA] === b[atB]) [atA, atB] = [atA + 1, atB + 1];
      if (atA < endA || atB < endB) {
        const [stepA, stepB] = [atA < endA ? a[atA]! : Infinity, atB < endB ? b[atB]! : Infinity];
        add({
          kind: 'spikes',
          owner: known.plan.population,
          element: elementAt(known.plan.cells, row),
          variable: known.plan.event,
          step: Math.min(stepA, stepB),
          stored: stepA < stepB ? 'a spike' : 'no spike',
          found: stepA < stepB ? 'no spike' : 'a spike',
        });
      }
      [atA, atB] = [endA, endB];
    }
  }
}

// --- Digests --------------------------------------------------------------------------------------------------------
/** The first population or projection whose digest differs, with the variable; null for equal fingerprints. */
function digestDifference(stored: Fingerprint, found: Fingerprint): Difference | null {
  if (stored.total === found.total) return null;
  for (const [owner, a] of Object.entries(stored.populations)) {
    const b = found.populations[owner];
    if (!b) return { kind: 'digest', owner, stored: 'a population', found: 'none' };
    if (a.digest === b.digest) continue;
    if (a.spikes.digest !== b.spikes.digest) {
      return {
        kind: 'digest',
        owner,
        variable: 'spike',
        stored: `${a.spikes.count} spikes, ${a.spikes.digest}`,
        found: `${b.spikes.count} spikes, ${b.spikes.digest}`,
      };
    }
    return stateDifference(owner, a.state, b.state);
  }
  for (const [owner, a] of Object.entries(stored.projections)) {
    const b = found.projections[owner];
    if (!b) return { kind: 'digest', owner, stored: 'a projection with state', found: 'none' };
    if (a.digest !== b.digest) return stateDifference(owner, a.state, b.state);
  }
  return { kind: 'digest', stored: stored.total, found: found.total };
}

function stateDifference(
  owner: string,
  stored: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): Difference {
  for (const [variable, digest] of Object.entries(stored)) {
    if (found[variable] !== digest)
      return { kind: 'digest', owner, variable, stored: digest, found: found[variable] ?? 'no such variable' };
  }
  const added = Object.keys(found).find((variable) => stored[variable] === undefined);
  return {
    kind: 'digest',
    owner,
    ...(added === undefined ? {} : { variable: added }),
    stored: 'other variables or sizes',
    found: 'those of this model',
  };
}

/** The difference as a sentence for people. @param dt  s */
export function differenceText(
  { kind, owner, step, element, variable, stored, found }: Difference,
  dt: number,
): string {
  const place =
    owner === undefined
      ? 'the run'
      : `${owner}${element === undefined ? '' : `[${element}]`}${variable === undefined ? '' : `.${variable}`}`;
  if (step !== undefined)
    return `first difference in step ${step} (${step * dt} s), ${place}: stored ${stored}, now ${found}`;
  if (kind === 'digest')
    return `the digest of ${place} differs, of which nothing was recorded that says where: stored ${stored}, now ${found}`;
  return `${place} was recorded differently: stored ${stored}, now ${found}`;
}
