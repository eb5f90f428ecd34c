import { dimensionless, type Dimension } from './ast.js';

/** Of a length; exponents are of m, kg, s, A, K, mol, cd. */
export const metre: Dimension = [1, 0, 0, 0, 0, 0, 0];
/** Of a time. */
export const second: Dimension = [0, 0, 1, 0, 0, 0, 0];
/** Of a current. */
export const ampere: Dimension = [0, 0, 0, 1, 0, 0, 0];
/** Of a rate. */
export const hertz: Dimension = [0, 0, -1, 0, 0, 0, 0];
/** Of a potential. */
export const volt: Dimension = [2, 1, -3, -1, 0, 0, 0];
/** Of a conductance. */
export const siemens: Dimension = [-2, -1, 3, 2, 0, 0, 0];

/**
 * A dimension made by a function of the position in the vector (metre, kilogram, second, ampere, kelvin, mole,
 * candela).
 */
function make(f: (index: 0 | 1 | 2 | 3 | 4 | 5 | 6) => number): Dimension {
  return [f(0), f(1), f(2), f(3), f(4), f(5), f(6)];
}

/** Exponents that differ by less are one: powers of powers of fractions are not exact. */
const tolerance = 1e-9;

/** Whether two quantities may be added or compared. */
export function equalDimensions(a: Dimension, b: Dimension): boolean {
  return a.every((exponent, index) => Math.abs(exponent - (b[index] ?? 0)) < tolerance);
}

/** Whether a value is a pure number. */
export function isDimensionless(d: Dimension): boolean {
  return equalDimensions(d, dimensionless);
}

/** Nearest simple fraction of an exponent, so that `(x**(1/3))**3` is `x` again. */
function tidy(exponent: number): number {
  for (const denominator of [1, 2, 3, 4, 5, 6, 8, 9, 12]) {
    const numerator = Math.round(exponent * denominator);
    if (Math.abs(exponent * denominator - numerator) < tolerance) return numerator / denominator + 0;
  }
  return exponent;
}

/** Dimension of a product. */
export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  return make((index) => tidy(a[index] + b[index]));
}

/** Dimension of a quotient. */
export function divideDimensions(a: Dimension, b: Dimension): Dimension {
  return make((index) => tidy(a[index] - b[index]));
}

/** Dimension of a power with a constant exponent. */
export function powerDimension(d: Dimension, exponent: number): Dimension {
  return make((index) => tidy(d[index] * exponent));
}

interface NamedUnit {
  readonly symbol: string;
  readonly long: string;
  readonly dimension: Dimension;
}

/** Units of scale 1 that canonical texts are made of: the base, in printing order. */
const baseUnits: readonly NamedUnit[] = [
  { symbol: 'kilogram', long: 'kilogram', dimension: [0, 1, 0, 0, 0, 0, 0] },
  { symbol: 'A', long: 'amp', dimension: [0, 0, 0, 1, 0, 0, 0] },
  { symbol: 'm', long: 'meter', dimension: [1, 0, 0, 0, 0, 0, 0] },
  { symbol: 's', long: 'second', dimension: [0, 0, 1, 0, 0, 0, 0] },
  { symbol: 'mole', long: 'mole', dimension: [0, 0, 0, 0, 0, 1, 0] },
  { symbol: 'kelvin', long: 'kelvin', dimension: [0, 0, 0, 0, 1, 0, 0] },
  { symbol: 'candela', long: 'candela', dimension: [0, 0, 0, 0, 0, 0, 1] },
];

/**
 * Derived units that canonical texts prefer, best first. All hold mass, so their power follows from the
 * dimension's own.
 */
const derivedUnits: readonly NamedUnit[] = [
  { symbol: 'V', long: 'volt', dimension: [2, 1, -3, -1, 0, 0, 0] },
  { symbol: 'S', long: 'siemens', dimension: [-2, -1, 3, 2, 0, 0, 0] },
  { symbol: 'F', long: 'farad', dimension: [-2, -1, 4, 2, 0, 0, 0] },
  { symbol: 'ohm', long: 'ohm', dimension: [2, 1, -3, -2, 0, 0, 0] },
  { symbol: 'joule', long: 'joule', dimension: [2, 1, -2, 0, 0, 0, 0] },
  { symbol: 'watt', long: 'watt', dimension: [2, 1, -3, 0, 0, 0, 0] },
  { symbol: 'newton', long: 'newton', dimension: [1, 1, -2, 0, 0, 0, 0] },
  { symbol: 'pascal', long: 'pascal', dimension: [-1, 1, -2, 0, 0, 0, 0] },
  { symbol: 'weber', long: 'weber', dimension: [2, 1, -2, -1, 0, 0, 0] },
  { symbol: 'tesla', long: 'tesla', dimension: [0, 1, -2, -1, 0, 0, 0] },
  { symbol: 'henry', long: 'henry', dimension: [2, 1, -2, -2, 0, 0, 0] },
];

const hertzUnit: NamedUnit = { symbol: 'Hz', long: 'hertz', dimension: hertz };

type Factor = readonly [unit: NamedUnit, exponent: number];

function baseFactors(d: Dimension): Factor[] {
  return baseUnits.flatMap((unit): Factor[] => {
    const exponent = d[unit.dimension.indexOf(1)] ?? 0;
    return exponent === 0 ? [] : [[unit, exponent]];
  });
}

/**
 * Whole powers of a derived unit, times base units without mass or current; the fewest factors win, then the order of
 * the table.
 */
function factors(d: Dimension): readonly Factor[] {
  if (equalDimensions(d, hertzUnit.dimension)) return [[hertzUnit, 1]];
  let best: readonly Factor[] = baseFactors(d);
  // At equal length a derived unit reads better than the base.
  let bestCost = best.length + 0.25;
  if (d[1] === 0) return best;
  for (const unit of derivedUnits) {
    const power = tidy(d[1] / unit.dimension[1]);
    const rest = divideDimensions(d, powerDimension(unit.dimension, power));
    if (rest[3] !== 0) continue;
    const candidate: readonly Factor[] = [[unit, power], ...baseFactors(rest)];
    const cost = candidate.length + (power === 1 ? 0 : 1.5);
    if (cost < bestCost) [best, bestCost] = [candidate, cost];
  }
  return best;
}

/**
 * Canonical text of the SI unit of a dimension: `V`, `S*m**-2`, `V*s**-0.5`, `Hz`, `1`. It parses back to the dimension
 * with scale 1.
 *
 * @param taken names that have another meaning where the text will appear (a gate named `m`): those units get their
 * long
 *   name, `meter`
 */
export function unitText(d: Dimension, taken: (name: string) => boolean = () => false): string {
  // Positive powers first: `m**2*V**-1` reads better than the reverse.
  const ordered = [...factors(d)].sort(([, a], [, b]) => Number(b > 0) - Number(a > 0));
  const parts = ordered.map(([unit, exponent]) => {
    const name = taken(unit.symbol) ? unit.long : unit.symbol;
    return exponent === 1 ? name : `${name}**${String(exponent)}`;
  });
  return parts.length === 0 ? '1' : parts.join('*');
}

/**
 * Units that texts for people are made of, in the order in which they are written, with what each costs: the lower, the
 * sooner it is used.
 */
const readableUnits: readonly (readonly [symbol: string, cost: number, dimension: Dimension])[] = [
  ['V', 1, [2, 1, -3, -1, 0, 0, 0]],
  ['A', 1, [0, 0, 0, 1, 0, 0, 0]],
  ['S', 1.1, [-2, -1, 3, 2, 0, 0, 0]],
  ['F', 1.1, [-2, -1, 4, 2, 0, 0, 0]],
  ['ohm', 1.2, [2, 1, -3, -2, 0, 0, 0]],
  ['mol', 1.2, [0, 0, 0, 0, 0, 1, 0]],
  ['K', 1.2, [0, 0, 0, 0, 1, 0, 0]],
  ['C', 1.4, [0, 0, 1, 1, 0, 0, 0]],
  ['kg', 1.5, [0, 1, 0, 0, 0, 0, 0]],
  ['J', 2.2, [2, 1, -2, 0, 0, 0, 0]],
  ['W', 3, [2, 1, -3, 0, 0, 0, 0]],
  ['N', 3, [1, 1, -2, 0, 0, 0, 0]],
  ['Pa', 3, [-1, 1, -2, 0, 0, 0, 0]],
  ['Wb', 4, [2, 1, -2, -1, 0, 0, 0]],
  ['T', 4, [0, 1, -2, -1, 0, 0, 0]],
  ['H', 4, [2, 1, -2, -2, 0, 0, 0]],
  ['cd', 1.9, [0, 0, 0, 0, 0, 0, 1]],
  ['m', 1, [1, 0, 0, 0, 0, 0, 0]],
  ['s', 1, [0, 0, 1, 0, 0, 0, 0]],
];

interface ReadablePower {
  readonly symbol: string;
  readonly exponent: number;
  readonly cost: number;
  readonly dimension: Dimension;
}

const dimensionKey = (d: Dimension): string => d.map((exponent) => exponent.toFixed(6)).join();

/** Each unit in the powers that people write, cheapest of each dimension. */
function readablePowers(): ReadonlyMap<string, ReadablePower> {
  const powers = new Map<string, ReadablePower>();
  for (const [symbol, price, unit] of readableUnits) {
    for (const exponent of [1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 4, -4]) {
      const size = Math.abs(exponent);
      const cost = price + (size === 1 ? 0 : 0.3 + 0.4 * size) + (exponent < 0 ? 0.1 : 0);
      const dimension = powerDimension(unit, exponent);
      const key = dimensionKey(dimension);
      if ((powers.get(key)?.cost ?? Infinity) > cost) powers.set(key, { symbol, exponent, cost, dimension });
    }
  }
  return powers;
}

let readable: ReadonlyMap<string, ReadablePower> | undefined;
const readableTexts = new Map<string, string>();

/** The cheapest product of at most three powers; undefined where there is none. */
function readableProduct(d: Dimension): readonly ReadablePower[] | undefined {
  readable ??= readablePowers();
  const powers = readable;
  const one = powers.get(dimensionKey(d));
  if (one && one.exponent > 0) return [one];
  let best: readonly ReadablePower[] | undefined = one && [one];
  const total = (product: readonly ReadablePower[]): number => product.reduce((sum, { cost }) => sum + cost, 0);
  const consider = (product: readonly ReadablePower[]): void => {
    if (new Set(product.map(({ symbol }) => symbol)).size < product.length) return;
    if (!best || total(product) < total(best)) best = product;
  };
  for (const first of powers.values()) {
    const rest = powers.get(dimensionKey(divideDimensions(d, first.dimension)));
    if (rest) consider([first, rest]);
  }
  if (best) return best;
  for (const first of powers.values()) {
    const left = divideDimensions(d, first.dimension);
    for (const second of powers.values()) {
      const rest = powers.get(dimensionKey(divideDimensions(left, second.dimension)));
      if (rest) consider([first, second, rest]);
    }
  }
  return best;
}

function readableText(d: Dimension): string {
  if (equalDimensions(d, hertzUnit.dimension)) return hertzUnit.symbol;
  const product = readableProduct(d);
  if (!product) return unitText(d);
  const order = (part: ReadablePower): number => readableUnits.findIndex(([symbol]) => symbol === part.symbol);
  const sorted = [...product].sort((a, b) => order(a) - order(b));
  const written = ({ symbol, exponent }: ReadablePower): string =>
    Math.abs(exponent) === 1 ? symbol : `${symbol}**${Math.abs(exponent)}`;
  const above = sorted.filter(({ exponent }) => exponent > 0).map(written);
  const below = sorted.filter(({ exponent }) => exponent < 0).map(written);
  const numerator = above.length === 0 ? '1' : above.join('*');
  if (below.length === 0) return numerator;
  return `${numerator}/${below.length === 1 ? below.join('') : `(${below.join('*')})`}`;
}

/** A dimension for people: its SI unit as one writes it (`V/s`, `S/m**2`), or `1 (no unit)`. */
export function dimensionText(d: Dimension): string {
  if (isDimensionless(d)) return '1 (no unit)';
  const key = dimensionKey(d);
  const known = readableTexts.get(key);
  if (known !== undefined) return known;
  const text = readableText(d);
  if (readableTexts.size < 1000) readableTexts.set(key, text);
  return text;
}

/** Whether people have a name for the unit of a dimension, rather than a formula: `V`, `s`, `Hz`, `m**2`. */
export function hasNamedUnit(d: Dimension): boolean {
  return isDimensionless(d) || /^[A-Za-z]+(?:\*\*[23])?$/.test(dimensionText(d));
}

/** Long unit names that canonical texts may use: no variable may have such a name. */
export const canonicalUnitNames: ReadonlySet<string> = new Set(
  [...baseUnits, ...derivedUnits, hertzUnit].map((unit) => unit.long),
);
