/** Written scripts are unchanged by Black, Python's formatter. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { documentsIn, importFixture } from '../fixtures/documents.js';
import { missingPython, python } from './python-environment.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

const missing = missingPython(['black']);

const documents = ['brian', 'pynn', 'neuroml', 'model', 'model/hard']
  .flatMap((folder) => documentsIn(`fixtures/${folder}`))
  .filter((document) => document.refused === undefined);

test.skipIf(missing !== null)(`in Brian 2 and PyNN${missing === null ? '' : ` (${missing})`}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-black-'));
  try {
    for (const [k, document] of documents.entries())
      for (const to of ['brian', 'pynn'] as const) {
        const { files } = await convertModel(importFixture(document).valid, to, {});
        for (const { name, text } of files)
          if (name.endsWith('.py')) writeFileSync(join(folder, `${k}-${to}.py`), text);
      }
    const differences = execFileSync(python, ['-m', 'black', '--quiet', '--diff', folder], {
      encoding: 'utf8',
    });
    expect(differences).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
