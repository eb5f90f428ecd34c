/**
 * Equations of which a step of forward Euler is the step of another method: compared with closed forms, and with runs
 * under the model's own method.
 */

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { libraryCall } from '../../src/ir/library-calls.js';
import { evaluate } from '../../src/lang/evaluate.js';
import { parseExpression } from '../../src/lang/parse.js';
import { withOwnSteps } from '../../src/library/own-steps.js';
import type { ValidModel } from '../../src/model/model.js';
import { checkConversion } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

/** A group of Brian's, under its timing; `more` are members of the group. */
const group = (model: string, more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.5 ms',
      neuron_groups: { G: { N: 3, model, threshold: 'x > 1e6', ...more } },
      spike_monitors: { spikes: { source: 'G' } },
      state_monitors: { trace: { source: 'G', variables: ['x'] } },
      run: '50 ms',
    }),
  }).valid;

const dt = 5e-4;

/** The value of a variable after a step of forward Euler, with the equations that take own steps. */
function next(valid: ValidModel, variable: string, values: Readonly<Record<string, number>>): number {
  const { G } = withOwnSteps(valid).valid.model.neurons;
  const rate = parseExpression(G?.derivatives[variable]?.rate ?? '0');
  const value = evaluate(
    rate,
    // Canonical texts are in SI: the second is one.
    (name) => values[name] ?? (name === 'dt' ? dt : name === 's' ? 1 : NaN),
    (name, given) => libraryCall(name)?.(given),
  );
  return (values[variable] ?? 0) + dt * value;
}

describe('a step is the exact solution', () => {
  test('of decay', () => {
    const valid = group('dx/dt = (0.3 - x)/(4*ms) : 1', { method: 'exact' });
    expect(next(valid, 'x', { x: 1 })).toBeCloseTo(0.3 + 0.7 * Math.exp(-dt / 4e-3), 14);
  });

  test('of a variable that follows another one', () => {
    const valid = group('dx/dt = (y - x)/(4*ms) : 1\ndy/dt = -y/(2*ms) : 1', { method: 'exact' });
    const [slow, fast] = [Math.exp(-dt / 4e-3), Math.exp(-dt / 2e-3)];
    // x' = -a*x + a*y with y = exp(-b*t): the difference of both decays, times a/(b - a) = 1.
    expect(next(valid, 'x', { x: 0.2, y: 1 })).toBeCloseTo(0.2 * slow + (slow - fast), 14);
  });

  test('of one that follows what does not decay to zero', () => {
    const valid = group('dx/dt = (0.1 + y - x)/(4*ms) : 1\ndy/dt = (0.7 - y)/(2*ms) : 1', { method: 'exact' });
    const [slow, fast] = [Math.exp(-dt / 4e-3), Math.exp(-dt / 2e-3)];
    // x decays to 0.1 + 0.7, and follows y - 0.7 as above.
    expect(next(valid, 'x', { x: 0.2, y: 1 })).toBeCloseTo(0.8 - 0.6 * slow + 0.3 * (slow - fast), 14);
  });

  test('of one that follows at the same rate', () => {
    const valid = group('dx/dt = (y - x)/(4*ms) : 1\ndy/dt = -y/(4*ms) : 1', { method: 'exact' });
    const decay = Math.exp(-dt / 4e-3);
    expect(next(valid, 'x', { x: 0.2, y: 1 })).toBeCloseTo(0.2 * decay + (dt / 4e-3) * decay, 14);
  });

  test.each([
    ['another rate', 20e-3],
    ['nearly the same rate', 2.0001e-3],
    ['the same rate', 2e-3],
  ])('of one that follows an alpha function with %s', (_, tau) => {
    const valid = group(
      `dx/dt = -x/(${tau}*second) + g/(1*ms) : 1\ndg/dt = (y - g)/(2*ms) : 1\ndy/dt = -y/(2*ms) : 1`,
      {
        method: 'exact',
      },
    );
    // By 2000 steps of Runge and Kutta's method, whose error is below 1e-14.
    const slopes = ([x, g, y]: readonly number[]): readonly number[] => [
      -(x ?? 0) / tau + (g ?? 0) / 1e-3,
      ((y ?? 0) - (g ?? 0)) / 2e-3,
      -(y ?? 0) / 2e-3,
    ];
    const moved = (z: readonly number[], k: readonly number[], h: number) => z.map((one, i) => one + h * (k[i] ?? 0));
    let z: readonly number[] = [0.2, 0.5, 1];
    const h = dt / 2000;
    for (let step = 0; step < 2000; step++) {
      const k1 = slopes(z);
      const k2 = slopes(moved(z, k1, h / 2));
      const k3 = slopes(moved(z, k2, h / 2));
      const k4 = slopes(moved(z, k3, h));
      z = z.map((one, i) => one + (h / 6) * ((k1[i] ?? 0) + 2 * (k2[i] ?? 0) + 2 * (k3[i] ?? 0) + (k4[i] ?? 0)));
    }
    expect(next(valid, 'x', { x: 0.2, g: 0.5, y: 1 })).toBeCloseTo(z[0] ?? NaN, 11);
  });
});

const spiking = { threshold: 'x > 0.9', reset: 'x = 0', refractory: '2*ms' };

describe('spikes and samples in LEMS are those of the model', () => {
  test.each([
    ['exact', 'dx/dt = (1.2 + 0.1*i - x)/(8*ms) : 1 (unless refractory)', 'exact'],
    [
      'exact, where no method is named',
      'dx/dt = (1.2 + 0.1*i + y - x)/(8*ms) : 1 (unless refractory)\ndy/dt = -y/(3*ms) : 1',
      undefined,
    ],
    [
      'exponential Euler',
      'dx/dt = (3 + 0.1*i - x*(1 + y**2))/(8*ms) : 1\ndy/dt = (x - y)/(5*ms) : 1',
      'exponential_euler',
    ],
    ['rk2', 'dx/dt = (3 + 0.1*i - x**2 - y)/(8*ms) : 1\ndy/dt = (x - y)/(5*ms) : 1', 'rk2'],
    [
      'rk4 with a variable that is held',
      'dx/dt = (3 + 0.1*i - x**2 - y)/(8*ms) : 1 (unless refractory)\ndy/dt = (x*z - y)/(5*ms) : 1\nz = 1 + y**2 : 1',
      'rk4',
    ],
    ['rk4', 'dx/dt = (3 + 0.1*i - x**2 - y)/(8*ms) : 1\ndy/dt = (x*z - y)/(5*ms) : 1\nz = 1 + y**2 : 1', 'rk4'],
  ])('%s', async (_, model, method) => {
    const held = model.includes('unless');
    const valid = group(model, {
      ...spiking,
      ...(held ? {} : { refractory: false }),
      ...(method === undefined ? {} : { method }),
    });
    const { outcome, report } = await convertModel(valid, 'lems', { strict: true });
    expect(outcome).toBe('equivalent');
    expect(report.map(({ code }) => code)).toContain('lems/own-steps');
    const check = await checkConversion(valid, 'lems', { strict: true });
    expect(check.spikes[0]).toBeGreaterThan(5);
    expect(check.spikes[1]).toBe(check.spikes[0]);
    expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
    for (const { largest } of check.variables ?? []) expect(largest).toBeLessThan(1e-12);
    // Without it, forward Euler gives other samples.
    const plain = await checkConversion(valid, 'lems', {});
    expect(Math.max(...(plain.variables ?? []).map(({ largest }) => largest))).toBeGreaterThan(1e-4);
  });
});

test.each([
  ['rk2', '1.2 + sin(2*pi*30*Hz*t) + 0.1*i'],
  ['rk4', '1.2 + sin(2*pi*30*Hz*t) + 0.1*i'],
  ['rk2', '1.3*int(t > 10*ms and t < 30*ms) + 0.1*i'],
  ['rk4', '1.3*int(t > 10*ms and t < 30*ms) + 0.1*i'],
  ['rk2', 'drive', 'drive = 1.2 + sin(2*pi*30*Hz*t) : 1'],
  ['rk4', 'drive', 'drive = 0.3 + course : 1\ncourse = 1.3*int(t > 10*ms and t < 30*ms) : 1'],
  // What is held over a step has its first value in all stages.
  ['rk4', 'drive', 'drive = 1.8 + sin(2*pi*30*Hz*t) - 0.4*x : 1 (constant over dt)'],
])('stages of %s read the time within the step: %s %s', async (method, drive, more = '') => {
  const valid = group(`dx/dt = (${drive} - x)/(8*ms) : 1 (unless refractory)\n${more}`, { ...spiking, method });
  const { outcome, report } = await convertModel(valid, 'lems', { strict: true });
  expect(outcome).toBe('equivalent');
  expect(report.map(({ code }) => code)).toContain('lems/own-steps');
  const check = await checkConversion(valid, 'lems', { strict: true });
  expect(check.spikes[0]).toBeGreaterThan(3);
  expect(check.matched).toBe(check.spikes[0]);
  expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
  for (const { largest } of check.variables ?? []) expect(largest).toBeLessThan(1e-12);
});

describe('a variable that runs away in a step of a named method', () => {
  const runaway = (threshold: string): ValidModel =>
    group('dx/dt = (exp(x) - x)/(0.3*ms) : 1\ndy/dt = (x - y)/(5*ms) : 1', {
      method: 'rk4',
      threshold,
      reset: 'x = -2',
    });

  test('is no number, and the report says that this ends the run in LEMS', async () => {
    const { report, outcome } = await convertModel(runaway('x > 50'), 'lems', { strict: true });
    expect(outcome).toBe('approximate');
    const [entry] = report.filter(({ code }) => code === 'lems/overflow');
    expect(entry?.message).toContain('x of G is not a number (NaN) when the run ends, NaN in all 3 elements');
  });

  test('is equivalent where it does not in a run', async () => {
    const { report, outcome } = await convertModel(runaway('x > -1'), 'lems', { strict: true });
    expect(outcome).toBe('equivalent');
    expect(report.map(({ code }) => code)).toContain('lems/own-steps');
  });
});

describe('others are left as they are, and refused', () => {
  test.each([
    [
      'a variable that follows one with a rate that may be zero',
      'dx/dt = (y - x)/(8*ms) : 1\ndy/dt = (0.5 - a*y)/(5*ms) : 1\na : 1 (constant)',
      { method: 'exact' },
    ],
    ['variables that go round', 'dx/dt = -y/(8*ms) : 1\ndy/dt = x/(8*ms) : 1', { method: 'exact' }],
    [
      'adaptive steps of rates that change within them',
      'dx/dt = (sin(t/(1*ms)) - x)/(8*ms) : 1',
      { method: 'gsl_rkf45' },
    ],
    [
      'exact solutions that read a variable that is held',
      'dx/dt = -x/(8*ms) : 1 (unless refractory)\ndy/dt = (x - y)/(5*ms) : 1',
      { method: 'exact', ...spiking },
    ],
  ])('%s', async (_, model, more) => {
    const valid = group(model, more);
    expect(withOwnSteps(valid).changed.size).toBe(0);
    expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('approximate');
  });
});
