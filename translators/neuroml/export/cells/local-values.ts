/** Values of mechanisms on the sections of a cell. */

import { sectionsOn } from '../../../../src/model/compartment-tree.js';
import { knownNumbers } from '../../../../src/model/arrays.js';
import { isGiven } from '../../../../src/model/tagged.js';
import type { Compartments, DataStore, Mechanism, Value } from '../../../../src/model/model.js';
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
 * @throws NotExpressible if they differ between the compartments of the section, or are drawn
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
    const own = sectionsOn([place], compartments);
    if (!own.includes(section)) continue;
    for (const [name, value] of Object.entries(values)) {
      const list = isGiven(value) ? knownNumbers(value.array, context.data) : undefined;
      given[name] = list ? uniform(name, list, section, own, compartments) : value;
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

/** Returns the number of a section in a list of one for each compartment. */
function uniform(
  name: string,
  list: readonly number[],
  section: string,
  own: readonly string[],
  { sections }: Compartments,
): number {
  const counts = own.map((one) => sections[one]?.divisions ?? 1);
  const at = own.indexOf(section);
  const begin = counts.slice(0, at).reduce((sum, one) => sum + one, 0);
  const here = list.slice(begin, begin + (counts[at] ?? 1));
  if (here.some((one) => !Object.is(one, here[0])))
    throw new NotExpressible(`values of ${name} that differ within a section`);
  return here[0] ?? 0;
}
