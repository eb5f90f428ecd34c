/**
 * Diagnostics of a document, as data. Only `render.ts` makes text of them.
 *
 * Three families are never mixed: a `Diagnostic` reports a mistake in a document (exit code 1), a `UsageError` a
 * mistake in the command, a file or a tool (exit code 2), and an `InvariantError` a mistake of ours.
 */

import { limits } from './limits.js';
import { withDefaultTexts } from './default-texts.js';
import type { Renaming } from './suggest.js';

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

/**
 * A remedy that `validate --fix` applies: another name for the marked one, a text to insert (after the marked text, if
 * no place is given), or another place for the marked element. Of elements that move before the same one, the one of
 * the lowest rank is the first.
 */
export type Fix =
  | Renaming
  | { readonly kind: 'insert'; readonly text: string; readonly at?: Place }
  | { readonly kind: 'move'; readonly before: Place; readonly rank: number };

/** One diagnostic. `code` is stable: `stage/kind-of-mistake`. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** One sentence on the mistake, in lower case, without the place. */
  readonly message: string;
  /** Where; absent when it concerns no part of a document. */
  readonly place?: Place;
  /** A correct form. */
  readonly expected?: string;
  /** The actual form. */
  readonly found?: string;
  /** The remedy. */
  readonly hint?: string;
  /** Other places that explain this one, such as "first defined here". */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** The schema or rule that was broken. */
  readonly rule?: string;
  /** The remedy, if it is certain. */
  readonly fix?: Fix;
  /** Number of diagnostics that this one represents; absent: 1. */
  readonly count?: number;
  /** Lines of the first of the others that it represents. */
  readonly lines?: readonly number[];
}

/** The result of a catalogue entry: a diagnostic without its place. */
export type Finding = Omit<Diagnostic, 'place' | 'severity'> & {
  readonly severity?: Severity;
  /** Names with definitions that explain it: their places in the document become related places. */
  readonly names?: readonly string[];
  /**
   * Names of parts and documents that it misses: it only follows from an error that kept one of them from being read.
   * Default: the found name, if the code says that something is unknown.
   */
  readonly needs?: readonly string[];
};

/**
 * Finds the place of a name's definition in a document; of several definitions, the one nearest to the pointer `from`.
 */
export type FindDefinition = (name: string, from: string) => Place | undefined;

/** Findings of one severity that are kept; the rest is only counted. */
const mostFindings = limits.findings;
/** A document with so many errors is not read further. */
const mostErrors = 2 * mostFindings;

/** Lines listed of equal findings. */
const mostLines = 5;

/** Codes of findings about a name without a definition. */
const missing = /\/(?:unknown|missing|dangling|no)-/;

const moreCode = 'diagnostics/more';

/** Reports the number of further diagnostics of a severity after the last one kept, of `all`. */
const moreFindings = (severity: Severity, count: number, all: number, isEnd: boolean): Diagnostic => ({
  code: moreCode,
  severity,
  message:
    count === 0
      ? `the document is not read further after ${mostErrors} errors`
      : `${isEnd ? 'at least ' : ''}${count} more ${severity}${count === 1 ? '' : 's'} not shown`,
  expected: `at most ${mostFindings} ${severity}s`,
  found: `${all} ${severity}s`,
  hint: `fix those shown first: one ${severity} often causes others`,
  count,
});

/** A finding that is kept, and what it misses. */
interface Kept {
  diagnostic: Diagnostic;
  readonly needs: readonly string[];
}

/**
 * Returns what equal findings have in common in rows: lines of a text, items of a list, numbered elements of XML.
 * Returns undefined for other findings, and for those that are mended one by one.
 */
function kindOf({ place, count: _, lines: __, related, fix, ...texts }: Diagnostic): string | undefined {
  const { document, pointer, line } = place ?? {};
  const rows = pointer === undefined ? line && '' : /^(.*[/[])\d+(?:\](?:\/@.*)?)?$/s.exec(pointer)?.[1];
  if (fix !== undefined || rows === undefined) return undefined;
  return JSON.stringify([texts, document, rows, related?.map(({ message }) => message)]);
}

/** Returns one finding for two equal ones in different rows. */
function merged(first: Diagnostic, next: Diagnostic): Diagnostic {
  const lines = [first.lines ?? [], next.place?.line ?? [], next.lines ?? []].flat();
  return {
    ...first,
    count: (first.count ?? 1) + (next.count ?? 1),
    ...(lines.length === 0 ? {} : { lines: lines.slice(0, mostLines) }),
  };
}

/** Returns names of parts that an error keeps from being read: its document, and the part that its place lies in. */
function spoiltBy({ document, pointer = '' }: Place): readonly string[] {
  // Elements of XML have their ids in brackets; the second key of a JSON pointer is the name of a part.
  const id = [...pointer.matchAll(/\[([^\]]*)\]/g)].at(-1)?.[1] ?? pointer.split('/')[2] ?? '';
  return /^\d*$/.test(id) ? [document] : [document, id];
}

/**
 * Collects findings; stages add to it and never print. A finding that only follows from another one is silent, and
 * equal findings of many rows are one with a count. Of each severity the first `mostFindings` are kept. The error that
 * reaches `mostErrors` ends the stage, so the work on a wrong document is bounded.
 */
export class Diagnostics {
  readonly #list: Kept[] = [];
  readonly #seen = new Set<string>();
  readonly #kinds = new Map<string, Kept>();
  /** Names of parts and documents with reported errors. */
  readonly #refused = new Set<string>();
  /** Numbers of findings in the list, and of all. */
  readonly #kept: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
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

  /** Names parts that were not read for a reported reason: findings that miss them are silent, also earlier ones. */
  refuse(...parts: readonly string[]): void {
    for (const part of parts) this.#refused.add(part);
  }

  /**
   * @param place the place, or a function that finds it, which is not called for diagnostics that are only counted
   * @throws DiagnosticError for a document with too many errors to continue
   */
  add(finding: Finding, place?: Place | (() => Place)): void {
    this.#record(finding, place);
    if (this.#counts.error >= mostErrors) throw new DiagnosticError(this.list);
  }

  #record({ names = [], needs: given, ...finding }: Finding, place?: Place | (() => Place)): void {
    const { code, severity = 'error', count = 1, found } = finding;
    const needs = given ?? (missing.test(code) && found !== undefined ? [found] : []);
    if (this.#follows(needs)) return;
    const isNew = this.#kept[severity] < mostFindings;
    // To find a place can take as long as the document: not after the last finding that is kept.
    const isPlaced = typeof place === 'function' ? this.#counts[severity] < mostFindings : isNew || place !== undefined;
    if (isPlaced && code !== moreCode) {
      const resolvedPlace = typeof place === 'function' ? place() : place;
      const related = finding.related ?? this.#defined(names, resolvedPlace);
      const diagnostic = {
        ...withDefaultTexts(finding),
        severity,
        ...(resolvedPlace ? { place: resolvedPlace } : {}),
        ...(related.length > 0 ? { related } : {}),
      };
      // Equal diagnostics from several readers of one part are one mistake.
      const key = JSON.stringify(diagnostic);
      if (this.#seen.has(key)) return;
      if (isNew) this.#seen.add(key);
      this.#keep(diagnostic, needs, isNew);
    }
    this.#counts[severity] += count;
  }

  /** Checks whether a finding misses a part that was refused. */
  #follows(needs: readonly string[]): boolean {
    return needs.some((part) => this.#refused.has(part));
  }

  /** Joins a diagnostic to an equal one of another row, or adds it to the list. */
  #keep(diagnostic: Diagnostic, needs: readonly string[], isNew: boolean): void {
    const kind = kindOf(diagnostic);
    const known = kind === undefined ? undefined : this.#kinds.get(kind);
    if (known) known.diagnostic = merged(known.diagnostic, diagnostic);
    else if (isNew) {
      const kept = { diagnostic, needs };
      if (kind !== undefined) this.#kinds.set(kind, kept);
      this.#list.push(kept);
      this.#kept[diagnostic.severity]++;
      // An error that itself only misses a part spoils nothing.
      if (diagnostic.severity === 'error' && diagnostic.place && needs.length === 0)
        this.refuse(...spoiltBy(diagnostic.place));
    }
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

  /** Returns the diagnostics; after `mostFindings` of a severity, one more has the number of the rest. */
  get list(): readonly Diagnostic[] {
    const more = { ...this.#counts };
    for (const { diagnostic } of this.#list) more[diagnostic.severity] -= diagnostic.count ?? 1;
    const isEnd = (severity: Severity): boolean => severity === 'error' && this.#counts.error >= mostErrors;
    return [
      ...this.#list.filter(({ needs }) => !this.#follows(needs)).map(({ diagnostic }) => diagnostic),
      ...(['error', 'warning', 'note'] as const)
        .filter((severity) => more[severity] > 0 || isEnd(severity))
        .map((severity) => moreFindings(severity, more[severity], this.#counts[severity], isEnd(severity))),
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

/** A mistake in the command, a file or a tool; `hint` is a remedy. */
export class UsageError extends Error {
  /** The remedy, such as a package to install; undefined without a remedy. */
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

/** Throws the first of some errors, with the others attached; returns if there are no errors. */
export function throwUsageErrors(errors: readonly UsageError[]): void {
  const [first, ...others] = errors;
  if (first) throw new UsageError(first.message, first.hint, others);
}

/** A mistake of ours: names the pass and requests a report. */
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
