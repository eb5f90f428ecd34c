/** Expressions whose value is needed while a network is built: counts, delays, weights. */

import type { Expression } from '../../../src/lang/ast.js';

/**
 * The value of an expression of sums, differences, products, quotients and choices, each rounded as its operation says.
 *
 * @returns undefined where a name has no value, or for functions, whose last digits differ between machines
 */
export function evaluate(e: Expression, valueOf: (name: string) => number | undefined): number | undefined {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return e.value;
    case 'name':
      return valueOf(e.name);
    case 'unary': {
      const operand = evaluate(e.operand, valueOf);
      return operand === undefined || e.operator === 'not' ? undefined : e.operator === '-' ? -operand : operand;
    }
    case 'binary': {
      const a = evaluate(e.left, valueOf);
      const b = evaluate(e.right, valueOf);
      return a === undefined || b === undefined ? undefined : operate(e.operator, a, b);
    }
    case 'boolean':
    case 'conditional':
    case 'call':
      return undefined;
    default:
      return e satisfies never;
  }
}

function operate(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return undefined;
  }
}
