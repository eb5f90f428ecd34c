/** Types in the library's own names, up to changes that other notations make to them. */

import type { NeuronType, SynapseType } from '../../model/model.js';

/**
 * Returns the name in a type for a name of the library. A reserved name has an underscore. A capacitance has the name that
 * Brian's users give it, since `cm` is a unit there.
 */
export function nameThere(name: string, { parameters, state }: NeuronType | SynapseType): string | undefined {
  return [name, `${name}_`, ...(name === 'cm' ? ['C_m'] : [])].find(
    (one) => Object.hasOwn(parameters, one) || Object.hasOwn(state, one),
  );
}

/** Returns one of each list, in all ways, as far as there are few lists with a choice. */
export function combinations<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  if (lists.filter(({ length }) => length > 1).length > 4) return [];
  return lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((one) => list.map((next) => [...one, next])),
    [[]],
  );
}
