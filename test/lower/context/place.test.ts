/**
 * The order of a step: slots in the order of the profile, orders within a slot, phases at one order, then the order of
 * addition.
 */

import { fc } from '../../support/property.js';
import { expect, test } from 'vitest';
import { inOrder, type StepPhase, type StepPlace } from '../../../src/lower/context/place.js';

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

test('of one place, kernels run in the order in which they were added', () => {
  const place = { slot: 'groups', order: 0 } as const;
  expect(run([place, { ...place, phase: 'main' }, place])).toEqual(['0', '1', '2']);
});

/** Phases as the events of one order follow one another. */
const phases: readonly StepPhase[] = [
  'contribute',
  'inject',
  'flush',
  'keep inputs',
  'main',
  'list',
  'count',
  'log multiples',
  'mark',
  'act',
];
const anyPlace: fc.Arbitrary<StepPlace> = fc.record({
  slot: fc.constantFrom(...slots),
  order: fc.oneof(fc.constantFrom('first' as const, 'last' as const), fc.integer()),
  phase: fc.constantFrom(...phases),
});

test('any places come by slot, then order, then phase, then as they were added', () => {
  const rank = ({ slot, order, phase }: StepPlace): readonly number[] => [
    slots.indexOf(slot),
    order === 'first' ? -Infinity : order === 'last' ? Infinity : order,
    phases.indexOf(phase ?? 'main'),
  ];
  fc.assert(
    fc.property(fc.array(anyPlace, { maxLength: 30 }), (places) => {
      const ranked = run(places).map((k) => [...rank(places[Number(k)]!), Number(k)]);
      expect(ranked).toHaveLength(places.length);
      for (let k = 1; k < ranked.length; k += 1) {
        const [before, after] = [ranked[k - 1]!, ranked[k]!];
        const differing = before.findIndex((one, at) => one !== after[at]);
        expect(before[differing]).toBeLessThan(after[differing]!);
      }
    }),
  );
});
