/**
 * Building blocks of the equations of every type: values, variables, rates. Part of the normalised model, see
 * `model.ts`.
 */

import type { HostDrawDocument } from './document.generated.js';

/** A name of the model: a letter or underscore, then letters, digits, underscores. */
export type Id = string;
/** An expression in the canonical syntax, SI units only (`0.02*V`), printed by `printExpression`. */
export type ExpressionText = string;
/** A statement in the canonical syntax (`v = E_l`, `post.ge += w`, `send(port, w, 0.001*s)`). */
export type StatementText = string;
/** Canonical text of an SI unit, such as `V`, `S*m**-2`, `1`. */
export type UnitText = string;

/**
 * Differences between the two forms of a model. `Written` is the form that is hashed and written, plain JSON with code
 * as text. `Typed`, in `typed.ts`, is the form that everything after normalising reads.
 */
export interface Form {
  /** Whether members of unions carry their `kind`. */
  readonly tagged: boolean;
  /** How an expression is held. */
  readonly expression: unknown;
  /** How a statement is held. */
  readonly statement: unknown;
  /** An expression at a place that also accepts a number, an array or a draw. */
  readonly formula: unknown;
  /** An event of an end of a synapse, such as `pre.spike`. */
  readonly event: unknown;
  /** Sums over the synapses of an element, by their targets. */
  readonly sums: unknown;
}

/** The form that is hashed and written: texts, and members of unions without tags. */
export interface Written extends Form {
  readonly tagged: false;
  readonly expression: ExpressionText;
  readonly statement: StatementText;
  readonly formula: ExpressionText;
  readonly event: string;
  readonly sums: Readonly<Record<string, ExpressionText>>;
}

/** A member of a union; in the typed form `kind` tells which. */
export type Tagged<F extends Form, K extends string, T> = F['tagged'] extends true ? T & { readonly kind: K } : T;

/** A union by its kinds, an interface with a member for each. */
export type OneOf<F extends Form, Kinds> = {
  readonly [K in keyof Kinds & string]: Tagged<F, K, Kinds[K]>;
}[keyof Kinds & string];

/** Kind of value of a parameter, variable or expression. */
export type ValueType = 'real' | 'integer' | 'boolean';

/** A large array kept outside the document; `$data` is the SHA-256 of its little-endian bytes. Values are in SI. */
export interface DataReference {
  /** SHA-256 of the array's bytes, in lower-case hexadecimal. */
  readonly $data: string;
  /** Type of the array's elements. */
  readonly dtype: 'f64' | 'f32' | 'i64' | 'i32' | 'u32' | 'u8';
  /** Length along each dimension, the slowest first. */
  readonly shape: readonly number[];
}

/** Numbers in SI, flat and row-major: in the model itself if they are few, else stored separately. */
export type ArrayValue = readonly number[] | DataReference;

/**
 * A value for each element: a number in SI, an expression, an array, or a draw by a generator that a notation
 * prescribes. An expression is evaluated once for each element; it may draw random numbers and read the element's
 * index, position and parameters.
 */
export type Value<F extends Form = Written> =
  number | F['formula'] | Tagged<F, 'array', GivenValues> | Tagged<F, 'draw', DrawnValues<F>>;

/** One value for each element; with `columns` for each pair of elements, row-major by source. */
export interface GivenValues {
  /** The values; their length is the number of elements, of synapses, or of pairs. */
  readonly array: ArrayValue;
  /** Number of receivers, if each pair of elements has a value; absent: one value for each element. */
  readonly columns?: number;
  /** One value for each connected pair, by sender and then receiver, shared by all synapses of the pair. */
  readonly pairs?: 'connected';
  /** Places of a matrix that hold no value: no synapse may be there. */
  readonly gaps?: ArrayValue;
}

/** Drawn by a named generator before lowering (`src/draw`), in the notation's order. */
export interface DrawnValues<F extends Form = Written> {
  /** NumPy's legacy `RandomState`, the Mersenne twister. */
  readonly generator: 'numpy-mt19937';
  /**
   * Untouched by the model's seed; or `model`: the same algorithms, begun by the model's seed and the stream's name.
   */
  readonly seed: string;
  /** A method of that generator, such as `normal` or `uniform`. */
  readonly distribution: HostDrawDocument['distribution'];
  /** Parameters of the distribution in NumPy's order, in the unit that the notation draws in. */
  readonly arguments: readonly number[];
  /** Tells generators with one seed apart: draws with equal seed and stream share a generator. */
  readonly stream?: string;
  /** 32-bit numbers drawn from the generator before the first of the draws here; absent: 0. */
  readonly skip?: number;
  /** Draws that share a generator happen in ascending order of this number. */
  readonly order: number;
  /** Drawn numbers are multiplied by ten to this power to be in SI: notations draw in units of their own; absent: 0. */
  readonly exponent10?: number;
  /**
   * Synapses: a number for each pair of elements, connected or not, by sender and then receiver, from a copy of the
   * generator.
   */
  readonly pairs?: true;
  /** Synapses: each receiver's draws begin again from the generator as it stands. */
  readonly anew?: 'receiver';
  /** Transformation of the drawn number, an expression of `drawn` (in SI) and `dt`. */
  readonly then?: F['expression'];
}

/**
 * How derivatives are integrated; `auto` leaves the choice to lowering, and the last three are for cells with
 * structure: how the cable equation and the gates take turns.
 */
export type IntegrationMethod =
  | 'auto'
  | 'exact'
  | 'exponentialEuler'
  | 'euler'
  | 'rk2'
  | 'rk4'
  | 'heun'
  | 'milstein'
  | 'adaptive'
  | 'cable'
  | 'cable-then-gates'
  | 'gates-then-cable';

/**
 * A part of a type that is advanced as a whole before the next begins, in this order:
 *
 * 1. `derived` in the order listed, each from the present values of names (results of a later part still have their
 *   values of the step before)
 * 2. `propagate`, a linear system with coefficients that are held over the step
 * 3. the rates of all `state`, then all its updates
 * 4. `events` in the order listed, each condition and its actions
 * 5. the active regime
 */
export interface Part {
  /** Derived variables, computed in this order. */
  readonly derived?: readonly Id[];
  /** State variables that form a linear system, advanced by its matrix exponential. */
  readonly propagate?: readonly Id[];
  /** State variables with rates that are evaluated together and then applied. */
  readonly state?: readonly Id[];
  /** Events with conditions and actions that run in this order. */
  readonly events?: readonly Id[];
  /** Set if the active regime is advanced at the end of this part. */
  readonly regimes?: true;
  /** State variables of other parts that this part reads as they are, not as they were shown last. */
  readonly current?: readonly Id[];
}
