/** Cells with compartments of other notations as `MultiCompartmentNeuron`, and why others are not. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.generated.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

type Parts = Readonly<Record<string, unknown>>;

/** What a model becomes: the cell of its first population, and what the report says of it. */
async function written(text: string): Promise<{
  cell: Parts | undefined;
  sources: PynnSpecification['current_sources'];
  said: readonly string[];
}> {
  const { files, report } = await convertModel(importModel({ name: 'model.txt', text }).valid, 'pynn-json');
  const { populations = [], current_sources: sources } = JSON.parse(files[0]!.text) as PynnSpecification;
  const said = report.flatMap(({ code, message }) => (code === 'pynn/native' ? [] : [`${code}: ${message}`]));
  return { cell: populations.find(({ label }) => label === 'cells')?.cell, sources, said };
}

/** Hodgkin and Huxley's channels as NeuroML has them, with gates and densities by names of its own. */
const neuroml = (morphology: string): string => `
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="axon">
  <ionChannelHH id="leak" conductance="10pS"/>
  <ionChannelHH id="naf" species="na" conductance="10pS">
    <gateHHrates id="act" instances="3">
      <forwardRate type="HHExpLinearRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/>
      <reverseRate type="HHExpRate" rate="4per_ms" midpoint="-65mV" scale="-18mV"/>
    </gateHHrates>
    <gateHHrates id="inact" instances="1">
      <forwardRate type="HHExpRate" rate="0.07per_ms" midpoint="-65mV" scale="-20mV"/>
      <reverseRate type="HHSigmoidRate" rate="1per_ms" midpoint="-35mV" scale="10mV"/>
    </gateHHrates>
  </ionChannelHH>
  <cell id="hh">
    ${morphology}
    <biophysicalProperties id="b">
      <membraneProperties>
        <channelDensity id="pas" ionChannel="leak" condDensity="0.3mS_per_cm2" erev="-54.3mV" ion="non_specific"/>
        <channelDensity id="sodium" ionChannel="naf" segmentGroup="soma_group" condDensity="120mS_per_cm2" erev="55mV" ion="na"/>
        <spikeThresh value="-20mV"/>
        <specificCapacitance value="1uF_per_cm2"/>
        <initMembPotential value="-65mV"/>
      </membraneProperties>
      <intracellularProperties><resistivity value="100ohm_cm"/></intracellularProperties>
    </biophysicalProperties>
  </cell>
  <pulseGenerator id="pulse" delay="5ms" duration="30ms" amplitude="0.3nA"/>
  <network id="net">
    <population id="cells" component="hh" size="2"/>
    <inputList id="clamp" population="cells" component="pulse">
      <input id="0" target="../cells/1/hh" segmentId="1" fractionAlong="0.5" destination="synapses"/>
    </inputList>
  </network>
</neuroml>`;
const segments = (along: number): string => `
<morphology id="m">
  <segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="20"/><distal x="20" y="0" z="0" diameter="20"/></segment>
  <segment id="1" name="dend">
    <parent segment="0" fractionAlong="${along}"/>
    <proximal x="${20 * along}" y="0" z="0" diameter="2"/><distal x="120" y="0" z="0" diameter="1"/>
  </segment>
  <segmentGroup id="soma_group" neuroLexId="sao864921383"><member segment="0"/></segmentGroup>
  <segmentGroup id="dend_group" neuroLexId="sao864921383">
    <member segment="1"/><property tag="numberInternalDivisions" value="4"/>
  </segmentGroup>
</morphology>`;

test("channels of NeuroML with PyNN's rates are PyNN's, with the numbers of the source", async () => {
  const { cell, sources, said } = await written(neuroml(segments(1)));
  expect(cell).toEqual({
    type: 'MultiCompartmentNeuron',
    sections: {
      soma_group: { points: [[0, 0, 0, 20], [20, 0, 0, 20]] }, // prettier-ignore
      dend_group: { parent: 'soma_group', points: [[20, 0, 0, 2], [120, 0, 0, 1]], divisions: 4 }, // prettier-ignore
    },
    Ra: 100,
    ion_channels: {
      pas: { type: 'PassiveLeak', params: { e_rev: -54.3 } },
      sodium: { type: 'NaChannel', params: { conductance_density: { uniform: 0.12, on: 'soma_group' }, e_rev: 55 } },
    },
  });
  const params = { amplitude: 0.3, start: 5, stop: 35 };
  expect(sources).toEqual([
    { label: 'pulse', type: 'DCSource', params, inject_into: ['cells[1]'], location: 'dend_group' },
  ]);
  expect(said).toContain(
    'pynn/spike-detection: its spikes cross -20 mV at soma_group(0.5); those of PyNN cross 10 mV at soma_group(0.5)',
  );
});

test('channels with other rates are not', async () => {
  const text = neuroml(segments(1)).replace('rate="4per_ms"', 'rate="4.01per_ms"');
  expect((await written(text)).said.slice(0, 1)).toEqual([
    "pynn/why-native: PyNN has no name for this: no standard cell matches it: its mechanism sodium is none of NaChannel, KdrChannel, PassiveLeak, PassiveLeakHH by its rates and its current: PyNN's MultiCompartmentNeuron lacks it, NeuroML has it (--to neuroml)",
  ]);
});

test('branches from the middle of a section are named', async () => {
  expect((await written(neuroml(segments(0.5)))).said.join()).toContain(
    'its section dend_group begins at 0.5 of soma_group, not at its end',
  );
});

/** Two cylinders with a leak. */
const canonical = (more: Partial<Record<'soma' | 'dend' | 'mechanisms' | 'event' | 'ions', string>> = {}): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: { unit: nA } }
    events: { spike: ${more.event ?? "{ when: 'v > 10*mV', edge: rising, section: soma }"} }
    compartments:
      initial: -70 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: ${more.soma ?? '100 ohm*cm'} }
        dend: { parent: soma, length: 200 um, diameter: 2 um, specificCapacitance: 2 uF/cm**2, resistivity: ${more.dend ?? '100 ohm*cm'}, divisions: 9 }
      ${more.ions ?? ''}
      mechanisms:
        leak: { parameters: { g: 0.1 mS/cm**2, E: -70 mV }, reads: [v], writes: { i: g*(E - v) }, values: { dend: { g: 0.2 mS/cm**2 } } }
        ${more.mechanisms ?? ''}
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, events: spike }]
timing: grid
experiment: { dt: 0.025 ms, protocol: [{ run: 1 ms }] }`;

// lambda(100 Hz) = 1e5*sqrt(2/(4*pi*100*100*2)) = 282 um, so PyNN cuts 200 um into 9 pieces itself.
test('cylinders with a leak are two sections, one at the end of the other', async () => {
  expect(await written(canonical())).toMatchObject({
    cell: {
      type: 'MultiCompartmentNeuron',
      sections: {
        soma: { points: [[0, 0, 0, 20], [20, 0, 0, 20]] }, // prettier-ignore
        dend: { parent: 'soma', points: [[20, 0, 0, 2], [220, 0, 0, 2]] }, // prettier-ignore
      },
      cm: { by_section: { soma: 1, dend: 2 } },
      Ra: 100,
      ion_channels: {
        leak: {
          type: 'PassiveLeak',
          params: { conductance_density: { by_section: { soma: 0.0001, dend: 0.0002 } }, e_rev: -70 },
        },
      },
    },
    said: ['pynn/exact: MultiCompartmentNeuron; the rates of its gates were compared at 16 potentials'],
  });
});

test.each<readonly [string, Parameters<typeof canonical>[0], string]>([
  [
    'two resistivities',
    { dend: '150 ohm*cm' },
    'its sections soma and dend differ in resistivity, and PyNN has one Ra for a cell',
  ],
  [
    'a pool of calcium',
    {
      ions: 'ions: { ca: { valence: 2, inside: 1e-4 mM, outside: 2 mM, reversal: 120 mV } }',
      mechanisms:
        'pool: { state: { c: { unit: mM, initial: 1e-4 mM } }, derivatives: { c: (1e-4*mM - c)/(10*ms) }, writes: { ca_i: c } }',
    },
    'its mechanism pool changes ca_i',
  ],
  [
    'a current that is not linear',
    { mechanisms: 'rectifier: { parameters: { g: 0.1 mS/cm**2 }, reads: [v], writes: { i: "-g*v*exp(v/(30*mV))" } }' },
    'its mechanism rectifier is none of NaChannel, KdrChannel, PassiveLeak, PassiveLeakHH',
  ],
  [
    'a conductance that differs along a section',
    {
      mechanisms:
        'more: { parameters: { g: 0.1 mS/cm**2 }, reads: [v], writes: { i: -g*v }, values: { dend: { g: "distance*1*S/m**3" } } }',
    },
    'its mechanism more is none of NaChannel, KdrChannel, PassiveLeak, PassiveLeakHH, with a value that depends on distance',
  ],
  [
    'another event',
    {
      event:
        "{ when: 'v > 10*mV', edge: rising, section: soma }, calcium: { when: 'v > 0*mV', edge: rising, section: dend }",
    },
    'PyNN has no events other than spikes: calcium',
  ],
])('%s is named, with the notation that has it', async (_, parts, expected) => {
  const { cell, said } = await written(canonical(parts));
  expect(cell?.['type']).toBe('native:cell');
  expect(said.join('\n')).toContain(expected);
});
