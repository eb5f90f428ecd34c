import { dimensionless, type Dimension } from './ast.js';

/** Of a length; exponents are of m, kg, s, A, K, mol, cd. */
export const metre: Dimension = [1, 0, 0, 0, 0, 0, 0];
/** Of a mass. */
export const kilogram: Dimension = [0, 1, 0, 0, 0, 0, 0];
/** Of a time. */
export const second: Dimension = [0, 0, 1, 0, 0, 0, 0];
/** Of a current. */
export const ampere: Dimension = [0, 0, 0, 1, 0, 0, 0];
/** Of a temperature. */
export const kelvin: Dimension = [0, 0, 0, 0, 1, 0, 0];
/** Of an amount of substance. */
export const mole: Dimension = [0, 0, 0, 0, 0, 1, 0];
/** Of a luminous intensity. */
export const candela: Dimension = [0, 0, 0, 0, 0, 0, 1];
/** Of a rate. */
export const hertz: Dimension = [0, 0, -1, 0, 0, 0, 0];
/** Of a potential. */
export const volt: Dimension = [2, 1, -3, -1, 0, 0, 0];
/** Of a conductance. */
export const siemens: Dimension = [-2, -1, 3, 2, 0, 0, 0];
/** Of a capacitance. */
export const farad: Dimension = [-2, -1, 4, 2, 0, 0, 0];
/** Of a resistance. */
export const ohm: Dimension = [2, 1, -3, -2, 0, 0, 0];
/** Of a charge. */
export const coulomb: Dimension = [0, 0, 1, 1, 0, 0, 0];
/** Of a surface. */
export const area: Dimension = [2, 0, 0, 0, 0, 0, 0];
/** Of a volume. */
export const volume: Dimension = [3, 0, 0, 0, 0, 0, 0];
/** Of a concentration, mol/m**3. */
export const concentration: Dimension = [-3, 0, 0, 0, 0, 1, 0];
/** Of a density of currents through a membrane. */
export const ampereByArea: Dimension = [-2, 0, 0, 1, 0, 0, 0];
/** Of a density of conductances in a membrane. */
export const siemensByArea: Dimension = [-4, -1, 3, 2, 0, 0, 0];
/** Of a specific capacitance. */
export const faradByArea: Dimension = [-4, -1, 4, 2, 0, 0, 0];
/** Of a resistivity. */
export const ohmMetre: Dimension = [3, 1, -3, -2, 0, 0, 0];
/** Of a force. */
export const newton: Dimension = [1, 1, -2, 0, 0, 0, 0];
/** Of a pressure. */
export const pascal: Dimension = [-1, 1, -2, 0, 0, 0, 0];
/** Of an energy. */
export const joule: Dimension = [2, 1, -2, 0, 0, 0, 0];
/** Of a power. */
export const watt: Dimension = [2, 1, -3, 0, 0, 0, 0];
/** Of a magnetic flux: a potential times a time. */
export const weber: Dimension = [2, 1, -2, -1, 0, 0, 0];
/** Of a magnetic flux density. */
export const tesla: Dimension = [0, 1, -2, -1, 0, 0, 0];
/** Of an inductance. */
export const henry: Dimension = [2, 1, -2, -2, 0, 0, 0];

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

/** Units of scale 1 in canonical texts: the base, in printing order. */
const baseUnits: readonly NamedUnit[] = [
  { symbol: 'kilogram', long: 'kilogram', dimension: kilogram },
  { symbol: 'A', long: 'amp', dimension: ampere },
  { symbol: 'm', long: 'meter', dimension: metre },
  { symbol: 's', long: 'second', dimension: second },
  { symbol: 'mole', long: 'mole', dimension: mole },
  { symbol: 'kelvin', long: 'kelvin', dimension: kelvin },
  { symbol: 'candela', long: 'candela', dimension: candela },
];

/**
 * Derived units that canonical texts prefer, best first. All hold mass, so their power follows from the
 * dimension's own.
 */
const derivedUnits: readonly NamedUnit[] = [
  { symbol: 'V', long: 'volt', dimension: volt },
  { symbol: 'S', long: 'siemens', dimension: siemens },
  { symbol: 'F', long: 'farad', dimension: farad },
  { symbol: 'ohm', long: 'ohm', dimension: ohm },
  { symbol: 'joule', long: 'joule', dimension: joule },
  { symbol: 'watt', long: 'watt', dimension: watt },
  { symbol: 'newton', long: 'newton', dimension: newton },
  { symbol: 'pascal', long: 'pascal', dimension: pascal },
  { symbol: 'weber', long: 'weber', dimension: weber },
  { symbol: 'tesla', long: 'tesla', dimension: tesla },
  { symbol: 'henry', long: 'henry', dimension: henry },
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
 * Returns the canonical text of the SI unit of a dimension: `V`, `S*m**-2`, `V*s**-0.5`, `Hz`, `1`. It parses back to
 * the dimension with scale 1.
 *
 * @param taken names that have another meaning in the surrounding text (a gate named `m`): these units get their long
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

/** Units in readable texts, in the order of their appearance, with their costs: lower costs are preferred. */
const readableUnits: readonly (readonly [symbol: string, cost: number, dimension: Dimension])[] = [
  ['V', 1, volt],
  ['A', 1, ampere],
  ['S', 1.1, siemens],
  ['F', 1.1, farad],
  ['ohm', 1.2, ohm],
  ['mol', 1.2, mole],
  ['K', 1.2, kelvin],
  ['C', 1.4, coulomb],
  ['kg', 1.5, kilogram],
  ['J', 2.2, joule],
  ['W', 3, watt],
  ['N', 3, newton],
  ['Pa', 3, pascal],
  ['Wb', 4, weber],
  ['T', 4, tesla],
  ['H', 4, henry],
  ['cd', 1.9, candela],
  ['m', 1, metre],
  ['s', 1, second],
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

/** Returns the cheapest product of at most three powers; undefined if there is no such product. */
function readableProduct(d: Dimension): readonly ReadablePower[] | undefined {
  readable ??= readablePowers();
  const powers = readable;
  const single = powers.get(dimensionKey(d));
  if (single && single.exponent > 0) return [single];
  let best: readonly ReadablePower[] | undefined = single && [single];
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
