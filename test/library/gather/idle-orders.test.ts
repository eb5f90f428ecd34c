/** Orders within a step that decide nothing are left out of what people read; those that decide something stay. */

import { expect, test } from 'vitest';
import { withoutIdleOrders } from '../../../src/library/gather/idle-orders.js';
import { gathered } from '../../../src/library/gather/gather.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

const network = (synapse: string): ValidModel =>
  importModel({
    name: 'network.xml',
    text: `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="cell" leakReversal="-45mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>
  <expOneSynapse id="plain" gbase="4nS" erev="0mV" tauDecay="4ms"/>
  <expTwoSynapse id="risen" gbase="4nS" erev="0mV" tauRise="1ms" tauDecay="4ms"/>
  <network id="net">
    <population id="b" component="cell" size="1"/><population id="a" component="cell" size="1"/>
    <synapticConnection from="b[0]" to="a[0]" synapse="${synapse}" destination="synapses"/>
  </network>
  <Simulation id="run" length="20ms" step="0.05ms" target="net">
    <OutputFile id="v" fileName="v.dat">
      <OutputColumn id="v0" quantity="a[0]/v"/><OutputColumn id="v1" quantity="b[0]/v"/>
      <OutputColumn id="g" quantity="a[0]/synapses:${synapse}:0/g"/>
    </OutputFile>
  </Simulation>
</Lems>`,
  }).valid;

const scriptOf = async (synapse: string, strict: boolean): Promise<string> => {
  const { files } = await convertModel(network(synapse), 'brian', { strict });
  return files[0]?.text ?? 'none';
};

test('cells and synapses that only add to sums have the order that Brian gives them', async () => {
  const script = await scriptOf('plain', false);
  expect(script).toMatch(/\bSynapses\(/);
  expect(script).not.toMatch(/\border\b/);
});

test('with synapses that are advanced in each step, and in strict conversion, orders stay', async () => {
  expect(await scriptOf('risen', false)).toMatch(/\border=/);
  expect(await scriptOf('plain', true)).toMatch(/\border=/);
});

test('orders stay where a part reads another one, or code runs on one', () => {
  const { model } = gathered(network('plain'), 'brian').valid;
  const late = { ...model.populations['a'], order: 3 };
  const populations = { ...model.populations, a: late } as typeof model.populations;
  expect(withoutIdleOrders({ ...model, populations }).populations['a']?.order).toBe(0);
  const linked = { a: { ...late, linked: { leakReversal: { population: 'b', variable: 'v' } } } };
  const operations = { kick: { on: { population: 'a' }, do: ['v += 1*mV'], order: 0 } };
  for (const change of [{ populations: { ...populations, ...linked } }, { populations, operations }]) {
    const changed = { ...model, ...change } as typeof model;
    expect(withoutIdleOrders(changed)).toBe(changed);
  }
});
