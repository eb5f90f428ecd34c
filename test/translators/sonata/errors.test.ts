import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { importModel, readSource, validateModel } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';
import { root } from '../../support/import-graph.js';
import { circuit, type Tables } from './support.js';

const folder = temporaryFolder();
let circuits = 0;

/** Codes of errors with the file and place of each, for psc-alpha with other files. */
async function errorsOf(files: Readonly<Record<string, string | Tables>>): Promise<readonly string[]> {
  const home = folder.file(`circuit-${++circuits}`);
  const path = await circuit(home, 'psc-alpha', files);
  try {
    importModel(readSource(path));
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, place }) => {
        const where = place?.line === undefined ? place?.pointer : `${place.line}`;
        return `${code} ${place?.document.replace(`${home}/`, '')}:${where}`;
      });
  }
}

const config = readFileSync(resolve(root, 'fixtures/sonata/psc-alpha/config.json'), 'utf8');
const edges: Tables = {
  '/edges/lif_lif/source_node_id': { values: [0, 1, 2, 3, 0], node_population: 'lif' },
  '/edges/lif_lif/target_node_id': { values: [1, 2, 3, 0, 2], node_population: 'lif' },
  '/edges/lif_lif/edge_type_id': [200, 200, 200, 200, 200],
  '/edges/lif_lif/edge_group_id': [0, 0, 0, 0, 0],
  '/edges/lif_lif/edge_group_index': [0, 1, 2, 3, 4],
  '/edges/lif_lif/0/syn_weight': [1.5, 2, 3, 4, 5],
};
const nodes: Tables = {
  '/nodes/lif/node_type_id': [20, 20, 20, 20],
  '/nodes/lif/node_group_id': [0, 0, 0, 0],
  '/nodes/lif/node_group_index': [0, 1, 2, 3],
  '/nodes/lif/0/x': [1.5, 2.5, 3.5, 4.5],
};
const [nodesFile, edgesFile] = ['network/lif_nodes.h5', 'network/lif_lif_edges.h5'];
const types = 'network/lif_node_types.csv';
const header = 'node_type_id population model_type model_template dynamics_params\n';

type Json = Record<string, unknown>;
const objectOf = (value: unknown): Json => value as Json;

/** Returns a current clamp of a module. @source SONATA extension of the Blue Brain Project, keys of its modules */
const clamp = (module: string, more: Json): Json => ({
  input_type: 'current_clamp',
  module,
  node_set: 'lif',
  delay: 10,
  duration: 150,
  ...more,
});

describe('current clamps', () => {
  it.each([
    ['linear', { amp_start: 50, amp_end: 200 }],
    ['relative_linear', { percent_start: 50, percent_end: 100 }],
    ['pulse', { amp_start: 50, width: 1, frequency: 10 }],
    ['sinusoidal', { amp_start: 50, frequency: 10 }],
    ['subthreshold', { percent_less: 10 }],
    ['hyperpolarizing', {}],
    ['noise', { amp: 180, mean: 20, variance: 4 }],
    ['shot_noise', { amp: 180, rise_time: 1, decay_time: 5, rate: 100, amp_mean: 1, amp_var: 1 }],
    ['ornstein_uhlenbeck', { amp: 180, tau: 2, mean: 10, sigma: 1 }],
    ['csv', { amp: 180 }],
  ])('of the module %s are refused, whatever else they state', async (module, more) => {
    expect(
      await errorsOf({ 'config.json': edited((json) => (objectOf(json['inputs'])['c'] = clamp(module, more))) }),
    ).toEqual(['sonata/unsupported config.json:1']);
  });

  it.each([['IClamp'], ['current_clamp']])('of the module %s are read', async (module) => {
    expect(
      await errorsOf({ 'config.json': edited((json) => (objectOf(json['inputs'])['c'] = clamp(module, { amp: 1 }))) }),
    ).toEqual([]);
  });
});

/** Returns the config after a change. */
function edited(change: (json: Json) => void): string {
  const json = JSON.parse(config) as Json;
  change(json);
  return JSON.stringify(json);
}

/** Returns variables that each contain the next; the first of them is the folder of inputs. */
const variables = (count: number): Json =>
  Object.fromEntries(
    Array.from({ length: count }, (_, k) => [k === 0 ? '$INPUT_DIR' : `$V${k}`, k === count - 1 ? '.' : `$V${k + 1}`]),
  );

/** Returns node sets that each consist of the one before, given twice, so that there are 2^count ways to the first. */
const nodeSets = (count: number): Json =>
  Object.fromEntries(
    Array.from({ length: count }, (_, k) => [`s${k}`, k === 0 ? { node_id: [0] } : [`s${k - 1}`, `s${k - 1}`]]),
  );

/** Returns the keys of a config with inputs that go to the last of some node sets. */
const inSet = (sets: Json, inputs: unknown): Json => ({
  node_sets: sets,
  inputs: Object.fromEntries(
    Object.entries(objectOf(inputs)).map(([name, one]) => [
      name,
      { ...objectOf(one), node_set: Object.keys(sets).at(-1) },
    ]),
  ),
});

describe('mistakes in circuits', () => {
  it('are absent in files that are only written again', async () => {
    expect(await errorsOf({ [nodesFile]: nodes, [edgesFile]: edges })).toEqual([]);
  });

  it.each<readonly [string, Readonly<Record<string, string | Tables>>, readonly string[]]>([
    [
      'edges to nodes that are not there',
      {
        [edgesFile]: { ...edges, '/edges/lif_lif/target_node_id': { values: [1, 2, 9, 0, 7], node_population: 'lif' } },
      },
      [`sonata/dangling-node ${edgesFile}:/edges/lif_lif/target_node_id[2]`],
    ],
    [
      'spikes of nodes with an unknown model beside those of virtual nodes',
      {
        'network/ext_nodes.h5': {
          '/nodes/ext/node_type_id': [10, 11, 10, 10, 10, 10],
          '/nodes/ext/node_group_id': [0, 0, 0, 0, 0, 0],
          '/nodes/ext/node_group_index': [0, 1, 2, 3, 4, 5],
          '/nodes/ext/0/x': [0, 1, 2, 3, 4, 5],
        },
        'network/ext_node_types.csv':
          'node_type_id population model_type model_template\n10 ext virtual NULL\n11 ext point_neuron nest:no_such\n',
      },
      ['sonata/unknown-template network/ext_node_types.csv:3'],
    ],
    [
      'edges of a population that is not there',
      {
        [edgesFile]: { ...edges, '/edges/lif_lif/source_node_id': { values: [0, 1, 2, 3, 0], node_population: 'fil' } },
      },
      [`sonata/unknown-population ${edgesFile}:/edges/lif_lif/source_node_id`],
    ],
    [
      'types that no table has, of nodes and of edges',
      {
        [nodesFile]: { ...nodes, '/nodes/lif/node_type_id': [20, 21, 20, 21] },
        [edgesFile]: { ...edges, '/edges/lif_lif/edge_type_id': [200, 200, 205, 200, 200] },
      },
      [
        `sonata/missing-type ${nodesFile}:/nodes/lif/node_type_id[1]`,
        `sonata/missing-type ${edgesFile}:/edges/lif_lif/edge_type_id[2]`,
      ],
    ],
    [
      'ids that are no integers, and datasets of another length',
      {
        [nodesFile]: { ...nodes, '/nodes/lif/node_group_id': [0, 0, 0] },
        [edgesFile]: {
          ...edges,
          '/edges/lif_lif/source_node_id': { values: [0.5, 1, 2, 3, 0], node_population: 'lif' },
        },
      },
      [
        `sonata/wrong-length ${nodesFile}:/nodes/lif/node_group_id`,
        `sonata/wrong-type ${edgesFile}:/edges/lif_lif/source_node_id`,
      ],
    ],
    [
      'groups and rows of groups that are not there',
      {
        [nodesFile]: { ...nodes, '/nodes/lif/node_group_id': [0, 0, 4, 0] },
        [edgesFile]: { ...edges, '/edges/lif_lif/edge_group_index': [0, 1, 2, 3, 14] },
      },
      [
        `sonata/missing-group ${nodesFile}:/nodes/lif/node_group_id[2]`,
        `sonata/missing-group ${edgesFile}:/edges/lif_lif/edge_group_index[4]`,
      ],
    ],
    [
      'files that are not there or lie elsewhere',
      {
        'config.json': config
          .replace('lif_lif_edges.h5', 'missing.h5')
          .replace('"$BASE_DIR/inputs"', '"$BASE_DIR/../other"'),
      },
      ['sonata/unreadable-file config.json:31', 'sonata/unreadable-file config.json:44'],
    ],
    [
      'variables that contain themselves, and unknown ones',
      {
        'config.json': config
          .replace('"$BASE_DIR/components"', '"${COMPONENTS_DIR}/components"')
          .replace('$INPUT_DIR/ext.h5', '$INPUTS/ext.h5'),
      },
      ['sonata/variable-cycle config.json:5', 'sonata/unknown-variable config.json:44'],
    ],
    [
      '10⁵ variables that contain one another',
      {
        'config.json': edited((json) => (json['manifest'] = { ...objectOf(json['manifest']), ...variables(100_000) })),
      },
      ['sonata/too-many-variables config.json:1'],
    ],
    [
      '10⁴ files of nodes',
      {
        'config.json': edited((json) => {
          const networks = objectOf(json['networks']);
          const nodes = Array.from({ length: 10_000 }, (_, k) => ({ nodes_file: `n${k}.h5`, node_types_file: types }));
          json['networks'] = { ...networks, nodes };
        }),
      },
      ['sonata/too-many-files config.json:1'],
    ],
    [
      'node sets that name each other twice each',
      { 'config.json': edited((json) => (json['node_sets'] = nodeSets(60))) },
      [],
    ],
    [
      'node sets of 10⁵ levels',
      { 'config.json': edited((json) => Object.assign(json, inSet(nodeSets(100_000), json['inputs']))) },
      ['sonata/node-sets-too-deep config.json:1'],
    ],
    [
      'templates and kinds of nodes that cannot be read',
      { [types]: `${header}20 lif point_neuron nest:iaf_psc_alhpa alpha.json\n` },
      [`sonata/unknown-template ${types}:2`],
    ],
    [
      'nodes of another kind',
      { [types]: `${header}20 lif single_compartment ctdb:Biophys1.hoc alpha.json\n` },
      [`sonata/not-a-cell ${types}:2`],
    ],
    [
      'rows with too many cells',
      { [types]: `${header}20 lif point_neuron nest:iaf_psc_alpha alpha.json 3\n` },
      [`sonata/row-length ${types}:2`],
    ],
    [
      'parameters that a model lacks, or that are no numbers',
      { 'components/cell_models/alpha.json': '{"C_m": 200.0, "tau": 15.0, "V_th": "high"}' },
      [
        'sonata/unknown-parameter components/cell_models/alpha.json:1',
        'sonata/not-a-number components/cell_models/alpha.json:1',
      ],
    ],
    [
      'numbers that are not finite, and a negative number of synapses',
      {
        [nodesFile]: { ...nodes, '/nodes/lif/0/x': Float64Array.of(1.5, 2.5, NaN, 4.5) },
        [edgesFile]: {
          ...edges,
          '/edges/lif_lif/0/syn_weight': Float64Array.of(1, Infinity, 3, 4, 5),
          '/edges/lif_lif/0/nsyns': [1, 1, 1, -2, 1],
        },
        'inputs/ext.h5': { '/spikes/ext/timestamps': Float64Array.of(1.5, NaN), '/spikes/ext/node_ids': [0, 1] },
      },
      [
        `sonata/not-finite ${nodesFile}:/nodes/lif/0/x[2]`,
        `sonata/not-finite ${edgesFile}:/edges/lif_lif/0/syn_weight[1]`,
        'sonata/not-finite inputs/ext.h5:/spikes/ext/timestamps[1]',
        `sonata/wrong-value ${edgesFile}:/edges/lif_lif/0/nsyns[3]`,
      ],
    ],
    [
      'populations of other elements, once, and edges that are no list',
      {
        [nodesFile]: { '/nodes/lif/node_type_id': ['a', 'b', 'c', 'd'] },
        'config.json': config
          .replace(/"edges": \[[^\]]*\]/, '"edges": "lif_lif_edges.h5"')
          .replace('"tstop": 200.0', '"tstop": -3'),
        'inputs/ext.h5': { '/spikes/ext/timestamps': ['late'], '/spikes/ext/node_ids': [0] },
      },
      [
        'sonata/wrong-value config.json:11',
        'sonata/wrong-value config.json:29',
        'sonata/wrong-type inputs/ext.h5:/spikes/ext/timestamps',
        `sonata/wrong-type ${nodesFile}:/nodes/lif/node_type_id`,
      ],
    ],
    [
      'weight functions and synapse models of single edges that are not known',
      {
        [edgesFile]: {
          ...edges,
          '/edges/lif_lif/0/weight_function': ['wmax', 'wmax', 'gausian', 'wmax', 'wmax'],
          '/edges/lif_lif/0/model_template': [...Array<string>(4).fill('static_synapse'), 'stdp_synapse'],
        },
      },
      [
        `sonata/unknown-synapse ${edgesFile}:/edges/lif_lif/0/model_template`,
        `sonata/unsupported ${edgesFile}:/edges/lif_lif/0/weight_function`,
      ],
    ],
    [
      'edges without weight',
      {
        'network/ext_lif_edge_types.csv': 'edge_type_id model_template syn_weight delay\n100 static_synapse NULL 1.5\n',
      },
      ['sonata/missing-weight network/ext_lif_edge_types.csv:2'],
    ],
    [
      'spikes of nodes that are not there',
      { 'inputs/ext.h5': { '/spikes/ext/timestamps': [1.5, 2.5], '/spikes/ext/node_ids': [0, 60] } },
      ['sonata/dangling-node inputs/ext.h5:/spikes/ext/node_ids[1]'],
    ],
  ])('%s', async (_, files, expected) => {
    expect([...(await errorsOf(files))].sort()).toEqual([...expected].sort());
  });
});

describe('a config without a circuit', () => {
  it('is one mistake, with or without the name of the notation', () => {
    const text = JSON.stringify({ run: { tstop: 10, dt: 0.1 } });
    for (const from of [undefined, 'sonata'] as const) {
      const read = (): unknown => importModel({ name: 'config.json', text }, from === undefined ? {} : { from });
      expect(read).toThrow(DiagnosticError);
      try {
        read();
      } catch (error) {
        expect((error as DiagnosticError).diagnostics.map(({ message }) => message)).toEqual([
          'the config has no network',
        ]);
      }
    }
  });

  it('that names one has its nodes, also if the notation is named', async () => {
    const home = folder.file(`circuit-${++circuits}`);
    const { networks, manifest, ...run } = JSON.parse(config) as Record<string, unknown>;
    await circuit(home, 'psc-alpha', {
      'config.json': JSON.stringify({ ...run, manifest, network: 'circuit_config.json' }),
      'circuit_config.json': JSON.stringify({ networks, manifest }),
    });
    const source = readSource(`${home}/config.json`);
    const [named, found] = [{ from: 'sonata' as const }, {}].map(
      (options) => importModel(source, options).hashes.model,
    );
    expect(named).toBe(found);
  });
});

describe('limits of other readers of a circuit', () => {
  it('are reported by validate', async () => {
    const path = resolve(root, 'fixtures/sonata/several-populations/config.json');
    const { diagnostics } = await validateModel(readSource(path));
    expect(diagnostics.filter(({ code }) => code === 'sonata/other-readers').map(({ message }) => message)).toEqual([
      'libsonata 0.2 refuses target_simulator NEST',
      'libsonata 0.2 refuses a run without random_seed',
      'NEST 3.10 does not replace variables written ${NAME}',
      'NEST 3.10 ignores the input clamp',
      'NEST 3.10 ignores the report v',
      'NEST 3.10 ignores the report late',
      'NEST 3.10 ignores node sets',
      'libsonata 0.2 refuses exc, which has 2 groups',
      'NEST 3.10 does not know the synapse model nest:static_synapse of type 101, since it keeps nest:',
    ]);
    const codes = importModel(readSource(path)).diagnostics.map(({ code }) => code);
    expect(codes).not.toContain('sonata/other-readers');
    expect(codes).toContain('sonata/nsyns');
  });
});

describe('misspelt names', () => {
  const changed = (key: string, written: string): string => config.replace(`"${key}"`, `"${written}"`);
  it.each<readonly [string, Readonly<Record<string, string | Tables>>, readonly [string, string]]>([
    ['of the config', { 'config.json': changed('inputs', 'imputs') }, ['imputs', 'inputs']],
    [
      'of the run',
      { 'config.json': changed('dt', 'dt": 0.1, "spike_treshold') },
      ['spike_treshold', 'spike_threshold'],
    ],
    ['of the output', { 'config.json': changed('log_file', 'logfile') }, ['logfile', 'log_file']],
    ['of an input', { 'config.json': changed('node_set', 'nodeset') }, ['nodeset', 'node_set']],
    [
      'of a report, with few letters',
      { 'config.json': config.replace('"reports": {}', '"reports": { "v": { "variable_name": "V_m", "dx": 1 } }') },
      ['dx', 'dt'],
    ],
    [
      'of a file',
      {
        'config.json': changed(
          'edge_types_file',
          'edge_types_file": "$NETWORK_DIR/lif_lif_edge_types.csv", "edges_fiel',
        ),
      },
      ['edges_fiel', 'edges_file'],
    ],
    [
      'of components',
      { 'config.json': changed('synaptic_models_dir', 'synaptic_model_dir') },
      ['synaptic_model_dir', 'synaptic_models_dir'],
    ],
    [
      'of a column of node types',
      {
        [types]: `${header.replace('population', 'population morfology')}20 lif x point_neuron nest:iaf_psc_alpha alpha.json\n`,
      },
      ['morfology', 'morphology'],
    ],
    [
      'of a column of edge types',
      {
        'network/ext_lif_edge_types.csv':
          'edge_type_id model_template syn_weight dellay\n100 static_synapse 350.0 1.5\n',
      },
      ['dellay', 'delay'],
    ],
    [
      'of an attribute of edges',
      { [edgesFile]: { ...edges, '/edges/lif_lif/0/dealy': [1, 1, 1, 1, 1] } },
      ['dealy', 'delay'],
    ],
    [
      'of a dataset of nodes',
      { [nodesFile]: { ...nodes, '/nodes/lif/node_ids': [0, 1, 2, 3] } },
      ['node_ids', 'node_id'],
    ],
  ])('%s', async (_, files, [found, meant]) => {
    const path = await circuit(folder.file(`circuit-${++circuits}`), 'psc-alpha', files);
    let diagnostics: readonly Diagnostic[];
    try {
      ({ diagnostics } = importModel(readSource(path)));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      ({ diagnostics } = error);
    }
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'sonata/unknown-key',
        severity: 'warning',
        found,
        hint: `did you mean ${meant}?`,
      }),
    );
  });

  // Members of SimulationConfig in libsonata 0.2.
  it.each([
    ['node_set', 'inner', 'all nodes of the circuit are'],
    ['connection_overrides', [], 'connections keep those of the circuit'],
  ])('and names what %s does in programs with libsonata', async (key, value, says) => {
    const path = await circuit(folder.file(`circuit-${++circuits}`), 'psc-alpha', {
      'config.json': edited((json) => (json[key] = value)),
    });
    const found = importModel(readSource(path)).diagnostics.filter(({ code }) => code === 'sonata/others-key');
    expect(found).toEqual([expect.objectContaining({ severity: 'warning', message: expect.stringContaining(says) })]);
  });

  it('of an attribute of a node set that nothing uses', async () => {
    const path = await circuit(folder.file(`circuit-${++circuits}`), 'psc-alpha', {
      'config.json': edited((json) => (json['node_sets_file'] = 'node_sets.json')),
      'node_sets.json': '{\n "inner": {"population": "lif",\n "lyaer": 4}, "ids": {"node_id": [0]}}\n',
    });
    const { diagnostics } = importModel(readSource(path));
    const found = diagnostics.filter(({ code }) => code === 'sonata/unknown-attribute');
    expect(found.map(({ severity, found: name, place }) => [severity, name, place?.line])).toEqual([
      ['warning', 'lyaer', 3],
    ]);
  });
});
