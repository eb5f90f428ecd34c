/**
 * Heun's and Milstein's methods as steps of forward Euler, compared with their definitions (Kloeden & Platen 1992, in the
 * sense of Stratonovich) and with the distribution of the solution.
 */

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { plain, valueAt } from '../../src/library/recognise/numbers.js';
import { withOwnSteps } from '../../src/library/own-steps.js';
import type { ValidModel } from '../../src/model/model.js';
import { hashModel } from '../../src/model/hash.js';
import { checkConversion } from '../../src/run/check-conversion.js';
import { SampleKeeper } from '../../src/run/check-samples.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel, runModel } from '../../src/run/pipeline.js';

const dt = 5e-4;

const group = (model: string, more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.5 ms',
      neuron_groups: { G: { N: 3, model, threshold: 'x > 1e6', ...more } },
      state_monitors: { trace: { source: 'G', variables: ['x'] } },
      run: '50 ms',
    }),
  }).valid;

/** The value of a variable after a step of forward Euler. */
function next(valid: ValidModel, variable: string, given: Readonly<Record<string, number>>): number {
  const { G } = withOwnSteps(valid).valid.model.neurons;
  const values = new Map(Object.entries({ dt, ...given }));
  const declared = new Set([...values.keys(), ...Object.keys(G?.derived ?? {})]);
  const read = (name: string): number => values.get(name) ?? NaN;
  for (const [name, { value }] of Object.entries(G?.derived ?? {}))
    values.set(name, valueAt(plain(value, declared), read));
  return read(variable) + dt * valueAt(plain(G?.derivatives[variable]?.rate ?? '0', declared), read);
}

/** The factor of the noise below, and its rate without it. */
const noise = (x: number): number => 0.3 * x * x * Math.sqrt(2);
const drift = (x: number): number => (1 - x) / 8e-3;
const multiplicative = 'dx/dt = (1 - x)/(8*ms) + 0.3*x**2*xi*sqrt(2/second) : 1';

describe('a step of forward Euler is one of', () => {
  test.each([-40, 0, 25])("Heun's method, with noise of %i", (xi) => {
    const x = 0.7;
    const change = xi * dt;
    const predicted = x + noise(x) * change;
    const expected = x + dt * drift(x) + ((noise(x) + noise(predicted)) / 2) * change;
    expect(next(group(multiplicative, { method: 'heun' }), 'x', { x, xi })).toBeCloseTo(expected, 14);
  });

  test.each([-40, 0, 25])("Milstein's method, with noise of %i", (xi) => {
    const x = 0.7;
    const [change, root] = [xi * dt, Math.sqrt(dt)];
    const predicted = x + dt * drift(x) + root * noise(x);
    const expected =
      x + dt * drift(x) + noise(x) * change + ((noise(predicted) - noise(x)) * change * change) / (2 * root);
    expect(next(group(multiplicative, { method: 'milstein' }), 'x', { x, xi })).toBeCloseTo(expected, 14);
  });

  test("Heun's method, with two noises and variables that read each other", () => {
    const model =
      'dx/dt = -x/(8*ms) + y*xi_a*sqrt(2/second) : 1\ndy/dt = -y/(5*ms) + x*xi_a*sqrt(1/second) + y*xi_b*sqrt(3/second) : 1';
    const valid = group(model, { method: 'heun' });
    const [x, y, a, b] = [0.7, 0.4, 30 * dt, -20 * dt];
    const [r1, r2, r3] = [1, 2, 3].map(Math.sqrt) as [number, number, number];
    const [nextX, nextY] = [x + y * r2 * a, y + x * r1 * a + y * r3 * b];
    const values = { x, y, xi_a: 30, xi_b: -20 };
    expect(next(valid, 'x', values)).toBeCloseTo(x - (dt * x) / 8e-3 + ((y + nextY) / 2) * r2 * a, 14);
    expect(next(valid, 'y', values)).toBeCloseTo(
      y - (dt * y) / 5e-3 + ((x + nextX) / 2) * r1 * a + ((y + nextY) / 2) * r3 * b,
      14,
    );
  });
});

test.each(['heun', 'milstein'])('without noise, %s is forward Euler', async (method) => {
  const valid = group('dx/dt = (1.2 - x**2)/(8*ms) : 1', { method });
  expect((await convertModel(valid, 'lems', {})).outcome).toBe('equivalent');
  const { variables } = await checkConversion(valid, 'lems', {});
  for (const { largest } of variables ?? []) expect(largest).toBeLessThan(1e-12);
});

test.each(['heun', 'milstein'])('%s in LEMS has the distribution of the solution', async (method) => {
  const valid = group('dx/dt = -x/(200*ms) + x*xi*sqrt(20/second) : 1', { method, N: 400, initializers: { x: 1 } });
  const { files, outcome } = await convertModel(valid, 'lems', { strict: true });
  expect(outcome).toBe('equivalent');
  const again = importModel({ name: 'model.xml', text: files[0]?.text ?? '' }).valid;
  const keeper = new SampleKeeper();
  const result = await runModel({ valid: again, hashes: hashModel(again.model) }, { writers: [keeper] });
  if (result.kind === 'run') result.dispose();
  const last = [...keeper.kept().values()].flatMap(({ values }) =>
    [...values.slice(-400)].map((x) => Math.log(Number(x))),
  );
  expect(last).toHaveLength(400);
  // ln x = -t/tau + sigma*W, where that in the sense of Itô has -sigma^2*t/2 besides: 0.5 here.
  const mean = last.reduce((sum, one) => sum + one, 0) / last.length;
  const deviation = Math.sqrt(last.reduce((sum, one) => sum + (one - mean) ** 2, 0) / last.length);
  expect(Math.abs(mean + 0.25)).toBeLessThan(0.2);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.15);
});

test('noise of cells that hold a variable stays approximate', async () => {
  const valid = group('dx/dt = (1 - x)/(8*ms) + x*xi*sqrt(2/second) : 1 (unless refractory)', {
    method: 'heun',
    threshold: 'x > 0.9',
    reset: 'x = 0',
    refractory: '2*ms',
  });
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('approximate');
});
