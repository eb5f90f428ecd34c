/**
 * The c target against the reference interpreter, bit for bit: every operation of the IR at the edges of its type, and
 * every kernel shape.
 */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import type { Target } from '../../../runtime/targets/target.js';
import { checkProgram } from '../../../src/ir/check.js';
import type { Program, TypedArray } from '../../../src/ir/program.js';
import { cacheFolder, clang, gcc, linksOpenMp, reasonOf } from '../../runtime/targets/c/compilers.js';
import { cuba, delays } from '../../runtime/targets/wasm/programs.js';
import { randomProgram } from '../wasm/random-program.js';
import { runSteps } from '../../support/run-steps.js';
import { someOf } from '../../support/effort.js';

const cacheDirectory = cacheFolder();
const hex = (data: TypedArray): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

/** The bytes of every buffer after some steps. */
async function results(target: Target, source: Program, steps: number, threads = 1): Promise<Map<string, string>> {
  const session = await (await target.compile(source, { threads, cacheDirectory })).start();
  try {
    await session.initialise();
    await runSteps(session, steps);
    const buffers = await Promise.all(
      source.buffers.map(async ({ name }): Promise<[string, string]> => [name, hex(await session.read(name))]),
    );
    return new Map(buffers);
  } finally {
    await session.dispose();
  }
}

/** Names of the buffers that differ. */
function differences(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  return [...expected.keys()].filter((name) => found.get(name) !== expected.get(name));
}

/** Seeds of the random programs: others can be tried by hand, the listed ones stay. */
const seeds = fc.sample(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { numRuns: 4, seed: 20240611 });

const compilers = [
  { name: 'gcc', compiler: gcc },
  { name: 'clang', compiler: clang },
] as const;

for (const { name, compiler } of compilers) {
  describe.skipIf(compiler === undefined)(
    `random programs compiled by ${name} give the bits of the reference${reasonOf(compiler, name)}`,
    () => {
      test.each(
        someOf(
          seeds.flatMap((seed) => (['-O0', '-O3'] as const).map((level) => ({ seed, level }))),
          3,
          'programs',
        ),
      )('seed $seed, $level', async ({ seed, level }) => {
        if (compiler === undefined) return;
        const target = cTargetWith({ compiler, level });
        for (const lanes of [false, true]) {
          const source = randomProgram(seed, 12, lanes);
          expect(checkProgram(source)).toEqual([]);
          expect(differences(await results(target, source, 2), await results(referenceTarget, source, 2))).toEqual([]);
        }
      });
    },
  );
}

const parallel = await linksOpenMp(gcc);
const target = cTargetWith({ ...(gcc === undefined ? {} : { compiler: gcc }), available: 3 });

describe.skipIf(!parallel)(
  `networks on threads give the bits of the reference${parallel ? '' : ' (skipped: no gcc with OpenMP)'}`,
  () => {
    test.each([
      { order: 'byTarget', threads: 1 },
      { order: 'byTarget', threads: 3 },
      { order: 'any', threads: 2 },
      { order: 'any', threads: 3 },
      { order: 'sequential', threads: 2 },
    ] as const)('spikes along synapses of one delay, $order, $threads threads', async ({ order, threads }) => {
      const source = cuba({ size: 500, rowLength: 10, delay: 3, lanes: true, order });
      const expected = await results(referenceTarget, source, 300);
      // There are spikes.
      expect(expected.get('cursor')).not.toBe('00000000');
      expect(differences(await results(target, source, 300, threads), expected)).toEqual([]);
    });

    const orders = ['any', 'byTarget', 'byRow', 'sequential'] as const;
    test.each(
      someOf(
        orders.flatMap((order) => [1, 3].map((threads) => ({ order, threads }))),
        3,
        'orders',
      ),
    )('synapses of four delays, $order, $threads threads', async ({ order, threads }) => {
      const source = delays(order);
      expect(
        differences(await results(target, source, 60, threads), await results(referenceTarget, source, 60)),
      ).toEqual([]);
    });

    test('random programs on three threads', async () => {
      for (const seed of seeds) {
        const source = randomProgram(seed, 12, true);
        expect(differences(await results(target, source, 2, 3), await results(referenceTarget, source, 2))).toEqual([]);
      }
    });
  },
);
