/**
 * Runs the documents of `test/fixtures/targets` on WebAssembly, and ends with 1 at the first fingerprint that is not
 * the recorded one, as these tests do: `npx tsx test/mutations/documents.ts`
 */

import { wasmTarget } from '../../runtime/targets/wasm/target.js';
import { documentsIn, loadDocument } from '../fixtures/documents.js';
import { fingerprintOf } from '../fixtures/fingerprint.js';
import { recordedRuns } from '../fixtures/night.js';
import { registerRoads } from '../../src/pipeline/roads.js';
import { brian } from '../../translators/brian/road.js';
import { neuroml } from '../../translators/neuroml/road.js';
import { pynn } from '../../translators/pynn/road.js';
import '../../src/notations.js';

registerRoads({ brian, neuroml, pynn });

const folders = ['brian', 'pynn', 'neuroml', 'model', 'model/hard', 'readme', 'starters'];
const wasm = { name: 'wasm', target: wasmTarget, threads: 1 };
const records = ['brian', 'pynn', 'neuroml', 'model'].map(recordedRuns);
const recorded = new Map(records.flatMap(({ runs }) => Object.entries(runs)));

/** Returns what is wrong with a document in a precision, if anything is. */
async function mistakeIn(key: string, ...how: Parameters<typeof loadDocument>): Promise<string | undefined> {
  try {
    const { program, protocol } = loadDocument(...how);
    const fingerprint = await fingerprintOf(wasm, program, protocol);
    return fingerprint === recorded.get(key)?.fingerprint ? undefined : 'another fingerprint';
  } catch (error) {
    return String(error).split('\n')[0];
  }
}

const documents = folders.flatMap((folder) => documentsIn(`fixtures/${folder}`));
const grid = documents
  .filter(({ path }) => path.startsWith('fixtures/neuroml/'))
  .map((one) => ({ ...one, options: { ...one.options, timing: 'grid' as const } }));
for (const document of [...documents, ...grid]) {
  if (document.refused) continue;
  for (const precision of ['float64', 'float32'] as const) {
    const key = `${[document.path.replace('fixtures/', ''), document.options.timing].filter(Boolean).join(', ')}, ${precision}`;
    const mistake = await mistakeIn(key, document, precision);
    if (mistake === undefined) continue;
    process.stdout.write(`${key}: ${mistake}\n`);
    process.exit(1);
  }
}
