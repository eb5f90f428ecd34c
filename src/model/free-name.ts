/** Unique names. */

/** Returns the name itself if it is free, else the first free name of `name_2`, `name_3`, …. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  let name = wanted;
  for (let k = 2; taken(name); k++) name = `${wanted}_${k}`;
  return name;
}

/** Gives out names, each of them once. */
export class UniqueNames {
  readonly #taken: Set<string>;

  /** @param taken  names that are not given out */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** Returns a free name like the one wanted, which is taken from now on. */
  take(wanted: string): string {
    const name = freeName(wanted, this.has);
    this.#taken.add(name);
    return name;
  }

  /** Whether a name is no longer free; may be passed on without its object. */
  readonly has = (name: string): boolean => this.#taken.has(name);
}

/** Returns a text as an identifier: letters, digits and underscores, no digit first. */
export function identifier(text: string): string {
  return text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9])|^$/, '_');
}
