/** The text of an NMODL file with its included files, and its tokens. */

import type { Span } from '../../src/lang/ast.js';
import type { Place } from '../../src/diagnostics/diagnostic.js';
import { linesOf } from '../../src/model/text/lines.js';

/** A token. Blocks of VERBATIM are one token each. */
export interface Token extends Span {
  readonly kind: 'number' | 'name' | 'string' | 'sign' | 'verbatim' | 'end';
  readonly text: string;
  /** Whether it is the first one of its line. */
  readonly startsLine?: boolean;
}

/** Several files as one text: spans of all files are offsets into it. */
export class Texts {
  readonly #files: { readonly name: string; readonly start: number; readonly text: string }[] = [];
  #length = 0;

  /** Adds a file and returns the offset of its first character. */
  add(name: string, text: string): number {
    const start = this.#length;
    this.#files.push({ name, start, text });
    this.#length += text.length + 1;
    return start;
  }

  /** Returns the place of a range. */
  place({ start, end }: Span): Place {
    const file = this.#files.findLast((one) => one.start <= start) ?? { name: '', start: 0, text: '' };
    const lines = linesOf(file.text);
    const from = start - file.start;
    const length = Math.max(1, Math.min(end - file.start, lines.endOfLine(from)) - from);
    return { document: file.name, ...lines.at(from), length };
  }
}

/** Texts, and comments, titles and C code, which have no tokens of their own. */
const passages =
  /"[^"\n]*"|\bCOMMENT\b[\s\S]*?(?:\bENDCOMMENT\b|$)|\bVERBATIM\b([\s\S]*?)(?:\bENDVERBATIM\b|$)|\bTITLE\b([^\n\r]*)|[:?][^\n\r]*/g;

/** Numbers, names, texts, and signs of one or more characters, among them some of other languages. */
const tokens =
  /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|"([^"\n]*)"|(<->|<=>|<<|->|<=|>=|=<|=>|<>|==|!=|&&|\|\||\*\*|[-+*/]=|\/\/|\/\*|[^\s])/g;

/** The tokens of a file. */
interface TokensOfFile {
  readonly tokens: Token[];
  readonly title?: string;
  /** The word of a passage that has no end, such as COMMENT. */
  readonly open?: Token;
}

/** Returns the tokens of a file and its title. */
export function tokensOf(text: string, offset: number): TokensOfFile {
  const verbatim: Token[] = [];
  let title: string | undefined;
  let open: Token | undefined;
  const plain = text.replaceAll(
    passages,
    (passage, code: string | undefined, heading: string | undefined, at: number) => {
      if (code !== undefined)
        verbatim.push({ kind: 'verbatim', text: code, start: offset + at, end: offset + at + passage.length });
      if (heading !== undefined) title ??= heading.trim();
      const word = /^(?:COMMENT|VERBATIM)\b/.exec(passage)?.[0];
      if (word !== undefined && !passage.endsWith(`END${word}`))
        open = { kind: 'name', text: word, start: offset + at, end: offset + at + word.length };
      return passage.startsWith('"') ? passage : passage.replaceAll(/[^\n\r]/g, ' ');
    },
  );
  const found: Token[] = [];
  let last = 0;
  for (const match of plain.matchAll(tokens)) {
    const [all, number, name, string] = match;
    const kind =
      number !== undefined ? 'number' : name !== undefined ? 'name' : string !== undefined ? 'string' : 'sign';
    const start = offset + match.index;
    while (verbatim[0] && verbatim[0].start < start) found.push(...verbatim.splice(0, 1));
    const startsLine = /[\n\r]/.test(plain.slice(last, match.index));
    last = match.index + all.length;
    found.push({ kind, text: string ?? all, start, end: start + all.length, ...(startsLine ? { startsLine } : {}) });
  }
  found.push(...verbatim);
  return { tokens: found, ...(title === undefined ? {} : { title }), ...(open === undefined ? {} : { open }) };
}

/** Whether a model can do without C code: comments, includes, and `return 0`. */
export function isIdle(code: string): boolean {
  return /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*|return\s*(?:0(?:\.0*)?)?\s*;)*$/.test(code);
}
