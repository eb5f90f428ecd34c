/**
 * Findings about a document, as data. Text is made only at the edge (see `render.ts`).
 *
 * Three families are never mixed: a `Diagnostic` says that a document is wrong (exit code 1), a `UsageError` that the
 * command, a file or a tool is (exit code 2), an `InvariantError` that we are.
 */

/** How bad a finding is. An `error` stops the pipeline after the stage that reported it. */
export type Severity = 'error' | 'warning' | 'note';

/** Where in a document a finding is. Lines and columns count from 1. */
export interface Place {
  readonly document: string;
  /** JSON pointer, or an XML path with ids. */
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
  /** Length of the marked text on that line. */
  readonly length?: number;
}

/** One finding. `code` is stable: `stage/what-is-wrong`. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: Place;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  /** Other places that explain this one, such as "first defined here". */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** The schema or rule that was broken. */
  readonly rule?: string;
}

/** What a catalogue entry yields: everything of a diagnostic but where it is. */
export type Finding = Omit<Diagnostic, 'place' | 'severity'> & { readonly severity?: Severity };

/** Collects findings; stages add to it and never print. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];

  add(finding: Finding, place?: Place): void {
    this.#list.push({ ...finding, severity: finding.severity ?? 'error', ...(place ? { place } : {}) });
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    this.#list.push(...diagnostics);
  }

  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  get hasErrors(): boolean {
    return this.#list.some((diagnostic) => diagnostic.severity === 'error');
  }

  /** @throws DiagnosticError when an error was added. */
  throwIfErrors(): void {
    if (this.hasErrors) throw new DiagnosticError(this.#list);
  }
}

/** A document is wrong: carries all that was found. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** The command, a file or a tool is wrong; `hint` says what to do or install. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** We are wrong: names the pass and asks for a report. */
export class InvariantError extends Error {
  constructor(pass: string, message: string) {
    super(`internal error in ${pass}: ${message}. Please report this with the model that caused it.`);
    this.name = 'InvariantError';
  }
}

/** @throws InvariantError when `condition` does not hold. */
export function invariant(condition: unknown, pass: string, message: string): asserts condition {
  if (!condition) throw new InvariantError(pass, message);
}
