import { exponentOfTen, multiplyRationals, type Rational } from './rational.js';

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** The parts of a decimal text: `digits` × 10^`exponent`, without leading or trailing zeros; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

function parseDecimal(text: string): Decimal | undefined {
  const match = decimalPattern.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { negative: sign === '-', digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}

/** Beyond these decimal exponents every double is infinite or zero, for any scale of units (at most 10^±400 or so). */
const exponentLimit = 2000;

/** Number of quotient digits before rounding to a double; a sticky digit represents the rest. */
const quotientDigits = 40;

/**
 * The double nearest to the decimal number in `text` times `scale`: exact arithmetic, rounded once, so that `0.07` in
 * milliseconds and `70` in microseconds are one number.
 *
 * @param text a decimal literal, optionally with a sign and exponent
 * @returns NaN when `text` is not a decimal literal; infinity when it is too large for a double
 */
export function scaleDecimal(text: string, scale: Rational): number {
  const decimal = parseDecimal(text);
  if (!decimal) return NaN;
  const sign = decimal.negative ? -1 : 1;
  if (decimal.digits === '') return sign * 0;
  const magnitude = decimal.exponent + decimal.digits.length;
  if (!(Math.abs(magnitude) < exponentLimit)) return sign * (magnitude > 0 ? Infinity : 0);
  const power = exponentOfTen(scale);
  if (power !== undefined) return sign * Number(`${decimal.digits}e${decimal.exponent + power}`);
  // The power of ten stays outside the fraction, so that only the digits decide the rounding.
  const { numerator, denominator } = multiplyRationals({ numerator: BigInt(decimal.digits), denominator: 1n }, scale);
  const shift = Math.max(0, quotientDigits + denominator.toString().length - numerator.toString().length);
  const scaled = numerator * 10n ** BigInt(shift);
  const sticky = scaled % denominator === 0n ? '0' : '1';
  return sign * Number(`${(scaled / denominator).toString()}${sticky}e${decimal.exponent - shift - 1}`);
}

/** Below it doubles have fewer digits, the fewer the smaller they are. */
const smallestNormal = 2.2250738585072014e-308;

/**
 * Whether a double represents a decimal text: it is finite, zero only if the text is, and not so small that digits are
 * lost.
 *
 * @param value the double nearest to the text
 */
export function isKept(text: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Math.abs(value) >= smallestNormal) return true;
  return canonicalDecimal(text, false) === canonicalDecimal(Object.is(value, -0) ? '-0' : String(value), false);
}

/** Where the printed form changes from plain digits to an exponent, as `Number.prototype.toString` does. */
const plainFrom = -7;
const plainTo = 21;

/**
 * Returns a unique spelling of each decimal number: no superfluous zeros, and an exponent only if the double's own text
 * has one. Keeps every digit. A real number with an integer value gets `.0`, so that it stays real when read again.
 *
 * @param integer whether the literal is an integer (no point, no exponent)
 */
export function canonicalDecimal(text: string, integer: boolean): string {
  const decimal = parseDecimal(text);
  if (!decimal) return text;
  const { digits, exponent } = decimal;
  const sign = decimal.negative ? '-' : '';
  if (digits === '') return integer ? `${sign}0` : `${sign}0.0`;
  if (integer) return `${sign}${digits}${'0'.repeat(Math.max(0, exponent))}`;
  const point = digits.length + exponent;
  if (point > plainTo || point <= plainFrom + 1) {
    const mantissa = digits.length === 1 ? digits : `${digits.charAt(0)}.${digits.slice(1)}`;
    return `${sign}${mantissa}e${point - 1}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
