/** Documents of NeuroML and LEMS in files that are longer than a string can be. */

import { closeSync, openSync, readSync } from 'node:fs';
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
  const descriptor = openSync(path, 'r');
  try {
    // One buffer, which begins with the unfinished last line of the previous block.
    let block = Buffer.alloc(atOnce);
    let held = 0;
    for (let isFirst = true; ; isFirst = false) {
      const count = readSync(descriptor, block, held, block.length - held, null);
      const all = block.subarray(0, held + count);
      if (isFirst && !isUtf8Xml(all)) throw new NotTakenApart();
      const end = count === 0 ? all.length : all.lastIndexOf('\n') + 1;
      const text = utf8Text(all.subarray(0, end));
      if (text === undefined) throw new NotTakenApart();
      if (end > 0) yield text;
      if (count === 0) return;
      all.copy(block, 0, end);
      held = all.length - end;
      // A text without line ends cannot be taken apart.
      if (held > longest) throw new NotTakenApart();
      if (held === block.length) block = Buffer.concat([block, Buffer.alloc(block.length)]);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Checks whether a file begins as XML, in UTF-8 unless it declares another encoding. */
function isUtf8Xml(bytes: Buffer): boolean {
  const beginning = bytes.subarray(0, 300);
  if (!looksLikeXml(beginning) || beginning.includes(0)) return false;
  const declared = /\sencoding\s*=\s*["']([^"']*)["']/.exec(beginning.toString('latin1'))?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(declared);
}
