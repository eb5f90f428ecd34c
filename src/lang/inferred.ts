/** Known facts of names and expressions during checks. */

import type { Finding } from '../diagnostics/diagnostic.js';
import type { ValueType, Dimension, Span } from './ast.js';
import type { FunctionSignature } from './functions.js';

/** Type and dimension of an expression. */
export interface Inferred {
  readonly type: ValueType;
  /** Exponents of the SI base units; all zero for conditions. */
  readonly dimension: Dimension;
}

/** A variable that an expression may read. */
export interface Symbol extends Inferred {
  /** Place of its definition, in the form used by the reporting stage. */
  readonly definition?: string;
  /** Set for a given quantity, with a possibly mistaken unit, as opposed to a computed variable. */
  readonly given?: boolean;
}

/** A definition that explains a finding. */
export interface Related {
  /** An explanation by the definition, as a sentence. */
  readonly message: string;
  /** Where it is, in the form of `Symbol.definition`. */
  readonly definition: string;
}

/**
 * Resolves the names in an expression. Names take precedence over units and constants; functions of the model extend
 * the standard ones.
 */
export interface Scope {
  /** Returns the variable of this name; undefined if it does not exist. */
  lookup(name: string): Symbol | undefined;
  /** All names that `lookup` resolves, for suggestions. */
  names(): readonly string[];
  /** Functions of the model, such as tables. */
  readonly functions?: ReadonlyMap<string, FunctionSignature>;
}

/** Receives each finding with its range of offsets in the text of the expression, and definitions that explain it. */
export type Report = (finding: Finding, span: Span, related?: readonly Related[]) => void;

/** A scope from a map of variables. */
export function scopeOf(
  symbols: ReadonlyMap<string, Symbol>,
  modelFunctions?: ReadonlyMap<string, FunctionSignature>,
): Scope {
  return {
    lookup: (name) => symbols.get(name),
    names: () => [...symbols.keys()],
    ...(modelFunctions ? { functions: modelFunctions } : {}),
  };
}
