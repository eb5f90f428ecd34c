import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHdf5Tree } from '../../../../src/hdf5/read-tree.js';
import { importModel, readSource, runModel } from '../../../../src/pipeline/pipeline.js';
import type { Hdf5Group } from '../../../../translators/shared/hdf5.js';
import { runCommand, temporaryFolder } from '../../../support/command.js';
import { readHdf5 } from '../../../../src/compare/read/hdf5.js';
import { readNeo } from '../../../../src/compare/read/neo.js';
import { root } from '../../../support/import-graph.js';

const folder = temporaryFolder();
const circuit = resolve(root, 'fixtures/sonata/several-populations');

const member = (at: Hdf5Group | undefined, ...names: readonly string[]): Hdf5Group | undefined =>
  names.reduce<Hdf5Group | undefined>((group, name) => group?.groups.find((one) => one.name === name), at);

const table = (at: Hdf5Group | undefined, name: string): readonly number[] =>
  Array.from(at?.tables.find((one) => one.name === name)?.values ?? []);

const file = (name: string, only: string): Hdf5Group => {
  const tree = readHdf5Tree(folder.file(name), [only]);
  if (!('groups' in tree)) throw new Error(tree.refused);
  return tree;
};

describe('results in SONATA', () => {
  it('have the node ids and spikes of the files, and reports at their times', async () => {
    const imported = importModel(readSource(`${circuit}/config.json`));
    const result = await runModel(imported, { outputs: [folder.file('out.h5')], target: 'wasm', threads: 1 });
    if (result.kind !== 'run') throw new Error('nothing ran');
    result.dispose();

    const spikes = member(file('out.h5', 'spikes'), 'spikes', 'exc');
    const [ids, times] = [table(spikes, 'node_ids'), table(spikes, 'timestamps')];
    const found = ids.map((id, k) => `exc,${id},${times[k]!.toFixed(1)}`).sort();
    const expected = readFileSync(`${circuit}/expected/spikes-bmtk-1.2.0.csv`, 'utf8')
      .split('\n')
      .filter((row) => row.startsWith('exc,'))
      .map((row) => row.trim().replace(/[^,]*$/, (time) => Number(time).toFixed(1)))
      .sort();
    expect(found).toEqual(expected);
    expect([...times].sort((a, b) => a - b)).toEqual(times);

    const report = member(file('out.inh_gsyn_exc.h5', 'report'), 'report', 'inh');
    const mapping = member(report, 'mapping');
    expect(table(mapping, 'node_ids')).toEqual([1, 2]);
    expect(table(mapping, 'index_pointers')).toEqual([0, 1, 2]);
    expect(table(mapping, 'index_pointer')).toEqual([0, 1, 2]);
    // On from 20 ms to 100 ms, sampled each 0.5 ms at the end of a step; the end is exclusive.
    expect(table(mapping, 'time')).toEqual([20.5, 100.5, 0.5]);
    const data = report?.tables.find(({ name }) => name === 'data');
    expect([data?.type, data?.shape]).toEqual(['single', [160, 2]]);
  });

  it.each(['csv', 'nwb', 'json'])('have the populations and node ids of the files as %s, too', async (format) => {
    const name = folder.file(`named.${format}`);
    const models = resolve(root, 'fixtures/sonata/models-by-type');
    const { code } = await runCommand(['run', `${models}/config.json`, '-q', '-o', name]);
    expect(code).toBe(0);
    // A reader that does not use the record of the run.
    const trains = await foreignTrains(name, format);
    const expected = readFileSync(`${models}/expected/spikes-bmtk-1.2.0.csv`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.trim().replace(/[^,]*$/, (time) => Number(time).toFixed(1)));
    expect(trains.sort()).toEqual(expected.sort());
    expect((await runCommand(['verify', name])).stdout).toMatch(/^identical/);
  });
});

it('--record takes the populations of the files, too', async () => {
  const result = folder.file('recorded.csv');
  const models = resolve(root, 'fixtures/sonata/models-by-type');
  expect(await runCommand(['run', `${models}/config.json`, '-q', '--record', 'cells:v', '-o', result])).toMatchObject({
    code: 0,
  });
  const columns = ['alpha', 'delta', 'exp'].map(
    (model) => readFileSync(folder.file(`recorded.cells_iaf_psc_${model}_v.csv`), 'utf8').split('\n')[0],
  );
  expect(columns).toEqual(['time_ms,cells[0].v_mV,cells[3].v_mV', 'time_ms,cells[1].v_mV', 'time_ms,cells[2].v_mV']);
});

/** Returns the spikes in a file as lines `population,id,time in ms`. */
async function foreignTrains(path: string, format: string): Promise<string[]> {
  const row = (population: string, id: number, time: number): string => `${population},${id},${time.toFixed(1)}`;
  if (format === 'nwb') {
    const { trains } = await readHdf5(path, undefined);
    return trains.flatMap(({ population, ids, trains: own }) =>
      own.flatMap((train, k) => Array.from(train, (time) => row(population, ids[k]!, time * 1e3))),
    );
  }
  const text = readFileSync(path, 'utf8');
  if (format === 'csv') {
    const [head, ...rows] = text.trim().split('\n');
    expect(head).toBe('population,index,time_ms');
    return rows.map((one) => {
      const [population, id, time] = one.split(',');
      return row(population!, Number(id), Number(time));
    });
  }
  const { trains } = readNeo(path, JSON.parse(text), undefined);
  return trains.flatMap(({ population, ids, trains: own }) =>
    own.flatMap((train, k) => Array.from(train, (time) => row(population, ids[k]!, time * 1e3))),
  );
}
