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
    ['3**0.5', 1.7320508075688772],
    ['2**-1', 0.5],
    ['10**-3', 0.001],
    ['2**17', 131072],
    ['exp(0) + log(1) + tanh(0)', 1],
    ['-7 // 2', -4],
    ['-7 % 4', 1],
    ['1 if n > 3 and not n == 8 else 2', 1],
  ])('%s = %d', (text, value) => {
    expect(constantValue(parseExpression(text), named)).toBe(value);
  });

  it.each([
    'unknown + 1',
    'uniform()',
    'normal(0, 1)',
    'nosuch(1)',
    'exp(1, 2)',
    'true',
    '1 if unknown else 2',
    'not 1',
  ])('%s has none', (text) => {
    expect(constantValue(parseExpression(text), named)).toBeUndefined();
  });
});
