/** Values of mechanisms on the sections of a cell. */

import { standsFor } from '../../../../src/model/compartment-tree.js';
import { isGiven } from '../../../../src/model/tagged.js';
import type { Compartments, DataStore, Mechanism, Value } from '../../../../src/model/typed.js';
import type { Functions } from '../../../../src/lang/evaluate.js';
import { NoNumber } from '../../../../src/lang/evaluate.js';
import { ElementValues } from '../values.js';
import { NotExpressible } from '../text/words.js';

/** Known values in addition to a mechanism's own. */
interface Around {
  readonly data: DataStore;
  readonly functions: Functions;
}

/**
 * Returns numbers of parameters and first values of a mechanism on one section, in SI.
 *
 * @param outside numbers read at the place: `v` at the start, `temperature`
 * @throws NotExpressible if they are given for each compartment, or are drawn
 */
export function localNumbers(
  mechanism: Mechanism,
  section: string,
  compartments: Compartments,
  outside: (name: string) => number | undefined,
  context: Around,
): ReadonlyMap<string, number> {
  const given: Record<string, Value> = {};
  for (const [place, values] of Object.entries(mechanism.values ?? {})) {
    if (!standsFor(place, section, compartments)) continue;
    for (const [name, value] of Object.entries(values)) {
      if (isGiven(value)) throw new NotExpressible(`values of ${name} of each compartment`);
      given[name] = value;
    }
  }
  const values = new ElementValues(mechanism, given, 1, context, outside);
  const numbers = new Map<string, number>();
  for (const name of [...Object.keys(mechanism.parameters), ...Object.keys(mechanism.state)])
    try {
      const value = values.of(name);
      numbers.set(name, typeof value === 'number' ? value : (value[0] ?? 0));
    } catch (error) {
      if (error instanceof NoNumber) throw new NotExpressible(error.message);
      throw error;
    }
  return numbers;
}
