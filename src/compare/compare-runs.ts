/**
 * Comparison of several runs of each side, such as runs with other seeds: the unit of replication is the run. Sides are
 * different if runs of different sides are farther apart than chance allows (a permutation of the runs), and the same
 * if all distances of their means lie within margins (Welch's intervals).
 */

import { UsageError } from '../diagnostics/diagnostic.js';
import { itemAt } from '../diagnostics/entry.js';
import {
  areEqual,
  compareRecorded,
  copiedShare,
  covered,
  cropped,
  gradeOf,
  mostCopied,
  withinMargins,
  worst,
  type Comparison,
  type Grade,
  type PopulationComparison,
} from './compare.js';
import { quantity } from './compare-populations.js';
import { commonTime } from './coverage.js';
import type { Interval, Train } from './measures/train.js';
import { defaultMargins, type CompareOptions, type Margins } from './options.js';
import { pairCells, type PairedTrains, type Pairing } from './pair-cells.js';
import {
  chance,
  marginOf,
  meanOf,
  mostDistance,
  profileOf,
  quantities,
  quantityNames,
  shuffle,
  type Profile,
  type Quantity,
  type QuantityName,
} from './quantities.js';
import { eventName, type Recorded } from './recorded.js';
import { distanceOf, isRanked, vectorOf, type Track } from './run-vectors.js';
import { alpha, compareMeans, withHolm } from './statistics/equivalence.js';
import { upperQuantile, upperTail } from './statistics/student.js';

/** Splits of the runs that are tried; more are sampled. */
const mostSplits = 5000;

/**
 * Compares several runs of each side. Matched spikes are those of the first run of each side.
 *
 * @throws UsageError if a side has less than two distinct runs, or no population is in all runs
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
  const { within = 1e-4 } = options;
  const [ours, theirs] = [distinct(first, within), distinct(second, within)];
  const copies = first.length + second.length - ours.length - theirs.length;
  for (const [own, all] of [
    [ours, first],
    [theirs, second],
  ] as const)
    if (own.length < 2)
      throw new UsageError(
        `${all.length} runs, such as ${itemAt(all, 0).path}, are copies of one run`,
        'give runs with different seeds: copies show no spread',
      );
  const reference = itemAt(ours, 0);
  const base = compareRecorded(reference, itemAt(theirs, 0), { ...options, matchesOnly: true });
  if (base.populations.length === 0)
    throw new UsageError('several runs are compared by their spikes, and there are none', 'compare two at a time');
  const interval = [...ours, ...theirs].reduce<Interval>((common, run) => {
    const { begin, end } = commonTime(reference, run, { ...options, from: common.begin, to: common.end }, []);
    return { begin, end };
  }, base.interval);
  const { margins = defaultMargins, cells = { by: 'id', shift: 0 } } = options;
  const sides = [
    ours.map((run) => pairCells(reference, run, { by: 'id', shift: 0 })),
    theirs.map((run) => pairCells(reference, run, cells)),
  ];
  // Populations that a run lacks are compared in no run.
  const inAll = base.populations.filter((population) => sides.flat().every((run) => populationIn(run, population)));
  const lacking = base.populations.filter((population) => !inAll.includes(population)).map(eventName);
  const names = [ours, theirs].map((runs) => new Set(runs.flatMap((run) => run.trains.map(eventName))));
  const onlyIn = (side: 0 | 1): readonly string[] =>
    [...names[side]!].filter((name) => !names[1 - side]!.has(name) && !inAll.some((own) => eventName(own) === name));
  if (inAll.length === 0)
    throw new UsageError(
      `no population is in all runs: some lack ${lacking.join(', ')}`,
      'name runs with the same populations',
    );
  const trains = inAll.map((population) => {
    const pairs = sides.map((runs) => runs.flatMap((run) => populationIn(run, population) ?? []));
    // Files that list only cells with spikes may list others in each run.
    const ids = [...new Set(pairs.flat().flatMap((pair) => pair.ids))].sort((a, b) => a - b);
    const side = (runs: readonly PairedTrains[] = []): Runs =>
      runs.map((pair) => trainsOf(cropped(pair, interval), ids));
    return { ids, sides: [side(pairs[0]), side(pairs[1])] as const };
  });
  const found = judgeRuns(
    trains.map((train) => train.sides),
    interval,
    margins,
    base.paired,
  );
  const populations = inAll.map((population, k): PopulationComparison => {
    const { ids, sides: runs } = itemAt(trains, k);
    return {
      ...population,
      cells: ids.length,
      spikes: spikesIn(runs),
      quantities: itemAt(found.quantities, k),
      grade: itemAt(found.grades, k),
    };
  });
  const common = worst(populations.map(({ grade }) => grade));
  const once = (all: readonly string[]): readonly string[] => [...new Set(all)];
  const { samples } = base.coverage;
  const coverage = covered({
    ...base.coverage,
    populations: {
      compared: inAll.length,
      onlyFirst: once([...onlyIn(0), ...lacking]),
      onlySecond: onlyIn(1),
      leftOut: base.coverage.populations.leftOut.filter(
        (name) => !onlyIn(0).includes(name) && !onlyIn(1).includes(name),
      ),
    },
    // Samples of several runs are not compared.
    samples: {
      compared: 0,
      onlyFirst: [],
      onlySecond: [],
      leftOut: once([
        ...samples.leftOut,
        ...base.signals.map(({ name }) => name),
        ...samples.onlyFirst,
        ...samples.onlySecond,
      ]),
    },
  });
  return {
    ...base,
    coverage,
    interval,
    paired: false,
    populations,
    signals: [],
    signalsJudged: false,
    grade: coverage.complete && base.slips.length === 0 ? common : 'different',
    common,
    replicates: {
      runs: [ours.length, theirs.length],
      copies,
      p: found.p,
      largest: `${found.largest.name} of ${eventName(itemAt(inAll, found.largest.population))}`,
    },
    notes: [
      ...base.notes.filter((note) => !note.startsWith('samples')),
      ...(copies > 0 ? [`${copies} of the runs are copies of others and count once`] : []),
      ...(found.p === null
        ? [`${ours.length} and ${theirs.length} runs are too few for a permutation: 4 of each side show a difference`]
        : []),
      ...inAll.flatMap((population, k) => silentNote(eventName(population), itemAt(trains, k).sides)),
      ...(base.signals.length > 0 ? ['samples of several runs are not compared'] : []),
    ],
  };
}

/** Returns the numbers of cells that are silent in some runs of each side; nothing if there are none. */
function silentNote(population: string, sides: readonly Runs[]): readonly string[] {
  const [first = 0, second = 0] = sides.map(
    (runs) => itemAt(runs, 0).filter((_, cell) => runs.some((trains) => itemAt(trains, cell).length === 0)).length,
  );
  return first + second === 0 ? [] : [`cells of ${population} that are silent in some runs: ${first} and ${second}`];
}

/** Trains of all cells, for each run. */
export type Runs = readonly (readonly Train[])[];

/** Returns runs that are no copies of others, with most spikes in both. */
function distinct(runs: readonly Recorded[], within: number): readonly Recorded[] {
  const same = (a: Recorded, b: Recorded): boolean => {
    const pairs = pairCells(a, b, { by: 'id', shift: 0 }).populations;
    const [own, others] = [pairs.flatMap(({ first }) => first), pairs.flatMap(({ second }) => second)];
    return areEqual(own, others) || copiedShare(own, others, within) > mostCopied;
  };
  const found: Recorded[] = [];
  for (const run of runs) if (!found.some((known) => same(known, run))) found.push(run);
  return found;
}

const populationIn = (
  { populations }: Pairing,
  { population, event }: PopulationComparison,
): PairedTrains | undefined =>
  populations.find((pairedTrains) => pairedTrains.population === population && pairedTrains.event === event);

/** Returns the trains of the second side by identifiers; a cell without spikes may be missing in a file. */
function trainsOf({ ids, second }: PairedTrains, wanted: readonly number[]): readonly Train[] {
  const trains = new Map(ids.map((id, k) => [id, itemAt(second, k)]));
  return wanted.map((id) => trains.get(id) ?? noSpikes);
}

const noSpikes: Train = new Float64Array(0);

// --- Judgement ------------------------------------------------------------------------------------------------------
/** Judgement of several runs, by population. */
export interface RunsJudgement {
  readonly quantities: readonly (readonly Quantity[])[];
  readonly grades: readonly Grade[];
  /** Of the permutation; null if the runs are too few for a small one. */
  readonly p: number | null;
  readonly largest: { readonly population: number; readonly name: QuantityName };
}

/** Judges the runs of both sides of each population; cells of one number are the same cells if `paired`. */
export function judgeRuns(
  populations: readonly (readonly [Runs, Runs])[],
  interval: Interval,
  margins: Margins,
  paired: boolean,
): RunsJudgement {
  const numbers = itemAt(populations, 0).map(({ length }) => length) as [number, number];
  const profiles = populations.map((sides) => sides.flat().map((trains) => profileOf(trains, interval)));
  const tracks = profiles.flatMap((runs, population) =>
    quantityNames.flatMap((name): readonly Track[] => {
      if ((name === 'order' || name === 'rates of cells') && !paired) return [];
      const vectors = runs.map((profile) => vectorOf(profile, name));
      if (vectors.some((vector) => vector === null)) return [];
      const leads = itemAt(runs, 0).leads.map((_, k) => ({
        population,
        name,
        runs: runs.map((profile) => itemAt(profile.leads, k)),
        isLead: true,
      }));
      return [{ population, name, runs: vectors as Float64Array[] }, ...(name === 'order' ? leads : [])];
    }),
  );
  const { p, largest } = permuted(tracks, numbers, margins);
  const found = withHolm(
    tracks.map((track) => equivalence(track, numbers, itemAt(profiles, track.population), margins)),
  );
  // One test decides that sides differ: the permutation, or the intervals if runs are too few for it.
  const corrected = found.map((result) =>
    result.verdict === 'different' && p !== null && p >= alpha ? { ...result, verdict: 'cannot say' as const } : result,
  );
  const quantities = populations.map((_, population) =>
    corrected.filter(
      ({ verdict }, k) => tracks[k]?.population === population && (!tracks[k].isLead || verdict === 'different'),
    ),
  );
  const grades = populations.map((sides, population): Grade => {
    const spikes = spikesIn(sides);
    if (spikes[0] + spikes[1] === 0) return 'statistically the same';
    const own = itemAt(quantities, population);
    const single = gradeOf(spikes, own);
    // Sides that differ by less than every margin are not the same, and do not contradict one another.
    if (p !== null && p < alpha && largest.population === population)
      return withinMargins(own) === own.length ? 'not shown to differ' : 'different';
    return single !== 'different' && withinMargins(own) === own.length && own.length > 0
      ? 'statistically the same'
      : single === 'cannot say' && isWithinMargins(own)
        ? 'not shown to differ'
        : single;
  });
  return { quantities, grades, p, largest };
}

/** Returns the number of spikes of all runs of each side. */
const spikesIn = (sides: readonly [Runs, Runs]): readonly [number, number] => {
  const count = (runs: Runs): number => runs.flat().reduce((sum, { length }) => sum + length, 0);
  return [count(sides[0]), count(sides[1])];
};

/** Checks whether no distance beyond its floor is larger than its margin, however uncertain. */
const isWithinMargins = (quantities: readonly Quantity[]): boolean =>
  quantities.length > 0 &&
  quantities.every(({ name, distance, floor, margin }) => distance <= mostDistance(name, floor, margin));

/** Part of a margin below which runs do not differ: rounding of times differs between simulators. */
const negligible = 1e-3;

// --- Permutation ----------------------------------------------------------------------------------------------------
/**
 * Permutes the sides of runs. Each quantity's energy distance (Székely & Rizzo 2013, J. Stat. Plan. Inference 143:1249)
 * and the ratio of the distances within both sides are standardised over all splits. The largest one is the test
 * statistic, so that one p holds for all quantities.
 */
function permuted(
  tracks: readonly Track[],
  [first, second]: readonly [number, number],
  margins: Margins,
): { readonly p: number | null; readonly largest: RunsJudgement['largest'] } {
  const all = first + second;
  const splits = splitsOf(first, all);
  const energies = tracks.map(({ name, runs }) => {
    const least = marginOf(margins, name) * negligible;
    const apart = runs.flatMap((a, i) =>
      runs.slice(0, i).map((b, j) => {
        const distance = distanceOf(name, a, b);
        return { i, j, distance: distance < least ? 0 : distance };
      }),
    );
    const statistics = splits.map((isFirst) => {
      let [between, inFirst, inSecond] = [0, 0, 0];
      for (const { i, j, distance } of apart)
        if (isFirst[i] !== isFirst[j]) between += distance;
        else if (isFirst[i] === 1) inFirst += distance;
        else inSecond += distance;
      const energy =
        (2 * between) / (first * second) - (2 * inFirst) / (first * first) - (2 * inSecond) / (second * second);
      // Spreads far below the margin are no difference.
      const spread = (sum: number, runs: number): number => Math.log((2 * sum) / runs / (runs - 1) + least * 100);
      return { energy, spreads: Math.abs(spread(inFirst, first) - spread(inSecond, second)) };
    });
    const energy = standardised(statistics.map((statistic) => statistic.energy));
    const spreads = standardised(statistics.map((statistic) => statistic.spreads));
    return energy.map((value, split) => Math.max(value, itemAt(spreads, split)));
  });
  const largest = splits.map((_, split) => Math.max(...energies.map((values) => itemAt(values, split))));
  const reached = largest.filter((value) => value >= itemAt(largest, 0) - 1e-9).length;
  const observed = energies.map(([energy]) => energy ?? 0);
  const { population = 0, name = 'rate' } = tracks[observed.indexOf(Math.max(...observed))] ?? {};
  const least = (first === second ? 2 : 1) / splits.length;
  return { p: tracks.length > 0 && least < alpha ? reached / splits.length : null, largest: { population, name } };
}

/** Returns values less their mean, over their standard deviation. */
function standardised(values: readonly number[]): readonly number[] {
  const mean = meanOf(values);
  const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  return values.map((value) => (deviation > 1e-12 * Math.abs(mean) ? (value - mean) / deviation : 0));
}

/** Returns all ways of choosing the runs of the first side, the true one first; a random sample if there are many. */
function splitsOf(first: number, all: number): readonly Int8Array[] {
  const observed = Int8Array.from({ length: all }, (_, k) => (k < first ? 1 : 0));
  let ways = 1;
  for (let k = 0; k < first; k += 1) ways = (ways * (all - k)) / (k + 1);
  if (ways > mostSplits) {
    const random = chance(all);
    const draw = (): Int8Array => shuffle(observed.slice(), random);
    return [observed, ...Array.from({ length: mostSplits - 1 }, draw)];
  }
  const found: Int8Array[] = [];
  const choose = (chosen: readonly number[], from: number): void => {
    if (chosen.length === first) {
      const split = new Int8Array(all);
      for (const k of chosen) split[k] = 1;
      found.push(split);
      return;
    }
    for (let k = from; k < all; k += 1) choose([...chosen, k], k + 1);
  };
  choose([], 0);
  return found;
}

// --- Equivalence ----------------------------------------------------------------------------------------------------
/** Standard errors of a band of the spectrum that its margin must exceed for it to be judged. */
const resolved = 4;

/** Compares the means of both sides, with an error by leaving out runs. */
function equivalence(
  { name, runs }: Track,
  [first, second]: readonly [number, number],
  profiles: readonly Profile[],
  margins: Margins,
): Quantity {
  const [a, b] = [runs.slice(0, first), runs.slice(first)];
  const margin = marginOf(margins, name);
  const own = { name, unit: name === 'rate' ? 'Hz' : '', means: meansOf(name, profiles, first), margin };
  if (name === 'spectrum') return { ...own, ...spectra(a, b, itemAt(profiles, 0), margin) };
  const over = `${first} and ${second} runs`;
  const estimate = (x: readonly Float64Array[], y: readonly Float64Array[]): number =>
    isRanked(name) ? betweenLessWithin(x, y, name) : distanceOf(name, averaged(x), averaged(y));
  const distance = estimate(a, b);
  const errors = [jackknife(a, (kept) => estimate(kept, b)), jackknife(b, (kept) => estimate(a, kept))] as const;
  const variance = errors[0] + errors[1];
  const freedom =
    variance > 0 ? variance ** 2 / (errors[0] ** 2 / (first - 1) + errors[1] ** 2 / (second - 1)) : first + second - 2;
  // The noise of a mean over runs falls with the root of their number.
  const alone = (withinSide(name, a) + withinSide(name, b)) / 2;
  const floor = name.startsWith('rate over') ? alone * Math.sqrt((1 / first + 1 / second) / 2) : 0;
  const result = quantity(name, over, { distance, floor, error: Math.sqrt(variance), freedom }, own.means, margin);
  return result.verdict === 'within' && result.interval[1] > margin ? { ...result, verdict: 'cannot say' } : result;
}

function meansOf(name: QuantityName, profiles: readonly Profile[], first: number): Quantity['means'] {
  const { values } = quantities[name];
  if (!values) return null;
  const means = profiles.map((profile) => meanOf(values(profile)));
  return [meanOf(means.slice(0, first)), meanOf(means.slice(first))];
}

/** Returns the mean of each element that has a value. */
function averaged(runs: readonly Float64Array[]): Float64Array {
  return itemAt(runs, 0).map((_, k) => meanOf(runs.map((run) => itemAt(run, k))));
}

/** Returns the mean distance of two runs of a side. */
function withinSide(name: QuantityName, runs: readonly Float64Array[]): number {
  return meanOf(runs.flatMap((run, k) => runs.slice(0, k).map((other) => distanceOf(name, run, other))));
}

/** Returns how much farther apart runs of different sides are than runs of one side. */
function betweenLessWithin(a: readonly Float64Array[], b: readonly Float64Array[], name: QuantityName): number {
  const between = meanOf(a.flatMap((run) => b.map((other) => distanceOf(name, run, other))));
  const sides = [a, b].map((side) => withinSide(name, side));
  return Math.max(0, between - (Number.isNaN(meanOf(sides)) ? between : meanOf(sides)));
}

/** Returns the jackknife's estimate of the variance of a statistic (Efron & Stein 1981, Ann. Stat. 9:586). */
function jackknife(runs: readonly Float64Array[], statistic: (kept: readonly Float64Array[]) => number): number {
  const found = runs.map((omitted) => statistic(runs.filter((run) => run !== omitted)));
  const mean = meanOf(found);
  return ((runs.length - 1) / runs.length) * found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** Compares the logarithms of powers band by band, by Welch's intervals. */
function spectra(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
  { bands }: Profile,
  margin: number,
): Pick<Quantity, 'distance' | 'floor' | 'interval' | 'departure' | 'over' | 'verdict'> {
  const all = bands.flatMap((band, k) => {
    const [own, theirs] = [a, b].map((runs) => runs.map((run) => itemAt(run, k)));
    const found = compareMeans(own!, theirs!, false);
    if (!found) return [];
    const { difference, error, freedom } = found;
    const half = error > 0 ? error * upperQuantile(alpha, freedom) : 0;
    const apart = Math.abs(difference);
    const departure = error > 0 ? upperTail((apart - Math.log(margin)) / error, freedom) : 0;
    return [{ band, apart, half, departure, isResolved: resolved * error <= Math.log(margin) }];
  });
  const judged = all.filter(({ isResolved }) => isResolved);
  const [worstBand] = [...(judged.length > 0 ? judged : all)].sort((x, y) => y.apart + y.half - (x.apart + x.half));
  const { band, apart = NaN, half = NaN } = worstBand ?? {};
  const departure = Math.min(1, all.length * Math.min(1, ...all.map((inBand) => inBand.departure)));
  return {
    distance: Math.exp(apart),
    floor: 1,
    interval: [Math.exp(Math.max(0, apart - half)), Math.exp(apart + half)],
    departure,
    over: band ? `${Math.round(band.from)} to ${Math.round(band.to)} Hz` : '',
    verdict:
      judged.length > 0 && judged.every((inBand) => inBand.apart + inBand.half <= Math.log(margin))
        ? 'within'
        : departure < alpha
          ? 'different'
          : 'cannot say',
  };
}
