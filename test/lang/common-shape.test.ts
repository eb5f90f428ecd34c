/** Expressions that differ only in numbers: their common shape, and their numbers. */

import { expect, it } from 'vitest';
import { commonShape } from '../../src/lang/common-shape.js';
import { foldConstants } from '../../src/lang/fold.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';

function shared(texts: readonly string[]): readonly [shape: string, ...values: (readonly number[])[]] | undefined {
  let count = 0;
  const common = commonShape(
    texts.map((text) => foldConstants(parseExpression(text))),
    () => `n${++count}`,
  );
  return common && [printExpression(common.shape), ...[...common.numbers.values()].map(({ values }) => values)];
}

it.each([
  [
    ['1*nA', '2*nA', '0*nA'],
    ['n1', [1e-9, 2e-9, 0]],
  ],
  [
    ['1*nA if t > 2*ms else 0*A', '3*nA if t > 2*ms else 0*A'],
    ['n1 if t > 0.002*s else 0*A', [1e-9, 3e-9]],
  ],
  // Numbers that change together have one name.
  [
    ['-1*nA*x + 1*nA*sin(2.5*t)', '-2*nA*x + 1*nA*sin(3.5*t)'],
    ['n1*x + 1e-9*A*sin(n2*t)', [-1e-9, -2e-9], [2.5, 3.5]],
  ],
  [
    ['normal(1*nA, 2*nA)/1.5', 'normal(3*nA, 2*nA)/1.5'],
    ['normal(n1, 2e-9*A)/1.5', [1e-9, 3e-9]],
  ],
  [['x + 1*nA', 'x + 1*nA'], ['x + 1e-9*A']],
] as const)('%j', (texts, expected) => {
  expect(shared(texts)).toEqual(expected);
});

it.each([
  ['another unit', ['1*nA', '1*ms']],
  ['another name', ['x*nA', 'y*nA']],
  ['another operator', ['x + 1*nA', 'x - 1*nA']],
  ['another power', ['x**2.5', 'x**3.5']],
  ['another whole number', ['2*x', '3*x']],
  ['more arguments', ['max(x, 1.5)', 'max(x, 1.5, y)']],
])('%s is more than a number', (_, texts) => {
  expect(shared(texts)).toBeUndefined();
});
