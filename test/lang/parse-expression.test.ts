import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { namesIn } from '../../src/lang/walk.js';
import { texts } from './arbitrary.js';
import { grouped, refusals } from './support.js';

describe('grouping, as in Python', () => {
  it.each([
    ['a + b*c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ['a/b*c//d%e', '((((a / b) * c) // d) % e)'],
    ['a**b**c', '(a ** (b ** c))'],
    ['-a**b', '(- (a ** b))'],
    ['a**-b', '(a ** (- b))'],
    ['-a*b', '((- a) * b)'],
    ['--a', '(- (- a))'],
    ['a*+b', '(a * (+ b))'],
    ['not a and b or c', '(((not a) and b) or c)'],
    ['a or b and not c', '(a or (b and (not c)))'],
    ['not a < b', '(not (a < b))'],
    ['a + b < c * d', '((a + b) < (c * d))'],
    ['(a < b) == c', '((a < b) == c)'],
    ['a if b else c if d else e', '(a if b else (c if d else e))'],
    ['a + b if b > c and d else -c', '((a + b) if ((b > c) and d) else (- c))'],
    ['(a if b else c)*d', '((a if b else c) * d)'],
    ['f(a, b + c, g())', 'f(a, (b + c), g())'],
    ['f(a,)', 'f(a)'],
    ['pre.v - post.g_e', '(pre.v - post.g_e)'],
    ['pop.sub.x', 'pop.sub.x'],
    ['True and not False', '(True and (not False))'],
    ['a\n + # a comment with ( and "\n b', '(a + b)'],
    ['1e3+.5+5.+1.5E-3', '(((1e3 + .5) + 5.) + 1.5E-3)'],
  ])('%s', (text, expected) => {
    expect(grouped(parseExpression(text))).toBe(expected);
  });
});

describe('literals', () => {
  it.each([
    ['3', 3, true],
    ['0', 0, true],
    ['007', 7, true],
    ['3.0', 3, false],
    ['3.', 3, false],
    ['.5', 0.5, false],
    ['1e3', 1000, false],
    ['9007199254740993', 9007199254740992, false],
  ])('%s is %d, an integer: %s', (text, value, integer) => {
    expect(parseExpression(text)).toMatchObject({ kind: 'number', value, integer, text });
  });
});

describe('spans', () => {
  it('cover each part, with its parentheses', () => {
    const text = ' (a + b) * exp( c )';
    const e = parseExpression(text);
    const marked = (span: { start: number; end: number }): string => text.slice(span.start, span.end);
    if (e.kind !== 'binary' || e.left.kind !== 'binary') throw new Error('not a product of a sum');
    expect([e, e.left, e.left.right, e.right].map((part) => marked(part.span))).toEqual([
      '(a + b) * exp( c )',
      '(a + b)',
      'b',
      'exp( c )',
    ]);
  });
});

describe('refused', () => {
  it.each([
    ['', 'lang/empty-expression @ '],
    ['  # nothing', 'lang/empty-expression @   # nothing'],
    ['()', 'lang/empty-expression @ ()'],
    ['a +', 'lang/unexpected-end @ +'],
    ['(a + b', 'lang/unclosed-parenthesis @ ('],
    ['f(a, b', 'lang/unclosed-parenthesis @ ('],
    ['a + b)', 'lang/unopened-parenthesis @ )'],
    [')', 'lang/unopened-parenthesis @ )'],
    ['a * / b', 'lang/expected-operand @ /'],
    ['a and or b', 'lang/expected-operand @ or'],
    ['2 mV', 'lang/expected-operator @ 2 mV'],
    ['2mV', 'lang/bad-number @ 2mV'],
    ['0x10', 'lang/bad-number @ 0x10'],
    ['1_000', 'lang/bad-number @ 1_000'],
    ['1.2.3', 'lang/bad-number @ 1.2.3'],
    ['1e400', 'lang/number-out-of-range @ 1e400'],
    ['2*1e-400', 'lang/number-out-of-range @ 1e-400'],
    // The least double is 4.94e-324: numbers nearer to it than to 0 have lost their only digit.
    ['3e-324', 'lang/number-out-of-range @ 3e-324'],
    ['1.23456e-320', 'lang/number-out-of-range @ 1.23456e-320'],
    ['1'.repeat(1001), `lang/number-too-long @ ${'1'.repeat(1001)}`],
    ['a[0]', 'lang/indexing @ ['],
    ['[a, b]', 'lang/list @ ['],
    ['{a}', 'lang/list @ {'],
    ['(a, b)', 'lang/tuple @ ,'],
    ['a, b', 'lang/tuple @ ,'],
    ['f(a).b', 'lang/attribute @ .'],
    ['(a).b', 'lang/attribute @ .'],
    ['np.exp(a)', 'lang/not-callable @ np.exp'],
    ['(a)(b)', 'lang/not-callable @ ('],
    ['2(a)', 'lang/not-callable @ ('],
    ['lambda x: x', 'lang/lambda @ lambda'],
    ['"a"', 'lang/string @ "'],
    ["f('a')", "lang/string @ '"],
    ['f(x=1)', 'lang/keyword-argument @ x='],
    ['a & b', 'lang/bit-operator @ &'],
    ['a && b', 'lang/bit-operator @ &&'],
    ['a || b', 'lang/bit-operator @ ||'],
    ['a ^ 2', 'lang/bit-operator @ ^'],
    ['~a', 'lang/bit-operator @ ~'],
    ['!a', 'lang/bit-operator @ !'],
    ['a << 2', 'lang/bit-operator @ <<'],
    ['a = b', 'lang/assignment-in-expression @ ='],
    ['a < b < c', 'lang/chained-comparison @ a < b <'],
    ['a == b != c', 'lang/chained-comparison @ a == b !='],
    ['a is b', 'lang/keyword @ is'],
    ['None', 'lang/keyword @ None'],
    ['pre.for', 'lang/keyword @ pre.for'],
    ['a if b', 'lang/else-missing @ if'],
    ['a == not b', 'lang/not-in-operand @ not'],
    ['- not a', 'lang/not-in-operand @ not'],
    ['a @ b', 'lang/unexpected @ @'],
    ['a; b', 'lang/unexpected @ ;'],
    ['a − b', 'lang/non-ascii @ −'],
    ['µ', 'lang/non-ascii @ µ'],
    ['a + 😀', 'lang/non-ascii @ 😀'],
    ['a + \u0001', 'lang/unexpected-character @ \u0001'],
  ])('%s', (text, expected) => {
    expect(refusals(parseExpression, text)).toEqual([expected]);
  });

  it.each([
    ['a && b', 'write and'],
    ['a ^ b', 'write ** for a power'],
    ['2mV', 'write 2*mV'],
    ['a − b', 'write -'],
    ['a ≤ b', 'write <='],
    ['τ', 'write tau'],
    ['a = b', 'write == for equality'],
  ])('%s with a hint', (text, hint) => {
    try {
      parseExpression(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LangError);
      if (error instanceof LangError) expect(error.finding.hint).toBe(hint);
    }
  });
});

describe('size', () => {
  const codes = (text: string): string[] =>
    refusals(parseExpression, text).map((refusal) => refusal.split(' ')[0] ?? '');

  it('takes 1400 terms and 400 parentheses', () => {
    expect(codes(Array.from({ length: 1400 }, () => 'v').join(' + '))).toEqual([]);
    expect(codes(`${'('.repeat(400)}v${')'.repeat(400)}`)).toEqual([]);
  });

  it('takes 10^5 characters that are no deep tree', () => {
    const balanced = (depth: number): string =>
      depth === 0 ? 'v_1' : `(${balanced(depth - 1)} + ${balanced(depth - 1)})`;
    const text = balanced(14);
    expect(text.length).toBeGreaterThan(1e5);
    expect([...namesIn(parseExpression(text))]).toEqual(['v_1']);
  });

  it.each([
    ['a sum', `${'a + '.repeat(25_000)}a`],
    ['parentheses', '('.repeat(100_000)],
    ['signs', `${'-'.repeat(100_000)}a`],
    ['not', `${'not '.repeat(25_000)}a`],
    ['powers', `${'a**'.repeat(33_000)}a`],
    ['choices', `${'a if b else '.repeat(8_000)}a`],
    ['calls', 'f('.repeat(50_000)],
  ])('refuses %s of 10^5 characters', (_, text) => {
    expect(codes(text)).toEqual(['lang/too-deep']);
  });

  it('refuses more than 10^6 characters', () => {
    expect(codes('a'.repeat(1_000_001))).toEqual(['lang/too-long']);
  });
});

it('any text parses or is refused with a code and a place within it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseExpression(text);
      } catch (error) {
        if (!(error instanceof LangError)) throw error;
        expect(error.finding.code).toMatch(/^lang\/[a-z-]+$/);
        expect(error.span.start).toBeGreaterThanOrEqual(0);
        expect(error.span.end).toBeGreaterThanOrEqual(error.span.start);
        expect(error.span.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 2000 },
  );
});
