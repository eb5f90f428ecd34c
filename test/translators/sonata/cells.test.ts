/** Mistakes in circuits of cells with shapes. */

import { describe, expect, it } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';
import { circuitOfCells, drawnPlaces, membraneInNeuroml, writeCells } from './cells.js';
import type { Tables } from './support.js';
import '../../../translators/nmodl/road.js';
import '../../../translators/sonata/road.js';

const folder = temporaryFolder();
let circuits = 0;

type Changes = Readonly<Record<string, string | Tables | null>>;

/** Codes of errors, or of warnings, with the file and place of each, of the circuit with other files. */
async function errorsOf(changes: Changes, wanted: 'error' | 'warning' = 'error'): Promise<readonly string[]> {
  const home = folder.file(`cells-${++circuits}`);
  const path = await writeCells(home, changes);
  const found = (): readonly Diagnostic[] => {
    try {
      return importModel(readSource(path)).diagnostics;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics;
    }
  };
  return found()
    .filter(({ severity }) => severity === wanted)
    .map(({ code, place }) => {
      const where = place?.line === undefined ? place?.pointer : `${place.line}`;
      return `${code} ${place?.document.replace(`${home}/`, '')}:${where}`;
    });
}

const textOf = (name: string): string => circuitOfCells[name] as string;

/** The file with another text in place of one. */
const edited = (name: string, from: string | RegExp, to: string): Changes => {
  const text = textOf(name);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${name} has no ${String(from)}`);
  return { [name]: changed };
};

const types = 'network/cells_node_types.csv';
const tall = 'components/cells/tall_fit.json';
const edges = 'network/ext_cells_edges.h5';
const synapses = 'network/ext_cells_edge_types.csv';
const tables = circuitOfCells[edges] as Tables;
const modfiles = 'components/mechanisms/modfiles';

it('sections have compartments of 20 um without dL, as in BMTK', async () => {
  const divisionsWith = async (changes: Changes): Promise<readonly (number | undefined)[]> => {
    const path = await writeCells(folder.file(`cells-${++circuits}`), changes);
    const types = Object.values(importModel(readSource(path)).valid.model.neurons);
    return types.flatMap(({ compartments }) => Object.values(compartments?.sections ?? {}).map((one) => one.divisions));
  };
  const usual = await divisionsWith(edited('config.json', '"dL": 15,', ''));
  expect(usual).toEqual(await divisionsWith(edited('config.json', '"dL": 15,', '"dL": 20,')));
  expect(usual).not.toEqual(await divisionsWith({}));
});

describe('cells with shapes', () => {
  it.each<[string, Changes, readonly string[]]>([
    ['no morphology', edited(types, 'row.swc', 'NULL'), [`sonata/missing-in-type ${types}:2`]],
    ['a morphology that is not there', edited(types, 'row.swc', 'other.swc'), ['sonata/unreadable-file']],
    [
      'a morphology with a mistake',
      { 'components/morphologies/row.swc': '1 1 0 0 0 5 -1\n2 3 10 0 0 1 9\n' },
      ['sonata/morphology components/morphologies/row.swc:2'],
    ],
    [
      'a morphology without a soma',
      { 'components/morphologies/row.swc': '1 3 0 0 0 5 -1\n2 3 10 0 0 1 1\n' },
      ['sonata/morphology components/morphologies/row.swc:undefined'],
    ],
    [
      'a dendrite on the axon',
      { 'components/morphologies/row.swc': '1 1 0 0 0 5 -1\n2 2 9 0 0 1 1\n3 2 19 0 0 1 2\n4 3 30 0 0 1 3\n' },
      ['sonata/morphology components/morphologies/row.swc:undefined'],
    ],
    [
      'an all-active cell without axon',
      { 'components/morphologies/point.swc': '1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n3 3 19 0 0 1 2\n' },
      ['sonata/morphology components/morphologies/point.swc:undefined'],
    ],
    ['a template in hoc', edited(types, 'ctdb:Biophys1.hoc', 'hoc:Own'), [`sonata/hoc-template ${types}:2`]],
    ['another template', edited(types, 'ctdb:Biophys1.hoc', 'ctdb:Biophys2'), [`sonata/unknown-template ${types}:2`]],
    ['other processing', edited(types, 'aibs_perisomatic', 'fullaxon'), [`sonata/unsupported ${types}:2`]],
    ['no file of parameters', edited(types, 'tall_fit.json', 'NULL'), [`sonata/missing-in-type ${types}:2`]],
    ['a missing file of parameters', { [tall]: null }, ['sonata/unreadable-file']],
    ['NaN', edited(tall, '0.16', 'NaN'), [`read/malformed-json ${tall}`]],
    ['NaN as a text', edited(tall, '0.16', '"NaN"'), [`sonata/not-a-number ${tall}`]],
    ['a value that is a text', edited(tall, '"ra": 120', '"ra": "much"'), [`sonata/not-a-number ${tall}`]],
    ['no values of the membrane', edited(tall, '"passive"', '"active"'), [`sonata/missing-in-fit ${tall}`]],
    ['a section that does not exist', edited(tall, '"section": "soma",\n   "mechanism": "cak"', '"section": "stomach",\n   "mechanism": "cak"'), [`sonata/unknown-section ${tall}`]], // prettier-ignore
    ['a value of no mechanism', edited(tall, 'gbar_cak', 'gbar_kac'), [`sonata/unknown-membrane-value ${tall}`]],
    ['a parameter that a mechanism lacks', edited(tall, 'gbar_cak', 'gmax_cak'), ['nmodl/unknown-value']],
    ['a missing mechanism', { [`${modfiles}/cak.mod`]: null }, [`sonata/missing-mechanism ${tall}`]],
    [
      'a file of another mechanism',
      { [`${modfiles}/cak.mod`]: 'NEURON { SUFFIX kca\n NONSPECIFIC_CURRENT i }\n' },
      [`sonata/other-mechanism ${modfiles}/cak.mod:1`],
    ],
    ['a potential of an ion that no mechanism has', { ...edited(tall, /\n *\{\n *"section": "soma",\n *"mechanism": "(quickna|instantna)"[^}]*\},/g, '') }, []], // prettier-ignore
    ['no temperature', edited('config.json', '"celsius": 32', '"x": 1'), ['sonata/missing-key config.json']],
    ['compartments without length', edited('config.json', '"dL": 15', '"dL": 0'), ['sonata/wrong-value config.json']],
    ['too many compartments', edited('config.json', '"dL": 15', '"dL": 1e-7'), ['sonata/wrong-value config.json']],
    ['a first potential that is a text', edited('config.json', '-72', '"cold"'), ['sonata/wrong-value config.json']],
    ['an empty file of parameters', { [tall]: 'null' }, [`sonata/missing-in-fit ${tall}`]],
    ['genes that are no objects', edited(tall, '"genome": [', '"genome": ["cak", null,'), [`sonata/unknown-section ${tall}`, `sonata/missing-in-fit ${tall}:`]], // prettier-ignore
    ['no threshold', edited('config.json', '"spike_threshold": -15,', ''), ['sonata/missing-key config.json']],
    ['a clamp on a section that is not there', edited('config.json', '"amp": 0.12', '"section_name": "tuft", "amp": 0.12'), ['sonata/no-such-section config.json']], // prettier-ignore
    ['a report of sections that cells lack', edited('config.json', '"sections": "soma"', '"sections": "tuft"'), ['sonata/unknown-section config.json']], // prettier-ignore
  ])('with %s are refused at the place', async (_, changes, expected) => {
    const found = await errorsOf(changes);
    expect(new Set(found.map((one) => one.slice(0, expected[0]!.length)))).toEqual(new Set(expected));
  });
});

const nml = 'components/cells/tall.cell.nml';

describe('membranes in NeuroML', () => {
  it.each<[string, string | RegExp, string, readonly string[]]>([
    ['a property of all segments', ' segmentGroup="basal"', '', [`sonata/unknown-section ${nml}:12`]],
    ['an unknown group', '"somatic"', '"stomach"', [`sonata/unknown-section ${nml}:4`]],
    ['another unit', '120 ohm_cm', '1.2 ohm_m', [`sonata/not-a-number ${nml}:14`]],
    ['a density that is no number', '0.05 S', 'NaN S', [`sonata/not-a-number ${nml}:4`]],
    ['a density of no channel', '"gbar_fastk"', '"gbar_slowk"', [`sonata/unknown-membrane-value ${nml}:4`]],
    ['a density that varies', 'channelDensity id="gbar_fastk"', 'channelDensityNonUniform id="x"', [`sonata/unsupported ${nml}:4`]], // prettier-ignore
    ['a tag that is not closed', '</cell>', '', [`xml/unclosed-element ${nml}:1`]],
  ])('with %s are refused at the place', async (_, from, to, expected) => {
    const text = membraneInNeuroml[nml]!;
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(await errorsOf({ ...membraneInNeuroml, [nml]: changed })).toEqual(expected);
  });
});

/** Returns the circuit with drawn places, with another type of synapses of given spikes. */
const drawn = (from: string, to: string): Changes => ({
  ...drawnPlaces,
  [synapses]: (drawnPlaces[synapses] as string).replace(from, to),
});

describe('synapses on cells with shapes', () => {
  it.each<[string, Changes, readonly string[]]>([
    [
      'on a section that is not there',
      { [edges]: { ...tables, '/edges/ext_to_cells/0/afferent_section_id': [0, 3, 2, 6, 4] } },
      [`sonata/no-such-section ${edges}:/edges/ext_to_cells/0/afferent_section_id[3]`],
    ],
    [
      'beside a section',
      { [edges]: { ...tables, '/edges/ext_to_cells/0/afferent_section_pos': new Float64Array([0, 0.3, 1.2, 0, 0]) } },
      [`sonata/outside-section ${edges}:/edges/ext_to_cells/0/afferent_section_pos[2]`],
    ],
    [
      'without places',
      {
        [edges]: Object.fromEntries(
          Object.entries(tables).filter(([name]) => !name.includes('afferent')).concat([['/edges/ext_to_cells/0/x', [0, 0, 0, 0, 0]]]),
        ),
      }, // prettier-ignore
      [`sonata/missing-places ${edges}:/edges/ext_to_cells`],
    ],
    ['on drawn places without their sections', drawn("\"['basal', 'somatic']\"", 'NULL'), [`sonata/missing-in-edges ${synapses}:2`]], // prettier-ignore
    ['on drawn places without their distances', drawn('"[5.0, 1e+20]"', 'NULL'), [`sonata/missing-in-edges ${synapses}:2`]], // prettier-ignore
    ['on drawn places of unknown sections', drawn("'basal'", "'tuft'"), [`sonata/unknown-section ${synapses}:2`]],
    ['on drawn places that are no list', drawn("['basal', 'somatic']", 'basal'), [`sonata/wrong-value ${synapses}:2`]],
    ['on drawn places at no distance', drawn('[5.0, 1e+20]', '[5.0, NaN]'), [`sonata/wrong-value ${synapses}:2`]],
    [
      'on a billion drawn places',
      {
        ...drawnPlaces,
        [edges]: { ...(drawnPlaces[edges] as Tables), '/edges/ext_to_cells/0/nsyns': [3, 5, 1e9, 6, 2, 3] },
      },
      [`sonata/wrong-value ${edges}:/edges/ext_to_cells`],
    ],
    [
      'on half a drawn place',
      {
        ...drawnPlaces,
        [edges]: {
          ...(drawnPlaces[edges] as Tables),
          '/edges/ext_to_cells/0/nsyns': new Float64Array([3, 5, 0.5, 6, 2, 3]),
        },
      },
      [`sonata/wrong-value ${edges}:/edges/ext_to_cells/0/nsyns[2]`],
    ],
    ['of an unknown model', edited(synapses, 'Exp2Syn', 'Exp3Syn'), [`sonata/unknown-synapse ${synapses}:2`]],
    ['without a model', edited(synapses, 'Exp2Syn', 'NULL'), [`sonata/missing-in-edges ${synapses}:2`]],
    ['without parameters', edited(synapses, 'excitation.json', 'NULL'), [`sonata/missing-in-edges ${synapses}:2`]],
    ['without delay', edited(synapses, '2.0', 'NULL'), [`sonata/missing-in-edges ${synapses}:2`]],
    ['without weight', edited(synapses, '0.004', 'NULL'), [`sonata/missing-weight ${synapses}:2`]],
    ['of a mechanism without a file', edited(synapses, 'Exp2Syn', 'exp1syn'), ['sonata/missing-in-fit', 'sonata/missing-mechanism']], // prettier-ignore
    [
      'with a parameter that is no number',
      edited('components/synapses/excitation.json', '0.4', '"fast"'),
      ['sonata/not-a-number components/synapses/excitation.json'],
    ],
    [
      'without a parameter',
      edited('components/synapses/inhibition.json', 'erev', 'reversal'),
      ['sonata/missing-in-fit components/synapses/inhibition.json'],
    ],
  ])('%s are refused at the place', async (_, changes, expected) => {
    const found = await errorsOf(changes);
    expect(found.length).toBeGreaterThan(0);
    expect(expected.filter((one) => !found.some((error) => error.startsWith(one)))).toEqual([]);
    expect(found.filter((error) => !expected.some((one) => error.startsWith(one)))).toEqual([]);
  });
});

describe('parts of circuits that do nothing', () => {
  it.each<[string, Changes, string]>([
    ['edges to no compartment', drawn('[5.0, 1e+20]', '[5000, 6000]'), `sonata/nowhere ${synapses}:2`],
    ['a report of another module', edited('config.json', '"membrane_report"', '"netcon_report"'), 'sonata/report-left-out config.json:'], // prettier-ignore
  ])('%s are left out with a warning', async (_, changes, expected) => {
    const found = await errorsOf(changes, 'warning');
    expect(found.map((one) => one.slice(0, expected.length))).toEqual([expected]);
  });
});
