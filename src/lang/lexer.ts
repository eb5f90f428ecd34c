import { isKept } from './decimal.js';
import { LangError } from './lang-error.js';
import * as messages from './messages.js';

type TokenKind = 'number' | 'name' | 'operator' | 'end';

/** One token of a text; `start` and `end` are offsets in the entire text. */
export interface Token {
  readonly kind: TokenKind;
  /** As written; empty at the end. */
  readonly text: string;
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

/** Longest text that is read as one expression, block of statements or block of equations. */
export const longestText = 1_000_000;
/** Longest number: none needs more digits, and exact conversion takes time with the square of them. */
const longestNumber = 1000;

const space = /(?:[ \t\r\n\f\v]|#[^\n]*)+/y;
const number = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const name = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y;
const operator = /\*\*|\/\/|<<|>>|<=|>=|==|!=|&&|\|\||:=|[-+*/%<>()[\]{},:=&|^~!.@$?;"'`\\]/y;
const word = /[A-Za-z0-9_.]/;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/**
 * Words of `text` between two offsets, closed by an `end` token. Line breaks and `#` comments are space.
 *
 * @throws LangError lang/bad-number, lang/number-out-of-range, lang/non-ascii, lang/unexpected-character, lang/string
 */
export function tokenise(text: string, start = 0, end = text.length): Token[] {
  const source = text.slice(0, end);
  const tokens: Token[] = [];
  let at = start;
  for (;;) {
    at += match(space, source, at)?.length ?? 0;
    if (at >= end) break;
    const token = readToken(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: end, end });
  return tokens;
}

/** A name in a text. */
interface NameInText {
  readonly name: string;
  /** Its offset. */
  readonly start: number;
}

/** Returns the names in a text that need not be an expression, such as equations with units or a script's line. */
export const namesInText = (text: string): readonly NameInText[] =>
  [...text.matchAll(/(?<![A-Za-z0-9_.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g)].map((match) => ({
    name: match[0],
    start: match.index,
  }));

function readToken(source: string, start: number): Token {
  const digits = match(number, source, start);
  if (digits !== undefined) return readNumber(source, start, digits);
  const identifier = match(name, source, start);
  if (identifier !== undefined) return { kind: 'name', text: identifier, start, end: start + identifier.length };
  const sign = match(operator, source, start);
  if (sign === undefined) {
    const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
    throw new LangError(messages.unexpectedCharacter(character), { start, end: start + character.length });
  }
  if (sign === '"' || sign === "'" || sign === '`') throw new LangError(messages.string(), { start, end: start + 1 });
  return { kind: 'operator', text: sign, start, end: start + sign.length };
}

/** A number must not run into a name: `2mV`, `0x10`, `1_000`, `1j` and `1..2` are refused with the reason. */
function readNumber(source: string, start: number, digits: string): Token {
  const end = start + digits.length;
  const next = source.charAt(end);
  if (next !== '' && word.test(next)) {
    let stop = end;
    while (stop < source.length && stop - start < 60 && word.test(source.charAt(stop))) stop++;
    const attribute = next === '.' || digits.endsWith('.');
    throw new LangError(messages.badNumber(digits, source.slice(end, stop), attribute), { start, end: stop });
  }
  if (digits.length > longestNumber)
    throw new LangError(messages.numberTooLong(digits.length, longestNumber), { start, end });
  const value = Number(digits);
  if (!isKept(digits, value)) throw new LangError(messages.numberOutOfRange(digits, value), { start, end });
  return { kind: 'number', text: digits, start, end };
}
