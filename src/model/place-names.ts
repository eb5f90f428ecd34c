/** Variables that mechanisms of cells with compartments read and write at their place. */

import type { Dimension } from '../lang/ast.js';
import { ampere, ampereByArea, area, concentration, kelvin, metre, volt } from '../lang/dimension.js';

/**
 * Returns the dimension of the variable that a mechanism may read or write under a name, at its place; undefined for
 * other names.
 *
 * @param ions  of the cell
 * @param density  whether currents are by area
 */
export function dimensionAtPlace(name: string, ions: readonly string[], density: boolean): Dimension | undefined {
  if (name === 'v') return volt;
  if (name === 'area') return area;
  if (name === 'distance' || name === 'diameter' || name === 'length') return metre;
  if (name === 'temperature') return kelvin;
  const [, kind, ion] = /^(i|e)_(\w+)$/.exec(name) ?? [];
  if (ion !== undefined && ions.includes(ion)) return kind === 'e' ? volt : density ? ampereByArea : ampere;
  const [, species] = /^(\w+)_[io]$/.exec(name) ?? [];
  return species !== undefined && ions.includes(species) ? concentration : undefined;
}
