/** Units of foreign files, as numbers of SI units. */

import { unitText } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';

/** A unit of a file. */
export interface FileUnit {
  /** SI unit of the same dimension. */
  readonly si: string;
  /** SI units in one of it. */
  readonly scale: number;
}

/** Returns the unit of a text such as `mV` or `volts`; null if the text is not a unit. */
export function fileUnit(text: string): FileUnit | null {
  const trimmed = text.trim();
  for (const candidate of [trimmed, trimmed.replace(/s$/, '')]) {
    try {
      const { dimension, scale } = parseUnit(candidate);
      return { si: unitText(dimension), scale: Number(scale.numerator) / Number(scale.denominator) };
    } catch {
      // The singular may be known.
    }
  }
  return null;
}

/** Returns how many seconds one unit is, such as `ms`, or `0.1 ms` for times in steps; null if it is no time. */
export function timeScale(text: string): number | null {
  const [, number = '1', name = text] = /^\s*(\d*\.?\d+)\s*(\D+)$/.exec(text) ?? [];
  const word = name.replace(/^\s*(?:(m)illi|(micro))?sec(?:ond)?s?\s*$/i, (_, milli, micro) =>
    milli ? 'ms' : micro ? 'us' : 's',
  );
  const unit = fileUnit(word);
  return unit?.si === 's' && Number(number) > 0 ? decimalToSI(number, unit.scale) : null;
}

/** Returns numbers in SI units. Division by a whole number rounds once, as decimal texts in SI units do. */
export function toSI(value: number, scale: number): number {
  const inverse = Math.round(1 / scale);
  return scale < 1 && Math.abs(inverse * scale - 1) < 1e-12 ? value / inverse : value * scale;
}

/** Reads a decimal number in SI units, rounded once. */
export function decimalToSI(text: string, scale: number): number {
  const exponent = Math.round(Math.log10(scale));
  if (exponent === 0 || /e/i.test(text) || Math.abs(10 ** -exponent * scale - 1) > 1e-12)
    return toSI(Number(text), scale);
  return Number(`${text}e${exponent}`);
}
