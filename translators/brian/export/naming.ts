/** Replacements for names of the canonical model that Brian does not accept. */

import { reservedWord } from '../equations.js';

/**
 * Usual names in Brian for names of other notations: `cm` is a centimetre, `i` an index (LEMS's current of a synapse),
 * and gates are `m`, `h` and `n`.
 */
const usualNames: ReadonlyMap<string, string> = new Map([
  ['cm', 'C_m'],
  ['i', 'I'],
]);

/**
 * Returns a name that Brian accepts and that is not in `taken`: the same name if possible.
 *
 * @param suffixed  whether it may end in _pre or _post, as constants may
 */
export function brianName(
  key: string,
  owner: 'neuron' | 'synapse',
  taken: ReadonlySet<string>,
  suffixed = false,
): string {
  const refused = (candidate: string): boolean =>
    taken.has(candidate) ||
    reservedWord(candidate, owner) !== undefined ||
    (!suffixed && /_(pre|post)$/.test(candidate));
  const usual = usualNames.get(key) ?? /^gate_([mhn])$/.exec(key)?.[1];
  if (!refused(key) && (usual === undefined || refused(usual))) return key;
  if (usual !== undefined && !refused(usual)) return usual;
  // Names of Brian begin with a letter, and `xi` and all that begins with `xi_` are noise.
  const stem =
    key
      .replace(/^xi(?=_|$)/, 'xi1')
      .replace(/^_+(?=\d)/, 'x')
      .replace(/^_+/, '')
      .replace(/_(pre|post)$/, '_$1_') || 'x';
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? (stem === key ? `${stem}_` : stem) : `${stem}_${count}`;
    if (!refused(candidate)) return candidate;
  }
}

/** Returns Brian's name of white noise, which begins with xi. */
export function noiseName(key: string, only: boolean): string {
  if (key === 'xi' || key.startsWith('xi_')) return key;
  return only ? 'xi' : `xi_${key}`;
}

/** Names for objects of a network: Brian has one space of names for all of them. */
export class ObjectNames {
  readonly #taken = new Set<string>();

  /** Returns the name of an object, or another one if the name is taken. */
  claim(key: string, suffix: string): string {
    for (let count = 0; ; count++) {
      const candidate = count === 0 ? key : count === 1 ? `${key}_${suffix}` : `${key}_${suffix}_${count}`;
      const name = /^[A-Za-z]/.test(candidate) ? candidate : `x${candidate}`;
      if (!this.#taken.has(name)) {
        this.#taken.add(name);
        return name;
      }
    }
  }
}
