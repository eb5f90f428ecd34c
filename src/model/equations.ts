/**
 * Building blocks of the equations of every type: values, variables, rates. Part of the normalised model, see
 * `model.ts`.
 */

import type { DataReferenceDocument } from './document.generated.js';

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
export type DataReference = Omit<DataReferenceDocument, 'unit'>;

/** Numbers in SI, flat and row-major: in the model itself if they are few, else stored separately. */
export type ArrayValue = readonly number[] | DataReference;

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

/**
 * How derivatives are integrated; `auto` leaves the choice to lowering, and the last three are for cells with
 * structure: how the cable equation and the gates take turns.
 */
export type { MethodDocument as IntegrationMethod } from './document.generated.js';

/** A part of a type that is advanced as a whole before the next begins. */
export type { PartDocument as Part } from './document.generated.js';
