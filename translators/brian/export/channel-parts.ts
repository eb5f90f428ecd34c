/** Which equations of a cell belong to which of its channels. */

import { namesOf } from '../../../src/library/gather/texts.js';
import type { EquationSet } from '../../../src/model/model.js';

/** How NeuroML's densities of channels call their current. */
const currentDensity = /_iDensity$/;

/**
 * Variables that serve one current density alone, by the name of the density's current: its conductance, gates and
 * rates. What several currents read, such as the potential, belongs to none.
 */
export function channelParts(type: EquationSet): ReadonlyMap<string, readonly string[]> {
  const equation = (key: string): string | undefined => type.derived[key]?.value ?? type.derivatives[key]?.rate;
  const readBy = (roots: readonly string[], isEnd: (key: string) => boolean): ReadonlySet<string> => {
    const found = new Set(roots);
    for (const key of found) {
      const text = isEnd(key) ? undefined : equation(key);
      if (text !== undefined) for (const name of namesOf(text)) if (equation(name) !== undefined) found.add(name);
    }
    return found;
  };
  const currents = Object.keys(type.derived).filter((key) => currentDensity.test(key));
  const shared = inSeveral(currents.map((key) => readBy([key], (name) => Object.hasOwn(type.derivatives, name))));
  const reached = currents.map((key) => readBy([key], (name) => shared.has(name)));
  const common = inSeveral(reached);
  return new Map(currents.map((key, k) => [key, [...(reached[k] ?? [])].filter((name) => !common.has(name))] as const));
}

/** What more than one set has. */
function inSeveral(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const set of sets) for (const one of set) (seen.has(one) ? again : seen).add(one);
  return again;
}

/** The name of a channel density, from that of its current. */
export const densityOf = (current: string): string => current.replace(currentDensity, '');
