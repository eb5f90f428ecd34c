/** Effects of a change of integration method on a type. */

import { expect, test } from 'vitest';
import { typedType } from '../../../src/model/typed-model.js';
import { methodInBrian, methodOnGrid } from '../../../src/library/gather/integration.js';
import { checkConversion } from '../../support/check-conversion.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';

/** A group with two equations, in steps of 1 ms; its method is Brian's choice. */
const group = (model: string, more: object = {}): ImportedModel =>
  importModel({
    name: 'm.json',
    text: JSON.stringify({
      format: 'interneuron/brian',
      dt: '1 ms',
      neuron_groups: {
        P: { N: 1, model, threshold: 'v > -50*mV', reset: 'v = -60*mV', initializers: { v: '-60 mV', ge: '30 mV' } },
      },
      state_monitors: { m: { source: 'P', variables: ['v'], record: [0] } },
      run: '40 ms',
      ...more,
    }),
  });

const linear = 'dv/dt = (ge - (v + 49*mV))/(20*ms) : volt\ndge/dt = -ge/(5*ms) : volt';

test.each([
  ['units in the rates', linear, {}, true],
  ['constants', linear.replace('(5*ms)', 'tau'), { namespace: { tau: '5 ms' } }, true],
  ['a coefficient that changes', linear.replace('- (v + 49*mV)', '- ge/mV*(v + 49*mV)'), {}, false],
])('only linear systems of fixed coefficients have the exact solution: %s', (_, model, more, isExact) => {
  const { neurons } = group(model, more).valid.model;
  const type = typedType(neurons['P']!);
  expect(methodOnGrid(type) === 'auto').toBe(isExact);
  expect(methodInBrian(type) === 'auto').toBe(isExact);
});

// Causes that Brian 2.9 logs for such groups: a singular matrix, a complex solution, equations that are not linear.
test.each([
  ['beside a variable that grows steadily', 'dv/dt = 2*mV/ms : volt\ndge/dt = -ge/ms : volt'],
  ['of an oscillation', 'dv/dt = ge/ms : volt\ndge/dt = -v/ms : volt'],
  ['of the square of a variable', 'dv/dt = v*v/volt/ms : volt\ndge/dt = -ge/ms : volt'],
])('Brian takes forward Euler in place of the exact solution %s', async (_, model) => {
  const { valid } = group(model);
  expect(methodInBrian(typedType(valid.model.neurons['P']!))).toBe('euler');
  expect((await convertModel(valid, 'lems')).report.some(({ code }) => code === 'convention/forward-euler')).toBe(
    false,
  );
  const { variables } = await checkConversion(valid, 'lems');
  expect(variables?.[0]?.largest).toBeLessThan(1e-12);
});

test('Brian gets only the exact method for rates that read the time', async () => {
  const text = `
interneuron: 1
neurons:
  a:
    state: { v: { unit: mV, initial: 0 mV }, g: { unit: mV, initial: 10 mV } }
    derivatives: { v: (g - v)/(10*ms), g: -g/(5*ms) }
populations: { p: { type: a, size: 1 } }
record: [{ of: p, variables: [v] }]
timing: grid
experiment: { dt: 1 ms, duration: 20 ms }`;
  const { variables } = await checkConversion(importModel({ name: 'm.yaml', text }).valid, 'brian');
  expect(variables?.[0]?.largest).toBeLessThan(1e-12);
});

test.each([
  ['of an oscillation', 'v: g/(5*ms), g: -v/(5*ms)', 'rk4', 1e-4],
  ['beside a variable that grows steadily', 'v: 0.1*mV/ms, g: -g/(5*ms)', 'exponential_euler', 1e-12],
])('Brian takes no forward Euler for the exact solution of a grid %s', async (_, derivatives, method, apart) => {
  const text = `
interneuron: 1
neurons: { a: { state: { v: { unit: mV, initial: 3 mV }, g: { unit: mV, initial: 10 mV } }, derivatives: { ${derivatives} } } }
populations: { p: { type: a, size: 1 } }
record: [{ of: p, variables: [v] }]
timing: grid
experiment: { dt: 1 ms, duration: 20 ms }`;
  const { valid } = importModel({ name: 'm.yaml', text });
  const { files, report } = await convertModel(valid, 'brian');
  expect(files[0]?.text).toContain(`method="${method}"`);
  expect(report.some(({ code }) => code === 'brian/method')).toBe(method === 'rk4');
  const { variables } = await checkConversion(valid, 'brian');
  expect(variables?.[0]?.largest).toBeLessThan(apart);
});
