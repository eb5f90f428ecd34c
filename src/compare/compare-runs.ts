/** Comparison of several runs of each side, such as runs with other seeds: the unit of replication is the run. */

import { UsageError } from '../diagnostics/diagnostic.js';
import {
  commonInterval,
  compareRecorded,
  cropped,
  judged,
  worst,
  type Comparison,
  type PopulationComparison,
} from './compare.js';
import type { Interval, Train } from './measures/train.js';
import { defaultMargins, type CompareOptions } from './options.js';
import { pairCells, type PairedTrains, type Pairing } from './pair-cells.js';
import { compareRuns } from './population-statistics.js';
import type { Recorded } from './recorded.js';

/**
 * Compares several runs of each side by the means of each run. Matched spikes are those of the first run of each side.
 *
 * @throws UsageError if a side has less than two runs, or a run lacks a population
 */
export function compareSeveral(
  first: readonly Recorded[],
  second: readonly Recorded[],
  options: CompareOptions = {},
): Comparison {
  if (first.length < 2 || second.length < 2)
    throw new UsageError(
      `there are ${first.length} and ${second.length} runs`,
      'give at least two runs of each side, better five',
    );
  const base = compareRecorded(first[0]!, second[0]!, { ...options, measures: 'matches' });
  if (base.populations.length === 0)
    throw new UsageError('several runs are compared by their spikes, and there are none', 'compare two at a time');
  const interval = [...first, ...second].reduce<Interval>((common, run) => {
    const { begin, end } = commonInterval(first[0]!, run, common.begin, []);
    return { begin, end: Math.min(end, common.end) };
  }, base.interval);
  const { margins = defaultMargins } = options;
  const { cells = { by: 'id', shift: 0 } } = options;
  const sides = [
    first.map((run) => pairCells(first[0]!, run, sameCells)),
    second.map((run) => pairCells(first[0]!, run, cells)),
  ];
  const populations = judged(
    base.populations.map((one) => {
      const pairs = sides.map((runs) => runs.map((run) => populationIn(run, one)));
      // Files that list only cells with spikes may list others in each run.
      const ids = [...new Set(pairs.flat().flatMap((pair) => pair.ids))].sort((a, b) => a - b);
      const [ours = [], theirs = []] = pairs.map((runs) => runs.map((pair) => trainsOf(cropped(pair, interval), ids)));
      const count = (runs: readonly (readonly Train[])[]): number =>
        runs.flat().reduce((sum, { length }) => sum + length, 0);
      const statistics = compareRuns(ours, theirs, interval, margins);
      return { ...one, cells: ids.length, spikes: [count(ours), count(theirs)] as const, statistics };
    }),
  );
  return {
    ...base,
    interval,
    paired: false,
    populations,
    signals: [],
    signalsJudged: false,
    grade: worst(populations.map(({ grade }) => grade)),
    notes: [
      ...base.notes.filter((note) => !note.startsWith('samples')),
      `${first.length} and ${second.length} runs were compared by the means of each run; matched spikes are those of the first two`,
      ...(base.signals.length > 0 ? ['samples of several runs are not compared'] : []),
    ],
  };
}

const sameCells = { by: 'id', shift: 0 } as const;

function populationIn({ populations }: Pairing, { population, event }: PopulationComparison): PairedTrains {
  const found = populations.find((one) => one.population === population && one.event === event);
  if (found) return found;
  throw new UsageError(`a run has no spikes of ${population}`, 'compare runs with the same populations');
}

/** Returns the trains of the second side by identifiers; a cell without spikes may be missing in a file. */
function trainsOf({ ids, second }: PairedTrains, wanted: readonly number[]): readonly Train[] {
  const trains = new Map(ids.map((id, k) => [id, second[k]!]));
  return wanted.map((id) => trains.get(id) ?? noSpikes);
}

const noSpikes: Train = new Float64Array(0);
