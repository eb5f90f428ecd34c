/** Mechanisms that are written in NMODL: read again, they run as before. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import '../../../translators/nmodl/road.js';
import '../../../translators/pynn/road.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource, type Source } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const folder = 'test/translators/nmodl/files';

/** Potentials in mV of the cell on which a file is placed. */
async function potentials(source: Source): Promise<readonly number[]> {
  const session = openModel(importModel(source, { allowPaths: [folder] }));
  await session.run(0.02);
  const { samples } = await session.take();
  await session.dispose();
  return [...samples[0]!.values].map((v) => Number(v) * 1e3);
}

/** Files whose mechanism is written, and sentences on the others. */
const left: Readonly<Record<string, string>> = {
  'calcium_shell.mod': 'cashell: the state start_2, which does not change',
  'prolonged_synapse.mod': 'prolonged_synapse: noise or events of its own',
  'pulse_train.mod': 'pulse_train: noise or events of its own',
  'pulsed_synapse.mod': 'pulsed_synapse: several pathways, which may have delays of their own',
  'receptor_scheme.mod': 'receptor: noise or events of its own',
};

it.each(readdirSync(folder).filter((name) => name.endsWith('.mod')))('writes %s as it runs', async (name) => {
  const source = readSource(join(folder, name));
  const { files, report } = await convertModel(importModel(source).valid, 'nmodl');
  if (left[name] !== undefined) {
    expect(report.map(({ message }) => message)).toContain(left[name]);
    return;
  }
  // A file of several mechanisms becomes as many.
  if (files.length > 1) return;
  const [before, after] = [await potentials(source), await potentials({ name, text: files[0]!.text })];
  expect(Math.max(...before.map((v, k) => Math.abs(v - after[k]!)))).toBeLessThan(1e-7);
});

it('says which parts are no mechanisms', async () => {
  const { valid } = importModel({ name: 'lif.yaml', text: readFileSync('fixtures/pynn/if-cond-exp.json', 'utf8') });
  const { files, report } = await convertModel(valid, 'nmodl');
  expect(files).toEqual([]);
  expect(report.map(({ message }) => message)).toEqual([
    'IF_cond_exp: a change of v by the event spike, which no mechanism makes',
    'StaticSynapse_conductance: no current of its own: it changes variables of its target',
  ]);
});
