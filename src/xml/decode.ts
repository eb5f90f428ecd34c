/** Bytes of an XML document to text, by its byte order mark, its first character or its first line, else UTF-8. */

import { platform } from '#platform';
import type { Finding } from '../diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** The longest text that is held as one string, in characters: engines of JavaScript have no longer ones. */
export const longestText = 500_000_000;

/** A text with a finding on its bytes, or the reason for a refusal. */
type DecodedXml = { readonly text: string; readonly finding?: Finding } | { readonly refused: Finding };

/** Checks whether the bytes of a file look like XML: markup, after a byte order mark and space. */
export function looksLikeXml(bytes: Uint8Array): boolean {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes.subarray(0, 400)).trimStart().startsWith('<');
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && [9, 10, 13, 32].includes(bytes[at] ?? 0)) at++;
  return bytes[at] === 60;
}

function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // Without a byte order mark the first character tells: it is a `<`.
  if (bytes[0] === 60 && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] === 60 ? 'utf-16be' : undefined;
}

/**
 * Decodes a document. Bytes that are not UTF-8 are read as Latin-1, with a warning, because model repositories hold
 * files with Latin-1 accents in comments.
 *
 * @diagnostic xml/not-utf-8 (a warning), xml/unknown-encoding
 */
export function decodeXml(bytes: Uint8Array): DecodedXml {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { text: new TextDecoder(wide).decode(bytes) };
  const { isAscii, isUtf8, latin1: latin1Text, utf8 } = platform.bytes;
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/
    .exec(latin1Text(bytes.subarray(0, 300)))?.[1]
    ?.toLowerCase();
  if (declared !== undefined && !encodings.includes(declared)) return { refused: messages.unknownEncoding(declared) };
  const latin = declared !== undefined && latin1.includes(declared);
  // Text of one byte a character takes half the memory, which counts in networks of a million connections.
  if (latin || isAscii(bytes)) return { text: latin1Text(bytes) };
  if (isUtf8(bytes)) return { text: utf8(bytes).replace(/^\ufeff/, '') };
  return { text: latin1Text(bytes), finding: messages.notUtf8() };
}

const latin1 = ['iso-8859-1', 'latin1', 'latin-1', 'iso8859-1', 'iso_8859-1', 'windows-1252'];
const encodings = ['utf-8', 'utf8', 'us-ascii', 'ascii', 'utf-16', ...latin1];
