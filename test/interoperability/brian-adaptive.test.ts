/** Steps that adapt, under real Brian 2 with the GNU Scientific Library. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spikesOf } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';
import { adaptiveModels } from '../support/adaptive-models.js';
import { inSteps } from '../support/same-run.js';
import { importedPython, missingPython } from './python-environment.js';

const missing =
  missingPython(['brian2', 'Cython']) ??
  (existsSync('/usr/include/gsl/gsl_odeiv2.h') ? null : 'no header gsl/gsl_odeiv2.h here');
const folder = mkdtempSync(join(tmpdir(), 'interneuron-adaptive-'));
const imported = missing === null ? importedPython('run_brian_script.py') : null;
afterAll(() => {
  imported?.end();
  rmSync(folder, { recursive: true });
});

interface Records {
  readonly cells_spikes: { readonly i: readonly number[]; readonly t: readonly number[] };
}

describe.skipIf(missing !== null)(`Brian 2 with GSL${missing === null ? '' : ` (${missing})`}`, () => {
  test.each(adaptiveModels)('has all spikes in the same steps: %s', { timeout: 300_000 }, async (_, text) => {
    const { valid } = importModel({ name: 'model.json', text });
    const { files, outcome } = await convertModel(valid, 'brian', { strict: true, name: 'model.py' });
    expect(outcome).toBe('equivalent');
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    const { cells_spikes: found } = (await imported!.run([join(folder, 'model.py')])) as Records;
    const ours = inSteps(await spikesOf(valid), 1e-4)['cells'] ?? [];
    const theirs = ours.map((_train, cell) =>
      found.t.filter((_time, k) => found.i[k] === cell).map((time) => Math.round(time * 1e4)),
    );
    expect(ours.flat().length).toBeGreaterThan(20);
    expect(theirs).toEqual(ours);
  });
});
