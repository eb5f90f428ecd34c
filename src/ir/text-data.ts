/** Numbers and array contents in the text form; all read back to the bit. */

import { platform } from '#platform';

import { createArray } from './arrays.js';
import { type Constant, type ElementType, type TypedArray, elementBytes } from './program.js';

/** Arrays of at most this many elements are written out, longer ones as base64 of their little-endian bytes. */
const inlineElements = 16;
const lineLength = 120;

/** A float64 in the shortest decimal form that reads back, always with a point or exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A float32 in the shortest decimal form that reads back as float32. */
function float32Text(value: number): string {
  for (let digits = 1; digits <= 9 && Number.isFinite(value); digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Object.is(Math.fround(shorter), value)) return floatText(shorter);
  }
  return floatText(value);
}

const hexadecimal = (value: number | bigint): string =>
  `${value < 0 ? '-' : ''}0x${(value < 0 ? -value : value).toString(16)}`;

/** Prints a constant with the suffix of its type: none for f64, `f`, `i`, `u`, `L`. Large integers are hexadecimal. */
export function constantText({ type, value }: Constant): string {
  switch (type) {
    case 'bool':
      return String(value);
    case 'f64':
      return floatText(Number(value));
    case 'f32':
      return `${float32Text(Number(value))}f`;
    case 'i32':
      return `${String(value)}i`;
    case 'u32':
      return `${Number(value) < 0x10000 ? String(value) : hexadecimal(Number(value))}u`;
    case 'i64': {
      const large = typeof value === 'bigint' && (value >= 0x100000000n || value <= -0x100000000n);
      return `${large ? hexadecimal(value) : String(value)}L`;
    }
  }
}

/** The contents of an array: `[1, 2, 3]`, or `base64` and strings. */
export function arrayText(array: TypedArray): string {
  if (array.length <= inlineElements) return `[${elementTexts(array).join(', ')}]`;
  const text = platform.bytes.toBase64(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += lineLength) lines.push(`\n  "${text.slice(at, at + lineLength)}"`);
  return `base64${lines.join('')}`;
}

function elementTexts(array: TypedArray): string[] {
  if (array instanceof BigInt64Array) return [...array].map(String);
  return [...array].map((value) =>
    Object.is(value, -0) || !Number.isFinite(value) ? floatText(value) : String(value),
  );
}

/** An array from its elements; i64 elements are bigints. */
export function arrayOfElements(element: ElementType, values: readonly (number | bigint)[]): TypedArray {
  const array = createArray(element, values.length);
  if (array instanceof BigInt64Array)
    values.forEach((value, k) => {
      array[k] = BigInt(value);
    });
  else
    values.forEach((value, k) => {
      array[k] = Number(value);
    });
  return array;
}

/** An array from the base64 of its little-endian bytes. */
export function arrayOfBase64(element: ElementType, text: string): TypedArray {
  const bytes = platform.bytes.fromBase64(text);
  const array = createArray(element, Math.floor(bytes.length / elementBytes[element]));
  new Uint8Array(array.buffer).set(bytes.subarray(0, array.byteLength));
  return array;
}
