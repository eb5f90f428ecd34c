/** Refractory periods that differ from cell to cell. */

import { describe, expect, test } from 'vitest';
import { simulate, stepsOf } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

const cells = (period: string, parameter: string): string => `
format: interneuron/brian
version: 1
name: periods
dt: 0.1 ms
neuron_groups:
  cells:
    N: 3
    model: |
      dv/dt = (2 - v)/(10*ms) : 1 (unless refractory)
      ${parameter}
    threshold: v > 1
    reset: v = 0
    refractory: ${period}
    method: exact
    initializers: { rfc: 1*ms + i*2*ms }
spike_monitors: { spikes: { source: cells } }
run:
  - duration: 60 ms
  - set: { cells.rfc: 8*ms - i*1*ms }
    duration: 60 ms
`;

/** Steps between the first two spikes at or after a step. */
function interval(steps: readonly number[], from: number): number {
  const [first = NaN, second = NaN] = steps.filter((step) => step >= from);
  return second - first;
}

describe('a refractory period of parameters', () => {
  test('is computed once and after each set, and has the length that it has in Brian', async () => {
    const run = await simulate(cells('rfc', 'rfc : second'));
    const kernel = run.program.kernels.find(({ name }) => name === 'cells.period_spike');
    expect(kernel).toBeDefined();
    expect(run.program.schedule.step.map((entry) => entry.kernel)).not.toContain(kernel?.name);
    // From 0 the potential passes 1 after 10 ms times ln 2, in the 70th step; the spike's own step is the first of the
    // period.
    const found = [0, 1, 2].map((cell) => stepsOf(run, 'cells.spike', cell));
    expect(found.map((steps) => interval(steps, 0))).toEqual([10 + 69, 30 + 69, 50 + 69]);
    // The set acts on periods that are under way; the interval is between spikes after it.
    expect(found.map((steps) => interval(steps, 600))).toEqual([80 + 69, 70 + 69, 60 + 69]);
  });

  test('that a state variable sets is found in each step', async () => {
    const run = await simulate(cells('rfc*(1 + n)', 'rfc : second\n      dn/dt = 0/second : 1'));
    expect(run.program.kernels.map(({ name }) => name)).not.toContain('cells.period_spike');
    const found = [0, 1, 2].map((cell) => stepsOf(run, 'cells.spike', cell));
    expect(found.map((steps) => interval(steps, 0))).toEqual([10 + 69, 30 + 69, 50 + 69]);
  });
});
