/**
 * The documents of `fixtures/neuroml`, run by LEMS's reference interpreter and by interneuron: the same traces and the
 * same spikes.
 *
 * Both step alike (`lems-euler`), so only the last digit of a double differs, since elementary functions of Java and
 * ours round differently. Files hold floats; a trace may differ by the stated part of its range, which is a few units
 * in a float's last place. Spike times are steps, and equal.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { importModel, readSource, runModel, type ImportOptions } from '../../src/pipeline/pipeline.js';
import { peerRecords } from '../support/peer-records.js';
import { differences, inFolder, outputs, tableOf, thinned, thinnedTable, type Table } from './output-tables.js';
import { missingInterpreter, referenceOutputs } from './reference-interpreter.js';
import '../../translators/neuroml/road.js';

const documents = 'fixtures/neuroml';
const records = peerRecords('neuroml');
/** Files that documents include. */
const included = ['cells.net.nml', 'soma.cell.nml'].map((name) => ({
  name,
  text: readFileSync(join(documents, name), 'utf8'),
}));

/** Largest difference of a trace as a part of its range, by document. */
const tolerances: Readonly<Record<string, number>> = {
  channels: 3e-7,
  contacts: 3e-7,
  densities: 1e-6,
  inputs: 3e-7,
  'kinetic-scheme': 3e-7,
  network: 1e-6,
  'own-types': 3e-7,
  'point-cells': 1e-6,
  'pynn-cells': 1e-6,
  'self-contacts': 3e-7,
  synapses: 3e-7,
  'times-of-events': 0,
};

async function ofReference(name: string): Promise<ReadonlyMap<string, Table>> {
  const document = { name: `${name}.xml`, text: readFileSync(join(documents, `${name}.xml`), 'utf8') };
  const files = [document, ...included];
  const texts = await referenceOutputs(records, name, files, document.name, thinned);
  return new Map(Object.entries(texts).map(([file, text]) => [file, tableOf(text)]));
}

async function ofOurs(name: string, options: ImportOptions = {}): Promise<ReadonlyMap<string, Table>> {
  return inFolder(async (folder) => {
    const result = await runModel(importModel(readSource(join(documents, `${name}.xml`)), options), {
      target: 'wasm',
      outputFolder: folder,
    });
    if (result.kind === 'run') result.dispose();
    return new Map([...outputs(folder)].map(([file, table]) => [file, thinnedTable(table, file)]));
  });
}

const why = missingInterpreter();
const skipped = why === null ? '' : ` (skipped: ${why})`;

describe.skipIf(why !== null).each(Object.entries(tolerances))(`%s${skipped}`, (name, tolerance) => {
  test('gives the traces and spikes of the reference interpreter', async () => {
    const [ours, theirs] = [await ofOurs(name), await ofReference(name)];
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [file, table] of theirs) {
      if (file.endsWith('.spikes')) {
        expect(ours.get(file), file).toEqual(table);
        continue;
      }
      expect(ours.get(file)?.length, file).toBe(table.length);
      for (const difference of differences(ours.get(file) ?? [], table))
        expect(difference, file).toBeLessThanOrEqual(tolerance);
    }
  });
});

// The interpreters draw other numbers, so counts are compared. Comparing counts of many seeds with one long run would
// take too long. Five standard deviations of a difference of two Poisson counts are wide enough to hold by chance, and
// narrow enough to find a rate that is wrong by a half.
test.skipIf(why !== null)(`random sources have the rates of the reference interpreter${skipped}`, async () => {
  const count = (tables: ReadonlyMap<string, Table>, id: string): number =>
    (tables.get('random-inputs.spikes') ?? []).filter((row) => row[0] === id).length;
  const theirs = await ofReference('random-inputs');
  const runs = await Promise.all(['1', '2', '3', '4'].map((seed) => ofOurs('random-inputs', { seed })));
  for (const id of ['uniform', 'poisson', 'refractory', 'source']) {
    const expected = count(theirs, id);
    const mean = runs.reduce((sum, tables) => sum + count(tables, id), 0) / runs.length;
    expect(expected, id).toBeGreaterThan(0);
    expect(Math.abs(mean - expected), id).toBeLessThan(5 * Math.sqrt(expected + expected / runs.length));
  }
});
