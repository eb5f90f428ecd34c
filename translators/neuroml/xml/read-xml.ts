/**
 * Text to a tree of elements. The scan finds elements with their places; fast-xml-parser's validator judges what the
 * scan took. There are no document types and no declared entities.
 */

import { XMLValidator } from 'fast-xml-parser';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { XmlElement } from './element.js';
import * as messages from './messages.js';
import { scan, type ScannedText } from './scan.js';
import { XmlSource } from './source.js';

/**
 * Returns the root element of a text.
 *
 * @param given without regard to its encoding declaration; a byte order mark is skipped
 * @param document its name in places
 * @returns null after an error
 * @diagnostic xml/… whatever is not well-formed, with its place; document types; undeclared entities; nesting deeper
 *   than 100
 */
export function readXml(given: string, document: string, diagnostics: Diagnostics): XmlElement | null {
  const source = new XmlSource(document, given.charCodeAt(0) === 0xfeff ? given.slice(1) : given);
  const nul = source.text.slice(0, 4000).indexOf('\u0000');
  if (nul >= 0) {
    diagnostics.add(messages.binary(), source.place(nul, nul + 1));
    return null;
  }
  const scanned = scan(source, diagnostics);
  return scanned && isWellFormed(scanned, source, diagnostics) ? scanned.root : null;
}

function isWellFormed({ withoutLists }: ScannedText, source: XmlSource, diagnostics: Diagnostics): boolean {
  // Only the whole text has the place of a mistake.
  const verdict = validate(withoutLists) === true || validate(source.text);
  if (verdict === true) return true;
  const { msg, line, col } = verdict.err;
  const offset = source.offset(line, col ?? 1);
  diagnostics.add(messages.malformed(msg.replace(/\.$/, '')), source.place(offset, offset + 1));
  return false;
}

// Its successor is a separate package, with the same code.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const validate = (text: string): ReturnType<typeof XMLValidator.validate> => XMLValidator.validate(text);
