/** Bundles as rocrate, python-libcombine and python-libsedml read them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackArchive } from '../../src/bundle/archive.js';
import { packModel } from '../../src/pack/pack.js';
import { importModel, readSource, runModel } from '../../src/pipeline/pipeline.js';
import { missingPython, runPython } from './python-environment.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** The output of `read_bundle.py`. */
interface Found {
  readonly opened: boolean;
  readonly locations: readonly string[];
  readonly master: string;
  readonly crate: Readonly<Record<string, unknown>>;
  readonly sedml: Readonly<Record<string, unknown>> | null;
}

const missing = missingPython(['rocrate', 'libcombine', 'libsedml']);

describe.skipIf(missing !== null)(`a bundle in other libraries${missing === null ? '' : `: ${missing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  let found: Found;

  beforeAll(async () => {
    const model = 'fixtures/neuroml/network.xml';
    const result = join(folder, 'fn.nwb');
    const imported = importModel(readSource(model));
    await runModel(imported, { outputs: [result], outputFolder: folder });
    const { bytes } = await packModel(imported, {
      document: model,
      read: {},
      sources: [model],
      results: [result],
      notations: ['brian'],
    });
    const archive = join(folder, 'fn.omex');
    writeFileSync(archive, bytes);
    await unpackArchive(archive, join(folder, 'unpacked'));
    found = (await runPython('read_bundle.py', [archive, join(folder, 'unpacked')])) as Found;
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is a COMBINE archive with a main file in SED-ML', () => {
    expect(found.opened).toBe(true);
    expect(found.master).toMatch(/^(\.\/)?run\.sedml$/);
    expect(found.locations.map((location) => location.replace(/^\.\//, ''))).toEqual(
      expect.arrayContaining(['model/model.json', 'results/fn.nwb', 'ro-crate-metadata.json', 'README.md']),
    );
  });

  it('is an RO-Crate with all its files, and with references that resolve', () => {
    expect(found.crate).toMatchObject({ version: '1.1', main: 'model/model.json', missing: [], dangling: [] });
    expect(found.crate['actions']).toEqual([
      { instrument: 'interneuron', result: ['model/model.json'], object: ['source/network.xml'] },
      {
        instrument: 'interneuron',
        result: ['results/fn.nwb'],
        object: expect.arrayContaining(['model/model.json', '#run-1-seed', '#run-1-dt', '#run-1-target']) as unknown,
      },
    ]);
  });

  it('holds SED-ML without errors, with the duration, the steps and the columns of the document in LEMS', () => {
    expect(found.sedml).toMatchObject({ errors: 0, end: 0.08, steps: 8000, columns: 6, source: 'source/network.xml' });
    expect(found.sedml?.['targets']).toEqual(expect.arrayContaining(['exc/0/soma/v']));
  });
});
