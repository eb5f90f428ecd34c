/** A document under construction that remembers the source places of its parts. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Positions } from '../../../src/diagnostics/positions.js';
import { identifier } from '../../../src/model/free-name.js';

/** Places by pointer into the document. */
export class Places {
  readonly #places = new Map<string, Place>();

  /** Keeps the place of a node, unless it has one. */
  set(pointer: string, place: Place): void {
    if (!this.#places.has(pointer)) this.#places.set(pointer, place);
  }

  /** Places of a part that is at a pointer. */
  setAll(pointer: string, places: ReadonlyMap<string, Place>): void {
    for (const [inner, place] of places) this.set(pointer + inner, place);
  }

  /** A part without a single source place has the place of the nearest enclosing part. */
  positions(document: string): Positions {
    return {
      place: (pointer) => {
        for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
          const found = this.#places.get(at);
          if (found) return found;
        }
        return this.#places.get('') ?? { document };
      },
    };
  }
}

/** Ids of a canonical document: identifiers, each given once. */
export class Ids {
  /** Ids with the number that the next of that name gets. */
  readonly #taken = new Map<string, number>();

  /** Returns a free id like the one wanted, which is taken from now on. */
  take(wanted: string): string {
    const plain = identifier(wanted);
    let id = plain;
    let k = this.#taken.get(plain) ?? 2;
    for (; this.#taken.has(id); k++) id = `${plain}_${k}`;
    this.#taken.set(plain, k);
    if (id !== plain) this.#taken.set(id, 2);
    return id;
  }
}
