/** The number of computing threads: simulated threads with given step times. */

import { describe, expect, test } from 'vitest';
import { createTeamChooser, type Piece } from '../../../../runtime/targets/wasm/team-size.js';

/** Milliseconds of a step on so many threads at a time in milliseconds. */
type StepTime = (threads: number, now: number) => number;

interface Stretch {
  readonly threads: number;
  readonly from: number;
  readonly to: number;
}

/** Runs so many milliseconds; pieces are cut as a recorder cuts them. */
function simulate(
  threads: number,
  milliseconds: number,
  stepTime: StepTime,
): { readonly steps: number; readonly stretches: readonly Stretch[] } {
  const pace = createTeamChooser(threads);
  const stretches: Stretch[] = [];
  let now = 0;
  let steps = 0;
  while (now < milliseconds) {
    const piece: Piece = pace.next();
    const own = stepTime(piece.threads, now);
    const done = Math.min(piece.steps, Math.ceil(50 / own));
    stretches.push({ threads: piece.threads, from: now, to: now + done * own });
    pace.note(done, done * own);
    now += done * own;
    steps += done;
  }
  return { steps, stretches };
}

/** Of the time after `from`, how much so many threads computed. */
function part(stretches: readonly Stretch[], threads: number, from = 0): number {
  const later = stretches.filter((stretch) => stretch.from >= from);
  const time = (all: readonly Stretch[]): number => all.reduce((sum, stretch) => sum + stretch.to - stretch.from, 0);
  return time(later.filter((stretch) => stretch.threads === threads)) / time(later);
}

describe('who computes', () => {
  test('one thread has nobody to be compared with', () => {
    expect(createTeamChooser(1).next()).toEqual({ threads: 1, steps: Infinity });
  });

  test('begins with all threads', () => {
    expect(createTeamChooser(6).next().threads).toBe(6);
  });

  test('threads that halve the time compute nearly always', () => {
    const { steps, stretches } = simulate(2, 5000, (threads) => 0.1 / threads);
    expect(part(stretches, 2)).toBeGreaterThan(0.97);
    expect(steps).toBeGreaterThan(0.97 * (5000 / 0.05));
  });

  test.each([1.3, 10, 100])('threads that take %f times as long leave the work to one', (times) => {
    const { steps } = simulate(2, 10_000, (threads) => (threads === 1 ? 0.005 : 0.005 * times));
    expect(steps).toBeGreaterThan(0.95 * (10_000 / 0.005));
  });

  test('when processors become free, others join soon', () => {
    const { stretches } = simulate(2, 20_000, (threads, now) => (threads === 1 ? 0.1 : now < 5000 ? 1 : 0.06));
    expect(part(stretches, 1, 0)).toBeGreaterThan(0.2);
    expect(part(stretches, 2, 9200)).toBeGreaterThan(0.95);
  });

  test('when another program takes a processor, one thread goes on by itself', () => {
    const { steps, stretches } = simulate(2, 20_000, (threads, now) =>
      threads === 1 ? 0.01 : now < 10_000 ? 0.006 : 2,
    );
    expect(part(stretches, 2, 0)).toBeGreaterThan(0.4);
    expect(part(stretches, 1, 15_000)).toBeGreaterThan(0.9);
    expect(steps).toBeGreaterThan(0.9 * (10_000 / 0.006 + 10_000 / 0.01));
  });

  test('of many teams the best is found', () => {
    // Work that falls with the threads, and waiting that grows with them: 4 of 16 are best.
    const { stretches } = simulate(16, 10_000, (threads) => 0.1 / threads + 0.006 * threads);
    expect(part(stretches, 4)).toBeGreaterThan(0.9);
  });

  test('a call without steps is no measurement', () => {
    const pace = createTeamChooser(2);
    const first = pace.next();
    pace.note(0, 1000);
    expect(pace.next()).toEqual(first);
  });
});
