/** Unique names. */

/** Returns the name itself if it is free, else the first free name of `name_2`, `name_3`, …. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  return freeNameFrom(2, wanted, taken).name;
}

/** Returns the first free name, from `name_k` on if the name itself is taken, with the number after that. */
export function freeNameFrom(
  k: number,
  wanted: string,
  taken: (name: string) => boolean,
): { readonly name: string; readonly next: number } {
  let name = wanted;
  for (; taken(name); k++) name = `${wanted}_${k}`;
  return { name, next: k };
}

/** Gives out names, each of them once. */
export class UniqueNames {
  readonly #taken: Set<string>;
  /** Numbers from which to look for free names: lower ones are taken, so that many equal names take linear time. */
  readonly #next = new Map<string, number>();

  /** @param taken  names that are not given out */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** Returns a free name like the one wanted, which is taken from now on. */
  take(wanted: string): string {
    const { name, next } = freeNameFrom(this.#next.get(wanted) ?? 2, wanted, this.has);
    this.#next.set(wanted, next);
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
