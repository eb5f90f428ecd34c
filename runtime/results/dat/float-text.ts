import { itemAt } from '../../../src/diagnostics/entry.js';
/** Numbers as LEMS's reference interpreter writes them, so its files and ours can be compared as text. */

/** No number takes more bytes than this. */
export const longestFloat = 24;

const [zero, point, minus, exponentSign] = [...'0.-E'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const mostDigits = 9;
const digits = new Uint8Array(mostDigits + 1);
const scratch = new Uint8Array(longestFloat);

/**
 * A number rounded to 32 bits, as the shortest decimal that reads back to it: `-0.065`, `1.0`, `5.0E-6`. There is
 * always a digit after the point; exponents stand below 0.001 and from 10 million on.
 */
export function floatText(value: number): string {
  return String.fromCharCode(...scratch.subarray(0, writeFloat(value, scratch, 0)));
}

/**
 * Writes the text of `floatText` as ASCII. Tables with millions of numbers are written by rows.wat, which leaves
 * undecided cases to this function.
 *
 * @returns the position after it
 */
export function writeFloat(value: number, bytes: Uint8Array, at: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return writeText(String(single), bytes, at);
  if (single === 0) return writeText(Object.is(single, -0) ? '-0.0' : '0.0', bytes, at);
  let end = at;
  if (single < 0) bytes[end++] = minus;
  const size = Math.abs(single);
  const exponent = quickly(size) ?? byText(size);
  let count = mostDigits + 1;
  while (count > 1 && digits[count - 1] === 0) count -= 1;
  if (exponent < -3 || exponent > 6) {
    end = writeDigits(0, 1, count, bytes, end);
    bytes[end++] = exponentSign;
    return writeText(String(exponent), bytes, end);
  }
  if (exponent >= 0) return writeDigits(0, exponent + 1, count, bytes, end);
  bytes[end++] = zero;
  bytes[end++] = point;
  for (let k = exponent; k < -1; k += 1) bytes[end++] = zero;
  for (let k = 0; k < count; k += 1) bytes[end++] = zero + itemAt(digits, k);
  return end;
}

/** Writes digits with a point after the first `whole` of them; missing digits become zeros. */
function writeDigits(from: number, whole: number, count: number, bytes: Uint8Array, at: number): number {
  let end = at;
  for (let k = from; k < whole; k += 1) bytes[end++] = zero + (k < count ? itemAt(digits, k) : 0);
  bytes[end++] = point;
  if (count <= whole) bytes[end++] = zero;
  for (let k = whole; k < count; k += 1) bytes[end++] = zero + itemAt(digits, k);
  return end;
}

function writeText(text: string, bytes: Uint8Array, at: number): number {
  for (let k = 0; k < text.length; k += 1) bytes[at + k] = text.charCodeAt(k);
  return at + text.length;
}

/**
 * Finds the shortest digits by integers of 6 to 9 digits: the first that reads back is the result. Products and
 * quotients with exact powers of ten have rounding errors far below a float's last digit.
 *
 * @returns the power of ten of the first digit; null if the powers are not exact
 */
function quickly(single: number): number | null {
  const estimate = Math.floor(Math.log10(single));
  if (estimate < -13 || estimate > 15) return null;
  for (let length = 6; length <= mostDigits; length += 1) {
    const shift = length - 1 - estimate;
    const power = itemAt(powers, Math.abs(shift));
    const whole = halfToEven(shift < 0 ? single / power : single * power);
    if (Math.fround(shift < 0 ? whole * power : whole / power) !== single) continue;
    // Rounding, or an estimate that is off by one, may give one digit more or less.
    const count =
      whole >= itemAt(powers, length) ? length + 1 : whole < itemAt(powers, length - 1) ? length - 1 : length;
    let rest = whole;
    for (let k = mostDigits; k >= 0; k -= 1) {
      if (k >= count) {
        digits[k] = 0;
        continue;
      }
      const tenth = Math.floor(rest / 10);
      digits[k] = rest - 10 * tenth;
      rest = tenth;
    }
    return estimate + count - length;
  }
  return null;
}

/** The nearest whole number; of two that are equally near, the even one. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Finds the digits by conversion to text. @returns the power of ten of the first */
function byText(single: number): number {
  let length = 1;
  while (length < mostDigits && Math.fround(Number(single.toExponential(length - 1))) !== single) length += 1;
  const [mantissa = '', power = '0'] = single.toExponential(length - 1).split('e');
  digits.fill(0);
  [...mantissa.replace('.', '')].forEach((digit, k) => {
    digits[k] = Number(digit);
  });
  return Number(power);
}
