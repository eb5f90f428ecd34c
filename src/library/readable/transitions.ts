/** Rates of kinetic schemes under the names of the states between which they lead. */

import type { EquationSet } from '../../model/model.js';

/** Matches the amounts that a state gives to another one and takes from it, in the rate of its occupancy. */
const exchange = /\b(\w+)_rf\*(\w+)_occupancy - \1_rr\*(\w+)_occupancy\b/g;

const lastWord = (name: string): string => name.replace(/^.*_/, '');

/**
 * Returns preferred names for the variables of transitions. `k_c1_c2` is the rate at which `c1` becomes `c2`, and
 * `k0_c1_c2` the same without a shortest time. `inf_c1_c2` and `tau_c1_c2` are steady state and time constant.
 *
 * @param origin  the variable that another name is for
 */
export function transitionNames(
  { derivatives, derived }: EquationSet,
  origin: (name: string) => string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, wish: string): void => {
    if (Object.hasOwn(derived, name) && !found.has(origin(name))) found.set(origin(name), wish);
  };
  for (const { rate } of Object.values(derivatives))
    for (const [, stem = '', one = '', other = ''] of rate.matchAll(exchange)) {
      const [from, to] = [lastWord(one), lastWord(other)];
      add(`${stem}_rf`, `k_${from}_${to}`);
      add(`${stem}_rr`, `k_${to}_${from}`);
      add(`${stem}_rf0`, `k0_${from}_${to}`);
      add(`${stem}_rr0`, `k0_${to}_${from}`);
      add(`${stem}_inf`, `inf_${from}_${to}`);
      add(`${stem}_tau`, `tau_${from}_${to}`);
    }
  return found;
}
