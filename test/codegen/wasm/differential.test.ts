/** The wasm target against the reference interpreter, bit for bit. */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../../src/ir/check.js';
import { referenceTarget } from '../../../runtime/targets/reference/target.js';
import { wasmTarget } from '../../../runtime/targets/wasm/target.js';
import { cuba, delays } from '../../runtime/targets/wasm/programs.js';
import { differences, results } from './compare.js';
import { randomProgram } from './random-program.js';

describe('random programs give the bits of the reference interpreter', () => {
  test('on lanes, one item after another, and on two threads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 - 1 }), async (seed) => {
        const scalar = randomProgram(seed, 12, false);
        const lanes = randomProgram(seed, 12, true);
        expect(checkProgram(scalar)).toEqual([]);
        const expected = await results(referenceTarget, scalar, 2, 1);
        expect(differences(await results(wasmTarget, scalar, 2, 1), expected)).toEqual([]);
        expect(differences(await results(wasmTarget, lanes, 2, 1), expected)).toEqual([]);
        expect(differences(await results(wasmTarget, lanes, 2, 2), expected)).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});

describe('a network gives the bits of the reference interpreter', () => {
  test.each([
    { order: 'byTarget', threads: 1 },
    { order: 'byTarget', threads: 2 },
    { order: 'any', threads: 2 },
    { order: 'sequential', threads: 2 },
  ] as const)('$order, $threads threads', async ({ order, threads }) => {
    const source = cuba({ size: 500, rowLength: 10, delay: 3, lanes: true, order });
    const expected = await results(referenceTarget, source, 300, 1);
    expect(expected.get('cursor')).not.toBe('00000000');
    expect(differences(await results(wasmTarget, source, 300, threads), expected)).toEqual([]);
  });
});

describe('propagation with several delays gives the bits of the reference interpreter', () => {
  const orders = ['any', 'byTarget', 'byRow', 'sequential'] as const;
  test.each(orders.flatMap((order) => [1, 2].map((threads) => ({ order, threads }))))(
    '$order, $threads threads',
    async ({ order, threads }) => {
      const source = delays(order);
      expect(checkProgram(source)).toEqual([]);
      expect(
        differences(await results(wasmTarget, source, 60, threads), await results(referenceTarget, source, 60, 1)),
      ).toEqual([]);
    },
  );
});
