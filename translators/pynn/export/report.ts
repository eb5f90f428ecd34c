/** What an export could say of a model, entry by entry. */

/** What PyNN could say of one part of a model. */
export interface ReportEntry {
  readonly verdict: 'exact' | 'approximated' | 'notExpressible';
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  readonly message: string;
}

/** Collects entries. */
export class Report {
  readonly entries: ReportEntry[] = [];

  exact(pointer: string, message: string): void {
    this.entries.push({ verdict: 'exact', code: 'pynn/exact', pointer, message });
  }

  approximated(code: string, pointer: string, message: string): void {
    this.entries.push({ verdict: 'approximated', code, pointer, message });
  }

  missing(pointer: string, message: string): undefined {
    this.entries.push({ verdict: 'notExpressible', code: 'pynn/not-expressible', pointer, message });
    return undefined;
  }
}
