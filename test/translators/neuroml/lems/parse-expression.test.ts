import { describe, expect, it } from 'vitest';
import { LangError } from '../../../../src/lang/lang-error.js';
import { printExpression } from '../../../../src/lang/print.js';
import { parseLemsExpression } from '../../../../translators/neuroml/lems/parse-expression.js';

const parsed = (text: string): string => printExpression(parseLemsExpression(text));

describe('expressions of LEMS in the common syntax', () => {
  it.each([
    // Arithmetic
    ['g * (erev - v)', 'g*(erev - v)'],
    ['a - b - c', 'a - b - c'],
    ['a - (b - c)', 'a - (b - c)'],
    ['a/b/c', 'a/b/c'],
    ['a*b/c', 'a*b/c'],
    ['-x^2', '-x**2'],
    ['a * -x', 'a*-x'],
    ['a * -x^2', 'a*(-x)**2'],
    ['a + -exp(x)^2 * b', 'a + (-exp(x))**2*b'],
    ['(-x^2) * a', '-x**2*a'],
    ['x^-2', 'x**-2'],
    ['(2^3)^2', '(2**3)**2'],
    ['lambda * in', 'lambda*in'],
    ['(a)', 'a'],
    // Numbers
    ['.5 + 1e-3 + 2.', '0.5 + 0.001 + 2.0'],
    ['1E+3*x', '1000.0*x'],
    ['rate-1', 'rate - 1'],
    ['size2e-1', 'size2e - 1'],
    // Conditions
    ['v .gt. thresh', 'v > thresh'],
    ['v .geq. 0. .and. t .lt. delay', 'v >= 0.0 and t < delay'],
    ['v .eq. 0.', 'v == 0.0'],
    ['x .gt. 1.and.y .lt. 2', 'x > 1 and y < 2'],
    ['v.gt.thresh', 'v > thresh'],
    ['a .neq. b .or. c .leq. d .and. e .gt. f', '(a != b or c <= d) and e > f'],
    ['a .gt. b .and. c .gt. d .or. e .gt. f', 'a > b and c > d or e > f'],
    ['(a .gt. b) .and. (c .gt. d)', 'a > b and c > d'],
    // Functions: log and ln are both natural
    ['exp(-v) + ln(x) + log(y)', 'exp(-v) + log(x) + log(y)'],
    ['sqrt(a) * abs(b) * ceil(c) * tanh(d)', 'sqrt(a)*abs(b)*ceil(c)*tanh(d)'],
    ['H(t - delay)', '0.5*(sign(t - delay) + 1)'],
    ['random(2)', '2*uniform()'],
    ['1 - random(1)', '1 - uniform()'],
    ['factorial(5)', '120.0'],
    ['  1\n  + 2\t', '1 + 2'],
  ])('%j is %s', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it('reads sums of a thousand terms', () => {
    const terms = Array.from({ length: 300 }, (_, index) => `x${index}`);
    expect(parsed(terms.join(' + '))).toBe(terms.join(' + '));
  });
});

describe('operators in an unusual order', () => {
  it.each([
    ['a .gt. b .or. c .gt. d  .and. e .gt. f', 'write (a .gt. b .or. c .gt. d) .and. e .gt. f'],
    ['b * -a ^ 2', 'write b * (-a) ^ 2'],
    ['(x .or. y .and. z) .or. w .and. v', 'write (((x .or. y) .and. z) .or. w) .and. v'],
    ['a .and. b .or. c', undefined],
    ['-a^2 + b', undefined],
  ])('%j: %s', (text, hint) => {
    const hints: (string | undefined)[] = [];
    parseLemsExpression(text, (finding) => hints.push(finding.hint));
    expect(hints).toEqual(hint === undefined ? [] : [hint]);
  });

  it('powers of powers are named with their text', () => {
    expect(() => parseLemsExpression('1 + a ^ 3 ^ 2')).toThrow(
      expect.objectContaining({ finding: expect.objectContaining({ found: 'a ^ 3 ^ 2' }) as unknown }) as Error,
    );
  });
});

describe('texts that are no expressions', () => {
  it.each([
    ['', 'lang/empty-expression', 0, 0],
    ['a +', 'lang/unexpected-end', 2, 3],
    ['a b', 'lang/expected-operator', 0, 3],
    ['(a', 'lang/unclosed-parenthesis', 0, 1],
    ['a)', 'lang/unopened-parenthesis', 1, 2],
    ['a^b^c', 'lems/syntax', 1, 4],
    ['x^-exp(y)^2', 'lems/syntax', 1, 10],
    ['exp()', 'lems/syntax', 0, 5],
    ['a > b', 'lems/syntax', 2, 3],
    ['a && b', 'lems/syntax', 2, 4],
    ['.not. a', 'lems/syntax', 0, 5],
    ['a .gtt. b', 'lems/syntax', 2, 7],
    ['sine(x)', 'lems/unknown-function', 0, 4],
    ['pow(x, 2)', 'lems/syntax', 5, 6],
    ['factorial(x)', 'lems/factorial', 0, 12],
    ['1e999', 'lang/number-out-of-range', 0, 5],
    ['a µ', 'lems/syntax', 2, 3],
  ])('%j: %s', (text, code, start, end) => {
    expect.assertions(2);
    try {
      parseLemsExpression(text);
    } catch (error) {
      expect((error as LangError).finding.code).toBe(code);
      expect((error as LangError).span).toMatchObject({ start, end });
    }
  });

  it.each(['(', '-', 'exp(', 'a + ('])('%j ten thousand times', (opening) => {
    expect(() => parseLemsExpression(opening.repeat(10_000))).toThrow(LangError);
  });

  it.each([
    ['a > b', 'write .gt.'],
    ['a == b', 'write .eq.'],
    ['a .gtt. b', 'did you mean .gt.?'],
    ['expp(x)', 'did you mean exp?'],
  ])('%j: %s', (text, hint) => {
    expect.assertions(1);
    try {
      parseLemsExpression(text);
    } catch (error) {
      expect((error as LangError).finding.hint).toBe(hint);
    }
  });
});
