/** Expressions that are the same but for some numbers. */

import { dimensionless, type Dimension, type Expression } from './ast.js';
import { name } from './build.js';
import { equalDimensions } from './dimension.js';
import { childrenOf, equalExpressions, sameNode, withChildren } from './walk.js';

/** A number that differs between expressions. */
export interface DifferingNumber {
  readonly dimension: Dimension;
  /** In SI, in the order of the expressions. */
  readonly values: readonly number[];
}

/** The common part of several expressions. */
export interface CommonShape {
  /** The expressions with names in place of their differing numbers. */
  readonly shape: Expression;
  readonly numbers: ReadonlyMap<string, DifferingNumber>;
}

/**
 * Returns the common shape of expressions; undefined if they differ in more than numbers. Exponents and integers count
 * as part of the shape, since they determine dimensions and types.
 *
 * @param nextName returns a name for the next differing number
 */
export function commonShape(expressions: readonly Expression[], nextName: () => string): CommonShape | undefined {
  const numbers = new Map<string, DifferingNumber>();
  const named = (dimension: Dimension, values: readonly number[]): Expression => {
    const known = [...numbers].find(
      ([, number]) =>
        equalDimensions(number.dimension, dimension) && number.values.every((value, k) => value === values[k]),
    );
    const [sharedName] = known ?? [nextName()];
    if (!known) numbers.set(sharedName, { dimension, values });
    return name(sharedName);
  };
  const align = (parts: readonly Expression[]): Expression | undefined => {
    const [first] = parts;
    if (first === undefined || parts.every((part) => equalExpressions(first, part))) return first;
    const values = parts.flatMap((part) =>
      part.kind === 'quantity' || (part.kind === 'number' && !part.integer) ? [part.value] : [],
    );
    const dimensions = parts.map((part) => (part.kind === 'quantity' ? part.dimension : dimensionless));
    const [dimension = dimensionless] = dimensions;
    if (values.length === parts.length && dimensions.every((other) => equalDimensions(other, dimension)))
      return named(dimension, values);
    const isPower = first.kind === 'binary' && first.operator === '**';
    if (isPower || !parts.every((part) => sameNode(first, part))) return undefined;
    const children = parts.map(childrenOf);
    if (children.some(({ length }) => length !== children[0]?.length)) return undefined;
    const aligned = (children[0] ?? []).map((_, k) => align(children.map((operands) => operands[k] ?? first)));
    if (aligned.length === 0 || aligned.includes(undefined)) return undefined;
    const rest = [...aligned];
    return withChildren(first, (part) => rest.shift() ?? part);
  };
  const shape = align(expressions);
  return shape && { shape, numbers };
}
