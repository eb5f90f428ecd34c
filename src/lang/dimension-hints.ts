/** Possible causes of a dimension mismatch: mistakes in the definitions of names, or a missing factor. */

import type { Dimension, Expression } from './ast.js';
import {
  dimensionText,
  divideDimensions,
  equalDimensions,
  hasNamedUnit,
  isDimensionless,
  multiplyDimensions,
  powerDimension,
  second,
} from './dimension.js';
import type { Scope, Related, Inferred } from './inferred.js';
import { constantExponent } from './units.js';
import { printExpression } from './print.js';

/** More suspects than these explain no mistake. */
const mostSuspects = 2;

/** A name that would make an expression fit if it had another unit. */
interface Suspect {
  readonly name: string;
  readonly found: Dimension;
  readonly needed: Dimension;
  readonly definition: string;
  readonly given: boolean;
}

/** Returns the likeliest suspects: given quantities before variables, and missing units before superfluous ones. */
export function likeliest(all: readonly Suspect[]): readonly Suspect[] {
  const given = all.filter((suspect) => suspect.given);
  const plain = given.filter(({ needed }) => !isDimensionless(needed));
  return (plain.length > 0 ? plain : given.length > 0 ? given : all).slice(0, mostSuspects);
}

/**
 * Returns the factors of an expression that would make it fit with another named unit: given quantities before
 * variables.
 *
 * @param factor the missing factor of the expression
 */
export function suspects(e: Expression, factor: Dimension, scope: Scope): readonly Suspect[] {
  const suspectList: Suspect[] = [];
  const seen = new Set<string>();
  let open = mostFactors;
  const search = (part: Expression, power: number): void => {
    if (open-- <= 0 || power === 0) return;
    if (part.kind === 'unary' && part.operator !== 'not') search(part.operand, power);
    else if (part.kind === 'binary' && (part.operator === '*' || part.operator === '/')) {
      search(part.left, power);
      search(part.right, part.operator === '*' ? power : -power);
    } else if (part.kind === 'binary' && part.operator === '**')
      search(part.left, power * (constantExponent(part.right) ?? 0));
    else if (part.kind === 'name' && !seen.has(part.name)) {
      seen.add(part.name);
      const symbol = scope.lookup(part.name);
      if (symbol?.definition === undefined || symbol.type === 'boolean') return;
      const needed = multiplyDimensions(symbol.dimension, powerDimension(factor, 1 / power));
      if (!hasNamedUnit(needed)) return;
      const { definition, given = false, dimension } = symbol;
      suspectList.push({ name: part.name, found: dimension, needed, definition, given });
    }
  };
  search(e, 1);
  return likeliest(suspectList);
}

/** Factors that are looked at in one expression. */
const mostFactors = 100;

/** Which changed definitions would make dimensions match; undefined for none. */
export function slipHint(slips: readonly Suspect[]): string | undefined {
  if (slips.length === 0) return undefined;
  const ways = slips.map(
    ({ name, found, needed }) =>
      `${name} ${isDimensionless(needed) ? 'had no unit' : `were in ${dimensionText(needed)}`} (it ` +
      `${isDimensionless(found) ? 'has no unit' : `is in ${dimensionText(found)}`})`,
  );
  return `this would match if ${ways.join(', or if ')}`;
}

/** Where a name that may be defined wrongly is defined. */
export const definitionOf = ({ name, found, definition }: Suspect): Related => ({
  message: `${name} is defined here, ${isDimensionless(found) ? 'without a unit' : `in ${dimensionText(found)}`}`,
  definition,
});

/** Returns a number with its missing unit; undefined for other expressions, and for numbers without a unit. */
export function bareNumberHint(e: Expression, expected: Dimension): string | undefined {
  const number = e.kind === 'unary' && e.operator === '-' ? e.operand : e;
  if (number.kind !== 'number' || isDimensionless(expected)) return undefined;
  const value = number === e ? number.value : -number.value;
  const text = printExpression({ kind: 'quantity', value, dimension: expected, span: e.span });
  return value === 0
    ? `zero needs a unit: write ${text}`
    : `${value} needs a unit: ${dimensionText(expected)}, or one with a prefix`;
}

/** How to make a value fit, when the difference is a unit that the field often leaves out. */
export function dimensionHint(e: Expression, expected: Dimension, found: Inferred): string | undefined {
  const bare = bareNumberHint(e, expected);
  if (bare !== undefined) return bare;
  const factor = divideDimensions(expected, found.dimension);
  if (isDimensionless(found.dimension)) return `give it a unit, ${dimensionText(factor)}`;
  if (isDimensionless(expected)) return `divide it by a value in ${dimensionText(found.dimension)}`;
  const inverse = divideDimensions(found.dimension, expected);
  const isTime = equalDimensions(inverse, second);
  return isTime || (hasNamedUnit(inverse) && !hasNamedUnit(factor))
    ? `divide it by a value in ${dimensionText(inverse)}`
    : `multiply it by a value in ${dimensionText(factor)}`;
}

/** Whether an expression is the literal 0, which has every dimension. */
export function isLiteralZero(e: Expression): boolean {
  if (e.kind === 'unary' && e.operator !== 'not') return isLiteralZero(e.operand);
  return e.kind === 'number' && e.value === 0;
}
