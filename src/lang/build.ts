import type {
  Assignment,
  AssignmentOperator,
  Binary,
  BinaryOperator,
  BooleanLiteral,
  Call,
  Conditional,
  Dimension,
  Expression,
  Name,
  NumberLiteral,
  QuantityLiteral,
  Span,
  Unary,
  UnaryOperator,
} from './ast.js';
import { referenceOf } from './reference.js';

/** The span of nodes that do not come from a text. */
const noSpan: Span = { start: 0, end: 0 };

/** A number literal, real unless stated otherwise. Negative values print as a minus sign and digits. */
export function number(value: number, span: Span = noSpan, integer = false): NumberLiteral {
  return { kind: 'number', value, text: Object.is(value, -0) ? '-0' : String(value), integer, span };
}

/** An integer literal. */
export function integer(value: number, span: Span = noSpan): NumberLiteral {
  return number(value + 0, span, true);
}

/** A value in SI with its dimension. */
export function quantity(value: number, dimension: Dimension, span: Span = noSpan): QuantityLiteral {
  return { kind: 'quantity', value, dimension, span };
}

/** A truth value. */
export function boolean(value: boolean, span: Span = noSpan): BooleanLiteral {
  return { kind: 'boolean', value, span };
}

/** A variable by its spelling, such as `pre.v`. */
export function name(text: string, span: Span = noSpan): Name {
  return { kind: 'name', name: text, to: referenceOf(text), span };
}

/** An assignment to a variable by its spelling. */
export const assignment = (
  target: string,
  operator: AssignmentOperator,
  value: Expression,
  span: Span = noSpan,
  targetSpan: Span = span,
): Assignment => ({ kind: 'assignment', target, to: referenceOf(target), targetSpan, operator, value, span });

/** Returns the assigned value: for `x += e` it is `x + e`. */
export const assignedValue = ({ target, operator, value }: Assignment): Expression =>
  operator === '=' ? value : binary(operator.slice(0, -1) as BinaryOperator, name(target), value);

/** An assignment that keeps the variable's value if a condition is false. */
export const assignmentWhere = (condition: Expression, given: Assignment): Assignment =>
  assignment(given.target, '=', conditional(condition, assignedValue(given), name(given.target)), given.span);

/** A prefix operator with its operand, without simplification. */
export function unary(operator: UnaryOperator, operand: Expression, span: Span = operand.span): Unary {
  return { kind: 'unary', operator, operand, span };
}

const opposites: ReadonlyMap<BinaryOperator, BinaryOperator> = new Map([
  ['<', '>='],
  ['<=', '>'],
  ['>', '<='],
  ['>=', '<'],
  ['==', '!='],
  ['!=', '=='],
]);

/** Returns the opposite of a condition. */
export function opposite(e: Expression): Expression {
  const operator = e.kind === 'binary' ? opposites.get(e.operator) : undefined;
  if (e.kind === 'binary' && operator) return binary(operator, e.left, e.right, e.span);
  return e.kind === 'unary' && e.operator === 'not' ? e.operand : unary('not', e, e.span);
}

/** An operator between two operands, without simplification. */
export function binary(operator: BinaryOperator, left: Expression, right: Expression, span: Span = left.span): Binary {
  return { kind: 'binary', operator, left, right, span };
}

/** A choice of two values. */
export function conditional(
  condition: Expression,
  whenTrue: Expression,
  whenFalse: Expression,
  span: Span = whenTrue.span,
): Conditional {
  return { kind: 'conditional', condition, whenTrue, whenFalse, span };
}

/** A call of a function by position. */
export function call(name: string, callArguments: readonly Expression[], span: Span = noSpan): Call {
  return { kind: 'call', function: name, arguments: callArguments, span };
}

// Algebra that omits operations without effect. Only for reals without NaN or infinity: 0*x becomes 0.

/** Whether an expression is the literal 0, with or without a unit. */
export function isZero(e: Expression): boolean {
  return (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;
}

/** Whether an expression is `inf`, or a multiple of it such as `-inf*volt`, which no value passes. */
export const isInfinite = (e: Expression): boolean =>
  (e.kind === 'name' && e.name === 'inf') ||
  (e.kind === 'unary' && isInfinite(e.operand)) ||
  (e.kind === 'binary' && e.operator === '*' && (isInfinite(e.left) || isInfinite(e.right)));

/** Whether an expression is the literal 1 without unit. */
export function isOne(e: Expression): boolean {
  return e.kind === 'number' && e.value === 1;
}

/** `-a`. */
export function negated(a: Expression): Expression {
  if (a.kind === 'number') return a.value === 0 ? a : number(-a.value, a.span, a.integer);
  if (a.kind === 'quantity') return { ...a, value: a.value === 0 ? 0 : -a.value };
  if (a.kind === 'unary' && a.operator === '-') return a.operand;
  return unary('-', a);
}

/** `a + b`. */
export function sum(a: Expression, b: Expression): Expression {
  if (isZero(a)) return b;
  if (isZero(b)) return a;
  if (b.kind === 'unary' && b.operator === '-') return binary('-', a, b.operand);
  return binary('+', a, b);
}

/** `a - b`. */
export function difference(a: Expression, b: Expression): Expression {
  if (isZero(b)) return a;
  if (isZero(a)) return negated(b);
  if (b.kind === 'unary' && b.operator === '-') return binary('+', a, b.operand);
  return binary('-', a, b);
}

/** `a * b`. */
export function product(a: Expression, b: Expression): Expression {
  if (isZero(a)) return a;
  if (isZero(b)) return b;
  if (isOne(a)) return b;
  if (isOne(b)) return a;
  if (a.kind === 'number' && a.value === -1) return negated(b);
  if (b.kind === 'number' && b.value === -1) return negated(a);
  return binary('*', a, b);
}

/** `-x/tau`, the rate of a variable that decays. */
export const decaying = (x: string, tau: string): Expression => binary('/', unary('-', name(x)), name(tau));

/** `a / b`. */
export function quotient(a: Expression, b: Expression): Expression {
  return isZero(a) || isOne(b) ? a : binary('/', a, b);
}
