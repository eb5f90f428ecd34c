/** Assigns the equations of a cell to its channels, in the customary order. */

import type { Expression } from '../../lang/ast.js';
import { namesIn } from '../../lang/walk.js';

/** The equations of a type. */
interface Equations {
  readonly derived: Readonly<Record<string, { readonly value: Expression }>>;
  readonly derivatives: Readonly<Record<string, { readonly rate: Expression }>>;
}

/** Matches the name of the current of a channel; its reversal potential is `E_` and the channel, or it is computed. */
const channelCurrent = /^i_(\w+)$/;

/**
 * Returns variables that serve only one channel's current, by that current's name: the current, its conductance, then
 * each gate with its rates. Variables that several currents read, such as the potential, belong to no channel.
 * Variables that follow from the current do not either.
 */
export function channelParts(type: Equations): ReadonlyMap<string, readonly string[]> {
  const equation = (key: string): Expression | undefined => type.derived[key]?.value ?? type.derivatives[key]?.rate;
  const reads = new Map<string, readonly string[]>();
  const readsOf = (key: string): readonly string[] => {
    const known = reads.get(key);
    if (known !== undefined) return known;
    const e = equation(key);
    const found = [...(e ? namesIn(e) : [])].filter((name) => equation(name) !== undefined && name !== key);
    reads.set(key, found);
    return found;
  };
  const currents = Object.keys(type.derived).filter((key) => channelCurrent.test(key));
  // The potential, and pools that currents fill, do not belong to the current that reads them.
  const isFilled = (state: string): boolean =>
    [...reached([state], readsOf, (key) => key !== state && Object.hasOwn(type.derivatives, key))].some((key) =>
      currents.includes(key),
    );
  const filled = new Set(Object.keys(type.derivatives).filter(isFilled));
  const own = currents.map((current) => ({
    current,
    keys: new Set([...reached([current], readsOf, (key) => filled.has(key))].filter((key) => !filled.has(key))),
  }));
  const common = inSeveral(own.map(({ keys }) => keys));
  return new Map(
    own.map(({ current, keys }) => {
      const isOwn = (key: string): boolean => keys.has(key) && !common.has(key);
      return [current, inReadingOrder(current, (key) => readsOf(key).filter(isOwn), type)] as const;
    }),
  );
}

/** Returns names read from some names on, directly or indirectly, up to and including the ends. */
function reached(
  from: readonly string[],
  readsOf: (key: string) => readonly string[],
  isEnd: (key: string) => boolean,
): ReadonlySet<string> {
  const found = new Set(from);
  for (const key of found) if (!isEnd(key)) for (const name of readsOf(key)) found.add(name);
  return found;
}

/** Returns a current, the variables that it is computed from, then each gate in the same way. */
function inReadingOrder(
  root: string,
  readsOf: (key: string) => readonly string[],
  { derivatives }: Equations,
): readonly string[] {
  const ordered = new Set<string>();
  const roots = [root];
  for (const first of roots) {
    if (ordered.has(first)) continue;
    const block = new Set([first]);
    for (const key of block)
      for (const name of readsOf(key)) {
        if (Object.hasOwn(derivatives, name) && name !== first) roots.push(name);
        else block.add(name);
      }
    for (const key of block) ordered.add(key);
  }
  return [...ordered];
}

/** Returns elements of more than one set. */
function inSeveral(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const set of sets) for (const one of set) (seen.has(one) ? again : seen).add(one);
  return again;
}

/** Returns the name of a channel, from its current's name. */
export const channelOf = (current: string): string => channelCurrent.exec(current)?.[1] ?? current;
