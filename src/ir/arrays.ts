/** Typed arrays by element type, as hosts hold buffers. */

import { invariant } from '../diagnostics/diagnostic.js';
import type { ElementType, TypedArray } from './program.js';

/** The constructor of each element type's array. */
export const arrayConstructors = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  i64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const satisfies Record<ElementType, unknown>;

/** A zeroed array of the element type. */
export const createArray = (element: ElementType, length: number): TypedArray => new arrayConstructors[element](length);

/** Whether an array holds elements of a type. */
export const isSameKind = (data: TypedArray, element: ElementType): boolean =>
  data instanceof arrayConstructors[element];

/** Copies `source` into `target` at `offset`. @throws InvariantError for different element types */
export function copyInto(target: TypedArray, source: TypedArray, offset: number): void {
  const same = target.constructor === source.constructor;
  invariant(same, 'arrays', `${source.constructor.name} is copied into ${target.constructor.name}`);
  target.set(source as never, offset);
}

/**
 * Replaces every NaN by the canonical NaN (positive, quiet, no payload), in place. Arithmetic leaves
 * processor-dependent bits, which kernels cannot read. @returns the number of NaN
 */
export function canonicaliseNaN(array: TypedArray): number {
  let count = 0;
  if (array instanceof Float64Array) {
    const words = new BigUint64Array(array.buffer, array.byteOffset, array.length);
    for (let k = 0; k < array.length; k += 1) {
      if (!Number.isNaN(array[k])) continue;
      words[k] = 0x7ff8000000000000n;
      count += 1;
    }
  } else if (array instanceof Float32Array) {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length);
    for (let k = 0; k < array.length; k += 1) {
      if (!Number.isNaN(array[k])) continue;
      words[k] = 0x7fc00000;
      count += 1;
    }
  }
  return count;
}
