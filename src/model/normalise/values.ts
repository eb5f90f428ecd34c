import { isGiven } from '../tagged.js';
import type { Expression } from '../../lang/ast.js';
import { leastInt32, mostInt32 } from '../../lang/integers.js';
import { callsIn, namesIn } from '../../lang/walk.js';
import { checkGeneratorSeed, literalBounds, literalValue } from './literals.js';
import type { ArrayDocument, HostDrawDocument, ValueDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { ArrayValue, DrawnValues, Value } from '../model.js';
import { child } from '../pointer.js';
import { hostDraw } from '../shape/values.js';
import { type ArraySlot, exponentOfUnit, isArrayDocument, normaliseArray, numbersOf } from './arrays.js';
import type { Context } from './context.js';
import {
  allNames,
  fits,
  normaliseExpression,
  readExpression,
  readUnit,
  settled,
  textOf,
  type Slot,
} from './expressions.js';
import { madeOf, readObject } from './members.js';
import { namesFrom, namesOfKinds, pureUnit, special, type Names, type Variable } from './names.js';
import { equalDimensions, second } from '../../lang/dimension.js';
import { wrongDimension } from '../../lang/messages.js';

/** Rows and columns of a matrix. */
export type Matrix = readonly [number, number];

/** Requirements on a value for each element. */
export interface ValueSlot extends Slot, Pick<ArraySlot, 'infinite'> {
  /** Number of elements, if known. */
  readonly count?: number | undefined;
  /** How many values a list may have instead. */
  readonly otherCount?: number | undefined;
  /** Rows and columns of a matrix that has a value for each pair. */
  readonly matrix?: Matrix | undefined;
  /** Smallest value allowed, in SI. */
  readonly least?: number;
  /** Greatest value allowed if there is a smallest one, in SI. */
  readonly most?: number;
}

/** Normalises a value for each element; undefined after a finding. */
export function normaliseValue(
  context: Context,
  written: ValueDocument,
  scopes: readonly Names[],
  slot: ValueSlot,
  pointer: string,
): Value | undefined {
  if (isArrayDocument(written)) return arrayValue(context, written, slot, pointer);
  if (typeof written === 'object') return drawnValues(context, written, slot, pointer);
  if (typeof written === 'boolean' && slot.type !== 'boolean') {
    context.report(messages.notANumber(slot.what, written), pointer);
    return undefined;
  }
  if (slot.type === 'boolean' && typeof written !== 'string') return truth(context, written, slot, pointer);
  const e = readExpression(context, written, slot.unit, pointer, allNames(scopes));
  if (!e) return undefined;
  const allowed = slot.type === 'integer' ? { ...slot, type: 'real' as const } : slot;
  if (!fits(context, e, scopes, isWholeLiteral(e) ? allowed : slot, pointer)) return undefined;
  const done = settled(context, e, scopes, pointer, written);
  return done && scalarOrText(context, done, scopes, slot, pointer);
}

/**
 * Normalises values for parameters and state variables, by name. `others`: names of further variables, for suggestions.
 */
export function assignedValues(
  context: Context,
  written: Readonly<Record<string, ValueDocument>> | undefined,
  { names, variableOf = (name) => names.lookup(name), others = [] }: Assignable,
  scopes: readonly Names[],
  slotOf: (name: string) => Partial<ValueSlot>,
  pointer: string,
): Record<string, Value> {
  return madeOf(written, pointer, (value, at, name) => {
    const variable = variableOf(name);
    if (variable?.kind !== 'parameter' && variable?.kind !== 'state') {
      const known = [...namesOfKinds(names, ['parameter', 'state']), ...others];
      context.reportKey(messages.unknownVariable(name, known, 'parameter or state variable'), at);
      return undefined;
    }
    const slot = { what: `the value of ${name}`, unit: variable.unit, type: variable.type, ...slotOf(name) };
    return variable.unknown === true ? undefined : normaliseValue(context, value, scopes, slot, at);
  });
}

/** Variables that values are given for. */
interface Assignable {
  readonly names: Names;
  /** Returns the meaning of a name, if others than `names` have one. */
  readonly variableOf?: (name: string) => Variable | undefined;
  /** Names of such others, for suggestions. */
  readonly others?: readonly string[];
}

/** Checks whether an expression is a literal whole number, such as `3.0`. */
function isWholeLiteral(e: Expression): boolean {
  const value = literalValue(e);
  return value !== undefined && Number.isInteger(value);
}

function truth(context: Context, written: boolean | number, slot: ValueSlot, pointer: string): number | undefined {
  if (typeof written === 'boolean') return written ? 1 : 0;
  if (written === 0 || written === 1) return written;
  context.report(messages.notBoolean(slot.what, written), pointer);
  return undefined;
}

function scalarOrText(
  context: Context,
  e: Expression,
  scopes: readonly Names[],
  slot: ValueSlot,
  pointer: string,
): Value | undefined {
  if (e.kind === 'boolean') return e.value ? 1 : 0;
  const value = literalValue(e);
  if (value === undefined) {
    if (slot.infinite !== true && isInfinite(e, scopes)) {
      context.report(messages.notFinite('inf'), pointer);
      return undefined;
    }
    const { low } = literalBounds(e);
    if (slot.least !== undefined && low < slot.least && Number.isFinite(low) && !isAllowed(context, low, slot, pointer))
      return undefined;
    return textOf(e, allNames(scopes));
  }
  // JSON has no negative zero.
  return isAllowed(context, value, slot, pointer) ? value + 0 : undefined;
}

/** Checks whether an expression is arithmetic of literals and infinity only. */
function isInfinite(e: Expression, scopes: readonly Names[]): boolean {
  const names = namesIn(e);
  return (
    names.has('inf') && names.size === 1 && callsIn(e).length === 0 && allNames(scopes).lookup('inf') === undefined
  );
}

function isAllowed(context: Context, value: number, slot: ValueSlot, pointer: string): boolean {
  const isInteger = slot.type === 'integer';
  const { least = isInteger ? leastInt32 : undefined, most = isInteger ? mostInt32 : Infinity } = slot;
  if (least === undefined || (value >= least && value <= most)) return true;
  context.report(
    most < Infinity
      ? messages.outOfRange(slot.what, least, most, value)
      : least === 0
        ? messages.negative(slot.what, value)
        : messages.belowLeast(slot.what, least, value),
    pointer,
  );
  return false;
}

function arrayValue(context: Context, written: ArrayDocument, slot: ValueSlot, pointer: string): Value | undefined {
  const array = normaliseArray(context, written, slot, pointer);
  if (!array) return undefined;
  const length = array.shape.reduce((product, side) => product * side, 1);
  const isOther = array.shape.length === 1 && length === slot.otherCount;
  if (slot.count !== undefined && !isOther && (array.shape.length !== 1 || length !== slot.count)) {
    context.report(messages.wrongLength(slot.what, slot.count, length), pointer);
    return undefined;
  }
  const numbers = slot.least === undefined && slot.type !== 'integer' ? undefined : numbersOf(context, array.values);
  for (let index = 0; numbers && index < numbers.length; index++) {
    if (!isAllowed(context, numbers[index] ?? 0, slot, Array.isArray(written) ? child(pointer, index) : pointer))
      return undefined;
  }
  if (isGiven(written) && written.pairs !== undefined) return { array: array.values, pairs: written.pairs };
  if (array.shape.length !== 2 || !slot.matrix) return { array: array.values };
  if (array.shape[0] === slot.matrix[0] && array.shape[1] === slot.matrix[1])
    return { array: array.values, columns: slot.matrix[1], ...gapsOf(context, written, length, pointer) };
  context.report(messages.wrongLength(`the matrix of ${slot.what}`, slot.matrix[0] * slot.matrix[1], length), pointer);
  return undefined;
}

/** Returns the places of a matrix that hold no value. */
function gapsOf(
  context: Context,
  written: ArrayDocument,
  length: number,
  pointer: string,
): { readonly gaps?: ArrayValue } {
  if (Array.isArray(written) || !('gaps' in written) || written.gaps === undefined) return {};
  const at = child(pointer, 'gaps');
  const gaps = normaliseArray(context, written.gaps, { what: 'the gaps', unit: pureUnit, type: 'integer' }, at);
  const numbers = gaps && numbersOf(context, gaps.values);
  const wrong = numbers && Array.from(numbers).find((place) => place < 0 || place >= length);
  if (wrong !== undefined) context.report(messages.outOfRange('a gap', 0, length - 1, wrong), at);
  return gaps && gaps.shape[0] !== 0 ? { gaps: gaps.values } : {};
}

/**
 * Normalises a draw by a named generator: its seed as text, and its unit as the power of ten that converts drawn
 * numbers to SI.
 */
export function drawnValues(
  context: Context,
  written: HostDrawDocument,
  slot: Slot,
  pointer: string,
): DrawnValues | undefined {
  const exponent = exponentOf(context, written, slot, pointer);
  if (exponent === undefined) return undefined;
  if (!written.arguments.every(Number.isFinite)) {
    context.report(
      messages.notFinite(written.arguments.find((argument) => !Number.isFinite(argument))),
      child(pointer, 'arguments'),
    );
    return undefined;
  }
  checkGeneratorSeed(context, written.seed, child(pointer, 'seed'));
  const drawn = namesFrom(
    new Map([
      ['drawn', special(slot.unit.dimension)],
      ['dt', special(second)],
    ]),
  );
  const then =
    written.then === undefined
      ? undefined
      : normaliseExpression(context, written.then, [drawn], slot, child(pointer, 'then'));
  const known = { seed: String(written.seed), exponent10: exponent === 0 ? undefined : exponent, then };
  return readObject(hostDraw.reading.slots, written, { context, pointer, scopes: [drawn] }, known);
}

function exponentOf(context: Context, written: HostDrawDocument, slot: Slot, pointer: string): number | undefined {
  if (written.exponent10 !== undefined) return written.exponent10;
  const at = child(pointer, 'unit');
  const unit = written.unit === undefined ? slot.unit : readUnit(context, written.unit, at);
  if (!unit) return undefined;
  if (!equalDimensions(unit.dimension, slot.unit.dimension)) {
    context.report(wrongDimension(`the unit of ${slot.what}`, slot.unit.dimension, unit.dimension), at);
    return undefined;
  }
  const exponent = exponentOfUnit(unit);
  if (exponent === undefined) context.report(messages.notPowerOfTen(String(written.unit)), at);
  return exponent;
}
