/** Parts of cells in LEMS, which are advanced one after another, and synapses with equations of their own, in Brian. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

/** A cell that rises by 2 V/s from -0.1 V, with a part inside whose current is 10 pS times -v. */
const nested = (potential: string): string => `<Lems>
  <Target component="run"/>
  <Include file="NeuroMLCoreDimensions.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="inner">
    <Parameter name="g" dimension="conductance"/>
    <Exposure name="i" dimension="current"/>
    <Requirement name="v" dimension="voltage"/>
    <Dynamics><DerivedVariable name="i" dimension="current" exposure="i" value="-g * v"/></Dynamics>
  </ComponentType>
  <ComponentType name="outer">
    <Parameter name="slope" dimension="voltage"/>
    <Constant name="SEC" dimension="time" value="1s"/>
    <Exposure name="v" dimension="voltage"/>
    <Child name="part" type="inner"/>
    <Dynamics>${potential}</Dynamics>
  </ComponentType>
  <outer id="cell" slope="2V"><inner id="part" g="10pS"/></outer>
  <Simulation id="run" length="10ms" step="1ms" target="cell">
    <OutputFile id="out" fileName="out.dat">
      <OutputColumn id="v" quantity="v"/><OutputColumn id="i" quantity="part/i"/>
    </OutputFile>
  </Simulation>
</Lems>`;

const stepwise =
  '<StateVariable name="v" dimension="voltage" exposure="v"/><TimeDerivative variable="v" value="slope/SEC"/>';
const computed = '<DerivedVariable name="v" dimension="voltage" exposure="v" value="slope * t/SEC"/>';

test('a part that reads what the cell around it computes is a step late, which is said', async () => {
  const { valid } = importModel({ name: 'model.xml', text: nested(computed) });
  const { report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ code }) => code === 'brian/parts')).toMatchObject([
    { verdict: 'approximated', message: expect.stringContaining('inner ones read v of the step before') as string },
  ]);
  const { variables = [] } = await checkConversion(valid, 'brian-json');
  // 10 pS times the 2 mV of one step.
  expect(variables.find(({ variable }) => variable === 'part_i')?.largest).toBeCloseTo(2e-14, 20);
});

test('a part that reads a variable of the cell around it has its value at the beginning of the step in both', async () => {
  const { valid } = importModel({ name: 'model.xml', text: nested(stepwise) });
  const { report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ code }) => code === 'brian/parts')).toEqual([]);
  const { variables = [] } = await checkConversion(valid, 'brian-json');
  expect(variables.find(({ variable }) => variable === 'v')?.largest).toBeLessThan(1e-15);
});

test('synapses with equations of their own take forward Euler steps, as LEMS does', async () => {
  const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="20pF" leakConductance="2nS"/>
  <spikeGenerator id="clock" period="3ms"/>
  <blockingPlasticSynapse id="syn" gbase="0.5nS" erev="0mV" tauRise="1ms" tauDecay="5ms"/>
  <network id="net">
    <population id="cells" component="cell" size="1"/>
    <population id="clocks" component="clock" size="1"/>
    <synapticConnection from="clocks[0]" to="cells[0]" synapse="syn" destination="synapses"/>
  </network>
  <Simulation id="run" length="10ms" step="0.1ms" target="net">
    <OutputFile id="out" fileName="out.dat">
      <OutputColumn id="g" quantity="cells[0]/synapses:syn:0/g"/>
    </OutputFile>
  </Simulation>
</Lems>`;
  const { files } = await convertModel(importModel({ name: 'model.xml', text }).valid, 'brian-json');
  const { synapses } = JSON.parse(files[0]?.text ?? '') as { synapses: Record<string, { method?: string }> };
  expect(Object.values(synapses).map(({ method }) => method)).toEqual(['euler']);
});
