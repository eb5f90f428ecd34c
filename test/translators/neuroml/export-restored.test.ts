/**
 * NeuroML to the canonical model and back: the model hash stays, and the document keeps its author's text while the
 * model is the same except for its run and its recordings.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { jsonText } from '../../../src/convert/json-text.js';
import type { Model } from '../../../src/model/model.js';
import { importModel, readSource, runModel, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import { someOf } from '../../support/effort.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

const folder = 'fixtures/neuroml';
const documents = readdirSync(folder).filter((name) => /\.(xml|nml)$/.test(name));

/** Plain data with mutable members. */
type Changeable<T> = { -readonly [K in keyof T]: Changeable<T[K]> };

/** The model as a canonical document that somebody has worked on, read again. */
function edited({ valid }: ImportedModel, edit: (model: Changeable<Model>) => void = () => undefined): ImportedModel {
  const model = JSON.parse(jsonText(valid.model)) as Changeable<Model>;
  edit(model);
  return importModel({ name: 'model.json', text: JSON.stringify(model) }, { data: valid.data });
}

/** How many spikes each population has. */
async function spikesOf(model: ImportedModel): Promise<Readonly<Record<string, number>>> {
  const result = await runModel(model, { target: 'reference' });
  if (result.kind !== 'run') throw new Error('nothing was run');
  const counts = Object.fromEntries(result.record.populations.map(({ name, spikes }) => [name, spikes]));
  result.dispose();
  return counts;
}

async function exported(model: ImportedModel) {
  const { files, report } = await convertModel(model.valid, 'neuroml');
  const text = files[0]?.text ?? '';
  const lost = report.filter(({ verdict }) => verdict !== 'exact').map(({ code, message }) => `${code}: ${message}`);
  return { text, report, lost, back: importModel({ name: 'exported.xml', text }) };
}

describe('without changes', () => {
  it.each(someOf(documents, 2, 'documents'))(
    '%s keeps its model hash, by way of a canonical document',
    async (name) => {
      const original = importModel(readSource(`${folder}/${name}`));
      const canonical = edited(original);
      expect(canonical.hashes.model).toBe(original.hashes.model);
      const { back, lost } = await exported(canonical);
      expect(lost).toEqual([]);
      expect(back.hashes.model).toBe(original.hashes.model);
      expect(back.hashes.experiment).toBe(original.hashes.experiment);
      expect(back.valid.model.recordings).toEqual(original.valid.model.recordings);
      expect(back.valid.model.annotations['outputFiles']).toEqual(original.valid.model.annotations['outputFiles']);
    },
  );

  it.each(someOf(documents, 2, 'documents'))('%s is written the same again and again', async (name) => {
    const first = await exported(importModel(readSource(`${folder}/${name}`)));
    const second = await exported(first.back);
    expect(second.text).toBe(first.text);
    expect(second.back.hashes).toEqual(first.back.hashes);
  });

  it('keeps names, units, notes and properties as their author wrote them', async () => {
    const { text } = await exported(importModel(readSource(`${folder}/network.xml`)));
    expect(text).toContain('<ionChannelHH id="na" conductance="10pS" species="na">');
    expect(text).toContain(
      '<connectionWD id="0" preCellId="../inh/0/soma" postCellId="../exc/0/soma" weight="2" delay="1.5ms"/>',
    );
    expect(text).toContain('<property tag="color" value="0.8 0 0"/>');
    expect(text).toContain('<notes>A cell of one segment with the channels of Hodgkin and Huxley (1952).</notes>');
    expect(text).toContain('<location x="50" y="0" z="0"/>');
  });

  it('keeps types and components of the author, used or not', async () => {
    const source = `<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
      <ComponentType name="mine" extends="baseCellMembPot"><Parameter name="drift" dimension="voltage"/><Constant name="S" dimension="time" value="1s"/>
        <Dynamics><StateVariable name="v" dimension="voltage" exposure="v"/><TimeDerivative variable="v" value="drift / S"/></Dynamics></ComponentType>
      <ComponentType name="nobodys" extends="baseCellMembPot"/><iafTauCell id="idle" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
      <mine id="cell" drift="5mV"/><network id="net"><population id="p" component="cell" size="1"/></network>
      <Simulation id="run" length="1ms" step="0.1ms" target="net"/></Lems>`;
    const { text } = await exported(importModel({ name: 'mine.xml', text: source }));
    expect(text).toContain('<ComponentType name="mine" extends="baseCellMembPot">');
    expect(text).toContain('<mine id="cell" drift="5mV"/>');
    expect(text).toContain('<ComponentType name="nobodys" extends="baseCellMembPot"/>');
    expect(text).toContain('<iafTauCell id="idle" ');
  });

  it('keeps annotations with their namespaces', async () => {
    const annotation =
      '<annotation><rdf:RDF><rdf:Description rdf:about="c"><bqbiol:is/></rdf:Description></rdf:RDF></annotation>';
    const source = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:bqbiol="http://biomodels.net/biology-qualifiers/" id="d">
      <iafTauCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
      <network id="net">${annotation}<population id="p" component="c" size="1"/></network></neuroml>`;
    const { text } = await exported(importModel({ name: 'annotated.nml', text: source }));
    expect(text).toContain(annotation);
    expect(text).toContain('xmlns:bqbiol="http://biomodels.net/biology-qualifiers/"');
  });
});

describe('models of other notations', () => {
  it.each([
    ['PyNN, drawn connections', 'fixtures/pynn/connector-fixed-probability.json'],
    ['PyNN, cells by name', 'fixtures/pynn/if-cond-exp.json'],
    ['Brian, a rule for each pair', 'fixtures/brian/delays-small.yaml'],
    ['Brian, probabilities', 'fixtures/brian/stdp-pair.yaml'],
  ])('%s: a model written as LEMS is written the same again and again', async (_, path) => {
    const original = importModel(readSource(path));
    const { files } = await convertModel(original.valid, 'lems', { freeze: true });
    const once = importModel({ name: 'once.xml', text: files[0]?.text ?? '' });
    const second = await exported(once);
    expect(second.text).toBe(files[0]?.text);
    expect(second.back.hashes).toEqual(once.hashes);
    const third = await exported(edited(second.back));
    expect(third.text).toBe(second.text);
  });
});

describe('changes of the model', () => {
  const cells = importModel({
    name: 'cells.xml',
    text: `<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
      <iafTauCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
      <expOneSynapse id="syn" gbase="0.5nS" erev="0mV" tauDecay="3ms"/><pulseGenerator id="pulse" delay="1ms" duration="5ms" amplitude="1 nA"/>
      <iafCell id="t" leakReversal="-60mV" thresh="-50mV" reset="-62mV" C="50pF" leakConductance="2nS"/>
      <network id="net"><population id="p" component="c" size="3"/><population id="q" component="t" size="2"/>
        <projection id="pq" presynapticPopulation="p" postsynapticPopulation="q" synapse="syn">
          <connection id="0" preCellId="../p[0]" postCellId="../q[1]"/><connection id="1" preCellId="../p[2]" postCellId="../q[0]"/></projection>
        <inputList id="drive" component="pulse" population="q"><input id="0" target="../q[0]" destination="synapses"/></inputList></network>
      <Simulation id="run" length="20ms" step="0.1ms" target="net"><OutputFile id="f" fileName="v.dat"><OutputColumn id="q0" quantity="q[0]/v"/></OutputFile></Simulation></Lems>`,
  });
  it('the duration and the step', async () => {
    const { text, back, lost } = await exported(
      edited(cells, ({ experiment }) => Object.assign(experiment, { dt: 5e-5, protocol: [{ run: 0.035 }] })),
    );
    expect(lost).toEqual([]);
    expect(text).toContain('<Simulation id="run" length="35ms" step="0.05ms" target="net">');
    expect(back.valid.model.experiment).toMatchObject({ dt: 5e-5, protocol: [{ run: 0.035 }] });
  });

  it('equations: the model is written anew', async () => {
    const changed = edited(cells, (model) => {
      const type = model.neurons[model.populations['q']?.type ?? '']!;
      type.derivatives['v']!.rate = `2*(${type.derivatives['v']!.rate})`;
    });
    const { text, back } = await exported(changed);
    expect(text).toMatch(/<population id="q" .*size="2"/);
    const { p, q } = await spikesOf(changed);
    expect(await spikesOf(back)).toMatchObject({ p, q });
    expect(await spikesOf(changed)).not.toEqual(await spikesOf(cells));
  });

  it('further recordings', async () => {
    const changed = edited(cells, ({ recordings }) => {
      recordings.push(
        { of: { population: 'q', indices: [1] }, variables: ['v'], name: 'other' },
        { of: { population: 'p' }, events: 'spike', name: 'fired' },
      );
    });
    const { text, lost, back } = await exported(changed);
    expect(lost).toEqual([]);
    expect(back.hashes.model).toBe(cells.hashes.model);
    expect(text).toContain('<iafCell id="t" ');
    expect(text).toContain('<OutputColumn id="v_1" quantity="q[1]/v"/>');
    expect(back.valid.model.recordings).toMatchObject([
      { of: { population: 'q', indices: [0, 1] }, variables: ['v'] },
      { of: { population: 'p', indices: [0, 1, 2] }, events: 'spike' },
    ]);
  });

  it('changes during the run: the model is written anew', async () => {
    const { text } = await exported(
      edited(cells, ({ experiment }) => {
        experiment.protocol = [{ run: 0.01 }, { set: { 'q.thresh': -0.045 } }, { run: 0.01 }];
      }),
    );
    expect(text).toContain('<ComponentType ');
  });
});

describe('long lists', () => {
  const count = 3000;
  const listed = (kind: string, rest: (k: number) => string): string =>
    Array.from(
      { length: count },
      (_, k) => `<${kind} id="${k}" preCellId="../p/${k % 50}/c" postCellId="../p/${(k * 7) % 50}/c"${rest(k)}/>`,
    ).join('\n');
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
    <iafCell id="c" C="1nF" thresh="0mV" reset="-10mV" leakConductance="1nS" leakReversal="-60mV"/><expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/>
    <network id="n"><population id="p" component="c" size="50" type="populationList">
      ${Array.from({ length: 50 }, (_, k) => `<instance id="${k}"><location x="${k}" y="0" z="0"/></instance>`).join('')}</population>
      <projection id="j" presynapticPopulation="p" postsynapticPopulation="p" synapse="s">${listed('connection', () => '')}
        ${listed('connectionWD', (k) => ` weight="${k / 8}" delay="${(k % 7) + 0.5}ms"`)}</projection></network></neuroml>`;

  it('are written in full', async () => {
    const original = importModel({ name: 'long.nml', text });
    const { text: again, back, lost } = await exported(edited(original));
    expect(lost).toEqual([]);
    expect(back.hashes.model).toBe(original.hashes.model);
    expect(again).toContain('<connection id="2999" preCellId="../p/49/c" postCellId="../p/43/c"/>');
    expect(again).toMatch(
      /<connectionWD id="\d+" preCellId="..\/p\/49\/c" postCellId="..\/p\/43\/c" weight="374.875" delay="3.5ms"\/>/,
    );
  });
});

describe('long lists of other things are kept in full', () => {
  const all = (count: number, one: (k: number) => string): string =>
    Array.from({ length: count }, (_, k) => one(k)).join('');

  it('spikes of an array', async () => {
    const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
      <spikeArray id="a">${all(1200, (k) => `<spike id="${k}" time="${k + 1}ms"/>`)}</spikeArray>
      <network id="n"><population id="p" component="a" size="2"/></network></neuroml>`;
    const original = importModel({ name: 'spikes.nml', text });
    const { back, lost } = await exported(original);
    expect(lost).toEqual([]);
    expect(back.hashes.model).toBe(original.hashes.model);
  });

  it('sections of a group', async () => {
    const segment = (k: number): string =>
      `<segment id="${k}">${k === 0 ? '' : `<parent segment="${k - 1}"/>`}<proximal x="${k}" y="0" z="0" diameter="2"/>` +
      `<distal x="${k + 1}" y="0" z="0" diameter="2"/></segment>`;
    const section = (k: number): string =>
      `<segmentGroup id="s${k}" neuroLexId="sao864921383"><member segment="${k}"/></segmentGroup>`;
    const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
      <ionChannelPassive id="leak" conductance="10pS"/>
      <cell id="c"><morphology id="m">${all(1100, segment)}${all(1100, section)}
        <segmentGroup id="every">${all(1100, (k) => `<include segmentGroup="s${k}"/>`)}</segmentGroup></morphology>
        <biophysicalProperties id="b"><membraneProperties>
          <channelDensity id="l" ionChannel="leak" condDensity="0.3mS_per_cm2" erev="-65mV" ion="non_specific" segmentGroup="every"/>
          <spikeThresh value="0mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/>
        </membraneProperties><intracellularProperties><resistivity value="0.1kohm_cm"/></intracellularProperties>
        </biophysicalProperties></cell>
      <network id="n"><population id="p" component="c" size="1"/></network></neuroml>`;
    const original = importModel({ name: 'sections.nml', text });
    const { back, lost } = await exported(original);
    expect(lost).toEqual([]);
    expect(back.hashes.model).toBe(original.hashes.model);
  });
});

describe('cells with structure', () => {
  const path = 'fixtures/cells/network-of-cells.xml';

  it('long lists of inputs keep their places', async () => {
    const { text, ...rest } = readSource(path);
    const input = (k: number): string =>
      `<input id="${k}" target="../cells/${k % 3}/branched" segmentId="${k % 5}" fractionAlong="${(k % 7) / 8}" ` +
      'destination="synapses"/>';
    const inputs = Array.from({ length: 1200 }, (_, k) => input(k)).join('');
    const many = text.replace(/(<inputList id="inhibition"[^>]*>)[^]*?(<\/inputList>)/, `$1${inputs}$2`);
    const original = importModel({ ...rest, text: many });
    const { back, lost, text: written } = await exported(original);
    expect(lost).toEqual([]);
    expect(written).toContain(input(1199));
    expect(back.hashes.model).toBe(original.hashes.model);
    expect(back.hashes.experiment).toBe(original.hashes.experiment);
  });

  it('the time step is changed in the document', async () => {
    const changed = edited(importModel(readSource(path)), ({ experiment }) => {
      experiment.dt = 1e-5;
    });
    const { back, lost } = await exported(changed);
    expect(lost).toEqual([]);
    expect(back.hashes).toMatchObject({ model: changed.hashes.model, experiment: changed.hashes.experiment });
  });
});

describe("requirements of LEMS's readers", () => {
  const document = (body: string, more = ''): ImportedModel =>
    importModel({
      name: 'model.xml',
      text: `<Lems><Target component="run"/><Include file="NeuroML2CoreTypes.xml"/>${more}
        <iafTauCell id="cell" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>${body}
        <Simulation id="run" length="10ms" step="0.1ms" target="net"/></Lems>`,
    });
  const recorded = (model: ImportedModel): ImportedModel =>
    edited(model, ({ recordings, populations }) => {
      const [population = ''] = Object.keys(populations);
      recordings.push({ of: { population }, events: 'spike', name: 'spikes' });
    });

  it("PyNN's types are included at their use: the file of all core types has them only here", async () => {
    const cells = (type: string): string =>
      `<network id="net"><population id="cells" component="${type}" size="1"/></network>`;
    const pynn =
      '<IF_curr_alpha id="pynn" cm="1" i_offset="0.9" tau_m="20" tau_refrac="5" tau_syn_E="0.5" tau_syn_I="0.5" ' +
      'v_init="-65" v_reset="-68" v_rest="-65" v_thresh="-52"/>';
    const includes = async (type: string): Promise<readonly string[]> => {
      const { text } = await exported(document(cells(type), type === 'pynn' ? pynn : ''));
      return [...text.matchAll(/Include file="([^"]+)"/g)].map(([, file = '']) => file);
    };
    expect(await includes('pynn')).toEqual(['NeuroML2CoreTypes.xml', 'PyNN.xml', 'Simulation.xml']);
    expect(await includes('cell')).toEqual(['NeuroML2CoreTypes.xml', 'Simulation.xml']);
  });

  it('instances emit events by the path to the cell, which jNeuroML needs', async () => {
    const list = `<network id="net"><population id="cells" component="cell" type="populationList" size="1">
      <instance id="0"><location x="0" y="0" z="0"/></instance></population></network>`;
    const { text, lost } = await exported(recorded(document(list)));
    expect([lost, text]).toEqual([[], expect.stringContaining('select="cells/0/cell"')]);
  });
});
