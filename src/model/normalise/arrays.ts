import { itemAt } from '../../diagnostics/entry.js';
import type { Finding } from '../../diagnostics/diagnostic.js';
import type { ValueType } from '../../lang/ast.js';
import { scaleDecimal } from '../../lang/decimal.js';
import { dimensionText, equalDimensions } from '../../lang/dimension.js';
import { nameInList, wrongDimension } from '../../lang/messages.js';
import { leadingQuantity, parseQuantity } from '../../lang/quantity.js';
import { equalRationals, exponentOfTen, one } from '../../lang/rational.js';
import type { Unit } from '../../lang/units.js';
import type { ArrayDocument, DataReferenceDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { ArrayValue, DataReference } from '../model.js';
import { child } from '../pointer.js';
import { isGiven } from '../tagged.js';
import type { Context } from './context.js';
import { attempt, readUnit } from './expressions.js';

/** Meaning of the numbers of an array. */
export interface ArraySlot {
  readonly what: string;
  readonly unit: Unit;
  readonly type: ValueType;
  /** Whether `inf` is a value, as for the time of an event that has not happened. */
  readonly infinite?: boolean;
}

/** A normalised array with its shape: its length, or for lists of lists rows and columns. */
interface NormalArray {
  readonly values: ArrayValue;
  readonly shape: readonly number[];
}

/** After so many wrong items of one array the rest goes unsaid. */
const mostWrongItems = 5;

/** Checks whether a value is written as an array. */
export function isArrayDocument(value: unknown): value is ArrayDocument {
  return Array.isArray(value) || isGiven(value) || (value !== null && typeof value === 'object' && '$data' in value);
}

/** Normalises an array in SI, in row-major order; undefined after a finding. */
export function normaliseArray(
  context: Context,
  written: ArrayDocument,
  slot: ArraySlot,
  pointer: string,
): NormalArray | undefined {
  if (Array.isArray(written)) return fromList(context, written, slot, slot.unit, pointer);
  const map = written as Exclude<ArrayDocument, readonly unknown[]>;
  if ('$data' in map) return fromData(context, map, slot, pointer);
  const unit = unitOfArray(context, map.unit, slot, pointer);
  if (!unit) return undefined;
  if (Array.isArray(map.array)) return fromList(context, map.array, slot, unit, child(pointer, 'array'));
  const reference = map.array as DataReferenceDocument;
  return fromData(
    context,
    map.unit === undefined || reference.unit !== undefined ? reference : { ...reference, unit: map.unit },
    slot,
    child(pointer, 'array'),
  );
}

function unitOfArray(
  context: Context,
  text: string | number | undefined,
  slot: ArraySlot,
  pointer: string,
): Unit | undefined {
  if (text === undefined) return slot.unit;
  const unit = readUnit(context, text, child(pointer, 'unit'));
  if (!unit || equalDimensions(unit.dimension, slot.unit.dimension)) return unit;
  context.report(
    wrongDimension(`the unit of ${slot.what}`, slot.unit.dimension, unit.dimension),
    child(pointer, 'unit'),
  );
  return undefined;
}

function fromList(
  context: Context,
  list: readonly unknown[],
  slot: ArraySlot,
  unit: Unit,
  pointer: string,
): NormalArray | undefined {
  const rows =
    list.length > 0 && list.every((item) => Array.isArray(item))
      ? (list as readonly (readonly unknown[])[])
      : undefined;
  const item = itemReader(context, slot, unit);
  if (!rows) {
    const values = item.all(list, pointer);
    return values && { values, shape: [values.length] };
  }
  const columns = rows[0]?.length ?? 0;
  const ragged = rows.findIndex((row) => row.length !== columns);
  if (ragged >= 0) {
    context.report(messages.raggedRows(columns, rows[ragged]?.length ?? 0), child(pointer, ragged));
    return undefined;
  }
  const values: number[] = [];
  let whole = true;
  for (const [index, row] of rows.entries()) {
    const read = item.all(row, child(pointer, index));
    if (!read) whole = false;
    else for (const value of read) values.push(value);
  }
  return whole ? { values, shape: [rows.length, columns] } : undefined;
}

function itemReader(
  context: Context,
  slot: ArraySlot,
  unit: Unit,
): { all(list: readonly unknown[], pointer: string): number[] | undefined } {
  const scaled = scaler(unit);
  let wrong = 0;
  const refuse = (finding: Finding, pointer: string, index: number): number | undefined => {
    if (++wrong <= mostWrongItems) context.report(finding, child(pointer, index));
    return undefined;
  };
  const read = (written: unknown, pointer: string, index: number): number | undefined => {
    if (typeof written === 'boolean' && slot.type === 'boolean') return written ? 1 : 0;
    let value: number | undefined;
    if (typeof written === 'number') value = Number.isFinite(written) ? scaled(written) : NaN;
    else if (typeof written === 'string') value = textItem(context, written, slot, child(pointer, index));
    else return refuse(messages.notANumber(slot.what, written), pointer, index);
    if (value === undefined) {
      wrong++;
      return undefined;
    }
    if (!Number.isFinite(value)) return refuse(messages.notFinite(written), pointer, index);
    if (slot.type === 'integer' && !Number.isSafeInteger(value))
      return refuse(messages.notWhole(slot.what, String(value)), pointer, index);
    if (slot.type === 'boolean' && value !== 0 && value !== 1)
      return refuse(messages.notBoolean(slot.what, value), pointer, index);
    return value + 0;
  };
  return {
    all(list, pointer) {
      const values = new Array<number>(list.length);
      const before = wrong;
      for (let index = 0; index < list.length && wrong < mostWrongItems; index++)
        values[index] = read(list[index], pointer, index) ?? 0;
      return wrong === before ? values : undefined;
    },
  };
}

/** Returns a quantity with its own unit within an array. */
function textItem(context: Context, text: string, slot: ArraySlot, pointer: string): number | undefined {
  const { rest } = leadingQuantity(text, (name) => context.constantNames.has(name));
  const factor = rest === undefined ? undefined : /^\w+/.exec(text.slice(rest))?.[0];
  if (factor !== undefined) {
    const related = [{ message: `${factor} is defined here`, definition: child('/parameters', factor) }];
    context.report(nameInList(factor), pointer, undefined, related);
    return undefined;
  }
  const quantity = attempt(context, pointer, () => parseQuantity(text));
  if (!quantity) return undefined;
  if (equalDimensions(quantity.dimension, slot.unit.dimension)) return quantity.value;
  context.report(wrongDimension(`an item of ${slot.what}`, slot.unit.dimension, quantity.dimension), pointer);
  return undefined;
}

/** Numbers of decimals, and their powers of ten, which are exact up to 10^22. */
const fewDecimals = [
  [0, 1],
  [1, 10],
  [3, 1000],
] as const;

/** Returns a converter of numbers in a unit to SI, decimal-exact: the decimal text is scaled and rounded once. */
export function scaler(unit: Unit): (value: number) => number {
  const { scale } = unit;
  if (equalRationals(scale, one)) return (value) => value;
  const exponent = exponentOfTen(scale);
  if (exponent === undefined) return (value) => scaleDecimal(String(value), scale);
  const short = shortScaler(exponent);
  return (value) => short(value) ?? scaledText(value, exponent);
}

/** Returns a multiplier of short decimals by a power of ten. It divides two exact numbers, which also rounds once. */
function shortScaler(exponent: number): (value: number) => number | undefined {
  const powers = fewDecimals.map(([, power]) => power);
  const divisors = fewDecimals.map(([decimals]) => Number(`1e${decimals - exponent}`));
  const isExact = exponent <= 0 && exponent >= -19;
  return (value) => {
    for (let k = 0; isExact && k < powers.length; k++) {
      const whole = Math.round(value * itemAt(powers, k));
      if (!(Math.abs(whole) < 1e15)) break;
      if (whole / itemAt(powers, k) === value) return whole === 0 ? 0 : whole / itemAt(divisors, k);
    }
    return undefined;
  };
}

/**
 * Returns a number times a power of ten. Reading a decimal text rounds correctly, so moving its exponent is exact
 * scaling.
 */
function scaledText(value: number, exponent: number): number {
  const text = String(value);
  const at = text.indexOf('e');
  return at < 0
    ? Number(`${text}e${exponent}`)
    : Number(`${text.slice(0, at)}e${Number(text.slice(at + 1)) + exponent}`);
}

/** Texts that are written and read at once: it takes half as long as one by one. */
const textsAtOnce = 1024;

/** Converts numbers in a unit to SI, as `scaler` does. */
export function scaledNumbers(values: ArrayLike<number>, unit: Unit): Float64Array {
  const exponent = exponentOfTen(unit.scale);
  if (exponent === undefined) return Float64Array.from(values, scaler(unit));
  const short = shortScaler(exponent);
  const result = new Float64Array(values.length);
  let [places, numbers]: [number[], number[]] = [[], []];
  const read = (): void => {
    const text = JSON.stringify(numbers);
    // Numbers that are not finite are written as null.
    const isPlain = !text.includes('e') && !text.includes('n');
    const scaled = isPlain
      ? (JSON.parse(`${text.slice(0, -1).replaceAll(',', `e${exponent},`)}e${exponent}]`) as number[])
      : numbers.map((value) => scaledText(value, exponent));
    for (let k = 0; k < scaled.length; k++) result[itemAt(places, k)] = itemAt(scaled, k);
    [places, numbers] = [[], []];
  };
  for (let k = 0; k < values.length; k++) {
    const value = itemAt(values, k);
    const scaled = short(value);
    if (scaled !== undefined) result[k] = scaled;
    else {
      numbers.push(value);
      if (places.push(k) === textsAtOnce) read();
    }
  }
  if (places.length > 0) read();
  return result;
}

/** Returns the power of ten that converts a unit to SI, or undefined if the factor is not a power of ten. */
export function exponentOfUnit(unit: Unit): number | undefined {
  return exponentOfTen(unit.scale);
}

function fromData(
  context: Context,
  written: DataReferenceDocument,
  slot: ArraySlot,
  pointer: string,
): NormalArray | undefined {
  const unit = unitOfArray(context, written.unit, slot, pointer);
  const shape = written.shape;
  if (!unit) return undefined;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    context.report(messages.badShape(shape), child(pointer, 'shape'));
    return undefined;
  }
  const reference: DataReference = { $data: written.$data, dtype: written.dtype, shape };
  const count = shape.reduce((product, length) => product * length, 1);
  const array = context.data?.get(written.$data);
  if (context.data && !array) {
    context.report(messages.missingData(written.$data), child(pointer, '$data'));
    return undefined;
  }
  if (array && array.length !== count) {
    context.report(messages.wrongDataLength(count, array.length), child(pointer, 'shape'));
    return undefined;
  }
  if (equalRationals(unit.scale, one)) return checkedData(context, reference, array, slot, pointer);
  if (!array || array instanceof BigInt64Array) {
    context.report(messages.dataNeedsSi(dimensionText(unit.dimension)), child(pointer, 'unit'));
    return undefined;
  }
  const converted = scaledNumbers(array, unit);
  return checkedData(context, { $data: context.keep(converted), dtype: 'f64', shape }, converted, slot, pointer);
}

function checkedData(
  context: Context,
  reference: DataReference,
  array: ArrayLike<number | bigint> | undefined,
  slot: ArraySlot,
  pointer: string,
): NormalArray | undefined {
  const index = array ? firstWrong(array, slot) : -1;
  if (array && index >= 0) {
    context.report(messages.badDataItem(slot.what, index, Number(array[index])), pointer);
    return undefined;
  }
  return { values: reference, shape: reference.shape };
}

/** Returns the index of the first element that is not finite, or not whole although it must be; -1 for none. */
function firstWrong(array: ArrayLike<number | bigint>, { type, infinite }: ArraySlot): number {
  const whole = [BigInt64Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array];
  if (whole.some((kind) => array instanceof kind)) return -1;
  const numbers = array as ArrayLike<number>;
  for (let index = 0; index < numbers.length; index++) {
    const value = numbers[index] as number;
    if (infinite === true && Math.abs(value) === Infinity) continue;
    if (!Number.isFinite(value) || (type !== 'real' && value !== Math.trunc(value))) return index;
  }
  return -1;
}

/** Returns the numbers of a normalised array if they are at hand: inline, or in the store. */
export function numbersOf(context: Context, values: ArrayValue): ArrayLike<number> | undefined {
  if (!('$data' in values)) return values;
  const array = context.store().get(values.$data);
  return array instanceof BigInt64Array ? Array.from(array, Number) : array;
}
