import { describe, expect, it } from 'vitest';
import { constantValue } from '../../src/lang/constant-value.js';
import { parseExpression } from '../../src/lang/parse.js';

const named = (name: string): number | undefined => ({ n: 7, tau: 0.02 })[name];

describe('the value of a constant expression', () => {
  it.each([
    ['2 + 3*4', 14],
    ['-(2 - 5)', 3],
    ['1/4', 0.25],
    ['3**4', 81],
    ['2**-3', 0.125],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['round(2.5)', 2],
    ['round(3.5)', 4],
    ['round(-2.5)', -2],
    ['sqrt(2)', Math.sqrt(2)],
    ['min(3, ceil(1.2))', 2],
    ['int(-1.5)', -1],
    ['n*tau', 7 * 0.02],
  ])('%s = %d', (text, value) => {
    expect(constantValue(parseExpression(text), named)).toBe(value);
  });

  it.each(['exp(1)', 'sin(0.5)', 'unknown + 1', 'uniform()', '2**0.5', '2**17', 'true', '1 if n > 3 else 2', 'not 1'])(
    '%s has none',
    (text) => {
      expect(constantValue(parseExpression(text), named)).toBeUndefined();
    },
  );
});
