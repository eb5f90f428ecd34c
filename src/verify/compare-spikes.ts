/** Compares spikes of a model and of its conversion, by population. */

import { matchSpikes } from '../compare/measures/matching.js';
import { timeRounding } from '../compare/recorded.js';
import type { Model } from '../model/model.js';

/** Spikes of cells by population: times in s, ascending within a cell. */
export type SpikesByPopulation = ReadonlyMap<string, readonly (readonly number[])[]>;

/** How closely two runs agree at one step, the closest first. */
export const agreements = ['same spikes', 'same within δ', 'apart'] as const;
export type Agreement = (typeof agreements)[number];

/** Returns the least close of some agreements. */
export const leastOf = (all: readonly Agreement[]): Agreement =>
  agreements[Math.max(0, ...all.map((one) => agreements.indexOf(one)))]!;

/** How the spikes of one population agree. */
export interface PopulationCheck {
  readonly population: string;
  readonly cells: number;
  readonly spikes: readonly [source: number, target: number];
  readonly grade: Agreement;
  /** Spikes with a partner of the same cell within δ. */
  readonly matched: number;
  /** First spike without a partner, by the labels of the model; null if all have one. */
  readonly divergence: { readonly time: number; readonly cell: number } | null;
  /** Cells with as many spikes after conversion as before. */
  readonly equalCounts: number;
  /**
   * The largest distance between spikes with the same number of the same cell, in s. It is 0 if both are in the same
   * step, whose beginning or end labels them.
   */
  readonly largest: number;
}

/**
 * Groups spikes of a population of compartments by cell, if the other model has cells. Elements are the first
 * compartments of all cells, then the second ones.
 */
const byCell = (trains: readonly (readonly number[])[], cells: number): readonly (readonly number[])[] =>
  Array.from({ length: cells }, (_, cell) =>
    trains
      .filter((_train, element) => element % cells === cell)
      .flat()
      .sort((a, b) => a - b),
  );

/** Returns spikes of populations with the same name in both models, of compartments by cell if the other has cells. */
export function pairedSpikes(
  source: SpikesByPopulation,
  target: SpikesByPopulation,
  { populations, neurons }: Pick<Model, 'populations' | 'neurons'>,
): readonly [source: SpikesByPopulation, target: SpikesByPopulation] {
  const [ours, theirs] = [new Map(source), new Map(target)];
  for (const [population, own] of source) {
    const others = target.get(population);
    if (others === undefined) continue;
    const { cable, compartments } = neurons[populations[population]?.type ?? ''] ?? {};
    const areCells = (few: typeof own, many: typeof own): boolean =>
      few.length < many.length && many.length % few.length === 0;
    if (cable && areCells(others, own)) ours.set(population, byCell(own, others.length));
    if (compartments && areCells(own, others)) theirs.set(population, byCell(others, own.length));
  }
  return [ours, theirs];
}

/** Compares spikes of populations with the same name; the target names them by a moment that is `later` s later. */
export function compareSpikes(
  source: SpikesByPopulation,
  target: SpikesByPopulation,
  tolerance: number,
  later: number,
  model: Model,
  seconds: number,
): readonly PopulationCheck[] {
  const [ours, theirs] = pairedSpikes(source, target, model);
  return [...ours].flatMap(([population, own]): PopulationCheck[] => {
    const others = theirs.get(population);
    return others === undefined ? [] : [comparePopulation(population, own, others, { tolerance, later, seconds })];
  });
}

function comparePopulation(
  population: string,
  all: readonly (readonly number[])[],
  others: readonly (readonly number[])[],
  {
    tolerance,
    later,
    seconds,
  }: {
    readonly tolerance: number;
    readonly later: number;
    readonly seconds: number;
  },
): PopulationCheck {
  const cells = Math.max(all.length, others.length);
  const within = tolerance * (1 + 1e-6);
  // The other side would have a spike of the last δ after the end.
  const ended = (train: readonly number[], more: readonly number[] = [], shift = 0): readonly number[] =>
    train.length === more.length + 1 && (train.at(-1) ?? 0) + shift >= seconds - within ? train.slice(0, -1) : train;
  let [first, second, matched, equalCounts, largest] = [0, 0, 0, 0, 0];
  let divergence: PopulationCheck['divergence'] = null;
  for (let cell = 0; cell < cells; cell += 1) {
    const own = ended(all[cell] ?? [], others[cell], later).map((time) => time + later);
    const other = ended(others[cell] ?? [], all[cell]);
    [first, second] = [first + own.length, second + other.length];
    if (own.length === other.length) equalCounts += 1;
    own.forEach((time, k) => {
      const apart = Math.abs(time - (other[k] ?? NaN));
      if (apart > timeRounding) largest = Math.max(largest, apart);
    });
    const pairs = matchSpikes(own, other, within);
    matched += pairs.matched;
    const time = (pairs.divergence ?? Infinity) - later;
    if (time < (divergence?.time ?? Infinity)) divergence = { time, cell };
  }
  const isSame = matched === first && matched === second;
  const grade = !isSame ? 'apart' : largest > timeRounding ? 'same within δ' : 'same spikes';
  return { population, cells, spikes: [first, second], grade, matched, divergence, equalCounts, largest };
}
