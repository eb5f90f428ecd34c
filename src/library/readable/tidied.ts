/** Rewrites expressions of types as people would write them: the same operations, to the bit, with fewer signs. */

import type { Assignment, Expression, Statement } from '../../lang/ast.js';
import { callsIn, mapExpression, namesIn } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { withExpressions, type EquationSet } from '../../model/typed.js';
import { withoutZero } from './folded.js';

/** Functions with whole numbers as results. */
const wholeFunctions: ReadonlySet<string> = new Set(['int', 'floor', 'ceil', 'sign']);

/** Returns a type without factors of 1.0, zeros that are added, and signs that another one takes back. */
export function tidied<T extends EquationSet>(type: T): T {
  const own = ownNames(type);
  const whole = new Set(
    [type.parameters, type.state, type.derived].flatMap((map) =>
      Object.entries(map).flatMap(([name, { type: kind }]) => (kind === 'real' ? [] : [name])),
    ),
  );
  const isReal = (e: Expression): boolean =>
    [...namesIn(e)].some((name) => own.has(name) && !whole.has(name)) &&
    !callsIn(e).some((called) => wholeFunctions.has(called.function));
  const isTerm = (e: Expression): boolean => ![...namesIn(e)].every((name) => !own.has(name));
  const made = withExpressions(type, (tree) =>
    mapExpression(tree, (e) => {
      const plain = isTerm(e) ? withoutZero(e, own) : e;
      return withoutOne(withoutSigns(plain), isReal);
    }),
  );
  return inPlace(made);
}

/** Returns a type without bracketed sums among the terms of its sums: its results are the same up to rounding. */
export const withPlainSums = <T extends EquationSet>(type: T): T =>
  withExpressions(type, (tree) => mapExpression(tree, plainSum));

/** `a + (b - c)` as `a + b - c`. */
function plainSum(e: Expression): Expression {
  if (e.kind !== 'binary' || e.operator !== '+' || e.right.kind !== 'binary') return e;
  const { left, right } = e.right;
  return e.right.operator === '+' || e.right.operator === '-'
    ? { ...e.right, left: plainSum({ ...e, right: left }), right }
    : e;
}

/** Returns a type with code that has `x += y` for `x = x + y`. */
const inPlace = <T extends EquationSet>(type: T): T => withExpressions(type, (e) => e, augmented);

/** Rewrites a statement that changes a variable by its own value as an in-place change. */
function augmented(statement: Statement): Statement {
  if (statement.kind !== 'assignment' || statement.operator !== '=' || statement.value.kind !== 'binary')
    return statement;
  const { left, right, operator } = statement.value;
  const change = inPlaceOf[operator];
  if (left.kind !== 'name' || left.name !== statement.target || change === undefined) return statement;
  return { ...statement, operator: change, value: right };
}

const inPlaceOf: { readonly [operator: string]: Assignment['operator'] } = {
  '+': '+=',
  '-': '-=',
  '*': '*=',
  '/': '/=',
};

/** `a + -b` as `a - b`, and `-(a - b)` as `b - a`. */
export function withoutSigns(e: Expression): Expression {
  if (e.kind === 'unary' && e.operator === '-' && e.operand.kind === 'binary' && e.operand.operator === '-')
    return { ...e.operand, left: e.operand.right, right: e.operand.left };
  if (e.kind !== 'binary' || e.operator !== '+') return e;
  const positive = withoutSign(e.right);
  return positive === undefined ? e : { ...e, operator: '-', right: positive };
}

/** Returns the operand of a negation, also as the first factor of a product; undefined without a negation. */
function withoutSign(e: Expression): Expression | undefined {
  if (e.kind === 'unary' && e.operator === '-') return e.operand;
  if (e.kind !== 'binary' || (e.operator !== '*' && e.operator !== '/')) return undefined;
  const left = withoutSign(e.left);
  return left && { ...e, left };
}

/** Returns `1.0*x` as `x`, if `x` is not a whole number. */
function withoutOne(e: Expression, isReal: (e: Expression) => boolean): Expression {
  if (e.kind !== 'binary' || e.operator !== '*') return e;
  const isOne = (side: Expression): boolean => side.kind === 'number' && side.value === 1 && !side.integer;
  if (isOne(e.left) && isReal(e.right)) return e.right;
  return isOne(e.right) && isReal(e.left) ? e.left : e;
}
