/**
 * Parts of a source that each let it spike: jNeuroML's spikes, several of which are in one step. What parts require of the
 * source they see as it is, unless the source exposes it.
 */

import { expect, test } from 'vitest';
import { checkConversion, spikesOf } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, runModel } from '../../../src/run/pipeline.js';
import { neuron, documentOf } from './support/importing.js';
import { simulate, stepsOf } from '../../support/simulate.js';

const source = (exposure: string): string => `<Lems>
  <Target component="sim"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ComponentType name="Source" extends="baseSpikeSource">
    <Children name="turns" type="Turn"/><EventPort name="in" direction="in"/>
    ${exposure === '' ? '' : '<Exposure name="left" dimension="none"/>'}
    <Constant name="each" dimension="per_time" value="1.7per_ms"/>
    <Dynamics>
      <StateVariable name="tsince" dimension="time" exposure="tsince"/><StateVariable name="left" dimension="none"${exposure}/>
      <TimeDerivative variable="left" value="0 - each"/>
      <OnStart><StateAssignment variable="left" value="0.25"/></OnStart>
      <OnEvent port="in"><StateAssignment variable="left" value="left + 1"/><EventOut port="spike"/></OnEvent>
    </Dynamics>
  </ComponentType>
  <ComponentType name="Turn">
    <Requirement name="left" dimension="none"/><EventPort name="due" direction="out"/>
    <Dynamics><OnCondition test="left .lt. 0"><EventOut port="due"/></OnCondition></Dynamics>
    <Structure><With instance="this" as="a"/><With instance="parent" as="b"/><EventConnection from="a" to="b"/></Structure>
  </ComponentType>
  <Source id="src"><Turn id="a"/><Turn id="b"/><Turn id="c"/></Source>
  <network id="net"><population id="s" component="src" size="2"/></network>
  <Simulation id="sim" length="9ms" step="1ms" target="net">
    <EventOutputFile id="e" fileName="e.spikes" format="ID_TIME"><EventSelection id="0" select="s[0]" eventPort="spike"/></EventOutputFile>
  </Simulation>
</Lems>`;
const read = (text: string, options = {}) => importModel({ name: 'model.xml', text }, options);

test.each([
  ['as it is', '', [2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8, 9, 9]],
  ['as it was shown', ' exposure="left"', [2, 2, 2, 3, 3, 3, 5, 5, 5, 7, 7, 7, 9, 9, 9]],
])('they see what they require %s', async (_, exposure, expected) => {
  const [train = []] = (await spikesOf(read(source(exposure)).valid)).get('s') ?? [];
  expect(train.map((time) => Math.round(time * 1e3))).toEqual(expected);
});

test('each part says what it sees as it is', () => {
  const { sequence } = neuron(documentOf(source('')), 'src');
  expect(sequence?.slice(0, 2)).toEqual([
    { events: ['spike'], current: ['left'] },
    { events: ['spike_2'], current: ['left'] },
  ]);
});

test('on the grid, where parts have no order, they are refused', async () => {
  await expect(runModel(read(source(''), { timing: 'grid' }))).rejects.toMatchObject({
    diagnostics: [expect.objectContaining({ code: 'lower/unsupported-feature' })],
  });
});

test('on the grid, each condition that holds counts', async () => {
  // All three parts see the same variable: they hold together or not at all.
  const run = await simulate(JSON.stringify(read(source(' exposure="left"'), { timing: 'grid' }).valid.model));
  const steps = stepsOf(run, 's.spike');
  expect(steps.length).toBeGreaterThan(0);
  for (const step of new Set(steps)) expect(steps.filter((one) => one === step)).toHaveLength(3);
});

test('PyNN and Brian get no list of spikes that the parts do not have', async () => {
  const { valid } = read(source(' exposure="left"'));
  const { spikes } = await checkConversion(valid, 'pynn-json', {});
  expect(spikes).toEqual([30, 30]);
  const { outcome, report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('incomplete');
  expect(report.map(({ code }) => code)).toContain('brian/emits');
});
