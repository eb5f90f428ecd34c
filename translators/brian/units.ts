import { longUnitName } from '../../src/lang/units.js';

/**
 * The unit names of Brian's default namespace. It contains every base unit with every SI prefix, their squares and
 * cubes (`metre2`), and a few short names (`mV`). It lacks `V`, `s` and `mS`, so models may use them as variables.
 */

const baseUnits = [
  'metre',
  'meter',
  'kilogram',
  'second',
  'amp',
  'ampere',
  'kelvin',
  'mole',
  'candle',
  'gram',
  'gramme',
  'molar',
  'radian',
  'steradian',
  'hertz',
  'newton',
  'pascal',
  'joule',
  'watt',
  'coulomb',
  'volt',
  'farad',
  'ohm',
  'siemens',
  'weber',
  'tesla',
  'henry',
  'lumen',
  'lux',
  'becquerel',
  'gray',
  'sievert',
  'katal',
  'liter',
  'litre',
];
const prefixes = ['y', 'z', 'a', 'f', 'p', 'n', 'u', 'm', 'c', 'd', 'da', 'h', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const shortNames = [
  'mV',
  'mA',
  'uA',
  'nA',
  'pA',
  'pF',
  'nF',
  'uF',
  'nS',
  'uS',
  'ms',
  'us',
  'Hz',
  'kHz',
  'MHz',
  'cm',
  'cm2',
  'cm3',
  'mm',
  'mm2',
  'mm3',
  'um',
  'um2',
  'um3',
  'mM',
  'uM',
  'nM',
];

/** Prefixes do not combine with the kilogram, which has one already. */
const withoutPrefix = new Set(['kilogram']);

function allNames(): ReadonlySet<string> {
  const names = new Set(shortNames);
  for (const unit of baseUnits) {
    const scaled = withoutPrefix.has(unit) ? [unit] : [unit, ...prefixes.map((prefix) => prefix + unit)];
    for (const name of scaled) for (const power of ['', '2', '3']) names.add(name + power);
  }
  return names;
}

/** Every unit name that Brian's expressions understand. */
export const brianUnits: ReadonlySet<string> = allNames();

/**
 * Returns the long name, which Brian accepts, of a short SI symbol that it rejects: `V` → `volt`, `mS` → `msiemens`.
 */
export function brianUnitName(symbol: string): string | undefined {
  if (brianUnits.has(symbol)) return symbol;
  const long = longUnitName(symbol);
  return long !== undefined && brianUnits.has(long) ? long : undefined;
}
