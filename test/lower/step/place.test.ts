/**
 * The order of a step: slots as the profile says, orders within a slot, phases at one order, then as they were added.
 */

import { expect, test } from 'vitest';
import { inOrder, type StepPlace } from '../../../src/lower/step/place.js';

const slots = ['groups', 'thresholds', 'resets'];
const run = (places: readonly StepPlace[]): string[] =>
  inOrder(
    places.map((place, k) => ({ entry: { kernel: String(k), every: 1, offset: 0, slot: place.slot }, place })),
    (slot) => slots.indexOf(slot),
  ).map(({ kernel }) => kernel);

test('slots come before orders', () => {
  expect(
    run([
      { slot: 'resets', order: -5 },
      { slot: 'groups', order: 7 },
      { slot: 'thresholds', order: 'first' },
    ]),
  ).toEqual(['1', '2', '0']);
});

test('first and last are so whatever orders there are', () => {
  expect(
    run([
      { slot: 'groups', order: 'last' },
      { slot: 'groups', order: 2e9 },
      { slot: 'groups', order: -2e9, phase: 'contribute' },
      { slot: 'groups', order: 'first' },
    ]),
  ).toEqual(['3', '2', '1', '0']);
});

test('an event is tested for, listed, counted and marked, before the next order begins', () => {
  expect(
    run([
      { slot: 'thresholds', order: 1, phase: 'contribute' },
      { slot: 'thresholds', order: 0, phase: 'mark' },
      { slot: 'thresholds', order: 0, phase: 'log multiples' },
      { slot: 'thresholds', order: 0, phase: 'count' },
      { slot: 'thresholds', order: 0, phase: 'list' },
      { slot: 'thresholds', order: 0 },
      { slot: 'thresholds', order: 0, phase: 'flush' },
    ]),
  ).toEqual(['6', '5', '4', '3', '2', '1', '0']);
});

test('of one place, what was added first runs first', () => {
  const place = { slot: 'groups', order: 0 } as const;
  expect(run([place, { ...place, phase: 'main' }, place])).toEqual(['0', '1', '2']);
});
