import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { Diagnostics } from '../../../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../../../src/pipeline/pipeline.js';
import { cellWithCompartments, type CompartmentCell } from '../../../../translators/neuroml/cells/cell.js';
import { noFiles } from '../../../../translators/shared/include-host.js';
import { readLems } from '../../../../translators/neuroml/read.js';
import { slow, triesAll } from '../../../support/effort.js';
import { withReason } from '../../../support/skip-reasons.js';
import '../../../../translators/neuroml/road.js';

/** A segment along x: from the end of its parent, or from the given point. */
const segment = (id: number, parent: string, x: number, more = ''): string =>
  `<segment id="${id}">${parent}${more}<distal x="${x}" y="0" z="0" diameter="2"/></segment>`;
const from = (id: number, along?: number): string =>
  `<parent segment="${id}"${along === undefined ? '' : ` fractionAlong="${along}"`}/>`;
const start = '<proximal x="0" y="0" z="0" diameter="4"/>';
const marked = (id: string, members: readonly number[], more = ''): string =>
  `<segmentGroup id="${id}" ` +
  `neuroLexId="sao864921383">${more}${members.map((member) => `<member segment="${member}"/>`).join('')}</segmentGroup>`;

/** A root of 10 um with two branches: 1, 2, 3 of 20 um each from its end, and 4 of 30 um from its middle. */
const tree = [
  segment(0, '', 10, start),
  segment(1, from(0), 30),
  segment(2, from(1), 50),
  segment(3, from(2), 70),
  segment(4, from(0, 0.5), 35),
].join('');
const channels = `
  <ionChannel id="leak" type="ionChannelPassive" conductance="10pS"/>
  <ionChannelHH id="cal"><gateHHtauInf id="s" instances="2"><timeCourse type="fixedTimeCourse" tau="2ms"/>
    <steadyState type="HHSigmoidVariable" rate="1" midpoint="-30mV" scale="8mV"/></gateHHtauInf></ionChannelHH>
  <fixedFactorConcentrationModel id="pool" ion="ca" restingConc="1e-4mM" decayConstant="15ms" rho="20mol_per_m_per_A_per_s"/>`;
const usual = `<spikeThresh value="-20mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/>`;

const document = (morphology: string, membrane = usual, inside = '<resistivity value="1kohm_cm"/>'): string => `
  <neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">${channels}
  <cell id="c"><morphology id="m">${morphology}</morphology><biophysicalProperties id="b"><membraneProperties>${membrane}</membraneProperties>
  <intracellularProperties>${inside}</intracellularProperties></biophysicalProperties></cell></neuroml>`;

function read(
  text: string,
  temperature?: number,
): { readonly cell: CompartmentCell | null; readonly findings: readonly string[] } {
  const diagnostics = new Diagnostics();
  const lems = readLems(text, 'd.nml', noFiles, diagnostics);
  const component = lems?.byId.get('c');
  const cell = lems && component ? cellWithCompartments(component, lems, diagnostics, temperature) : null;
  return { cell, findings: diagnostics.list.map(({ severity, code }) => `${severity} ${code}`) };
}

function compartments(
  text: string,
): Record<'sections' | 'groups' | 'ions' | 'mechanisms', Record<string, Record<string, unknown>>> {
  const { cell, findings } = read(text, 300);
  expect(findings.filter((finding) => finding.startsWith('error'))).toEqual([]);
  return cell!.compartments as ReturnType<typeof compartments>;
}

test('a cell without an initial potential begins as in NEURON, with a warning', () => {
  const { cell, findings } = read(document(tree, usual.replace(/<initMembPotential [^>]*>/, '')));
  expect(findings).toContain('warning neuroml/no-initial-potential');
  expect(cell!.compartments).toMatchObject({ initial: '-65 mV' });
});

describe('sections', () => {
  test('every segment is one without groups', () => {
    const { sections } = compartments(document(tree));
    expect(sections).toEqual({
      segment_0: {
        points: [
          [0, 0, 0, 4e-6],
          [1e-5, 0, 0, 2e-6],
        ],
        specificCapacitance: 0.01,
        resistivity: 10,
      },
      segment_1: {
        parent: { section: 'segment_0', fraction: 1 },
        points: [
          [1e-5, 0, 0, 2e-6],
          [3e-5, 0, 0, 2e-6],
        ],
        specificCapacitance: 0.01,
        resistivity: 10,
      },
      // It begins in the middle of the root, with the diameter there.
      segment_4: {
        parent: { section: 'segment_0', fraction: 0.5 },
        points: [
          [5e-6, 0, 0, 3e-6],
          [3.5e-5, 0, 0, 2e-6],
        ],
        specificCapacitance: 0.01,
        resistivity: 10,
      },
      segment_2: {
        parent: { section: 'segment_1', fraction: 1 },
        points: [
          [3e-5, 0, 0, 2e-6],
          [5e-5, 0, 0, 2e-6],
        ],
        specificCapacitance: 0.01,
        resistivity: 10,
      },
      segment_3: {
        parent: { section: 'segment_2', fraction: 1 },
        points: [
          [5e-5, 0, 0, 2e-6],
          [7e-5, 0, 0, 2e-6],
        ],
        specificCapacitance: 0.01,
        resistivity: 10,
      },
    });
  });

  test('a group that is marked as unbranched is one, with its divisions', () => {
    const { sections } = compartments(
      document(tree + marked('dend', [3, 1, 2], '<property tag="numberInternalDivisions" value="6"/>')),
    );
    expect(Object.keys(sections)).toEqual(['segment_0', 'dend', 'segment_4']);
    expect(sections['dend']).toMatchObject({
      parent: { section: 'segment_0', fraction: 1 },
      points: [
        [1e-5, 0, 0, 2e-6],
        [3e-5, 0, 0, 2e-6],
        [5e-5, 0, 0, 2e-6],
        [7e-5, 0, 0, 2e-6],
      ],
      divisions: 6,
    });
  });

  test('divisions within the annotation of a group apply, as in the export of jNeuroML 0.14 to NEURON, with a note', () => {
    const annotation = '<annotation><property tag="numberInternalDivisions" value="7"/></annotation>';
    const text = document(tree + marked('dend', [3, 1, 2], annotation));
    expect(compartments(text).sections['dend']).toMatchObject({ divisions: 7 });
    expect(read(text).findings).toContain('note neuroml/divisions-in-annotation');
  });

  test('a section is cut at changes of properties along it, with its divisions shared by length', () => {
    const parts = '<segmentGroup id="far"><member segment="3"/></segmentGroup>';
    const membrane =
      `${usual}<channelDensity id="l" ionChannel="leak" condDensity="3S_per_m2" erev="-70mV" ion="non_specific" ` +
      'segmentGroup="far"/>';
    const marks = marked('dend', [1, 2, 3], '<property tag="numberInternalDivisions" value="6"/>');
    const { sections, mechanisms } = compartments(document(tree + marks + parts, membrane));
    expect(Object.keys(sections)).toEqual(['segment_0', 'dend', 'dend_2', 'segment_4']);
    expect(sections['dend']).toMatchObject({ divisions: 4 });
    expect(sections['dend_2']).toMatchObject({ divisions: 2, parent: { section: 'dend', fraction: 1 } });
    expect(mechanisms['l']).toMatchObject({ on: 'far' });
  });

  test('a sphere is a cylinder of the same area', () => {
    const ball =
      '<segment id="0" name="soma"><proximal x="1" y="2" z="3" diameter="10"/><distal x="1" y="2" z="3" ' +
      'diameter="10"/></segment>';
    const { sections } = compartments(document(ball + segment(1, from(0), 30)));
    expect(sections['soma']).toMatchObject({ length: 1e-5, diameter: 1e-5 });
  });

  test('the last value for a group holds if groups overlap', () => {
    const groups = '<segmentGroup id="far"><member segment="3"/></segmentGroup>';
    const membrane = `<spikeThresh value="0mV"/><specificCapacitance value="1uF_per_cm2"/><specificCapacitance value="2uF_per_cm2" segmentGroup="far"/>
      <initMembPotential value="-65mV"/><initMembPotential value="-60mV" segmentGroup="far"/>`;
    const { sections } = compartments(
      document(
        tree + groups,
        membrane,
        '<resistivity value="1kohm_cm"/><resistivity value="200ohm_cm" segmentGroup="far"/>',
      ),
    );
    expect(sections['segment_3']).toMatchObject({ specificCapacitance: 0.02, resistivity: 2, initial: -0.06 });
    expect(sections['segment_2']).toMatchObject({ specificCapacitance: 0.01, resistivity: 10 });
    expect(sections['segment_2']).not.toHaveProperty('initial');
  });
});

test.each([
  ['members and groups', '<member segment="0"/><include segmentGroup="inner"/>', ['segment_0', 'segment_2']],
  ['a path', '<path><from segment="1"/><to segment="3"/></path>', ['segment_1', 'segment_2', 'segment_3']],
  ['a path without end', '<path><from segment="2"/></path>', ['segment_2', 'segment_3']],
  ['a tree from a segment', '<subTree><from segment="1"/></subTree>', ['segment_1', 'segment_2', 'segment_3']],
  ['a tree up to a segment', '<subTree><to segment="2"/></subTree>', ['segment_0', 'segment_1', 'segment_2']],
])('a group of %s', (_, content, sections) => {
  const inner = '<segmentGroup id="inner"><member segment="2"/></segmentGroup>';
  const { groups } = compartments(document(`${tree}${inner}<segmentGroup id="g">${content}</segmentGroup>`));
  expect(groups['g']).toEqual(sections);
});

describe('mechanisms', () => {
  test('a density reads the potential and writes the current of its ion by area', () => {
    const membrane = `${usual}<channelDensity id="l" ionChannel="leak" condDensity="3S_per_m2" erev="-70mV" ion="non_specific"/>
      <channelDensity id="n" ionChannel="leak" condDensity="1S_per_m2" erev="50mV" ion="na"/>`;
    const { mechanisms, ions } = compartments(document(tree, membrane));
    expect(mechanisms['l']).toMatchObject({
      reads: ['v'],
      writes: { i: 'iDensity' },
      derived: { iDensity: { value: 'gDensity*(erev - v)' } },
    });
    expect(mechanisms['l']).not.toHaveProperty('on');
    expect(mechanisms['n']).toMatchObject({ writes: { i_na: 'iDensity' } });
    expect(ions).toEqual({ na: { valence: 1 } });
  });

  test('calcium: a channel by the equation of Nernst, and the pool that it fills', () => {
    const membrane = `${usual}<channelDensityNernst id="ca" ionChannel="cal" condDensity="2S_per_m2" ion="ca" segmentGroup="all"/>`;
    const inside =
      '<species id="ca" ion="ca" concentrationModel="pool" initialConcentration="1e-4mM" ' +
      'initialExtConcentration="2mM"/>';
    const { mechanisms, ions } = compartments(document(tree, membrane, inside));
    expect(ions).toEqual({ ca: { valence: 2, inside: 1e-4, outside: 2 } });
    expect(mechanisms['ca']).toMatchObject({
      reads: ['ca_i', 'ca_o', 'temperature', 'v'],
      writes: { i_ca: 'iDensity' },
    });
    const pool = mechanisms['ca_2']!;
    expect(pool).toMatchObject({
      reads: ['area', 'i_ca'],
      writes: { ca_i: 'concentration', ca_o: 'extConcentration' },
    });
    expect(pool['derivatives']).toEqual({
      concentration: 'i_ca*area/area*rho - (concentration - restingConc)/decayConstant',
    });
  });

  test('a density that varies with the path from the root', () => {
    const holder = `<segmentGroup id="dend"><member segment="1"/><member segment="2"/><member segment="3"/>
      <inhomogeneousParameter id="way" variable="p" metric="Path Length from root"><proximal translationStart="0"/><distal normalizationEnd="1"/></inhomogeneousParameter>
      </segmentGroup>`;
    const membrane = `${usual}<channelDensityNonUniform id="h" ionChannel="leak" erev="-30mV" ion="h"><variableParameter parameter="condDensity" segmentGroup="dend">
      <inhomogeneousValue inhomogeneousParameter="way" value="5 * exp(p/0.5)"/></variableParameter></channelDensityNonUniform>`;
    const { mechanisms } = compartments(document(tree + holder, membrane));
    // The group lies between 10 and 70 um from the beginning of the root.
    expect(mechanisms['h']).toMatchObject({
      on: 'dend',
      reads: ['distance', 'v'],
      derived: {
        p: { value: '(distance/umetre - 10)/60' },
        condDensity: { unit: 'S*m**-2', value: '(5*exp(p/0.5))*siemens/metre**2' },
      },
    });
    expect(mechanisms['h']!['parameters']).not.toHaveProperty('condDensity');
  });

  test('a density that varies over a group of no segments, of channels that may be shifted', () => {
    const holder = `<segmentGroup id="apical"><inhomogeneousParameter id="way" variable="p" metric="Path Length from root">
      <proximal translationStart="0"/></inhomogeneousParameter></segmentGroup>`;
    const membrane = `${usual}<channelDensityNonUniform id="h" ionChannel="shifted" erev="-30mV" ion="h"><variableParameter parameter="condDensity" segmentGroup="apical">
      <inhomogeneousValue inhomogeneousParameter="way" value="2*p"/></variableParameter></channelDensityNonUniform>`;
    const shifted = `<ComponentType name="shiftedRate" extends="baseVoltageDepVariable"><Requirement name="vShift" dimension="voltage"/>
      <Constant name="scale" dimension="voltage" value="1mV"/><Dynamics><DerivedVariable name="x" dimension="none" exposure="x" value="(v - vShift)/scale"/></Dynamics></ComponentType>
      <ionChannelHH id="shifted"><gateHHInstantaneous id="m" instances="1"><steadyState type="shiftedRate"/></gateHHInstantaneous></ionChannelHH>`;
    const { mechanisms } = compartments(document(tree + holder, membrane).replace('<cell ', `${shifted}<cell `));
    expect(mechanisms['h']).toMatchObject({ on: 'apical', derived: { p: { value: 'distance/umetre' } } });
  });

  test('counted channels: each compartment has its share by area', () => {
    const membrane =
      `${usual}<channelPopulation id="few" ionChannel="leak" number="100" erev="-60mV" ion="non_specific" ` +
      'segment="3"/>';
    const { mechanisms } = compartments(document(tree, membrane));
    // A cylinder of 20 um with a diameter of 2 um has 40 pi um**2.
    const area = 40 * Math.PI * 1e-12;
    expect(mechanisms['few']).toMatchObject({ density: false, on: ['segment_3'] });
    const share = /area\/\(([\d.e-]+)\*metre\*\*2\)|area\/\(([\d.e-]+)\*m\*\*2\)/.exec(
      String((mechanisms['few']!['writes'] as Record<string, string>)['i']),
    );
    expect(Number(share?.[1] ?? share?.[2])).toBeCloseTo(area, 20);
  });
});

test('it fires at the middle of its root', () => {
  expect(read(document(tree)).cell?.spike).toEqual({
    when: 'v > -0.02*volt',
    edge: 'rising',
    section: 'segment_0',
    fraction: 0.5,
  });
});

test('places on segments are places on sections', () => {
  const { cell } = read(document(tree + marked('dend', [1, 2, 3])));
  expect(cell?.placeOf('2', 0.5)).toEqual({ section: 'dend', fraction: 0.5 });
  expect(cell?.placeOf('4', 0.25)).toEqual({ section: 'segment_4', fraction: 0.25 });
  expect(cell?.placeOf('9', 0.5)).toBeUndefined();
});

describe('cells that go the generic way', () => {
  test.each([
    ['one segment', segment(0, '', 10, start)],
    [
      'one unbranched section that is not divided',
      segment(0, '', 10, start) + segment(1, from(0), 20) + marked('all', [0, 1]),
    ],
  ])('%s', (_, morphology) => {
    expect(read(document(morphology))).toEqual({ cell: null, findings: [] });
  });

  test('segments of one section leave out their beginnings', () => {
    const morphology =
      segment(0, '', 10, '<proximal x="0" y="0" z="0" diameter="2"/>') +
      segment(1, from(0), 20) +
      marked('all', [0, 1]);
    const { valid } = importModel({ name: 'd.nml', text: document(morphology) }, { duration: '1 ms', dt: '0.01 ms' });
    expect(Object.values(valid.model.populations)).toHaveLength(1);
    expect(Object.values(valid.model.neurons)[0]).not.toHaveProperty('compartments');
  });
});

test.each([
  ['a group that is marked as unbranched and branches', marked('bad', [0, 1, 4]), 'warning neuroml/branched-section'],
  [
    'two marked groups that share a segment',
    marked('a', [1, 2]) + marked('b', [2, 3]),
    'warning neuroml/section-overlap',
  ],
  [
    'a group of a part of a section',
    `${marked('dend', [1, 2, 3])}<segmentGroup id="part"><member segment="2"/></segmentGroup>`,
    'warning neuroml/partial-group',
  ],
  [
    'a number of divisions that is none',
    marked('a', [1, 2], '<property tag="numberInternalDivisions" value="0"/>'),
    'warning neuroml/bad-divisions',
  ],
  ['a segment without length', segment(5, from(4), 35), 'warning neuroml/no-length'],
  [
    'a segment that begins away from its parent',
    segment(5, from(4), 935, '<proximal x="900" y="0" z="0" diameter="1"/>'),
    'warning neuroml/segment-gap',
  ],
])('%s', (_, more, finding) => {
  expect(read(document(tree + more)).findings).toContain(finding);
});

test.skipIf(!triesAll)(slow('a morphology of 100 000 segments'), () => {
  const count = 100_000;
  const segments = Array.from({ length: count }, (_, id) =>
    id === 0 ? segment(0, '', 1, start) : segment(id, from(id % 50 === 0 ? id - 37 : id - 1), id + 1),
  );
  const groups = Array.from({ length: count / 50 }, (_, group) =>
    marked(`s${group}`, Array.from({ length: 50 }, (_, k) => group * 50 + k).slice(0, group === 0 ? 50 : 50)),
  );
  const { cell, findings } = read(document(segments.join('') + groups.join('')));
  expect(findings).toEqual([]);
  expect(Object.keys(cell?.compartments['sections'] as object)).toHaveLength(count / 50);
});

describe('networks of cells with compartments', () => {
  const network = (content: string, membrane = usual): string =>
    document(tree, membrane).replace(
      '</neuroml>',
      `<gapJunction id="gap" conductance="1nS"/><expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/><iafCell id="point" C="1nF" thresh="0mV" reset="-1mV" leakConductance="1nS" leakReversal="-2mV"/>
<network id="n"><population id="p" component="c" size="2"/><population id="q" component="point" size="1"/>${content}</network></neuroml>`,
    );
  const electrical = `<electricalProjection id="e" presynapticPopulation="p" postsynapticPopulation="p">
<electricalConnection id="0" preCell="0" postCell="1" preSegment="3" preFractionAlong="0.25" postSegment="4" synapse="gap"/></electricalProjection>`;
  const spikes =
    '<projection id="j" presynapticPopulation="p" postsynapticPopulation="q" synapse="s"><connection id="0" ' +
    'preCellId="../p[0]" postCellId="../q[0]"/></projection>';
  const importing = (text: string) => importModel({ name: 'd.nml', text });

  test('a recording of a segment that is not there is refused', () => {
    const lems = (path: string): string =>
      `<Lems><Target component="run"/><Include file="NeuroML2CoreTypes.xml"/>` +
      network('').replace(/<neuroml[^>]*>|<\/neuroml>/g, '') +
      '<Simulation id="run" length="1ms" step="0.01ms" target="n"><OutputFile id="o" fileName="o.dat">' +
      `<OutputColumn id="v" quantity="${path}"/></OutputFile></Simulation></Lems>`;
    expect(() => importing(lems('p[0]/99/v'))).toThrow('there is no segment 99');
    expect(() => importing(lems('p[0]/c/99/v'))).toThrow('there is no segment 99');
  });

  test('gap junctions join places on segments', () => {
    const { model } = importing(network(electrical)).valid;
    const ends = Object.values(model.projections).map(({ from, to }) => [from, to]);
    expect(JSON.stringify(ends)).toContain('segment_3');
    expect(JSON.stringify(ends)).toContain('segment_4');
  });

  describe('connections and inputs at places of their own', () => {
    /** Numbers of an array value of a small model. */
    const numbers = (value: unknown): readonly number[] => (value as { readonly array: readonly number[] }).array;
    const ofFixture = () => importModel(readSource('fixtures/cells/network-of-cells.xml')).valid.model;

    test('are as many projections and populations as the document has', () => {
      const { populations, projections } = ofFixture();
      expect(Object.keys(populations).sort()).toEqual(['cells', 'pulse', 'sources', 'timed']);
      expect(Object.keys(projections)).toHaveLength(4);
      expect(
        Object.values(populations)
          .map(({ size }) => size)
          .sort((a, b) => a - b),
      ).toEqual([2, 3, 3, 3]);
    });

    test('have sections and fractions in the order of the document', () => {
      const { excitation } = ofFixture().projections;
      const { sections, section, fraction } = excitation!.to.places!;
      expect(numbers(section).map((index) => sections[index])).toEqual([
        'leftSection',
        'leftSection',
        'rightSection',
        'trunkEnd',
        'somaSection',
        'trunkSection',
      ]);
      expect(numbers(fraction)).toEqual([0.9, 0.1, 0.5, 0.4, 0.5, 0.8]);
      expect(numbers(excitation!.values['weight'])).toEqual([1, 1.5, 2, 1, 3, 1]);
      expect(numbers(excitation!.delays['pre'])).toEqual([1, 2, 1, 1, 3, 1].map((ms) => ms / 1000));
      expect(excitation!.from).toEqual({ of: { population: 'sources' } });
    });

    test('gap junctions have a place at either end, and inputs read the cell at their place', () => {
      const { projections, populations, synapses } = ofFixture();
      const { from, to } = projections['contacts']!;
      expect(from.places!.sections.length + to.places!.sections.length).toBeGreaterThan(4);
      expect(numbers(from.places!.section)).toHaveLength(6);
      expect(numbers(to.places!.section)).toHaveLength(6);
      expect(populations['timed']!.linked!['v']!.places!.sections).toEqual(['leftSection', 'rightSection', 'trunkEnd']);
      const added = Object.values(synapses[projections['timed_to_cells']!.synapse]!.contributes).join();
      expect(added).toMatch(/pre\.gaba_g\*\(pre\.gaba_erev - post\.v\)/);
    });

    test("spikes come from the presynaptic place, and from the cell's place of spiking otherwise", () => {
      const at = (...places: readonly string[]): string =>
        `<projection id="j" presynapticPopulation="p" postsynapticPopulation="q" synapse="s">${places
          .map((place, k) => `<connection id="${k}" preCellId="../p[${k}]" ${place} postCellId="../q[0]"/>`)
          .join('')}</projection>`;
      const heard = (...places: readonly string[]) =>
        Object.values(importing(network(at(...places))).valid.model.projections)[0]!.from;
      const home = { of: { population: 'p' } };
      expect(heard('', '')).toEqual(home);
      expect(heard('preSegmentId="0" preFractionAlong="0.5"', '')).toEqual(home);
      const distal = 'preSegmentId="3" preFractionAlong="0.25"';
      expect(heard(distal, distal)).toEqual({ ...home, section: 'segment_3', fraction: 0.25 });
      const { sections, section } = heard(distal, '').places!;
      expect(numbers(section).map((index) => sections[index])).toEqual(['segment_3', 'segment_0']);
      expect(() => heard('preSegmentId="99"', '')).toThrow('there is no segment 99');
    });

    test('that are all at one place are stored as one', () => {
      const lists = [0.25, 0.25].map(
        (along, k) =>
          `<input id="${k}" target="../p[${k}]" segmentId="3" fractionAlong="${along}" destination="synapses"/>`,
      );
      const { model } = importing(
        network(`${spikes}<inputList id="l" component="pulse" population="p">${lists.join('')}</inputList>`).replace(
          '<network',
          '<pulseGenerator id="pulse" delay="0ms" duration="1ms" amplitude="1nA"/><network',
        ),
      ).valid;
      expect(model.projections['pulse_to_p']!.to).toEqual({
        of: { population: 'p' },
        section: 'segment_3',
        fraction: 0.25,
      });
    });

    // Checkouts of OpenSourceBrain's repositories: <projection>, <electricalProjection> and <inputList>.
    const published = process.env['INTERNEURON_PUBLISHED_MODELS'];
    test.skipIf(published === undefined).each([
      ['ACnet2/neuroConstruct/generatedNeuroML2/LEMS_MediumNet.xml', 4, 1],
      ['ACnet2/neuroConstruct/generatedNeuroML2/LEMS_TwoCell.xml', 0, 2],
      ['NetPyNEShowcase/NeuroML2/LEMS_HybridTut.xml', 6, 0],
      ['NetPyNEShowcase/NeuroML2/LEMS_M1.xml', 117, 0],
      ['SmithEtAl2013-L23DendriticSpikes/NeuroML2/LEMS_L23_IV.xml', 0, 9],
      ['SmithEtAl2013-L23DendriticSpikes/NeuroML2/LEMS_L23_Stim.xml', 0, 4],
      ['VervaekeEtAl-GolgiCellNetwork/NeuroML2/LEMS_VervaekeEtAl-GolgiCellNetwork.xml', 1, 1],
    ])(
      withReason(
        '%s has %d projections and %d lists of inputs',
        published === undefined ? 'INTERNEURON_PUBLISHED_MODELS is not set' : null,
      ),
      (path, projections, inputs) => {
        const { model } = importModel(readSource(join(published!, path))).valid;
        expect(Object.keys(model.projections)).toHaveLength(projections + inputs);
      },
    );
  });

  test('a potential for each group of segments is no contradiction', () => {
    const several = usual.replace(
      '<initMembPotential value="-65mV"/>',
      '<initMembPotential value="-65mV"/><initMembPotential value="-60mV" segmentGroup="all"/>',
    );
    expect(importing(network(spikes, several)).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('a recorded path that names another component is taken for the segment, with a warning', () => {
    const recording = (component: string) =>
      importModel({
        name: 'd.xml',
        text: `<Lems><Include file="NeuroML2CoreTypes.xml"/><Include file="Simulation.xml"/>${network(spikes).replace(/<\/?neuroml[^>]*>/g, '')}<Simulation id="s1" length="1ms" step="0.01ms" target="n">
          <OutputFile id="f" fileName="v.dat"><OutputColumn id="v" quantity="p/1/${component}/4/v"/></OutputFile></Simulation>
          <Target component="s1"/></Lems>`,
      });
    const [own, other] = [recording('c'), recording('d')];
    const count = ({ diagnostics }: typeof own, code: string): number =>
      diagnostics.filter((diagnostic) => diagnostic.code === code).length;
    expect([count(own, 'lems/other-component'), count(other, 'lems/other-component')]).toEqual([0, 1]);
    expect(other.valid.model.recordings).toEqual(own.valid.model.recordings);
    expect(JSON.stringify(own.valid.model.recordings)).toContain('segment_4');
  });

  test('a quantity that is not there is left out of a display, and refused in a file', () => {
    const imported = (output: string) =>
      importing(
        `<Lems><Include file="NeuroML2CoreTypes.xml"/><Include file="Simulation.xml"/>${network(spikes).replace(/<\/?neuroml[^>]*>/g, '')}<Simulation id="s1" length="1ms" step="0.01ms" target="n">${output}</Simulation><Target component="s1"/></Lems>`,
      );
    const quantity = 'quantity="p/1/c/biophys/membraneProperties/absent/channel/m/q"';
    const line = `<Display id="d" title="d" timeScale="1ms" xmin="0" xmax="1" ymin="0" ymax="1"><Line id="l" ${quantity} scale="1" timeScale="1ms"/></Display>`;
    const column = `<OutputFile id="f" fileName="v.dat"><OutputColumn id="v" ${quantity}/></OutputFile>`;
    const { diagnostics } = imported(line);
    expect(diagnostics.filter(({ code }) => code === 'lems/unknown-quantity').map(({ severity }) => severity)).toEqual([
      'warning',
    ]);
    expect(() => imported(column)).toThrow('cannot be resolved');
  });

  test('a cell without a threshold never emits, with a warning', () => {
    const { valid, diagnostics } = importing(network(spikes, usual.replace(/<spikeThresh[^>]*>/, '')));
    expect(diagnostics.map(({ code }) => code)).toContain('lems/never-emits');
    expect(Object.keys(valid.model.projections)).toContain('j');
  });
});
