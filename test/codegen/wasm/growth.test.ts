/** Generated WebAssembly has one function for many equal kernels, with the bits of the interpreter. */

import { describe, expect, test } from 'vitest';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import { askedEffort } from '../../support/effort.js';
import { ring } from '../../support/ring.js';
import { lowered, simulate } from '../../support/simulate.js';

const functionsOf = (count: number): number =>
  [...generateWasm(lowered(ring(count)).program, { parallel: true }).text.matchAll(/\(func /g)].length;

describe('a ring of populations', () => {
  test('does not grow with the number of populations', () => {
    expect(functionsOf(100)).toBe(functionsOf(80));
  });

  test.skipIf(askedEffort !== 'thorough')(
    'gives the same bits on one and two threads and on the interpreter: npm run test:thorough runs it',
    async () => {
      const { fingerprint } = await simulate(ring(70), {
        steps: 20,
        engines: [
          { target: 'reference', threads: 1 },
          { target: 'wasm', threads: 1 },
          { target: 'wasm', threads: 2 },
        ],
      });
      expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    },
  );
});
