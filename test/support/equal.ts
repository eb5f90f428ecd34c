/** Equality of large values. */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/**
 * Expects equality as `toEqual` does, which takes a minute for millions of numbers: it is called only after Node finds
 * a difference, to report it.
 */
export function expectEqual(found: unknown, expected: unknown, message?: string): void {
  if (!isDeepStrictEqual(found, expected)) expect(found, message).toEqual(expected);
}
