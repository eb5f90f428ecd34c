/** Comparisons and choices in statements of LEMS, which has no choice there: sums with factors by its step function. */

import { describe, expect, test } from 'vitest';
import { dimensionless } from '../../../../../src/lang/ast.js';
import { evaluate } from '../../../../../src/lang/evaluate.js';
import { parseExpression } from '../../../../../src/lang/parse.js';
import { Dimensions } from '../../../../../translators/neuroml/export/text/dimensions.js';
import { TypeBuilder } from '../../../../../translators/neuroml/export/type-builder.js';
import { parseLemsExpression } from '../../../../../translators/neuroml/lems/parse-expression.js';

function written(text: string): string {
  const builder = new TypeBuilder(new Dimensions(), 1e-4);
  for (const name of ['x', 'y']) builder.state(name, dimensionless);
  return builder.text(parseExpression(text), 'statement');
}

/** LEMS's `H`: 1 above zero, 0 below it, and a half at it. */
const functions = (name: string, [x = 0]: readonly number[]): number | undefined =>
  name === 'H' ? 0.5 * (Math.sign(x) + 1) : undefined;

const values = [
  [1, 2],
  [2, 1],
  [-1.5, -1.5],
  [0, 0],
  [-3, 0],
  [0, -3],
] as const;

describe.each([
  ['int(x >= y)', 'ceil(H(x - y))', (x: number, y: number) => Number(x >= y)],
  ['int(x <= y)', 'ceil(H(y - x))', (x: number, y: number) => Number(x <= y)],
  ['int(x > y)', '(1 - ceil(H(y - x)))', (x: number, y: number) => Number(x > y)],
  ['int(x < y)', '(1 - ceil(H(x - y)))', (x: number, y: number) => Number(x < y)],
  ['int(x == y)', '(1 - abs(2 * H(x - y) - 1))', (x: number, y: number) => Number(x === y)],
  ['int(x != y)', 'abs(2 * H(x - y) - 1)', (x: number, y: number) => Number(x !== y)],
  ['max(x, 0)', 'H(x) * x', (x: number) => Math.max(x, 0)],
  ['min(x, y)', 'H(y - x) * x + (1 - H(y - x)) * y', (x: number, y: number) => Math.min(x, y)],
  ['x if x >= y else y', 'H(x - y) * x + (1 - H(x - y)) * y', (x: number, y: number) => Math.max(x, y)],
  ['y if x >= y else x', 'H(x - y) * y + (1 - H(x - y)) * x', (x: number, y: number) => Math.min(x, y)],
  [
    'x if x > y else 2*y',
    '(1 - ceil(H(y - x))) * x + ceil(H(y - x)) * (2 * y)',
    (x: number, y: number) => (x > y ? x : 2 * y),
  ],
  ['int(x > 0 and y > 0)', '((1 - ceil(H(-x))) * (1 - ceil(H(-y))))', (x: number, y: number) => Number(x > 0 && y > 0)],
  ['int(x > 0 or y > 0)', '(1 - ceil(H(-x)) * ceil(H(-y)))', (x: number, y: number) => Number(x > 0 || y > 0)],
  ['int(not (x > 0 or y > 0))', '(ceil(H(-x)) * ceil(H(-y)))', (x: number, y: number) => Number(!(x > 0 || y > 0))],
  [
    'int(not (x > 0 and y > 0))',
    '(1 - (1 - ceil(H(-x))) * (1 - ceil(H(-y))))',
    (x: number, y: number) => Number(!(x > 0 && y > 0)),
  ],
])('%s', (text, expected, value) => {
  test('in terms of LEMS', () => {
    expect(written(text)).toBe(expected);
  });
  test.each(values)('of %d and %d', (x, y) => {
    const read = parseLemsExpression(written(text));
    expect(evaluate(read, (name) => (name === 'x' ? x : y), functions) + 0).toBe(value(x, y) + 0);
  });
});
