/** Rates of kinetic schemes under the names of the states between which they lead. */

import { matched, nameOf } from '../../lang/pattern.js';
import { visit } from '../../lang/walk.js';
import type { EquationSet } from '../../model/typed.js';

/** Amounts that a state gives to another one and takes from it, in the rate of its occupancy, perhaps after others. */
const exchanges = ['forward*one - reverse*other', 'others + forward*one - reverse*other'] as const;

/** Returns the beginning of a name with an ending; undefined for other names. */
const stemOf = (name: string, ending: string): string | undefined =>
  name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : undefined;

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
    visit(rate, (part) => {
      const free = ['others', 'forward', 'one', 'reverse', 'other'] as const;
      const { forward, one, reverse, other } =
        exchanges.map((form) => matched(part, form, ...free)).find((found) => found !== undefined) ?? {};
      const stem = stemOf(nameOf(forward), '_rf');
      const [from, to] = [one, other].map((state) => lastWord(stemOf(nameOf(state), '_occupancy') ?? ''));
      if (stem === undefined || stem !== stemOf(nameOf(reverse), '_rr') || !from || !to) return;
      add(`${stem}_rf`, `k_${from}_${to}`);
      add(`${stem}_rr`, `k_${to}_${from}`);
      add(`${stem}_rf0`, `k0_${from}_${to}`);
      add(`${stem}_rr0`, `k0_${to}_${from}`);
      add(`${stem}_inf`, `inf_${from}_${to}`);
      add(`${stem}_tau`, `tau_${from}_${to}`);
    });
  return found;
}
