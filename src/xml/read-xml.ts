/**
 * Text to a tree of elements, by fast-xml-parser: its validator judges the text, its parser builds the tree. There are
 * no document types and no declared entities.
 */

import { XMLParser } from 'fast-xml-parser';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { limits } from '../diagnostics/limits.js';
import { emptyAttributes, localName, SingleElement, type XmlElement } from './element.js';
import { decodeEntities } from './entities.js';
import { elementsOf, withoutLists, type ShortenedText } from './lists.js';
import * as messages from './messages.js';
import { mistakeAfterRoot, mistakeIn, secondRoot, type Mistake } from './mistakes.js';
import { XmlSource } from './source.js';
import { attributeRanges } from './tags.js';

/** A part of the parser's tree: its name is the key of its content, beside the attributes. */
interface ParsedNode {
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly '#text'?: string;
  readonly '#cdata'?: readonly [{ readonly '#text': string }];
  readonly [element: `<${string}`]: readonly ParsedNode[];
  readonly [metadata]?: { readonly startIndex: number; readonly endIndex: number };
}

const metadata: unique symbol = XMLParser.getMetaDataSymbol() as never;

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  ignoreAttributes: false,
  jPath: false,
  maxNestedTags: Infinity,
  cdataPropName: '#cdata',
  // With these signs no name is one that JavaScript or the parser reserves.
  attributeNamePrefix: '@',
  transformTagName: (name) => (name.startsWith('<') ? name : `<${name}`),
  // Space between elements is no text.
  tagValueProcessor: (_, text) => (text.trim() === '' ? '' : decodeEntities(text)),
});

/**
 * Returns the root element of a text.
 *
 * @param given without regard to its encoding declaration; a byte order mark is skipped
 * @param document its name in places
 * @returns null after an error
 * @diagnostic xml/… the first mistake, with its place; document types; undeclared entities; nesting deeper than 100
 */
export function readXml(given: string, document: string, diagnostics: Diagnostics): XmlElement | null {
  const source = new XmlSource(document, given.charCodeAt(0) === 0xfeff ? given.slice(1) : given);
  const shortened = withoutLists(source.text);
  const { text, lists, original } = shortened;
  let mistake = mistakeIn(text);
  if (!mistake) {
    const [top] = parser.parse(text) as readonly ParsedNode[];
    const { startIndex = 0, endIndex = 0 } = top?.[metadata] ?? {};
    // A list has no place outside the root.
    mistake = lists.has(startIndex) ? secondRoot(text, startIndex) : mistakeAfterRoot(text, endIndex);
    const root = top && elementOf(top, null, 1, { source, shortened, refuse: (finding) => (mistake ??= finding) });
    if (!mistake && root) return root;
  }
  if (!mistake) return null;
  const { finding, start, end, related } = mistake;
  const place = (from: number, to: number): Place => source.place(original(from), original(to));
  const others = related && [{ message: related.message, place: place(related.start, related.end) }];
  diagnostics.add({ ...finding, ...(others ? { related: others } : {}) }, place(start, end));
  return null;
}

/** What elements are made from. */
interface Parsed {
  readonly source: XmlSource;
  readonly shortened: ShortenedText;
  /** Takes a mistake, after which the tree is not used. */
  readonly refuse: (mistake: Mistake) => void;
}

/** Returns an element with its content, or without it beyond the limits of a document. */
function elementOf(node: ParsedNode, parent: XmlElement | null, depth: number, parsed: Parsed): XmlElement {
  const { text, lists, original } = parsed.shortened;
  const { startIndex: start, endIndex } = node[metadata] ?? { startIndex: 0, endIndex: 0 };
  const key = Object.keys(node)[0] as `<${string}`;
  const given = node[':@'] ?? {};
  const element = new SingleElement(
    localName(key.slice(1)),
    ownAttributes(given),
    parsed.source,
    original(start),
    original(endIndex),
    parent,
  );
  if (depth > limits.nesting) {
    parsed.refuse({ finding: messages.tooDeep(limits.nesting), start, end: start + key.length });
    return element;
  }
  if (Object.keys(given).length > limits.attributes) {
    const { name, start: first } = attributeRanges(text, start)[limits.attributes]!;
    const finding = messages.tooManyAttributes(key.slice(1), limits.attributes);
    parsed.refuse({ finding, start: first, end: first + name.length });
  }
  const children: XmlElement[] = [];
  for (const inner of node[key] ?? []) {
    const cdata = inner['#cdata'];
    const list = inner[metadata] && lists.get(original(inner[metadata].startIndex));
    if (inner['#text'] !== undefined) element.text += inner['#text'];
    else if (cdata) element.text += cdata[0]['#text'];
    else if (list) for (const one of elementsOf(list, parsed.source, element)) children.push(one);
    else children.push(elementOf(inner, element, depth + 1, parsed));
  }
  if (children.length > 0) element.children = children;
  return element;
}

/** Returns attributes by local name, decoded, without those of other namespaces. */
function ownAttributes(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const attributes = emptyAttributes();
  for (const [key, value] of Object.entries(given)) {
    if (/^@(?:xmlns$|xmlns:|xsi:|xml:)/.test(key)) continue;
    // Line breaks and tabs in a value are spaces (XML 1.0, section 3.3.3).
    attributes[localName(key.slice(1))] = decodeEntities(value.replace(/[\t\n]/g, ' '));
  }
  return attributes;
}
