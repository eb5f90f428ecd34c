/**
 * What holds at few times, cells or values only is not missed where types are compared at points: conversions that are
 * called equivalent spike as the model does.
 */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../src/run/check/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';

const cell = {
  model: 'dv/dt = (-65*mV - v + ge + 20*mV)/(12*ms) : volt (unless refractory)\ndge/dt = -ge/(4*ms) : volt',
  threshold: 'v > -50*mV',
  reset: 'v = -65*mV',
  refractory: '2 ms',
  method: 'exact',
};

/** Two cells that listed spikes excite. */
const network = (change: object, onPre = 'ge += 12*mV'): ValidModel =>
  importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: { G: { N: 2, ...cell, initializers: { v: '-65 mV' }, ...change } },
      spike_generators: {
        S: { N: 3, indices: [0, 1, 2, 0, 1], times: ['3 ms', '7.5 ms', '12 ms', '31 ms', '44.2 ms'] },
      },
      synapses: { C: { source: 'S', target: 'G', on_pre: onPre, connect: true, delay: '1 ms' } },
      spike_monitors: { spikes: { source: 'G' } },
      run: '60 ms',
    }),
  }).valid;

const pulse = cell.model.replace('20*mV', '20*mV*int(t > 10*ms and t < 30*ms)');

/** Expects spikes to be those of the model wherever a conversion is called exact or equivalent. */
async function expectNotTooKind(valid: ValidModel): Promise<void> {
  for (const to of ['pynn-json', 'lems'] as const) {
    const { outcome } = await convertModel(valid, to);
    if (outcome === 'approximate' || outcome === 'incomplete') continue;
    const { matched, spikes } = await checkConversion(valid, to);
    expect([to, matched, ...spikes]).toEqual([to, spikes[0], spikes[0], spikes[0]]);
  }
}

test.each([
  ['a pulse in a rate, of Euler steps', { model: pulse, method: 'euler' }],
  ['a pulse in a rate, of steps of Runge and Kutta', { model: pulse, method: 'rk4' }],
  ['a current of one cell', { model: cell.model.replace('20*mV', '(18 + 4*int(i == 1))*mV') }],
  ['a threshold that is lower for a while', { threshold: 'v > -50*mV - 5*mV*int(t < 30*ms)' }],
  ['a reset that is higher for a while', { reset: 'v = -65*mV + 5*mV*int(t < 30*ms)' }],
  ['a period of refractoriness that is longer for a while', { refractory: '(2 + 3*int(t < 30*ms))*ms' }],
  ['exponential Euler, which holds what a cell receives', { method: 'exponential_euler' }],
])('%s', async (_, change) => {
  await expectNotTooKind(network(change));
});

test.each([
  ['a weight of one source', 'ge += 12*mV*int(i == 1)'],
  ['a weight of one target', 'ge += 12*mV*int(j == 1)'],
  ['a weight that grows from the second source on', 'ge += 4*mV*clip(i, 1, 2)'],
  ['spikes that count after a time', 'ge += 12*mV*int(t > 20*ms)'],
])('%s', async (_, onPre) => {
  await expectNotTooKind(network({}, onPre));
});

test.each([
  ['EIF_cond_exp_isfa_ista', '(-70.6*mV - v + 2*mV*exp((v + 50.4*mV)/(2*mV)) + 33*mV)/(9*ms)', 'v > -40*mV'],
  ['Izhikevich', '(0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + 15*mV/ms', 'v > 30*mV'],
])('steps of a fixed length are not those of PyNN’s %s, which adapt', async (_, rate, threshold) => {
  const isExponential = rate.includes('exp');
  const equations = isExponential
    ? `dv/dt = ${rate} - w/(281*pF) : volt (unless refractory)\ndw/dt = (4*nS*(v + 70.6*mV) - w)/(144*ms) : amp`
    : `dv/dt = ${rate} : volt\ndu/dt = 0.02/ms*(0.2/ms*v - u) : volt/second`;
  const group = (method: string): ValidModel =>
    importModel({
      name: 'model.yaml',
      text: stringify({
        format: 'interneuron/brian',
        dt: '0.1 ms',
        neuron_groups: {
          G: {
            N: 2,
            model: equations,
            threshold,
            reset: isExponential ? 'v = -65*mV; w += 0.08*nA' : 'v = -65*mV; u += 8*mV/ms',
            ...(isExponential ? { refractory: '1 ms' } : {}),
            method,
            initializers: { v: '-65 mV' },
          },
        },
        spike_monitors: { spikes: { source: 'G' } },
        run: '60 ms',
      }),
    }).valid;
  const { outcome, report } = await convertModel(group('rk4'), 'pynn-json');
  expect([outcome, report.filter(({ verdict }) => verdict === 'approximated').map(({ code }) => code)]).toEqual([
    'approximate',
    ['pynn/method', ...(isExponential ? ['convention/refractory'] : [])],
  ]);
});

test('inputs of one name are of a dimension for each type of cell', async () => {
  const driven = (unit: string, size: string): object => ({
    N: 2,
    model: `dv/dt = (drive - v)/(10*ms) : ${unit}\ndrive = ${size}*int(t > 5*ms) : ${unit}`,
    threshold: `v > 0.8*${size}`,
    reset: `v = 0*${size}`,
    method: 'euler',
  });
  const { valid } = importModel({
    name: 'model.yaml',
    text: stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      neuron_groups: { G: driven('volt', '10*mV'), H: driven('1', '2') },
      spike_monitors: { g: { source: 'G' }, h: { source: 'H' } },
      run: '60 ms',
    }),
  });
  const { matched, spikes } = await checkConversion(valid, 'lems');
  expect([matched, spikes[0] > 5, spikes[1]]).toEqual([spikes[0], true, spikes[0]]);
});
