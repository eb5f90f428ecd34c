/** Names of a cell's channels in Brian: gates are called by their ids, with the channel or its density where these are alike. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

const rates = (gate: string): string => `<gateHHrates id="${gate}" instances="3">
  <forwardRate type="HHExpRate" rate="0.07per_ms" midpoint="-65mV" scale="-20mV"/>
  <reverseRate type="HHSigmoidRate" rate="1per_ms" midpoint="-35mV" scale="10mV"/></gateHHrates>`;

const cell = (densities: string): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <ionChannelHH id="na_chan" conductance="10pS" species="na">${rates('m')}${rates('h')}</ionChannelHH>
  <ionChannelHH id="k_chan" conductance="10pS" species="k">${rates('n')}</ionChannelHH>
  <cell id="soma">
    <morphology id="shape"><segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="10"/>
      <distal x="10" y="0" z="0" diameter="10"/></segment></morphology>
    <biophysicalProperties id="properties"><membraneProperties>${densities}
      <spikeThresh value="0mV"/><specificCapacitance value="1.0uF_per_cm2"/><initMembPotential value="-65mV"/>
    </membraneProperties><intracellularProperties><resistivity value="0.1kohm_cm"/></intracellularProperties>
    </biophysicalProperties>
  </cell>
  <network id="net"><population id="cells" component="soma" size="1"/></network>
  <Simulation id="run" length="1ms" step="0.01ms" target="net"/>
</Lems>`;
const density = (id: string, channel: string): string =>
  `<channelDensity id="${id}" ionChannel="${channel}" condDensity="1 mS_per_cm2" erev="50mV" ion="na"/>`;

const statesOf = async (densities: string): Promise<readonly string[]> => {
  const { valid } = importModel({ name: 'model.xml', text: cell(densities) });
  const { files } = await convertModel(valid, 'brian-json');
  const { neuron_groups: groups } = JSON.parse(files[0]!.text) as { neuron_groups: Record<string, { model: string }> };
  return [...(groups['cells']?.model ?? '').matchAll(/^d(\w+)\/dt/gm)].map(([, name = '']) => name).sort();
};

test('gates are called by their ids', async () => {
  expect(await statesOf(density('na_all', 'na_chan') + density('k_all', 'k_chan'))).toEqual(['h', 'm', 'n', 'v']);
});

test('those of a channel that several densities have are called after the density, too', async () => {
  expect(await statesOf(density('one', 'k_chan') + density('two', 'k_chan'))).toEqual(['n_one', 'n_two', 'v']);
});
