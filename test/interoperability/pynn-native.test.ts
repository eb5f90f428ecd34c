/** Scripts with types of a document's own, whose equations run on PyNN's backend. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { spikesOf } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel, readSource, type ImportedModel } from '../../src/run/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python } from '../support/python.js';

const fixture = (name: string): ImportedModel => importModel(readSource(join(root, 'fixtures', name)));

const missing = missingEnvironment('.venv-pynn');
const folder = temporaryFolder();
describe.skipIf(missing !== null)(
  `scripts under PyNN's backend${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(['brian/custom-event.yaml', 'brian/stdp-pair.yaml', 'neuroml/network.xml'])(
      '%s spikes as it does here',
      { timeout: 120_000 },
      async (name) => {
        const { valid } = fixture(name);
        const own = folder.file(name.replaceAll('/', '-'));
        mkdirSync(own);
        const { files } = await convertModel(valid, 'pynn', { name: 'model.py' });
        for (const file of files) writeFileSync(join(own, file.name), file.text);
        const results = join(own, 'results.json');
        await python('.venv-pynn', ['-W', 'ignore', join(own, 'model.py'), results], {
          INTERNEURON_PROGRAM: inject('program'),
          INTERNEURON_NODE: process.execPath,
          INTERNEURON_CACHE: folder.file('cache'),
        });
        const { populations } = JSON.parse(readFileSync(results, 'utf8')) as {
          populations: Record<string, readonly { spikes: Record<string, readonly number[]> }[]>;
        };
        const here = await spikesOf(valid);
        let compared = 0;
        for (const [population, [segment]] of Object.entries(populations))
          for (const [index, times] of Object.entries(segment?.spikes ?? {})) {
            const expected = here.get(population)?.[Number(index)] ?? [];
            expect(times.map((time) => Number(time.toFixed(6)))).toEqual(
              expected.map((t) => Number((t * 1e3).toFixed(6))),
            );
            compared += times.length;
          }
        expect(compared).toBeGreaterThan(5);
      },
    );
  },
);
