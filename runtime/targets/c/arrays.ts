/** Arrays of each element type, as the host exchanges them with compiled code. */

import type { ElementType, TypedArray } from '../../../src/ir/program.js';

const constructors = {
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

/** Whether an array holds elements of a type. */
export const isSameKind = (data: TypedArray, element: ElementType): boolean => data instanceof constructors[element];

/** Gives every NaN the same bits, in place: arithmetic leaves whatever bits the processor does, and no kernel can see them. */
export function canonicaliseNaN(data: TypedArray): TypedArray {
  if (data instanceof Float64Array) {
    const words = new BigUint64Array(data.buffer, data.byteOffset, data.length);
    for (let k = 0; k < data.length; k += 1) if (Number.isNaN(data[k])) words[k] = 0x7ff8000000000000n;
  } else if (data instanceof Float32Array) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (let k = 0; k < data.length; k += 1) if (Number.isNaN(data[k])) words[k] = 0x7fc00000;
  }
  return data;
}
