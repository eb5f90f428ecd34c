import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Group } from 'h5wasm';
import { readHdf5In } from '../../../../src/pipeline/read/hdf5-documents.js';
import { networkText } from '../../../../translators/neuroml/hdf5/network-text.js';
import type { Hdf5Group } from '../../../../translators/shared/hdf5.js';
import { readSource } from '../../../../src/pipeline/read/read-source.js';
import { reading } from '../support/reading.js';
import { temporaryFolder } from '../../../support/command.js';

const folder = temporaryFolder();

const cells = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="net">
<expOneSynapse id="syn" gbase="1nS" erev="0mV" tauDecay="1ms"/><gapJunction id="gj" conductance="1nS"/>
<iafCell id="iaf" C="1nF" thresh="0mV" reset="0mV" leakConductance="1nS" leakReversal="0mV"/>
<pulseGenerator id="pulse" delay="1ms" duration="1ms" amplitude="1nA"/></neuroml>`;

/** Writes a network as libNeuroML lays it out. */
async function write(path: string): Promise<void> {
  const { default: h5 } = await import('h5wasm/node');
  await h5.ready;
  const file = new h5.File(path, 'w');
  const root = file.create_group('neuroml');
  root.create_attribute('id', 'net');
  root.create_attribute('neuroml_top_level', cells);
  const network = root.create_group('network');
  network.create_attribute('id', 'n1');
  network.create_attribute('notes', 'a < b');
  const group = (name: string, attributes: Readonly<Record<string, string>>): Group => {
    const made = network.create_group(name);
    for (const [key, value] of Object.entries(attributes)) made.create_attribute(key, value);
    return made;
  };
  const table = (
    owner: Group,
    name: string,
    columns: readonly string[],
    rows: readonly (readonly number[])[],
  ): void => {
    const made = owner.create_dataset({
      name,
      data: Float32Array.from(rows.flat()),
      shape: [rows.length, columns.length],
      dtype: '<f',
    });
    for (const [index, column] of columns.entries()) made.create_attribute(`column_${index}`, column);
  };
  group('population_few', { id: 'few', component: 'iaf', size: '3' });
  const list = group('population_placed', {
    id: 'placed',
    component: 'iaf',
    type: 'populationList',
    'property:color': '1 0 0',
  });
  table(
    list,
    'placed',
    ['x', 'y', 'z'],
    [
      [0.1, 20, -3.5],
      [1, 2, 3],
    ],
  );
  const ends = { presynapticPopulation: 'few', postsynapticPopulation: 'placed' };
  table(
    group('projection_p', { id: 'p', type: 'projection', synapse: 'syn', ...ends }),
    'p',
    ['pre_cell_id', 'post_cell_id', 'weight', 'delay'],
    [[2, 1, 0.7, 5.5]],
  );
  table(
    group('projection_e', { id: 'e', type: 'electricalProjection', synapse: 'gj', ...ends }),
    'e',
    ['id', 'pre_cell_id', 'post_cell_id'],
    [[4, 0, 1]],
  );
  table(
    group('inputList_i', { id: 'i', component: 'pulse', population: 'placed' }),
    'i',
    ['id', 'target_cell_id', 'segment_id', 'fraction_along', 'weight'],
    [[0, 1, 0, 0.25, 2]],
  );
  file.close();
}

describe('a network in HDF5', () => {
  it('is the text that it would be in XML, numbers as they were before 32 bits', async () => {
    const path = folder.file('net.nml.h5');
    await write(path);
    const network = readHdf5In('neuroml', path);
    if (network === null || !('text' in network)) throw new Error(JSON.stringify(network));
    const lines = network.text.split('\n');
    expect(lines[0]).toBe('<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="net">');
    expect(lines.slice(lines.indexOf('<network id="n1">'))).toEqual([
      '<network id="n1">',
      '<notes>a &lt; b</notes>',
      '<population id="few" component="iaf" size="3">',
      '</population>',
      '<population id="placed" component="iaf" size="2" type="populationList">',
      '<property tag="color" value="1 0 0"/>',
      '<instance id="0"><location x="0.1" y="20" z="-3.5"/></instance>',
      '<instance id="1"><location x="1" y="2" z="3"/></instance>',
      '</population>',
      '<projection id="p" presynapticPopulation="few" postsynapticPopulation="placed" synapse="syn">',
      '<connectionWD id="0" preCellId="../few[2]" postCellId="../placed/1/iaf" weight="0.7" delay="5.5ms"/>',
      '</projection>',
      '<electricalProjection id="e" presynapticPopulation="few" postsynapticPopulation="placed">',
      '<electricalConnectionInstance id="4" preCell="../few[0]" postCell="../placed/1/iaf" synapse="gj"/>',
      '</electricalProjection>',
      '<inputList id="i" component="pulse" population="placed">',
      '<inputW id="0" target="../placed/1/iaf" destination="synapses" segmentId="0" fractionAlong="0.25" weight="2"/>',
      '</inputList>',
      '</network>',
      '</neuroml>',
    ]);
    expect(reading(network.text).marks).toEqual([]);
  });

  it('is read like any other document', async () => {
    const path = folder.file('again.nml.h5');
    await write(path);
    expect(
      reading(readSource(path).text)
        .model!.byId.get('n1')!
        .children.map(({ id }) => id),
    ).toEqual(expect.arrayContaining(['few', 'placed', 'p', 'e', 'i']));
  });

  it('that is no whole file, or no network, is refused', async () => {
    const { default: h5 } = await import('h5wasm/node');
    await h5.ready;
    const other = new h5.File(folder.file('other.h5'), 'w');
    other.create_group('units');
    other.close();
    expect(readHdf5In('neuroml', folder.file('other.h5'))).toBeNull();
    writeFileSync(folder.file('cut.h5'), Uint8Array.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]));
    expect(readHdf5In('neuroml', folder.file('cut.h5'))).toHaveProperty('refused');
    expect(() => readSource(folder.file('cut.h5'))).toThrow(/cannot be read as HDF5/);
  });
});

describe('a part of a network in another file', () => {
  it.each([
    ['/', 'neuroml', 'another.h5'],
    ['/neuroml', 'network', 'pipe'],
    ['/neuroml/network', 'population_p', 'another.h5'],
    ['/neuroml/network', 'population_p', 'pipe'],
  ])('in %s as %s is refused and never opened', async (parent, name, target) => {
    // A pipe that is opened never ends.
    const pipe = folder.file('pipe');
    if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
    await write(folder.file('another.h5'));
    const { default: h5 } = await import('h5wasm/node');
    await h5.ready;
    const path = folder.file('linked.nml.h5');
    const file = new h5.File(path, 'w');
    if (parent !== '/') file.create_group('neuroml');
    if (parent === '/neuroml/network') file.create_group('/neuroml/network');
    (parent === '/' ? file : (file.get(parent) as Group)).create_external_link(folder.file(target), '/neuroml', name);
    file.close();
    expect(readHdf5In('neuroml', path)).toEqual({ refused: expect.stringContaining('another file') as string });
  });
});

describe('the tables of a network', () => {
  it('may lack names of columns, values and kinds', () => {
    const root: Hdf5Group = {
      name: 'neuroml',
      attributes: { id: 'x', notes: 'None', neuroml_top_level: '<neuroml/>' },
      tables: [],
      groups: [
        {
          name: 'network',
          attributes: { id: 'n', temperature: '6.3 degC' },
          tables: [],
          groups: [
            {
              name: 'population_p',
              attributes: { id: 'p', component: 'c' },
              groups: [],
              tables: [
                {
                  name: 'p',
                  attributes: {},
                  shape: [1, 4],
                  type: 'double',
                  values: Float64Array.from([7, 0.1, 0.2, 0.3]),
                },
              ],
            },
            { name: 'projection_q', attributes: { id: 'q' }, groups: [], tables: [] },
          ],
        },
      ],
    };
    expect(networkText(root).split('\n')).toEqual([
      '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="x">',
      '',
      '<network id="n" type="networkWithTemperature" temperature="6.3 degC">',
      '<population id="p" component="c" size="1" type="populationList">',
      '<instance id="0"><location x="0.1" y="0.2" z="0.3"/></instance>',
      '</population>',
      '<projection id="q">',
      '</projection>',
      '</network>',
      '</neuroml>',
    ]);
  });
});
