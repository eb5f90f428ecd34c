/** Inputs that fire and carry a synapse, with recordings inside: each part of them keeps what is recorded of it. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { simulateModel } from '../../support/simulate.js';

const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-65mV" C="100pF" leakConductance="5nS"/>
  <expTwoSynapse id="two" gbase="2nS" erev="0mV" tauRise="0.5ms" tauDecay="3ms"/>
  <timedSynapticInput id="timed" synapse="two" spikeTarget="./two">
    <spike id="0" time="2.05ms"/>
    <spike id="1" time="4.05ms"/>
  </timedSynapticInput>
  <network id="net">
    <population id="cells" component="cell" size="1"/>
    <explicitInput target="cells[0]" input="timed" destination="synapses"/>
  </network>
  <Simulation id="run" length="10ms" step="0.1ms" target="net">
    <OutputFile id="out" fileName="out.dat">
      <OutputColumn id="v" quantity="cells[0]/v"/>
      <OutputColumn id="i" quantity="cells[0]/synapses:timed:0/i"/>
      <OutputColumn id="g" quantity="cells[0]/synapses:timed:0/two/g"/>
      <OutputColumn id="a" quantity="cells[0]/synapses:timed:0/two/A"/>
    </OutputFile>
  </Simulation>
</Lems>`;

test('a timed input records its current, its conductance and the state of its synapse', async () => {
  const { valid } = importModel({ name: 'model.xml', text });
  const { files, report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict !== 'exact' && verdict !== 'equivalent')).toEqual([]);
  const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' }).valid;
  const engines = [{ target: 'wasm', threads: 1 }] as const;
  const [lems, brian] = await Promise.all([valid, again].map((one) => simulateModel(one, { engines })));
  const rows = (of: typeof lems, name: string): readonly number[] => of?.samples.get(name)?.flat() ?? [];
  // Sums that are computed are a step early, and the state has what arrives in the step that begins.
  for (const [name, there] of [
    ['i_', 'i__recorded'],
    ['two_g', 'two_g'],
  ] as const) {
    const early = rows(brian, `timed_traces/${there}`);
    expect(early).toHaveLength(100);
    rows(lems, `timed_traces/${name}`)
      .slice(1)
      .forEach((value, k) => expect((early[k] ?? NaN) * 1e9).toBeCloseTo(value * 1e9, 12));
  }
  const [kept, found] = [rows(lems, 'timed_traces/two_A'), rows(brian, 'timed_traces/two_A')];
  expect(found.flatMap((value, k) => (Math.abs(value - (kept[k] ?? NaN)) < 1e-12 ? [] : [k]))).toEqual([21, 41]);
  expect(Math.max(...found)).toBeGreaterThan(1);
  const remarks = report.flatMap(({ code, message }) => (code === 'brian/sampling' ? [message] : []));
  expect(remarks).toEqual([
    expect.stringMatching(/^two_A: samples have what arrives/),
    expect.stringMatching(/^two_g, i_: samples are one step early|^i_, two_g: samples are one step early/),
  ]);
});
