/** How far two numbers are apart, as people who look for the last bit want to know it. */

import type { TypedArray } from '../../src/ir/program.js';
import { bytesOf } from './arrays.js';

/** Beyond this distance, numbers are compared by their magnitudes. */
const mostUlp = 2n ** 32n;

/**
 * Both bit patterns of element `at` in hexadecimal, and their distance: in units in the last place for numbers of
 * similar size, else their difference.
 *
 * @param unit  of the numbers, for people
 */
export function bitsText(a: TypedArray, b: TypedArray, at: number, unit = ''): string {
  const [x, y] = [patternOf(a, at), patternOf(b, at)];
  const digits = 2 * a.BYTES_PER_ELEMENT;
  const hex = (bits: bigint): string => `0x${bits.toString(16).padStart(digits, '0')}`;
  const patterns = `${hex(x)} and ${hex(y)}`;
  if (!(a instanceof Float64Array || a instanceof Float32Array)) return patterns;
  if (Number.isNaN(a[at]) || Number.isNaN(Number(b[at]))) return patterns;
  const sign = 1n << BigInt(8 * a.BYTES_PER_ELEMENT - 1);
  // Patterns of negative numbers run backwards; both zeros are one place apart.
  const order = (bits: bigint): bigint => ((bits & sign) === 0n ? bits : sign - bits - 1n);
  const signed = order(x) - order(y);
  const distance = signed < 0n ? -signed : signed;
  if (distance < mostUlp) return `${patterns}, ${distance} ulp apart`;
  const difference = Number(Math.abs(Number(a[at]) - Number(b[at])).toPrecision(4));
  return `${patterns}, ${difference}${unit === '' || unit === '1' ? '' : ` ${unit}`} apart`;
}

function patternOf(array: TypedArray, at: number): bigint {
  const bytes = bytesOf(array.subarray(at, at + 1));
  return bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}
