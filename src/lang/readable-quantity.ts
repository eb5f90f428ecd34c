/** Quantities in units that people use: `-65*mV`, not `-0.065*V`. */

import type { Dimension, Expression } from './ast.js';
import { binary, integer, name, number, product, quotient, unary } from './build.js';
import {
  ampere,
  ampereByArea,
  area,
  concentration,
  equalDimensions,
  farad,
  faradByArea,
  hertz,
  isDimensionless,
  metre,
  ohm,
  second,
  siemens,
  siemensByArea,
  volt,
  weber,
} from './dimension.js';
import { parseExpression } from './parse.js';
import { scaleDecimal } from './quantity.js';
import { powerOfTen } from './rational.js';
import { unitText } from './units.js';

/** Scaled units that people use, by dimension: name as in Brian 2, which has no others, and power of ten. */
const scaledUnits: readonly {
  readonly dimension: Dimension;
  readonly units: readonly (readonly [name: string, exponent: number])[];
}[] = [
  {
    dimension: volt,
    units: [
      ['mV', -3],
      ['uvolt', -6],
    ],
  },
  {
    dimension: second,
    units: [
      ['ms', -3],
      ['us', -6],
    ],
  },
  {
    dimension: ampere,
    units: [
      ['nA', -9],
      ['pA', -12],
      ['uA', -6],
      ['mA', -3],
    ],
  },
  {
    dimension: siemens,
    units: [
      ['nS', -9],
      ['uS', -6],
      ['msiemens', -3],
      ['psiemens', -12],
    ],
  },
  {
    dimension: farad,
    units: [
      ['pF', -12],
      ['nF', -9],
      ['uF', -6],
    ],
  },
  {
    dimension: ohm,
    units: [
      ['Mohm', 6],
      ['kohm', 3],
      ['Gohm', 9],
    ],
  },
  {
    dimension: hertz,
    units: [
      ['Hz', 0],
      ['kHz', 3],
    ],
  },
  {
    dimension: metre,
    units: [
      ['um', -6],
      ['mm', -3],
    ],
  },
  {
    dimension: area,
    units: [
      ['um**2', -12],
      ['mm**2', -6],
      ['cm**2', -4],
    ],
  },
  {
    dimension: siemensByArea,
    units: [['msiemens/cm**2', 1]],
  },
  {
    dimension: faradByArea,
    units: [['ufarad/cm**2', -2]],
  },
  {
    dimension: ampereByArea,
    units: [['uA/cm**2', -2]],
  },
  {
    dimension: [-4, -2, 6, 3, 0, 0, 0],
    units: [['nS/mV', -6]],
  },
  {
    dimension: [2, 1, -4, -1, 0, 0, 0],
    units: [['mV/ms', 0]],
  },
  {
    dimension: weber,
    units: [['mV*ms', -6]],
  },
  {
    dimension: [0, 0, -1, 1, 0, 0, 0],
    units: [
      ['nA/ms', -6],
      ['pA/ms', -9],
    ],
  },
  {
    dimension: concentration,
    units: [
      ['mM', 0],
      ['uM', -3],
      ['nM', -6],
    ],
  },
];

/** The name of the SI unit of a dimension, as a product: `volt`, `siemens*meter**-2`, `Hz`, `1`. */
export function baseUnit(dimension: Dimension): string {
  return unitText(dimension, () => true)
    .replace(/\bhertz\b/g, 'Hz')
    .replace(/\bcandela\b/g, 'candle');
}

/** The same as written in equations: `siemens/meter**2`. */
export function declaredUnit(dimension: Dimension): string {
  const parts = baseUnit(dimension).split(/(?<!\*)\*(?!\*)/);
  const above = parts.filter((part) => !part.includes('**-'));
  const below = parts
    .filter((part) => part.includes('**-'))
    .map((part) => part.replace(/\*\*-1$/, '').replace('**-', '**'));
  return [above.join('*') || '1', ...below].join('/');
}

/**
 * Returns the name of the SI unit of a dimension for use after a number: `siemens/meter**2`, but `volt**-1`, without a
 * 1 before it.
 */
export function plainUnit(dimension: Dimension): string {
  const declared = declaredUnit(dimension);
  return declared.startsWith('1/') ? baseUnit(dimension) : declared;
}

/** A number with a unit; their product is the value. */
interface WrittenQuantity {
  readonly number: number;
  /** `1` for pure numbers. */
  readonly unit: string;
}

/**
 * How a reader evaluates a quantity: by scaling the decimal text and rounding once, as here, or by multiplying doubles,
 * as Python does. There 9*mV is 0.009000000000000001 volt, and a quantity may differ from its value in the last bit.
 */
export type Arithmetic = 'decimal' | 'double';

/** Returns the value in a readable unit. */
export function writtenQuantity(value: number, dimension: Dimension, arithmetic: Arithmetic): WrittenQuantity {
  if (isDimensionless(dimension)) return { number: value, unit: '1' };
  const known = scaledUnits.find((entry) => equalDimensions(entry.dimension, dimension))?.units ?? [];
  const base = { number: value, unit: plainUnit(dimension) };
  if (value === 0) return known[0] === undefined ? base : { number: value, unit: known[0][0] };
  const candidates = known.flatMap(([unit, exponent]) => {
    const scaled = inUnit(value, exponent, arithmetic);
    return scaled === undefined ? [] : [{ number: scaled, unit }];
  });
  const readable = [...candidates, base].filter(reads);
  const shortest = (all: readonly WrittenQuantity[]): WrittenQuantity | undefined =>
    all.reduce<WrittenQuantity | undefined>(
      (best, candidate) => (best === undefined || cost(candidate) < cost(best) ? candidate : best),
      undefined,
    );
  return shortest(readable) ?? shortest([...candidates, base]) ?? base;
}

/** Areas of cells are in this unit, however many. */
const cellArea = 'um**2';

/** Whether a quantity has neither a very small nor a very large number; areas of cells may have. */
export const reads = ({ number, unit }: WrittenQuantity): boolean =>
  Math.abs(number) >= 0.001 && Math.abs(number) < (unit === cellArea ? 1e6 : 10_000);

/**
 * Fewer digits are more readable, and zeros at the ends do not count; large or small numbers and base units have a
 * small penalty.
 */
function cost({ number, unit }: WrittenQuantity): number {
  const digits = String(Math.abs(number))
    .replace(/^0\.0*/, '')
    .replace('.', '')
    .replace(/0+$/, '').length;
  const word = /\*\*-|\/meter|\/second|\/volt|^us$|^uvolt$/.test(unit) ? 6 : unit.length > 3 ? 3 : 0;
  const most = unit === cellArea ? Infinity : 1000;
  return (
    digits * 4 +
    word +
    (Math.abs(number) < 0.01 ? 8 : Math.abs(number) < 0.1 ? 5 : 0) +
    (Math.abs(number) >= most ? 8 : 0)
  );
}

/** Returns the number of units of 10 to the `exponent` in a value, or undefined if its text is another double. */
function inUnit(value: number, exponent: number, arithmetic: Arithmetic): number | undefined {
  const scaled = scaleDecimal(String(value), powerOfTen(-exponent));
  const shorter = arithmetic === 'double' ? [15, 16].map((digits) => Number(scaled.toPrecision(digits))) : [];
  return (
    shorter.find((number) => number * Number(`1e${exponent}`) === value) ??
    (scaleDecimal(String(scaled), powerOfTen(exponent)) === value ? scaled : undefined)
  );
}

/** Multiples of pi as people write them; they are the same doubles. */
export const multiplesOfPi: ReadonlyMap<number, Expression> = new Map([
  [Math.PI, name('pi')],
  [2 * Math.PI, product(integer(2), name('pi'))],
  [4 * Math.PI, product(integer(4), name('pi'))],
  [Math.PI / 2, quotient(name('pi'), integer(2))],
]);

/** The value as a product: `-65*mV`; `ms` is 1 ms. */
export function quantityTree(value: number, dimension: Dimension, arithmetic: Arithmetic): Expression {
  const written = writtenQuantity(Math.abs(value), dimension, arithmetic);
  const whole = Number.isSafeInteger(written.number) && !isDimensionless(dimension);
  const size = number(written.number, undefined, whole);
  const negative = value < 0 || Object.is(value, -0);
  const unit = written.unit === '1' ? undefined : parseExpression(written.unit);
  if (unit?.kind === 'name' && written.number === 1) return negative ? unary('-', unit) : unit;
  const signed = negative ? unary('-', size) : size;
  if (unit === undefined) return signed;
  if (unit.kind === 'binary' && (unit.operator === '/' || unit.operator === '*'))
    return binary(unit.operator, binary('*', signed, unit.left), unit.right);
  return binary('*', signed, unit);
}

/** `20 mV`, `0.5`. */
export function quantityText(value: number, dimension: Dimension, arithmetic: Arithmetic): string | number {
  const { number, unit } = writtenQuantity(value, dimension, arithmetic);
  return unit === '1' ? number : `${number} ${unit}`;
}

/** The same with symbols for all units, which expressions and Brian lack: `10 pS`. */
export function symbolicQuantity(value: number, dimension: Dimension): string | number {
  const { number, unit } = writtenInSymbols(value, dimension);
  return unit === '1' ? number : `${number} ${unit}`;
}

/** Number and unit of a quantity for people: symbols for all units, 1 for none. */
export function writtenInSymbols(value: number, dimension: Dimension): WrittenQuantity {
  const { number, unit } = writtenQuantity(value, dimension, 'decimal');
  const symbols =
    unit === baseUnit(dimension) ? unitText(dimension) : unit.replace(longName, (name) => symbolOf[name] ?? name);
  return { number, unit: symbols };
}

const symbolOf: Readonly<Record<string, string>> = { volt: 'V', siemens: 'S', farad: 'F' };
const longName = /(?:volt|siemens|farad)\b/g;

/** Numbers that share a unit, in the best one that fits all of them. */
export function writtenQuantities(
  values: readonly number[],
  dimension: Dimension,
  arithmetic: Arithmetic,
): { readonly values: readonly number[]; readonly unit?: string } {
  if (isDimensionless(dimension)) return { values };
  const known = scaledUnits.find((entry) => equalDimensions(entry.dimension, dimension))?.units ?? [];
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [unit, exponent] of known) {
    const size = largest / Number(`1e${exponent}`);
    if (largest !== 0 && (size < 0.1 || size >= 1e5)) continue;
    const scaled = values.map((value) => inUnit(value, exponent, arithmetic));
    if (scaled.every((value) => value !== undefined)) return { values: scaled, unit };
  }
  return { values, unit: baseUnit(dimension) };
}
