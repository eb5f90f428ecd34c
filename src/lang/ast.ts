/**
 * The expression tree shared by all notations. Parsers of concrete syntaxes return it, printers print it, and passes
 * return new trees.
 *
 * Names keep their spelling (`pre.v`, `post.ge`) and have a reference to their meaning; units are ordinary names until
 * `resolve` and `fold` process them.
 */

/** Half-open range of offsets in the text that was parsed. */
export interface Span {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

/** Prefix operators; `+` has no effect. */
export type UnaryOperator = '-' | '+' | 'not';
type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';
type LogicalOperator = 'and' | 'or';
/** Python's operators: `//` and `%` round towards minus infinity, `**` is the power. */
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | LogicalOperator;

interface Node {
  readonly span: Span;
}

/** A decimal literal. `text` is its source text, for decimal-exact unit conversion. */
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  /** The double nearest to `text`. */
  readonly value: number;
  readonly text: string;
  /** True when written without point or exponent. */
  readonly integer: boolean;
}

/**
 * A literal with a unit, in SI, such as the folded form of `2*mV`. `unit` is the SI unit's canonical text, such as `V`
 * or `m**-2*F`.
 */
export interface QuantityLiteral extends Node {
  readonly kind: 'quantity';
  /** Value in SI base units, correctly rounded from the decimal text. */
  readonly value: number;
  /** Exponents of the SI base units. */
  readonly dimension: Dimension;
}

/** `True` or `False`. */
export interface BooleanLiteral extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** A side of a synapse. */
export type Side = 'pre' | 'post';

/** A variable of an end of a synapse, such as `pre.v`. */
export interface EndReference {
  readonly kind: 'end';
  readonly end: Side;
  /** Its name without the end. */
  readonly variable: string;
}

/** The variable that a name refers to: of the code's own owner, or of an end. */
export type Reference = { readonly kind: 'own'; readonly variable: string } | EndReference;

/** A variable, or a unit or constant before these are resolved. Created by `name` of `lang/build.ts`. */
export interface Name extends Node {
  readonly kind: 'name';
  /** As it is spelt, with its dot (`pre.v`). */
  readonly name: string;
  /** Its reference. */
  readonly to: Reference;
}

/** An operator before an operand. */
export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

/** An operator between two operands. */
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `whenTrue if condition else whenFalse`. */
export interface Conditional extends Node {
  readonly kind: 'conditional';
  /** A condition; both values are of one type and dimension. */
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** A call of a standard function or of one of the model's, such as a table. */
export interface Call extends Node {
  readonly kind: 'call';
  readonly function: string;
  readonly arguments: readonly Expression[];
}

/** An expression with a value. */
export type Expression = NumberLiteral | QuantityLiteral | BooleanLiteral | Name | Unary | Binary | Conditional | Call;

/** `=`, or an operation with an assignment of its result. */
export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=';

/** `target op value`, one line of abstract code. */
export interface Assignment extends Node {
  readonly kind: 'assignment';
  /** The variable as it is spelt, with its dot. */
  readonly target: string;
  /** The reference of the target. */
  readonly to: Reference;
  /** Where its name is. */
  readonly targetSpan: Span;
  readonly operator: AssignmentOperator;
  readonly value: Expression;
}

/** `send(port, weight, after: delay)`: captures `weight` now and adds it to `port` after `delay`. */
export interface Send extends Node {
  readonly kind: 'send';
  /** A port of the synapse type. */
  readonly port: string;
  /** Evaluated when the statement runs, in the port's unit. */
  readonly value: Expression;
  /** Delay in seconds, of the same moment. */
  readonly after: Expression;
}

/** A step of abstract code. */
export type Statement = Assignment | Send;

/**
 * Exponents over the SI base, in the order metre, kilogram, second, ampere, kelvin, mole, candela.
 * Exponents may be fractional (`second**-0.5`).
 */
export type Dimension = readonly [number, number, number, number, number, number, number];

/** The dimension of pure numbers. */
export const dimensionless: Dimension = [0, 0, 0, 0, 0, 0, 0];

/** Type of an expression's value. */
export type ValueType = 'boolean' | 'integer' | 'real';
