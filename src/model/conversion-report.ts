/** Report on how faithfully another notation expresses a model, part by part. */

/**
 * - exact: the same function
 * - convention: the same up to rounding, stated errors of adaptive steps, the stated labels of times or parts, or other
 *   draws of the same distribution
 * - different: anything else, such as another integration method or another distribution; the message states the
 *   difference, and its size if known
 * - notExpressible: left out
 */
export type Verdict = 'exact' | 'convention' | 'different' | 'notExpressible';

/** Verdict of a report: only reading and running what was written gives a grade. */
export type Outcome = 'not measured' | 'incomplete';

/** How faithfully the notation expresses one part of a model. */
export interface ConversionEntry {
  /** How well the notation expresses this part. */
  readonly verdict: Verdict;
  /** Stable name of the subject, such as `brian/timing`. */
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  /** One sentence on the difference, for a person. */
  readonly message: string;
  /** Variables of the model, by their names in the other notation. */
  readonly names?: Readonly<Record<string, string>>;
  /** The name of each variable of a recording in the other notation, and its size there relative to here. */
  readonly recorded?: Readonly<Record<string, readonly [name: string, factor: number]>>;
  /** Cells of a population by the names of the populations that they became. */
  readonly cells?: Readonly<Record<string, readonly number[]>>;
  /** Whether the part is left out only because another one is, which has an entry with the cause. */
  readonly isConsequence?: true;
  /** Simulators of the notation that do not run what is written, by this row. */
  readonly refusedBy?: readonly string[];
}

/** Checks whether an entry reports a part as left out. */
export const isLeftOut = ({ verdict }: Pick<ConversionEntry, 'verdict'>): boolean => verdict === 'notExpressible';

/** Checks whether an entry reports part of the network or of what happens to it as left out, not only a recording. */
export const isLoss = (entry: Pick<ConversionEntry, 'verdict' | 'pointer'>): boolean =>
  isLeftOut(entry) && !entry.pointer.startsWith('/recordings');

/** Returns the outcome of a conversion from its entries. */
export const outcomeOf = (entries: readonly ConversionEntry[]): Outcome =>
  entries.some(isLoss) ? 'incomplete' : 'not measured';

/** Collects entries while a model is exported, each once. */
export class ConversionReport {
  readonly #stage: string;
  readonly #entries = new Map<string, ConversionEntry>();
  /** The entries of each part of the model and of all in it, by its pointer. */
  readonly #within = new Map<string, ConversionEntry[]>();
  #placeOf: (pointer: string) => string;
  /** Parts of the model that are in the document. */
  readonly #written: Set<string>;

  /**
   * @param stage  first part of the codes: `pynn` of `pynn/not-expressible`
   * @param before  report to continue, which stays as it is
   */
  constructor(stage: string, before?: ConversionReport) {
    this.#stage = stage;
    this.#placeOf = before === undefined ? (pointer) => pointer : before.#placeOf;
    this.#written = new Set(before === undefined ? [] : before.#written);
    this.addAll(before?.entries ?? []);
  }

  /** Sets the places in the source model that pointers of all later calls stand for, once parts have moved up. */
  placeBy(placeOf: (pointer: string) => string): void {
    this.#placeOf = placeOf;
  }

  /** Entries added so far, in order and without duplicates. */
  get entries(): readonly ConversionEntry[] {
    return [...this.#entries.values()];
  }

  /** Adds an exact entry: the same function, perhaps under another name. */
  exact(pointer: string, message: string, code = `${this.#stage}/exact`): void {
    this.add({ verdict: 'exact', code, pointer, message });
  }

  /**
   * Adds an entry for a convention: the same up to rounding, to a convention that the message states, or to other draws
   * of the same distribution.
   */
  convention(code: string, pointer: string, message: string): void {
    this.add({ verdict: 'convention', code, pointer, message });
  }

  /** Adds a difference; the message states the difference. */
  different(code: string, pointer: string, message: string): void {
    this.add({ verdict: 'different', code, pointer, message });
  }

  /** Adds an entry for a part that is left out. @returns undefined, as the value for the part */
  missing(pointer: string, message: string, code = `${this.#stage}/not-expressible`): undefined {
    this.add({ verdict: 'notExpressible', code, pointer, message });
    return undefined;
  }

  /** Adds an entry for a part that is left out only because another one is. @returns undefined */
  consequence(pointer: string, message: string, code = `${this.#stage}/not-expressible`): undefined {
    this.add({ verdict: 'notExpressible', code, pointer, message, isConsequence: true });
    return undefined;
  }

  /** States that the document holds a part, or another part that it became. */
  wrote(pointer: string): void {
    this.#written.add(this.#placeOf(pointer));
  }

  /** Checks whether the document holds a part. */
  isWritten(pointer: string): boolean {
    return this.#written.has(this.#placeOf(pointer));
  }

  /** Marks a part as exact unless there is an entry for it or for anything in it. */
  settle(pointer: string, message: string): void {
    if (this.#about(pointer).length > 0) return;
    this.exact(pointer, message);
  }

  /** Checks whether a part or anything in it has an entry other than exact. */
  hasLoss(pointer: string): boolean {
    return this.#about(pointer).some(({ verdict }) => verdict !== 'exact');
  }

  /** Checks whether an entry is about a part, or about anything in it. */
  hasEntryIn(pointer: string): boolean {
    return this.#about(pointer).length > 0;
  }

  /** Checks whether an entry reports a part, or anything in it, as left out. */
  hasOmissionIn(pointer: string): boolean {
    return this.#about(pointer).some(isLeftOut);
  }

  /** Checks whether an entry reports a part as left out. */
  hasOmission(pointer: string): boolean {
    const place = this.#placeOf(pointer);
    return (this.#within.get(place) ?? []).some((entry) => entry.pointer === place && isLeftOut(entry));
  }

  /** Adds an entry unless the same entry exists for the same part. */
  add(entry: ConversionEntry): void {
    this.addAll([{ ...entry, pointer: this.#placeOf(entry.pointer) }]);
  }

  /** Adds entries with pointers into the source model, as another report on it has them. */
  addAll(entries: readonly ConversionEntry[]): void {
    for (const entry of entries) {
      const key = JSON.stringify([entry.code, entry.pointer, entry.message]);
      if (this.#entries.has(key)) continue;
      this.#entries.set(key, entry);
      const parts = entry.pointer.split('/');
      parts.forEach((_, depth) => {
        const place = parts.slice(0, depth + 1).join('/');
        const entries = this.#within.get(place);
        if (entries === undefined) this.#within.set(place, [entry]);
        else entries.push(entry);
      });
    }
  }

  #about(pointer: string): readonly ConversionEntry[] {
    return this.#within.get(this.#placeOf(pointer)) ?? [];
  }
}
