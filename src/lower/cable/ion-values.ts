/** Ion concentrations and reversal potentials of a place, and sums of the contributions of mechanisms. */

import type { Expression } from '../../lang/ast.js';
import { quantity, sum } from '../../lang/build.js';
import { kelvin } from '../../lang/dimension.js';
import type { Ion } from '../../model/typed.js';
import type { Compartments, DerivedVariable } from '../../model/typed.js';
import type { Instance } from './mechanisms.js';
import type { Compartment } from '../../model/compartment-tree.js';

/** Returns the reversal potential of an ion on a section, or its concentration at the start. */
export function levelOn<Key extends 'inside' | 'outside' | 'reversal'>(
  { ions, groups }: Pick<Compartments, 'ions' | 'groups'>,
  ion: string,
  key: Key,
  section: string,
): Ion[Key] | undefined {
  const here = Object.entries(ions[ion]?.at ?? {}).filter(([place]) => (groups[place] ?? [place]).includes(section));
  const levels: readonly (Pick<Ion, 'inside' | 'outside' | 'reversal'> | undefined)[] = [
    ions[ion],
    ...here.map(([, level]) => level),
  ];
  return levels.findLast((level) => level?.[key] !== undefined)?.[key];
}

/** Whether a concentration that no mechanism sets is zero somewhere. */
export function isEmpty(
  ion: string,
  parts: {
    readonly compartments: Compartments;
    readonly places: readonly { readonly compartment: Compartment; readonly instances: readonly Instance[] }[];
  },
): boolean {
  return (['inside', 'outside'] as const).some((side) =>
    parts.places.some(
      ({ compartment, instances }) =>
        !instances.some(({ mechanism }) => Object.hasOwn(mechanism.writes, `${ion}_${side.charAt(0)}`)) &&
        levelOn(parts.compartments, ion, side, compartment.section) === 0,
    ),
  );
}

/** A derived real variable of the elements. */
export const derivedOf = (unit: string, value: Expression): DerivedVariable => ({
  unit,
  type: 'real',
  value,
  shared: false,
  held: false,
});

/** Returns the sum of two optional terms. */
export const plus = (a: Expression | null, b: Expression | null): Expression | null => (a && b ? sum(a, b) : (a ?? b));

/** An absolute temperature. */
export const kelvins = (value: number): Expression => quantity(value, kelvin);
