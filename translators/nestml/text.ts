/** Tokens of a NESTML text. Indentation becomes tokens, as in Python. */

import type { Finding, Place } from '../../src/diagnostics/diagnostic.js';
import type { Span } from '../../src/lang/ast.js';
import { longestText } from '../../src/lang/lexer.js';
import { tooLong } from '../../src/lang/messages.js';
import { linesOf } from '../../src/model/text/lines.js';
import * as messages from './messages.js';

/** A token. `indent` and `dedent` begin and end a block. */
export interface Token extends Span {
  readonly kind: 'number' | 'name' | 'string' | 'sign' | 'line' | 'indent' | 'dedent' | 'end';
  readonly text: string;
}

/** Receives a finding with its place. */
export type Report = (finding: Finding, span: Span) => void;

/** Ends the reading of a file, after a finding was reported. */
export class Unreadable extends Error {}

/** Returns places of ranges in a file. */
export function placesIn(document: string, text: string): (span: Span) => Place {
  const lines = linesOf(text);
  return ({ start, end }) => {
    const length = Math.max(1, Math.min(end, lines.endOfLine(start)) - start);
    return { document, ...lines.at(start), length };
  };
}

/** Space, comments, texts before models, and the backslash that continues a line. */
const ignored = /(?:[ \t\f]|\\[ \t]*\r?\n|#[^\n\r]*|"""[\s\S]*?(?:"""|$))+/y;
const token =
  /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_$][\w$]*'*)|("[^"\n\r]*")|(<-|<<|>>|<=|>=|==|!=|<>|\*\*|\+=|-=|\*=|\/=|\[\[|\]\]|\.\.\.|::|[-+*/%<>()[\]{},:=?&|^~@.;])/y;
const lineEnd = /\r?\n|\r/y;
const empty = /[ \t\f]*(?:#[^\n\r]*)?(?:\r?\n|\r|$)/y;

/** Returns the column after spaces and tabs: a tab reaches the next multiple of 8. */
const columnAfter = (margin: string): number =>
  [...margin].reduce((column, character) => (character === '\t' ? column + 8 - (column % 8) : column + 1), 0);

const isBreak = (last: Token | undefined): boolean => last !== undefined && /line|indent|dedent/.test(last.kind);

/** Returns the tokens of a text. @throws Unreadable after a finding @diagnostic nestml/* */
export function tokensOf(text: string, report: Report): readonly Token[] {
  const fail = (finding: Finding, start: number, end = start + 1): never => {
    report(finding, { start, end });
    throw new Unreadable();
  };
  if (text.length > longestText) fail(tooLong(text.length, longestText), 0);
  const tokens: Token[] = [];
  const levels = [0];
  let at = 0;
  let depth = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found;
  };
  const add = (kind: Token['kind'], start: number, end = at): void =>
    void tokens.push({ kind, text: text.slice(start, end), start, end });
  const beginLine = (): void => {
    while (at < text.length && take(empty));
    const start = at;
    const margin = take(/[ \t\f]*/y)?.[0] ?? '';
    if (text.startsWith('"""', at)) return;
    const column = columnAfter(margin);
    const level = levels.at(-1) ?? 0;
    if (column === level) return;
    if (column > level) {
      levels.push(column);
      return add('indent', start);
    }
    while ((levels.at(-1) ?? 0) > column) {
      levels.pop();
      add('dedent', at, at);
    }
    if (levels.at(-1) !== column) fail(messages.indentation(), start, at);
  };
  beginLine();
  for (;;) {
    take(ignored);
    const start = at;
    if (at >= text.length) break;
    if (take(lineEnd)) {
      // A kernel of several equations goes on after a comma.
      if (depth > 0 || tokens.at(-1)?.text === ',') continue;
      if (tokens.length > 0 && !isBreak(tokens.at(-1))) add('line', start);
      beginLine();
      continue;
    }
    const found = take(token);
    if (!found) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      return fail(messages.character(character), start, start + character.length);
    }
    const [sign, number, name, string] = found;
    if (/^[([]$/.test(sign)) depth++;
    if (/^[)\]]$/.test(sign)) depth = Math.max(0, depth - 1);
    add(
      number !== undefined ? 'number' : name !== undefined ? 'name' : string !== undefined ? 'string' : 'sign',
      start,
    );
  }
  if (tokens.length > 0 && !isBreak(tokens.at(-1))) add('line', at, at);
  for (const _ of levels.slice(1)) add('dedent', at, at);
  add('end', at, at);
  return tokens;
}
