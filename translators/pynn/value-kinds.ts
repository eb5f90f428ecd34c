/** Kinds of PyNN's values, which a document tells apart by their keys: only this module looks at them. */

import type { DataReference, Formula, Limit, Random, Sequence, Sequences, Value } from './specification.generated.js';

/** A value with its kind. */
type ValueKind =
  | { readonly kind: 'number'; readonly value: number }
  /** A truth value or null, which no parameter has. */
  | { readonly kind: 'flag'; readonly value: boolean | null }
  | { readonly kind: 'list'; readonly value: readonly unknown[] }
  | { readonly kind: 'random'; readonly value: Random }
  | { readonly kind: 'formula'; readonly value: Formula }
  | { readonly kind: 'sequence'; readonly value: Sequence }
  | { readonly kind: 'sequences'; readonly value: Sequences }
  | { readonly kind: 'data'; readonly value: DataReference };

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Returns the kind of a value. */
export function valueKind(value: Value): ValueKind {
  if (typeof value === 'number') return { kind: 'number', value };
  if (value === null || typeof value === 'boolean') return { kind: 'flag', value };
  if (isList(value)) return { kind: 'list', value };
  if (isRandom(value)) return { kind: 'random', value };
  if (isFormula(value)) return { kind: 'formula', value };
  if ('sequence' in value) return { kind: 'sequence', value };
  return isSequences(value) ? { kind: 'sequences', value } : { kind: 'data', value };
}

/** Checks whether something is an object with a key. */
const has = <K extends string>(value: unknown, key: K): value is Readonly<Record<K, unknown>> =>
  typeof value === 'object' && value !== null && key in value;

/** Checks whether something is a distribution. */
export const isRandom = (value: unknown): value is Random => has(value, 'random');

/** Returns a parameter of a distribution as a number. */
export const limitAsNumber = (limit: Limit): number =>
  typeof limit === 'number' ? limit : limit === 'inf' ? Infinity : -Infinity;

/** Returns a number as a parameter of a distribution; the largest there are stand for infinite ones. */
export const limitOf = (number: number): Limit =>
  Math.abs(number) < Number.MAX_VALUE ? number : number > 0 ? 'inf' : '-inf';

/** Checks whether something is a formula. */
export const isFormula = (value: unknown): value is Formula => has(value, 'expr') && typeof value.expr === 'string';

/** Checks whether something is a sequence of spike times for each cell. */
export const isSequences = (value: unknown): value is Sequences => has(value, 'sequences');

/** Returns the numbers that a value is written with: one, a list, or those of a matrix. */
export const numbersIn = (value: Value): readonly number[] =>
  (Array.isArray(value) ? value.flat() : [value]).filter((item): item is number => typeof item === 'number');
