/** Types that declare a name of the library and have its equations. */

import type { Form, NeuronType } from '../model/model.js';
import { contentOf } from '../model/typed.js';
import { normalisedCell, typedCell } from './normalised.js';
import { cellNamed } from './standard-names.js';
import type { StandardCell } from './standard-type.js';

/** Returns the name that a type declares to have in PyNN; empty if it declares none. */
export const declaredName = ({ conformsTo }: { readonly conformsTo?: { readonly type: string } }): string => {
  const { type = '' } = conformsTo ?? {};
  return type.startsWith('pynn/') ? type.slice('pynn/'.length) : '';
};

/**
 * Returns the library's cell with the declared name and the equations of a type; undefined if there is no such cell.
 */
export function declaredCell<F extends Form>(type: NeuronType<F>): StandardCell | undefined {
  const standard = cellNamed(declaredName(type), type);
  return standard && isCell(type, standard) ? standard : undefined;
}

/** Checks whether a type of either form has the equations and names of a library cell. Its values may differ. */
export function isCell<F extends Form>(type: NeuronType<F>, standard: StandardCell): boolean {
  const own = equationsOf(type);
  const [library, typed] = [normalisedCell(standard), typedCell(standard)];
  return (library && equationsOf(library) === own) || (typed && equationsOf(typed) === own) || false;
}

/** Returns the parts of a type that must equal the parts of a library type. Values may differ. */
function equationsOf<F extends Form>(type: NeuronType<F>): string {
  const { parameters, state, derived, derivatives, inputs, events, regimes, noise } = type;
  const sorted = (map: Readonly<Record<string, unknown>>): unknown =>
    Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  const units = (map: Readonly<Record<string, { readonly unit: string }>>): unknown =>
    sorted(Object.fromEntries(Object.entries(map).map(([name, { unit }]) => [name, unit])));
  return contentOf([
    units(parameters),
    units(state),
    sorted(derived),
    sorted(derivatives),
    inputs,
    sorted(events),
    regimes,
    noise,
  ]);
}
