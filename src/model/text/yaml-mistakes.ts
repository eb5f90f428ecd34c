/** Finds mistakes in a text that is not YAML, and proposes corrections. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { messages } from '../messages.js';
import { repairedText, type SyntaxMistake } from './syntax-mistakes.js';
import { withQuotes } from './yaml-quotes.js';

/** An error as the parser reports it. Offsets count in UTF-16 units. */
export interface YamlError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A line of a text, without its line break. */
interface Line {
  readonly text: string;
  readonly from: number;
}

/** Another text for a line, and the finding that it corrects. */
interface Better {
  readonly line: string;
  readonly finding: (changed: Change) => Finding;
}

/** The part of a line that another has otherwise. */
interface Change {
  readonly start: number;
  readonly found: string;
  readonly line: string;
}

/** Most lines before an error that are searched for its cause: quotes and brackets may stay open for long. */
const mostLines = 40;

/**
 * Returns the mistake that causes the first error of a text. It tries corrections of usual mistakes on suspect lines.
 *
 * @param firstError  finds the first error of another text, to check whether a line is right
 */
export function yamlMistake(
  text: string,
  error: YamlError,
  firstError: (text: string) => YamlError | undefined,
): SyntaxMistake {
  for (const line of suspects(text, error)) {
    for (const { line: better, finding } of betterLines(line, text, error)) {
      if (better === line.text) continue;
      const change = changeOf(line.text, better);
      const at = line.from + change.start;
      const repair = { at, remove: change.found.length, insert: change.insert };
      const next = firstError(repairedText(text, repair));
      if (next !== undefined && next.start <= line.from + better.length) continue;
      return {
        finding: finding({ ...change, line: better.trim() }),
        start: at,
        end: at + Math.max(1, change.found.length),
        repair,
      };
    }
  }
  return {
    finding: messages.malformedYaml(
      `this is not YAML: ${error.message}`,
      'YAML',
      lineAt(text, error.start).text.trim() || 'the end of the text',
      'check quotes, brackets and indentation in this line and the one before it',
    ),
    start: error.start,
    end: error.end,
  };
}

function lineAt(text: string, offset: number): Line {
  // A search from -1 would find a line break at 0, which is the end of the first line.
  const from = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', from);
  return { text: text.slice(from, end < 0 ? text.length : end).replace(/\r$/, ''), from };
}

/** Returns the line of an error. For missing or late closings it returns the lines before as well, the first first. */
function suspects(text: string, { message, start }: YamlError): readonly Line[] {
  const own = lineAt(text, start);
  if (!/closing|must be sufficiently indented|end with/.test(message)) {
    const before = own.from > 0 ? [lineAt(text, own.from - 1)] : [];
    return [own, ...before];
  }
  const lines: Line[] = [];
  for (let line: Line | undefined = own; line && lines.length < mostLines;) {
    if (line.text.trim() !== '') lines.unshift(line);
    line = line.from > 0 ? lineAt(text, line.from - 1) : undefined;
  }
  const quote = /["']/.exec(message)?.[0];
  // The quote is open since the first line that has an odd number of them.
  return quote === undefined ? lines.reverse() : lines.filter(({ text: line }) => line.split(quote).length % 2 === 0);
}

/** Returns possible corrections of a line, the likeliest first. */
function betterLines(line: Line, text: string, { message, start }: YamlError): readonly Better[] {
  const written = line.text;
  const finding =
    (what: string, expected: (change: Change) => string, hint: string) =>
    (change: Change): Finding =>
      messages.malformedYaml(what, expected(change), change.found.trim() || written.trim(), hint);
  const whole = (change: Change): string => change.line;
  const all: Better[] = [];
  const brackets = (): void => {
    const missing = unclosed(written);
    if (missing === '') return;
    const name = missing.startsWith('}') ? 'brace' : 'bracket';
    all.push({
      line: `${written.trimEnd()} ${[...missing].join(' ')}`,
      finding:
        missing.length === 1
          ? finding(`a closing ${name} is missing`, whole, `write ${missing} where it belongs`)
          : finding(
              `${missing.length} closing braces or brackets are missing`,
              whole,
              `write ${[...missing].join(' ')} where they belong`,
            ),
    });
  };
  if (/end with a/.test(message)) brackets();
  for (const line of withQuotes(written))
    all.push({ line, finding: ({ found, line: better }) => messages.quotesMissing(found, better) });
  if (/^\s*\t/.test(written))
    for (const width of [2, 4, indentBefore(text, line) + 2, indentBefore(text, line)])
      all.push({
        line: written.replace(/^\s*/, (space) =>
          width > 4 ? ' '.repeat(width) : space.replaceAll('\t', ' '.repeat(width)),
        ),
        finding: () =>
          messages.malformedYaml(
            'this line is indented with a tab',
            'spaces',
            'a tab',
            'indent it with spaces: YAML allows no tabs there',
          ),
      });
  const quote = /closing ?(["'])/.exec(message)?.[1];
  if (quote !== undefined) {
    const closed = finding('a quote is not closed', whole, `write the closing ${quote}`);
    all.push({ line: written.replace(/(?<=\S)(?=[\s,}\]]*$)/, quote), finding: closed });
    all.push({ line: `${written.trimEnd()}${quote}`, finding: closed });
  }
  if (/^\s*[\w.-]+\s*$/.test(written))
    all.push({
      line: `${written.trimEnd()}:`,
      finding: finding('a colon is missing after the key', whole, 'write a colon after the key'),
    });
  if (/^\s*(?:- )?[\w.-]+:\S/.test(written))
    all.push({
      line: written.replace(/^(\s*(?:- )?[\w.-]+:)(?=\S)/, '$1 '),
      finding: finding('a space is missing after the colon', whole, 'write a space after the colon'),
    });
  if (/^\s*(?:- )?[\w.-]+ +[^:\s]/.test(written))
    all.push({
      line: written.replace(/^(\s*(?:- )?[\w.-]+) +/, '$1: '),
      finding: finding('a colon is missing after the key', whole, 'write a colon after the key'),
    });
  const at = start - line.from;
  if (/Missing , or :/.test(message) && at > 0 && at <= written.length)
    for (const [mark, what] of [
      [': ', 'a colon is missing after the key'],
      [', ', 'a comma is missing between two entries'],
    ] as const)
      all.push({
        line: `${written.slice(0, at).trimEnd()}${mark}${written.slice(at).trimStart()}`,
        finding: finding(what, whole, `write ${mark.trim()} there`),
      });
  if (/same column|indent/i.test(message))
    for (const indent of indentsBefore(text, line))
      all.push({
        line: ' '.repeat(indent) + written.trimStart(),
        finding: () =>
          messages.malformedYaml(
            'this line is indented like none of those that it could belong to',
            `${indent} spaces before it`,
            `${written.length - written.trimStart().length} spaces`,
            'indent keys of one map alike',
          ),
      });
  return all;
}

/**
 * Returns the characters that close the braces and brackets that a line opens, in order; empty if the line closes
 * others.
 */
function unclosed(line: string): string {
  let open = '';
  for (const [mark] of line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').matchAll(/[{}[\]]/g)) {
    if (mark === '{' || mark === '[') open = (mark === '{' ? '}' : ']') + open;
    else if (open.startsWith(mark)) open = open.slice(1);
    else return '';
  }
  return open;
}

/** Returns the indentation of the nearest line before that is not empty. */
const indentBefore = (text: string, line: Line): number => indentsBefore(text, line)[0] ?? 0;

/** Returns the indentations of the lines before, the nearest first. */
function indentsBefore(text: string, { from }: Line): readonly number[] {
  const before = text
    .slice(Math.max(0, from - 2000), from)
    .split('\n')
    .reverse();
  const indents = before
    .filter((earlier) => earlier.trim() !== '')
    .map((earlier) => earlier.length - earlier.trimStart().length);
  return [...new Set(indents)];
}

/** Returns the part of a line that differs from another line. */
function changeOf(
  line: string,
  other: string,
): { readonly found: string; readonly start: number; readonly insert: string } {
  let start = 0;
  while (start < line.length && line[start] === other[start]) start++;
  let kept = 0;
  const most = Math.min(line.length, other.length) - start;
  while (kept < most && line[line.length - 1 - kept] === other[other.length - 1 - kept]) kept++;
  return { found: line.slice(start, line.length - kept), start, insert: other.slice(start, other.length - kept) };
}
