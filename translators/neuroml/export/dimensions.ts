/** Dimensions and units by the names of the core types; others are declared. */

import type { Dimension } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { parseUnit } from '../../../src/lang/units.js';
import { element, type Element } from './xml-text.js';

/** Dimensions of the core types, over metre, kilogram, second, ampere, kelvin, mole, candela, each with its SI unit. */
const core: readonly (readonly [name: string, unit: string, dimension: Dimension])[] = [
  ['time', 's', [0, 0, 1, 0, 0, 0, 0]],
  ['per_time', 'per_s', [0, 0, -1, 0, 0, 0, 0]],
  ['voltage', 'V', [2, 1, -3, -1, 0, 0, 0]],
  ['per_voltage', 'per_V', [-2, -1, 3, 1, 0, 0, 0]],
  ['current', 'A', [0, 0, 0, 1, 0, 0, 0]],
  ['currentDensity', 'A_per_m2', [-2, 0, 0, 1, 0, 0, 0]],
  ['conductance', 'S', [-2, -1, 3, 2, 0, 0, 0]],
  ['conductanceDensity', 'S_per_m2', [-4, -1, 3, 2, 0, 0, 0]],
  ['capacitance', 'F', [-2, -1, 4, 2, 0, 0, 0]],
  ['specificCapacitance', 'F_per_m2', [-4, -1, 4, 2, 0, 0, 0]],
  ['resistance', 'ohm', [2, 1, -3, -2, 0, 0, 0]],
  ['resistivity', 'ohm_m', [3, 1, -3, -2, 0, 0, 0]],
  ['charge', 'C', [0, 0, 1, 1, 0, 0, 0]],
  ['length', 'm', [1, 0, 0, 0, 0, 0, 0]],
  ['area', 'm2', [2, 0, 0, 0, 0, 0, 0]],
  ['volume', 'm3', [3, 0, 0, 0, 0, 0, 0]],
  ['concentration', 'mol_per_m3', [-3, 0, 0, 0, 0, 1, 0]],
  ['substance', 'mol', [0, 0, 0, 0, 0, 1, 0]],
  ['permeability', 'm_per_s', [1, 0, -1, 0, 0, 0, 0]],
  ['temperature', 'K', [0, 0, 0, 0, 1, 0, 0]],
];

/** Letters of LEMS for the base of a dimension, in the order of ours. */
const letters = ['l', 'm', 't', 'i', 'k', 'n', 'j'] as const;

const keyOf = (dimension: Dimension): string => dimension.join();

/** Names dimensions, and declares those that the core types do not. */
export class Dimensions {
  readonly #known = new Map(core.map(([name, unit, dimension]) => [keyOf(dimension), { name, unit }]));
  readonly #declared: Element[] = [];

  /** @returns `none` for pure numbers */
  nameOf(dimension: Dimension): string {
    return isPure(dimension) ? 'none' : this.#named(dimension).name;
  }

  /** Symbol of the SI unit; empty for pure numbers. */
  unitOf(dimension: Dimension): string {
    return isPure(dimension) ? '' : this.#named(dimension).unit;
  }

  get declarations(): readonly Element[] {
    return this.#declared;
  }

  #named(dimension: Dimension): { readonly name: string; readonly unit: string } {
    const key = keyOf(dimension);
    const known = this.#known.get(key);
    if (known) return known;
    const powers = letters.flatMap((letter, k) => (dimension[k] === 0 ? [] : [[letter, String(dimension[k])] as const]));
    const name = `dimension_${powers.map(([letter, power]) => `${letter}${power.replace('-', 'm').replace('.', 'p')}`).join('_')}`;
    const made = { name, unit: `SI_${name}` };
    this.#known.set(key, made);
    this.#declared.push(
      element('Dimension', { name, ...Object.fromEntries(powers) }),
      element('Unit', { symbol: made.unit, dimension: name, power: '0' }),
    );
    return made;
  }
}

export const isPure = (dimension: Dimension): boolean => dimension.every((power) => power === 0);

/** Whether LEMS has dimensions like this one: its powers are whole. */
const isWhole = (dimension: Dimension): boolean => dimension.every((power) => Number.isInteger(power));

/** The dimension of a canonical unit text. */
export function dimensionOfUnit(unit: string): Dimension {
  return unit === '1' ? dimensionless : parseUnit(unit).dimension;
}

/** The dimension that LEMS has for a unit: what has powers that are no whole numbers, as noise has, is a number in SI there. */
export function lemsDimension(unit: string): Dimension {
  const dimension = dimensionOfUnit(unit);
  return isWhole(dimension) ? dimension : dimensionless;
}

/** Shortest decimal text of a double, as LEMS reads it. */
export function numberText(value: number): string {
  if (value === Infinity) return '1e300';
  if (value === -Infinity) return '-1e300';
  return String(value).replace('e+', 'e');
}

/** A number in SI as the value of an attribute. */
export function quantityText(value: number, dimension: Dimension, dimensions: Dimensions): string {
  const unit = dimensions.unitOf(dimension);
  return unit === '' ? numberText(value) : `${numberText(value)} ${unit}`;
}
