import { expect, test } from 'vitest';
import { operandsOf } from '../../src/lang/addends.js';
import { parseExpression } from '../../src/lang/parse.js';
import { printExpression } from '../../src/lang/print.js';

test.each([
  ['a and (b and c) and d', 'and', ['a', 'b', 'c', 'd']],
  ['a and b or c', 'and', ['a and b or c']],
  ['a and b or c', 'or', ['a and b', 'c']],
  ['a*b/c', '*', ['a*b/c']],
  ['a*(b*c)', '*', ['a', 'b', 'c']],
] as const)('%s by %s', (text, operator, parts) => {
  expect(operandsOf(parseExpression(text), operator).map((part) => printExpression(part))).toEqual(parts);
});
