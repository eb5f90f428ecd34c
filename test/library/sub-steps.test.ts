/**
 * Steps that adapt as steps of forward Euler: several of Dormand and Prince's method, compared with closed forms and
 * with the model's own steps.
 */

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { plain, valueAt } from '../../src/library/recognise/numbers.js';
import { typesInSubSteps } from '../../src/library/own-steps.js';
import { subStepCount } from '../../src/library/sub-step-count.js';
import type { ValidModel } from '../../src/model/model.js';
import { checkConversion } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';
import { adaptiveModels } from '../support/adaptive-models.js';

const dt = 5e-4;

/** A group of Brian's whose steps adapt. */
const group = (model: string, more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.5 ms',
      neuron_groups: { G: { N: 3, model, threshold: 'x > 1e6', method: 'gsl_rkf45', ...more } },
      spike_monitors: { spikes: { source: 'G' } },
      state_monitors: { trace: { source: 'G', variables: ['x'] } },
      run: '100 ms',
    }),
  }).valid;

/** The value of a variable after a step that is divided. */
function next(valid: ValidModel, parts: number, variable: string, start: Readonly<Record<string, number>>): number {
  const { rates, derived = [] } = typesInSubSteps(valid).get('G')?.(parts) ?? { rates: new Map() };
  const values = new Map(Object.entries({ dt, ...start }));
  const declared = new Set([...values.keys(), ...derived.map(({ name }) => name)]);
  const read = (name: string): number => values.get(name) ?? NaN;
  for (const { name, value } of derived) values.set(name, valueAt(plain(value, declared), read));
  return read(variable) + dt * valueAt(plain(rates.get(variable) ?? '0', declared), read);
}

describe('a step', () => {
  test("of x' = x*(1 - x) errs by a 32nd where it has twice as many parts", () => {
    const valid = group('dx/dt = x*(1 - x)/ms : 1');
    // x = 1/(1 + c*exp(-t)), from 0.1, after half a time constant.
    const exact = 1 / (1 + 9 * Math.exp(-0.5));
    const [one = 1, two = 1, four = 1] = [1, 2, 4].map((parts) =>
      Math.abs(next(valid, parts, 'x', { x: 0.1 }) - exact),
    );
    expect(one).toBeLessThan(1e-6);
    for (const ratio of [one / two, two / four]) expect(Math.log2(ratio)).toBeGreaterThan(4.5);
  });

  test.each([1, 3])('has the exact solution of what decays by itself, in %i parts', (parts) => {
    const valid = group('dx/dt = -x**3/ms - y/ms : 1\ndy/dt = (z - y)/(0.1*ms) : 1\ndz/dt = -z/(0.1*ms) : 1');
    // An alpha function after five time constants.
    expect(next(valid, parts, 'y', { x: 0, y: 0.3, z: 2 })).toBeCloseTo((0.3 + 2 * 5) * Math.exp(-5), 14);
  });

  test('holds what a refractory cell holds, in the equations of others too', () => {
    const valid = group('dx/dt = (2 - x**3)/ms : 1 (unless refractory)\ndy/dt = (x - y)/(2*ms) : 1', {
      refractory: '5*ms',
    });
    const held = { x: 0.8, y: 0.1, not_refractory: 0 };
    expect(next(valid, 1, 'x', held)).toBe(0.8);
    expect(next(valid, 1, 'y', held)).toBeCloseTo(0.8 - 0.7 * Math.exp(-0.25), 6);
    expect(next(valid, 1, 'x', { ...held, not_refractory: 1 })).toBeGreaterThan(0.85);
  });
});

describe('a step is divided', () => {
  const countFor = (rate: string, x: number, more: object = {}) => {
    const valid = group(`dx/dt = ${rate} : 1`, more);
    const { G: type } = valid.model.neurons;
    const stepsIn = typesInSubSteps(valid).get('G');
    return type && stepsIn && subStepCount(type, stepsIn, [new Map([['x', x]])], dt);
  };

  test('into more parts where variables change faster, and not at all where 32 are too few', () => {
    const parts = [5, 1, 0.3, 0.02].map((time) => countFor(`x*(1 - x)/(${time}*ms)`, 0.3)?.parts);
    expect(parts[0]).toBe(1);
    expect(parts[1]).toBeGreaterThanOrEqual(1);
    expect(parts[2]).toBeGreaterThan(parts[1] ?? 0);
    expect(countFor('(1 - x**3)/(0.004*ms)', 0.3)).toBeUndefined();
  });

  test('with an error below 1e-6 of a value and its change', () => {
    const found = countFor('x*(1 - x)/(0.2*ms)', 0.1);
    const after = next(group('dx/dt = x*(1 - x)/(0.2*ms) : 1'), found?.parts ?? 1, 'x', { x: 0.1 });
    const exact = 1 / (1 + 9 * Math.exp(-2.5));
    expect(Math.abs(after - exact)).toBeLessThan(1e-6 * exact);
    expect(found?.error).toBeCloseTo(Math.abs(after - exact) / exact, 7);
  });

  test('however a variable ends that a spike resets', () => {
    const [plainly, reset] = [{}, { threshold: 'x > 1', reset: 'x = 0' }].map((more) =>
      countFor('(int(x < 1) + int(x >= 1)*(3 - x))/(1*ms)', 0.7, more),
    );
    expect(reset?.parts).toBeLessThan(plainly?.parts ?? Infinity);
  });
});

describe('in LEMS', () => {
  test.each(adaptiveModels.filter(([name]) => /Izhikevich|relative/.test(name)))(
    'spikes are in the same steps, of the same length: %s',
    async (_, text) => {
      const { valid } = importModel({ name: 'model.json', text });
      const check = await checkConversion(valid, 'lems', { strict: true });
      expect(check.spikes[0]).toBeGreaterThan(80);
      expect(check.spikes[1]).toBe(check.spikes[0]);
      expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
      for (const { largest, range } of check.variables ?? []) expect(largest / range).toBeLessThan(1e-4);
    },
  );

  test('the report says how many parts there are, and how they err; the document has a comment for each', async () => {
    const { valid } = importModel({ name: 'model.json', text: adaptiveModels[0]?.[1] ?? '' });
    const { files, report, outcome } = await convertModel(valid, 'lems', { strict: true });
    expect(outcome).toBe('equivalent');
    const entry = report.find(({ code }) => code === 'lems/sub-steps');
    const [, parts = '', error = ''] =
      /is (\d+) shorter ones .* errs by at most (\S+) of/.exec(entry?.message ?? '') ?? [];
    expect(Number(error)).toBeLessThanOrEqual(1e-6);
    const text = files[0]?.text ?? '';
    expect(text.match(/<!-- sub-step \d+ of \d+ -->/g)).toHaveLength(Number(parts));
    expect(text).not.toContain('<Exposure name="v_1_slope_1"');
  });

  test.each([
    ['a variable that runs away', { model: 'dx/dt = x**2/ms : 1', threshold: 'x > 2', reset: 'x = 0' }],
    ['rates that are drawn', { model: 'dx/dt = (rand() - x)/ms : 1' }],
    ['rates of the time', { model: 'dx/dt = (sin(t/ms) - x**3)/ms : 1' }],
  ])('%s stays approximate', async (_, { model, ...more }) => {
    const valid = group(model, more);
    const { report } = await convertModel(valid, 'lems', { strict: true });
    const codes = report.map(({ code }) => code);
    expect(codes).not.toContain('lems/sub-steps');
    expect(codes).toContain('lems/forward-euler');
  });
});
