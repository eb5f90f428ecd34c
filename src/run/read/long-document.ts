/** Documents of NeuroML and LEMS in files that are longer than a string can be. */

import { platform } from '#platform';
import { joined } from './joined.js';
import { looksLikeXml } from '../../../translators/neuroml/xml/decode.js';
import { longestText, utf8Text, withoutLists, type CutText } from '../../../translators/neuroml/xml/long-text.js';

/** Bytes that are read at once. */
const bytesAtOnce = 1 << 24;

/** Thrown if a document is not XML in UTF-8, or has no lines. */
class NotTakenApart extends Error {}

/**
 * Returns a document without its long lists, which are stored separately (`CutText`).
 *
 * @param longest  longest text that is held as one string
 * @returns undefined if it is not XML in UTF-8, or too long even without its lists
 * @throws the system's error if the file cannot be read
 */
export function readLongDocument(path: string, longest = longestText, atOnce = bytesAtOnce): CutText | undefined {
  try {
    const read = withoutLists(pieces(path, atOnce, longest), longest);
    return typeof read === 'string' ? { text: read, lists: [] } : read;
  } catch (error) {
    if (error instanceof NotTakenApart) return undefined;
    throw error;
  }
}

/** Reads a file in pieces of whole lines, as text. */
function* pieces(path: string, atOnce: number, longest: number): Generator<string> {
  /** The unfinished last line of the pieces so far. */
  let held = new Uint8Array(0);
  let isFirst = true;
  for (const piece of platform.files.pieces(path, atOnce)) {
    const all = joined([held, piece]);
    if (isFirst && !isUtf8Xml(all)) throw new NotTakenApart();
    isFirst = false;
    const end = all.lastIndexOf(lineFeed) + 1;
    if (end > 0) yield textIn(all.subarray(0, end));
    held = all.slice(end);
    // A text without line ends cannot be taken apart.
    if (held.length > longest) throw new NotTakenApart();
  }
  if (isFirst) throw new NotTakenApart();
  if (held.length > 0) yield textIn(held);
}

const lineFeed = 10;

function textIn(bytes: Uint8Array): string {
  const text = utf8Text(bytes);
  if (text === undefined) throw new NotTakenApart();
  return text;
}

/** Checks whether a file begins as XML, in UTF-8 unless it declares another encoding. */
function isUtf8Xml(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, 300);
  if (!looksLikeXml(beginning) || beginning.includes(0)) return false;
  const declared = /\sencoding\s*=\s*["']([^"']*)["']/.exec(platform.bytes.latin1(beginning))?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(declared);
}
