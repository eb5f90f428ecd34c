/**
 * NeuroML to the canonical model and back: the model hash stays, the document is in its author's words, and what is changed of the model in between
 * is changed in the document.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert.js';
import { jsonText } from '../../../src/json-text.js';
import type { Model } from '../../../src/model/model.js';
import { importModel, readSource, type ImportedModel } from '../../../src/pipeline.js';

const folder = 'fixtures/neuroml';

/** Plain data whose members may be changed. */
type Changeable<T> = { -readonly [K in keyof T]: Changeable<T[K]> };

/** The model as a canonical document that somebody has worked on, read again. */
function edited({ valid }: ImportedModel, edit: (model: Changeable<Model>) => void = () => undefined): ImportedModel {
  const model = JSON.parse(jsonText(valid.model)) as Changeable<Model>;
  edit(model);
  return importModel({ name: 'model.json', text: JSON.stringify(model) }, { data: valid.data });
}

async function exported(model: ImportedModel) {
  const { files, report } = await convertModel(model.valid, 'neuroml');
  const text = files[0]?.text ?? '';
  const lost = report.filter(({ verdict }) => verdict !== 'exact').map(({ code, message }) => `${code}: ${message}`);
  return { text, report, lost, back: importModel({ name: 'exported.xml', text }) };
}

describe('without changes', () => {
  it.each(readdirSync(folder).filter((name) => /\.(xml|nml)$/.test(name)))(
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

  it('keeps names, units, notes and properties as their author wrote them', async () => {
    const { text } = await exported(importModel(readSource(`${folder}/network.xml`)));
    expect(text).toContain('<ionChannelHH id="na" conductance="10pS" species="na">');
    expect(text).toContain('<connectionWD id="0" preCellId="../inh/0/soma" postCellId="../exc/0/soma" weight="2" delay="1.5ms"/>');
    expect(text).toContain('<property tag="color" value="0.8 0 0"/>');
    expect(text).toContain('<notes>A cell of one segment with the channels of Hodgkin and Huxley (1952).</notes>');
    expect(text).toContain('<location x="50" y="0" z="0"/>');
  });

  it('keeps types of the author, and leaves out what nothing refers to', async () => {
    const source = `<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
      <ComponentType name="mine" extends="baseCellMembPot"><Parameter name="drift" dimension="voltage"/><Constant name="S" dimension="time" value="1s"/>
        <Dynamics><StateVariable name="v" dimension="voltage" exposure="v"/><TimeDerivative variable="v" value="drift / S"/></Dynamics></ComponentType>
      <ComponentType name="nobodys" extends="baseCellMembPot"/><iafTauCell id="idle" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
      <mine id="cell" drift="5mV"/><network id="net"><population id="p" component="cell" size="1"/></network>
      <Simulation id="run" length="1ms" step="0.1ms" target="net"/></Lems>`;
    const { text } = await exported(importModel({ name: 'mine.xml', text: source }));
    expect(text).toContain('<ComponentType name="mine" extends="baseCellMembPot">');
    expect(text).toContain('<mine id="cell" drift="5mV"/>');
    expect(text).not.toContain('nobodys');
    expect(text).not.toContain('idle');
  });

  it('keeps annotations with their namespaces', async () => {
    const annotation = '<annotation><rdf:RDF><rdf:Description rdf:about="c"><bqbiol:is/></rdf:Description></rdf:RDF></annotation>';
    const source = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:bqbiol="http://biomodels.net/biology-qualifiers/" id="d">
      <iafTauCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
      <network id="net">${annotation}<population id="p" component="c" size="1"/></network></neuroml>`;
    const { text } = await exported(importModel({ name: 'annotated.nml', text: source }));
    expect(text).toContain(annotation);
    expect(text).toContain('xmlns:bqbiol="http://biomodels.net/biology-qualifiers/"');
  });
});

describe('what is changed of the model', () => {
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
  const typeOf = (model: Changeable<Model>, population: string) => model.neurons[model.populations[population]?.type ?? '']!;

  it.each<readonly [string, (model: Changeable<Model>) => void, RegExp]>([
    ['a parameter', (model) => (typeOf(model, 'p').parameters['tau']!.value = 0.025), /<iafTauCell id="c" .* tau="25ms"\/>/],
    ['the size of a population', (model) => (model.populations['p']!.size = 7), /<population id="p" component="c" size="7"\/>/],
    [
      'a parameter of synapses',
      (model) => (Object.values(model.synapses).find((one) => 'tauDecay' in one.parameters)!.parameters['tauDecay']!.value = 0.004),
      /tauDecay="4ms"/,
    ],
    ['the amplitude of a pulse', (model) => (typeOf(model, 'pulse').parameters['amplitude']!.value = 2.5e-9), /amplitude="2.5 nA"/],
    [
      'the list of connections',
      (model) => (model.projections['pq']!.connect = [{ rule: 'list', sources: [0, 1, 2], targets: [1, 1, 0] }]),
      /<connection id="1" preCellId="..\/p\[1\]" postCellId="..\/q\[1\]"\/>/,
    ],
    [
      'delays and weights',
      (model) => {
        model.projections['pq']!.delays['pre'] = { array: [0.001, 0.0025] };
        model.projections['pq']!.values['weight'] = { array: [1.5, 2] };
      },
      /<connectionWD id="1" preCellId="..\/p\[2\]" postCellId="..\/q\[0\]" delay="0.0025 s" weight="2"\/>/,
    ],
    [
      'the cells that are driven',
      (model) => (model.projections['pulse_to_q']!.connect = [{ rule: 'list', sources: [0], targets: [1] }]),
      /target="..\/q\[1\]"/,
    ],
  ])('%s is changed in the document', async (_, edit, expected) => {
    const changed = edited(cells, edit);
    expect(changed.hashes.model).not.toBe(cells.hashes.model);
    const { text, back, lost } = await exported(changed);
    expect(lost).toEqual([]);
    expect(text).toMatch(expected);
    expect(back.hashes.model).toBe(changed.hashes.model);
  });

  it('a value that a population has of its own is its component’s, since types of NeuroML have none, and the report says that the hash is another', async () => {
    const changed = edited(cells, (model) => (model.populations['q']!.values['thresh'] = -0.0515));
    const { text, back, report } = await exported(changed);
    expect(text).toMatch(/<iafCell id="t" .*thresh="-51.5mV"/);
    expect(back.hashes.model).not.toBe(changed.hashes.model);
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'exact', code: 'lems/model-hash' }));
    expect(typeOf(back.valid.model as Changeable<Model>, 'q').parameters['thresh']!.value).toBe(-0.0515);
  });

  it('how long it runs, in what steps', async () => {
    const { text, back, lost } = await exported(
      edited(cells, ({ experiment }) => Object.assign(experiment, { dt: 5e-5, protocol: [{ run: 0.035 }] })),
    );
    expect(lost).toEqual([]);
    expect(text).toContain('<Simulation id="run" length="35ms" step="0.05ms" target="net">');
    expect(back.valid.model.experiment).toMatchObject({ dt: 5e-5, protocol: [{ run: 0.035 }] });
  });

  it('is said by other types where the document has no place for it, and the report says so', async () => {
    const changed = edited(cells, (model) => {
      const type = typeOf(model, 'p');
      type.derivatives['v']!.rate = `2*(${type.derivatives['v']!.rate})`;
    });
    const { text, lost } = await exported(changed);
    expect(text).not.toContain('<iafTauCell ');
    expect(lost).toContainEqual(expect.stringContaining('lems/model-hash'));
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

  it('are not kept twice, and are written in full', async () => {
    const original = importModel({ name: 'long.nml', text });
    expect(JSON.stringify(original.valid.model.annotations).length).toBeLessThan(10_000);
    const { text: again, back, lost } = await exported(edited(original));
    expect(lost).toEqual([]);
    expect(back.hashes.model).toBe(original.hashes.model);
    expect(again).toContain('<connection id="2999" preCellId="../p/49/c" postCellId="../p/43/c"/>');
    expect(again).toMatch(/<connectionWD id="\d+" preCellId="..\/p\/49\/c" postCellId="..\/p\/43\/c" weight="374.875" delay="3.5ms"\/>/);
  });
});
