import { dimensionless, type Dimension } from './ast.js';

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
 * Derived units that canonical texts prefer, best first. All hold mass, so that their power follows from the
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

const hertz: NamedUnit = { symbol: 'Hz', long: 'hertz', dimension: [0, 0, -1, 0, 0, 0, 0] };

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
  if (equalDimensions(d, hertz.dimension)) return [[hertz, 1]];
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
 * @param taken names that have another meaning where the text will stand (a gate named `m`): those units get their long
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

/** A dimension for people: its SI unit, or `1 (no unit)`. */
export function dimensionText(d: Dimension): string {
  return isDimensionless(d) ? '1 (no unit)' : unitText(d);
}

/** Long unit names that canonical texts may use: no variable may have such a name. */
export const canonicalUnitNames: ReadonlySet<string> = new Set(
  [...baseUnits, ...derivedUnits, hertz].map((unit) => unit.long),
);
