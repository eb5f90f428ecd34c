/** Verdicts by distances at ever smaller steps. */

import { expect, test } from 'vitest';
import { keyOf, type Distances, type Unit } from '../../src/verify/approach.js';
import { lastVerdict, verdictOf } from '../../src/verify/limit-verdict.js';

type Figures = Pick<Unit, 'distance' | 'ratio' | 'far'>;

/** Returns distances of cells at halved steps. @param at  figures of a cell at a level */
const levelsOf = (count: number, cells: number, at: (level: number, cell: number) => Figures): readonly Distances[] =>
  Array.from({ length: count }, (_, level): Distances => {
    const units = Array.from({ length: cells }, (__, cell): Unit => ({
      population: 'cells',
      cell,
      variable: 'v',
      part: 0,
      share: 0.01,
      isNegligible: false,
      ...at(level, cell),
    }));
    const byKey = new Map(units.map((unit) => [keyOf(unit), unit]));
    return { step: 1e-4 / 2 ** level, units: byKey, unmatched: [], spikes: 0, apart: [] };
  });

/** A distance that vanishes with the step. */
const vanishing = (level: number): Figures => ({ distance: 1e-3 / 2 ** level, ratio: 0.5 });

/** A distance that stays, below the changes by halving the step. */
const staying = (level: number): Figures => ({ distance: 1e-3, ratio: 0.02 * 2 ** level });

const [compared, notCompared] = [true, false].map((areInputsEqual) => ({ isEqual: areInputsEqual, areInputsEqual }));
const last = { wasSame: false, hasStates: true };

test('distances that vanish are of one model', () => {
  expect(verdictOf(levelsOf(4, 100, vanishing), notCompared!)).toBe('the same model');
});

test('distances that stay are of another model, though they are smaller than changes with the step', () => {
  const levels = levelsOf(6, 100, staying);
  expect(verdictOf(levels, compared!)).toBeUndefined();
  expect(lastVerdict(levels, { ...compared!, ...last })).toBe('another model');
});

test('one distance of 100 that stays is forgiven only if what acts on cells was compared by itself', () => {
  const levels = levelsOf(6, 100, (level, cell) => (cell === 7 ? staying(level) : vanishing(level)));
  expect(verdictOf(levels, compared!)).toBe('the same model');
  expect(verdictOf(levels, notCompared!)).toBeUndefined();
  expect(lastVerdict(levels, { ...notCompared!, ...last, wasSame: true })).toBe('another model');
});

test('a sample of a cell that stays far off is of another model, whatever the mean is', () => {
  const levels = levelsOf(6, 1, (level) => ({ ...vanishing(level), far: new Map([[93, 2e-3]]) }));
  expect(verdictOf(levels, notCompared!)).toBeUndefined();
  expect(lastVerdict(levels, { ...notCompared!, ...last })).toBe('another model');
  // Samples near an event are far off at some steps only.
  const near = levelsOf(6, 1, (level) => ({ ...vanishing(level), far: new Map([[90 + level, 2e-3]]) }));
  expect(verdictOf(near, notCompared!)).toBe('the same model');
});
