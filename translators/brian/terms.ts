/** Meanings of names in a specification, shared by the readers of equations, constants and code. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression, Span, ValueType } from '../../src/lang/ast.js';

/** A number in SI with its dimension. */
export interface Quantity {
  /** In SI. */
  readonly value: number;
  /** Exponents of the SI base units. */
  readonly dimension: Dimension;
}

/** Checks whether the result of reading is a quantity rather than code. */
export const isQuantity = (read: object): read is Quantity => 'value' in read && 'dimension' in read;

/** A constant of a namespace. */
export interface Constant {
  readonly name: string;
  /** Pointer to its definition in the user's document. */
  readonly pointer: string;
  /** Tree in canonical names with other constants inserted. Its spans are not valid elsewhere. */
  readonly tree: Expression;
  /** Absent if its value needs more than arithmetic. */
  readonly quantity?: Quantity;
  /** The type of its value. */
  readonly type: ValueType;
}

/** Looks up the constants of a namespace, inner before outer. */
export interface Namespace {
  /** Returns the constant of a name, or undefined if there is none. */
  find(name: string): Constant | undefined;
  /**
   * Returns the place of a constant's definition in the user's document without reading it, or undefined without a
   * definition.
   */
  definition(name: string): string | undefined;
  /** Returns all names, for suggestions. */
  names(): readonly string[];
  /** Returns pointers of its own constants that have not been read so far, by name. */
  unread(): ReadonlyMap<string, string>;
}

/** A line of equations: a variable of a group or of synapses. */
export interface Variable {
  /** `dx/dt = …`, `x = …` or a line without `=`. */
  readonly kind: 'differential' | 'subexpression' | 'parameter';
  readonly name: string;
  readonly type: ValueType;
  readonly dimension: Dimension;
  /** Words in parentheses after the unit. */
  readonly flags: ReadonlySet<string>;
  /** The right side, in Brian's names. Parameters have no right side. */
  readonly expression?: Expression;
  /** Pointer to the text that the spans refer to. */
  readonly pointer: string;
  /** Span of its name. */
  readonly nameSpan: Span;
  /** Span of the entire line. */
  readonly span: Span;
  /** Set if its definition or unit has an error. That was reported, so its values cause no more findings. */
  readonly unknown?: true;
}

/** Definitions of a specification that can be called. */
export type Callable = TableShape | UserFunction;

/** A function given as an expression, which is inserted at each call. */
export interface UserFunction {
  readonly kind: 'function';
  /** Names of its arguments in the expression. */
  readonly parameters: readonly string[];
  /** In Brian's names; absent for a draw, which is canonical. */
  readonly body?: Expression;
  readonly drawn?: Expression;
  /** Pointer to its text. */
  readonly pointer: string;
  /** Functions that it may call. */
  readonly known: ReadonlyMap<string, Callable>;
}

/** A timed array: called as f(t), or with columns as f(t, i). */
export interface TableShape {
  readonly kind: 'table';
  /** Number of columns; null for f(t). */
  readonly columns: number | null;
}

/** The meaning of a name without parentheses. */
export type Meaning =
  /** A variable of the group itself, of a synapse, or of one of a synapse's ends. */
  | {
      readonly kind: 'variable';
      readonly canonical: string;
      readonly variable: Variable;
      readonly owner: 'self' | 'pre' | 'post';
    }
  /** Something that every group has, such as `t`. */
  | { readonly kind: 'special'; readonly canonical: string }
  /** A constant that becomes a parameter of the same name. */
  | { readonly kind: 'parameter'; readonly constant: Constant; readonly use: () => void }
  /** An expression that replaces the name. */
  | { readonly kind: 'expression'; readonly tree: Expression }
  /** A rejected name, with the reason. */
  | { readonly kind: 'refused'; readonly finding: Finding };

/** The meaning of names at the place of a text, except for units and Brian's own functions and constants. */
export interface Scope {
  /** Returns the meaning of a name, or undefined for other names. */
  meaning(name: string): Meaning | undefined;
  /** Returns the place of the definition of a constant with that name, whether or not the name means it here. */
  constant(name: string): string | undefined;
  /** Returns a timed array or function by its name, or undefined if there is none. */
  table(name: string): Callable | undefined;
  /** Returns possible names, for hints. */
  names(): readonly string[];
  /** Present in the body of a function, which may contain `a if condition else b` as in Python. */
  readonly mayBranch?: true;
}
