/** Tokens of the text form. */

import { UsageError } from '../diagnostics/diagnostic.js';

interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'comment' | 'hole' | 'end';
  readonly text: string;
  /** Line, from 1. */
  readonly line: number;
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  // Remarks in templates, which programs do not keep.
  ['space', /#[^\n]*/y],
  ['comment', /\/\/ ?([^\n]*)/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y],
  ['number', /(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[fiuL]?/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['symbol', />>>|<<|>>|<=|>=|==|!=|\+=|->|[()[\]{},:=+\-*/%&|^!~<>@]/y],
];

/** Splits text into tokens, with `end` last. Lines count from `line`. */
export function tokenize(text: string, line = 1): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, match] = nextMatch(text, at, line);
    if (kind !== 'space') tokens.push({ kind, text: kind === 'comment' ? (match[1] ?? '') : match[0], line });
    for (const character of kind === 'space' ? match[0] : '') line += character === '\n' ? 1 : 0;
    at += match[0].length;
  }
  tokens.push({ kind: 'end', text: 'the end', line });
  return tokens;
}

/** Splits the parts of a template into tokens, with a hole between two parts and `end` last. */
export function tokenizeTemplate(parts: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  for (const [k, part] of parts.entries()) {
    const line = tokens.pop()?.line ?? 1;
    if (k > 0) tokens.push({ kind: 'hole', text: String(k - 1), line });
    tokens.push(...tokenize(part, line));
  }
  return tokens;
}

function nextMatch(text: string, at: number, line: number): [Token['kind'] | 'space', RegExpExecArray] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return [kind, match];
  }
  throw new UsageError(`program text, line ${line}: ${JSON.stringify(text[at])} means nothing here`);
}

/** Reads tokens one after another; `pass` and `expect` are the vocabulary of the readers. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at: number;

  constructor(tokens: readonly Token[], at = 0) {
    this.#tokens = tokens;
    this.#at = at;
  }

  /** Where the next token is, for a reader that begins there later. */
  get position(): number {
    return this.#at;
  }

  /** A second reader of the same tokens. */
  from(position: number): TokenReader {
    return new TokenReader(this.#tokens, position);
  }

  /** The token that comes `ahead` tokens after the next, which stays the next; at the end, the last. */
  peek(ahead = 0): Token {
    return (
      this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] ?? { kind: 'end', text: 'the end', line: 0 }
    );
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the next token is this name or symbol. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'name' || token.kind === 'symbol');
  }

  /** Takes the next token if it is this name or symbol. */
  pass(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += 1;
    return true;
  }

  /** Takes this name or symbol. @throws UsageError for another token */
  expect(text: string): void {
    if (!this.pass(text)) throw this.error(text);
  }

  /** Takes a name. @throws UsageError for another token */
  name(): string {
    return this.#take('name', 'a name');
  }

  /** A string in quotes. */
  string(): string {
    return JSON.parse(this.#take('string', 'a string')) as string;
  }

  /** A number without a suffix, with its sign. */
  number(): number {
    const sign = this.pass('-') ? -1 : 1;
    if (this.pass('inf')) return sign * Infinity;
    if (this.pass('nan')) return NaN;
    return sign * Number(this.#take('number', 'a number'));
  }

  /** Returns an error with the expected and the actual token and its line. */
  error(expected: string): UsageError {
    const { text, line } = this.peek();
    return new UsageError(`program text, line ${line}: expected ${expected}, found ${text.slice(0, 40)}`);
  }

  #take(kind: Token['kind'], expected: string): string {
    if (this.peek().kind !== kind) throw this.error(expected);
    return this.next().text;
  }
}
