import { describe, expect, test } from 'vitest';
import { parseExpression, parseStatements } from '../../src/lang/parse.js';
import { memoised } from '../../src/diagnostics/memoise.js';

describe('the result of a function of a text', () => {
  test('is worked out once for each text, but for long ones', () => {
    const asked: string[] = [];
    const lengthOf = memoised((text) => {
      asked.push(text);
      return { length: text.length };
    });
    const long = 'x'.repeat(5000);
    expect(
      [lengthOf('a'), lengthOf('bc'), lengthOf('a'), lengthOf(long), lengthOf(long)].map(({ length }) => length),
    ).toEqual([1, 2, 1, 5000, 5000]);
    expect(asked).toEqual(['a', 'bc', long, long]);
    expect(lengthOf('a')).toBe(lengthOf('a'));
  });

  test('is forgotten when there are many others', () => {
    let asked = 0;
    const same = memoised((text) => ({ text, asked: (asked += 1) }));
    for (let k = 0; k < 50_000; k += 1) expect(same(`${k}`).text).toBe(`${k}`);
    expect(same('0').asked).toBeGreaterThan(1);
  });

  test('a failure is thrown each time', () => {
    for (let k = 0; k < 2; k += 1) {
      expect(() => parseExpression('a +')).toThrow(/end/);
      expect(() => parseStatements('a +=')).toThrow();
    }
  });

  test('equal texts are one tree', () => {
    expect(parseExpression('a + 2 * b')).toBe(parseExpression('a + 2 * b'));
    expect(parseStatements('a += 1; b = 2')).toBe(parseStatements('a += 1; b = 2'));
  });
});
