/** Scripts of models in all notations start in Brian 2: it parses their code, resolves their names and takes a step. */

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { adaptiveModels } from '../support/adaptive-models.js';
import { temporaryFolder } from '../support/command.js';
import { triesAll } from '../support/effort.js';
import { peerRecords, peers, type PeerInput } from '../support/peer-records.js';
import { missingEnvironment, python } from '../support/python.js';
import { severalSpikesModels } from '../support/several-spikes-models.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const starter = 'test/interoperability/python/start_brian_scripts.py';
const recorded = peerRecords('brian-starts');

/** Models in documents. PyNN's documents are many, and other tests run most of them in Brian. */
const folders = ['model', 'model/hard', 'neuroml', 'starters', ...(triesAll ? ['brian', 'pynn'] : [])];
/** Files with 300 million connections. */
const large: ReadonlySet<string> = new Set(['cortical-microcircuit.yaml', 'potjans-diesmann.json']);

/** Small models, one for each kind of construct. */
const seeds = readdirSync('test/fuzz/seeds').map((name) => join('test/fuzz/seeds', name));

const models = [...folders.map((name) => join('fixtures', name)), ...seeds].flatMap((name) =>
  readdirSync(name)
    .filter((file) => /\.(?:yaml|json|nml|xml)$/.test(file) && !large.has(file))
    .map((file) => join(name, file)),
);
const texts = [...severalSpikesModels, ...adaptiveModels].map(([name, text]) => ({ name: `${name}.json`, text }));
const sources = [...models.map((path) => readSource(path)), ...texts];

const golden = 'test/translators/golden';

const missing = missingEnvironment('.venv');
test.skipIf(missing !== null)(withReason('every script starts', missing), async () => {
  const scripts: (PeerInput & { readonly path: string })[] = [];
  for (const [k, source] of sources.entries()) {
    const script = folder.file(join(`${k}_${source.name.replace(/\W/g, '_')}`, 'script.py'));
    try {
      const { files, outcome } = await convertModel(importModel(source).valid, 'brian', { name: 'script.py' });
      // The command writes no file.
      if (outcome === 'incomplete') continue;
      mkdirSync(dirname(script), { recursive: true });
      for (const { name, text } of files) writeFileSync(join(dirname(script), name), text);
      scripts.push({ what: source.name, path: script, texts: files.map(({ text }) => text), runners: [starter] });
    } catch (error) {
      // Parts of models, and models that cannot be written.
      if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
    }
  }
  for (const name of readdirSync(golden)) {
    const path = folder.file(join('golden', name));
    cpSync(join(golden, name, 'brian.py'), path, { recursive: true });
    const script = join(path, `${name}.brian.py`);
    scripts.push({ what: join(golden, name), path: script, texts: [readFileSync(script, 'utf8')], runners: [starter] });
  }
  expect(scripts.length).toBeGreaterThan(60);
  const failures = await recorded.outputs(peers.brian, scripts, async (missing) => {
    const paths = missing.map((k) => scripts[k]!.path);
    return JSON.parse(await python('.venv', ['-W', 'ignore', starter, ...paths])) as readonly (string | null)[];
  });
  expect(scripts.flatMap(({ what }, k) => (failures[k] === null ? [] : [`${what}: ${failures[k]}`]))).toEqual([]);
});
