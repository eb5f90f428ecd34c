/** Compares spikes of a model and of its conversion, by population. */

import { compareRecorded, type PopulationComparison } from '../compare/compare.js';
import { recordingOf, timeRounding, type Recorded } from '../compare/recorded.js';
import type { Model } from '../model/model.js';

/** Spikes of cells by population: times in s, ascending within a cell. */
export type SpikesByPopulation = ReadonlyMap<string, readonly (readonly number[])[]>;

/** How the spikes of one population agree; the first difference is by the labels of the model. */
export interface PopulationCheck extends PopulationComparison {
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
  sameDraws: boolean,
): readonly PopulationCheck[] {
  const [ours, theirs] = pairedSpikes(source, target, model);
  return [...ours].flatMap(([population, own]): PopulationCheck[] => {
    const others = theirs.get(population);
    return others === undefined
      ? []
      : [comparePopulation(population, own, others, { tolerance, later, seconds, sameDraws })];
  });
}

function comparePopulation(
  population: string,
  all: readonly (readonly number[])[],
  others: readonly (readonly number[])[],
  how: {
    readonly tolerance: number;
    readonly later: number;
    readonly seconds: number;
    readonly sameDraws: boolean;
  },
): PopulationCheck {
  const { tolerance, later, seconds, sameDraws } = how;
  const cells = Math.max(all.length, others.length);
  // The other side would have a spike of the last δ after the end.
  const within = (train: readonly number[], more: readonly number[] = [], shift = 0): readonly number[] =>
    train.length === more.length + 1 && (train.at(-1) ?? 0) + shift >= seconds - tolerance * (1 + 1e-6)
      ? train.slice(0, -1)
      : train;
  const ours = all.map((train, cell) => within(train, others[cell], later));
  const theirs = others.map((train, cell) => within(train, all[cell]));
  const recorded = (trains: readonly (readonly number[])[], shift: number): Recorded => {
    const ids = Array.from({ length: cells }, (_, cell) => cell);
    const shifted = ids.map((cell) => Float64Array.from(trains[cell] ?? [], (time) => time + shift));
    const spikes = { population, event: 'spike', ids, trains: shifted, listsSilent: true };
    return recordingOf({
      path: population,
      format: '',
      end: seconds + 2 * tolerance,
      dt: tolerance,
      trains: [spikes],
    });
  };
  const { populations } = compareRecorded(recorded(ours, later), recorded(theirs, 0), {
    within: tolerance * (1 + 1e-6),
    sameDraws,
  });
  const [found] = populations as [PopulationComparison];
  const largest = ours.reduce(
    (most, train, cell) =>
      train.reduce((own, time, k) => {
        const apart = Math.abs(time + later - (theirs[cell]?.[k] ?? NaN));
        return apart > timeRounding ? Math.max(own, apart) : own;
      }, most),
    0,
  );
  return {
    ...found,
    equalCounts: Array.from({ length: cells }).filter((_, cell) => ours[cell]?.length === theirs[cell]?.length).length,
    largest,
    divergence: found.divergence && { ...found.divergence, time: found.divergence.time - later },
  };
}
