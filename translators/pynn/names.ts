/** Labels are any text; names of the canonical model are identifiers. */

import { identifier, UniqueNames } from '../../src/model/free-name.js';

/** Gives each label its own name; labels that are identifiers keep themselves. */
export class Names {
  readonly #names = new UniqueNames();
  /** Labels that differ from their names, by name. */
  readonly renamed = new Map<string, string>();
  /** All names that were given. */
  readonly given = new Set<string>();

  /** Returns the name for a label; each call takes a name that none had before. */
  take(label: string): string {
    const name = this.#names.take(identifier(label.replaceAll('→', '_to_')));
    this.given.add(name);
    if (name !== label) this.renamed.set(name, label);
    return name;
  }
}
