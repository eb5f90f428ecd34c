import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { quantity } from '../../src/lang/build.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';
import { equalExpressions } from '../../src/lang/walk.js';
import { expressions } from './arbitrary.js';

describe('one spelling, the fewest parentheses', () => {
  it.each([
    ['((a)+(b*c))', 'a + b*c'],
    ['(a+b)*c', '(a + b)*c'],
    ['a-(b-c)', 'a - (b - c)'],
    ['(a-b)-c', 'a - b - c'],
    ['a/(b*c)', 'a/(b*c)'],
    ['(a**b)**c', '(a**b)**c'],
    ['a**(b**c)', 'a**b**c'],
    ['(-a)**b', '(-a)**b'],
    ['-(a**b)', '-a**b'],
    ['-(a*b)', '-(a*b)'],
    ['(-a)*b', '-a*b'],
    ['a*(-b)', 'a*-b'],
    ['a - (-b)', 'a - -b'],
    ['a**(-b)', 'a**-b'],
    ['not (a<b)', 'not a < b'],
    ['(not a) == b', '(not a) == b'],
    ['(a<b)==(c<d)', '(a < b) == (c < d)'],
    ['(a or b) and c', '(a or b) and c'],
    ['a or (b or c)', 'a or (b or c)'],
    ['(a if b else c) + d', '(a if b else c) + d'],
    ['(a if b else c) if d else (e if f else g)', '(a if b else c) if d else e if f else g'],
    ['f( a,b if c else d )', 'f(a, b if c else d)'],
    ['1.50e3', '1500.0'],
    ['1.0', '1.0'],
    ['007', '7'],
    ['.5', '0.5'],
    ['1e20', '100000000000000000000.0'],
    ['1e21', '1e21'],
    ['1e22', '1e22'],
    ['1.5E-7', '1.5e-7'],
    ['0.000001', '0.000001'],
    ['0.0', '0.0'],
    ['0', '0'],
    ['0.1234567890123456789', '0.1234567890123456789'],
  ])('%s', (text, expected) => {
    expect(printExpression(parseExpression(text))).toBe(expected);
  });
});

describe('quantities', () => {
  const volt = [2, 1, -3, -1, 0, 0, 0] as const;
  it.each([
    [0.02, volt, '0.02*V'],
    [-0.07, volt, '-0.07*V'],
    [2, volt, '2*V'],
    [2e-8, [-2, -1, 3, 2, 0, 0, 0] as const, '2e-8*S'],
    [2, [2, 1, -4, -1, 0, 0, 0] as const, '2*V*s**-1'],
    [3, [0, 0, 0, 0, 0, 0, 0] as const, '3.0'],
  ])('%d', (value, dimension, expected) => {
    expect(printExpression(quantity(value, dimension))).toBe(expected);
  });

  it('take long unit names if the short ones are variables', () => {
    const taken = (name: string): boolean => name === 'm' || name === 'V';
    expect(printExpression(quantity(2, [-2, 0, 0, 1, 0, 0, 0]), { taken })).toBe('2*A*meter**-2');
    expect(printExpression(quantity(2, volt), { taken })).toBe('2*volt');
  });
});

describe('printing and parsing', () => {
  it('gives the same tree', () => {
    fc.assert(
      fc.property(expressions, (e) => {
        const text = printExpression(e);
        const again = parseExpression(text);
        expect(equalExpressions(again, e), text).toBe(true);
        expect(printExpression(again)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
