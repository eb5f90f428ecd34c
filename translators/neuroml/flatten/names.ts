/** Names of canonical variables, made of LEMS names and the ids of the components around them. */

import { constants, functions } from '../../../src/lang/functions.js';
import { reservedReason } from '../../../src/model/normalise/names.js';

/** Gives every variable of a canonical type a name of its own. */
export class CanonicalNames {
  readonly #taken = new Set<string>();

  /**
   * A name like the one wanted: with an underscore behind it where that has a meaning of its own (`i`), numbered where
   * it is taken.
   */
  take(wanted: string): string {
    const plain = identifier(wanted);
    const free =
      reservedReason(plain) === undefined && !functions.has(plain) && !constants.has(plain) ? plain : `${plain}_`;
    let name = free;
    for (let k = 2; this.#taken.has(name); k++) name = `${free}_${k}`;
    this.#taken.add(name);
    return name;
  }

  /** Whether a variable has a name: units of that name have to be written long. */
  readonly has = (name: string): boolean => this.#taken.has(name);
}

/** A text as an identifier: letters, digits and underscores, no digit first. */
export function identifier(text: string): string {
  return text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9])|^$/, '_');
}
