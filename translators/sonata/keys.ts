/**
 * Names that configs, tables of types and HDF5 files may have, for findings about misspelt ones.
 *
 * @source developer guide of AllenInstitute/sonata; BMTK 1.2.0; simulation configs of Blue Brain (libsonata 0.2.2)
 */

import type { Finding, Place } from '../../src/diagnostics/diagnostic.js';
import { isObject, memberOf } from '../../src/diagnostics/member.js';
import type { Positions } from '../../src/diagnostics/positions.js';
import { editDistance } from '../../src/diagnostics/suggest.js';
import { child } from '../../src/model/pointer.js';
import type { TypeTable } from './csv.js';
import * as messages from './messages.js';
import { placeIn, type GroupAt } from './tables.js';

type Report = (finding: Finding, place: Place) => void;

/** Members of configs. Members that do not act on point neurons are not read. */
const configKeys: readonly string[] = [
  ...['manifest', 'target_simulator', 'components', 'networks', 'network', 'simulation', 'run', 'conditions'],
  ...['node_sets_file', 'node_sets', 'inputs', 'reports', 'output', 'version', 'metadata', 'config_path', 'config_dir'],
];

/** Members of configs that libsonata reads, and BMTK and this reader do not: what each does there. */
const othersKeys: Readonly<Record<string, string>> = {
  node_set: 'it chooses the nodes that are simulated, and here all nodes of the circuit are',
  connection_overrides:
    'it changes weights and delays between node sets, and here connections keep those of the circuit',
  compartment_sets_file: 'it names sets of compartments for reports',
  beta_features: 'it has settings of single programs',
};

/** Members of sections that are maps of fixed names. */
const sections: Readonly<Record<string, readonly string[]>> = {
  run: [
    ...['tstart', 'tstop', 'duration', 'dt', 'dL', 'spike_threshold', 'nsteps_block', 'overwrite_output_dir'],
    ...['random_seed', 'stimulus_seed', 'ionchannel_seed', 'minis_seed', 'synapse_seed', 'integration_method'],
    ...['save_state', 'start_from_state', 'save_cell_vars', 'calc_ecp', 'precise_times', 'allow_offgrid_spikes'],
    ...['electrodes_file'],
  ],
  conditions: [
    ...['celsius', 'v_init', 'spike_location', 'extracellular_calcium', 'randomize_gaba_rise_time', 'mechanisms'],
    ...['modifications', 'synapses_init_depleted'],
  ],
  components: [
    ...['synaptic_models_dir', 'point_neuron_models_dir', 'biophysical_neuron_models_dir', 'morphologies_dir'],
    ...[
      'templates_dir',
      'mechanisms_dir',
      'alternate_morphologies',
      'provenance',
      'recXelec_file',
      'filter_models_dir',
    ],
  ],
  networks: ['nodes', 'edges', 'gap_juncs'],
  output: [
    ...['output_dir', 'log_file', 'log_level', 'log_to_console', 'quiet_simulator', 'overwrite_output_dir'],
    ...['spikes_file', 'spikes_file_csv', 'spikes_sort_order', 'rates_file', 'rates_file_csv', 'rates_file_h5'],
  ],
};

/** Members of each item of a section. */
const items: Readonly<Record<string, readonly string[]>> = {
  'networks/nodes': ['nodes_file', 'node_types_file', 'populations'],
  'networks/edges': ['edges_file', 'edge_types_file', 'populations'],
  inputs: [
    ...['input_type', 'module', 'input_file', 'node_set', 'enabled', 'amp', 'amps', 'delay', 'delays', 'duration'],
    ...[
      'durations',
      'gids',
      'trial',
      'electrode_file',
      'random_seed',
      'source',
      'format',
      'section_name',
      'section_index',
      'section_dist',
      'frequency',
    ],
    ...['weight', 'width', 'synapse_delay', 'amp_start', 'amp_end', 'mean', 'variance', 'sigma', 'seed', 'represents'],
  ],
  reports: [
    ...['cells', 'node_set', 'variable_name', 'module', 'sections', 'dt', 'interval', 'start_time', 'end_time', 'unit'],
    ...[
      'file_name',
      'enabled',
      'format',
      'type',
      'scaling',
      'compartments',
      'electrode_channels',
      'electrode_positions',
    ],
    ...['sec', 'segs', 'to_csv', 'to_h5', 'cache_to_disk', 'sort_order', 'transform', 'section_name', 'section_id'],
  ],
};

/** Columns of tables of types that have a meaning; other columns are attributes of the user. */
const columns = {
  node: [
    ...['node_type_id', 'population', 'model_type', 'model_template', 'model_processing', 'dynamics_params'],
    ...['morphology'],
  ],
  edge: [
    ...[
      'edge_type_id',
      'population',
      'source_query',
      'target_query',
      'model_template',
      'dynamics_params',
      'syn_weight',
    ],
    ...['delay', 'nsyns', 'weight_function', 'weight_sigma', 'target_sections', 'distance_range', 'receptor_type'],
  ],
} as const;

/** Members of populations. */
const members = {
  node: ['node_type_id', 'node_id', 'node_group_id', 'node_group_index'],
  edge: ['edge_type_id', 'edge_id', 'edge_group_id', 'edge_group_index', 'source_node_id', 'target_node_id', 'indices'],
} as const;

/** Members of groups of populations that have a meaning. */
const attributes = {
  node: ['model_type', 'model_template', 'morphology', 'dynamics_params', '@library'],
  edge: [
    ...['syn_weight', 'delay', 'nsyns', 'weight_sigma', 'dynamics_params', '@library'],
    ...['afferent_section_id', 'afferent_section_pos', 'sec_id', 'sec_x'],
  ],
} as const;

/** Reports unknown members of a config, and members of its parts that look like misspelt ones. */
export function checkConfigKeys(config: unknown, positions: Positions, report: Report): void {
  if (!isObject(config)) return;
  for (const key of Object.keys(config)) {
    if (configKeys.includes(key)) continue;
    const does = Object.hasOwn(othersKeys, key) ? othersKeys[key] : undefined;
    const finding =
      does === undefined ? messages.unknownKey('configs', key, configKeys) : messages.othersKey(key, does);
    report(finding, positions.place(child('', key)));
  }
  const check = (owner: string, value: unknown, pointer: string, known: readonly string[]): void => {
    for (const key of Object.keys(isObject(value) ? value : {}))
      if (isMisspelt(key, known)) report(messages.unknownKey(owner, key, known), positions.place(child(pointer, key)));
  };
  for (const [name, known] of Object.entries(sections))
    check(`the section ${name}`, memberOf(config, name), `/${name}`, known);
  for (const [path, known] of Object.entries(items)) {
    const list = path.split('/').reduce<unknown>((value, key) => memberOf(value, key), config);
    const all = typeof list === 'object' && list !== null ? Object.entries(list) : [];
    for (const [key, value] of all) check(`entries of ${path.replace('/', '.')}`, value, child(`/${path}`, key), known);
  }
}

/** Reports columns of a table of types that look like misspelt ones. */
export function checkColumns(table: TypeTable | null, kind: 'node' | 'edge', report: Report): void {
  for (const name of table?.columns ?? [])
    if (table && isMisspelt(name, columns[kind]))
      report(messages.unknownKey(`tables of ${kind} types`, name, columns[kind]), table.place);
}

/** Reports members of a population, and of its groups, that look like misspelt ones. */
export function checkMembers(at: GroupAt, kind: 'node' | 'edge', groups: Iterable<GroupAt | undefined>): void {
  const check = (owner: GroupAt, known: readonly string[]): void => {
    const own = [...owner.group.tables, ...owner.group.groups].map(({ name }) => name);
    for (const name of own)
      if (isMisspelt(name, known))
        at.report(messages.unknownKey(`groups of ${kind}s`, name, known), placeIn(owner, name));
  };
  check(at, members[kind]);
  for (const group of groups) if (group) check(group, attributes[kind]);
}

/** Checks whether a name of several characters is unknown and one or two edits from a known one. */
const isMisspelt = (name: string, known: readonly string[]): boolean =>
  name.length > 1 &&
  !known.includes(name) &&
  known.some(
    (candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase(), 2) <= (candidate.length < 6 ? 1 : 2),
  );
