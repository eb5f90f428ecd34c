/** Library cells by name. */

import type { CellParts } from './pynn/point-neuron.js';
import { composedCell, gifCell, inhomogeneousGamma, standardCells } from './pynn/index.js';
import type { StandardCell } from './standard-type.js';

/** Returns the standard cell of a name; some have as many components as a type has parameters and variables for. */
export function cellNamed(name: string, parts: CellParts): StandardCell | undefined {
  const count = (prefix: string): number =>
    Object.keys(parts.parameters).filter((key) => key.startsWith(prefix)).length;
  if (name === 'GIF_cond_exp') return gifCell(count('tau_eta_'));
  if (name === 'SpikeSourceInhGamma') return inhomogeneousGamma(count('tbins_'));
  return name === 'PointNeuron' ? composedCell(parts) : standardCells.get(name);
}
