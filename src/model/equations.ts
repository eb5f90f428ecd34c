/**
 * What the equations of every type are made of: values, variables, rates. Part of the normalised model, see `model.ts`.
 */

/** A name of the model: a letter or underscore, then letters, digits, underscores. */
export type Id = string;
/** An expression in the canonical syntax, SI units only (`0.02*V`), printed by `printExpression`. */
export type ExpressionText = string;
/** A statement in the canonical syntax (`v = E_l`, `post.ge += w`, `send(port, w, 0.001*s)`). */
export type StatementText = string;
/** Canonical text of an SI unit, such as `V`, `S*m**-2`, `1`. */
export type UnitText = string;

/**
 * What an object of a model holds where the two forms of a model differ. `Written` is the form that is hashed and
 * written, plain JSON in which code is text; `Typed`, in `typed.ts`, is the form that everything after normalising
 * reads.
 */
export interface Form {
  readonly tagged: boolean;
  readonly expression: unknown;
  readonly statement: unknown;
  /** An expression where a number, an array or a draw may stand too. */
  readonly formula: unknown;
}

/** The form that is hashed and written: texts, and members of unions without tags. */
export interface Written extends Form {
  readonly tagged: false;
  readonly expression: ExpressionText;
  readonly statement: StatementText;
  readonly formula: ExpressionText;
}

/** A member of a union; in the typed form `kind` tells which. */
export type Tagged<F extends Form, K extends string, T> = F['tagged'] extends true ? T & { readonly kind: K } : T;

export type ValueType = 'real' | 'integer' | 'boolean';

/** A large array kept beside the document; `$data` is the SHA-256 of its little-endian bytes. Values are in SI. */
export interface DataReference {
  readonly $data: string;
  readonly dtype: 'f64' | 'f32' | 'i64' | 'i32' | 'u32' | 'u8';
  readonly shape: readonly number[];
}

export type ArrayValue = readonly number[] | DataReference;

/**
 * A value for each element: a number in SI, an expression evaluated once for each element (it may draw random numbers
 * and read the element's index, position and parameters), an array, or a draw by a generator that a notation
 * prescribes.
 */
export type Value<F extends Form = Written> =
  number | F['formula'] | Tagged<F, 'array', GivenValues> | Tagged<F, 'draw', DrawnValues<F>>;

/** One value for each element; with `columns` for each pair of elements, row-major by source. */
export interface GivenValues {
  readonly array: ArrayValue;
  readonly columns?: number;
  /** One value for each connected pair, by sender and then receiver; what several synapses of a pair have in common. */
  readonly pairs?: 'connected';
  /** Places of a matrix that hold no value: no synapse may be there. */
  readonly gaps?: ArrayValue;
}

/** Drawn by a named generator before lowering (`src/draw`), in the notation's order. */
export interface DrawnValues<F extends Form = Written> {
  readonly generator: 'numpy-mt19937';
  /**
   * Untouched by the model's seed; or `model`: the same algorithms, begun by the model's seed and the stream's name.
   */
  readonly seed: string;
  readonly distribution: string;
  readonly arguments: readonly number[];
  /** Tells generators with one seed apart: draws with equal seed and stream share a generator. */
  readonly stream?: string;
  readonly order: number;
  /** Drawn numbers are multiplied by ten to this power to be in SI: notations draw in units of their own; absent: 0. */
  readonly exponent10?: number;
  /**
   * Synapses: a number for each pair of elements, connected or not, by sender and then receiver, from a copy of the
   * generator.
   */
  readonly pairs?: true;
  /** Synapses: each receiver's draws begin anew from the generator as it stands. */
  readonly anew?: 'receiver';
  /** What becomes of the number, an expression of `drawn` (in SI) and `dt`. */
  readonly then?: F['expression'];
}

export interface Parameter<F extends Form = Written> {
  readonly unit: UnitText;
  readonly type: ValueType;
  /** Default for every element. */
  readonly value: Value<F>;
  /** One value for the whole population or projection rather than one per element. */
  readonly shared: boolean;
}

export interface StateVariable<F extends Form = Written> {
  readonly unit: UnitText;
  readonly type: ValueType;
  readonly initial: Value<F>;
  readonly shared: boolean;
}

export interface DerivedVariable<F extends Form = Written> {
  readonly unit: UnitText;
  readonly type: ValueType;
  readonly value: F['expression'];
  readonly shared: boolean;
  /** Computed once at the start of each step and held, rather than wherever it is read. */
  readonly held: boolean;
}

export interface Derivative<F extends Form = Written> {
  readonly rate: F['expression'];
  /** Synapses only: advanced in closed form when a pathway runs, rather than each step. */
  readonly eventDriven: boolean;
}

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

/** Library name that a type claims to equal, with the expression of each library parameter in the type's own. */
export interface ConformsTo<F extends Form = Written> {
  readonly type: string;
  readonly where: Readonly<Record<string, F['expression']>>;
  readonly timing?: string;
}

/** What neuron types, synapse types and mechanisms have in common. */
export interface EquationSet<F extends Form = Written> {
  readonly parameters: Readonly<Record<Id, Parameter<F>>>;
  readonly state: Readonly<Record<Id, StateVariable<F>>>;
  readonly derived: Readonly<Record<Id, DerivedVariable<F>>>;
  readonly derivatives: Readonly<Record<Id, Derivative<F>>>;
  /** Names of white noises (unit s**-0.5) that derivatives may use: `xi`, `xi_a`. */
  readonly noise: readonly Id[];
  readonly method: IntegrationMethod;
  readonly conformsTo?: ConformsTo<F>;
  /**
   * Order in which a stepwise timing profile advances the parts of the type; absent: it has one part. Other profiles do
   * not read it.
   */
  readonly sequence?: readonly Part[];
}

/**
 * A part of a type that is advanced as a whole, before the next begins: first `derived` in the order listed, each from
 * the values that names have at that moment (what a later part computes still has its value of the step before); then
 * `propagate`, a linear system whose coefficients are held over the step; then the rates of all `state`, and after them
 * all its updates; then `events` in the order listed, each condition and its actions; then the active regime.
 */
export interface Part {
  readonly derived?: readonly Id[];
  readonly propagate?: readonly Id[];
  readonly state?: readonly Id[];
  readonly events?: readonly Id[];
  readonly regimes?: true;
}
