/** Sources whose only event port has a name of its own: their spikes reach other notations under the names that these have. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/><Include file="Synapses.xml"/>
  <ComponentType name="clock">
    <Parameter name="period" dimension="time"/>
    <EventPort name="tick" direction="out"/>
    <Exposure name="tsince" dimension="time"/>
    <Dynamics>
      <StateVariable name="tsince" exposure="tsince" dimension="time"/>
      <TimeDerivative variable="tsince" value="1"/>
      <OnCondition test="tsince .gt. period"><StateAssignment variable="tsince" value="0"/><EventOut port="tick"/></OnCondition>
    </Dynamics>
  </ComponentType>
  <clock id="clock" period="5.005ms"/>
  <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-68mV" C="200pF" leakConductance="10nS"/>
  <expOneSynapse id="synapse" gbase="60nS" erev="0mV" tauDecay="2ms"/>
  <network id="net">
    <population id="clocks" component="clock" size="1"/>
    <population id="cells" component="cell" size="1"/>
    <synapticConnection from="clocks[0]" to="cells[0]" synapse="synapse" destination="synapses"/>
  </network>
  <Simulation id="run" length="52ms" step="0.01ms" target="net">
    <OutputFile id="out" fileName="out.dat">
      <OutputColumn id="v" quantity="cells[0]/v"/><OutputColumn id="since" quantity="clocks[0]/tsince"/>
    </OutputFile>
    <EventOutputFile id="events" fileName="events.dat" format="TIME_ID">
      <EventSelection id="0" select="clocks[0]" eventPort="tick"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;

test('a source with an event port of its own name drives cells in Brian as it does in LEMS', async () => {
  const { valid } = importModel({ name: 'model.xml', text });
  const { files, report } = await convertModel(valid, 'brian-json');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
  expect(files[0]?.text).not.toContain('on_event');
  const { populations } = await checkConversion(valid, 'brian-json');
  for (const [name, spikes] of [
    ['clocks', 10],
    ['cells', 10],
  ] as const) {
    const one = populations.find(({ population }) => population === name);
    expect(one?.spikes[0], name).toBeGreaterThanOrEqual(spikes - 2);
    expect(one?.spikes[1], name).toBe(one?.spikes[0]);
  }
});
