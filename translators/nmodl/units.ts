/**
 * Units of NMODL as products of powers of the canonical language's units.
 *
 * NEURON computes with numbers and does not convert them; a unit only labels a number.
 */

import type { Expression } from '../../src/lang/ast.js';
import { dimensionless } from '../../src/lang/ast.js';
import { binary, integer, name, number } from '../../src/lang/build.js';
import { equalDimensions } from '../../src/lang/dimension.js';
import { faraday, gasConstant } from '../../src/lang/physics.js';
import { equalRationals, one } from '../../src/lang/rational.js';
import { multiplyUnits, powerOfUnit, unitOf, type Unit } from '../../src/lang/units.js';

/** Exponents of units by their canonical names; empty for pure numbers. */
export type Powers = Readonly<Record<string, number>>;

/** The unit of pure numbers. */
export const pure: Powers = {};

/** Canonical names of units that NMODL spells otherwise; null for those that only label a number. */
const spellings: Readonly<Record<string, string | null>> = {
  degC: null,
  DegC: null,
  degreeC: null,
  deg: null,
  K: null,
  kelvin: null,
  degK: null,
  rad: null,
  radian: null,
  '%': null,
  mho: 'siemens',
  S: 'siemens',
  mmho: 'mS',
  umho: 'uS',
  micromho: 'uS',
  nmho: 'nS',
  pmho: 'pS',
  micron: 'um',
  microns: 'um',
  micrometer: 'um',
  sec: 'second',
  s: 'second',
  msec: 'ms',
  l: 'liter',
  L: 'liter',
  liters: 'liter',
  litre: 'liter',
  coul: 'coulomb',
  coulombs: 'coulomb',
  C: 'coulomb',
  J: 'joule',
  joules: 'joule',
  mole: 'mol',
  moles: 'mol',
  molar: 'molar',
  M: 'molar',
  megohm: 'Mohm',
  V: 'volt',
  volts: 'volt',
  farads: 'farad',
  A: 'amp',
  ampere: 'amp',
  m: 'meter',
  F: 'farad',
  gram: 'gram',
};

/** Prefixes as words. */
const prefixes: Readonly<Record<string, string>> = {
  milli: 'm',
  micro: 'u',
  nano: 'n',
  pico: 'p',
  kilo: 'k',
  mega: 'M',
  femto: 'f',
  centi: 'c',
};

/** Names of units that files often state, for suggestions. */
export const usualUnits =
  'mV ms mA nA S uS mM um cm degC millivolt millisec milliamp nanoamp siemens microsiemens millimolar milli/liter micron mho'.split(
    ' ',
  );

/** The canonical name of one unit: undefined if it is not known, null for a mere label. */
function canonical(text: string): string | null | undefined {
  if (Object.hasOwn(spellings, text)) return spellings[text];
  for (const [word, letter] of Object.entries(prefixes))
    if (text.startsWith(word) && text.length > word.length) {
      const rest = canonical(text.slice(word.length));
      const joined = typeof rest === 'string' ? letter + rest : rest;
      return joined === null || (joined !== undefined && unitOf(joined)) ? joined : undefined;
    }
  return unitOf(text) ? text : undefined;
}

/**
 * Returns a unit as powers, such as `{ mA: 1, cm: -2 }` for `mA/cm2`.
 *
 * @param own  units that the file defines
 * @returns undefined for a unit that is not known
 */
export function powersOf(text: string, own: ReadonlyMap<string, string>, depth = 0): Powers | undefined {
  // Concentrations count moles, which `(mM) = (milli/liter)` leaves out.
  const [, prefix] = /^\s*(milli|micro|nano)\s*\/\s*(?:liter|litre|l|L)\s*$/.exec(text) ?? [];
  if (prefix !== undefined) return { [`${prefixes[prefix] ?? ''}M`]: 1 };
  const powers = new Map<string, number>();
  let sign = 1;
  for (const [, slash, symbol, digits] of text.matchAll(/(\/)|([A-Za-z%_]+)(-?\d*)|[-*\s]+|[^\s]/g)) {
    if (slash) {
      sign = -1;
      continue;
    }
    if (symbol === undefined) continue;
    const exponent = sign * (digits ? Number(digits) || 1 : 1);
    const defined = own.get(symbol + (digits ?? '')) ?? own.get(symbol);
    const isWhole = defined !== undefined && own.has(symbol + (digits ?? ''));
    const parts =
      defined !== undefined && defined !== symbol && depth < 5 ? powersOf(defined, own, depth + 1) : undefined;
    const name = parts ? null : canonical(symbol);
    if (name === undefined) return undefined;
    const found = parts ?? (name === null ? pure : { [name]: 1 });
    for (const [unit, power] of Object.entries(found))
      powers.set(unit, (powers.get(unit) ?? 0) + power * (isWhole && parts ? sign : exponent));
  }
  return Object.fromEntries([...powers].filter(([, power]) => power !== 0));
}

/** Returns the product of one unit and a power of another. */
export function times(a: Powers, b: Powers, exponent = 1): Powers {
  const powers = new Map(Object.entries(a));
  for (const [unit, power] of Object.entries(b)) powers.set(unit, (powers.get(unit) ?? 0) + exponent * power);
  return Object.fromEntries([...powers].filter(([, power]) => power !== 0));
}

/** Returns a unit with its scale in SI. */
export function unitWithScale(powers: Powers): Unit {
  return Object.entries(powers).reduce<Unit>(
    (unit, [name, power]) => {
      const factor = unitOf(name);
      const raised = factor && powerOfUnit(factor, power);
      return raised ? multiplyUnits(unit, raised) : unit;
    },
    { dimension: dimensionless, scale: one },
  );
}

/** Whether a number of one unit is the same number of the other. */
export function sameUnit(a: Powers, b: Powers): boolean {
  const [one, other] = [unitWithScale(a), unitWithScale(b)];
  return equalDimensions(one.dimension, other.dimension) && equalRationals(one.scale, other.scale);
}

/** Whether two units have one dimension. */
export const sameDimension = (a: Powers, b: Powers): boolean =>
  equalDimensions(unitWithScale(a).dimension, unitWithScale(b).dimension);

/** Returns how many of a unit another one of its dimension is. */
export function ratioOf(unit: Powers, of: Powers): number {
  const [{ scale: one }, { scale: other }] = [unitWithScale(unit), unitWithScale(of)];
  return Number(one.numerator * other.denominator) / Number(one.denominator * other.numerator);
}

/** Whether a unit stands for pure numbers. */
export const isPure = (powers: Powers): boolean => sameUnit(powers, pure);

/** Returns a unit as the canonical language writes it, such as `mA/cm**2`. */
export function unitExpression(powers: Powers): Expression | undefined {
  let whole: Expression | undefined;
  const factor = (unit: string, power: number): Expression =>
    power === 1 ? name(unit) : binary('**', name(unit), integer(power));
  const entries = Object.entries(powers);
  for (const [unit, power] of entries)
    if (power > 0) whole = whole ? binary('*', whole, factor(unit, power)) : factor(unit, power);
  for (const [unit, power] of entries) if (power < 0) whole = binary('/', whole ?? integer(1), factor(unit, -power));
  return whole;
}

/**
 * Returns a constant of the UNITS block, such as `(faraday)`, as a function of the unit that the file wants it in.
 *
 * @source NEURON 9, nrnunits.lib: CODATA 2018
 */
export function physicalConstant(
  text: string,
): ((unit: string | undefined, own: ReadonlyMap<string, string>) => number) | undefined {
  const known: Readonly<Record<string, readonly [value: number, unit: string]>> = {
    faraday: [faraday, 'coulomb/mole'],
    'k-mole': [gasConstant, 'joule/mole'],
    k: [1.380649e-23, 'joule'],
    pi: [Math.PI, ''],
    e: [1.602176634e-19, 'coulomb'],
    avogadro: [6.02214076e23, '/mole'],
  };
  const found = Object.hasOwn(known, text) ? known[text] : undefined;
  if (!found) return undefined;
  const [value, unit] = found;
  return (wanted, own) => {
    // Constants are per mole; units of files leave that out.
    const bare = (powers: Powers | undefined): Unit =>
      unitWithScale(Object.fromEntries(Object.entries(powers ?? pure).filter(([name]) => name !== 'mol')));
    const [from, to] = [bare(powersOf(unit, own)), bare(powersOf(wanted ?? unit, own))];
    if (!equalDimensions(from.dimension, to.dimension)) return value;
    // A unit may be a multiple, such as `(10000 coulomb)`.
    const multiple = Number(/^\s*(\d[\d.]*(?:e[-+]?\d+)?)\s/i.exec(wanted ?? '')?.[1] ?? 1);
    const ratio = (scale: Unit['scale']): number => Number(scale.numerator) / Number(scale.denominator);
    return (value * ratio(from.scale)) / ratio(to.scale) / multiple;
  };
}

/** A number literal. */
export const literal = (value: number): Expression => number(value, undefined, Number.isInteger(value));
