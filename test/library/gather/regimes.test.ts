/** Regimes of LEMS that wait after a spike: a refractory period, however their condition is written. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';

const cell = (condition: string): string => `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="waitingCell" extends="baseSpikingCell">
    <Parameter name="pause" dimension="time"/>
    <Parameter name="more" dimension="time"/>
    <Dynamics>
      <StateVariable name="x" dimension="none"/>
      <StateVariable name="last" dimension="time"/>
      <Regime name="waiting">
        <OnEntry><StateAssignment variable="last" value="t"/><StateAssignment variable="x" value="0"/></OnEntry>
        <OnCondition test="${condition}"><Transition regime="integrating"/></OnCondition>
      </Regime>
      <Regime name="integrating" initial="true">
        <TimeDerivative variable="x" value="1 / pause"/>
        <OnCondition test="x .gt. 1"><EventOut port="spike"/><Transition regime="waiting"/></OnCondition>
      </Regime>
    </Dynamics>
  </ComponentType>
  <waitingCell id="cell" pause="5ms" more="2ms"/>
  <network id="net"><population id="pop" component="cell" size="2"/></network>
  <Simulation id="sim" length="20ms" step="0.1ms" target="net"/>
</Lems>`;

const inBrian = async (condition: string): Promise<string | undefined> => {
  const { valid } = importModel({ name: 'model.xml', text: cell(condition) });
  return (await convertModel(valid, 'brian')).files[0]?.text.replaceAll(/\s+/g, ' ');
};

test.each([
  ['t .gt. last + pause', 'refractory=pause'],
  ['t .gt. pause + last', 'refractory=pause'],
  ['t - last .geq. pause', 'refractory=pause'],
  ['t - pause .gt. last', 'refractory=pause'],
  ['last + pause .lt. t', 'refractory=pause'],
  ['0 .lt. t - last - pause', 'refractory=pause'],
  ['t .gt. pause + last - more', /refractory="pause - more"|refractory=pause - more/],
  ['t .gt. more + (last + pause)', /refractory="(?:more \+ pause)"|refractory=more \+ pause/],
])('%s', async (condition, expected) => {
  const text = await inBrian(condition);
  if (typeof expected === 'string') expect(text).toContain(expected);
  else expect(text).toMatch(expected);
});

test.each(['t .gt. last', 't .gt. pause', 't .lt. last + pause', 'last .gt. t + pause', 't .gt. last + t'])(
  '%s is no wait',
  async (condition) => {
    const { valid } = importModel({ name: 'model.xml', text: cell(condition) });
    expect((await convertModel(valid, 'brian')).outcome).toBe('incomplete');
  },
);
