/** Lists of calls as loops. */

import { describe, expect, test } from 'vitest';
import { repeatsOf } from '../../../src/codegen/schedule/repeats.js';

/** `2(ab)` for two turns of a and b. */
function text(list: string): string {
  const keys = [...list];
  return repeatsOf(keys)
    .map(({ first, period, times }) => {
      const once = keys.slice(first, first + period).join('');
      return times === 1 ? once : `${times}(${once})`;
    })
    .join(' ');
}

describe('repeats', () => {
  test.each([
    ['', ''],
    ['a', 'a'],
    ['abc', 'a b c'],
    ['aaa', '3(a)'],
    ['abbbc', 'a 3(b) c'],
    ['ababab', '3(ab)'],
    // The longest run first, then the rest.
    ['abababa', '3(ab) a'],
    ['aabaab', '2(aab)'],
    ['aabb', '2(a) 2(b)'],
    // The shortest period of equal runs.
    ['aaaa', '4(a)'],
  ])('of %j: %s', (list, expected) => {
    expect(text(list)).toBe(expected);
  });

  test('of a hundred calls of one kind are as many as of two', () => {
    expect(repeatsOf(Array.from({ length: 100 }, () => 'a'))).toEqual([{ first: 0, period: 1, times: 100 }]);
    expect(repeatsOf(['a', 'a'])).toEqual([{ first: 0, period: 1, times: 2 }]);
  });

  test('hold every entry once, in order', () => {
    const keys = [...'abcabcaabbccddeeabcabcabc'];
    const back = repeatsOf(keys).flatMap(({ first, period, times }) => keys.slice(first, first + period * times));
    expect(back).toEqual(keys);
  });
});
