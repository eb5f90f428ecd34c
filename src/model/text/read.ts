import { systemCode } from '../../diagnostics/system-error.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { afterSpace } from './json-scan.js';
import { linesOf } from './lines.js';
import { messages } from '../messages.js';
import { otherNotationOf } from './other-notations.js';
import { readJson } from './read-json.js';
import { readYaml } from './read-yaml.js';
import { halfCharacters } from './well-formed.js';

/** Result of reading a text. `value` is undefined when `diagnostics` has an error. */
interface ReadResult {
  readonly value: unknown;
  readonly positions: Positions;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads JSON (comments allowed, any size) or YAML 1.2 (small documents) into a tree of plain values, with the places of
 * its nodes.
 *
 * The notation is recognised by content: a text that opens with `{` and a quoted key, or with `[`, is JSON, all else
 * YAML.
 *
 * @param text  the document's text; a byte order mark at its start is skipped
 * @param document  its name in places, such as the file's path
 * @diagnostic read/…  malformed text, duplicate keys, nesting deeper than 100, halves of characters, a YAML text that
 *   is too
 *   large
 */
export function readDocument(text: string, document: string): ReadResult {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const first = firstCharacters(text, start);
  const refused = notAModel(text, first, document);
  if (refused) return { value: undefined, positions: { place: () => ({ document }) }, diagnostics: [refused] };
  const read = first.json ? readJson(text, document) : readYaml(text, document);
  const halves = halfCharacters(text, read.value, read.positions);
  return halves.length === 0 ? read : { ...read, value: undefined, diagnostics: [...read.diagnostics, ...halves] };
}

interface Beginning {
  readonly offset: number;
  readonly json: boolean;
}

/** Skips spaces and comments, and checks whether the rest opens a JSON text. */
function firstCharacters(text: string, start: number): Beginning {
  const offset = afterSpace(text, start);
  const opening = text[offset];
  // A YAML flow mapping also opens with a brace, but seldom quotes its keys.
  const json = opening === '[' || (opening === '{' && /["}]/.test(text[afterSpace(text, offset + 1)] ?? ''));
  return { offset, json };
}

function notAModel(text: string, first: Beginning, document: string): Diagnostic | undefined {
  const refuse = (finding: ReturnType<typeof messages.emptyText>, line = 1): Diagnostic => ({
    severity: 'error',
    ...finding,
    place: { document, line, column: 1 },
  });
  if (first.offset >= text.length) return refuse(messages.emptyText());
  if (text[first.offset] === '<') return refuse(messages.notJsonOrYaml('XML'));
  if (text.slice(0, 2000).includes('\u0000')) return refuse(messages.notJsonOrYaml('binary data'));
  const script = pythonImport.exec(text) ?? (/\.py$/i.test(document) && !first.json ? /^.*\S.*$/m.exec(text) : null);
  if (script) return refuse(messages.pythonScript(script[0]), linesOf(text).at(script.index).line);
  const other = otherNotationOf(text, document);
  return other && refuse(messages.otherProgram(other));
}

/** A line that imports names in Python. No document holds one, because a line of YAML begins with a key. */
const pythonImport = /^(?:from [\w.]+ import [^:\n]+|import \w[\w., ]*(?:[;#].*)?)$/m;

/**
 * Decodes the bytes of a file: UTF-8, or UTF-16 if a byte order mark marks it.
 *
 * @diagnostic read/bad-encoding  bytes that are not text in that encoding
 */
export function decodeText(
  bytes: Uint8Array,
  document: string,
): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || systemCode(error) !== undefined)) throw error;
    const place = { document, ...(encoding === 'utf-8' ? firstBadByte(bytes) : {}) };
    return { text: '', diagnostics: [{ severity: 'error', ...messages.badEncoding(encoding), place }] };
  }
}

/** Finds the line and column of the first byte that does not decode, by halving. */
function firstBadByte(bytes: Uint8Array): { line: number; column: number } {
  let good = 0;
  let bad = bytes.length;
  const decodes = (end: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, good), { stream: true });
  return linesOf(before).at(before.length);
}
