/**
 * Expressions as polynomials in some names. A part that is not a polynomial by its form, such as exp(v), counts as a
 * name of its own, an atom. Coefficients are free of the names.
 */

import type { Expression } from '../../lang/ast.js';
import { negated, number, product, quotient, sum } from '../../lang/build.js';
import { printExpression } from '../../lang/print.js';
import { readsAny } from '../../lang/walk.js';
import { constantOf, fold } from './numbers.js';

/**
 * A sum of products of names, by the text of the product: `v*v` → its coefficient. The constant part has the key ''.
 */
export interface Polynomial {
  /** Coefficients by the sorted product of names, such as `v*v`. */
  readonly terms: ReadonlyMap<string, Expression>;
  /** Atoms by their keys in products. */
  readonly atoms: ReadonlyMap<string, Expression>;
}

/** Returns the key of a product of names, in any order. */
export const keyOf = (...names: readonly string[]): string => [...names].sort().join('*');

const highestPower = 8;
const mostTerms = 256;

/** Returns an expression as a polynomial in names. */
export function polynomialOf(e: Expression, names: ReadonlySet<string>): Polynomial {
  const atoms = new Map<string, Expression>();
  const terms = polynomial(e, names, atoms);
  const folded = [...terms]
    .map(([key, coefficient]) => [key, fold(coefficient)] as const)
    .filter(([, coefficient]) => constantOf(coefficient) !== 0);
  const used = new Set(folded.flatMap(([key]) => key.split('*')));
  return { terms: new Map(folded), atoms: new Map([...atoms].filter(([key]) => used.has(key))) };
}

type Terms = ReadonlyMap<string, Expression>;

function polynomial(e: Expression, names: ReadonlySet<string>, atoms: Map<string, Expression>): Terms {
  const of = (part: Expression): Terms => polynomial(part, names, atoms);
  const atom = (): Terms => {
    const text = printExpression(e).replaceAll('*', '·');
    atoms.set(text, e);
    return new Map([[text, number(1)]]);
  };
  if (!readsAny(e, names)) return new Map([['', e]]);
  switch (e.kind) {
    case 'name':
      return new Map([[e.name, number(1)]]);
    case 'unary':
      return e.operator === '-' ? scaled(of(e.operand), negated) : e.operator === '+' ? of(e.operand) : atom();
    case 'binary':
      switch (e.operator) {
        case '+':
          return added(of(e.left), of(e.right));
        case '-':
          return added(of(e.left), scaled(of(e.right), negated));
        case '*': {
          const both = multiplied(of(e.left), of(e.right));
          return both.size > mostTerms ? atom() : both;
        }
        case '/':
          return readsAny(e.right, names) ? atom() : scaled(of(e.left), (expression) => quotient(expression, e.right));
        case '**': {
          const power = constantOf(e.right);
          if (power === undefined || !Number.isInteger(power) || power < 1 || power > highestPower) return atom();
          const base = of(e.left);
          let result = base;
          for (let k = 1; k < power; k++) result = multiplied(result, base);
          return result;
        }
        default:
          return atom();
      }
    default:
      return atom();
  }
}

const scaled = (terms: Terms, by: (coefficient: Expression) => Expression): Terms =>
  new Map([...terms].map(([key, coefficient]) => [key, by(coefficient)]));

function added(a: Terms, b: Terms): Terms {
  const result = new Map(a);
  for (const [key, coefficient] of b) {
    const before = result.get(key);
    result.set(key, before === undefined ? coefficient : sum(before, coefficient));
  }
  return result;
}

function multiplied(a: Terms, b: Terms): Terms {
  let result: Terms = new Map();
  for (const [key, x] of a)
    for (const [other, y] of b) {
      const names = [key, other].filter((one) => one !== '').flatMap((one) => one.split('*'));
      result = added(result, new Map([[keyOf(...names), product(x, y)]]));
    }
  return result;
}
