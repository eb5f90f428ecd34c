/**
 * Findings about a document, as data. Text is made only at the edge (see `render.ts`).
 *
 * Three families are never mixed: a `Diagnostic` says that a document is wrong (exit code 1), a `UsageError` that the
 * command, a file or a tool is (exit code 2), an `InvariantError` that we are.
 */

import { limits } from './limits.js';
import { withUsualWords } from './usual.js';

/** How bad a finding is. An `error` stops the pipeline after the stage that reported it. */
export type Severity = 'error' | 'warning' | 'note';

/** Where in a document a finding is. Lines and columns count from 1. */
export interface Place {
  /** Path of the file, or a name such as `--set`. */
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
  /** One sentence on what is wrong, in lower case, without the place. */
  readonly message: string;
  /** Where; absent when it concerns no part of a document. */
  readonly place?: Place;
  /** What would be right. */
  readonly expected?: string;
  /** What is there. */
  readonly found?: string;
  /** What to do. */
  readonly hint?: string;
  /** Other places that explain this one, such as "first defined here". */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** The schema or rule that was broken. */
  readonly rule?: string;
  /** How many findings this one stands for; absent: 1. */
  readonly count?: number;
}

/** What a catalogue entry yields: everything of a diagnostic but where it is. */
export type Finding = Omit<Diagnostic, 'place' | 'severity'> & {
  readonly severity?: Severity;
  /** Names whose definitions explain it: where they are in the document becomes a related place. */
  readonly names?: readonly string[];
};

/** Finds where a document defines a name; of several definitions the one nearest to the pointer `from`. */
export type FindDefinition = (name: string, from: string) => Place | undefined;

/** Findings of one severity that are kept; the rest is only counted. */
const mostFindings = limits.findings;
/** A document with so many errors is not read further. */
const mostErrors = 2 * mostFindings;

/** Says how many findings of a severity came after the last that was kept. */
const moreFindings = (severity: Severity, count: number, isEnd: boolean): Diagnostic => ({
  code: 'diagnostics/more',
  severity,
  message: `${isEnd ? 'at least ' : ''}${count} more ${severity}${count === 1 ? '' : 's'} not shown`,
  expected: `at most ${mostFindings} ${severity}s`,
  found: `${mostFindings + count} ${severity}s`,
  hint: `fix those shown first: one ${severity} often causes others`,
  count,
});

/**
 * Collects findings; stages add to it and never print. Of each severity the first `mostFindings` are kept. The error
 * that reaches `mostErrors` ends the stage, so the work on a wrong document is bounded.
 */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  #definition: FindDefinition | undefined;

  /** From now on, findings that name something get the place of its definition. */
  lookUpIn(definition: FindDefinition): void {
    this.#definition = definition;
  }

  /** An empty collection that finds definitions in the same document. */
  beside(): Diagnostics {
    const other = new Diagnostics();
    if (this.#definition) other.lookUpIn(this.#definition);
    return other;
  }

  /**
   * @param place  where the finding is, or how to find that out: it is not asked for findings that are only counted
   * @throws DiagnosticError when a document has more errors than are worth reading on
   */
  add(finding: Finding, place?: Place | (() => Place)): void {
    this.#record(finding, place);
    if (this.#counts.error >= mostErrors) throw new DiagnosticError(this.list);
  }

  #record({ names = [], ...finding }: Finding, place?: Place | (() => Place)): void {
    const { severity = 'error', count = 1 } = finding;
    const isKept = this.#counts[severity] + count <= mostFindings;
    if (isKept) {
      const found = typeof place === 'function' ? place() : place;
      const related = finding.related ?? this.#defined(names, found);
      const diagnostic = {
        ...withUsualWords(finding),
        severity,
        ...(found ? { place: found } : {}),
        ...(related.length > 0 ? { related } : {}),
      };
      // What several readers of one part find wrong with it is one mistake.
      const key = JSON.stringify(diagnostic);
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
      this.#list.push(diagnostic);
    }
    this.#counts[severity] += count;
  }

  /** Where the document defines the first two of some names that it defines elsewhere than at `place`. */
  #defined(names: readonly string[], place: Place | undefined): NonNullable<Diagnostic['related']> {
    const lookUp = this.#definition;
    if (!lookUp) return [];
    return names
      .flatMap((name) => {
        const defined = lookUp(name, place?.pointer ?? '');
        const same = defined?.line === place?.line && defined?.column === place?.column;
        return defined && !same ? [{ message: `${name} is defined here`, place: defined }] : [];
      })
      .slice(0, 2);
  }

  /** Adds findings that have their places. */
  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const { place, ...finding } of diagnostics) this.#record(finding, place);
  }

  /** What was found; after `mostFindings` of a severity one more says how many there are beyond. */
  get list(): readonly Diagnostic[] {
    const more = (['error', 'warning', 'note'] as const)
      .map((severity) => [severity, this.#counts[severity] - mostFindings] as const)
      .filter(([, count]) => count > 0);
    return more.length === 0
      ? this.#list
      : [
          ...this.#list,
          ...more.map(([severity, count]) =>
            moreFindings(severity, count, this.#counts[severity] >= mostErrors && severity === 'error'),
          ),
        ];
  }

  /** Whether an error was added, kept or only counted. */
  get hasErrors(): boolean {
    return this.#counts.error > 0;
  }

  /** @throws DiagnosticError when an error was added. */
  throwIfErrors(): void {
    if (this.hasErrors) throw new DiagnosticError(this.list);
  }
}

/** A document is wrong: carries all that was found. */
export class DiagnosticError extends Error {
  /** All findings, not only the errors. */
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** The command, a file or a tool is wrong; `hint` says what to do or install. */
export class UsageError extends Error {
  /** What to do or install; undefined where nothing can be said. */
  readonly hint: string | undefined;
  /** More that is wrong with the same command. */
  readonly others: readonly UsageError[];
  constructor(message: string, hint?: string, others: readonly UsageError[] = []) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
    this.others = others;
  }
}

/** The errors as one that is thrown, the first with the others; nothing happens when there are none. */
export function throwUsageErrors(errors: readonly UsageError[]): void {
  const [first, ...others] = errors;
  if (first) throw new UsageError(first.message, first.hint, others);
}

/** We are wrong: names the pass and asks for a report. */
export class InvariantError extends Error {
  constructor(pass: string, message: string, cause?: unknown) {
    super(`internal error in ${pass}: ${message}. Please report this with the model that caused it.`, { cause });
    this.name = 'InvariantError';
  }
}

/** @throws InvariantError when `condition` does not hold. */
export function invariant(condition: unknown, pass: string, message: string): asserts condition {
  if (!condition) throw new InvariantError(pass, message);
}
