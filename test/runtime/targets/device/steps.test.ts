/** Which steps become one command: the same launches in the same order as one by one, in few different commands. */

import { fc } from '../../../support/property.js';
import { expect, test } from 'vitest';
import { isDue, nextStretch } from '../../../../runtime/targets/device/steps.js';
import type { StepEntry } from '../../../../src/ir/program.js';

const entry = (every = 1, offset = 0): StepEntry => ({ kernel: 'k', every, offset, slot: 'step' });

test.each([
  ['entries of every step: a power of two of steps', [entry(), entry()], 0, 100, 64],
  ['no more than 128', [entry()], 7, 100_000, 128],
  ['no more than 1024 launches', Array.from({ length: 100 }, () => entry()), 0, 1000, 8],
  ['up to before a rare entry', [entry(), entry(100)], 101, 1000, 64],
  ['up to before a rare entry, less than the next power of two', [entry(), entry(100)], 195, 1000, 4],
  ['up to before an entry begins', [entry(), entry(1, 21)], 0, 1000, 16],
])('%s', (_, entries, step, left, steps) => {
  expect(nextStretch(entries, step, left)?.steps).toBe(steps);
});

test.each([
  ['the last step', [entry()], 5, 1],
  ['a step in which a rare entry runs', [entry(), entry(100)], 300, 1000],
  ['a step before which a rare entry runs', [entry(), entry(100)], 299, 1000],
  ['more entries than one command holds', Array.from({ length: 1000 }, () => entry()), 0, 1000],
])('%s is launched by itself', (_, entries, step, left) => {
  expect(nextStretch(entries, step, left)).toBeUndefined();
});

const entries = fc.array(
  fc
    .record({ every: fc.integer({ min: 1, max: 40 }), offset: fc.integer({ min: 0, max: 50 }) })
    .map(({ every, offset }) => entry(every, offset)),
  { minLength: 1, maxLength: 5 },
);

test('equal keys mean that the same entries run in the same steps, and there are few keys', () => {
  fc.assert(
    fc.property(entries, fc.integer({ min: 0, max: 60 }), (schedule, first) => {
      const known = new Map<string, string>();
      let step = first;
      const end = first + 4000;
      while (step < end) {
        const stretch = nextStretch(schedule, step, end - step);
        if (stretch === undefined) {
          step += 1;
          continue;
        }
        const begin = step;
        const due = Array.from({ length: stretch.steps }, (_, k) =>
          schedule.map((one) => Number(isDue(one, begin + k))).join(''),
        ).join(' ');
        expect(known.get(stretch.key) ?? due).toBe(due);
        known.set(stretch.key, due);
        step += stretch.steps;
      }
      expect(step).toBe(end);
    }),
  );
});

test('an entry that runs every few steps needs as many commands as it has phases', () => {
  const keys = new Set<string>();
  for (let step = 0; step < 128 * 30; step += 128) keys.add(nextStretch([entry(), entry(10)], step, 1e6)?.key ?? '');
  // 128 steps on, the phase is 8 steps on: 0, 8, 6, 4, 2.
  expect(keys.size).toBe(5);
});
