import { expect, test } from 'vitest';
import { stepsWaited } from '../../../src/library/gather/regimes.js';

test('LEMS waits until its time, a sum of steps, is later than the last spike and the period', () => {
  // A step always makes the time later.
  expect(stepsWaited(0, 1e-4, true)).toEqual({ steps: 1, share: 1 });
  expect(stepsWaited(0.4e-4, 1e-4, true)).toEqual({ steps: 1, share: 1 });
  expect(stepsWaited(2.5e-4, 1e-4, true)).toEqual({ steps: 3, share: 1 });
  // Sums of powers of two are exact.
  expect(stepsWaited(4 / 1024, 1 / 1024, true)).toEqual({ steps: 5, share: 1 });
  expect(stepsWaited(4 / 1024, 1 / 1024, false)).toEqual({ steps: 4, share: 1 });
  // Others are rounded, upwards or downwards.
  const { steps, share } = stepsWaited(5e-3, 1e-4, true);
  expect([50, 51]).toContain(steps);
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(1);
});
