import { expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { ownIntegration } from '../../src/verify/own-integration.js';

const model = (type: string, params: object, timestep = 1): Parameters<typeof ownIntegration>[1] =>
  importModel({
    name: 'm.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      setup: { timestep },
      populations: [{ label: 'p', size: 1, cell: { type, params } }],
      phases: [{ run: 10 }],
    }),
  }).valid.model;

test('what NEURON and NEST do in their own way is said of the cells that a model has', () => {
  expect(ownIntegration('neuron', model('IF_curr_exp', { tau_refrac: 2 }))).toEqual([
    expect.stringContaining('IF_curr_exp by implicit steps of 1 ms'),
  ]);
  expect(ownIntegration('neuron', model('IF_cond_exp', { tau_refrac: 0.5 }))).toEqual([
    expect.stringContaining('implicit'),
    expect.stringContaining('IF_cond_exp for tau_refrac itself'),
  ]);
  expect(ownIntegration('nest', model('Izhikevich', {}, 0.1))).toEqual([
    expect.stringContaining('Euler steps of 0.1 ms'),
  ]);
  for (const type of ['IF_curr_exp', 'SpikeSourcePoisson']) expect(ownIntegration('nest', model(type, {}))).toEqual([]);
});
