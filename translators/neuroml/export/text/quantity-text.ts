/** Numbers and quantities as people write them. */

import { tidy } from '../../../../src/library/recognise/numbers.js';
import type { Dimension } from '../../../../src/lang/ast.js';
import { type Dimensions, isPure } from './dimensions.js';

/** A large round number with many zeros, which are hard to count. */
const manyZeros = /^-?[1-9]\d{0,2}0{6,}$/;

/** Shortest decimal text of a double, as LEMS reads it. */
export function numberText(value: number): string {
  if (value === Infinity) return '1e300';
  if (value === -Infinity) return '-1e300';
  const text = String(value);
  return (manyZeros.test(text) ? value.toExponential() : text).replace('e+', 'e');
}

/** 0 °C in K. */
export const zeroCelsius = 273.15;

/** Returns a temperature in K as NeuroML writes it: `6.3degC`. */
export const celsiusText = (kelvin: number): string => `${Number((kelvin - zeroCelsius).toPrecision(12))}degC`;

/** How many texts are kept: more distinct numbers than that hardly come again. */
const mostKept = 10_000;

/**
 * Returns a text of numbers that come again and again, as weights and delays of listed connections do: each is made
 * once.
 */
export function keptTexts(textOf: (value: number) => string): (value: number) => string {
  const kept = new Map<number, string>();
  return (value) => {
    const known = kept.get(value);
    if (known !== undefined) return known;
    const made = textOf(value);
    if (kept.size < mostKept) kept.set(value, made);
    return made;
  };
}

/** A quantity as a number of some unit. */
interface Amount {
  readonly number: number;
  readonly symbol: string;
}

const powersOfTen: ReadonlyMap<number, number> = new Map(
  [-18, -12, -9, -6, -3, -2, 0, 1, 3, 6].map((power) => [power, Number(`1e${power}`)]),
);

/** Digits that a text is taken to be short with. */
const fewDigits = 9;

/** Returns the distance of a number from easily read numbers, in digits. */
function awkwardness(number: number): number {
  const text = numberText(Math.abs(number));
  const size = Math.abs(number);
  const inReach = number === 0 || (size >= 0.1 && size < 1000);
  return text.length + (inReach ? 0 : 4) + (/e/.test(text) ? 6 : 0);
}

/**
 * How far the product that the reference interpreter makes of a number and a unit may be from the value: its last
 * digit.
 */
const lastDigit = 3e-16;

/**
 * Returns a value in SI in its most readable unit.
 *
 * @param strict for times that are compared with times. The reference interpreter multiplies by the unit's power of
 *   ten, and this reader moves the decimal point. A unit other than SI's is used only if both give exactly this value.
 *   For products of a number and a constant, which both multiply: only if the product is this value.
 */
export function amountOf(
  value: number,
  dimension: Dimension,
  dimensions: Dimensions,
  strict: boolean | 'product' = false,
): Amount {
  const units = dimensions.unitsOf(dimension);
  const [[si]] = units;
  if (value === 0) return { number: 0, symbol: (units[1] ?? units[0])[0] };
  const candidates = units.flatMap(([symbol, power], rank) => {
    const scale = powersOfTen.get(power) ?? 1;
    const number = Number((value / scale).toPrecision(15));
    const off = Math.abs(number * scale - value);
    const near = strict ? off === 0 : off <= lastDigit * Math.abs(value);
    return near && (strict === 'product' || Number(`${number}e${power}`) === value) ? [{ number, symbol, rank }] : [];
  });
  const short = candidates.filter(
    ({ number, symbol }) => symbol === si || numberText(Math.abs(number)).length <= fewDigits + 4,
  );
  const best = short.reduce<(typeof short)[number] | undefined>(
    (known, one) => (known === undefined || awkwardness(one.number) < awkwardness(known.number) ? one : known),
    undefined,
  );
  return best ? { number: best.number, symbol: best.symbol } : { number: value, symbol: si };
}

/** Returns a value in SI as the value of an attribute; see `amountOf` for `strict`. */
export function quantityText(value: number, dimension: Dimension, dimensions: Dimensions, strict = false): string {
  if (isPure(dimension)) return numberText(value);
  if (!Number.isFinite(value)) return `${numberText(value)} ${dimensions.unitOf(dimension)}`;
  const { number, symbol } = amountOf(strict ? value : tidy(value), dimension, dimensions, strict);
  // A letter e between a number and its unit would be read as an exponent; Java takes F and D to be part of a number.
  return `${numberText(number)}${/^(?:e|SI_|[FfDd]$)/.test(symbol) ? ' ' : ''}${symbol}`;
}

/**
 * Returns a unit for several values in SI, chosen for the largest.
 *
 * @returns one of it as the value of an attribute, and the numbers of values in it
 */
export function commonUnit(
  values: readonly number[],
  dimension: Dimension,
  dimensions: Dimensions,
): { readonly one: string; readonly numberOf: (value: number) => number } {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const { symbol } = amountOf(Number(largest.toPrecision(3)), dimension, dimensions);
  const power = dimensions.unitsOf(dimension).find(([one]) => one === symbol)?.[1] ?? 0;
  return {
    one: `1${symbol}`,
    numberOf: (value) => Number((value / (powersOfTen.get(power) ?? 1)).toPrecision(15)),
  };
}
