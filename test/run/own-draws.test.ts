/** What a model draws while it runs is drawn anew by a tool with another generator, and the report says so. */

import { expect, it } from 'vitest';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

const lif = 'dv/dt = -v/(10*ms) : volt';
const brian = (group: string, rest = ''): string =>
  `format: interneuron/brian\ndt: 0.1 ms\nneuron_groups: { G: { N: 2, ${group} } }\n${rest}\nrun: 2 ms\n`;
const multiQuantal =
  '{ type: MultiQuantalSynapse, params: { weight: 0.01, delay: 1, n: 5, U: 0.5, tau_rec: 200, tau_facil: 20 } }';
const pynn = (cell: string, synapse = '{ type: StaticSynapse, params: { weight: 0.01, delay: 1 } }'): string =>
  `format: interneuron/pynn\nversion: 1\npynn: "0.13"\npopulations:\n  - { label: a, size: 1, cell: ${cell} }\n` +
  '  - { label: b, size: 1, cell: { type: IF_cond_exp } }\nprojections:\n  - { label: c, pre: a, post: b, ' +
  `receptor_type: excitatory, connector: { type: AllToAllConnector }, synapse: ${synapse} }\nphases: [{ run: 10 }]\n`;
const list = '{ type: SpikeSourceArray, params: { spike_times: [1] } }';
const poisson = '{ type: SpikeSourcePoisson, params: { rate: 50 } }';

it.each([
  ['noise', brian(`model: "${lif.replace(' :', ' + xi*mV/ms**0.5 :')}", method: euler`), 'lems'],
  ['a draw at a threshold', brian(`model: "${lif}", threshold: "rand() < 0.1", reset: "v = 0*mV"`), 'lems'],
  ['a draw in a reset', brian(`model: "${lif}", threshold: "v > 1*mV", reset: "v = rand()*mV"`), 'lems'],
  [
    'a Poisson input',
    brian(`model: "${lif}"`, 'poisson_inputs: { P: { target: G, target_var: v, N: 9, rate: 9 Hz, weight: 1 mV } }'),
    'lems',
  ],
  ['a random source', pynn(poisson), 'lems'],
  ['a random source', pynn(poisson), 'brian-json'],
  ['a synapse that draws at spikes', pynn(list, multiQuantal), 'brian-json'],
] as const)('%s', async (_, text, to) => {
  const { report, outcome } = await convertModel(importModel({ name: 'model.yaml', text }).valid, to);
  expect(outcome).not.toBe('exact');
  expect(report.map(({ code }) => code)).toContain('convention/own-draws');
});

it.each(['lems', 'brian-json'] as const)('a model that draws nothing has no such entry in %s', async (to) => {
  const { report } = await convertModel(importModel({ name: 'model.yaml', text: pynn(list) }).valid, to);
  expect(report.filter(({ code }) => code.endsWith('own-draws'))).toEqual([]);
});
