/** What an export could say: one entry for each part of the model, and one for each thing that Brian has no words for. */

/**
 * - exact: Brian does the same; where a name changed, the entry says so
 * - approximated: Brian does something near; the message says what differs
 * - notExpressible: left out
 */
export type Verdict = 'exact' | 'approximated' | 'notExpressible';

export interface ReportEntry {
  readonly verdict: Verdict;
  /** Stable name of what this is about, such as `brian/timing`. */
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  readonly message: string;
}

/** Collects entries while a model is exported. */
export class Report {
  readonly #entries: ReportEntry[] = [];

  /** The same but for a name, so that hashes differ when it is read back. */
  renamed(code: string, pointer: string, message: string): void {
    this.#add({ verdict: 'exact', code, pointer, message });
  }

  approximated(code: string, pointer: string, message: string): void {
    this.#add({ verdict: 'approximated', code, pointer, message });
  }

  notExpressible(code: string, pointer: string, message: string): void {
    this.#add({ verdict: 'notExpressible', code, pointer, message });
  }

  /** Marks a part as exact unless something else was said about it or about anything in it. */
  settle(pointer: string): void {
    const said = this.#entries.some((entry) => entry.pointer === pointer || entry.pointer.startsWith(`${pointer}/`));
    if (!said) this.#entries.push({ verdict: 'exact', code: 'brian/exact', pointer, message: 'the same in Brian' });
  }

  get entries(): readonly ReportEntry[] {
    return this.#entries;
  }

  #add(entry: ReportEntry): void {
    const known = this.#entries.some(
      (other) => other.pointer === entry.pointer && other.code === entry.code && other.message === entry.message,
    );
    if (!known) this.#entries.push(entry);
  }
}
