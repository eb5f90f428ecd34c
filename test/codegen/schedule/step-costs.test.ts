/** The launches, atomic additions and memory accesses of a step on a graphics card: none may be added unnoticed. */

import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/ir/program.js';
import { buildProgram } from '../../../src/pipeline/build-program.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { canShim, shimTarget } from '../../support/cuda-shim/target.js';
import { runSteps } from '../../support/run-steps.js';
import { stepCosts } from '../../support/step-costs.js';
import '../../../translators/brian/road.js';

/*
 * Counted by hand from the kernels' definitions, in float64. `update` of CUBA reads the last spike (4 bytes), ge, gi
 * and v (8 each). `receive` has a state and an inbox of 8 bytes for each synaptic variable. A synapse reads its target
 * (2 bytes) and, in the microcircuit, its weight (4), both at a position that segments gave for a row of the list:
 * these loads depend on others. Then it adds to an inbox: one line, the fourth access of a chain. Spikes are marked and
 * reset at the item's own element, except if they come from the list, as in Brunel-Hakim. The microcircuit delivers
 * first, then works on elements once; the others update elements before the delivery, and receive after it.
 */
type Row = readonly [
  kernel: string,
  kernels: number,
  atomics: number,
  dependent: number,
  depth: number,
  bytes: number,
  lines: number,
];
const networks: Readonly<Record<string, { readonly launches: readonly number[]; readonly rows: readonly Row[] }>> = {
  'brian/vogels-abbott-cuba': {
    launches: [64, 1, 1, 1, 1],
    rows: [
      ['settling', 1, 0, 0, 1, 16, 0],
      ['update', 1, 0, 0, 1, 28, 0],
      ['mark', 1, 0, 0, 1, 4, 0],
      ['act', 1, 0, 0, 1, 8, 0],
      ['pre', 2, 1, 1, 4, 2, 1],
      ['receive', 1, 0, 0, 1, 32, 0],
    ],
  },
  'brian/cobahh': {
    launches: [1, 1, 1, 1],
    rows: [
      ['update', 1, 0, 0, 1, 52, 0],
      ['mark', 1, 0, 0, 1, 4, 0],
      ['pre', 2, 1, 1, 4, 2, 1],
      ['receive', 1, 0, 0, 1, 32, 0],
    ],
  },
  'brian/brunel-hakim': {
    launches: [2, 1, 1, 1, 1, 1],
    rows: [
      ['words', 1, 0, 0, 1, 16, 0],
      ['normals', 1, 0, 0, 1, 32, 0],
      ['update', 1, 0, 0, 1, 28, 0],
      ['mark', 1, 0, 0, 1, 4, 0],
      ['act', 1, 0, 0, 2, 0, 1],
      ['pre', 1, 1, 1, 4, 2, 1],
      ['receive', 1, 0, 0, 1, 20, 0],
    ],
  },
  'model/cortical-microcircuit': {
    launches: [1, 64, 1, 1],
    rows: [
      ['settling', 1, 0, 0, 1, 16, 0],
      ['update', 1, 0, 0, 1, 28, 0],
      ['test', 1, 0, 0, 1, 12, 0],
      ['mark', 8, 0, 0, 1, 4, 0],
      ['act', 8, 0, 0, 1, 8, 0],
      ['pre', 55, 1, 2, 4, 6, 1],
      ['receive', 1, 0, 0, 1, 16, 0],
      ['stimulate', 8, 0, 0, 1, 8, 0],
    ],
  },
};

/** Kernels of one purpose with equal costs as one row. */
function rowsOf(program: Program): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { kernel, costs } of stepCosts(program).kernels) {
    const { atomics, dependent, depth, bytes, lines } = costs;
    const purpose = kernel.name.split('.').at(-1) ?? '';
    const key = `${purpose} ${JSON.stringify(costs)}`;
    rows.set(key, [purpose, (rows.get(key)?.[1] ?? 0) + 1, atomics, dependent, depth, bytes, lines]);
  }
  return [...rows.values()];
}

describe.each(Object.entries(networks))('%s', (name, { launches, rows }) => {
  test('has the counts of its kernels', () => {
    const { valid } = importModel(readSource(`fixtures/${name}.yaml`));
    const program = buildProgram(valid, { precision: 'float64' });
    expect(stepCosts(program).launches).toEqual(launches);
    expect(rowsOf(program)).toEqual(rows);
  });

  test.skipIf(!canShim)('launches as much when it runs', async () => {
    // A small network has the launches of a large one.
    const source = readSource(`fixtures/${name}.yaml`);
    const { valid } = name.startsWith('model/')
      ? importModel(source, { set: { scale: '0.004' } })
      : importModel({ ...source, text: source.text.replace('N: 5000', 'N: 250') });
    const program = buildProgram(valid, { precision: 'float64' });
    let launched = 0;
    const engine = await shimTarget({ launched: () => (launched += 1) }).compile(program, { threads: 1 });
    const session = await engine.start();
    await session.initialise();
    launched = 0;
    expect(await runSteps(session, 64)).toBe(64);
    await session.dispose();
    expect(launched).toBe(launches.reduce((sum, every) => sum + 64 / every, 0));
  });
});
