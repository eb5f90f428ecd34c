/** Finds the uniform numbers at which synapses that draw act otherwise. */

import { changeBetween } from '../../library/recognise/numbers.js';
import type { ValidModel } from '../../model/typed.js';
import type { CellPair } from './cell-pair.js';
import { comparedEffects, otherEffects } from './synapse-comparison.js';

/** Numbers between which edges are looked for. */
const grid = [0.001, 0.5, 0.999];

/** Most receiving cells of a population whose synapses are played. */
const mostReceivers = 1;

/** Largest distance of equal edges, which bisection leaves. */
export const edgeDigits = 4e-6;

/**
 * Returns an edge in each interval of uniform numbers in which effects change.
 *
 * @param at  the model for a number
 * @param expected  edges of another model: where effects change at one of them, it is the edge
 */
export function edgesOf(at: (share: number) => ValidModel, expected: readonly number[] = []): readonly number[] {
  const first = at(grid[0]!);
  const cells = Object.entries(first.model.populations).flatMap(([population, { size, type = '' }]) => {
    const states = Object.keys(first.model.neurons[type]?.state ?? {});
    const names = new Map(states.map((name) => [name, [name, 1] as const]));
    return Array.from({ length: size }, (_, cell): CellPair => {
      const own = { population, cell, there: population, element: cell };
      return { ...own, names, states: [], isTaken: cell < mostReceivers };
    });
  });
  const isApart = (one: number, other: number): boolean => {
    const { differences, unknown } = comparedEffects(at(one), at(other), cells, Object.is, false);
    return differences.length > 0 || [...unknown.values()].includes(otherEffects);
  };
  return grid.slice(1).flatMap((to, k) => {
    const from = grid[k]!;
    if (!isApart(from, to)) return [];
    const near = expected.find((edge) => edge > from && edge < to);
    if (near !== undefined && !isApart(from, near - edgeDigits) && !isApart(near + edgeDigits, to)) return [near];
    return [changeBetween(from, to, (share) => isApart(from, share), 18)];
  });
}
