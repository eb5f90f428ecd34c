/** Mistakes in models that consist of binary files: a circuit of SONATA and a graph of NIR. */

import { readFileSync } from 'node:fs';
import { circuit, type Tables } from '../translators/sonata/support.js';
import { edges as links, floats, graph, ints, lif, nodes, writeHdf5, type Tree } from '../translators/nir/support.js';

/** A mistake: how its files are written, and the required parts of its message. */
export interface FileProbe {
  /** Writes the model into a path without ending. @returns the path of the model */
  readonly write: (path: string) => Promise<string>;
  /** The vocabulary of the model. */
  readonly text: string;
  /** The file with the mistake, and a text in its line or the place in HDF5. */
  readonly at: readonly [file: string, place: string];
  readonly wrong: RegExp;
  readonly right: RegExp;
}

const home = 'fixtures/sonata/psc-alpha';
const [config, nodeTypes, edgeTypes, parameters] = [
  'config.json',
  'network/lif_node_types.csv',
  'network/ext_lif_edge_types.csv',
  'components/cell_models/alpha.json',
] as const;
const texts = Object.fromEntries(
  [config, nodeTypes, edgeTypes, parameters].map((name) => [name, readFileSync(`${home}/${name}`, 'utf8')]),
);

const inCircuit = (
  files: Readonly<Record<string, string | Tables>>,
  at: FileProbe['at'],
  wrong: RegExp,
  right: RegExp,
): FileProbe => ({
  write: (path) => circuit(path, 'psc-alpha', files),
  text: JSON.stringify({ ...texts, ...files }),
  at,
  wrong,
  right,
});

/** A mistake in a text of the circuit. */
function changed(file: string, before: string, after: string, wrong: RegExp, right: RegExp, at = after): FileProbe {
  const text = texts[file] ?? '';
  if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
  return inCircuit({ [file]: text.replace(before, after) }, [file, at], wrong, right);
}

const edges = (targets: readonly number[]): Tables => ({
  '/edges/lif_lif/source_node_id': { values: [0, 1, 2], node_population: 'lif' },
  '/edges/lif_lif/target_node_id': { values: targets, node_population: 'lif' },
  '/edges/lif_lif/edge_type_id': [200, 200, 200],
  '/edges/lif_lif/edge_group_id': [0, 0, 0],
  '/edges/lif_lif/edge_group_index': [0, 1, 2],
  '/edges/lif_lif/0/syn_weight': [1.5, 2, 3],
});
const edgesFile = 'network/lif_lif_edges.h5';

const sonata: Readonly<Record<string, FileProbe>> = {
  'unknown key': changed(parameters, '"tau_m"', '"tau_mm"', /tau_mm/, /tau_m\b/),
  'bad sizes': inCircuit(
    { [edgesFile]: { ...edges([1, 2, 3]), '/edges/lif_lif/edge_group_index': [0, 1] } },
    [edgesFile, '/edges/lif_lif/edge_group_index'],
    /edge_group_index/,
    /3/,
  ),
  'misspelt type': changed(nodeTypes, 'nest:iaf_psc_alpha', 'nest:iaf_psc_alhpa', /alhpa/, /alpha/),
  'wrong dimension': changed(parameters, '"tau_m": 15.0', '"tau_m": "15 mV"', /15 mV/, /number, in ms/),
  'misspelt unit': changed(parameters, '"C_m": 200.0', '"C_m": "200 pf"', /200 pf/, /number, in pF/),
  syntax: changed(config, '"target_simulator": "NEST",', '"target_simulator": "NEST"', /./, /,/, '"run"'),
  'unknown component': changed(config, '"node_set": "ext"', '"node_set": "exte"', /exte/, /ext\b/),
  'undeclared name': changed(config, '$INPUT_DIR/ext.h5', '$INPUTS_DIR/ext.h5', /INPUTS_DIR/, /INPUT_DIR/),
  delay: changed(edgeTypes, '350.0 1.5', '350.0 -1.5', /-1\.5/, /0\.1/),
  sign: changed(parameters, '"tau_m": 15.0', '"tau_m": -15.0', /-15/, /0/),
  duplicate: changed(
    nodeTypes,
    '20 lif point_neuron nest:iaf_psc_alpha alpha.json',
    '20 lif point_neuron nest:iaf_psc_alpha alpha.json\n20 lif point_neuron nest:iaf_psc_exp alpha.json',
    /20/,
    /./,
    'iaf_psc_exp',
  ),
  'bad target': inCircuit(
    { [edgesFile]: edges([1, 2, 700]) },
    [edgesFile, '/edges/lif_lif/target_node_id[2]'],
    /700/,
    /from 0 to 3/,
  ),
  files: changed(config, 'lif_nodes.h5', 'lif_node.h5', /lif_node\.h5/, /folder of the config/),
};

const { tau: _, ...withoutTau } = lif;

const inGraph = (tree: Tree, place: string, wrong: RegExp, right: RegExp): FileProbe => ({
  write: async (path) => {
    await writeHdf5(`${path}.nir`, { node: tree, version: '1.0.8' });
    return `${path}.nir`;
  },
  text: JSON.stringify(tree),
  at: ['.nir', place],
  wrong,
  right,
});
const withLif = (changes: Tree): Tree => graph({ ...nodes, lif: { ...lif, ...changes } }, links);

// NIR has neither units nor texts that could have a slip of syntax.
const nir: Readonly<Record<string, FileProbe>> = {
  'unknown key': inGraph(
    graph({ ...nodes, lif: { ...withoutTau, taw: floats(0.01, 0.02) } }, links),
    '/node/nodes/lif/taw',
    /taw/,
    /tau/,
  ),
  'bad sizes': inGraph(withLif({ r: floats(1, 1, 1) }), '/node/nodes/lif', /r \[3\]/, /shape/),
  'misspelt type': inGraph(withLif({ type: 'LFI' }), '/node/nodes/lif/type', /LFI/, /LIF/),
  'wrong dimension': inGraph(
    graph({ ...nodes, input: { type: 'Input', shape: ints(4) } }, links),
    '/node/edges[0]',
    /\[4\]/,
    /\[3\]/,
  ),
  'unknown component': inGraph(graph(nodes, [...links.slice(0, 2), ['lfi', 'output']]), '/node/edges[2]', /lfi/, /lif/),
  delay: inGraph(
    graph({ ...nodes, d: { type: 'Delay', delay: floats(-1, 1) } }, [
      ...links.slice(0, 2),
      ['lif', 'd'],
      ['d', 'output'],
    ]),
    '/node/nodes/d/delay[0]',
    /-1/,
    /zero or more/,
  ),
  sign: inGraph(withLif({ tau: floats(0.01, -1) }), '/node/nodes/lif/tau[1]', /-1/, /above zero/),
  duplicate: inGraph(graph(nodes, [...links, ['fc', 'lif']]), '/node/edges[3]', /fc to lif/, /once/),
  'bad target': inGraph(graph(nodes, [...links, ['lif', 'input']]), '/node/edges[3]', /input/, /leave/),
  files: inGraph(withLif({ tau: { external: 'other.h5' } }), '/node/nodes/lif/tau', /tau/, /one file|this file/),
};

/** Mistakes by notation. */
export const fileProbes: Readonly<Record<string, Readonly<Record<string, FileProbe>>>> = { sonata, nir };
