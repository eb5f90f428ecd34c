import { describe, expect, it } from 'vitest';
import { slow, triesAll } from '../../../support/effort.js';
import { reading } from '../support/reading.js';

const nml = (content: string): string =>
  `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">${content}</neuroml>`;
const point = (x: number, diameter = '1'): string => `x="${x}" y="0" z="0" diameter="${diameter}"/>`;
const root = `<segment id="0"><proximal ${point(0)}<distal ${point(1)}</segment>`;
const segment = (id: string, parent: string, more = ''): string =>
  `<segment id="${id}"><parent segment="${parent}"${more}/><distal ${point(2 + (Number(id) || 0))}</segment>`;
const morphology = (content: string): string => `<morphology id="m">${content}</morphology>`;
const cell = (content: string, biophysics = ''): string =>
  nml(`<cell id="c">${morphology(content)}${biophysics}</cell>`);

describe('shapes', () => {
  it.each([
    ['a tree', cell(`${root}${segment('1', '0')}${segment('2', '1')}${segment('3', '1', ' fractionAlong="0.5"')}`), []],
    [
      'groups of segments',
      cell(
        `${root}<segmentGroup id="g"><member segment="0"/><path><from segment="0"/><to ` +
          'segment="0"/></path></segmentGroup><segmentGroup id="h"><include segmentGroup="g"/><subTree><from ' +
          'segment="0"/></subTree></segmentGroup>',
      ),
      [],
    ],
    ['no segments', cell(''), ['error neuroml/segment-roots «<morphology»']],
    [
      'a circle of segments',
      cell(`${root}${segment('1', '2')}${segment('2', '1')}`),
      ['error neuroml/segment-loop «<segment»'],
    ],
    [
      'a segment that is its own parent',
      cell(`${root}${segment('1', '1')}`),
      ['error neuroml/segment-loop «<segment»'],
    ],
    ['an unknown parent', cell(`${root}${segment('1', '7')}`), ['error neuroml/unknown-segment «<parent»']],
    ['a parent that comes later', cell(`${root}${segment('2', '1')}${segment('1', '0')}`), []],
    ['two roots', cell(`${root}${root.replace('"0"', '"1"')}`), ['error neuroml/segment-roots «<segment»']],
    [
      'a root without beginning',
      cell(`<segment id="0"><distal ${point(1)}</segment>`),
      ['error neuroml/segment-point «<segment»'],
    ],
    [
      'a segment without end',
      cell(`<segment id="0"><proximal ${point(1)}</segment>`),
      ['error neuroml/missing-child «<segment»'],
    ],
    ['an id twice', cell(`${root}${segment('1', '0')}${segment('1', '0')}`), ['error neuroml/duplicate-id «1»']],
    [
      'an id that is no number',
      cell(`${root}${segment('a', '0')}`),
      ['warning neuroml/bad-id «a»', 'error neuroml/segment-id «<segment»'],
    ],
    ['a negative diameter', cell(root.replace('diameter="1"', 'diameter="-1"')), ['error neuroml/bad-number «-1»']],
    [
      'a place along the parent beyond its end',
      cell(`${root}${segment('1', '0', ' fractionAlong="1.2"')}`),
      ['error neuroml/bad-number «1.2»'],
    ],
    [
      'a group with an unknown segment',
      cell(`${root}<segmentGroup id="g"><member segment="5"/></segmentGroup>`),
      ['error neuroml/unknown-segment «<member»'],
    ],
    [
      'a group with an unknown group',
      cell(`${root}<segmentGroup id="g"><include segmentGroup="h"/></segmentGroup>`),
      ['error neuroml/unknown-group «<include»'],
    ],
    [
      'groups in a circle',
      cell(
        `${root}<segmentGroup id="g"><include segmentGroup="h"/></segmentGroup><segmentGroup id="h"><include ` +
          'segmentGroup="g"/></segmentGroup>',
      ),
      ['error neuroml/group-loop «<include»'],
    ],
  ])('%s', (_, text, marks) => {
    expect(reading(text).marks).toEqual(marks);
  });

  it('are found in cells that name a shape written elsewhere', () => {
    const text = nml(`${morphology(root)}<cell id="c" morphology="m"><biophysicalProperties id="b"><membraneProperties>
<spikeThresh value="0 mV" segmentGroup="soma"/><specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="0mV"/></membraneProperties></biophysicalProperties></cell>`);
    expect(reading(text).marks).toEqual(['error neuroml/unknown-group «<spikeThresh»']);
  });

  it.skipIf(!triesAll)(slow('of a hundred thousand segments are read'), () => {
    const segments = Array.from({ length: 100_000 }, (_, index) =>
      index === 0 ? root : segment(String(index), String(index - 1)),
    );
    const { model, marks } = reading(cell(segments.join('\n')));
    expect(marks).toEqual([]);
    expect(model!.byId.get('c')!.children[0]!.children).toHaveLength(100_000);
  });

  it('of twenty thousand segments in a circle are refused', () => {
    const segments = Array.from({ length: 20_000 }, (_, index) =>
      segment(String(index), String((index + 19_999) % 20_000)),
    );
    expect(reading(cell(segments.join('\n'))).errors).toEqual(['neuroml/segment-loop']);
  });
});

describe('biophysics', () => {
  const rest = '<spikeThresh value="0 mV"/><specificCapacitance value="1 uF_per_cm2"/><initMembPotential value="0mV"/>';
  const biophysics = (content: string): string =>
    `<biophysicalProperties id="b"><membraneProperties>${content}</membraneProperties></biophysicalProperties>`;
  const channel = '<ionChannelHH id="pas" conductance="1 pS"/>';
  const density = (more: string): string =>
    `<channelDensity id="d" ionChannel="pas" erev="0 mV" condDensity="1 S_per_m2" ${more}/>`;
  it.each([
    ['the group of all', density('ion="na" segmentGroup="all"') + rest, []],
    [
      'thresholds and potentials of several groups',
      '<spikeThresh value="0 mV"/><spikeThresh value="1 mV"/><specificCapacitance value="1 ' +
        'uF_per_cm2"/><initMembPotential value="0mV"/><initMembPotential value="0mV" segmentGroup="all"/>',
      [],
    ],
    [
      'an unknown group',
      density('ion="na" segmentGroup="soma"') + rest,
      ['error neuroml/unknown-group «<channelDensity»'],
    ],
    ['an unknown segment', density('ion="na" segment="4"') + rest, ['error neuroml/unknown-segment «<channelDensity»']],
    ['no ion', density('') + rest, ['warning neuroml/expected-attribute «<channelDensity»']],
    ['a negative capacitance', rest.replace('"1 uF', '"-1 uF'), ['error neuroml/bad-number «-1 uF_per_cm2»']],
  ])('%s', (_, content, marks) => {
    expect(reading(nml(`${channel}<cell id="c">${morphology(root)}${biophysics(content)}</cell>`)).marks).toEqual(
      marks,
    );
  });
});

describe('channels and networks', () => {
  const rate = (name: string): string => `<${name} type="HHExpRate" rate="1per_ms" midpoint="0mV" scale="1mV"/>`;
  const gate = (content: string, instances = '1'): string =>
    '<ionChannelHH id="i" conductance="1pS"><gateHHrates id="m" ' +
    `instances="${instances}">${content}</gateHHrates></ionChannelHH>`;
  const net = (content: string): string =>
    `<expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/><iafCell id="iaf" C="1nF" thresh="0mV" reset="0mV" leakConductance="1nS" leakReversal="0mV"/>
<network id="n"><population id="p" component="iaf" size="2"/>${content}</network>`;
  const projection = (content: string): string =>
    net(`<projection id="j" presynapticPopulation="p" postsynapticPopulation="p" synapse="s">${content}</projection>`);
  it.each([
    ['a gate', gate(rate('forwardRate') + rate('reverseRate')), []],
    ['a gate without a rate', gate(rate('forwardRate')), ['error neuroml/missing-child «<gateHHrates»']],
    ['no instances of a gate', gate(rate('forwardRate') + rate('reverseRate'), '0'), ['error neuroml/bad-number «0»']],
    ['a connection', projection('<connection id="0" preCellId="../p[0]" postCellId="../p[1]"/>'), []],
    [
      'a connection to nothing',
      projection('<connection id="0" preCellId="../p[0]"/>'),
      ['error neuroml/missing-attribute «<connection»'],
    ],
    [
      'a connection without id',
      projection('<connection preCellId="../p[0]" postCellId="../p[1]"/>'),
      ['warning neuroml/missing-id «<connection»'],
    ],
    [
      'a negative delay',
      projection('<connectionWD id="0" preCellId="../p[0]" postCellId="../p[1]" weight="1" delay="-1ms"/>'),
      ['error neuroml/bad-number «-1ms»'],
    ],
    ['a part of a neuron', net('<population id="q" component="iaf" size="2.5"/>'), ['error neuroml/bad-number «2.5»']],
    [
      'two populations of one id',
      net('<population id="p" component="iaf" size="1"/>'),
      ['error neuroml/duplicate-id «p»'],
    ],
    [
      'a population of nothing',
      net('<population id="q" component="iafff" size="1"/>'),
      ['error lems/dangling-reference «iafff»'],
    ],
    [
      'an id that begins with a digit',
      net('<population id="2q" component="iaf" size="1"/>'),
      ['warning neuroml/bad-id «2q»'],
    ],
  ])('%s', (_, content, marks) => {
    expect(reading(nml(content)).marks).toEqual(marks);
  });

  it.each([
    [
      'a population before the synapse',
      `<network id="n"><population id="p" component="s" size="1"/></network>${net('').split('<network')[0]!}`,
    ],
  ])('%s: the order of a document changes nothing, and other tools refuse it', (_, content) => {
    expect(reading(nml(content)).marks.filter((mark) => mark.includes('order'))).toEqual([
      'warning neuroml/element-order «<expOneSynapse»',
      'warning neuroml/element-order «<iafCell»',
    ]);
  });

  it("requires of a user's heir none of the children that its ancestor calculates with", () => {
    const text = `<ComponentType name="ownGate" extends="gateHHtauInf"><Dynamics><DerivedVariable name="fcond" exposure="fcond" dimension="none" value="1"/></Dynamics></ComponentType>
      <ionChannelHH id="i"><ownGate id="m" instances="1"/></ionChannelHH>`;
    expect(reading(nml(text)).marks.filter((mark) => mark.includes('missing-child'))).toEqual([]);
    const [plain] = reading(nml('<ionChannelHH id="i"><gateHHtauInf id="m" instances="1"/></ionChannelHH>')).marks;
    expect(plain).toBe('error neuroml/missing-child «<gateHHtauInf»');
  });

  it.each([
    ['presynapticPopulation="q" postsynapticPopulation="p"', 'warning neuroml/unknown-population «q»'],
    ['presynapticPopulation="p" postsynapticPopulation="q"', 'warning neuroml/unknown-population «q»'],
    ['presynapticPopulation="p" postsynapticPopulation="p"', undefined],
  ])('a projection with %s', (ends, mark) => {
    const text = `<expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="2ms"/>
      <iafCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>
      <network id="n"><population id="p" component="c" size="2"/><projection id="j" ${ends} synapse="s"/></network>`;
    expect(reading(nml(text)).marks[0]).toBe(mark);
  });

  it('names the population of a list of inputs that there is', () => {
    const text = `<iafCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>
      <pulseGenerator id="g" delay="0ms" duration="1ms" amplitude="1nA"/>
      <network id="n"><population id="cells" component="c" size="2"/><inputList id="l" component="g" population="cell"/></network>`;
    expect(reading(nml(text.replace('<pulse', '<!-- --><pulse'))).diagnostics).toContainEqual(
      expect.objectContaining({ code: 'neuroml/unknown-population', hint: expect.stringContaining('cells') }),
    );
  });

  it('ignores types of the same name that are not core types', () => {
    const text =
      '<Lems><ComponentType name="connection"/><ComponentType name="segment"/><connection id="x"/><segment ' +
      'id="y"/></Lems>';
    expect(reading(text).marks).toEqual([]);
  });
});

it.each([
  ['iafCell', 'C', '-0.2nF'],
  ['iafCell', 'leakConductance', '-0.01uS'],
  ['iafRefCell', 'refract', '-2ms'],
])('%s with a negative %s has a warning', (type, name, value) => {
  const refract = type === 'iafRefCell' ? 'refract="2ms"' : '';
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
  <${type} id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS" ${refract}/>
</neuroml>`;
  const found = reading(text.replace(new RegExp(` ${name}="[^"]*"`), ` ${name}="${value}"`));
  expect(reading(text).marks).toEqual([]);
  expect(found.marks).toEqual([`warning neuroml/negative «${value}»`]);
});

describe('the check of an element’s content and order', () => {
  const rates =
    '<forwardRate type="HHExpRate" rate="1per_ms" midpoint="0mV" scale="1mV"/><reverseRate type="HHExpRate" ' +
    'rate="1per_ms" midpoint="0mV" scale="1mV"/>';
  const blocking = (content: string): string =>
    '<blockingPlasticSynapse id="s" gbase="1nS" erev="0mV" tauRise="1ms" ' +
    `tauDecay="2ms">${content}</blockingPlasticSynapse>`;
  const plastic = '<plasticityMechanism type="tsodyksMarkramDepMechanism" initReleaseProb="0.5" tauRec="120 ms"/>';
  const block =
    '<blockMechanism type="voltageConcDepBlockMechanism" species="mg" blockConcentration="1.2 mM" ' +
    'scalingConc="1.9 mM" scalingVolt="16 mV"/>';
  it.each([
    [
      'points of a segment',
      cell(`<segment id="0"><distal ${point(1)}<proximal ${point(0)}</segment>`),
      ['warning neuroml/element-order «<proximal»'],
    ],
    [
      'a segment behind the groups',
      cell(`${root}<segmentGroup id="g"><member segment="0"/></segmentGroup>${segment('1', '0')}`),
      ['warning neuroml/element-order «<segment»'],
    ],
    [
      'a gate, whose elements have no order',
      nml(
        `<ionChannelHH id="i"><gateHHrates id="m" instances="1">${rates}<q10Settings type="q10Fixed" ` +
          'fixedQ10="3"/></gateHHrates></ionChannelHH>',
      ),
      [],
    ],
    ['mechanisms of a synapse', nml(blocking(plastic + block)), []],
    ['two mechanisms of one kind', nml(blocking(block + block)), ['warning neuroml/too-many «<blockMechanism»']],
    [
      'an element of another name, whose type says what it is',
      nml(blocking(block.replaceAll('blockMechanism', 'blockingMechanism'))),
      ['warning neuroml/unexpected-element «<blockingMechanism»'],
    ],
    ['a network of nothing', nml('<network id="n"/>'), ['warning neuroml/expected-child «<network»']],
    ['a document without id', nml('').replace(' id="d"', ''), ['warning neuroml/missing-id «<neuroml»']],
  ])('%s', (_, text, marks) => {
    expect(reading(text).marks).toEqual(marks);
  });

  it('names the nearest element that there is', () => {
    const [finding] = reading(nml(blocking(plastic.replace('plasticityMechanism', 'plasticMechanism')))).diagnostics;
    expect(finding).toMatchObject({
      code: 'neuroml/unexpected-element',
      hint: expect.stringContaining('plasticityMechanism'),
    });
  });

  it.each([
    ['<ionChannelPassive id="leak" conductance="10pS"/>', 'write <ionChannel type="ionChannelPassive" …>'],
    ['<networkWithTemperature id="n" temperature="20degC"/>', 'write <network type="networkWithTemperature" …>'],
  ])('names the element that has a type as its attribute: %s', (content, hint) => {
    const [finding] = reading(nml(content)).diagnostics;
    expect(finding).toMatchObject({ code: 'neuroml/unexpected-element', hint: expect.stringContaining(hint) });
  });

  it('requires no children of a type that the schema does not have', () => {
    const own = '<ComponentType name="customGate" extends="gateHHtauInf"/>';
    const channel = `<ionChannelHH id="i" conductance="1pS"><customGate id="h" instances="1"/></ionChannelHH>`;
    expect(reading(nml(own + channel)).marks.filter((mark) => /expected-child|missing-child/.test(mark))).toEqual([]);
  });

  it.each([
    ['a word of several letters', 'metaid="a-b"', ['warning neuroml/bad-name «a-b»']],
    ['a term of an ontology', 'neuroLexId="sao864921383"', []],
    ['no term', 'neuroLexId="sao 86"', ['warning neuroml/bad-name «sao 86»']],
  ])('%s', (_, attribute, marks) => {
    expect(
      reading(nml(`<pulseGenerator id="p" delay="0ms" duration="1ms" amplitude="1nA" ${attribute}/>`)).marks,
    ).toEqual(marks);
  });

  it('ignores LEMS files, which have no schema of this kind', () => {
    const text = `<Lems><Include file="Cells.xml"/>${root}</Lems>`;
    expect(reading(text).marks.filter((mark) => mark.includes('order'))).toEqual([]);
  });
});

describe('explanatory elements', () => {
  const point = 'C="1nF" thresh="0mV" reset="-1mV" leakConductance="1nS" leakReversal="-2mV"';
  const gate = (content: string, more = ''): string =>
    `<ionChannelHH id="c"><gateHHtauInf id="m" instances="1"${more}>
      <timeCourse type="fixedTimeCourse" tau="2ms"/>
      <steadyState type="HHSigmoidVariable" rate="1" midpoint="-30mV" scale="8mV"/>${content}</gateHHtauInf></ionChannelHH>`;
  const network = (inside: string): string => `<iafCell id="a" ${point}/><network id="n">${inside}</network>`;

  // Verdicts of NeuroML_v2.3.1.xsd by jNeuroML -validate.
  it.each([
    ['notes first', `<iafCell id="a" ${point}><notes>x</notes><property tag="t" value="v"/></iafCell>`, []],
    [
      'properties before notes',
      `<iafCell id="a" ${point}><property tag="t" value="v"/><notes>x</notes></iafCell>`,
      ['warning neuroml/element-order «<notes»'],
    ],
    [
      'two notes',
      `<iafCell id="a" ${point}><notes>x</notes><notes>x</notes></iafCell>`,
      ['warning neuroml/too-many «<notes»'],
    ],
    ['notes after the content of a gate, whose elements have no order', gate('<notes>x</notes>'), []],
    [
      'notes after the content of a channel',
      gate('').replace('</ionChannelHH>', '<notes>x</notes></ionChannelHH>'),
      ['warning neuroml/element-order «<notes»'],
    ],
    ['properties of a gate', gate('<property tag="t" value="v"/>'), ['warning neuroml/unexpected-element «<property»']],
    [
      'notes within a list of inputs',
      network(
        '<population id="p" component="a" size="1"/><inputList id="l" component="a" population="p"><notes>x</notes></inputList>',
      ),
      ['warning neuroml/unexpected-element «<notes»'],
    ],
    [
      'a type that is the name again',
      gate('', ' type="gateHHtauInf"'),
      ['warning neuroml/unexpected-attribute «type»'],
    ],
    [
      'an id where the schema has none',
      network('<population id="p" component="a" size="1"/><explicitInput id="e" target="p[0]" input="a"/>'),
      ['warning neuroml/unexpected-attribute «id»'],
    ],
    [
      'a channel that only stands within others',
      '<ionChannelPassive id="leak" conductance="10pS"/>',
      ['warning neuroml/unexpected-element «<ionChannelPassive»'],
    ],
    [
      'fewer instances than the size says',
      network(
        '<population id="p" type="populationList" component="a" size="5"><instance id="0"><location x="0" y="0" z="0"/></instance></population>',
      ),
      ['warning neuroml/population-size «5»'],
    ],
  ])('%s', (_, content, marks) => {
    expect(reading(nml(content)).marks.filter((mark) => mark.includes(' neuroml/'))).toEqual(marks);
  });
});
