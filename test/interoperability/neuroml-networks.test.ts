/**
 * Random networks, run by LEMS's reference interpreter and by interneuron: the same traces. Only the last digit of a
 * float may differ, since elementary functions of Java and ours round differently.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { peerRecords } from '../support/peer-records.js';
import { differences, inFolder, outputs, tableOf, thinned, thinnedTable, type Table } from './output-tables.js';
import { randomNetwork } from './random-network.js';
import { missingInterpreter, referenceOutputs } from './reference-interpreter.js';

const records = peerRecords('neuroml-networks');

const tablesOf = (run: (folder: string) => Promise<void>): Promise<Table> =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'results'));
    await run(folder);
    return outputs(folder).get('v.dat') ?? [];
  });

const why = missingInterpreter();
const skipped = why === null ? '' : ` (skipped: ${why})`;

describe.skipIf(why !== null)(`networks put together at random${skipped}`, () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of seed %i', async (seed) => {
    const text = randomNetwork(seed);
    const ours = await tablesOf(async (folder) => {
      const result = await runModel(importModel({ name: 'network.xml', text }), {
        target: 'wasm',
        outputFolder: folder,
      });
      if (result.kind === 'run') result.dispose();
    });
    const files = [{ name: 'network.xml', text }];
    const texts = await referenceOutputs(records, `seed ${seed}`, files, 'network.xml', thinned);
    const theirs = tableOf(texts['v.dat'] ?? '');
    expect(ours).toHaveLength(5001);
    expect(theirs).toHaveLength(501);
    for (const difference of differences(thinnedTable(ours, 'v.dat'), theirs))
      expect(difference).toBeLessThanOrEqual(1e-6);
  });
});
