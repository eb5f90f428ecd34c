/** Quantities as LEMS writes them (`-70mV`, `2 ms`, `.5`, `32 degC`), to SI by exact decimal arithmetic. */

import type { Dimension } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { scaleDecimal } from '../../../src/lang/decimal.js';
import { multiplyRationals, powerOfTen, type Rational } from '../../../src/lang/rational.js';
import type { LemsUnit } from './definitions.js';

/** A value in SI. */
export interface Quantity {
  /** In SI, correctly rounded from its decimal text. */
  readonly value: number;
  /** Exponents of the SI base units. */
  readonly dimension: Dimension;
}

/** Why a text is not a quantity. */
export type QuantityFault =
  | { readonly fault: 'text' }
  /** The number is too large or too small for a double, which would be `value`. */
  | { readonly fault: 'range'; readonly value: number }
  | { readonly fault: 'unit'; readonly unit: string; readonly start: number };

/** Checks whether a text was no quantity, or has no known unit. */
export const isFault = (read: object): read is QuantityFault => 'fault' in read;

const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?/;
/** More digits than any double needs; exact arithmetic takes time with the square of them. */
const longestNumber = 400;

/**
 * Splits a quantity into its number and its unit's symbol (empty for a pure number).
 *
 * An `e` that no digits follow begins a unit: `1e` is an elementary charge, `1e-3` a number.
 */
export function splitQuantity(
  text: string,
): { readonly number: string; readonly unit: string; readonly unitStart: number } | null {
  const start = text.length - text.trimStart().length;
  const rest = text.slice(start).trimEnd();
  const digits = number.exec(rest)?.[0];
  if (digits === undefined || digits.length > longestNumber) return null;
  const unit = rest.slice(digits.length).trimStart();
  if (unit !== '' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(unit)) return null;
  return { number: digits, unit, unitStart: start + rest.length - unit.length };
}

/**
 * Returns a quantity in SI: (number + offset) * scale * 10**power, rounded once.
 *
 * @param units by symbol, case matters
 */
export function readQuantity(text: string, units: ReadonlyMap<string, LemsUnit>): Quantity | QuantityFault {
  const parts = splitQuantity(text);
  if (!parts) return { fault: 'text' };
  if (parts.unit === '') return finite(Number(parts.number), dimensionless, parts.number);
  const unit = units.get(parts.unit);
  if (!unit) return { fault: 'unit', unit: parts.unit, start: parts.unitStart };
  // A power of ten moves the exponent of the decimal text, which is read with one rounding.
  if (unit.offset === 0 && unit.scale === 1)
    return finite(shifted(parts.number, unit.power), unit.dimension, parts.number);
  const scale = unitScale(unit);
  if (unit.offset === 0) return finite(scaleDecimal(parts.number, scale), unit.dimension, parts.number);
  const exact = multiplyRationals(addRationals(rational(parts.number), rational(String(unit.offset))), scale);
  const negative = exact.numerator < 0n;
  const value = scaleDecimal('1', negative ? { ...exact, numerator: -exact.numerator } : exact);
  return finite(negative ? -value : value, unit.dimension);
}

/** Returns the dimension of a quantity, without working out its value. */
export function quantityDimension(
  text: string,
  units: ReadonlyMap<string, LemsUnit>,
): { readonly dimension: Dimension } | QuantityFault {
  const parts = splitQuantity(text);
  if (!parts) return { fault: 'text' };
  const number = finite(Number(parts.number), dimensionless, parts.number);
  if (isFault(number)) return number;
  if (parts.unit === '') return { dimension: dimensionless };
  const unit = units.get(parts.unit);
  return unit ?? { fault: 'unit', unit: parts.unit, start: parts.unitStart };
}

/** Returns a decimal text times a power of ten, rounded once. */
function shifted(text: string, power: number): number {
  const at = text.search(/[eE]/);
  return at < 0 ? Number(`${text}e${power}`) : Number(`${text.slice(0, at)}e${Number(text.slice(at + 1)) + power}`);
}

/** Scale of a unit to SI, exact. */
function unitScale(unit: LemsUnit): Rational {
  const scale = scales.get(unit) ?? multiplyRationals(rational(String(unit.scale)), powerOfTen(unit.power));
  scales.set(unit, scale);
  return scale;
}

/** Networks have millions of quantities in few units. */
const scales = new WeakMap<LemsUnit, Rational>();

/**
 * @param text the number as written. The value may be zero only if the number is zero.
 */
function finite(value: number, dimension: Dimension, text = '0'): Quantity | QuantityFault {
  const lost = value === 0 && /[1-9]/.test(text.replace(/[eE].*/, ''));
  return Number.isFinite(value) && !lost ? { value, dimension } : { fault: 'range', value };
}

/** Returns a decimal text as a fraction; exponents are small (see `number`). */
function rational(text: string): Rational {
  const [mantissa = '0', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const power = Math.max(-1000, Math.min(1000, Number(exponent))) - fraction.length;
  const digits = BigInt(
    `${whole}${fraction}`.replace(/^\+/, '') === '' ? '0' : `${whole}${fraction}`.replace(/^\+/, ''),
  );
  return multiplyRationals({ numerator: digits, denominator: 1n }, powerOfTen(power));
}

function addRationals(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}
