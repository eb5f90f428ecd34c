/** Labels are any text; names of the canonical model are identifiers. */

/** Gives each label a name of its own; labels that are identifiers keep themselves. */
export class Names {
  readonly #taken = new Set<string>();
  /** Labels whose name differs from them, by name. */
  readonly renamed = new Map<string, string>();

  /** The name for a label; each call takes a name that none had before. */
  take(label: string): string {
    const plain = label
      .replaceAll('→', '_to_')
      .replace(/[^A-Za-z0-9_]+/g, '_')
      .replace(/^(?=[0-9])|^$/, '_');
    let name = plain;
    for (let k = 2; this.#taken.has(name); k++) name = `${plain}_${k}`;
    this.#taken.add(name);
    if (name !== label) this.renamed.set(name, label);
    return name;
  }
}
