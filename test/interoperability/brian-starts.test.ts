/** Scripts of models in all notations start in Brian 2: it parses their code, resolves their names and takes a step. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel, readSource } from '../../src/run/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { triesAll } from '../support/effort.js';
import { peerRecords, peers, type PeerInput } from '../support/peer-records.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();
const starter = 'test/interoperability/python/start_brian_scripts.py';
const recorded = peerRecords('brian-starts');

/** Models in documents; those of PyNN are many, and other tests run most of them in Brian. */
const folders = ['model', 'model/hard', 'neuroml', 'starters', ...(triesAll ? ['brian', 'pynn'] : [])];
/** Files with 300 million connections. */
const large: ReadonlySet<string> = new Set(['cortical-microcircuit.yaml', 'potjans-diesmann.json']);

const models = folders.flatMap((name) =>
  readdirSync(join('fixtures', name))
    .filter((file) => /\.(?:yaml|json|nml|xml)$/.test(file) && !large.has(file))
    .map((file) => join('fixtures', name, file)),
);

test.skipIf(missingEnvironment('.venv') !== null)('every script starts', { timeout: 400_000 }, async () => {
  const scripts: (PeerInput & { readonly path: string })[] = [];
  for (const model of models) {
    const script = folder.file(join(model.replace(/\W/g, '_'), 'script.py'));
    try {
      const { files } = await convertModel(importModel(readSource(model)).valid, 'brian', { name: 'script.py' });
      mkdirSync(dirname(script), { recursive: true });
      for (const { name, text } of files) writeFileSync(join(dirname(script), name), text);
      scripts.push({ what: model, path: script, texts: files.map(({ text }) => text), runners: [starter] });
    } catch (error) {
      // Parts of models, and what cannot be written.
      if (!(error instanceof DiagnosticError || error instanceof UsageError)) throw error;
    }
  }
  expect(scripts.length).toBeGreaterThan(30);
  const failures = await recorded.outputs(peers.brian, scripts, async (missing) => {
    const paths = missing.map((k) => scripts[k]!.path);
    return JSON.parse(await python('.venv', ['-W', 'ignore', starter, ...paths])) as readonly (string | null)[];
  });
  expect(scripts.flatMap(({ what }, k) => (failures[k] === null ? [] : [`${what}: ${failures[k]}`]))).toEqual([]);
});
