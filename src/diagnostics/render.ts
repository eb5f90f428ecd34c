/** Renders diagnostics as text and JSON. The only place where they become readable output. */

import { callback, checkArgument, checkOptions, count, flag, list, type ArgumentKinds } from './public-arguments.js';
import type { Diagnostic, Place, Severity } from './diagnostic.js';
import { displayWidth, printable } from './display.js';

/** How to render. */
export interface RenderOptions {
  /** Returns the text of a document, for the lines around a place; undefined if it is not available. */
  readonly source?: (document: string) => string | undefined;
  /** ANSI colours; default none. */
  readonly colour?: boolean;
  /** The most warnings or notes of one code that are shown; the rest are counted. Default: all. */
  readonly mostAlike?: number;
}

const kinds: ArgumentKinds<RenderOptions> = { source: callback, colour: flag, mostAlike: count };

/** A longer line is shown as a window of this many columns around its marked part. */
const widestLine = 110;
/** Lines shown before and after the marked one. */
const neighbours = 1;

const colours: Readonly<Record<Severity | 'faint' | 'bold', string>> = {
  error: '31;1',
  warning: '33;1',
  note: '36;1',
  faint: '2',
  bold: '1',
};

type Paint = (style: keyof typeof colours, text: string) => string;

/**
 * Renders diagnostics as text: sorted by place, each with its lines, a caret and the expected and actual form.
 *
 * @returns lines joined by newlines, ending with one; empty without diagnostics
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  checkArgument('renderDiagnostics', diagnostics, list('diagnostics'));
  checkOptions('renderDiagnostics', options, kinds);
  const paint: Paint = options.colour
    ? (style, text) => `\u001b[${colours[style]}m${text}\u001b[0m`
    : (_, text) => text;
  const lines = lineReader(options.source);
  const { shown, counted } = splitAlike(sortDiagnostics(diagnostics), options.mostAlike ?? Infinity);
  const blocks = [
    ...shown.map((diagnostic) => renderOne(diagnostic, lines, paint)),
    ...counted.map(([{ severity, code }, count]) =>
      paint('faint', `and ${count} more ${severity}s of ${code}; \`interneuron validate\` shows them all`),
    ),
  ];
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** Errors, and the first `most` of other findings of a code; with the others' numbers, by code. */
function splitAlike(
  sorted: readonly Diagnostic[],
  most: number,
): { readonly shown: readonly Diagnostic[]; readonly counted: readonly (readonly [Diagnostic, number])[] } {
  const seen = new Map<string, number>();
  const shown: Diagnostic[] = [];
  const counted = new Map<string, [Diagnostic, number]>();
  for (const diagnostic of sorted) {
    const count = (seen.get(diagnostic.code) ?? 0) + 1;
    seen.set(diagnostic.code, count);
    if (diagnostic.severity === 'error' || count <= most) {
      shown.push(diagnostic);
      continue;
    }
    const known = counted.get(diagnostic.code);
    if (known) known[1]++;
    else counted.set(diagnostic.code, [diagnostic, 1]);
  }
  // A line that represents one diagnostic would not be shorter.
  const single = [...counted.values()].flatMap(([diagnostic, count]) => (count === 1 ? [diagnostic] : []));
  const whole = new Set([...shown, ...single]);
  return {
    shown: sorted.filter((diagnostic) => whole.has(diagnostic)),
    counted: [...counted.values()].filter(([, count]) => count > 1),
  };
}

/**
 * Sorts diagnostics by documents (in order of appearance), then by lines and columns; those without a place come first.
 */
function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const documents = [...new Set(diagnostics.map(({ place }) => place?.document ?? ''))];
  const key = ({ place, count }: Diagnostic): [number, number, number] => [
    place ? documents.indexOf(place.document) + 1 : count === undefined ? 0 : documents.length + 1,
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  return [...diagnostics].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}

/** `2 errors, 1 warning`; empty without diagnostics. */
export function countFindings(diagnostics: readonly Diagnostic[]): string {
  const parts: string[] = [];
  for (const severity of ['error', 'warning', 'note'] as const) {
    const count = diagnostics
      .filter((diagnostic) => diagnostic.severity === severity)
      .reduce((sum, { count = 1 }) => sum + count, 0);
    if (count > 0) parts.push(`${count} ${severity}${count === 1 ? '' : 's'}`);
  }
  return parts.join(', ');
}

/** Returns diagnostics as plain JSON values, sorted by place, for `--json`; keys are those of `Diagnostic`. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return sortDiagnostics(diagnostics).map(
    ({ code, severity, message, place, expected, found, hint, related, rule, count, lines }) => ({
      code,
      severity,
      message,
      ...(place ? { place } : {}),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
      ...(hint === undefined ? {} : { hint }),
      ...(related === undefined ? {} : { related }),
      ...(rule === undefined ? {} : { rule }),
      ...(count === undefined ? {} : { count }),
      ...(lines === undefined ? {} : { lines }),
    }),
  );
}

/** `file.yaml:41:24`, as editors and terminals make clickable. */
export function placeText(place: Place): string {
  const { document, line, column } = place;
  if (line === undefined) return printable(document);
  return `${printable(document)}:${line}${column === undefined ? '' : `:${column}`}`;
}

function renderOne(diagnostic: Diagnostic, lines: LineReader, paint: Paint): string {
  const { code, severity, message, place, related } = diagnostic;
  const output = [`${paint(severity, `${severity}[${code}]`)}  ${paint('bold', printable(message))}`];
  if (place) output.push(...renderPlace(place, lines, paint, severity));
  const line = (field: string, text: string): string => `  ${paint('faint', field.padEnd(8))}  ${printable(text)}`;
  for (const field of ['expected', 'found', 'hint', 'rule'] as const) {
    const text = diagnostic[field];
    if (text !== undefined) output.push(line(field, text));
  }
  if (place && diagnostic.count !== undefined)
    output.push(line('also in', othersText(diagnostic.count - 1, diagnostic.lines)));
  // Without a rule in a schema, the page of the code explains the rule.
  if (diagnostic.rule === undefined) output.push(line('rule', `interneuron explain ${code}`));
  for (const note of related ?? []) {
    output.push(
      `  ${paint('note', 'note'.padEnd(8))}  ${printable(note.message)}`,
      ...renderPlace(note.place, lines, paint, 'note'),
    );
  }
  return output.join('\n');
}

/** Returns the first lines of equal findings, and the number of the rest. */
function othersText(count: number, lines: readonly number[] = []): string {
  const rest = count - lines.length;
  const listed = lines.length === 0 ? [] : [`line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}`];
  return [
    ...listed,
    ...(rest > 0 ? [`${rest} ${lines.length > 0 ? 'more ' : ''}place${rest === 1 ? '' : 's'}`] : []),
  ].join(' and ');
}

function renderPlace(place: Place, lines: LineReader, paint: Paint, severity: Severity): string[] {
  const pointer = place.pointer ? `   ${paint('faint', printable(shortPointer(place.pointer)))}` : '';
  return [`  ${paint('faint', '-->')} ${placeText(place)}${pointer}`, ...excerpt(place, lines, paint, severity)];
}

/** Pointers are as long as the names that a document uses: keep both ends. */
function shortPointer(pointer: string): string {
  return pointer.length <= 100 ? pointer : `${pointer.slice(0, 50)}…${pointer.slice(-49)}`;
}

/** Returns the marked line with its neighbours and a line of carets below it; empty if the text is not available. */
function excerpt(place: Place, lines: LineReader, paint: Paint, severity: Severity): string[] {
  const { line } = place;
  if (line === undefined) return [];
  const shown = lines(place.document, line - neighbours, line + neighbours);
  const marked = shown.get(line);
  if (marked === undefined) return [];
  const window = lineWindow(marked, place);
  const last = Math.max(...shown.keys());
  const width = Math.max(String(last).length, 5);
  const numbered = (number: number, text: string): string =>
    `  ${paint('faint', `${String(number).padStart(width)} |`)} ${text}`.trimEnd();
  const output: string[] = [];
  for (const [number, content] of shown) {
    if (number !== line) {
      const text = printable(content.slice(window.from, window.from + widestLine));
      if (text.trim() !== '') output.push(numbered(number, text));
      continue;
    }
    output.push(numbered(number, window.text));
    if (place.column !== undefined) {
      output.push(
        `  ${paint('faint', `${' '.repeat(width)} |`)} ` +
          `${' '.repeat(window.indent)}${paint(severity, '^'.repeat(window.length))}`,
      );
    }
  }
  return output;
}

/**
 * The visible part of a line, and the position of carets below it: `indent` and `length` are in terminal columns.
 * Minified documents have lines of any length, so only a window around the mark is shown.
 */
function lineWindow(line: string, place: Place): { text: string; from: number; indent: number; length: number } {
  const begin = Math.min(Math.max((place.column ?? 1) - 1, 0), line.length);
  const end = Math.min(begin + Math.max(place.length ?? 1, 1), Math.max(line.length, begin + 1));
  const from = line.length <= widestLine || begin < widestLine - 30 ? 0 : begin - 40;
  const to = Math.min(line.length, from + widestLine);
  const before = (from > 0 ? '…' : '') + printable(line.slice(from, begin));
  const mark = printable(line.slice(begin, Math.min(end, to)));
  const after = printable(line.slice(Math.min(end, to), to)) + (to < line.length ? '…' : '');
  return { text: before + mark + after, from, indent: displayWidth(before), length: Math.max(displayWidth(mark), 1) };
}

/** Some lines of a document by their numbers, which count from 1. */
type LineReader = (document: string, first: number, last: number) => ReadonlyMap<number, string>;

/** Reads up to the lines that are asked for only: a document may have millions of them. */
function lineReader(source: RenderOptions['source']): LineReader {
  return (document, first, last) => {
    const text = source?.(document);
    const lines = new Map<number, string>();
    if (text === undefined) return lines;
    const ends = /\r\n|\r|\n|$/g;
    for (let number = 1, begin = 0; number <= last && begin <= text.length; number++) {
      ends.lastIndex = begin;
      const end = ends.exec(text)!;
      if (number >= first) lines.set(number, text.slice(begin, end.index));
      begin = end.index + Math.max(1, end[0].length);
    }
    return lines;
  };
}
