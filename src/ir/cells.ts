/** Where values live while the IR is evaluated: slots for locals, cells for buffers. */

import { InvariantError, invariant } from '../diagnostics/diagnostic.js';
import { isNumberType, type Scalar } from './code.js';
import type { ElementType, ScalarType, TypedArray } from './program.js';

/** Any typed array except that for i64. */
type NumberArray = Exclude<TypedArray, BigInt64Array>;

/** A local of type i32, u32, f32 or f64. One element, because a typed array keeps the value unboxed. */
export interface NumberSlot {
  readonly kind: 'number';
  readonly type: ScalarType;
  /** One element; f32 values are kept as doubles that are already rounded. */
  readonly value: Int32Array | Uint32Array | Float64Array;
}
/** A local of type i64. */
interface LongSlot {
  readonly kind: 'long';
  readonly type: 'i64';
  value: bigint;
}
/** A local of type bool. */
interface BoolSlot {
  readonly kind: 'bool';
  readonly type: 'bool';
  value: boolean;
}

/** Storage for the value of a local, by its JavaScript type. */
export type Slot = NumberSlot | LongSlot | BoolSlot;

/** A new slot, holding zero or false. */
export function createSlot(type: ScalarType): Slot {
  switch (type) {
    case 'bool':
      return { kind: 'bool', type, value: false };
    case 'i64':
      return { kind: 'long', type, value: 0n };
    case 'i32':
      return { kind: 'number', type, value: new Int32Array(1) };
    case 'u32':
      return { kind: 'number', type, value: new Uint32Array(1) };
    // An f32 value is an f64 that was rounded; a Float32Array would only round it again.
    case 'f32':
    case 'f64':
      return { kind: 'number', type, value: new Float64Array(1) };
  }
}

/** The value in a slot. */
export function readSlot(slot: Slot): Scalar {
  return slot.kind === 'number' ? (slot.value[0] ?? 0) : slot.value;
}

/** Puts a value into a slot. */
export function writeSlot(slot: Slot, value: Scalar): void {
  if (slot.kind === 'number' && typeof value === 'number') slot.value[0] = value;
  else if (slot.kind === 'long' && typeof value === 'bigint') slot.value = value;
  else if (slot.kind === 'bool' && typeof value === 'boolean') slot.value = value;
  else throw new InvariantError('ir/evaluate', `${typeof value} given for ${slot.type}`);
}

/** A buffer's elements; replaced as a whole when the buffer is allocated. */
export interface Cell {
  /** Name of the buffer. */
  readonly name: string;
  readonly element: ElementType;
  /** Elements unless i64. */
  numbers: NumberArray;
  /** Elements if i64. */
  longs: BigInt64Array;
  /** The same bytes as u32 values, for writing the canonical NaN. */
  words: Uint32Array;
}

/** Whether initial contents are given as elements rather than as a fill. */
export function isTypedArray(value: TypedArray | { readonly fill: number | bigint }): value is TypedArray {
  return ArrayBuffer.isView(value);
}

/** A cell with no elements. */
export function createCell(name: string, element: ElementType): Cell {
  return { name, element, numbers: new Uint8Array(0), longs: new BigInt64Array(0), words: new Uint32Array(0) };
}

/** The elements of a cell. */
export function cellArray(cell: Cell): TypedArray {
  return cell.element === 'i64' ? cell.longs : cell.numbers;
}

/** Makes `array` the elements of a cell; its NaNs become the one NaN. */
export function setCellArray(cell: Cell, array: TypedArray): void {
  if (array instanceof BigInt64Array) {
    invariant(cell.element === 'i64', 'ir/evaluate', `i64 elements given to ${cell.name}`);
    cell.longs = array;
    return;
  }
  invariant(cell.element !== 'i64', 'ir/evaluate', `${array.constructor.name} given to ${cell.name}`);
  cell.numbers = array;
  if (cell.element === 'f32' || cell.element === 'f64') {
    cell.words = new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4);
    canonicaliseNaN(cell, 0, array.length);
  }
}

/** Writes the canonical NaN at an index of a floating-point cell. The bits of a computed NaN depend on the machine. */
export function writeNaN(cell: Cell, index: number): void {
  if (cell.element === 'f64') {
    // Little-endian, as are all machines that Node runs on and all files that hold state.
    cell.words[2 * index] = 0;
    cell.words[2 * index + 1] = 0x7ff80000;
  } else {
    cell.words[index] = 0x7fc00000;
  }
}

/** Replaces every NaN of elements [begin, end) by the one NaN. */
export function canonicaliseNaN(cell: Cell, begin: number, end: number): void {
  if (cell.element !== 'f32' && cell.element !== 'f64') return;
  for (let index = begin; index < end; index++) {
    if (Number.isNaN(cell.numbers[index])) writeNaN(cell, index);
  }
}

/**
 * A value given from outside as a value of the type: f32 rounded, integers wrapped. @throws InvariantError for another
 * kind of value
 */
export function coerceScalar(type: ScalarType, value: Scalar): Scalar {
  if (type === 'bool') {
    invariant(typeof value === 'boolean', 'ir/evaluate', `${typeof value} given for bool`);
    return value;
  }
  if (!isNumberType(type)) {
    invariant(typeof value === 'bigint', 'ir/evaluate', `${typeof value} given for i64`);
    return BigInt.asIntN(64, value);
  }
  invariant(typeof value === 'number', 'ir/evaluate', `${typeof value} given for ${type}`);
  switch (type) {
    case 'i32':
      return value | 0;
    case 'u32':
      return value >>> 0;
    case 'f32':
      return Math.fround(value);
    case 'f64':
      return value;
  }
}
