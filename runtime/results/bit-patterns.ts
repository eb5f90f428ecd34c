/** How far two numbers are apart, as people who look for the last bit want to know it. */

import type { TypedArray } from '../../src/ir/program.js';
import { bytesOf } from './arrays.js';

/** Both bit patterns of element `at` in hexadecimal, and their distance in units in the last place. */
export function bitsText(a: TypedArray, b: TypedArray, at: number): string {
  const [x, y] = [patternOf(a, at), patternOf(b, at)];
  const digits = 2 * a.BYTES_PER_ELEMENT;
  const hex = (bits: bigint): string => `0x${bits.toString(16).padStart(digits, '0')}`;
  const patterns = `${hex(x)} and ${hex(y)}`;
  if (!(a instanceof Float64Array || a instanceof Float32Array)) return patterns;
  if (Number.isNaN(a[at]) || Number.isNaN(Number(b[at]))) return patterns;
  const sign = 1n << BigInt(8 * a.BYTES_PER_ELEMENT - 1);
  // Patterns of negative numbers run backwards; both zeros are one place apart.
  const order = (bits: bigint): bigint => ((bits & sign) === 0n ? bits : sign - bits - 1n);
  const distance = order(x) - order(y);
  return `${patterns}, ${distance < 0n ? -distance : distance} ulp apart`;
}

function patternOf(array: TypedArray, at: number): bigint {
  const bytes = bytesOf(array.subarray(at, at + 1));
  return bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}
