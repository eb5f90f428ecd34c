/** Steps of documents that state none. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/neuroml/road.js';
import '../../translators/swc/road.js';

const { exp } = Math;

const gate = (id: string, tau: string): string =>
  `<gateHHtauInf id="${id}" instances="1"><timeCourse type="fixedTimeCourse" tau="${tau}"/>` +
  '<steadyState type="HHSigmoidVariable" rate="1" midpoint="-40mV" scale="9mV"/></gateHHtauInf>';

const cell = (channels: string, densities: string, synapse = ''): string => `
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="x">
  ${channels}
  ${synapse}
  <cell id="c">
    <morphology id="m"><segment id="0"><proximal x="0" y="0" z="0" diameter="20"/><distal x="20" y="0" z="0" diameter="20"/></segment></morphology>
    <biophysicalProperties id="b">
      <membraneProperties>
        ${densities}
        <spikeThresh value="0mV"/><specificCapacitance value="1.0 uF_per_cm2"/><initMembPotential value="-65mV"/>
      </membraneProperties>
      <intracellularProperties><resistivity value="0.03 kohm_cm"/></intracellularProperties>
    </biophysicalProperties>
  </cell>
  <network id="net" type="networkWithTemperature" temperature="6.3degC"><population id="p" component="c" size="1"/></network>
</neuroml>`;

const leak = (density: string): string =>
  `<channelDensity id="l" ionChannel="leak" condDensity="${density}" erev="-65mV" ion="non_specific"/>`;
const passive = '<ionChannelHH id="leak" conductance="10pS"/>';

const importText = (text: string, options = {}): ReturnType<typeof importModel> =>
  importModel({ name: 'x.nml', text }, options);
const stepOf = (text: string, options = {}): number => importText(text, options).valid.model.experiment.dt;

it('a cell with channels gets a step below 0.025 ms, and below 0.2 of the time of its rates', () => {
  const text = readFileSync('fixtures/neuroml/cells.net.nml', 'utf8');
  const found = importModel({ name: 'fixtures/neuroml/cells.net.nml', text });
  expect(found.valid.model.experiment.dt).toBeLessThanOrEqual(2.5e-5);
  expect(found.diagnostics.filter(({ code }) => code === 'run/step-chosen')).toHaveLength(1);
});

it('leaks bound the step by the time of the membrane', () => {
  // 1 uF/cm2 over 20 mS/cm2: 0.05 ms.
  expect(stepOf(cell(passive, leak('20 mS_per_cm2')))).toBe(1e-5);
  expect(stepOf(cell(passive, leak('0.3 mS_per_cm2')))).toBe(1e-4);
});

it('gates at 0 mV bound it too: the conductance of a channel that is open there', () => {
  // The gate is open by 1/(1 + exp(-40/9)) = 0.988 at 0 mV: 1 uF/cm2 over 100 mS/cm2 is 0.01 ms.
  const open = 1 / (1 + exp(-40 / 9));
  const slow = (tau: string): string =>
    `${passive}<ionChannelHH id="k" conductance="10pS">${gate('n', tau)}</ionChannelHH>`;
  const densities = '<channelDensity id="k1" ionChannel="k" condDensity="100 mS_per_cm2" erev="-77mV" ion="k"/>';
  const step = stepOf(cell(slow('5ms'), densities));
  expect(step).toBeLessThanOrEqual((0.2 * 1e-5) / open);
  expect(step).toBeGreaterThan(((0.2 * 1e-5) / open) * 0.4);
});

it('a fast synapse bounds it', () => {
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="x">
  <iafCell id="c" leakReversal="-60mV" thresh="-45mV" reset="-62mV" C="0.9nF" leakConductance="0.03uS"/>
  <expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="0.2ms"/>
  <network id="net"><population id="p" component="c" size="2"/>
  <projection id="e" presynapticPopulation="p" postsynapticPopulation="p" synapse="s"><connection id="0" preCellId="../p[0]" postCellId="../p[1]"/></projection></network></neuroml>`;
  expect(stepOf(text)).toBe(4e-5);
  expect(stepOf(text.replace('0.2ms', '5ms'))).toBe(1e-4);
});

it('the hash of the experiment names it, and a stated step stays', () => {
  const text = cell(passive, leak('20 mS_per_cm2'));
  expect(importText(text).hashes.experiment).toBe(importText(text, { dt: '0.01 ms' }).hashes.experiment);
  expect(stepOf(text, { dt: '0.1 ms' })).toBe(1e-4);
  const simulated = `<Lems><Target component="s"/><Include file="NeuroML2CoreTypes.xml"/>${text
    .replace(/<\/?neuroml[^>]*>/g, '')
    .trim()}<Simulation id="s" length="10ms" step="0.1ms" target="net"/></Lems>`;
  expect(stepOf(simulated)).toBe(1e-4);
});

it('a synapse of two equal exponentials is warned of, at its place', () => {
  const text = (rise: string): string => `<Lems><Target component="sim"/><Include file="Cells.xml"/>
<Include file="Networks.xml"/><Include file="Simulation.xml"/>
<expTwoSynapse id="s" gbase="5nS" erev="0mV" tauDecay="3ms" tauRise="${rise}"/>
<iafCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>
<network id="n"><population id="p" component="c" size="2"/><projection id="pr" presynapticPopulation="p" postsynapticPopulation="p" synapse="s"><connection id="0" preCellId="../p[0]" postCellId="../p[1]"/></projection></network>
<Simulation id="sim" length="20ms" step="0.1ms" target="n"/></Lems>`;
  const found = (rise: string): readonly (number | undefined)[] =>
    importText(text(rise)).diagnostics.flatMap(({ code, place }) =>
      code === 'neuroml/equal-times' ? [place?.line] : [],
    );
  expect(found('3ms')).toEqual([3]);
  expect(found('0.003s')).toEqual([3]);
  expect(found('0.5ms')).toEqual([]);
});
