import type { Dimension, Expression } from './ast.js';
import {
  ampere,
  candela,
  concentration,
  coulomb,
  divideDimensions,
  farad,
  henry,
  hertz,
  joule,
  kelvin,
  kilogram,
  metre,
  mole,
  multiplyDimensions,
  newton,
  ohm,
  pascal,
  powerDimension,
  second,
  siemens,
  tesla,
  volt,
  volume,
  watt,
  weber,
} from './dimension.js';
import { dimensionless } from './ast.js';
import { nearest } from '../diagnostics/suggest.js';
import { LangError } from './lang-error.js';
import * as messages from './messages.js';
import { parseExpression } from './parse-expression.js';
import { childrenOf } from './walk.js';
import { divideRationals, multiplyRationals, one, powerOfRational, powerOfTen, type Rational } from './rational.js';

export { unitText } from './dimension.js';

/** A unit, with its exact scale in SI units of its dimension. */
export interface Unit {
  /** Exponents of the SI base units. */
  readonly dimension: Dimension;
  /** Its exact scale in SI units of the dimension: 1/1000 for `mV`. */
  readonly scale: Rational;
}

/** SI prefixes as powers of ten. */
const prefixes: Readonly<Record<string, number>> = {
  Y: 24,
  Z: 21,
  E: 18,
  P: 15,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  da: 1,
  d: -1,
  c: -2,
  m: -3,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
  z: -21,
  y: -24,
};

const gray: Dimension = [2, 0, -2, 0, 0, 0, 0];

type Base = readonly [dimension: Dimension, exponent10: number];

/**
 * Units by their long names, with the power of ten that takes them to SI. Each also exists with every prefix (`mvolt`)
 * and, prefixed or not, squared and cubed (`mvolt2`).
 * @source The International System of Units, 9th edition (BIPM 2019), tables 2, 4 and 8; names as in Brian 2
 */
const longUnits: Readonly<Record<string, Base>> = {
  metre: [metre, 0],
  meter: [metre, 0],
  gram: [kilogram, -3],
  gramme: [kilogram, -3],
  second: [second, 0],
  amp: [ampere, 0],
  ampere: [ampere, 0],
  kelvin: [kelvin, 0],
  mole: [mole, 0],
  mol: [mole, 0],
  candle: [candela, 0],
  candela: [candela, 0],
  radian: [dimensionless, 0],
  steradian: [dimensionless, 0],
  hertz: [hertz, 0],
  newton: [newton, 0],
  pascal: [pascal, 0],
  joule: [joule, 0],
  watt: [watt, 0],
  coulomb: [coulomb, 0],
  volt: [volt, 0],
  farad: [farad, 0],
  ohm: [ohm, 0],
  siemens: [siemens, 0],
  weber: [weber, 0],
  tesla: [tesla, 0],
  henry: [henry, 0],
  lumen: [candela, 0],
  lux: [[-2, 0, 0, 0, 0, 0, 1], 0],
  becquerel: [hertz, 0],
  gray: [gray, 0],
  sievert: [gray, 0],
  katal: [[0, 0, -1, 0, 0, 1, 0], 0],
  molar: [concentration, 3],
  liter: [volume, -3],
  litre: [volume, -3],
};

/** Symbols in expressions, with their prefixes; few, since variables also have short names. */
const symbols: Readonly<Record<string, { readonly base: Base; readonly prefixes: string }>> = {
  V: { base: [volt, 0], prefixes: 'k m u n' },
  A: { base: [ampere, 0], prefixes: 'm u n p f' },
  S: { base: [siemens, 0], prefixes: 'm u n p f' },
  F: { base: [farad, 0], prefixes: 'm u n p f' },
  s: { base: [second, 0], prefixes: 'm u n' },
  Hz: { base: [hertz, 0], prefixes: 'm k M G' },
  m: { base: [metre, 0], prefixes: 'k c m u n' },
  M: { base: [concentration, 3], prefixes: 'm u n p' },
};

/** Powers of lengths by their symbols: `um2`, `cm3`. */
const lengths = /^([kcmun]?m)([23])$/;

/** Symbols for unit texts only (`5 J`, `1/(K*mol)`), which contain no other names; all accept all prefixes. */
const textSymbols: Readonly<Record<string, Base>> = {
  ...Object.fromEntries(Object.entries(symbols).map(([symbol, { base }]) => [symbol, base])),
  g: [kilogram, -3],
  K: [kelvin, 0],
  mol: [mole, 0],
  cd: [candela, 0],
  N: [newton, 0],
  Pa: [pascal, 0],
  J: [joule, 0],
  W: [watt, 0],
  C: [coulomb, 0],
  Ohm: [ohm, 0],
  Wb: [weber, 0],
  T: [tesla, 0],
  H: [henry, 0],
  lm: [candela, 0],
  lx: [[-2, 0, 0, 0, 0, 0, 1], 0],
  Bq: [hertz, 0],
  Gy: [gray, 0],
  Sv: [gray, 0],
  kat: [[0, 0, -1, 0, 0, 1, 0], 0],
  rad: [dimensionless, 0],
  L: [volume, -3],
  l: [volume, -3],
};

const minute: Unit = { dimension: second, scale: { numerator: 60n, denominator: 1n } };
const hour: Unit = { dimension: second, scale: { numerator: 3600n, denominator: 1n } };
const day: Unit = { dimension: second, scale: { numerator: 86400n, denominator: 1n } };

/** Units that are no power of ten of an SI unit, and the base unit with a prefix. */
const otherUnits: Readonly<Record<string, Unit>> = {
  kilogram: { dimension: kilogram, scale: one },
  minute,
  hour,
  day,
};
const otherTextUnits: Readonly<Record<string, Unit>> = { min: minute, h: hour, d: day };

function baseUnit([dimension, exponent]: Base, prefix: number): Unit {
  return { dimension, scale: powerOfTen(exponent + prefix) };
}

function raised(unit: Unit, power: number): Unit {
  return { dimension: powerDimension(unit.dimension, power), scale: powerOfRational(unit.scale, power) ?? unit.scale };
}

/** A base of a table with or without one of all prefixes. */
function prefixed(name: string, table: Readonly<Record<string, Base>>): Unit | undefined {
  const plain = Object.hasOwn(table, name) ? table[name] : undefined;
  if (plain) return baseUnit(plain, 0);
  for (const length of [1, 2]) {
    const prefix = name.slice(0, length);
    const rest = name.slice(length);
    const base = Object.hasOwn(table, rest) ? table[rest] : undefined;
    const exponent = Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined;
    if (base && exponent !== undefined) return baseUnit(base, exponent);
  }
  return undefined;
}

function bySymbol(name: string): Unit | undefined {
  const symbol = ['Hz', ...'VASFsmM'].find((candidate) => name.endsWith(candidate));
  const entry = symbol === undefined ? undefined : symbols[symbol];
  if (!symbol || !entry) return undefined;
  const prefix = name.slice(0, name.length - symbol.length);
  if (prefix === '') return baseUnit(entry.base, 0);
  return entry.prefixes.split(' ').includes(prefix) ? baseUnit(entry.base, prefixes[prefix] ?? 0) : undefined;
}

const known = new Map<string, Unit | null>();

/**
 * Returns the unit of a name in an expression, if there is no variable of this name: long names of SI units with any
 * prefix (`mvolt`, `Mohm`, `kilogram`), their squares and cubes (`mmeter2`), and the usual symbols (`mV`, `nS`, `um2`,
 * `mM`).
 *
 * @returns undefined for other names
 */
export function unitOf(name: string): Unit | undefined {
  if (name.length > 20) return undefined;
  const cached = known.get(name);
  if (cached !== undefined) return cached ?? undefined;
  const unit = findUnit(name);
  if (known.size < 10_000) known.set(name, unit ?? null);
  return unit;
}

function findUnit(name: string): Unit | undefined {
  const other = Object.hasOwn(otherUnits, name) ? otherUnits[name] : undefined;
  const match = other ?? prefixed(name, longUnits) ?? bySymbol(name);
  if (match) return match;
  const length = lengths.exec(name);
  if (length) return raised(bySymbol(length[1] ?? '') ?? baseUnit([metre, 0], 0), Number(length[2]));
  const power = /^([A-Za-z]+)([23])$/.exec(name);
  const base = power ? prefixed(power[1] ?? '', longUnits) : undefined;
  return base && power ? raised(base, Number(power[2])) : undefined;
}

/** Long names of the units that have symbols. */
const longNames: Readonly<Record<string, string>> = {
  V: 'volt',
  A: 'amp',
  S: 'siemens',
  F: 'farad',
  s: 'second',
  m: 'metre',
  C: 'coulomb',
  ohm: 'ohm',
  Ohm: 'ohm',
  g: 'gram',
  K: 'kelvin',
  mol: 'mole',
  M: 'molar',
  W: 'watt',
  J: 'joule',
  N: 'newton',
  Pa: 'pascal',
  H: 'henry',
  T: 'tesla',
  Wb: 'weber',
  cd: 'candle',
  lm: 'lumen',
  lx: 'lux',
  Bq: 'becquerel',
  Gy: 'gray',
  Sv: 'sievert',
  kat: 'katal',
  rad: 'radian',
  L: 'liter',
  l: 'liter',
  Hz: 'hertz',
  min: 'minute',
  h: 'hour',
  d: 'day',
};
const prefixable = (name: string): boolean => !['min', 'h', 'd'].includes(name);

/** Returns the long name of the unit of a symbol: `mV` → `mvolt`, `h` → `hour`, `um2` → `umetre2`. */
export function longUnitName(symbol: string): string | undefined {
  if (Object.hasOwn(longNames, symbol)) return longNames[symbol];
  if (symbol === 'kg') return 'kilogram';
  for (const prefix of Object.keys(prefixes)) {
    const rest = symbol.slice(prefix.length);
    if (symbol.startsWith(prefix) && Object.hasOwn(longNames, rest) && prefixable(rest))
      return `${prefix}${longNames[rest] ?? ''}`;
  }
  const power = /^([A-Za-z]+)([23])$/.exec(symbol);
  const base = power && unitInText(symbol) ? longUnitName(power[1] ?? '') : undefined;
  return base && `${base}${power?.[2] ?? ''}`;
}

/** Returns the unit of a name within a unit text, which may use more symbols (`J`, `mol`, `min`). */
export function unitInText(name: string): Unit | undefined {
  return (
    unitOf(name) ??
    (Object.hasOwn(otherTextUnits, name) ? otherTextUnits[name] : undefined) ??
    prefixed(name, textSymbols) ??
    poweredSymbol(name)
  );
}

function poweredSymbol(name: string): Unit | undefined {
  const power = /^([A-Za-z]+)([23])$/.exec(name);
  const base = power ? prefixed(power[1] ?? '', { m: [metre, 0] }) : undefined;
  return base && power ? raised(base, Number(power[2])) : undefined;
}

/** Common other names of units, in lower case, with their symbols. */
const symbolsByName: Readonly<Record<string, string>> = {
  sec: 's',
  ...Object.fromEntries(Object.entries(longNames).map(([symbol, name]) => [name, symbol])),
  meter: 'm',
  ampere: 'A',
  siemen: 'S',
};
const prefixNames: readonly (readonly [RegExp, string])[] = [
  [/^mill?i/i, 'm'],
  [/^micro/i, 'u'],
  [/^nano/i, 'n'],
  [/^pico/i, 'p'],
  [/^femto/i, 'f'],
  [/^centi/i, 'c'],
  [/^kilo/i, 'k'],
  [/^mega/i, 'M'],
  [/^giga/i, 'G'],
  [/^(?=[munpfckMG])./, ''],
];

/** Returns the symbol of a unit that is written out: `msec` → `ms`, `millivolts` → `mV`; undefined for others. */
function symbolOfWords(name: string): string | undefined {
  const symbolOf = (word: string): string | undefined => {
    const singular = word.toLowerCase().replace(/(?<=[^s])s$/, '');
    const unitWord = [word.toLowerCase(), singular].find((candidate) => Object.hasOwn(symbolsByName, candidate));
    return unitWord === undefined ? undefined : symbolsByName[unitWord];
  };
  for (const [prefix, sign] of [[/^/, ''] as const, ...prefixNames]) {
    const symbol = prefix.test(name) ? symbolOf(name.replace(prefix, '')) : undefined;
    if (symbol === undefined) continue;
    const written = `${sign === '' ? (prefix.exec(name)?.[0] ?? '') : sign}${symbol}`;
    if (unitInText(written)) return written;
  }
  return undefined;
}

/** Returns candidates for an unknown unit, the likeliest first. */
export function unitsLike(name: string): string[] {
  const symbol = symbolOfWords(name);
  return symbol === undefined ? nearest(name, commonUnitNames()) : [symbol];
}

/** Names to suggest for a misspelt unit: the usual ones, not the thousands that exist. */
export function commonUnitNames(): string[] {
  const short = Object.entries(symbols).flatMap(([symbol, entry]) => [
    symbol,
    ...entry.prefixes.split(' ').map((prefix) => prefix + symbol),
  ]);
  const ohms = ['kohm', 'Mohm', 'Gohm'];
  const powers = ['cm2', 'mm2', 'um2', 'm2', 'cm3', 'mm3', 'um3', 'm3'];
  return [...short, ...ohms, ...powers, ...Object.keys(longUnits), ...Object.keys(otherUnits)];
}

/** Micro signs and ohm signs as people type them, in ASCII. */
function asciiUnit(text: string): string {
  return text.replace(/[\u00b5\u03bc]/g, 'u').replace(/[\u03a9\u2126]/g, 'ohm');
}

/**
 * Reads a unit: a product of units and powers, such as `mV`, `uF/cm**2`, `1/second`, `S*m**-2`, `1`. µ and Ω are
 * accepted.
 *
 * @returns the dimension, and the exact number of SI units
 * @throws LangError lang/unknown-unit, lang/bad-unit, lang/unit-root, or an error of `parseExpression`; spans are
 * offsets in `text`
 */
export function parseUnit(text: string): Unit {
  const ascii = asciiUnit(text);
  if (ascii.includes('^')) throw new LangError(messages.unitPower(text), { start: 0, end: text.length });
  if (/°|deg_?[CF]$|[cC]elsius/.test(ascii)) {
    const start = text.length - text.trimStart().length;
    throw new LangError(messages.temperatureUnit(text.trim()), { start, end: start + text.trim().length });
  }
  if (ascii.trim() === '') throw new LangError(messages.emptyUnit(), { start: 0, end: text.length });
  return unitFrom(parseExpression(ascii), ascii);
}

function unitFrom(e: Expression, text: string): Unit {
  const bad = (): LangError => new LangError(messages.badUnit(text.slice(e.span.start, e.span.end)), e.span);
  if (e.kind === 'number' && e.value === 1) return { dimension: dimensionless, scale: one };
  if (e.kind === 'name') {
    const unit = unitInText(e.name);
    if (!unit) throw new LangError(messages.unknownUnit(e.name, unitsLike(e.name)), e.span);
    return unit;
  }
  if (e.kind !== 'binary') throw bad();
  if (e.operator === '**') {
    const exponent = constantExponent(e.right);
    if (exponent === undefined) throw bad();
    const power = powerOfUnit(unitFrom(e.left, text), exponent);
    if (!power) throw new LangError(messages.unitRoot(text.slice(e.span.start, e.span.end)), e.span);
    return power;
  }
  if (e.operator !== '*' && e.operator !== '/') throw bad();
  const left = unitFrom(e.left, text);
  const right = unitFrom(e.right, text);
  return e.operator === '*' ? multiplyUnits(left, right) : divideUnits(left, right);
}

/** The value of a literal exponent: `2`, `-0.5`, `(1/2)`. */
export function constantExponent(e: Expression): number | undefined {
  if (e.kind === 'number') return e.value;
  if (e.kind === 'quantity') return undefined;
  if (e.kind === 'unary' && e.operator !== 'not') {
    const operand = constantExponent(e.operand);
    return operand === undefined ? undefined : e.operator === '-' ? -operand : operand;
  }
  if (e.kind !== 'binary') return undefined;
  const left = constantExponent(e.left);
  const right = constantExponent(e.right);
  if (left === undefined || right === undefined) return undefined;
  switch (e.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    default:
      return undefined;
  }
}

/** Product of two units. */
export function multiplyUnits(a: Unit, b: Unit): Unit {
  return { dimension: multiplyDimensions(a.dimension, b.dimension), scale: multiplyRationals(a.scale, b.scale) };
}

/** Quotient of two units. */
export function divideUnits(a: Unit, b: Unit): Unit {
  return { dimension: divideDimensions(a.dimension, b.dimension), scale: divideRationals(a.scale, b.scale) };
}

/** Power of a unit; undefined when its scale would not be exact (cube root of a prefix) or is out of range. */
export function powerOfUnit(unit: Unit, exponent: number): Unit | undefined {
  const scale = powerOfRational(unit.scale, exponent);
  return scale && Math.abs(exponent) <= 100
    ? { dimension: powerDimension(unit.dimension, exponent), scale }
    : undefined;
}

/**
 * Returns names in an expression that could be read as units, because a number or a unit is another factor of their
 * product (`3*m`, `v/mV*2`).
 *
 * @param isName whether a name has its own meaning, so it is not a unit
 */
export function namesBesideNumbers(e: Expression, isName: (name: string) => boolean): ReadonlySet<string> {
  const ambiguousNames = new Set<string>();
  const visitPart = (part: Expression): void => {
    const factors: Expression[] = [];
    collectFactors(part, factors);
    const scaled = factors.some(
      (factor) =>
        factor.kind === 'number' ||
        factor.kind === 'quantity' ||
        (factor.kind === 'name' && !isName(factor.name) && unitOf(factor.name) !== undefined),
    );
    for (const factor of factors) {
      if (factor.kind === 'name' && scaled && unitOf(factor.name) !== undefined && isName(factor.name))
        ambiguousNames.add(factor.name);
      else if (factor !== part) visitPart(factor);
      else childrenOf(factor).forEach(visitPart);
    }
  };
  visitPart(e);
  return ambiguousNames;
}

/** Collects the factors and divisors of an expression; powers with a constant exponent count as their base. */
function collectFactors(e: Expression, factors: Expression[]): void {
  if (e.kind === 'unary' && e.operator !== 'not') collectFactors(e.operand, factors);
  else if (e.kind === 'binary' && (e.operator === '*' || e.operator === '/')) {
    collectFactors(e.left, factors);
    collectFactors(e.right, factors);
  } else if (e.kind === 'binary' && e.operator === '**' && constantExponent(e.right) !== undefined)
    collectFactors(e.left, factors);
  else factors.push(e);
}
