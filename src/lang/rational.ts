/** An exact positive or negative fraction. The denominator is positive. */
export interface Rational {
  /** Carries the sign. */
  readonly numerator: bigint;
  /** Above zero. */
  readonly denominator: bigint;
}

/** The fraction 1. */
export const one: Rational = { numerator: 1n, denominator: 1n };

/** 10 to an integer power. */
export function powerOfTen(exponent: number): Rational {
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent >= 0 ? { numerator: power, denominator: 1n } : { numerator: 1n, denominator: power };
}

/** Returns the exponent of a power of ten; undefined for any other fraction. */
export function exponentOfTen({ numerator, denominator }: Rational): number | undefined {
  const zeros = (value: bigint): number | undefined => {
    const text = value.toString();
    return /^10*$/.test(text) ? text.length - 1 : undefined;
  };
  const [up, down] = [zeros(numerator), zeros(denominator)];
  return up === undefined || down === undefined ? undefined : up - down;
}

function reduced(numerator: bigint, denominator: bigint): Rational {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? { numerator: 0n, denominator: 1n } : { numerator: numerator / a, denominator: denominator / a };
}

/** The exact product. */
export function multiplyRationals(a: Rational, b: Rational): Rational {
  return reduced(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The exact quotient; `b` must not be zero. */
export function divideRationals(a: Rational, b: Rational): Rational {
  const sign = b.numerator < 0n ? -1n : 1n;
  return reduced(a.numerator * b.denominator * sign, a.denominator * b.numerator * sign);
}

/** Whether two reduced fractions are one number. */
export function equalRationals(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** Returns the largest integer with a square of at most `n` (Newton's iteration). */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** Digits kept of an irrational root: far beyond a double's 17, so rounding the scaled decimal once is safe. */
const rootDigits = 60;

/** Largest number of digits of a power, far beyond any unit, so that powers of powers stay cheap. */
const largestPower = 4000;

/**
 * A positive fraction to a power that is a multiple of one half: exact for whole powers and perfect squares, else to 60
 * digits.
 *
 * @returns undefined for other powers, and for powers of more than some thousand digits
 */
export function powerOfRational(base: Rational, exponent: number): Rational | undefined {
  if (equalRationals(base, one)) return one;
  const twice = exponent * 2;
  const digits = base.numerator.toString().length + base.denominator.toString().length;
  if (!Number.isInteger(twice) || Math.abs(exponent) * digits > largestPower) return undefined;
  const positive = exponent >= 0 ? base : { numerator: base.denominator, denominator: base.numerator };
  const power = Math.abs(Number.isInteger(exponent) ? exponent : twice);
  const numerator = positive.numerator ** BigInt(power);
  const denominator = positive.denominator ** BigInt(power);
  if (Number.isInteger(exponent)) return reduced(numerator, denominator);
  const n = integerRoot(numerator);
  const d = integerRoot(denominator);
  if (n * n === numerator && d * d === denominator) return reduced(n, d);
  const scale = 10n ** BigInt(rootDigits);
  return reduced(integerRoot(numerator * denominator * scale * scale), denominator * scale);
}
