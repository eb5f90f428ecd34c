/** Elements as XML text. */

import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { withoutControls } from '../../../../src/diagnostics/display.js';
import { longestText } from '../../../../src/xml/decode.js';

/** An element with elements or text in it. */
export interface Element {
  readonly tag: string;
  /** In the order of writing. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** More children, after the others. Children of a long list are made while they are written. */
  readonly items?: Iterable<Element>;
  /** Its text, unescaped; absent if it has no text. */
  readonly text?: string;
  /** XML text instead of all else. */
  readonly raw?: string;
  /** Lines of a comment before it. */
  readonly comment?: readonly string[];
}

/** A document. */
export interface NamedFile {
  readonly name: string;
  /** The root of the document. */
  readonly root: Element;
}

/** Returns an element without text. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Element[] = [],
): Element {
  return { tag, attributes, children };
}

/** Returns elements of a list, made anew whenever it is written. */
export const listOf = (
  indices: Iterable<number>,
  make: (index: number, ordinal: number) => Element,
): Iterable<Element> => ({
  *[Symbol.iterator]() {
    let ordinal = 0;
    for (const index of indices) yield make(index, ordinal++);
  },
});

/** Text without characters to escape. */
const plain = /^[^\0-\x1f&<>"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/;

/**
 * Characters that control a terminal or the order of text: written as references, so that no text of the file has them.
 */
const controls = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const reference = (letter: string): string => `&#${letter.charCodeAt(0)};`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Attribute text in quotes: double ones, since jLEMS reads no others. Line breaks and tabs would else be read as
 * spaces, and other control characters are not allowed in XML.
 */
function quoted(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  const escaped = allowed(text)
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)
    .replace(/[\t\n\r]/g, reference)
    .replace(controls, reference);
  return `"${escaped}"`;
}

/** Returns the characters of a text that XML allows. */
const allowed = (text: string): string =>
  [...text]
    .filter((letter) => (letter >= ' ' && !'\ufffe\uffff'.includes(letter)) || '\t\n\r'.includes(letter))
    .join('');

/** Text between tags. */
const textContent = (text: string): string =>
  allowed(text)
    .replace(/[&<>]/g, (letter) => entities[letter] ?? letter)
    .replace(controls, reference);

/** Lines of a comment, which may not have two hyphens, nor one at its end. */
const commentText = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => withoutControls(allowed(line)).replace(/-(?=-|$)/g, '- '));

/** Lines of a list that become one string at a time. */
const linesAtOnce = 1000;

/**
 * Returns a document with one root, indented by two spaces, in pieces of whole lines, which are made as they are taken.
 *
 * @param most how many of each element's `items` are written
 */
export function* xmlPieces(root: Element, most = Infinity): Generator<string> {
  let lines: string[] = [];
  for (const line of linesOf(root, '', most)) {
    lines.push(line);
    if (lines.length < linesAtOnce) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/**
 * Returns the same text in one string.
 *
 * @throws UsageError if the document is too long for one string
 */
export function xmlText(root: Element, most = Infinity): string {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of xmlPieces(root, most)) {
    length += piece.length;
    if (length > longestText)
      throw new UsageError(
        `the document is longer than ${longestText / 1e6} MB, which is too long for one string: it lists every connection`,
        'write NeuroML in HDF5 (-o NAME.net.nml.h5), use fewer connections, or a notation that has rules for them',
      );
    pieces.push(piece);
  }
  return pieces.join('');
}

function* linesOf(one: Element, indent: string, most: number): Generator<string> {
  const { tag, attributes, children, items, text = '', raw, comment } = one;
  if (comment !== undefined) yield `${indent}<!-- ${commentText(comment).join(`\n${indent}     `)} -->`;
  if (raw !== undefined) {
    yield indent + raw;
    return;
  }
  const words = Object.entries(attributes).map(([name, value]) => `${name}=${quoted(value)}`);
  const start = `${indent}<${[tag, ...words].join(' ')}`;
  if (children.length === 0 && items === undefined) {
    yield text === '' ? `${start}/>` : `${start}>${textContent(text)}</${tag}>`;
    return;
  }
  yield `${start}>`;
  for (const inner of children) yield* linesOf(inner, `${indent}  `, most);
  let count = 0;
  for (const item of items ?? []) {
    if (count++ >= most) break;
    yield* linesOf(item, `${indent}  `, most);
  }
  yield `${indent}</${tag}>`;
}
