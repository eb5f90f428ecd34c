import type { Expression } from './ast.js';
import { conditional, difference, integer, isZero, negated, product, quotient, sum } from './build.js';
import { expandedLinearForm } from './expand.js';
import { simplify } from './fold.js';
import { childrenOf, decides, equalExpressions, namesIn } from './walk.js';

/**
 * An expression as a sum of names times coefficients, plus a constant. A name that does not occur has no coefficient.
 * The literal 0 represents a missing part of any unit; coefficients may read other names and draw random numbers.
 */
export interface LinearForm {
  readonly coefficients: ReadonlyMap<string, Expression>;
  readonly constant: Expression;
}

const zero = integer(0);

/**
 * Returns the linear form of an expression in some names: `(a - v)/tau` has the coefficient `-1/tau` of v and the
 * constant `a/tau`. Sums, products and quotients with expressions independent of the names are linear, and so are
 * conditional expressions with such a condition. Any other expression is linear only if it does not read the names.
 *
 * @returns coefficients and constant free of `names`; null for an expression that is not linear by its form
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

/**
 * The linear form of a rate, which may be linear only when it is multiplied out: `(v + 1)**2 - v**2` has the
 * coefficient 2 of v.
 */
export function linearRate(e: Expression, names: Iterable<string>): LinearForm | null {
  const wanted = new Set(names);
  const form = linearForm(e, wanted);
  if (form) return form;
  const expanded = expandedLinearForm(e, wanted);
  return expanded && { ...expanded, constant: simplify(expanded.constant) };
}

/** Which variables reach which: the reflexive and transitive closure of a pattern of entries. */
export function reach(pattern: readonly (readonly boolean[])[]): boolean[][] {
  const next = neighbours(pattern);
  return pattern.map((_, from) => {
    const row = pattern.map(() => false);
    for (const reached of reachedFrom(from, next)) row[reached] = true;
    return row;
  });
}

/** The columns of the entries in each row of a pattern. */
export const neighbours = (pattern: readonly (readonly boolean[])[]): readonly (readonly number[])[] =>
  pattern.map((row) => row.flatMap((entry, column) => (entry ? [column] : [])));

/** The nodes of a graph that a node reaches, itself included. */
export function reachedFrom(from: number, next: readonly (readonly number[])[]): ReadonlySet<number> {
  const reached = new Set([from]);
  for (const node of reached) for (const neighbour of next[node] ?? []) reached.add(neighbour);
  return reached;
}

/** Whether a coefficient of linear rates depends on a comparison: Brian 2 cannot separate it from its variable. */
export function coefficientsDecide(rates: Iterable<Expression>, names: Iterable<string>): boolean {
  const wanted = new Set(names);
  return [...rates].some((rate) => [...(linearRate(rate, wanted)?.coefficients.values() ?? [])].some(decides));
}

/**
 * Returns the linear form in one name that may also occur within functions, denominators and powers, which then belong
 * to the coefficients. Exponential Euler integrates `dx/dt = a*x + b` with a and b frozen over a step. Brian 2
 * separates the two in this way (`get_conditionally_linear_system`), after expanding products.
 *
 * @returns null if the expanded expression has another power of the name as a factor, as in `x**2` and `1/x`, or the
 * name only within functions
 */
export function conditionallyLinear(e: Expression, name: string): LinearForm | null {
  const plain = linearRate(e, [name]);
  if (plain) return plain;
  const form = separated(e, name);
  const a = form && simplify(form.a);
  return form && a && !isZero(a) ? { coefficients: new Map([[name, a]]), constant: simplify(form.b) } : null;
}

/** a*x + b. */
interface Separated {
  readonly a: Expression;
  readonly b: Expression;
}

function separated(e: Expression, name: string): Separated | null {
  if (!namesIn(e).has(name)) return { a: zero, b: e };
  switch (e.kind) {
    case 'name':
      return { a: integer(1), b: zero };
    case 'unary': {
      const operand = separated(e.operand, name);
      return operand && e.operator === '-' ? { a: negated(operand.a), b: negated(operand.b) } : operand;
    }
    case 'binary':
      return separatedBinary(e, name);
    case 'call':
      return e.function === 'sqrt' && isMonomial(e.arguments[0] as Expression, name) ? null : { a: zero, b: e };
    case 'conditional':
      return null;
    default:
      return { a: zero, b: e };
  }
}

function separatedBinary(e: Expression & { readonly kind: 'binary' }, name: string): Separated | null {
  const { operator } = e;
  switch (operator) {
    case '+':
    case '-': {
      const [left, right] = [separated(e.left, name), separated(e.right, name)];
      const join = operator === '+' ? sum : difference;
      return left && right && { a: join(left.a, right.a), b: join(left.b, right.b) };
    }
    case '*':
      return multiplied(e.left, e.right, name);
    case '/': {
      if (isMonomial(e.right, name)) return null;
      const left = separated(e.left, name);
      return left && { a: quotient(left.a, e.right), b: quotient(left.b, e.right) };
    }
    case '**':
      return raised(e, name);
    default:
      return { a: zero, b: e };
  }
}

function multiplied(left: Expression, right: Expression, name: string): Separated | null {
  const [p, q] = [separated(left, name), separated(right, name)];
  if (!p || !q || (!isZero(p.a) && !isZero(q.a))) return null;
  const a = isZero(q.a) ? product(p.a, q.b) : product(p.b, q.a);
  return { a: isZero(p.a) && isZero(q.a) ? zero : a, b: product(p.b, q.b) };
}

/** A power: a sum to a whole number is multiplied out; the name itself may only be a factor once. */
function raised(e: Expression & { readonly kind: 'binary' }, name: string): Separated | null {
  const base = separated(e.left, name);
  const whole = { a: zero, b: e };
  if (!namesIn(e.left).has(name)) return whole;
  if (!base) return isMonomial(e.left, name) ? null : whole;
  if (isZero(base.a)) return whole;
  if (e.right.kind === 'number' && e.right.value === 1) return base;
  const multipliedOut = e.right.kind === 'number' && Number.isInteger(e.right.value) && e.right.value > 1;
  return multipliedOut || isZero(base.b) ? null : whole;
}

/** Whether an expression is a product that has the name itself as a factor. */
function isMonomial(e: Expression, name: string): boolean {
  switch (e.kind) {
    case 'name':
      return e.name === name;
    case 'unary':
      return e.operator !== 'not' && isMonomial(e.operand, name);
    case 'binary':
      if (e.operator === '**') return isMonomial(e.left, name);
      return (e.operator === '*' || e.operator === '/') && (isMonomial(e.left, name) || isMonomial(e.right, name));
    default:
      return false;
  }
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
