/** Numbers in SI as quantities that read well: `-65 mV`. */

import { scaleDecimal } from '../../../src/lang/quantity.js';
import { powerOfTen } from '../../../src/lang/rational.js';

const prefixes: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  V: [
    ['mV', -3],
    ['V', 0],
  ],
  s: [
    ['ms', -3],
    ['s', 0],
    ['us', -6],
  ],
  A: [
    ['nA', -9],
    ['pA', -12],
    ['uA', -6],
    ['A', 0],
  ],
  S: [
    ['nS', -9],
    ['uS', -6],
    ['pS', -12],
    ['S', 0],
  ],
  F: [
    ['pF', -12],
    ['nF', -9],
    ['uF', -6],
    ['F', 0],
  ],
  ohm: [
    ['Mohm', 6],
    ['kohm', 3],
    ['ohm', 0],
  ],
  Hz: [
    ['Hz', 0],
    ['kHz', 3],
  ],
  m: [
    ['um', -6],
    ['mm', -3],
    ['m', 0],
  ],
};

/** The quantity as text, or the number itself where its unit has no short name. */
export function decimalIn(value: number, unit: string): string | number {
  const known = Object.hasOwn(prefixes, unit) ? (prefixes[unit] ?? []) : [];
  const candidates = known.flatMap(([name, exponent]) => {
    const scaled = Number(scaleDecimal(String(value), powerOfTen(-exponent)));
    // Only what is read as the same number again.
    return scaleDecimal(String(scaled), powerOfTen(exponent)) === value ? [{ name, scaled }] : [];
  });
  const [first] = candidates;
  if (first === undefined) return value;
  if (value === 0) return `0 ${first.name}`;
  const readable = candidates.filter(({ scaled }) => Math.abs(scaled) >= 0.01 && Math.abs(scaled) < 10_000);
  const best = (readable.length > 0 ? readable : candidates).reduce((a, b) =>
    String(b.scaled).length < String(a.scaled).length ? b : a,
  );
  return `${best.scaled} ${best.name}`;
}
