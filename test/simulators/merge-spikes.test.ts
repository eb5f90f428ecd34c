/** Spikes of several ranks in the order of steps. */

import { expect, test } from 'vitest';
import { spikesInMemory } from '../../src/simulators/columns.js';
import { mergedSpikes } from '../../src/simulators/merge-spikes.js';

const stepOf = (time: number): number => Math.round(time);

const all = (...ranks: readonly (readonly (readonly [number, number])[])[]): readonly (readonly number[])[] => {
  const blocks = [
    ...mergedSpikes(
      ranks.map((rank) => spikesInMemory('cells', rank)),
      stepOf,
    ),
  ];
  return blocks.flatMap(({ steps, cells }) => Array.from(steps, (step, k) => [step, cells[k]!]));
};

test('ranks are joined by step, then cell', () => {
  const joined = all([[1, 4], [3, 0], [3, 2]], [[0, 1], [3, 1], [9, 3]], []); // prettier-ignore
  expect(joined).toEqual([[0, 1], [1, 4], [3, 0], [3, 1], [3, 2], [9, 3]]); // prettier-ignore
});

test('times that are rounded to one step are sorted by cell', () => {
  expect(all([[0.9, 5], [1.1, 2]])).toEqual([[1, 2], [1, 5]]); // prettier-ignore
});

test('more spikes than are read at once, and more in one step', () => {
  const spikes = (rank: number): (readonly [number, number])[] =>
    Array.from({ length: 200_000 }, (_, k) => [Math.floor(k / 100_000), 2 * (k % 100_000) + rank] as const);
  const joined = all(spikes(0), spikes(1));
  expect(joined.length).toBe(400_000);
  expect(joined.every(([step, cell], k) => step === Math.floor(k / 200_000) && cell === k % 200_000)).toBe(true);
});
