/** Documents with mistakes in the structure of their cells, one of each kind, and habits of published ones. */

import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import { simulate, trace } from '../../../support/simulate.js';
import '../../../../translators/neuroml/road.js';

const ends = (from: number, to: number, diameter: number | string = 2): string =>
  `<proximal x="${from}" y="0" z="0" diameter="${diameter}"/><distal x="${to}" y="0" z="0" diameter="${diameter}"/>`;
const segments =
  `<segment id="0">${ends(0, 20)}</segment>` + `<segment id="1"><parent segment="0"/>${ends(20, 120)}</segment>`;
const membrane = (more = '', group = ''): string =>
  `<membraneProperties><channelDensity id="leaks" ionChannel="leak" condDensity="1mS_per_cm2" erev="-65mV" ${group} ion="non_specific"/>${more}` +
  '<spikeThresh value="0mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/></membraneProperties>';
const usual = membrane();

const text = (shape: string, properties = usual, more = '', inputs = ''): string => `
<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
<ionChannelPassive id="leak" conductance="10pS"/>${more}
<cell id="c"><morphology id="m">${shape}</morphology><biophysicalProperties id="b">${properties}
<intracellularProperties><resistivity value="1kohm_cm"/></intracellularProperties></biophysicalProperties></cell>
<network id="n"><population id="p" component="c" size="1"/>${inputs}</network>
<Simulation id="run" length="1ms" step="0.01ms" target="n"><OutputFile id="o" fileName="o.dat"><OutputColumn id="v" quantity="p/0/c/0/v"/></OutputFile></Simulation></Lems>`;

/** Returns severity and code of the findings, each once. */
function findings(document: string): readonly string[] {
  const found = ((): readonly { readonly severity?: string | undefined; readonly code: string }[] => {
    try {
      return importModel({ name: 'd.xml', text: document }).diagnostics;
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics;
      throw error;
    }
  })();
  return [...new Set(found.map(({ severity, code }) => `${severity ?? 'error'} ${code}`))];
}

const pulse = '<pulseGenerator id="g" delay="0ms" duration="1ms" amplitude="1nA"/>';
const input = (attributes: string): string =>
  `<inputList id="l" component="g" population="p"><input id="0" target="../p/0/c" ${attributes} destination="synapses"/></inputList>`;
const grouped = (group: string): string => text(segments + group, membrane('', 'segmentGroup="g"'));
const calcium =
  '<ionChannelHH id="k" conductance="10pS" species="k"><gateHHrates id="m" instances="1">' +
  '<forwardRate type="HHExpRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/>' +
  '<reverseRate type="HHExpRate" rate="1per_ms" midpoint="-65mV" scale="-18mV"/></gateHHrates></ionChannelHH>';

test('a gap between segments is reported once, however far it is', () => {
  for (const x of [50, 500])
    expect(findings(text(segments.replace('proximal x="20"', `proximal x="${x}"`)))).toEqual([
      'warning neuroml/segment-gap',
    ]);
});

test('the document that they are made from is right, with a passive channel of its own', () => {
  expect(findings(text(segments))).toEqual([]);
});

describe('reported in documents:', () => {
  test.each([
    [
      'a loop of segments',
      text(segments.replace('<segment id="0">', '<segment id="0"><parent segment="1"/>')),
      'error neuroml/segment-loop',
    ],
    [
      'a parent that is not there',
      text(segments.replace('segment="0"', 'segment="7"')),
      'error neuroml/unknown-segment',
    ],
    ['two roots', text(segments.replace('<parent segment="0"/>', '')), 'error neuroml/segment-roots'],
    ['a gap', text(segments.replace('proximal x="20"', 'proximal x="50"')), 'warning neuroml/segment-gap'],
    [
      'a segment without length',
      text(segments.replace('distal x="120"', 'distal x="20"')),
      'warning neuroml/no-length',
    ],
    ['a negative diameter', text(segments.replaceAll('diameter="2"', 'diameter="-2"')), 'error neuroml/bad-number'],
    [
      'a fraction beyond the end',
      text(segments, usual, pulse, input('segmentId="1" fractionAlong="1.5"')),
      'error neuroml/bad-number',
    ],
    [
      'an input at a segment that is not there',
      text(segments, usual, pulse, input('segmentId="9"')),
      'error neuroml/unknown-segment',
    ],
    ['a group that is not there', text(segments, membrane('', 'segmentGroup="axons"')), 'error neuroml/unknown-group'],
    [
      'a group that names nothing',
      grouped('<segmentGroup id="g"><member segment="9"/></segmentGroup>'),
      'error neuroml/unknown-segment',
    ],
    [
      'two densities of one channel at one place',
      text(
        segments + '<segmentGroup id="g"><member segment="1"/></segmentGroup>',
        membrane('<channelDensity id="more" ionChannel="leak" condDensity="1mS_per_cm2" erev="-65mV" segmentGroup="g" ion="non_specific"/>'), // prettier-ignore
      ),
      'warning neuroml/channel-again',
    ],
    ['an empty group', grouped('<segmentGroup id="g"/>'), 'warning model/empty-group'],
    ['a mechanism on an empty group', grouped('<segmentGroup id="g"/>'), 'warning model/on-nothing'],
    [
      'an ion that nothing holds',
      text(
        segments,
        membrane('<channelDensityNernst id="d" ionChannel="k" condDensity="1mS_per_cm2" ion="ca"/>'),
        calcium,
      ),
      'warning neuroml/no-concentration',
    ],
    ['a cell of ten metres', text(segments.replaceAll('x="120"', 'x="1e7"')), 'warning model/huge-cell'],
    ['a cell of nanometres', text(segments.replace(/x="(\d+)"/g, 'x="$1e-6"')), 'warning model/tiny-cell'],
  ])('%s', (_, document, expected) => {
    expect(findings(document)).toContain(expected);
  });
});

test('a voltage that leaves all bounds is reported, with its sections', async () => {
  const wild = usual.replace('condDensity="1mS_per_cm2" erev="-65mV"', 'condDensity="-80mS_per_cm2" erev="-60mV"');
  const { faults } = await simulate(text(segments, wild), { engines: [{ target: 'wasm', threads: 1 }] });
  expect(faults.join()).toMatch(/a membrane potential of c \(segment_0.*\) left all bounds/);
});

describe('habits of published documents:', () => {
  test('a list of inputs for a population that is not there is a warning', () => {
    const listed = text(segments, usual, pulse, input('segmentId="1"').replace('population="p"', 'population="q"'));
    const found = findings(listed);
    expect(found.filter((finding) => finding.startsWith('error'))).toEqual([]);
    expect(found).toContain('warning neuroml/unknown-population');
  });

  test('a state variable and a derived variable of one name are no circle', async () => {
    const rate = (extra: string): string =>
      text(
        segments,
        membrane('<channelDensity id="d" ionChannel="k" condDensity="1mS_per_cm2" erev="-77mV" ion="k"/>'),
        '<ComponentType name="ownRate" extends="baseVoltageDepRate"><Constant name="one" dimension="per_time" value="1per_ms"/>' +
          `<Dynamics>${extra}<DerivedVariable name="r" exposure="r" dimension="per_time" value="one"/></Dynamics></ComponentType>` +
          calcium.replace(/<forwardRate[^>]*>/, '<forwardRate type="ownRate"/>'),
      );
    const both = rate(
      '<StateVariable name="V" dimension="voltage"/><DerivedVariable name="V" dimension="voltage" value="v"/>',
    );
    expect(findings(both).filter((finding) => finding.startsWith('error'))).toEqual([]);
    const engines = { engines: [{ target: 'wasm', threads: 1 }] } as const;
    const [twice, once] = [await simulate(both, engines), await simulate(rate(''), engines)];
    const name = [...once.samples.keys()][0]!;
    expect(trace(twice, name)).toEqual(trace(once, name));
  });
});

describe('elements without the type that their content implies', () => {
  const warm = calcium.replace(
    '<forwardRate',
    '<q10Settings type="q10ExpTemp" q10Factor="3" experimentalTemp="6.3degC"/><forwardRate',
  );
  const density = '<channelDensity id="d" ionChannel="k" condDensity="1mS_per_cm2" erev="-77mV" ion="k"/>';
  const second = (of: string): string => of.replace('="d"', '="e"').replace('="k"', '="k2"');
  const cold = text(segments, membrane(density + second(density)), warm + second(warm));
  const network = (attributes: string): string => cold.replace('<network id="n"', `<network id="n" ${attributes}`);
  const list = (type: string): string =>
    cold
      .replace('<network id="n"', '<network id="n" type="networkWithTemperature" temperature="20degC"')
      .replace(
        '<population id="p" component="c" size="1"/>',
        `<population id="p" component="c"${type}><instance id="0"><location x="0" y="0" z="0"/></instance></population>`,
      );

  test.each([
    [
      'a network with a temperature',
      network('temperature="20degC"'),
      network('type="networkWithTemperature" temperature="20degC"'),
    ],
    ['a population with instances', list(''), list(' type="populationList"')],
  ])('%s: a warning, and the same values', async (_, implied, written) => {
    expect(findings(written)).toEqual([]);
    expect(findings(implied)).toEqual(['warning neuroml/implied-type']);
    const engines = { engines: [{ target: 'wasm', threads: 1 }] } as const;
    const [one, other] = [await simulate(implied, engines), await simulate(written, engines)];
    const name = [...other.samples.keys()][0]!;
    expect(trace(one, name)).toEqual(trace(other, name));
  });

  test('a temperature that several channels lack is reported once', () => {
    const errors = (): readonly string[] => {
      try {
        return importModel({ name: 'd.xml', text: cold }).diagnostics.map(({ code }) => code);
      } catch (error) {
        if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code);
        throw error;
      }
    };
    expect(errors()).toEqual(['neuroml/no-temperature']);
  });
});
