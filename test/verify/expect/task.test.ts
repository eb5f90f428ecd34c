import { describe, expect, it } from 'vitest';
import { judgeRun, readCondition } from '../../../src/verify/expect/task.js';
import type { SpikeTrains } from '../../../runtime/results/result.js';

/** Spikes of cells in steps. */
function trainsOf(population: string, rows: readonly (readonly number[])[]): SpikeTrains {
  return {
    plan: { population, event: 'spike', values: [] },
    counts: Uint32Array.from(rows, ({ length }) => length),
    read: (begin: number, end: number) => Uint32Array.from(rows.slice(begin, end).flat()),
    values: () => new Float64Array(0),
    inOrder: () => [],
  } as unknown as SpikeTrains;
}

// 10 steps of 0.1 s: the first cell fires 4 times at even intervals, the second once.
const trains = [trainsOf('exc', [[1, 3, 5, 7], [2]])];
const run = { steps: 10, dt: 0.1 };

describe('a condition on spikes', () => {
  it.each<readonly [condition: string, found: string, holds: boolean]>([
    ['rate(exc) = 2.5 Hz ± 0.1 Hz', '2.5 Hz', true],
    ['rate(exc[0]) = 4 Hz', '4 Hz', true],
    ['rate(exc[1:2]) = 4 Hz ± 50 %', '1 Hz', false],
    ['count(exc) < 6', '5', true],
    ['count(exc)>5', '5', false],
    ['cv(exc[1]) = 0', 'undecided', false],
  ])('%s', (condition, found, holds) => {
    expect(judgeRun(readCondition(condition), trains, run)).toEqual({ found, holds });
  });

  it('needs a population with spikes', () => {
    expect(judgeRun(readCondition('rate(inh) = 1 Hz'), trains, run)).toBeUndefined();
  });
});
