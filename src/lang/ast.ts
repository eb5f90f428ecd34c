/**
 * The expression tree that all notations share. Concrete syntaxes parse to it, printers print from it, passes return
 * new trees.
 *
 * Names keep their dots (`pre.v`, `post.ge`), units are ordinary names until `resolve` and `fold` meet them.
 */

/** Half-open range of offsets in the text that was parsed. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type UnaryOperator = '-' | '+' | 'not';
type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';
type LogicalOperator = 'and' | 'or';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | LogicalOperator;

interface Node {
  readonly span: Span;
}

/** A decimal literal. `text` is what was written, so that unit conversion can be decimal-exact. */
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
  readonly text: string;
  /** True when written without point or exponent. */
  readonly integer: boolean;
}

/**
 * A literal with a unit, in SI: what `2*mV` folds to. `unit` is the SI unit's canonical text, such as `V` or `m**-2*F`.
 */
export interface QuantityLiteral extends Node {
  readonly kind: 'quantity';
  /** Value in SI base units, correctly rounded from the decimal text. */
  readonly value: number;
  readonly dimension: Dimension;
}

export interface BooleanLiteral extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}

export interface Name extends Node {
  readonly kind: 'name';
  readonly name: string;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `whenTrue if condition else whenFalse`. */
export interface Conditional extends Node {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly function: string;
  readonly arguments: readonly Expression[];
}

export type Expression = NumberLiteral | QuantityLiteral | BooleanLiteral | Name | Unary | Binary | Conditional | Call;

export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=';

/** `target op value`, one line of abstract code. */
export interface Assignment extends Node {
  readonly kind: 'assignment';
  readonly target: string;
  readonly targetSpan: Span;
  readonly operator: AssignmentOperator;
  readonly value: Expression;
}

/** `send(port, weight, after: delay)`: captures `weight` now and adds it to `port` after `delay`. */
export interface Send extends Node {
  readonly kind: 'send';
  readonly port: string;
  readonly value: Expression;
  readonly after: Expression;
}

export type Statement = Assignment | Send;

/**
 * Exponents over the SI base, in the order metre, kilogram, second, ampere, kelvin, mole, candela.
 * Exponents may be fractional (`second**-0.5`).
 */
export type Dimension = readonly [number, number, number, number, number, number, number];

export const dimensionless: Dimension = [0, 0, 0, 0, 0, 0, 0];

/** What kind of value an expression has. */
export type ValueType = 'boolean' | 'integer' | 'real';
