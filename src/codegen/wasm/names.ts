/**
 * The names of generated code.
 *
 * | name of | form |
 * |---|---|
 * | kernels | `$kernel:<name>` |
 * | IR functions | `$function:<name>` |
 * | helpers of this printer | `$helper:<name>` |
 * | locals of the IR, and locals defined by a kernel shape (`index`, `step`, …) | `$<name>` |
 * | locals of this printer | `$.<name>` |
 *
 * Names of models only ever appear after such a prefix, cut to letters, digits, `_`, `.` and `-`.
 */

/**
 * Assigns every name of one name space a unique identifier. The same names in the same order give the same identifiers.
 */
export class Names {
  readonly #prefix: string;
  readonly #byName = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The identifier of a name, the same whenever it is asked for. */
  id(name: string): string {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    // A leading dot would enter the name space of the printer's own locals.
    const base = this.#prefix + name.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\./, '_');
    let id = base;
    for (let k = 2; this.#taken.has(id); k += 1) id = `${base}~${k}`;
    this.#taken.add(id);
    this.#byName.set(name, id);
    return id;
  }
}
