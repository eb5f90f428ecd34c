/** What an export could say of a model, entry by entry. */

/** What LEMS could say of one part of a model. */
export interface ReportEntry {
  readonly verdict: 'exact' | 'approximated' | 'notExpressible';
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  readonly message: string;
}

/** Collects entries, each once. */
export class Report {
  readonly entries: ReportEntry[] = [];
  readonly #seen = new Set<string>();

  exact(pointer: string, message: string): void {
    this.#add({ verdict: 'exact', code: 'lems/exact', pointer, message });
  }

  approximated(code: string, pointer: string, message: string): void {
    this.#add({ verdict: 'approximated', code, pointer, message });
  }

  missing(pointer: string, message: string): undefined {
    this.#add({ verdict: 'notExpressible', code: 'lems/not-expressible', pointer, message });
    return undefined;
  }

  /** Whether something was said of a part, or of what is in it, that is not exact. */
  hasLoss(pointer: string): boolean {
    return this.entries.some((entry) => entry.verdict !== 'exact' && `${entry.pointer}/`.startsWith(`${pointer}/`));
  }

  #add(entry: ReportEntry): void {
    const key = `${entry.code} ${entry.pointer} ${entry.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.entries.push(entry);
  }
}
