/** Values that variables are set to: quantities, expressions, arrays. */

import { isQuantity } from './terms.js';
import { dimensionless, type Expression } from '../../src/lang/ast.js';
import { boolean, number } from '../../src/lang/build.js';
import { constantQuantity } from '../../src/lang/constant-value.js';
import { dimensionText, equalDimensions, isDimensionless } from '../../src/lang/dimension.js';
import { LangError } from '../../src/lang/lang-error.js';
import { printExpression } from '../../src/lang/print.js';
import { nameInList } from '../../src/lang/messages.js';
import { leadingQuantity, scaleDecimal } from '../../src/lang/quantity.js';
import { one, type Rational } from '../../src/lang/rational.js';
import { parseUnit } from '../../src/lang/units.js';
import { child } from '../../src/model/pointer.js';
import {
  isUnknown,
  quantityOf,
  quantityTree,
  readConstantExpression,
  readText as readTextIn,
  writtenQuantity,
} from './constants.js';
import { type Reporter } from './context.js';
import * as messages from './messages.js';
import type { DataReference, Quantities, Values } from './specification.generated.js';
import type { Namespace, Quantity, Scope, Variable } from './terms.js';
import { isList } from '../../src/model/collections.js';

/**
 * A value as read: a constant, an expression to be evaluated for each element, or a list of numbers, in the document or
 * in a file.
 */
export type ReadValue =
  | {
      readonly kind: 'known';
      readonly value: number;
      /** The text in the document. */ readonly text: string | number | boolean;
      readonly pointer: string;
    }
  | { readonly kind: 'expression'; readonly tree: Expression; readonly pointer: string }
  | { readonly kind: 'array'; readonly values: readonly number[]; readonly pointer: string }
  | { readonly kind: 'data'; readonly reference: DataReference; readonly pointer: string };

/** The purpose of a value: dimension and type of a variable. */
type Slot = Pick<Variable, 'name' | 'dimension' | 'type' | 'unknown'>;

/**
 * Reads a value of a variable. Returns undefined after reporting an error.
 *
 * @param scope  meaning of names in an expression
 * @param size   number of elements, and length of an array; NaN if only the run determines it
 */
export function readValue(
  value: Values,
  pointer: string,
  slot: Slot,
  scope: Scope,
  size: number,
  to: Reporter,
): ReadValue | undefined {
  if (typeof value === 'object' && '$data' in value) {
    if (!Number.isNaN(size) && value.shape[0] !== size)
      to.report(messages.lengthMismatch(slot.name, size, value.shape[0] ?? 0), pointer);
    return { kind: 'data', reference: value, pointer };
  }
  if (typeof value === 'object') {
    const values = readQuantities(value, pointer, slot, scope.constant, to);
    if (values === undefined) return undefined;
    if (!Number.isNaN(size) && values.length !== size)
      to.report(messages.lengthMismatch(slot.name, size, values.length), pointer);
    return { kind: 'array', values, pointer };
  }
  if (typeof value === 'string') return readText(value, pointer, slot, scope, to);
  const known = knownValue(value, pointer, slot, to);
  return known === undefined ? undefined : { kind: 'known', value: known, text: value, pointer };
}

function readText(text: string, pointer: string, slot: Slot, scope: Scope, to: Reporter): ReadValue | undefined {
  const tree = readTextIn(text, scope, pointer, to);
  if (tree === undefined) return undefined;
  if (isQuantity(tree)) {
    if (!fits(tree, pointer, slot, to)) return undefined;
    return {
      kind: 'known',
      value: tree.value,
      text: isDimensionless(tree.dimension) ? tree.value : text.trim(),
      pointer,
    };
  }
  if (isUnknown(tree)) return undefined;
  const known = quantityOf(tree);
  if (known === undefined) return { kind: 'expression', tree, pointer };
  return fits(known, pointer, slot, to)
    ? { kind: 'known', value: known.value, text: printExpression(tree), pointer }
    : undefined;
}

/** Returns a bare number or truth value. As in Brian, a bare 0 is zero in any unit. */
function knownValue(value: number | boolean, pointer: string, slot: Slot, to: Reporter): number | undefined {
  if (typeof value === 'boolean') {
    if (slot.type === 'boolean') return Number(value);
    to.report(messages.wrongValue(slot.type === 'integer' ? 'a whole number' : 'a quantity', value), pointer);
    return undefined;
  }
  if (value === 0 && !isDimensionless(slot.dimension)) return 0;
  return fits({ value, dimension: dimensionless }, pointer, slot, to) ? value : undefined;
}

function fits(quantity: Quantity, pointer: string, slot: Slot, to: Reporter): boolean {
  if (slot.unknown) return true;
  if (!Number.isFinite(quantity.value)) {
    to.report(messages.notFinite(slot.name), pointer);
    return false;
  }
  if (!equalDimensions(quantity.dimension, slot.dimension)) {
    const expected = dimensionText(slot.dimension);
    const bare = isDimensionless(quantity.dimension);
    to.report(
      bare
        ? messages.unitMissing(slot.name, expected)
        : messages.wrongDimension(slot.name, expected, dimensionText(quantity.dimension)),
      pointer,
    );
    return false;
  }
  if (slot.type === 'integer' && !Number.isInteger(quantity.value)) {
    to.report(messages.wrongValue('a whole number', quantity.value), pointer);
    return false;
  }
  return true;
}

/** Returns the numbers of a list of quantities, in SI, or undefined after reporting the first wrong one. */
export function readQuantities(
  list: Quantities,
  pointer: string,
  slot: Slot,
  constant: Namespace['definition'],
  to: Reporter,
): readonly number[] | undefined {
  if (isList(list)) return readNumbers(list, pointer, undefined, slot, constant, to);
  return readNumbers(
    list.values,
    child(pointer, 'values'),
    list.unit === undefined ? undefined : { text: list.unit, pointer: child(pointer, 'unit') },
    slot,
    constant,
    to,
  );
}

/**
 * Returns the numbers in `items`, in SI, or undefined after reporting the first wrong one.
 *
 * @param unit  the unit of bare numbers, if there is one
 * @param constant  identifies names of constants, which an item cannot read
 */
export function readNumbers(
  items: readonly unknown[],
  pointer: string,
  unit: { readonly text: string; readonly pointer: string } | undefined,
  slot: Slot,
  constant: Namespace['definition'],
  to: Reporter,
): readonly number[] | undefined {
  const given = unit === undefined ? one : readScale(unit, slot, to);
  if (given === undefined) return undefined;
  const scale = given.numerator === given.denominator ? one : given;
  const bare = unit === undefined ? slot : { ...slot, dimension: dimensionless };
  const values: number[] = [];
  const isPlain = isDimensionless(bare.dimension) && bare.type === 'real' && bare.unknown !== true;
  for (const [index, item] of items.entries()) {
    const value =
      isPlain && Number.isFinite(item)
        ? (item as number)
        : readItem(item, child(pointer, index), typeof item === 'string' ? slot : bare, constant, to);
    if (value === undefined) return undefined;
    values.push(scale === one || typeof item === 'string' ? value : scaleDecimal(String(value), scale));
  }
  return values;
}

function readScale(
  unit: { readonly text: string; readonly pointer: string },
  slot: Slot,
  to: Reporter,
): Rational | undefined {
  try {
    const { dimension, scale } = parseUnit(unit.text);
    if (equalDimensions(dimension, slot.dimension)) return scale;
    to.report(
      messages.wrongDimension(slot.name, dimensionText(slot.dimension), dimensionText(dimension)),
      unit.pointer,
    );
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    to.report(error.finding, unit.pointer, error.span);
  }
  return undefined;
}

function readItem(
  item: unknown,
  pointer: string,
  slot: Slot,
  constant: Namespace['definition'],
  to: Reporter,
): number | undefined {
  if (typeof item === 'number' || typeof item === 'boolean') return knownValue(item, pointer, slot, to);
  const factor = typeof item === 'string' ? constantFactor(item, constant) : undefined;
  if (factor !== undefined) {
    const note = { message: `${factor} is defined here`, pointer: constant(factor) ?? pointer };
    to.report(nameInList(factor), pointer, undefined, [note]);
    return undefined;
  }
  const quantity = typeof item === 'string' ? writtenQuantity(item) : undefined;
  if (quantity === undefined || quantity instanceof LangError) {
    if (quantity instanceof LangError) to.report(quantity.finding, pointer, quantity.span);
    else to.report(messages.notAQuantity(item), pointer);
    return undefined;
  }
  return fits(quantity, pointer, slot, to) ? quantity.value : undefined;
}

/** Returns the constant that a text multiplies a number with, if it does. */
function constantFactor(text: string, constant: Namespace['definition']): string | undefined {
  const { rest } = leadingQuantity(text, (key) => constant(key) !== undefined);
  return rest === undefined ? undefined : /^[A-Za-z0-9_]+/.exec(text.slice(rest))?.[0];
}

/** Returns a number known beforehand, in SI, such as a duration. Returns undefined after reporting an error. */
export function readNumber(
  value: string | number,
  pointer: string,
  slot: Slot,
  namespace: Namespace,
  to: Reporter,
): number | undefined {
  if (typeof value === 'number') return knownValue(value, pointer, slot, to);
  const tree = readConstantExpression(value, pointer, namespace, to);
  if (tree === undefined) return undefined;
  const quantity = quantityOf(tree) ?? constantQuantity(tree);
  if (isUnknown(tree)) return undefined;
  if (quantity === undefined) {
    to.report(messages.notConstant(slot.name, value), pointer);
    return undefined;
  }
  return fits(quantity, pointer, slot, to) ? quantity.value : undefined;
}

/** Returns the number of elements of a group. Returns 1 after reporting an error, so that the rest can be checked. */
export function readSize(value: string | number, pointer: string, namespace: Namespace, to: Reporter): number {
  const size = readNumber(value, pointer, { name: 'N', dimension: dimensionless, type: 'real' }, namespace, to);
  if (size === undefined) return 1;
  if (Number.isSafeInteger(size) && size >= 1) return size;
  to.report(messages.outOfRange('N', 'a whole number, 1 or more', value), pointer);
  return 1;
}

/** Returns a value as an expression, to be combined with others. */
export function valueTree(value: ReadValue & { readonly kind: 'known' | 'expression' }, slot: Slot): Expression {
  if (value.kind === 'expression') return value.tree;
  if (slot.type === 'boolean') return boolean(value.value !== 0);
  if (slot.type === 'integer') return number(value.value, undefined, true);
  return quantityTree({ value: value.value, dimension: slot.dimension }, { start: 0, end: 0 });
}
