import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { simulateModel } from '../../support/simulate.js';
import { temporaryFolder } from '../../support/command.js';
import { root } from '../../support/import-graph.js';
import { circuit } from './support.js';

/** Circuits, and the file of spikes that BMTK or NEST gives for each. */
const circuits = {
  'psc-alpha': 'spikes-nest-3.10.0.csv',
  'groups-nsyns': 'spikes-bmtk-1.2.0.csv',
  'aeif-cond-exp': 'spikes-bmtk-1.2.0.csv',
  'glif-adapting': 'spikes-bmtk-1.2.0.csv',
  'several-populations': 'spikes-bmtk-1.2.0.csv',
  'models-by-type': 'spikes-bmtk-1.2.0.csv',
} as const;

const folderOf = (name: string): string => resolve(root, 'fixtures/sonata', name);

interface Nodes {
  readonly population: string;
  readonly ids?: readonly (readonly [first: number, count: number])[];
}

/** Spikes as `population,node id,time in ms`, sorted. */
async function spikesOf(name: string): Promise<readonly string[]> {
  const { valid } = importModel(readSource(`${folderOf(name)}/config.json`));
  const { nodes } = valid.model.annotations['sonata'] as { readonly nodes: Readonly<Record<string, Nodes>> };
  const { events } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  return [...events]
    .flatMap(([key, list]) => {
      const own = nodes[key.replace(/\.spike$/, '')];
      const ids = own?.ids?.flatMap(([first, count]) => Array.from({ length: count }, (_, k) => first + k));
      return own === undefined || own.population === 'ext'
        ? []
        : list.map(([step, cell]) => `${own.population},${ids?.[cell] ?? cell},${((step + 1) / 10).toFixed(1)}`);
    })
    .sort();
}

function expectedSpikes(name: string, file: string): readonly string[] {
  const [, ...rows] = readFileSync(`${folderOf(name)}/expected/${file}`, 'utf8')
    .trim()
    .split('\n');
  return rows
    .map((row) => {
      const [population, id, time] = row.trim().split(',');
      return `${population},${id},${Number(time).toFixed(1)}`;
    })
    .sort();
}

describe('circuits of point neurons', () => {
  it.each(Object.entries(circuits))('%s has the spikes of %s', async (name, file) => {
    const expected = expectedSpikes(name, file);
    expect(expected.length).toBeGreaterThan(50);
    expect(await spikesOf(name)).toEqual(expected);
  });
});

describe('spikes between two steps', () => {
  const folder = temporaryFolder();

  it('act at the later one, as in BMTK, with a note of their number', async () => {
    const home = folderOf('psc-alpha');
    const plain = importModel(readSource(`${home}/config.json`));
    const { events } = await simulateModel(plain.valid, { engines: [{ target: 'wasm', threads: 1 }] });
    const given = events.get('ext.spike')!;
    const config = readFileSync(`${home}/config.json`, 'utf8')
      .replace('"module": "sonata"', '"module": "csv"')
      .replace('ext.h5', 'ext.csv');
    const rows = given.map(([step, cell]) => `${((step + 1) / 10 + 0.03).toFixed(2)} ext ${cell}`);
    const path = await circuit(folder.file('circuit'), 'psc-alpha', {
      'config.json': config,
      'inputs/ext.csv': `timestamps population node_ids\n${rows.join('\n')}\n`,
    });
    const { diagnostics, valid } = importModel(readSource(path));
    expect(diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^193 of 193 spikes of ext are between two steps of 0.1 ms/),
    );
    // BMTK 1.2.0 on NEST 3.10.0 gives the 149 spikes of the circuit with times on the grid, each 0.1 ms later.
    const moved = (await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] })).events.get('lif.spike')!;
    const expected = expectedSpikes('psc-alpha', 'spikes-bmtk-1.2.0.csv').map((row) => {
      const [, id, time] = row.split(',');
      return `${id} ${(Number(time) + 0.1).toFixed(1)}`;
    });
    expect(moved.map(([step, cell]) => `${cell} ${((step + 1) / 10).toFixed(1)}`).sort()).toEqual(expected.sort());
  });
});

describe('weight functions of BMTK', () => {
  const folder = temporaryFolder();

  /** Weights in pA of the recurrent edges, in the order of the file. */
  async function weightsOf(
    name: string,
    columns: string,
    cells: string,
    ofEdges: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<readonly number[]> {
    const path = await circuit(folder.file(name), 'psc-alpha', {
      'network/lif_nodes.h5': {
        '/nodes/lif/node_type_id': [20, 20, 20, 20],
        '/nodes/lif/node_group_id': [0, 0, 0, 0],
        '/nodes/lif/node_group_index': [0, 1, 2, 3],
        '/nodes/lif/0/tuning_angle': Float64Array.of(0, 45, 170, 270),
      },
      'network/lif_lif_edges.h5': {
        '/edges/lif_lif/source_node_id': { values: [0, 1, 2, 3], node_population: 'lif' },
        '/edges/lif_lif/target_node_id': { values: [1, 2, 0, 0], node_population: 'lif' },
        '/edges/lif_lif/edge_type_id': [200, 200, 200, 200],
        '/edges/lif_lif/edge_group_id': [0, 0, 0, 0],
        '/edges/lif_lif/edge_group_index': [0, 1, 2, 3],
        '/edges/lif_lif/0/nsyns': [1, 2, 1, 1],
        ...ofEdges,
      },
      'network/lif_lif_edge_types.csv': `edge_type_id model_template syn_weight delay ${columns}\n200 static_synapse 300.0 1.0 ${cells}\n`,
    });
    const { valid } = importModel(readSource(path));
    const { weight } = valid.model.projections['lif_lif']!.values as { weight: { array: readonly number[] } };
    return weight.array.map((value) => value * 1e12);
  }

  it('wmax gives syn_weight times the number of synapses', async () => {
    const found = await weightsOf('wmax', 'weight_function', 'wmax');
    [300, 600, 300, 300].forEach((value, k) => expect(found[k]).toBeCloseTo(value, 9));
  });

  it('gaussianLL falls with the difference of the orientations', async () => {
    // Differences of 45, 55 (125 folded at 90), 10 (170) and 90 (270) degrees, with a sigma of 50 degrees.
    const found = await weightsOf('gauss', 'weight_function weight_sigma', 'gaussianLL 50.0');
    const factors = [45, 55, 10, 90].map((difference) => Math.exp(-((difference / 50) ** 2)));
    [300, 600, 300, 300].forEach((value, k) => expect(found[k]).toBeCloseTo(value * factors[k]!, 9));
  });

  it('of a single edge goes before that of its type', async () => {
    const functions = ['wmax', 'gaussianLL', 'gaussianLL', 'set_syn_weight'];
    const found = await weightsOf('single', 'weight_function weight_sigma', 'gaussianLL 50.0', {
      '/edges/lif_lif/0/weight_function': functions,
    });
    const factors = [1, Math.exp(-((55 / 50) ** 2)), Math.exp(-((10 / 50) ** 2)), 1];
    [300, 600, 300, 300].forEach((value, k) => expect(found[k]).toBeCloseTo(value * factors[k]!, 9));
  });
});

describe('a simulation that names no circuit', () => {
  const folder = temporaryFolder();

  it('takes circuit_config.json from its folder, as in libsonata', async () => {
    const config = JSON.parse(readFileSync(`${folderOf('psc-alpha')}/config.json`, 'utf8')) as Record<string, unknown>;
    const { networks, components, ...simulation } = config;
    const { manifest } = simulation;
    const path = await circuit(folder.file('circuit'), 'psc-alpha', {
      'config.json': JSON.stringify(simulation),
      'circuit_config.json': JSON.stringify({ manifest, networks, components }),
    });
    const plain = importModel(readSource(`${folderOf('psc-alpha')}/config.json`));
    const { model, experiment } = plain.hashes;
    expect(importModel(readSource(path)).hashes).toMatchObject({ model, experiment });
  });
});

const backslashes = temporaryFolder();
it('paths with backslashes are read, with one warning', async () => {
  const config = JSON.parse(readFileSync(`${folderOf('psc-alpha')}/config.json`, 'utf8'), (key, value: unknown) =>
    typeof value === 'string' && /_file$|_dir$/.test(key) ? value.replaceAll('/', '\\') : value,
  ) as object;
  const path = await circuit(backslashes.file('circuit'), 'psc-alpha', {
    'config.json': JSON.stringify(config),
  });
  const { hashes, diagnostics } = importModel(readSource(path));
  expect(hashes.model).toBe(importModel(readSource(`${folderOf('psc-alpha')}/config.json`)).hashes.model);
  expect(diagnostics.filter(({ code }) => code === 'sonata/backslashes')).toHaveLength(1);
});

describe('parameters of single nodes', () => {
  const folder = temporaryFolder();

  it("override the type's, and a note states that other programs do not read them", async () => {
    const path = await circuit(folder.file('circuit'), 'psc-alpha', {
      'network/lif_nodes.h5': {
        '/nodes/lif/node_type_id': [20, 20, 20, 20],
        '/nodes/lif/node_id': [3, 1, 0, 2],
        '/nodes/lif/node_group_id': [0, 1, 0, 1],
        '/nodes/lif/node_group_index': [0, 0, 1, 1],
        '/nodes/lif/0/dynamics_params/C_m': Float64Array.of(210, 220),
        '/nodes/lif/1/dynamics_params/V_th': Float64Array.of(-51, -50),
      },
    });
    const { valid, diagnostics } = importModel(readSource(path));
    // In the order of node ids: 220 and 210 pF stand for nodes 0 and 3, -51 and -50 mV for nodes 1 and 2.
    const { values } = valid.model.populations['lif']!;
    expect(values['cm']).toEqual({ array: [2.2e-10, 2e-10, 2e-10, 2.1e-10] });
    expect(values['v_thresh']).toEqual({ array: [-0.052, -0.051, -0.05, -0.052] });
    expect(values['v_rest']).toBe(-0.065);
    expect(diagnostics.filter(({ code }) => code === 'sonata/node-parameters')).toHaveLength(2);
  });
});
