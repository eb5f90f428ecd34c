import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import { simulateModel } from '../../support/simulate.js';
import { root } from '../../support/import-graph.js';

/** Circuits, and the file of spikes that BMTK or NEST gives for each. */
const circuits = {
  'psc-alpha': 'spikes-nest-3.10.0.csv',
  'groups-nsyns': 'spikes-bmtk-1.2.0.csv',
  'aeif-cond-exp': 'spikes-bmtk-1.2.0.csv',
  'glif-adapting': 'spikes-bmtk-1.2.0.csv',
  'several-populations': 'spikes-bmtk-1.2.0.csv',
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
