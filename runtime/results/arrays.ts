/** Typed arrays by element type, and their bytes. */

import { createArray } from '../../src/ir/arrays.js';
import type { ElementType, TypedArray } from '../../src/ir/program.js';

/** The element type that an array holds. */
export function elementTypeOf(array: TypedArray): ElementType {
  if (array instanceof Float64Array) return 'f64';
  if (array instanceof Float32Array) return 'f32';
  if (array instanceof Uint32Array) return 'u32';
  if (array instanceof Int32Array) return 'i32';
  if (array instanceof BigInt64Array) return 'i64';
  if (array instanceof Uint16Array) return 'u16';
  if (array instanceof Int16Array) return 'i16';
  if (array instanceof Uint8Array) return 'u8';
  return 'i8';
}

/** The bytes of an array, without copying. */
export function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** An array of the given type over a copy of `bytes` (little-endian). */
export function arrayFromBytes(element: ElementType, bytes: Uint8Array): TypedArray {
  const array = createArray(element, 0);
  const result = createArray(element, bytes.length / array.BYTES_PER_ELEMENT);
  bytesOf(result).set(bytes);
  return result;
}
