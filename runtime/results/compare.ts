/**
 * Compares the contents of two results: spikes and samples to the bit, and unrecorded state by its digest.
 * `compare-files.ts` compares their representation, attribute by attribute.
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import { bitsText } from './bit-patterns.js';
import { bytesOf } from './arrays.js';
import { numberText } from './number-text.js';
import {
  columnCount,
  elementAt,
  type Fingerprint,
  type RunRecord,
  type SpikeTrains,
  type StoredResult,
  type StoredSeries,
} from './result.js';
import { rowRanges } from './stored-trains.js';
import type { TypedArray } from '../../src/ir/program.js';

/** One difference, as close to its cause as the stored data allow. */
export interface Difference {
  /** The differing part; `setup`: the set of recordings, rather than their values. */
  readonly kind: 'spikes' | 'samples' | 'digest' | 'setup';
  /** Population or projection; absent if the entire run differs. */
  readonly owner?: string;
  /** Step of the first difference; absent if only a digest was stored. */
  readonly step?: number;
  /** Index of the cell, or of the synapse. */
  readonly element?: number;
  /** The variable, or `spike`, or the name of another event. */
  readonly variable?: string;
  /** The value in the stored result. */
  readonly stored: string;
  /** The value in the other result, or in the new run. */
  readonly found: string;
  /** For numbers: both bit patterns in hexadecimal, and the count of numbers between them. */
  readonly bits?: string;
}

const spikesAtOnce = 1 << 22;

/**
 * Returns the first difference between two results in time, among equals in order of owner and element; null if there
 * is no difference.
 *
 * @param found another result, or a new run of the model
 */
export function firstDifference(stored: StoredResult, found: StoredResult): Difference | null {
  let first: Difference | null = null;
  const add = (difference: Difference): void => {
    if (first === null || isBefore(difference, first)) first = difference;
  };
  for (const series of stored.series) {
    const other = found.series.find(({ plan }) => plan.name === series.plan.name);
    if (other) compareSeries(series, other, stored.record.version === found.record.version, add);
    else add({ ...setupOf(series), stored: `series ${series.plan.name}`, found: 'no such series' });
  }
  for (const series of found.series) {
    if (stored.series.some(({ plan }) => plan.name === series.plan.name)) continue;
    add({ ...setupOf(series), stored: 'no such series', found: `series ${series.plan.name}` });
  }
  compareTrains(stored, found, add);
  if (first) return first;
  const [a, b] = [stored.record, found.record];
  return a.steps === b.steps
    ? digestDifference(a.fingerprint, b.fingerprint)
    : { kind: 'setup', stored: `${a.steps} steps`, found: `${b.steps} steps` };
}

const setupOf = ({ plan }: StoredSeries): Pick<Difference, 'kind' | 'owner' | 'variable'> => ({
  kind: 'setup',
  owner: plan.owner,
  variable: plan.variable,
});

/** Returns why two results are not expected to agree; null if they are. */
export function incomparable(stored: RunRecord, found: RunRecord): string | null {
  if (stored.numericsVersion !== found.numericsVersion)
    return `the first has numerics version ${stored.numericsVersion}, the second ${found.numericsVersion}`;
  if (stored.precision !== found.precision)
    return `the first was computed in ${stored.precision}, the second in ${found.precision}`;
  return null;
}

/** Differences with a step come first, since they are more specific. */
function isBefore(a: Difference, b: Difference): boolean {
  const stepOf = ({ step }: Difference): number => step ?? Infinity;
  if (stepOf(a) !== stepOf(b)) return stepOf(a) < stepOf(b);
  if ((a.owner ?? '') !== (b.owner ?? '')) return (a.owner ?? '') < (b.owner ?? '');
  return (a.element ?? -1) < (b.element ?? -1);
}

// --- Samples --------------------------------------------------------------------------------------------------------
const samplesAtOnce = 1 << 20;

/** @param plansToo false if the results have different versions of the layout, which may make plans differ */
function compareSeries(
  stored: StoredSeries,
  found: StoredSeries,
  plansToo: boolean,
  add: (difference: Difference) => void,
): void {
  const { plan } = stored;
  const [a, b] = [JSON.stringify(plan), JSON.stringify(found.plan)];
  const sameColumns = JSON.stringify(plan.elements) === JSON.stringify(found.plan.elements);
  if (!sameColumns || plan.element !== found.plan.element || (plansToo && a !== b)) {
    add({ ...setupOf(stored), stored: a, found: b });
    return;
  }
  const at = { kind: 'samples', owner: plan.owner, variable: plan.variable } as const;
  const width = columnCount(plan);
  const common = Math.min(stored.samples, found.samples);
  const rows = Math.max(1, Math.floor(samplesAtOnce / width));
  for (let begin = 0; begin < common; begin += rows) {
    const end = Math.min(common, begin + rows);
    const [stepsA, stepsB] = [stored.steps(begin, end), found.steps(begin, end)];
    const moved = stepsA.findIndex((step, row) => step !== stepsB[row]);
    const [valuesA, valuesB] = [stored.read(begin, end), found.read(begin, end)];
    const changed = differentElement(valuesA, valuesB, (moved < 0 ? end - begin : moved) * width);
    if (changed !== null) {
      const element = plan.elements === null ? {} : { element: elementAt(plan.elements, changed % width) };
      add({
        ...at,
        ...element,
        step: itemAt(stepsA, Math.floor(changed / width)),
        stored: numberText(valuesA[changed]!, plan.element),
        found: numberText(valuesB[changed]!, plan.element),
        bits: bitsText(valuesA, valuesB, changed, plan.written?.unit ?? plan.unit),
      });
      return;
    }
    if (moved >= 0) {
      const [from, to] = [itemAt(stepsA, moved), itemAt(stepsB, moved)];
      add({
        ...at,
        step: Math.min(from, to),
        stored: `a sample in step ${from}`,
        found: `a sample in step ${to}`,
      });
      return;
    }
  }
  if (stored.samples > common)
    add({ ...at, step: itemAt(stored.steps(common, common + 1), 0), stored: 'a sample', found: 'no sample' });
  if (found.samples > common)
    add({ ...at, step: itemAt(found.steps(common, common + 1), 0), stored: 'no sample', found: 'a sample' });
}

/** Returns the position of the first of `length` elements with different bits; all NaN are equal. */
export function differentElement(a: TypedArray, b: TypedArray, length: number): number | null {
  if (Buffer.compare(bytesOf(a.subarray(0, length)), bytesOf(b.subarray(0, length))) === 0) return null;
  for (let i = 0; i < length; i += 1) if (!Object.is(a[i], b[i])) return i;
  return null;
}

// --- Spikes ---------------------------------------------------------------------------------------------------------
function compareTrains(stored: StoredResult, other: StoredResult, add: (difference: Difference) => void): void {
  const same = (a: SpikeTrains, b: SpikeTrains): boolean =>
    a.plan.population === b.plan.population && a.plan.event === b.plan.event;
  for (const known of stored.trains) {
    const { population, event, cells } = known.plan;
    const found = other.trains.find((candidate) => same(candidate, known));
    const at = { owner: population, variable: event };
    if (!found) add({ kind: 'setup', ...at, stored: 'recorded events', found: 'no recorded events' });
    else if (JSON.stringify(found.plan.variables) !== JSON.stringify(known.plan.variables)) {
      const names = ({ plan }: SpikeTrains): string =>
        `variables at ${event}s: ${JSON.stringify(plan.variables ?? [])}`;
      add({ kind: 'setup', ...at, stored: names(known), found: names(found) });
    } else if (JSON.stringify(found.plan.cells) !== JSON.stringify(cells)) {
      add({
        kind: 'setup',
        ...at,
        stored: `cells ${JSON.stringify(cells)}`,
        found: `cells ${JSON.stringify(found.plan.cells)}`,
      });
    } else compareRows(known, found, add);
  }
  for (const found of other.trains) {
    if (stored.trains.some((known) => same(known, found))) continue;
    const { population: owner, event: variable } = found.plan;
    add({ kind: 'setup', owner, variable, stored: 'no recorded events', found: 'recorded events' });
  }
}

function compareRows(known: SpikeTrains, found: SpikeTrains, add: (difference: Difference) => void): void {
  const larger = known.counts.map((count, row) => Math.max(count, itemAt(found.counts, row)));
  for (const [begin, end] of rowRanges(larger, spikesAtOnce)) {
    const [a, b] = [known.read(begin, end), found.read(begin, end)];
    const values = (known.plan.variables ?? []).map(({ name }, k) => ({
      name,
      known: known.values(k, begin, end),
      found: found.values(k, begin, end),
    }));
    let [atA, atB] = [0, 0];
    for (let row = begin; row < end; row += 1) {
      const [endA, endB] = [atA + known.counts[row]!, atB + found.counts[row]!];
      while (atA < endA && atB < endB && a[atA] === b[atB]) {
        for (const { name, known: first, found: second } of values) {
          if (Object.is(first[atA], second[atB])) continue;
          add({
            kind: 'samples',
            owner: known.plan.population,
            element: elementAt(known.plan.cells, row),
            variable: `${name} at ${known.plan.event}`,
            step: itemAt(a, atA),
            stored: numberText(itemAt(first, atA), 'f64'),
            found: numberText(itemAt(second, atB), 'f64'),
            bits: bitsText(first.subarray(atA), second.subarray(atB), 0),
          });
        }
        [atA, atB] = [atA + 1, atB + 1];
      }
      if (atA < endA || atB < endB) {
        const [stepA = Infinity, stepB = Infinity] = [a.subarray(0, endA)[atA], b.subarray(0, endB)[atB]];
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
/**
 * Returns the first population or projection with a different digest, and its variable; null for equal fingerprints.
 */
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
    const [recordedA, recordedB] = [a.recorded ?? {}, b.recorded ?? {}];
    if (JSON.stringify(recordedA) !== JSON.stringify(recordedB)) return stateDifference(owner, recordedA, recordedB);
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

/**
 * Returns the difference as a sentence.
 *
 * @param dt s
 * @param sides names of the two results
 */
export function differenceText(
  { kind, owner, step, element, variable, stored, found, bits }: Difference,
  dt: number,
  [first, second]: readonly [string, string] = ['stored', 'now'],
): string {
  const place =
    owner === undefined
      ? 'the run'
      : `${owner}${element === undefined ? '' : `[${element}]`}${variable === undefined ? '' : `.${variable}`}`;
  const detail = bits === undefined ? '' : ` (${bits})`;
  if (step !== undefined)
    return `first difference in step ${step} (${step * dt} s), ${place}: ${first} ${stored}, ${second} ${found}${detail}`;
  if (kind === 'digest')
    return `the digest of ${place} differs, but no recording shows where: ${first} ${stored}, ${second} ${found}`;
  return `${place} was recorded differently: ${first} ${stored}, ${second} ${found}`;
}
