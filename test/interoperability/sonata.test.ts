/** BMTK runs the circuits that are written, with the spikes of interneuron, and libsonata reads them. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel, type ConvertedModel } from '../../src/convert/convert.js';
import { inFolder } from '../../src/convert/in-folder.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';
import { root } from '../support/import-graph.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';
import { simulateModel } from '../support/simulate.js';
import '../../translators/sonata/road.js';
import '../../translators/pynn/road.js';

const records = peerRecords('sonata');
const runner = 'test/interoperability/python/run_bmtk.py';

interface Found {
  readonly spikes: readonly (readonly [population: string, id: number, time: number])[];
  readonly sizes: Readonly<Record<string, number>>;
}

/** Returns the findings of BMTK and libsonata in a circuit. */
const foundIn = (what: string, { files }: ConvertedModel): Promise<Found> => {
  const texts = files.flatMap(({ name, text, bytes }) => [
    name,
    bytes ? createHash('sha256').update(bytes).digest('hex') : text,
  ]);
  return records.output<Found>(peers.bmtk, { what, texts, runners: [runner] }, () =>
    inFolder(files, async (path) => {
      const [found] = JSON.parse((await python('.venv-sonata', [runner, path])).trim().split('\n').at(-1)!) as [Found];
      return found;
    }),
  );
};

/** Our own spikes of a model, as BMTK lists them. */
async function ownSpikes(valid: ValidModel, populations: ReadonlySet<string>): Promise<Found['spikes']> {
  const { events } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  const dt = valid.model.experiment.dt * 1e3;
  return [...events]
    .flatMap(([key, list]) =>
      list.map(([step, cell]) => [key.replace(/\.spike$/, ''), cell, Number(((step + 1) * dt).toFixed(4))] as const),
    )
    .filter(([population]) => populations.has(population))
    .sort(([a, i, s], [b, j, t]) => (a < b ? -1 : a > b ? 1 : i - j || s - t));
}

describe('BMTK and libsonata', () => {
  it.each([
    'pynn/connector-fixed-probability.json',
    'pynn/if-curr-exp.json',
    'pynn/if-curr-alpha.json',
    'pynn/if-curr-delta.json',
    'pynn/if-cond-exp.json',
    'pynn/if-cond-alpha.json',
  ])('run and read %s', async (path) => {
    const { valid } = importModel(readSource(resolve(root, 'fixtures', path)));
    const converted = await convertModel(valid, 'sonata');
    const { spikes, sizes } = await foundIn(path, converted);
    const { valid: again } = await inFolder(converted.files, (document) => importModel(readSource(document)));
    const cells = new Set(
      Object.entries(again.model.populations).flatMap(([name, { type }]) => (type === undefined ? [] : [name])),
    );
    const own = await ownSpikes(again, cells);
    expect(own.length).toBeGreaterThan(0);
    expect(spikes.filter(([population]) => cells.has(population))).toEqual(own);
    expect(sizes).toMatchObject(
      Object.fromEntries(
        Object.entries(again.model.populations).map(([name, { size }]) => [`nodes ${name}`, size] as const),
      ),
    );
    expect(Object.keys(sizes).filter((name) => name.startsWith('edges '))).toHaveLength(
      Object.keys(again.model.projections).length,
    );
  });

  it('run a circuit with groups, clamps and reports that is written again', async () => {
    const folder = resolve(root, 'fixtures/sonata/several-populations');
    const { valid } = importModel(readSource(`${folder}/config.json`));
    const { spikes } = await foundIn('several-populations', await convertModel(valid, 'sonata'));
    const [, ...rows] = readFileSync(`${folder}/expected/spikes-bmtk-1.2.0.csv`, 'utf8').trim().split('\n');
    const expected = rows.map((row) => {
      const [population = '', id, time] = row.split(',');
      return [population, Number(id), Number(Number(time).toFixed(4))] as const;
    });
    const plain = (list: Found['spikes']): readonly string[] => list.map((one) => one.join()).sort();
    expect(plain(spikes.filter(([population]) => population !== 'ext'))).toEqual(plain(expected));
  });
});
