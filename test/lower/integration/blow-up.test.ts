/**
 * Equations that run away in finite time, as exponential integrate-and-fire neurons do between threshold and reset.
 *
 * x' = exp(x)/tau from 0 is x(t) = -ln(1 - t/tau): it is at infinity at t = tau. Until then the integral of x/tau is 1.
 */

import { describe, expect, it } from 'vitest';
import { finalOf, simulate, stepsOf, trace } from '../../support/simulate.js';

const model = (dt: number, method?: string): string =>
  JSON.stringify({
    interneuron: 1,
    name: 'runaway',
    neurons: {
      cell: {
        parameters: { tau: { unit: 's', value: 0.01 } },
        state: { x: { unit: '1', initial: 0 }, w: { unit: '1', initial: 0 } },
        derivatives: { x: 'exp(x)/tau', w: 'x/tau' },
        events: { spike: { when: 'x > 20', do: 'x = 0' } },
        ...(method === undefined ? {} : { method }),
      },
    },
    populations: { cells: { type: 'cell', size: 1 } },
    recordings: [
      { of: { population: 'cells' }, variables: ['x', 'w'], name: 'traces' },
      { of: { population: 'cells' }, events: 'spike', name: 'spikes' },
    ],
    timing: 'grid',
    experiment: { dt: `${dt} ms`, duration: '105 ms' },
  });

describe('a variable that runs away in finite time and is reset', () => {
  it.each([0.1, 0.025, 0.01, 0.0025])('leaves the others as the solution has them, with steps of %f ms', async (dt) => {
    const run = await simulate(model(dt));
    const steps = stepsOf(run, 'cells.spike');
    // One spike for each 10 ms, late by less than two steps each.
    expect(steps).toHaveLength(10);
    steps.forEach((step, k) => {
      const late = (step + 1) * dt - 10 * (k + 1);
      expect(late).toBeGreaterThanOrEqual(-1e-9);
      expect(late).toBeLessThan(2.1 * dt * (k + 1));
    });
    for (const name of ['cells.x', 'cells.w']) expect(trace(run, name).every(Number.isFinite)).toBe(true);
    // Ten integrals of 1, and the part of the eleventh so far: integral of -ln(1 - s) up to s = 1/2.
    const [w] = finalOf(run, 'cells.w');
    const rest = 0.5 - 0.5 * Math.log(2);
    expect(Math.abs(w! - (10 + rest))).toBeLessThan(60 * dt);
  });

  it('follows the method if one is named', async () => {
    const run = await simulate(model(0.1, 'rk4'));
    expect(trace(run, 'cells.w').every((w) => Number.isFinite(w) && w < 20)).toBe(false);
  });

  // In the second step, stages of x are infinite, and so are both terms of its rate: NumPy has no number then.
  it('is NaN after a step of the named method with a rate that subtracts infinities', async () => {
    const run = await simulate(model(0.5, 'rk4').replace('exp(x)/tau', '(exp(x) - x)/(0.03*tau)'));
    expect(stepsOf(run, 'cells.spike')).toEqual([]);
    const x = trace(run, 'cells.x').map(Number.isNaN);
    expect(x.slice(0, 3)).toEqual([false, false, true]);
    expect(x.at(-1)).toBe(true);
  });

  // x' = (1 + x²)/tau from 0 is tan(t/tau): adaptive sub-steps would pass over its pole, with a w of 1e43.
  it.each([0.5, 2, 5])('is no pole that adaptive sub-steps pass over, with steps of %f ms', async (dt) => {
    const run = await simulate(model(dt, 'adaptive').replace('exp(x)/tau', '(1 + x**2)/tau'));
    const steps = stepsOf(run, 'cells.spike');
    const period = 5 * Math.PI;
    expect(steps.length).toBeGreaterThanOrEqual(105 / (period + 2.1 * dt) - 1);
    expect(steps.length).toBeLessThanOrEqual(105 / period);
    expect(trace(run, 'cells.w').every((w) => w >= 0 && w < 10 * (steps.length + 1))).toBe(true);
  });
});
