import type { Expression } from './ast.js';
import { conditional, difference, integer, isZero, negated, product, quotient, sum } from './build.js';
import { simplify } from './fold.js';
import { childrenOf, equalExpressions } from './walk.js';

/**
 * An expression as a sum of names times coefficients, plus a constant. A name that does not occur has no coefficient.
 * The literal 0 stands for a missing part whatever its unit; coefficients may read other names and draw random numbers.
 */
interface LinearForm {
  readonly coefficients: ReadonlyMap<string, Expression>;
  readonly constant: Expression;
}

const zero = integer(0);

/**
 * The linear form of an expression in some names: `(a - v)/tau` has the coefficient `-1/tau` of v and the constant
 * `a/tau`. Sums, products with and quotients by what is free of the names, and choices whose condition is free of them
 * are linear; everything else is only when it does not read the names.
 *
 * @returns coefficients and constant free of `names`; null when the expression is not linear by its form
 */
export function linearForm(e: Expression, names: Iterable<string>): LinearForm | null {
  const wanted = new Set(names);
  const known = new Map<Expression, boolean>();
  const reads = (part: Expression): boolean => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const result = part.kind === 'name' ? wanted.has(part.name) : childrenOf(part).some(reads);
    known.set(part, result);
    return result;
  };
  const form = linear(e, reads);
  if (!form) return null;
  // `v - v` has no coefficient of v.
  const coefficients = [...form.coefficients]
    .map(([name, part]) => [name, simplify(part)] as const)
    .filter(([, part]) => !isZero(part));
  return { coefficients: new Map(coefficients), constant: form.constant === e ? e : simplify(form.constant) };
}

/** The linear form in one name: exponential Euler integrates `dx/dt = a*x + b` with a and b frozen over a step. */
export function conditionallyLinear(e: Expression, name: string): LinearForm | null {
  return linearForm(e, [name]);
}

type Reads = (part: Expression) => boolean;

function linear(e: Expression, reads: Reads): LinearForm | null {
  if (!reads(e)) return { coefficients: new Map(), constant: e };
  switch (e.kind) {
    case 'name':
      return { coefficients: new Map([[e.name, integer(1)]]), constant: zero };
    case 'unary': {
      const operand = e.operator === 'not' ? null : linear(e.operand, reads);
      return operand && e.operator === '-' ? each(operand, negated) : operand;
    }
    case 'binary':
      return linearBinary(e, reads);
    case 'conditional': {
      if (reads(e.condition)) return null;
      const whenTrue = linear(e.whenTrue, reads);
      const whenFalse = linear(e.whenFalse, reads);
      return (
        whenTrue &&
        whenFalse &&
        both(whenTrue, whenFalse, (a, b) => (equalExpressions(a, b) ? a : conditional(e.condition, a, b)))
      );
    }
    case 'call':
    case 'number':
    case 'quantity':
    case 'boolean':
      return null;
    default:
      return e satisfies never;
  }
}

function linearBinary(e: Expression & { readonly kind: 'binary' }, reads: Reads): LinearForm | null {
  switch (e.operator) {
    case '+':
    case '-': {
      const left = linear(e.left, reads);
      const right = left && linear(e.right, reads);
      return right && both(left, right, e.operator === '+' ? sum : difference);
    }
    case '*': {
      if (reads(e.left) && reads(e.right)) return null;
      const varying = linear(reads(e.left) ? e.left : e.right, reads);
      if (!varying) return null;
      return reads(e.left)
        ? each(varying, (part) => product(part, e.right))
        : each(varying, (part) => product(e.left, part));
    }
    case '/': {
      const left = reads(e.right) ? null : linear(e.left, reads);
      return left && each(left, (part) => quotient(part, e.right));
    }
    case '**':
      return e.right.kind === 'number' && e.right.value === 1 ? linear(e.left, reads) : null;
    default:
      return null;
  }
}

function each(form: LinearForm, f: (part: Expression) => Expression): LinearForm {
  return {
    coefficients: new Map([...form.coefficients].map(([name, part]) => [name, f(part)])),
    constant: f(form.constant),
  };
}

function both(a: LinearForm, b: LinearForm, f: (a: Expression, b: Expression) => Expression): LinearForm {
  const names = new Set([...a.coefficients.keys(), ...b.coefficients.keys()]);
  const coefficient = (name: string): Expression =>
    f(a.coefficients.get(name) ?? zero, b.coefficients.get(name) ?? zero);
  return {
    coefficients: new Map([...names].map((name) => [name, coefficient(name)])),
    constant: f(a.constant, b.constant),
  };
}
