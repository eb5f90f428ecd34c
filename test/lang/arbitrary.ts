import { fc } from '../support/property.js';
import type { Expression } from '../../src/lang/ast.js';
import { binary, boolean, call, conditional, integer, name, number, unary } from '../../src/lang/build.js';

const names = ['v', 'w', 'tau', 'pre.v', 'post.g_e', 'x_1', 'ge'];
const arithmetic = ['+', '-', '*', '/', '//', '%', '**'] as const;
const comparisons = ['<', '<=', '>', '>=', '==', '!='] as const;

const literal = fc.oneof(
  fc.nat(1000).map((value) => integer(value)),
  fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => number(value + 0)),
  fc.nat(20).map((value) => number(value)),
);

/** Any tree that a text can parse to, whether its types make sense or not. */
export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    literal,
    fc.constantFrom(...names).map((text) => name(text)),
    fc.boolean().map((value) => boolean(value)),
    fc
      .tuple(fc.constantFrom('-' as const, '+' as const, 'not' as const), tie('tree'))
      .map(([operator, operand]) => unary(operator, operand)),
    fc
      .tuple(fc.constantFrom(...arithmetic, ...comparisons, 'and' as const, 'or' as const), tie('tree'), tie('tree'))
      .map(([operator, left, right]) => binary(operator, left, right)),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([condition, a, b]) => conditional(condition, a, b)),
    fc
      .tuple(fc.constantFrom('exp', 'clip', 'f'), fc.array(tie('tree'), { maxLength: 3 }))
      .map(([f, parts]) => call(f, parts)),
  ),
})).tree;

/** Trees of numbers: literals of moderate size, the variables v and w, sums, products, quotients and choices. */
export const numericExpressions: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.nat(9).map((value) => integer(value)),
    fc.integer({ min: 1, max: 999 }).map((value) => number(value / 100)),
    fc.constantFrom('v', 'w').map((text) => name(text)),
    tie('tree').map((operand) => unary('-', operand)),
    fc
      .tuple(fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const), tie('tree'), tie('tree'))
      .map(([operator, left, right]) => binary(operator, left, right)),
    fc
      .tuple(fc.constantFrom('<' as const, '>=' as const), tie('tree'), tie('tree'), tie('tree'))
      .map(([operator, a, b, c]) => conditional(binary(operator, a, b), b, c)),
  ),
})).tree;

const words = [
  ...names,
  '1',
  '0.5',
  '1e-3',
  '1e400',
  '2mV',
  ' ',
  ' ',
  '\n',
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '**',
  '<',
  '<=',
  '==',
  '!=',
  '(',
  ')',
  '(',
  ')',
  ',',
  '=',
  '+=',
  'not ',
  ' and ',
  ' or ',
  ' if ',
  ' else ',
  'True',
  'lambda',
  'send(',
  ':',
  ';',
  '#',
  '[',
  ']',
  '.',
  '"',
  'µ',
  '−',
  '&&',
  'dv/dt',
  'volt',
  '\u0000',
  '😀',
];

/** Text that looks like the language, and text that does not. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);
