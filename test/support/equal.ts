/** Equality of large values. */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/**
 * Expects what `toEqual` does, which takes a minute for millions of numbers: it is asked only where Node finds a
 * difference, and to tell what it is.
 */
export function expectEqual(found: unknown, expected: unknown, message?: string): void {
  if (!isDeepStrictEqual(found, expected)) expect(found, message).toEqual(expected);
}
