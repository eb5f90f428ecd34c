/** Times, ports and names in what is written as LEMS: the same in the model, here and in the reference interpreter. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';

test('what a protocol sets or lets flow has its own time, and units are not variables of their names', async () => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
timing: brian
neurons:
  cell:
    method: euler
    parameters: { I: 0 nA, C: 1 nF, s: 3 ms, A: 2 }
    inputs: { J: nA }
    state: { v: { unit: mV } }
    derivatives: { v: (I + J)/C*A*s/(6*msecond) }
populations: { G: { type: cell, size: 2 } }
stimuli: { stim: { kind: current, value: 5*nA, to: G, input: J, attached: false } }
record: [{ of: G, variables: [v] }]
experiment:
  dt: 0.1 ms
  protocol:
    - { run: 5 ms }
    - { set: { G.I: '10*nA*sin(t/msecond)' } }
    - { attach: stim }
    - { run: 5 ms }
    - { set: { 'G[0:1].I': '10*nA*sin(t_in_timesteps/10 + i)' } }
    - { currents: { stim: '2*nA*cos(t/msecond)' } }
    - { run: 5 ms }
`,
  });
  const [v] = (await checkConversion(valid, 'lems')).variables ?? [];
  expect(v?.range).toBeGreaterThan(0.01);
  expect(v?.largest).toBeLessThan(1e-12 * (v?.range ?? 0));
});

test('conditions of the time hold in LEMS in the steps in which they do in the model', async () => {
  const { valid } = importModel({
    name: 'm.yaml',
    text: `interneuron: 1
name: m
timing: grid
neurons:
  cell:
    method: euler
    parameters: { late: 0.7 ms }
    state: { a: 0, b: 0, c: 0, d: 0, f: 0, g: 0, n: 0 }
    derived: { past: t > 0.5*ms or n > 100, since: { unit: s, value: t - 0.9*ms } }
    derivatives:
      a: int(t > 0.5*ms)/ms
      b: int(t >= 0.3*ms)/ms
      c: (int(past) + int(since > 0*ms))/ms
      d: int(t > late)/ms
      f: int(5 < t/(0.1*ms))/ms
      g: int(t == 0.8*ms)/ms + int(t != 0.4*ms)/ms + int(t == 0.25*ms)/ms
    events: { on: { when: t > 0.6*ms, do: [n += 1], edge: level } }
populations: { p: { type: cell, size: 1 } }
record: [{ of: p, variables: [a, b, c, d, f, g, n] }]
experiment: { dt: 0.1 ms, protocol: [ run: 2 ms ] }
`,
  });
  const { report } = await convertModel(valid, 'lems');
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  const { variables } = await checkConversion(valid, 'lems');
  expect(variables).toHaveLength(7);
  for (const { variable, largest } of variables ?? []) expect([variable, largest < 1e-9]).toEqual([variable, true]);
});

test('currents of the time flow into cells with variables called as units', async () => {
  const { valid } = importModel({
    name: 'm.xml',
    text: `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="own" extends="baseCellMembPot">
    <Parameter name="A" dimension="none"/>
    <Constant name="C" dimension="capacitance" value="1nF"/>
    <Constant name="ms" dimension="time" value="1ms"/>
    <Attachments name="synapses" type="basePointCurrent"/>
    <Dynamics>
      <StateVariable name="v" dimension="voltage" exposure="v"/>
      <StateVariable name="s" dimension="none"/>
      <DerivedVariable name="i" dimension="current" select="synapses[*]/i" reduce="add"/>
      <TimeDerivative variable="v" value="A * (1 + s) * i / C"/>
      <TimeDerivative variable="s" value="(1 - s) / (20 * ms)"/>
    </Dynamics>
  </ComponentType>
  <own id="cell" A="2"/>
  <sineGenerator id="sine" delay="2ms" duration="30ms" amplitude="1nA" phase="0" period="10ms"/>
  <network id="net">
    <population id="p" component="cell" size="1"/>
    <explicitInput target="p[0]" input="sine" destination="synapses"/>
  </network>
  <Simulation id="run" length="20ms" step="0.05ms" target="net">
    <OutputFile id="o" fileName="o.dat"><OutputColumn id="v" quantity="p[0]/v"/></OutputFile>
  </Simulation>
</Lems>`,
  });
  const { files } = await convertModel(valid, 'brian-json');
  expect(files[0]?.text).toContain('sin(');
  const [v] = (await checkConversion(valid, 'brian-json')).variables ?? [];
  expect(v?.largest).toBeLessThan(1e-9 * (v?.range ?? 0));
});

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
  const [v] = (await checkConversion(valid, 'lems')).variables ?? [];
  expect(v?.largest).toBeLessThan(1e-6 * (v?.range ?? 0));
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
