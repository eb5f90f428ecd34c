import { expect, it } from 'vitest';
import { InvariantError } from '../../src/diagnostics/diagnostic.js';
import { entryOf, itemAt } from '../../src/diagnostics/entry.js';

it('gives items and entries, and refuses those that are not there', () => {
  expect(itemAt(['a', ''], 1)).toBe('');
  expect(itemAt(Float64Array.of(0, 2), 0)).toBe(0);
  expect(entryOf(new Map([['a', 0]]), 'a')).toBe(0);
  for (const index of [-1, 2, 0.5]) expect(() => itemAt([1, 2], index)).toThrow(InvariantError);
  expect(() => entryOf(new Map([['a', 0]]), 'b')).toThrow(InvariantError);
});
