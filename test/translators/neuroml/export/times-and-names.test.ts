/** Times, ports and names in what is written as LEMS: the same in the model, here and in the reference interpreter. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';

test('connections name the port of spikes where the reference interpreter would take another one', async () => {
  const cell = (events: string): string =>
    `{ method: euler, state: { c: 0, x: 0 }, derivatives: { c: 1/ms, x: 0.7/ms }, events: { ${events} } }`;
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
timing: grid
neurons:
  first: ${cell('spike: { when: c > 1, do: [c = 0], order: 0 }, other: { when: x > 1, do: [x = 0], order: 1 }')}
  second: ${cell('other: { when: x > 1, do: [x = 0], order: 0 }, spike: { when: c > 1, do: [c = 0], order: 1 }')}
  both: ${cell('spike: { when: c > 1, do: [c = 0], order: 0 }, more: { when: x > 1, do: [x = 0], order: 1, emits: spike }')}
  target: { state: { g: 0 }, derivatives: { g: -g/ms } }
synapses: { s: { pathways: { pre: { on: pre.spike, delay: 1 ms, do: [port += 1] } } } }
populations: { a: { type: first, size: 1 }, b: { type: second, size: 1 }, c: { type: both, size: 1 }, r: { type: target, size: 1 } }
projections:
  ar: { from: a, to: r, synapse: s, receptor: g, connect: all }
  br: { from: b, to: r, synapse: s, receptor: g, connect: all }
  cr: { from: c, to: r, synapse: s, receptor: g, connect: all }
experiment: { dt: 0.1 ms, protocol: [ run: 2 ms ] }
`,
  });
  const { files } = await convertModel(valid, 'lems');
  const connections = (files[0]?.text ?? '').match(/preCellId="[^/]*\/\w+|sourcePort="spike"/g);
  expect(connections).toEqual([
    'preCellId="../a',
    'preCellId="../b',
    'sourcePort="spike"',
    'preCellId="../c',
    'sourcePort="spike"',
  ]);
  // Without the name, no spike would arrive there.
  const unnamed = importModel({ name: 'm.xml', text: (files[0]?.text ?? '').replace(/ sourcePort="\w+"/g, '') });
  expect(unnamed.diagnostics.map(({ code }) => code)).toContain('neuroml/port-of-several-actions');
});

test('parameters with the names of attributes have other names in LEMS', async () => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
neurons:
  c:
    method: euler
    parameters: { id: 0.1, extends: 0.2, type: 0.3, name: 0.4 }
    state: { v: 0 }
    derivatives: { v: (id + extends + type + name - v)/ms }
populations: { p: { type: c, size: 2, values: { name: i } } }
record: [{ of: p, variables: [v] }]
experiment: { dt: 0.1 ms, protocol: [ run: 2 ms ] }
`,
  });
  const [v] = (await checkConversion(valid, 'lems')).variables ?? [];
  expect(v?.largest).toBeLessThan(1e-9);
});

test('currents that are held between their updates are held in LEMS', async () => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
timing: grid
neurons: { c: { method: euler, inputs: { I: nA }, state: { v: { unit: V } }, derivatives: { v: I/nF } } }
populations: { p: { type: c, size: 2 } }
stimuli:
  wave: { kind: current, to: p, input: I, value: '2*nA*cos(t/ms + 0.3)', every: 0.5 ms, from: 0.3 ms }
  step: { kind: current, to: p, input: I, value: '1*nA if t > 1.35*ms else 0*nA', every: 0.4 ms }
  noise: { kind: current, to: p, input: I, value: 'normal(0*nA, 1e-9*nA)', every: 0.5 ms, shared: true }
record: [{ of: p, variables: [v] }]
experiment: { dt: 0.1 ms, protocol: [ run: 5 ms ] }
`,
  });
  const { report, files } = await convertModel(valid, 'lems');
  // A sum with zero would have no dimension in the reference interpreter.
  expect(files[0]?.text).not.toContain('(0 +');
  const codes = report.flatMap(({ verdict, code, pointer }) => (verdict === 'approximated' ? [[code, pointer]] : []));
  expect(codes).toContainEqual(['lems/shared-current', '/stimuli/noise']);
  expect(codes.map(([code]) => code)).not.toContain('lems/held-current');
});

test.each([
  ['Two cells (after somebody)', 'Two_cells_after_somebody', 'sim_Two_cells_after_somebody'],
  ['G', 'G_2', 'sim_G'],
  ['unnamed', 'network_1', 'simulation_1'],
  ['A network with a name that is as long as a sentence', 'network_1', 'simulation_1'],
])('a network is called after its model: %s', async (name, network, simulation) => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `format: interneuron/brian
name: ${name}
neuron_groups: { G: { N: 1, model: 'dv/dt = 1/second : 1' } }
run: 1 ms
`,
  });
  const [file] = (await convertModel(valid, 'lems')).files;
  expect(file?.text).toContain(`<network id="${network}">`);
  expect(file?.text).toContain(`<Simulation id="${simulation}"`);
});
