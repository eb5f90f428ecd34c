/** Minima and maxima as `clip`, which is Brian's only function with limits. */

import { dimensionless, type Dimension, type Expression } from '../../../src/lang/ast.js';
import { binary, call, isInfinite, name, quantity, unary } from '../../../src/lang/build.js';
import { isDimensionless } from '../../../src/lang/dimension.js';
import { callsIn, equalExpressions } from '../../../src/lang/walk.js';

/** Returns the dimension of a variable; undefined where it is not known. */
export type DimensionOf = (key: string) => Dimension | undefined;

/**
 * Returns `min(v, c)`, or a choice between two values by which is smaller, as `clip(v, -inf*volt, c)`, and maxima
 * likewise. Brian compares the units of the two limits. Other expressions, and values of unknown dimension, are
 * returned unchanged.
 */
export function limited(e: Expression, dimensionOf: DimensionOf): Expression {
  const found = extremeOf(e);
  if (found === undefined) return e;
  const { isLeast, values } = found;
  const [value, limit] = isConstant(values[0]) ? [values[1], values[0]] : values;
  const dimension = dimensionIn(limit, dimensionOf) ?? dimensionIn(value, dimensionOf);
  if (dimension === undefined) return e;
  // clip applies the lower limit first, as a minimum of a maximum does.
  const upper = value.kind === 'call' && value.function === 'clip' ? value.arguments[2] : undefined;
  const isOpen = isLeast && value.kind === 'call' && upper !== undefined && isInfinite(upper);
  const [inner = value, low] = isOpen ? value.arguments : [value, infinity(dimension, true)];
  return call('clip', isLeast ? [inner, low ?? infinity(dimension, true), limit] : [value, limit, infinity(dimension)]);
}

/** The smaller or the larger of two values. */
interface Extreme {
  readonly isLeast: boolean;
  readonly values: readonly [Expression, Expression];
}

/** Returns the minimum or maximum that an expression is. A draw that a choice compares is not the one it returns. */
function extremeOf(e: Expression): Extreme | undefined {
  if (e.kind === 'call') {
    const [a, b] = e.arguments;
    return a && b && (e.function === 'min' || e.function === 'max')
      ? { isLeast: e.function === 'min', values: [a, b] }
      : undefined;
  }
  if (e.kind !== 'conditional' || e.condition.kind !== 'binary' || callsIn(e.condition).length > 0) return undefined;
  const { operator, left, right } = e.condition;
  const isBelow = operator === '<' || operator === '<=';
  if (!isBelow && operator !== '>' && operator !== '>=') return undefined;
  const isFirst = equalExpressions(e.whenTrue, left) && equalExpressions(e.whenFalse, right);
  const isSecond = equalExpressions(e.whenTrue, right) && equalExpressions(e.whenFalse, left);
  return isFirst || isSecond ? { isLeast: isFirst === isBelow, values: [left, right] } : undefined;
}

const isConstant = (e: Expression): boolean =>
  e.kind === 'number' || e.kind === 'quantity' || (e.kind === 'unary' && isConstant(e.operand));

function dimensionIn(e: Expression, dimensionOf: DimensionOf): Dimension | undefined {
  if (e.kind === 'number') return dimensionless;
  if (e.kind === 'quantity') return e.dimension;
  if (e.kind === 'name') return dimensionOf(e.name);
  if (e.kind === 'unary') return dimensionIn(e.operand, dimensionOf);
  if (e.kind === 'call' && e.function === 'clip') return e.arguments[0] && dimensionIn(e.arguments[0], dimensionOf);
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return dimensionIn(e.left, dimensionOf) ?? dimensionIn(e.right, dimensionOf);
  return undefined;
}

function infinity(dimension: Dimension, isNegative = false): Expression {
  const inf = isNegative ? unary('-', name('inf')) : name('inf');
  return isDimensionless(dimension) ? inf : binary('*', inf, quantity(1, dimension));
}
