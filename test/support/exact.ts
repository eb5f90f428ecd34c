/** Arithmetic from the definitions: exact rationals, rounded once to a binary format, ties to even. */

/** A fraction with a positive denominator. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** The formats of IEEE 754: bits of precision, exponent of the smallest subnormal, largest finite value. */
export const formats = {
  f64: { precision: 53, least: -1074, largest: Number.MAX_VALUE },
  f32: { precision: 24, least: -149, largest: (2 - 2 ** -23) * 2 ** 127 },
} as const;

export type FloatType = keyof typeof formats;

const view = new DataView(new ArrayBuffer(8));

/** The bits of a float64. */
export function bits64(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

/** The float64 of given bits. */
export function fromBits64(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** A finite float64 as a fraction, from its bits. */
export function rational(x: number): Rational {
  const bits = bits64(x);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = Math.max(exponent, 1) - 1075;
  const n = bits >> 63n ? -significand : significand;
  return power < 0 ? { n, d: 1n << BigInt(-power) } : { n: n << BigInt(power), d: 1n };
}

/** Integer part of n / d, rounded to nearest, ties to even, for n ≥ 0. */
function divideToEven(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  const twice = 2n * (n % d);
  return twice > d || (twice === d && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** A fraction rounded to a format; zero becomes +0 and too large becomes infinite. */
export function round({ n, d }: Rational, type: FloatType): number {
  const { precision, least, largest } = formats[type];
  const magnitude = n < 0n ? -n : n;
  if (magnitude === 0n) return 0;
  // Exponent e of the unit in the last place: magnitude / 2^e has `precision` bits, unless subnormal.
  let e = magnitude.toString(2).length - d.toString(2).length - precision;
  const scaled = (power: number): Rational =>
    power < 0 ? { n: magnitude << BigInt(-power), d } : { n: magnitude, d: d << BigInt(power) };
  while (scaled(e).n >= scaled(e).d << BigInt(precision)) e += 1;
  while (scaled(e).n < scaled(e).d << BigInt(precision - 1)) e -= 1;
  e = Math.max(e, least);
  const units = divideToEven(scaled(e).n, scaled(e).d);
  // In two steps, because 2^e by itself may be below the smallest normal; both products are exact.
  const half = Math.trunc(e / 2);
  const value = Number(units) * 2 ** half * 2 ** (e - half);
  const finite = value > largest ? Infinity : value;
  return n < 0n ? -finite : finite;
}

/** The integers that a fraction lies between, and its nearest, ties to even. */
export function roundings({ n, d }: Rational): { floor: bigint; ceil: bigint; trunc: bigint; nearest: bigint } {
  const trunc = n / d;
  const exact = n % d === 0n;
  const floor = exact || n >= 0n ? trunc : trunc - 1n;
  const nearest = n < 0n ? -divideToEven(-n, d) : divideToEven(n, d);
  return { floor, ceil: exact ? floor : floor + 1n, trunc, nearest };
}
