/**
 * Text to a tree of elements. fast-xml-parser finds the document's structure after its validator has passed the text.
 * Places, attributes and long lists are our own (see `scan.ts`). There are no document types and no declared entities.
 */

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { limits } from '../../../src/diagnostics/limits.js';
import { ListedElement, SingleElement, type XmlElement } from './element.js';
import { decodeEntities } from './entities.js';
import { textOf as textWithoutLists, type CutText } from './long-text.js';
import * as messages from './messages.js';
import { scan, type ElementList } from './scan.js';
import { lastAtMost, XmlSource } from './source.js';
import { tagNameAt } from './start-tag.js';

/** The text that the library reads, and the lists left out of it. */
interface Shortened {
  readonly text: string;
  /** Offsets in `text` at which a list was cut out, ascending, and the list. */
  readonly cuts: readonly { readonly at: number; readonly list: ElementList }[];
}

/**
 * Returns the root element of a text.
 *
 * @param given without regard to its encoding declaration; a byte order mark is skipped
 * @param document its name in places
 * @returns null after an error
 * @diagnostic xml/… whatever is not well-formed, with its place; document types; undeclared entities; nesting deeper
 *   than 100
 */
export function readXml(given: string | CutText, document: string, diagnostics: Diagnostics): XmlElement | null {
  const text = textWithoutLists(given);
  const source = new XmlSource(document, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const nul = source.text.slice(0, 4000).indexOf('\u0000');
  if (nul >= 0) {
    diagnostics.add(messages.binary(), source.place(nul, nul + 1));
    return null;
  }
  const lists = scan(source, diagnostics);
  if (!lists) return null;
  const apart = typeof given === 'string' ? [] : given.lists.map((list) => list.within(document));
  const shortened = shorten(source.text, apart.length === 0 ? lists : inOrder([...lists, ...apart]));
  if (!validate(shortened, source, diagnostics)) return null;
  const tree = parse(shortened.text, source, diagnostics);
  return tree && build(tree, shortened, source);
}

/** Returns lists in the order of their places. */
const inOrder = (lists: readonly ElementList[]): readonly ElementList[] =>
  [...lists].sort((a, b) => a.start - b.start || a.end - b.end);

/** Cuts the lists out; the end of lines in them go with them. */
function shorten(text: string, lists: readonly ElementList[]): Shortened {
  const parts: string[] = [];
  const cuts: { at: number; list: ElementList }[] = [];
  let from = 0;
  let length = 0;
  for (const list of lists) {
    parts.push(text.slice(from, list.start));
    length += list.start - from;
    cuts.push({ at: length, list });
    from = list.end;
  }
  if (from === 0) return { text, cuts };
  parts.push(text.slice(from));
  return { text: parts.join(''), cuts };
}

/** Returns the offset in the document of an offset in the shortened text. */
function documentOffset({ cuts }: Shortened, offset: number): number {
  let moved = offset;
  for (const { at, list } of cuts) {
    if (at > offset) break;
    moved += list.end - list.start;
  }
  return moved;
}

function validate(shortened: Shortened, source: XmlSource, diagnostics: Diagnostics): boolean {
  // Its successor is a separate package, with the same code.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const verdict = XMLValidator.validate(shortened.text);
  if (verdict === true) return true;
  const { msg, line, col } = verdict.err;
  const inner = new XmlSource(source.document, shortened.text);
  const offset = documentOffset(shortened, inner.offset(line, col ?? 1));
  diagnostics.add(messages.malformed(msg.replace(/\.$/, '')), source.place(offset, offset + 1));
  return false;
}

type Metadata = { readonly startIndex?: number } | undefined;
/** Output of the library: `{ name: children }`, `{ '#text': … }`, and its offset under a symbol. */
type LibraryNode = Readonly<Record<string | symbol, unknown>>;

function parse(text: string, source: XmlSource, diagnostics: Diagnostics): readonly LibraryNode[] | null {
  const parser = new XMLParser({
    preserveOrder: true,
    // Attributes are read from the text with their places (start-tag.ts).
    ignoreAttributes: true,
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    captureMetaData: true,
    cdataPropName: '#cdata',
    maxNestedTags: limits.nesting + 10,
    strictReservedNames: false,
    // Names are compared, never used as keys of our own.
    onDangerousProperty: (name) => name,
  });
  try {
    return parser.parse(text) as readonly LibraryNode[];
  } catch (error) {
    diagnostics.add(messages.malformed(error instanceof Error ? error.message : String(error)), source.place(0));
    return null;
  }
}

const metadata = XMLParser.getMetaDataSymbol() as unknown as symbol;

function build(nodes: readonly LibraryNode[], shortened: Shortened, source: XmlSource): XmlElement | null {
  const starts = shortened.cuts.map(({ at }) => at);
  /** Lengths cut out before each cut's end, so offsets move by a search rather than a walk. */
  const moved: number[] = [];
  for (const { list } of shortened.cuts) moved.push((moved.at(-1) ?? 0) + list.end - list.start);
  let nextCut = 0;

  const original = (offset: number): number => {
    const cut = starts.length > 0 && starts[0]! <= offset ? lastAtMost(starts, offset) : -1;
    return cut < 0 ? offset : offset + (moved[cut] ?? 0);
  };
  /** Puts the lists that stand before `offset` into `children`. */
  const insertLists = (children: XmlElement[], parent: XmlElement, before: number): void => {
    for (; nextCut < starts.length && starts[nextCut]! <= before; nextCut++) {
      const { name, offsets, shapes, source: own = source } = shortened.cuts[nextCut]!.list;
      for (const [index, { from, shape }] of shapes.entries()) {
        const end = shapes[index + 1]?.from ?? offsets.length;
        const list = { name, source: own, parent, shape };
        for (let at = from; at < end; at++) children.push(new ListedElement(list, offsets[at]!));
      }
    }
  };
  const elementOf = (node: LibraryNode, parent: XmlElement | null): XmlElement | undefined => {
    const { startIndex, endIndex } = (node[metadata] as Metadata & { endIndex?: number }) ?? {};
    if (startIndex === undefined) return undefined;
    const offset = original(startIndex);
    const qualified = tagNameAt(source.text, offset);
    const element = new SingleElement(qualified.slice(qualified.indexOf(':') + 1), source, offset, parent);
    const content = Object.values(node)[0];
    const children: XmlElement[] = [];
    const texts: string[] = [];
    for (const child of Array.isArray(content) ? (content as readonly LibraryNode[]) : []) {
      const text = textOf(child);
      if (text !== undefined) {
        texts.push(text);
        continue;
      }
      const begin = (child[metadata] as Metadata)?.startIndex;
      if (begin !== undefined) insertLists(children, element, begin);
      const inner = elementOf(child, element);
      if (inner) children.push(inner);
    }
    // A list that begins at the end of the element is the next one of its parent.
    if (endIndex !== undefined) insertLists(children, element, endIndex - 1);
    if (children.length > 0) element.children = children;
    element.text = texts.join('').trim() === '' ? '' : texts.join('');
    return element;
  };
  for (const node of nodes) {
    const root = elementOf(node, null);
    if (root) return root;
  }
  return null;
}

/** Decoded text of a text node or CDATA section; undefined for elements. */
function textOf(node: LibraryNode): string | undefined {
  const text = node['#text'];
  if (typeof text === 'string') return decodeEntities(text);
  const section = node['#cdata'];
  if (!Array.isArray(section)) return undefined;
  return (section as readonly LibraryNode[])
    .map((part) => (typeof part['#text'] === 'string' ? part['#text'] : ''))
    .join('');
}
