/** Between which numbers the value of an expression lies, by interval arithmetic. */

import type { Expression } from '../../lang/ast.js';

/** The least and the largest value, both possible. */
export type Bounds = readonly [low: number, high: number];

const around = (values: readonly number[]): Bounds | undefined =>
  values.some((one) => Number.isNaN(one)) ? undefined : [Math.min(...values), Math.max(...values)];

/**
 * Bounds of a value in SI; undefined where none are known, as of draws from a normal distribution.
 *
 * @param of  bounds of a name's values
 */
export function boundsOf(e: Expression, of: (name: string) => Bounds | undefined): Bounds | undefined {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return [e.value, e.value];
    case 'name':
      return of(e.name);
    case 'unary': {
      const inner = e.operator === '-' ? boundsOf(e.operand, of) : undefined;
      return inner && [-inner[1], -inner[0]];
    }
    case 'binary': {
      const [a, b] = [boundsOf(e.left, of), boundsOf(e.right, of)];
      return a && b && together(e.operator, a, b);
    }
    case 'conditional': {
      const [a, b] = [boundsOf(e.whenTrue, of), boundsOf(e.whenFalse, of)];
      return a && b && around([...a, ...b]);
    }
    case 'call':
      return ofCall(
        e.function,
        e.arguments.map((one) => boundsOf(one, of)),
      );
    case 'boolean':
      return undefined;
    default:
      return e satisfies never;
  }
}

function together(operator: string, a: Bounds, b: Bounds): Bounds | undefined {
  const each = (combine: (x: number, y: number) => number): Bounds | undefined =>
    around(a.flatMap((x) => b.map((y) => combine(x, y))));
  switch (operator) {
    case '+':
      return each((x, y) => x + y);
    case '-':
      return each((x, y) => x - y);
    case '*':
      return each((x, y) => x * y);
    case '/':
      return b[0] <= 0 && b[1] >= 0 ? undefined : each((x, y) => x / y);
    default:
      return undefined;
  }
}

function ofCall(name: string, given: readonly (Bounds | undefined)[]): Bounds | undefined {
  const [a, b, c, d] = given;
  const rising = (compute: (x: number) => number): Bounds | undefined => a && [compute(a[0]), compute(a[1])];
  switch (name) {
    case 'floor':
      return rising(Math.floor);
    case 'ceil':
      return rising(Math.ceil);
    case 'exp':
      return rising(Math.exp);
    case 'uniform':
      return given.length === 0 ? [0, 1] : a && b && around([...a, ...b]);
    case 'truncatedNormal':
      return c && d && around([...c, ...d]);
    case 'min':
      return a && b ? [Math.min(a[0], b[0]), Math.min(a[1], b[1])] : undefined;
    case 'max':
      return a && b ? [Math.max(a[0], b[0]), Math.max(a[1], b[1])] : undefined;
    case 'clip':
      if (!b || !c) return undefined;
      return a ? [Math.min(Math.max(a[0], b[0]), c[1]), Math.min(Math.max(a[1], b[0]), c[1])] : [b[0], c[1]];
    default:
      return undefined;
  }
}
