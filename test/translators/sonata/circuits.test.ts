import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/run/pipeline.js';
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

describe('parameters of single nodes', () => {
  const folder = temporaryFolder();

  it('override those of the type, and a note says that other programs do not read them', async () => {
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
