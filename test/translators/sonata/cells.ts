/** A circuit of cells with shapes on disk, with two types of cells, three types of synapses and a clamp. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../support/import-graph.js';
import { writeTables, type Tables } from './support.js';

const shapes = 'test/translators/swc/files';
const mechanisms = 'test/translators/nmodl/files';

/** Files that are copied, by their names in the circuit. */
const copied: Readonly<Record<string, string>> = {
  'components/morphologies/row.swc': `${shapes}/row_3.swc`,
  'components/morphologies/point.swc': `${shapes}/one_point_2.swc`,
  'components/mechanisms/modfiles/instantna.mod': 'test/translators/sonata/files/instantna.mod',
  'components/mechanisms/modfiles/quickna.mod': 'test/translators/sonata/files/quickna.mod',
  'components/mechanisms/modfiles/fastk.mod': `${mechanisms}/fast_potassium.mod`,
  'components/mechanisms/modfiles/hcurrent.mod': `${mechanisms}/h_current.mod`,
  'components/mechanisms/modfiles/lowca.mod': `${mechanisms}/low_calcium.mod`,
  'components/mechanisms/modfiles/pool.mod': `${mechanisms}/calcium_pool.mod`,
  'components/mechanisms/modfiles/cak.mod': `${mechanisms}/calcium_potassium.mod`,
};

const config = {
  manifest: { $NETWORK: './network' },
  target_simulator: 'NEURON',
  run: { tstop: 120, dt: 0.05, dL: 15, spike_threshold: -15, nsteps_block: 1000 },
  conditions: { celsius: 32, v_init: -72 },
  inputs: {
    ext: { input_type: 'spikes', module: 'csv', input_file: './inputs/ext.csv', node_set: 'ext' },
    clamp: {
      input_type: 'current_clamp',
      module: 'IClamp',
      node_set: { population: 'cells', node_id: [1] },
      amp: 0.12,
      delay: 20,
      duration: 60,
    },
  },
  reports: { v: { cells: 'cells', variable_name: 'v', module: 'membrane_report', sections: 'soma' } },
  output: { output_dir: './output', spikes_file: 'spikes.h5', log_file: 'log.txt' },
  components: {
    morphologies_dir: './components/morphologies',
    synaptic_models_dir: './components/synapses',
    mechanisms_dir: './components/mechanisms',
    biophysical_neuron_models_dir: './components/cells',
  },
  networks: {
    nodes: ['cells', 'ext'].map((name) => ({
      nodes_file: `$NETWORK/${name}_nodes.h5`,
      node_types_file: `$NETWORK/${name}_node_types.csv`,
    })),
    edges: ['ext_cells', 'cells_cells'].map((name) => ({
      edges_file: `$NETWORK/${name}_edges.h5`,
      edge_types_file: `$NETWORK/${name}_edge_types.csv`,
    })),
  },
};

const gene = (section: string, mechanism: string, name: string, value: number): object => ({
  section,
  mechanism,
  name,
  value,
});

const spiking = (section: string, sodium: number, potassium: number): readonly object[] => [
  gene(section, 'quickna', 'gbar_quickna', sodium),
  gene(section, 'fastk', 'gbar_fastk', potassium),
];

const leak = (section: string, value: number): object => gene(section, '', 'g_pas', value);

const sections = ['soma', 'axon', 'dend', 'apic'];

const perisomatic = {
  passive: [{ ra: 120, e_pas: -71, cm: sections.map((section) => ({ section, cm: section === 'soma' ? 1 : 1.7 })) }],
  conditions: [{ celsius: 34, v_init: -71, erev: [{ section: 'soma', ena: 53, ek: -95 }] }],
  genome: [
    ...spiking('soma', 0.16, 0.05),
    gene('soma', 'instantna', 'gbar_instantna', 0.0003),
    gene('soma', 'lowca', 'gbar_lowca', 0.0003),
    gene('soma', 'pool', 'gamma_pool', 0.02),
    gene('soma', 'cak', 'gbar_cak', 0.001),
    ...sections.map((section) => leak(section, section === 'soma' ? 2e-5 : 4e-5)),
  ],
};

const allActive = {
  passive: [{ ra: 90, e_pas: -74 }],
  conditions: [
    {
      celsius: 34,
      v_init: -74,
      erev: ['soma', 'axon', 'dend'].map((section) => ({ section, ena: 50, ek: -90 })),
    },
  ],
  genome: [
    ...spiking('soma', 0.12, 0.04),
    ...spiking('axon', 0.3, 0.08),
    gene('dend', 'hcurrent', 'gbar_hcurrent', 0.0001),
    gene('dend', '', 'cm', 2),
    gene('axon', '', 'Ra', 70),
    ...['soma', 'axon', 'dend', 'apic'].map((section) => leak(section, 3e-5)),
  ],
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** Texts and tables of the circuit, by file. */
export const circuitOfCells: Readonly<Record<string, string | Tables>> = {
  'config.json': json(config),
  'network/cells_node_types.csv': [
    'node_type_id pop_name morphology model_template model_type model_processing dynamics_params',
    '100 tall row.swc ctdb:Biophys1.hoc biophysical aibs_perisomatic tall_fit.json',
    '101 small point ctdb:Biophys1.hoc biophysical aibs_allactive small_fit.json\n',
  ].join('\n'),
  'network/ext_node_types.csv': 'node_type_id model_type\n100 virtual\n',
  'network/ext_cells_edge_types.csv': [
    'edge_type_id model_template dynamics_params syn_weight delay',
    '1 Exp2Syn excitation.json 0.004 2.0\n',
  ].join('\n'),
  'network/cells_cells_edge_types.csv': [
    'edge_type_id model_template dynamics_params syn_weight delay',
    '1 exp2syn excitation.json 0.002 1.5',
    '2 expsyn inhibition.json 0.003 1.0\n',
  ].join('\n'),
  'components/cells/tall_fit.json': json(perisomatic),
  'components/cells/small_fit.json': json(allActive),
  'components/synapses/excitation.json': json({ level_of_detail: 'exp2syn', tau1: 0.4, tau2: 2.5, erev: 0 }),
  'components/synapses/inhibition.json': json({ tau1: 6, erev: -80 }),
  'inputs/ext.csv': [
    'timestamps population node_ids',
    ...[4.03, 4.05, 11.3, 30.001, 30.49, 31, 62.77, 63.2, 80.08, 81.51].map((time, k) => `${time} ext ${k % 2}`),
    '',
  ].join('\n'),
  'network/cells_nodes.h5': {
    '/nodes/cells/node_type_id': [100, 101, 100],
    '/nodes/cells/node_id': [0, 1, 2],
    '/nodes/cells/node_group_id': [0, 0, 0],
    '/nodes/cells/node_group_index': [0, 1, 2],
    '/nodes/cells/0/x': [0, 100, 200],
    '/nodes/cells/0/y': [0, 0, 50],
    '/nodes/cells/0/z': [0, 0, 0],
  },
  'network/ext_nodes.h5': {
    '/nodes/ext/node_type_id': [100, 100],
    '/nodes/ext/node_id': [0, 1],
    '/nodes/ext/node_group_id': [0, 0],
    '/nodes/ext/node_group_index': [0, 1],
    '/nodes/ext/0/x': [0, 0],
  },
  'network/ext_cells_edges.h5': {
    '/edges/ext_to_cells/source_node_id': { values: [0, 1, 0, 1, 1], node_population: 'ext' },
    '/edges/ext_to_cells/target_node_id': { values: [0, 0, 2, 1, 2], node_population: 'cells' },
    '/edges/ext_to_cells/edge_type_id': [1, 1, 1, 1, 1],
    '/edges/ext_to_cells/edge_group_id': [0, 0, 0, 0, 0],
    '/edges/ext_to_cells/edge_group_index': [0, 1, 2, 3, 4],
    '/edges/ext_to_cells/0/afferent_section_id': [0, 3, 2, 1, 4],
    '/edges/ext_to_cells/0/afferent_section_pos': new Float64Array([0.5, 0.3, 0.8, 0.5, 0.9]),
  },
  'network/cells_cells_edges.h5': {
    '/edges/cells_to_cells/source_node_id': { values: [0, 1, 2, 1], node_population: 'cells' },
    '/edges/cells_to_cells/target_node_id': { values: [1, 2, 1, 0], node_population: 'cells' },
    '/edges/cells_to_cells/edge_type_id': [1, 2, 1, 2],
    '/edges/cells_to_cells/edge_group_id': [0, 0, 0, 0],
    '/edges/cells_to_cells/edge_group_index': [0, 1, 2, 3],
    '/edges/cells_to_cells/0/afferent_section_id': [2, 0, 3, 1],
    '/edges/cells_to_cells/0/afferent_section_pos': new Float64Array([0.25, 0.5, 0.75, 0.1]),
  },
};

const density = (id: string, group: string, ion: string, channel: string, value: number, erev?: number): string =>
  `<channelDensity${erev === undefined ? 'Nernst' : ''} id="${id}" segmentGroup="${group}" ion="${ion}" ` +
  `ionChannel="${channel}" condDensity="${value} S_per_cm2"${erev === undefined ? '' : ` erev="${erev} mV"`}/>`;

/** Files with which the membrane of the larger cells is in NeuroML. */
export const membraneInNeuroml: Readonly<Record<string, string>> = {
  'network/cells_node_types.csv': (circuitOfCells['network/cells_node_types.csv'] as string).replace(
    'ctdb:Biophys1.hoc biophysical aibs_perisomatic tall_fit.json',
    'nml:tall.cell.nml biophysical aibs_perisomatic NULL',
  ),
  'components/cells/tall.cell.nml': [
    '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="tall"><cell id="tall"><biophysicalProperties id="b">',
    '<membraneProperties>',
    density('gbar_quickna', 'soma', 'na', 'quickna', 0.16, 53),
    density('gbar_fastk', 'somatic', 'k', 'fastk', 0.05, -95),
    density('gbar_instantna', 'soma', 'na', 'instantna', 0.0003, 53),
    density('gbar_lowca', 'soma', 'ca', 'lowca', 0.0003),
    ...['soma', 'axon', 'dend', 'apic'].map((kind) =>
      density(`g_pas_${kind}`, kind, 'non_specific', 'pas', kind === 'soma' ? 2e-5 : 4e-5, -71),
    ),
    '<specificCapacitance segmentGroup="soma" value="1.0 uF_per_cm2"/>',
    '<specificCapacitance segmentGroup="basal" value="1.7 uF_per_cm2"/>',
    '</membraneProperties><intracellularProperties>',
    '<resistivity segmentGroup="all" value="120 ohm_cm"/>',
    '</intracellularProperties></biophysicalProperties></cell></neuroml>\n',
  ].join('\n'),
};

/** Tables of edges without places, with one more that ends at node 3. @param counts  of the synapses of each edge */
const withoutPlaces = (name: string, source: string, more: number, counts: readonly number[]): Tables => {
  const column = (dataset: string): readonly number[] => {
    const found = (circuitOfCells[`network/${name.replace('_to', '')}_edges.h5`] as Tables)[
      `/edges/${name}/${dataset}`
    ];
    return found !== undefined && 'values' in found && Array.isArray(found.values) ? found.values : (found as number[]);
  };
  const types = column('edge_type_id');
  return {
    [`/edges/${name}/source_node_id`]: { values: [...column('source_node_id'), more], node_population: source },
    [`/edges/${name}/target_node_id`]: { values: [...column('target_node_id'), 3], node_population: 'cells' },
    [`/edges/${name}/edge_type_id`]: [...types, 3],
    [`/edges/${name}/edge_group_id`]: counts.map(() => 0),
    [`/edges/${name}/edge_group_index`]: [...counts.keys()],
    [`/edges/${name}/0/nsyns`]: counts,
  };
};

const drawnEdges = (...rows: readonly string[]): string =>
  ['edge_type_id model_template dynamics_params syn_weight delay target_sections distance_range', ...rows, ''].join(
    '\n',
  );

/**
 * Files with which BMTK draws the places of synapses. Edges between cells come first, although their file comes last,
 * and other nodes come first. One more node has no shape.
 */
export const drawnPlaces: Readonly<Record<string, string | Tables>> = {
  'config.json': json({
    ...config,
    components: { ...config.components, point_neuron_models_dir: './components/cells' },
    networks: { ...config.networks, nodes: [...config.networks.nodes].reverse() },
    reports: { v: { ...config.reports.v, cells: { population: 'cells', node_id: [0, 1, 2] } } },
  }),
  'components/cells/point.json': json({ tau: 0.02, refrac: 0.003, type: 'NEURON_IntFire1' }),
  'components/synapses/plus.json': json({ level_of_detail: 'instantaneous', sign: 1 }),
  'components/synapses/minus.json': json({ level_of_detail: 'instantaneous', sign: -1 }),
  'network/cells_node_types.csv': `${circuitOfCells['network/cells_node_types.csv'] as string}102 point NULL nrn:IntFire1 point_neuron NULL point.json\n`,
  'network/cells_nodes.h5': {
    '/nodes/cells/node_type_id': [100, 101, 100, 102],
    '/nodes/cells/node_id': [0, 1, 2, 3],
    '/nodes/cells/node_group_id': [0, 0, 0, 0],
    '/nodes/cells/node_group_index': [0, 1, 2, 3],
    '/nodes/cells/0/x': [0, 100, 200, 300],
  },
  'network/ext_cells_edge_types.csv': drawnEdges(
    `1 Exp2Syn excitation.json 0.0015 2.0 "['basal', 'somatic']" "[5.0, 1e+20]"`,
    '3 NULL plus.json 0.35 2.0 NULL NULL',
  ),
  'network/cells_cells_edge_types.csv': drawnEdges(
    `1 exp2syn excitation.json 0.0008 1.5 "['basal', 'axonal', 'apical']" "[0.0, 40.0]"`,
    `2 expsyn inhibition.json 0.003 1.0 "['somatic', 'basal']" "[0.0, 30.0]"`,
    '3 NULL minus.json 0.1 1.0 NULL NULL',
  ),
  'network/ext_cells_edges.h5': withoutPlaces('ext_to_cells', 'ext', 1, [3, 5, 4, 6, 2, 3]),
  'network/cells_cells_edges.h5': withoutPlaces('cells_to_cells', 'cells', 1, [4, 1, 3, 7, 2]),
};

/** Returns the texts of the circuit's other files. */
export const copiedTexts = (): readonly string[] =>
  Object.values(copied).map((file) => readFileSync(join(root, file), 'utf8'));

/**
 * Writes the circuit into a folder.
 *
 * @param changes  files in place of the circuit's; null: the file is missing
 * @returns path of its config
 */
export async function writeCells(
  folder: string,
  changes: Readonly<Record<string, string | Tables | null>> = {},
): Promise<string> {
  const open = (name: string): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    return join(folder, name);
  };
  for (const [name, file] of Object.entries(copied))
    if (!Object.hasOwn(changes, name)) copyFileSync(join(root, file), open(name));
  for (const [name, content] of Object.entries({ ...circuitOfCells, ...changes }))
    if (typeof content === 'string') writeFileSync(open(name), content);
    else if (content !== null) await writeTables(open(name), content);
  return join(folder, 'config.json');
}
