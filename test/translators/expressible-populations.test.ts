/** Networks with populations that a notation does not have: the rest is a document that reads again. */

import { expect, it } from 'vitest';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

const document = `
interneuron: 1
neurons:
  structured:
    inputs: { I: nA }
    compartments:
      sections: { soma: { capacitance: 12 pF } }
      mechanisms: { leak: { density: false, parameters: { g: 4 nS }, reads: [v], writes: { i: g*(-65*mV - v) } } }
    events: { spike: { when: v > 0*mV, edge: rising } }
  point:
    parameters: { tau: 10 ms }
    state: { v: 0 mV }
    derivatives: { v: (12*mV - v)/tau }
    events: { spike: { when: v > 10*mV, do: v = 0*mV } }
synapses:
  current: { parameters: { w: 1 nA }, contributes: { post.I: w } }
  kick: { pathways: { pre: post.v += 1*mV } }
populations:
  structured: { type: structured, size: 2 }
  points: { type: point, size: 3 }
  onStructuredAlone: { size: 1, spikes: { indices: [0], times: [1 ms] } }
projections:
  away: { from: points, to: structured, synapse: current, connect: all }
  back: { from: structured, to: points, synapse: kick, connect: all, delay: 1 ms }
  alone: { from: onStructuredAlone, to: structured, synapse: current, connect: all }
  among: { from: points, to: points, synapse: kick, connect: all, delay: 1 ms }
recordings:
  - { of: structured, variables: [v], name: structured_v }
  - { of: { projection: away }, variables: [w], name: weights }
  - { of: points, events: spike, name: spikes }
experiment:
  dt: 0.1 ms
  protocol: [{ run: 5 ms }, { set: { structured.v: -60 mV } }, { set: { points.tau: 9 ms } }, { run: 5 ms }]
`;

it.each(['grid', 'brian'])('%s: nothing refers to what is left out, and the report names each part', async (timing) => {
  const { valid } = importModel({ name: 'model.yaml', text: `${document}timing: ${timing}\n` });
  const { files, report, outcome } = await convertModel(valid, 'brian-json');
  expect(outcome).toBe('incomplete');
  const left = report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer);
  expect(left.sort()).toEqual([
    '/experiment/protocol/1',
    '/neurons/structured/compartments/sections/soma',
    '/populations/onStructuredAlone',
    '/populations/structured',
    '/projections/alone',
    '/projections/away',
    '/projections/back',
    '/recordings/0',
    '/recordings/1',
  ]);
  const { model } = importModel({ name: 'again.json', text: files[0]?.text ?? '' }).valid;
  expect(Object.keys(model.populations)).toEqual(['points']);
  expect(Object.keys(model.projections)).toEqual(['among']);
  expect(model.experiment.protocol).toHaveLength(3);
});

it.each(['brian-json', 'pynn-json'] as const)('%s: populations without cells are left out', async (notation) => {
  const { valid } = importModel({
    name: 'model.yaml',
    text: document
      .replace('type: structured, size: 2', 'type: point, size: 0')
      .replace('state:', 'inputs: { I: nA }\n    state:'),
  });
  const { files, report, outcome } = await convertModel(valid, notation);
  expect(outcome).toBe('incomplete');
  expect(report).toContainEqual(
    expect.objectContaining({ verdict: 'notExpressible', pointer: '/populations/structured' }),
  );
  const { model } = importModel({ name: 'again.json', text: files[0]?.text ?? '' }).valid;
  expect(Object.keys(model.populations)).toEqual(['points']);
  expect(Object.keys(model.projections)).toEqual(['among']);
});
