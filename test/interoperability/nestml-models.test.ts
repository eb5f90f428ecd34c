/** Neurons in NESTML under NEST, which compiles them, and here: spikes in the same steps, and equal variables. */

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peerRecords, peers } from '../support/peer-records.js';
import { root } from '../support/import-graph.js';
import { python } from '../support/python.js';
import { caseOf, differenceOf, modelIn, runHere, type NestOutcome } from '../translators/nestml/nest-cases.js';

const records = peerRecords('nestml-models');
const folder = join(root, 'test/translators/nestml/files');
const runner = 'test/interoperability/python/run_nestml_models.py';

const settings = [
  { weight: 40, inhibition: 15, current: 120, constant: 0 },
  { weight: 60, inhibition: -20, current: -60, constant: 450 },
];

/** Largest relative differences: propagators are exact; NEST's other steps have a tolerance. */
const tolerances: Readonly<Record<string, number>> = {
  'code.nestml': 1e-9,
  'conductances.nestml': 1e-3,
  'held.nestml': 1e-3,
  'jumps.nestml': 1e-9,
  'kernels.nestml': 1e-9,
  'ports.nestml': 1e-9,
};

const files = readdirSync(folder).filter((name) => name in tolerances);
const texts = Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const models = files.map((name) => modelIn(texts[name] ?? ''));
const cases = models.flatMap((model) => (model ? settings.map((setting) => caseOf(model, setting)) : []));
const input = JSON.stringify({ texts, cases });

const outcomes = await records.output<readonly NestOutcome[]>(
  peers.nestml,
  { what: 'neurons in NESTML', texts: [input], runners: [runner] },
  async () => {
    const work = mkdtempSync(join(tmpdir(), 'nestml-'));
    try {
      writeFileSync(join(work, 'cases.json'), input);
      const output = await python('.venv-nestml', [runner, join(work, 'cases.json')]);
      return JSON.parse(output.trim().split('\n').at(-1) ?? '') as readonly NestOutcome[];
    } finally {
      rmSync(work, { recursive: true });
    }
  },
);

test.each(files)('%s', async (file) => {
  const model = models[files.indexOf(file)];
  if (!model) throw new Error(`${file} is not read`);
  let spikes = 0;
  for (const [k, given] of cases.entries()) {
    const there = outcomes[k];
    if (given.model !== model.name || !there) continue;
    expect(there.error).toBeUndefined();
    const found = differenceOf(await runHere(join(folder, file), model, given), there);
    expect(found.isSame).toBe(true);
    expect(Object.keys(found.variables).length).toBeGreaterThan(0);
    for (const [name, difference] of Object.entries(found.variables))
      expect([name, difference < (tolerances[file] ?? 0)]).toEqual([name, true]);
    spikes += found.spikes;
  }
  expect(spikes).toBeGreaterThan(5);
});
