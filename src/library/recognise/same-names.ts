/** Types in the library's own names, up to what other notations make of them. */

import type { NeuronType, SynapseType } from '../../model/model.js';

/**
 * What a library's name is called in a type. Where it is reserved, it has an underscore; a capacitance is called as
 * Brian's users call it, since `cm` is a unit there.
 */
export function nameThere(name: string, { parameters, state }: NeuronType | SynapseType): string | undefined {
  return [name, `${name}_`, ...(name === 'cm' ? ['C_m'] : [])].find(
    (one) => Object.hasOwn(parameters, one) || Object.hasOwn(state, one),
  );
}

/** One of each list, in all ways, as far as there are few lists with a choice. */
export function combinations<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  if (lists.filter(({ length }) => length > 1).length > 4) return [];
  return lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((one) => list.map((next) => [...one, next])),
    [[]],
  );
}
