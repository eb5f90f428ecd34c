/** Context in which expressions are written: the names, units and variables of one component type. */

import { second } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import type { Inferred } from '../../../../src/lang/inferred.js';
import { dimensionless } from '../../../../src/lang/ast.js';

/**
 * The place of an expression: a value computed in each step, or a condition or action, which sees variables that were
 * just updated.
 */
export type Place = 'derived' | 'statement';

/** A function of time, and perhaps of the element, that is constant in between. */
export interface StepFunction {
  /** Seconds for each value. */
  readonly dt: number;
  /** Of its values. */
  readonly dimension: Dimension;
  /** Values in SI over time, for each element if there are several. Elements beyond the last have its values. */
  readonly rows: readonly ArrayLike<number>[];
}
/** Returns the table of a name, or undefined if there is none. */
export type TableLookup = (name: string) => StepFunction | undefined;

/** The component type that expressions stand in. */
export interface Words {
  /** Time step in s. */
  readonly dt: number;
  /** Meanings of names that are not variables of the type. */
  readonly aliases: ReadonlyMap<string, Expression>;
  /** Tables of the model. */
  readonly tables: TableLookup;
  /** Returns the LEMS name of a model's name, or undefined for names that the type does not have. */
  ownName(name: string): string | undefined;
  /** Dimension of a variable, by its name in LEMS. */
  dimensionOf(name: string): Dimension;
  /** Dimension of an expression of the model. */
  infer(e: Expression): Dimension;
  /** A constant with a value in SI, under a name like the wanted one. */
  constant(wanted: string, dimension: Dimension, value: number): string;
  /** A value in SI as a count of a unit that it is well read in, and the constant that is one of the unit. */
  amount(value: number, dimension: Dimension): { readonly count: number; readonly name: string };
  /** A constant that is one of the SI unit of a dimension. */
  one(dimension: Dimension): string;
  /**
   * A derived variable with the value of an expression, under a name like the wanted one; each expression is one
   * variable.
   */
  asVariable(value: Expression, dimension: Dimension, wanted: string): string;
}

const real = (dimension: Dimension): Inferred => ({ type: 'real', dimension });

/** Names that every type has. */
export const alwaysKnown: readonly (readonly [string, Inferred])[] = [
  ['t', real(second)],
  ['dt', real(second)],
  ['t_in_timesteps', real(dimensionless)],
];

/** Words of LEMS: of its expressions, its time, and attributes. */
export const reserved: readonly string[] = [
  't',
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'sqrt',
  'ceil',
  'ln',
  'log',
  'abs',
  'factorial',
  'random',
  'H',
  'sum',
  'product',
  'index',
  // Attributes of components and connections besides their values.
  'id',
  'name',
  'type',
  'extends',
  'preCellId',
  'postCellId',
  'preCell',
  'postCell',
  'preComponent',
  'postComponent',
  'destination',
  'sourcePort',
];
