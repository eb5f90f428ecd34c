/** Gives units to values that were computed as plain numbers in SI. */

import { dimensionless, type Dimension, type Expression } from '../../lang/ast.js';
import { binary, product, quantity } from '../../lang/build.js';
import { inferType } from '../../lang/check.js';
import { divideDimensions, isDimensionless, metre, multiplyDimensions } from '../../lang/dimension.js';
import type { Scope } from '../../lang/inferred.js';
import { parseUnit } from '../../lang/units.js';
import { formula, formulaOf, type Value } from '../../model/typed.js';
import { constantOf } from './numbers.js';

/** Arguments of draws and limits that are in the unit of the result, by function. */
const inUnit: Readonly<Record<string, (argument: number) => boolean>> = {
  uniform: () => true,
  normal: () => true,
  truncatedNormal: () => true,
  exponential: () => true,
  gamma: (argument) => argument === 1,
  clip: () => true,
  min: () => true,
  max: () => true,
};

const places: ReadonlySet<string> = new Set(['x', 'y', 'z', 'distance']);
/** Besides places, such values read indices. */
const scope: Scope = {
  lookup: (name) => ({ type: 'real', dimension: places.has(name) ? metre : dimensionless }),
  names: () => [...places],
};

const dimensionOf = (e: Expression): Dimension => inferType(e, scope, () => undefined)?.dimension ?? dimensionless;

/** Returns `8e-10*A + 5e-11*A*i` for `8e-10 + 5e-11*i`: an expression whose constants have a unit. */
function withUnit(e: Expression, dimension: Dimension): Expression {
  const again = (part: Expression): Expression => withUnit(part, dimension);
  if (e.kind === 'number') return quantity(e.value, dimension, e.span);
  if (e.kind === 'unary' && e.operator === '-') return { ...e, operand: again(e.operand) };
  if (e.kind === 'conditional') return { ...e, whenTrue: again(e.whenTrue), whenFalse: again(e.whenFalse) };
  if (e.kind === 'binary') {
    const { operator, left, right } = e;
    if (operator === '+' || operator === '-') return binary(operator, again(left), again(right), e.span);
    if (operator === '/')
      return binary('/', withUnit(left, multiplyDimensions(dimension, dimensionOf(right))), right, e.span);
    if (operator === '*' && right.kind === 'number')
      return binary('*', left, withUnit(right, divideDimensions(dimension, dimensionOf(left))), e.span);
    if (operator === '*')
      return binary('*', withUnit(left, divideDimensions(dimension, dimensionOf(right))), right, e.span);
  }
  const own = e.kind === 'call' && e.arguments.length > 0 ? inUnit[e.function] : undefined;
  if (e.kind === 'call' && own !== undefined)
    return { ...e, arguments: e.arguments.map((argument, k) => (own(k) ? again(argument) : argument)) };
  const missing = divideDimensions(dimension, dimensionOf(e));
  return isDimensionless(missing) ? e : product(e, quantity(1, missing));
}

/** Returns a value of plain numbers in SI, of indices and places, as a value in a unit. */
export function valueInUnit(value: Value, unit: string): Value {
  const { dimension } = parseUnit(unit);
  const e = formulaOf(value);
  if (e === undefined || isDimensionless(dimension)) return value;
  return constantOf(e) ?? formula(withUnit(e, dimension));
}
