/** Code as text with other code in place of names. */

import { parseExpression } from '../lang/parse.js';
import { printExpression } from '../lang/print.js';
import { substitute } from '../lang/walk.js';

/** Returns an expression with expressions in place of names. */
export const replaced = (text: string, by: Readonly<Record<string, string>>): string =>
  printExpression(
    substitute(parseExpression(text), new Map(Object.entries(by).map(([name, one]) => [name, parseExpression(one)]))),
  );
