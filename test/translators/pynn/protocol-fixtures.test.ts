/** Documents with phases, run to their end on every engine that is here: the same fingerprint. */

import { someOf } from '../../support/effort.js';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { targets } from '../../../runtime/targets/registry.js';
import type { Precision } from '../../../src/ir/program.js';
import { importModel, runModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/pynn/road.js';

const names = [
  'segments',
  'current-sources-recorded',
  'poisson-fast',
  'inhomogeneous-gamma',
  'electrical',
  'tsodyks-markram-delta',
  'stdp-random-delays',
  'delays-changed',
];
const engines = [
  { target: 'reference', threads: 1 },
  { target: 'wasm', threads: 1 },
  { target: 'wasm', threads: 2 },
  { target: 'c', threads: 1 },
];

const cases = names.flatMap((name) => (['float64', 'float32'] as const).map((precision) => [name, precision] as const));

test.each(someOf(cases, 5, 'documents with phases'))('%s in %s', async (name, precision: Precision) => {
  const text = readFileSync(new URL(`../../../fixtures/pynn/${name}.json`, import.meta.url), 'utf8');
  const imported = importModel({ name: `${name}.json`, text });
  const prints: string[] = [];
  for (const { target, threads } of engines) {
    if (!(await targets[target]!.probe()).available) continue;
    const run = await runModel(imported, { target, threads, precision });
    if (run.kind !== 'run') throw new Error('nothing was run');
    expect(run.record.faults).toEqual([]);
    expect(run.record.complete).toBe(true);
    prints.push(run.record.fingerprint.total);
    run.dispose();
  }
  expect(prints.length).toBeGreaterThanOrEqual(3);
  expect(new Set(prints).size).toBe(1);
});
