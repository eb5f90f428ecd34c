/**
 * Spikes without a delay under Brian's timing: strictly, all cells hear them at the beginning of the next step, so that the order
 * in which LEMS advances cells does not matter. Spikes are those of the model, in the same steps.
 */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';
import type { ValidModel } from '../../../../src/model/model.js';
import { expectSameRun } from '../../../support/same-run.js';

const network = (groups: object, synapses: object, more: object = {}): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      seed: 4,
      neuron_groups: groups,
      synapses,
      spike_monitors: Object.fromEntries(Object.keys(groups).map((name) => [`of_${name}`, { source: name }])),
      run: '120 ms',
      ...more,
    }),
  }).valid;

const held = {
  N: 30,
  model: 'dv/dt = (1.3 + 0.02*i - v + u)/(10*ms) : 1 (unless refractory)\ndu/dt = -u/(5*ms) : 1',
  threshold: 'v > 1',
  reset: 'v = 0',
  refractory: '2*ms',
  method: 'euler',
  initializers: { v: 'i/30.' },
};
const free = {
  N: 20,
  model: 'dv/dt = (1.05 - v + 0.01*i)/(10*ms) : 1',
  threshold: 'v > 1',
  reset: 'v = 0',
  method: 'exact',
  initializers: { v: 'i/20.' },
};
const random = { p: 0.3 };

test.each([
  [
    'jumps of the potential that a reset forgets, of cells that are refractory and of cells that are not',
    network(
      { A: held, B: free },
      {
        AA: { source: 'A', target: 'A', on_pre: 'v_post += 0.02\nu_post -= 0.01', connect: random },
        AB: { source: 'A', target: 'B', on_pre: 'v_post += 0.03', connect: random },
        BA: { source: 'B', target: 'A', on_pre: 'v_post -= 0.05', connect: random, delay: '0.5 ms' },
        BB: { source: 'B', target: 'B', on_pre: 'v_post += 0.15', connect: random },
      },
    ),
  ],
  [
    'two pathways of a synapse with a variable of its own, a reset that adds, and a threshold of a subexpression',
    network(
      {
        A: held,
        B: {
          ...free,
          model:
            'dv/dt = (1.3 - v + 0.01*i - g)/(10*ms) : 1\ndg/dt = (h - g)/(3*ms) : 1\ndh/dt = -h/(3*ms) : 1\nw = v + g : 1',
          threshold: 'w > 1',
          reset: 'v = 0\nh -= 0.05',
          refractory: '1*ms',
          method: 'rk2',
        },
      },
      {
        AB: {
          source: 'A',
          target: 'B',
          model: 'q : 1',
          on_pre: { one: 'v_post += 0.03\nq += 0.1', two: 'h_post += q*0.01' },
          delay: { two: '0.3*ms' },
          connect: random,
        },
        BB: { source: 'B', target: 'B', on_pre: 'h_post += 0.1', connect: random },
      },
    ),
  ],
])('%s', async (_, valid) => {
  const { outcome } = await convertModel(valid, 'lems', { strict: true });
  expect(outcome).toBe('equivalent');
  expectSameRun(await checkConversion(valid, 'lems', { strict: true }), 300);
  // Otherwise cells hear some spikes a step later than others.
  const plain = await checkConversion(valid, 'lems', {});
  expect(plain.spikes[1] === plain.spikes[0] && plain.populations.every(({ largest }) => largest < 1e-9)).toBe(false);
});

test.each<readonly [string, object, object, object]>([
  ['a reset that reads what spikes add', { reset: 'v = 0\nu = 2*u' }, {}, {}],
  ['code at regular times that reads it', { run_regularly: [{ code: 'u = 0.5*u', dt: '1 ms' }] }, {}, {}],
  ['refractoriness that follows the state and keeps out spikes', { refractory: '1*ms + 10*ms*u' }, {}, {}],
  ['spikes that read it', {}, { on_pre: 'v_post += 0.02*u_post' }, {}],
  ['samples of it', {}, {}, { state_monitors: { trace: { source: 'A', variables: ['u'], record: true } } }],
])('%s: the report says that LEMS has another order', async (_, cells, synapses, more) => {
  const on_pre = 'v_post += 0.02\nu_post -= 0.01';
  const valid = network(
    { A: { ...held, ...cells } },
    { AA: { source: 'A', target: 'A', on_pre, connect: random, ...synapses } },
    more,
  );
  const { report } = await convertModel(valid, 'lems', { strict: true });
  expect(report.some(({ code, verdict }) => code === 'lems/timing' && verdict === 'approximated')).toBe(true);
});

const overwriting = { code: 'u = v', when: 'end' };

test('what code overwrites in each step before anything reads it does not matter', async () => {
  const valid = network(
    { A: { ...free, model: `${free.model}\nu : 1`, run_regularly: [overwriting] } },
    { AA: { source: 'A', target: 'A', on_pre: 'u_post += 1', connect: true } },
    { state_monitors: { trace: { source: 'A', variables: ['u'], record: true } }, run: '50 ms' },
  );
  const converted = await convertModel(valid, 'lems', { strict: true });
  expect(converted.outcome).toBe('equivalent');
  const check = await checkConversion(valid, 'lems', { strict: true, converted });
  expect(check.spikes[0]).toBeGreaterThan(20);
  expect(check.matched).toBe(check.spikes[0]);
  expect(check.variables?.[0]?.largest).toBeLessThan(1e-9);
});

test.each<readonly [string, object, object]>([
  ['a reset', { reset: 'v = 0.1*u' }, {}],
  ['synapses', {}, { on_pre: 'u_post += 1\nv_post += 0.01*u_post' }],
  ['code that keeps it', { run_regularly: [{ code: 'u = 0.5*u', when: 'end' }] }, {}],
  ['samples between steps', { run_regularly: [{ ...overwriting, dt: '1 ms' }] }, {}],
])('what is overwritten matters to %s', async (_, cells, synapses) => {
  const valid = network(
    { A: { ...free, model: `${free.model}\nu : 1`, run_regularly: [overwriting], ...cells } },
    { AA: { source: 'A', target: 'A', on_pre: 'u_post += 1', connect: true, ...synapses } },
  );
  const { report } = await convertModel(valid, 'lems', { strict: true });
  expect(report.some(({ code, verdict }) => code === 'lems/timing' && verdict === 'approximated')).toBe(true);
});

test('populations that only send come before those that they send to', async () => {
  const valid = network(
    { A: { ...free, refractory: false }, B: free },
    { BA: { source: 'B', target: 'A', on_pre: 'v_post += 0.05', connect: random } },
  );
  const { outcome } = await convertModel(valid, 'lems', { strict: true });
  expect(outcome).toBe('equivalent');
  expectSameRun(await checkConversion(valid, 'lems', { strict: true }), 100);
});

test('cells that are refractory while a condition holds are free in the step in which they are in Brian', async () => {
  // v rises by 0.1 a step: 0.5 after step 4, 1 after step 9, so that the condition no longer holds in step 10.
  const valid = network(
    { A: { N: 1, model: 'dv/dt = 1/ms : 1', threshold: 'v > 0.45', refractory: 'v < 0.95' } },
    {},
    { run: '2 ms' },
  );
  const { populations } = await checkConversion(valid, 'lems', { strict: true });
  expect(populations[0]?.spikes).toEqual([11, 11]);
  expect(populations[0]?.largest).toBeLessThan(1e-9);
});

test('spikes with a delay that read variables of their target: the report says that LEMS has those of a step before', async () => {
  const on_pre = 'v_post += 0.02*(2 - v_post)';
  const valid = network({ A: held }, { AA: { source: 'A', target: 'A', on_pre, delay: '1 ms', connect: random } });
  const { report } = await convertModel(valid, 'lems', { strict: true });
  expect(report.some(({ code, pointer }) => code === 'lems/order-in-step' && pointer === '/projections/AA')).toBe(true);
});
