/** Equations solved for the parameters of a standard cell. */

import type { Expression } from '../../../lang/ast.js';
import { call, difference, negated, number, product, sum } from '../../../lang/build.js';
import { namesIn, substitute } from '../../../lang/walk.js';
import { constantOf, everywhere, fold, near, sequence, valueAt } from '../numbers.js';
import { occurrences } from '../values.js';
import { inverse } from './view.js';

/** An expression of unknown names, and its value: an expression of the parameters of a type. */
export type Equation = readonly [of: Expression, value: Expression];

/**
 * Returns the values of unknown names. They are found one after another from equations with only one unknown left,
 * which occurs once. Names that no equation determines are absent.
 */
export function solved(
  equations: readonly Equation[],
  unknowns: ReadonlySet<string>,
  known: ReadonlyMap<string, Expression>,
): ReadonlyMap<string, Expression> {
  const values = new Map(known);
  for (let found = true; found;) {
    found = false;
    for (const [of, value] of equations) {
      const left = [...namesIn(of)].filter((name) => unknowns.has(name) && !values.has(name));
      const [name] = left;
      if (name === undefined || left.length > 1) continue;
      const made = isolated(fold(substitute(of, values)), name, value);
      if (made === undefined) continue;
      const folded = fold(made);
      // Names may cancel.
      const same = namesIn(folded).size === 0 ? undefined : everywhere(folded);
      values.set(name, same === undefined ? folded : number(same));
      found = true;
    }
  }
  return values;
}

/**
 * Returns the value of a name that gives an expression a value. Undefined if the name does not occur exactly once, or
 * has no inverse.
 */
function isolated(e: Expression, name: string, value: Expression): Expression | undefined {
  if (occurrences(e, name) !== 1) return undefined;
  switch (e.kind) {
    case 'name':
      return value;
    case 'unary':
      return e.operator === '-' ? isolated(e.operand, name, negated(value)) : undefined;
    case 'call':
      return e.function === 'exp' && e.arguments[0] ? isolated(e.arguments[0], name, call('log', [value])) : undefined;
    case 'binary': {
      const { left, right } = e;
      const isLeft = namesIn(left).has(name);
      const inner = isLeft ? left : right;
      switch (e.operator) {
        case '+':
          return isolated(inner, name, difference(value, isLeft ? right : left));
        case '-':
          return isolated(inner, name, isLeft ? sum(value, right) : difference(left, value));
        case '*':
          return divided(value, isLeft ? right : left, (by) => isolated(inner, name, by));
        case '/':
          return isLeft
            ? isolated(inner, name, product(value, right))
            : divided(left, value, (by) => isolated(inner, name, by));
        default:
          return undefined;
      }
    }
    default:
      return undefined;
  }
}

/** Passes a quotient to the next step, unless its divisor is 0. */
const divided = (
  a: Expression,
  b: Expression,
  next: (by: Expression) => Expression | undefined,
): Expression | undefined => (constantOf(b) === 0 ? undefined : next(fold(product(a, inverse(b)))));

/**
 * Checks whether both sides of an equation are the same function of the parameters of a type, as far as points show.
 */
export function holds([of, value]: Equation, values: ReadonlyMap<string, Expression>): boolean {
  const left = fold(substitute(of, values));
  return [1, 2, 3].every((seed) => {
    const next = sequence(seed);
    const given = new Map<string, number>();
    const lookup = (name: string): number => {
      const known = given.get(name) ?? 0.5 + next();
      given.set(name, known);
      return known;
    };
    return near(valueAt(left, lookup), valueAt(value, lookup));
  });
}
