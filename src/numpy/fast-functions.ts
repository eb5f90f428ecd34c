/**
 * exp and log as plain numbers, for the millions of draws and probabilities that lowering computes itself: the same
 * operations as the IR's functions, and so the same bits (tested against each other). The interpreter takes a hundred
 * times as long.
 */

import { exponentialConstants } from '../ir/library/exponential.js';
import { logarithmConstants } from '../ir/library/logarithm.js';

/** 1.5·2^52: adding it rounds to a whole number, half to even. */
const magic = 6755399441055744;
const { inverseLn2, ln2High, ln2Low, exp: exponential } = exponentialConstants.f64;
const { coefficients: logarithm, sqrtHalf } = logarithmConstants.f64;

/** 2^k for k from -1022 to 1023. */
const powers = new Float64Array(2046);
for (let k = 1022, up = 1; k < 2046; k++, up *= 2) powers[k] = up;
for (let k = 1022, down = 1; k >= 0; k--, down /= 2) powers[k] = down;

const even = (coefficients: readonly number[]): Float64Array =>
  Float64Array.from(coefficients.filter((_, k) => k % 2 === 0));
const odd = (coefficients: readonly number[]): Float64Array =>
  Float64Array.from(coefficients.filter((_, k) => k % 2 === 1));
const [expEven, expOdd, logEven, logOdd] = [even(exponential), odd(exponential), even(logarithm), odd(logarithm)];

function horner(x: number, coefficients: Float64Array): number {
  let sum = coefficients[coefficients.length - 1] as number;
  for (let k = coefficients.length - 2; k >= 0; k--) sum = sum * x + (coefficients[k] as number);
  return sum;
}

/** Returns e^x for normal, finite results; otherwise undefined. */
export function ordinaryExp(x: number): number | undefined {
  if (!(x > -700 && x < 709)) return undefined;
  const k = x * inverseLn2 + magic - magic;
  const upper = x - k * ln2High;
  const lower = k * ln2Low;
  const r = upper - lower;
  const square = r * r;
  const curved = square * (horner(square, expEven) + r * horner(square, expOdd));
  return (1 + (upper + (curved - lower))) * (powers[k + 1022] as number);
}

const float = new Float64Array(1);
const bits = new Uint32Array(float.buffer);
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const [low, high] = littleEndian ? [0, 1] : [1, 0];
const bitsOfOne = 0x3ff0000000000000n;
const shift = bitsOfOne - sqrtHalf;
const [shiftLow, shiftHigh] = [Number(shift & 0xffffffffn), Number(shift >> 32n)];
const [rootLow, rootHigh] = [Number(sqrtHalf & 0xffffffffn), Number(sqrtHalf >> 32n)];

/** log x of a positive normal number; undefined elsewhere. */
export function ordinaryLog(x: number): number | undefined {
  if (!(x >= 2.2250738585072014e-308 && x < Infinity)) return undefined;
  float[0] = x;
  // The bits are moved so that the exponent changes at sqrt(1/2), and back when the exponent is taken off.
  const movedLow = (bits[low] as number) + shiftLow;
  const movedHigh = (bits[high] as number) + shiftHigh + (movedLow > 0xffffffff ? 1 : 0);
  const k = (movedHigh >>> 20) - 1023;
  const fractionLow = (movedLow >>> 0) + rootLow;
  bits[low] = fractionLow;
  bits[high] = (movedHigh & 0xfffff) + rootHigh + (fractionLow > 0xffffffff ? 1 : 0);
  const f = float[0] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const square = z * z;
  const series = z * (horner(square, logEven) + z * horner(square, logOdd));
  const half = 0.5 * f * f;
  const tail = s * (half + series);
  return k * ln2High - (half - (tail + k * ln2Low) - f);
}
