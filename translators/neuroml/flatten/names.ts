/** Names of canonical variables, made of LEMS names and the ids of the components around them. */

import { constants, functions } from '../../../src/lang/functions.js';
import { reservedReason } from '../../../src/model/normalise/names.js';
import { identifier, UniqueNames } from '../../../src/model/free-name.js';

/** Gives every variable of a canonical type its own name. */
export class CanonicalNames {
  readonly #names = new UniqueNames();

  /**
   * Returns a name like the wanted one. It ends in an underscore if the wanted one is reserved (`i`), and in a number
   * if it is taken.
   */
  take(wanted: string): string {
    const plain = identifier(wanted);
    const free =
      reservedReason(plain) === undefined && !functions.has(plain) && !constants.has(plain) ? plain : `${plain}_`;
    return this.#names.take(free);
  }

  /** Whether a variable has a name: units of that name have to be written long. */
  readonly has = (name: string): boolean => this.#names.has(name);
}
