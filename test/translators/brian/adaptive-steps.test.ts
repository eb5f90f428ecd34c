/** Steps that adapt: Brian's methods of the GNU Scientific Library, and what they are told. */

import { describe, expect, test } from 'vitest';
import { spikesOf } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { adaptiveModels } from '../../support/adaptive-models.js';
import { inSteps } from '../../support/same-run.js';
import { expectEquivalent, importText } from './support.js';

const read = (text: string) => importModel({ name: 'model.json', text });
const group = (members: string): string =>
  `format: interneuron/brian\nversion: 1\nneuron_groups: { G: { N: 1, model: "dv/dt = -v/(10*ms) : volt", ${members} } }\nrun: 1 ms`;

describe('method_options', () => {
  test.each([
    [
      'method: gsl_rkf45, method_options: { absolute_error: 1e-9, use_last_timestep: false }',
      ['brian/method-accuracy'],
    ],
    [
      'method: gsl, method_options: { absolute_error_per_variable: { v: 1 nV }, max_steps: 1000 }',
      ['brian/method-accuracy'],
    ],
    ['method: gsl, method_options: { save_step_count: true }', []],
    ['method: exact, method_options: { simplify: false }', []],
    ['method: euler, method_options: { absolute_error: 1e-9 }', ['brian/method-option']],
    ['method_options: { max_steps: 10 }', ['brian/method-option']],
    ['method: gsl, method_options: { simplify: true }', ['brian/method-option']],
    [
      'method: gsl, method_options: { absolute_error_per_variable: { w: 1 nV } }',
      ['brian/unknown-variable', 'brian/method-accuracy'],
    ],
    [
      'method: gsl, method_options: { absolute_error_per_variable: { v: 1 nA } }',
      ['brian/wrong-dimension', 'brian/method-accuracy'],
    ],
    [
      'method: gsl, method_options: { absolute_error_per_variable: { v: 0 mV } }',
      ['brian/out-of-range', 'brian/method-accuracy'],
    ],
  ])('%s', (members, codes) => {
    expect(importText(group(members)).list.map(({ code }) => code)).toEqual(codes);
  });

  test('are in what is written for Brian again', async () => {
    const { valid, hashes } = importModel({
      name: 'model.yaml',
      text: group('method: gsl_rk8pd, method_options: { absolute_error: 1, absolute_error_per_variable: { v: 2 nV } }'),
    });
    const { files, outcome } = await convertModel(valid, 'brian-json');
    expect(outcome).toBe('exact');
    expect(JSON.parse(files[0]?.text ?? '')).toMatchObject({
      neuron_groups: {
        G: { method_options: { absolute_error: 1, absolute_error_per_variable: { v: '2 nV' } } },
      },
    });
    expect(read(files[0]?.text ?? '').hashes).toEqual(hashes);
    const script = (await convertModel(valid, 'brian')).files[0]?.text;
    expect(script).toContain('"absolute_error": 1.0');
    expect(script).toContain('"absolute_error_per_variable": {"v": 2 * nV}');
  });
});

describe('strictly', () => {
  test.each(adaptiveModels)('the model has its own steps, and the same spikes: %s', async (_, text) => {
    const { valid } = read(text);
    const { files, outcome } = await convertModel(valid, 'brian-json', { strict: true });
    expect(outcome).toBe('equivalent');
    const again = read(files[0]?.text ?? '').valid;
    expect(again.model.experiment.dt).toBe(valid.model.experiment.dt);
    expect(Object.values(again.model.neurons).map(({ method }) => method)).toContain('adaptive');
    const ours = inSteps(await spikesOf(valid), 1e-4)['cells'];
    expect(ours?.flat().length).toBeGreaterThan(20);
    expect(inSteps(await spikesOf(again), 0)['cells']).toEqual(ours);
  });

  test.each(['izhikevich', 'eif-cond-exp-isfa-ista', 'hh-cond-exp', 'electrical', 'point-neuron'])(
    '%s is equivalent',
    expectEquivalent,
  );

  const cell = (members: object, dt = '0.1 ms') =>
    JSON.stringify({
      interneuron: 1,
      neurons: {
        P: {
          method: 'adaptive',
          parameters: { a: '20 mV' },
          state: { v: { unit: 'mV' } },
          derivatives: { v: '(a - v)/(10*ms)' },
          events: { spike: { when: 'v > 10*mV', do: ['v = 0*mV'] } },
          ...members,
        },
      },
      populations: { P: { type: 'P', size: 1 } },
      timing: 'grid',
      experiment: { dt, protocol: [{ run: '1 ms' }] },
    });
  const quadratic = { derivatives: { v: 'v**2/(10*mV*ms)' } };
  const exponential = { derivatives: { v: 'a*exp(v/(2*mV))/ms' } };
  test.each([
    // From 10 mV on, 1/v' adds up to 1 ms.
    ['a quadratic cell in steps of 0.1 ms', cell(quadratic), undefined],
    ['a quadratic cell in steps of 1 ms', cell(quadratic, '1 ms'), /v may go to infinity/],
    ['an exponential that is not cut off', cell(exponential), /v may go to infinity/],
    ['an exponential that is', cell({ derivatives: { v: 'a*exp(min(v, 10*mV)/(2*mV))/ms' } }), undefined],
    ['a variable f', cell({ state: { v: { unit: 'mV' }, f: { unit: '1' } } }), /no variable with the name f/],
    [
      'a variable of which nothing is known',
      cell({
        state: { v: { unit: 'mV' }, x: { unit: 'm' } },
        derivatives: { v: '(a - v)/(10*ms)', x: '-x/ms' },
      }),
      /nothing is known/,
    ],
  ])('%s', async (_, text, reason) => {
    const { report } = await convertModel(read(text).valid, 'brian-json', { strict: true });
    const found = report.find(({ code }) => code === 'brian/method');
    expect(found?.message).toEqual(reason === undefined ? undefined : expect.stringMatching(reason));
    expect(report.some(({ code }) => code === 'brian/adaptive')).toBe(reason === undefined);
  });
});
