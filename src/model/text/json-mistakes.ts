/** Finds mistakes in a text that is not JSON, and proposes corrections. */

import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { shorten } from '../../diagnostics/suggest.js';
import { afterComment, afterString } from './json-scan.js';
import { linesOf } from './lines.js';
import { messages } from '../messages.js';
import type { SyntaxMistake } from './syntax-mistakes.js';

/** Names of Python and JavaScript, and their JSON equivalents. */
const foreignWords: Readonly<Record<string, string>> = {
  None: 'null',
  True: 'true',
  False: 'false',
  undefined: 'null',
};

/** Returns the first mistake of a text; undefined if it is JSON. */
export function firstJsonMistake(text: string): SyntaxMistake | undefined {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: false, disallowComments: false });
  const [error] = errors;
  return error && mistakeAt(text, error);
}

function mistakeAt(text: string, { error: code, offset, length }: ParseError): SyntaxMistake {
  const error = printParseErrorCode(code);
  const found = text.slice(offset, offset + Math.max(1, Math.min(length, 40)));
  const end = offset + Math.max(1, Math.min(length, 40));
  switch (error) {
    case 'InvalidSymbol':
      return symbolAt(text, offset, length);
    case 'PropertyNameExpected':
    case 'ValueExpected': {
      const comma = lastBefore(text, offset);
      if (text[comma] === ',' && /[}\]]/.test(text[offset] ?? ''))
        return {
          finding: messages.malformedJson('a comma stands after the last entry', 'no comma', ',', 'remove the comma'),
          start: comma,
          end: comma + 1,
          repair: { at: comma, remove: 1, insert: '' },
        };
      const isKey = error === 'PropertyNameExpected';
      const finding = isKey
        ? messages.malformedJson('a key is missing here', 'a key in double quotes', found, 'write "key": value')
        : messages.malformedJson(
            'a value is missing here',
            'a value',
            found,
            'write one, such as 0, or remove the key',
          );
      return isKey
        ? { finding, start: offset, end }
        : { finding, start: offset, end, repair: { at: offset, remove: 0, insert: 'null' } };
    }
    case 'CommaExpected':
      return (
        quantityAt(text, offset) ?? {
          finding: messages.malformedJson(
            'a comma is missing between two entries',
            ', before this',
            found,
            'write a comma after the entry before this one',
          ),
          start: offset,
          end,
          repair: { at: offset, remove: 0, insert: ',' },
        }
      );
    case 'ColonExpected':
      return {
        finding: messages.malformedJson(
          'a colon is missing between a key and its value',
          ': before this',
          found,
          'write "key": value',
        ),
        start: offset,
        end,
        repair: { at: offset, remove: 0, insert: ':' },
      };
    case 'UnexpectedEndOfString': {
      const line = text.slice(offset).split('\n', 1)[0] ?? '';
      const inner = line.replace(/[\s,}\]]+$/, '');
      return {
        finding: messages.malformedJson(
          'a string is not closed on its line',
          `${shorten(inner, 60)}"`,
          shorten(line, 60),
          'write the closing double quote; a line break within a string is \\n',
        ),
        start: offset,
        end: offset + inner.length,
        repair: { at: offset + inner.length, remove: 0, insert: '"' },
      };
    }
    case 'CloseBraceExpected':
    case 'CloseBracketExpected': {
      const close = error === 'CloseBraceExpected' ? '}' : ']';
      const line = linesOf(text).at(lastOpen(text, offset)).line;
      return {
        finding: messages.malformedJson(
          `a closing ${close === '}' ? 'brace' : 'bracket'} is missing`,
          close,
          found.trim() === '' ? 'the end of the text' : found,
          `write ${close} here: what opens in line ${line} is not closed`,
        ),
        start: offset,
        end,
        repair: { at: offset, remove: 0, insert: close },
      };
    }
    case 'EndOfFileExpected':
      return {
        finding: messages.malformedJson(
          'the document has ended, but more text follows',
          'the end of the text',
          found,
          'remove it, or the closing brace before it that is one too many',
        ),
        start: offset,
        end,
      };
    case 'UnexpectedEndOfComment':
      return {
        finding: messages.malformedJson('a comment is not closed', '*/', 'the end of the text', 'write */ after it'),
        start: offset,
        end,
      };
    default:
      return {
        finding: messages.malformedJson(
          jsonMistakes[error] ?? 'this is not JSON',
          'JSON',
          found,
          'check quotes, commas and brackets before this place',
        ),
        start: offset,
        end,
      };
  }
}

const jsonMistakes: Readonly<Record<string, string>> = {
  InvalidNumberFormat: 'this is not a number in JSON',
  UnexpectedEndOfNumber: 'a number is incomplete',
  InvalidUnicode: 'a \\u escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'JSON has no such escape in a string',
  InvalidCharacter: 'a string cannot contain this control character',
};

/** Reports an invalid JSON symbol: single quotes, unquoted names, names of Python. */
function symbolAt(text: string, offset: number, length: number): SyntaxMistake {
  const rest = text.slice(offset, offset + 10_000);
  const single = /^'((?:[^'\\\n]|\\.)*)'/.exec(rest);
  const word = /^[A-Za-z_$][\w$.-]*/.exec(rest)?.[0];
  const replaced = (written: string, better: string, what: string, hint: string): SyntaxMistake => ({
    finding: messages.malformedJson(what, shorten(better, 60), shorten(written, 60), hint),
    start: offset,
    end: offset + written.length,
    repair: { at: offset, remove: written.length, insert: better },
  });
  if (single)
    return replaced(
      single[0],
      JSON.stringify(single[1]),
      'strings and keys of JSON stand in double quotes',
      `write ${shorten(JSON.stringify(single[1]), 60)}`,
    );
  if (word !== undefined) {
    const foreign = Object.hasOwn(foreignWords, word) ? foreignWords[word] : undefined;
    if (foreign !== undefined) return replaced(word, foreign, `JSON has no ${word}`, `write ${foreign}`);
    if (/^(?:NaN|nan|Infinity|inf)$/.test(word))
      return replaced(word, '0', `JSON has no ${word}`, 'write a number, or leave the entry out');
    const quantity = quantityAt(text, offset);
    if (quantity) return quantity;
    const better = JSON.stringify(word);
    const isKey = /^\s*:/.test(rest.slice(word.length));
    return replaced(
      word,
      better,
      `${isKey ? 'keys' : 'texts'} of JSON stand in double quotes`,
      `write ${shorten(better, 60)}`,
    );
  }
  return {
    finding: messages.malformedJson(
      'this is not a JSON value',
      'a value',
      shorten(rest.slice(0, Math.max(1, Math.min(length, 40))), 40),
      'check quotes, commas and brackets before this place',
    ),
    start: offset,
    end: offset + Math.max(1, Math.min(length, 40)),
  };
}

/** Reports a number followed by a unit, which needs quotes: `1 ms`. */
function quantityAt(text: string, offset: number): SyntaxMistake | undefined {
  const number = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?[ \t]*$/.exec(text.slice(Math.max(0, offset - 60), offset))?.[0];
  const unit = /^[A-Za-z][\w*/]*/.exec(text.slice(offset, offset + 60))?.[0];
  if (number === undefined || unit === undefined) return undefined;
  const written = number + unit;
  const start = offset - number.length;
  return {
    finding: messages.malformedJson(
      'a quantity with a unit is text in JSON',
      `"${written}"`,
      written,
      `write "${written}" in double quotes`,
    ),
    start: offset,
    end: offset + unit.length,
    repair: { at: start, remove: written.length, insert: `"${written}"` },
  };
}

/** Returns the offset of the last character before another that is not space. */
function lastBefore(text: string, offset: number): number {
  let at = offset - 1;
  while (at > 0 && /\s/.test(text[at] ?? '')) at--;
  return at;
}

/** Returns the offset of the last brace or bracket that is still open. */
function lastOpen(text: string, end: number): number {
  const open: number[] = [];
  for (let at = 0; at < end;) {
    const character = text[at];
    if (character === '"') at = afterString(text, at);
    else if (character === '/') at = afterComment(text, at);
    else {
      if (character === '{' || character === '[') open.push(at);
      else if (character === '}' || character === ']') open.pop();
      at++;
    }
  }
  return open.at(-1) ?? 0;
}
