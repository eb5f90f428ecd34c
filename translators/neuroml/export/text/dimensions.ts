/** Dimensions and units by the names of the core types; others are declared. */

import type { Dimension } from '../../../../src/lang/ast.js';
import { dimensionless } from '../../../../src/lang/ast.js';
import {
  ampere,
  ampereByArea,
  area,
  concentration,
  coulomb,
  divideDimensions,
  farad,
  faradByArea,
  hertz,
  kelvin,
  metre,
  mole,
  multiplyDimensions,
  ohm,
  ohmMetre,
  second,
  siemens,
  siemensByArea,
  volt,
  volume,
} from '../../../../src/lang/dimension.js';
import { parseUnit } from '../../../../src/lang/units.js';
import { element, type Element } from './xml-text.js';

/** A unit and its power of ten over SI. */
type Scaled = readonly [symbol: string, power: number];

/** `s:0 ms:-3` as units with their powers of ten, the SI unit first. */
const unitsIn = (text: string): readonly [Scaled, ...Scaled[]] => {
  const scaled = (word = ''): Scaled => [word.replace(/:.*/, ''), Number(word.replace(/.*:/, ''))];
  const [si, ...others] = text.split(' ');
  return [scaled(si), ...others.map(scaled)];
};

/** Dimensions of the core types, over metre, kilogram, second, ampere, kelvin, mole, candela, with common units. */
const core = (
  [
    ['time', second, 's:0 ms:-3'],
    ['per_time', hertz, 'per_s:0 Hz:0 per_ms:3'],
    ['voltage', volt, 'V:0 mV:-3'],
    ['per_voltage', [-2, -1, 3, 1, 0, 0, 0], 'per_V:0 per_mV:3'],
    ['current', ampere, 'A:0 nA:-9 pA:-12'],
    ['currentDensity', ampereByArea, 'A_per_m2:0 uA_per_cm2:-2'],
    ['conductance', siemens, 'S:0 uS:-6 nS:-9 pS:-12'],
    ['conductanceDensity', siemensByArea, 'S_per_m2:0 mS_per_cm2:1'],
    ['conductance_per_voltage', [-4, -2, 6, 3, 0, 0, 0], 'S_per_V:0 nS_per_mV:-6'],
    ['capacitance', farad, 'F:0 nF:-9 pF:-12'],
    ['specificCapacitance', faradByArea, 'F_per_m2:0 uF_per_cm2:-2'],
    ['resistance', ohm, 'ohm:0 kohm:3 Mohm:6'],
    ['resistivity', ohmMetre, 'ohm_m:0 ohm_cm:-2'],
    ['charge', coulomb, 'C:0'],
    ['length', metre, 'm:0 um:-6'],
    ['area', area, 'm2:0 um2:-12'],
    ['volume', volume, 'm3:0 um3:-18'],
    ['concentration', concentration, 'mol_per_m3:0 mM:0'],
    ['substance', mole, 'mol:0'],
    ['permeability', [1, 0, -1, 0, 0, 0, 0], 'm_per_s:0 cm_per_s:-2'],
    ['temperature', kelvin, 'K:0'],
  ] as const
).map(([name, dimension, units]) => ({ name, dimension: dimension as Dimension, units: unitsIn(units) }));

/** Letters of LEMS for the base of a dimension, in the order of ours. */
const letters = ['l', 'm', 't', 'i', 'k', 'n', 'j'] as const;

const keyOf = (dimension: Dimension): string => dimension.join();

interface Known {
  readonly name: string;
  readonly units: readonly [Scaled, ...Scaled[]];
}

/** Names dimensions, and declares the ones missing from the core types. */
export class Dimensions {
  readonly #known = new Map<string, Known>(core.map((one) => [keyOf(one.dimension), one]));
  readonly #declared: Element[] = [];

  /** @returns `none` for pure numbers */
  nameOf(dimension: Dimension): string {
    return isPure(dimension) ? 'none' : this.#named(dimension).name;
  }

  /** Symbol of the SI unit; empty for pure numbers. */
  unitOf(dimension: Dimension): string {
    return isPure(dimension) ? '' : this.#named(dimension).units[0][0];
  }

  /** Units of a dimension with their powers of ten, the SI unit first. */
  unitsOf(dimension: Dimension): readonly [Scaled, ...Scaled[]] {
    return this.#named(dimension).units;
  }

  /** `Dimension` and `Unit` elements for dimensions missing from the core types. */
  get declarations(): readonly Element[] {
    return this.#declared;
  }

  #named(dimension: Dimension): Known {
    const key = keyOf(dimension);
    const known = this.#known.get(key);
    if (known) return known;
    const name = composedName(dimension) ?? spelledName(dimension);
    const made: Known = { name, units: [[`SI_${name}`, 0]] };
    this.#known.set(key, made);
    const powers = powersOf(dimension);
    this.#declared.push(
      element('Dimension', { name, ...Object.fromEntries(powers) }),
      element('Unit', { symbol: made.units[0][0], dimension: name, power: '0' }),
    );
    return made;
  }
}

const powersOf = (dimension: Dimension): readonly (readonly [string, string])[] =>
  letters.flatMap((letter, k) => (dimension[k] === 0 ? [] : [[letter, String(dimension[k])] as const]));

/** Returns a dimension as a product or quotient of two of the core types', such as `voltage_per_time`. */
function composedName(dimension: Dimension): string | undefined {
  const nameIn = (wanted: Dimension): string | undefined =>
    core.find(({ dimension: one }) => keyOf(one) === keyOf(wanted))?.name;
  for (const join of ['per', 'times'] as const)
    for (const { name, dimension: other } of core) {
      const rest = nameIn(join === 'per' ? multiplyDimensions(dimension, other) : divideDimensions(dimension, other));
      if (rest !== undefined && !name.startsWith('per_') && !rest.startsWith('per_')) return `${rest}_${join}_${name}`;
    }
  return undefined;
}

const spelledName = (dimension: Dimension): string =>
  `dimension_${powersOf(dimension)
    .map(([letter, power]) => `${letter}${power.replace('-', 'm').replace('.', 'p')}`)
    .join('_')}`;

/** Checks whether a dimension is dimensionless. */
export const isPure = (dimension: Dimension): boolean => dimension.every((power) => power === 0);

/** Checks whether LEMS has dimensions like this one: its powers are whole. */
export const isWhole = (dimension: Dimension): boolean => dimension.every((power) => Number.isInteger(power));

/** Returns the dimension of a canonical unit text. */
export function dimensionOfUnit(unit: string): Dimension {
  return unit === '1' ? dimensionless : parseUnit(unit).dimension;
}

/** Returns the dimension of a unit in LEMS. Units with fractional powers, as of noise, are numbers in SI there. */
export function lemsDimension(unit: string): Dimension {
  const dimension = dimensionOfUnit(unit);
  return isWhole(dimension) ? dimension : dimensionless;
}
