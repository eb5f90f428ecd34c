/** Conditions on synapses as code of each step: the two kinds of graded synapse of NeuroML, and what cannot be said so. */

import { expect, test } from 'vitest';
import { conditionsAsCode } from '../../../src/library/gather/synapse-events.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { simulate, type Simulation } from '../../support/simulate.js';
import type { LocalEvent, SynapseType } from '../../../src/model/model.js';

const type = (events: Record<string, LocalEvent>): SynapseType => ({
  parameters: {},
  state: {
    s: { unit: '1', type: 'real', initial: 0, shared: false },
    u: { unit: '1', type: 'real', initial: 0, shared: false },
  },
  derived: { twice: { unit: '1', type: 'real', value: '2*s', shared: false, held: false } },
  derivatives: {},
  noise: [],
  method: 'auto',
  pathways: {},
  events,
  contributes: {},
  summed: {},
  ports: {},
});
const event = (when: string, ...code: string[]): LocalEvent => ({ when, edge: 'level', do: code, order: 2 });
const codeOf = (one: LocalEvent): readonly string[] | undefined => conditionsAsCode(type({ one }))?.code.get('one')?.do;

test('statements keep the old value where the condition does not hold', () => {
  expect(codeOf(event('twice > 1', 's = 0'))).toEqual(['s = 0 if twice > 1 else s']);
  expect(codeOf(event('u > 1', 's += 2', 'u -= 1'))).toEqual([
    's = s + 2 if u > 1 else s',
    'u = u - 1 if u > 1 else u',
  ]);
  expect(conditionsAsCode(type({ one: event('s > 1', 's = 0') }))?.type.events).toBeUndefined();
});

test('what changes the condition comes last, where it means the same there', () => {
  const expected = ['u = u + 1 if twice > 1 else u', 's = 0 if twice > 1 else s'];
  expect(codeOf(event('twice > 1', 's = 0', 'u += 1'))).toEqual(expected);
});

test('a condition that its own code changes before the last statement, or that counts once, stays', () => {
  expect(codeOf(event('s > 1', 's = 0', 'u = s'))).toBeUndefined();
  expect(codeOf(event('twice > 1', 's = u', 'u = 1'))).toBeUndefined();
  expect(codeOf(event('s > u', 's = 0', 'u = 1'))).toBeUndefined();
  expect(codeOf({ ...event('s > 1', 's = 0'), edge: 'rising' })).toBeUndefined();
});

test('graded synapses of NeuroML reach Brian whole, with the same trace within the error of Euler steps', async () => {
  const text = `<Lems>
<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/><Include file="Synapses.xml"/><Include file="Inputs.xml"/><Target component="run"/>
<iafCell id="cell" leakReversal="-60mV" thresh="0mV" reset="-70mV" C="100pF" leakConductance="5nS"/>
<pulseGenerator id="pulse" delay="5ms" duration="30ms" amplitude="200pA"/>
<silentSynapse id="silent"/><gradedSynapse id="graded" conductance="2nS" delta="1mV" Vth="-45mV" k="0.025per_ms" erev="0mV"/>
<network id="net"><population id="a" component="cell" size="1"/><population id="b" component="cell" size="1"/>
<continuousProjection id="ab" presynapticPopulation="a" postsynapticPopulation="b"><continuousConnection id="0" preCell="0" postCell="0" preComponent="silent" postComponent="graded"/></continuousProjection>
<inputList id="i" component="pulse" population="a"><input id="0" target="../a[0]" destination="synapses"/></inputList></network>
<Simulation id="run" length="60ms" step="0.01ms" target="net"><OutputFile id="v" fileName="v.dat"><OutputColumn id="b" quantity="b[0]/v"/></OutputFile></Simulation>
</Lems>`;
  const source = await simulate(text);
  const { files, report } = await convertModel(source.valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(report).toContainEqual(
    expect.objectContaining({
      verdict: 'approximated',
      code: 'convention/coupling',
      pointer: '/projections/a_b_graded',
    }),
  );
  const converted = await simulate(files[0]!.text);
  const trace = ({ samples }: Simulation): readonly number[] => (samples.get('b.v') ?? []).map(([v]) => v!);
  const [before, after] = [trace(source), trace(converted)];
  // The synapse opens while cell a is above -45 mV.
  expect(Math.max(...before)).toBeGreaterThan(-0.046);
  // Brian does not sample the end of the last step; 0.05 mV is what a step of 10 us changes.
  const differences = after.map((v, k) => Math.abs(v - before[k]!));
  expect(after).toHaveLength(6000);
  expect(Math.max(...differences)).toBeLessThan(0.05e-3);
});

test('plastic synapses come back from LEMS whole, with weights that phases set and values that conditions alone change', async () => {
  const text = `
format: interneuron/brian
version: 1
run: [{ duration: 10 ms }, { set: { S.w: 0.25 }, duration: 10 ms }]
neuron_groups: { G: { N: 1, model: "dv/dt = -v/(10*ms) : 1", threshold: v > 0.9, reset: v = 0, refractory: 1 ms, method: euler } }
spike_generators: { P: { N: 1, indices: [0, 0], times: { values: [2, 12], unit: ms } } }
synapses:
  S: { source: P, target: G, model: "w : 1", on_pre: v += w, on_post: w += 1, initializers: { w: 2 }, connect: true }
`;
  const { files } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'lems');
  const back = await convertModel(importModel({ name: 'model.xml', text: files[0]!.text }).valid, 'brian-json');
  expect(back.report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  const { events } = await simulate(back.files[0]!.text);
  // 2 at the first spike is beyond the threshold, the weight that is set is not.
  expect(events.get('G.spike')).toHaveLength(1);
});

test('monitors record copies of what reads an end of a synapse, since those of Brian 2 cannot compute it', async () => {
  const text = `
interneuron: 1
name: gap
neurons:
  cell: { parameters: { v: { unit: V, value: -60 mV } }, inputs: { I: { unit: A } } }
synapses:
  gap:
    parameters: { g: { unit: S, value: 1 nS } }
    state: { u: { unit: '1', initial: 0.5 } }
    derived:
      difference: { unit: V, value: pre.v - post.v }
      current: { unit: A, value: g*difference*u }
      half: { unit: '1', value: u/2 }
    contributes: { post.I: current }
populations:
  a: { type: cell, size: 2 }
projections:
  ab: { from: { of: { population: a } }, to: { of: { population: a } }, synapse: gap, connect: [{ rule: all, self: false }] }
recordings:
  - { of: { projection: ab }, variables: [current, half, u], name: traces }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 1 ms }] }
`;
  const { valid } = importModel({ name: 'model.yaml', text });
  const { files, outcome } = await convertModel(valid, 'brian-json');
  const { synapses, state_monitors: monitors } = JSON.parse(files[0]!.text) as {
    synapses: Record<string, { model: string }>;
    state_monitors: Record<string, { variables: readonly string[] }>;
  };
  expect(outcome).not.toBe('incomplete');
  expect(monitors['traces']?.variables).toEqual(['current_recorded', 'half', 'u']);
  expect(synapses['ab']?.model).toMatch(/^current_recorded = current : amp \(constant over dt\)$/m);
  expect(synapses['ab']?.model).not.toContain('half_recorded');
});
