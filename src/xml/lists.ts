/**
 * Long lists of elements without content, such as a network's connections. There may be millions, so they are taken out
 * of a text before it is parsed, and their elements hold only their places.
 */

import { limits } from '../diagnostics/limits.js';
import { ListedElement, type ElementShape, type XmlElement } from './element.js';
import { tagNameAt } from './tags.js';
import { lastAtMost, type XmlSource } from './source.js';

/** A list of elements `<name a="…" …/>` with only space between them. */
interface ElementList {
  /** Of all its elements. */
  readonly name: string;
  /** Names of the elements' attributes in order, each from the index of the first element that has them. */
  readonly shapes: readonly { readonly from: number; readonly shape: ElementShape }[];
  /** Offset of each element. */
  readonly offsets: readonly number[];
  /** Offsets after the first element and after the last. */
  readonly rest: readonly [start: number, end: number];
}

/** Elements of shorter lists are like any other. */
const shortestList = 100;

/** A text in which only the first element of each long list stands for the list. */
export interface ShortenedText {
  readonly text: string;
  /** By the offset of their first element in the whole text. */
  readonly lists: ReadonlyMap<number, ElementList>;
  /** Returns the offset in the whole text of an offset in the shortened one. */
  readonly original: (offset: number) => number;
}

/** Returns a text without the rest of its long lists. */
export function withoutLists(text: string): ShortenedText {
  const lists = listsIn(text);
  const starts = [0, ...lists.map(({ rest }) => rest[1])];
  const parts = starts.map((start, index) => text.slice(start, lists[index]?.rest[0]));
  const cuts = [0];
  const missing = [0];
  for (const { rest } of lists) {
    const before = missing.at(-1) ?? 0;
    cuts.push(rest[0] - before);
    missing.push(before + rest[1] - rest[0]);
  }
  return {
    text: parts.join(''),
    lists: new Map(lists.map((list) => [list.offsets[0] ?? 0, list])),
    original: (offset) => offset + (missing[lastAtMost(cuts, offset)] ?? 0),
  };
}

/** Returns the long lists of a text in order. They may be in a comment. */
function listsIn(text: string): readonly ElementList[] {
  const lists: ElementList[] = [];
  // The content of a CDATA section is text.
  if (text.includes('<![CDATA[')) return lists;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const list = listAt(text, at);
    if (!list) continue;
    lists.push(list);
    at = list.rest[1] - 1;
  }
  return lists;
}

/** Returns the elements of a list. */
export function elementsOf(list: ElementList, source: XmlSource, parent: XmlElement): readonly ListedElement[] {
  const { name, shapes, offsets } = list;
  return shapes.flatMap(({ from, shape }, index) => {
    const kind = { name, source, parent, shape };
    return offsets.slice(from, shapes[index + 1]?.from).map((offset) => new ListedElement(kind, offset));
  });
}

/** Returns the long list that begins with the `<` at `at`, or undefined if there is none. */
function listAt(text: string, at: number): ElementList | undefined {
  const name = tagNameAt(text, at);
  if (name === '') return undefined;
  // Cheap refusal first: as many tags of the same name must follow.
  for (let count = 1, next = at; count < shortestList; count++) {
    next = text.indexOf('<', next + 1);
    if (next < 0 || !text.startsWith(name, next + 1)) return undefined;
  }
  const offsets: number[] = [];
  const rest: [number, number] = [at, at];
  let pattern: RegExp | undefined;
  const shapes: { from: number; shape: ElementShape }[] = [];
  for (let next = at; next >= 0; next = followedBy(text, rest[1], name)) {
    if (pattern) pattern.lastIndex = next;
    if (!pattern?.test(text)) {
      const shape = shapeOf(text, next, name);
      if (!shape) break;
      pattern = elementOfShape(name, shape);
      pattern.lastIndex = next;
      if (!pattern.test(text)) break;
      shapes.push({ from: offsets.length, shape });
    }
    offsets.push(next);
    rest[1] = pattern.lastIndex;
    if (offsets.length === 1) rest[0] = rest[1];
  }
  return offsets.length < shortestList ? undefined : { name, shapes, offsets, rest };
}

/** Offset of the next start tag of that name, when only space is before it; -1 otherwise. */
function followedBy(text: string, from: number, name: string): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at++;
  if (text.charCodeAt(at) !== 60 || !text.startsWith(name, at + 1)) return -1;
  const after = text.charCodeAt(at + 1 + name.length);
  return after <= 32 || after === 47 ? at : -1;
}

const attribute = `([A-Za-z_][\\w.-]*)\\s*=\\s*(?:"[^"<&\\t\\r\\n]*"|'[^'<&\\t\\r\\n]*')`;
const attributes = new RegExp(`(?:\\s+${attribute})*\\s*/>`, 'y');

/**
 * Returns the names of the attributes of the element at `at` in order. Returns undefined when the element has content,
 * a reference or a line break in a value, or an attribute twice. Its values are as written, so they need no decoding.
 */
function shapeOf(text: string, at: number, name: string): ElementShape | undefined {
  attributes.lastIndex = at + 1 + name.length;
  const written = attributes.exec(text)?.[0];
  if (written === undefined || !/^[A-Za-z_][\w.-]*$/.test(name)) return undefined;
  const names = [...written.matchAll(new RegExp(attribute, 'g'))].map(([, found = '']) => found);
  return names.length > limits.attributes || new Set(names).size < names.length ? undefined : names;
}

/** Returns the pattern of elements with a name and attributes. */
function elementOfShape(name: string, shape: ElementShape): RegExp {
  const escaped = (text: string): string => text.replaceAll('.', '\\.');
  const written = shape.map((key) => `\\s+${attribute.replace(/\(.*?\)/, escaped(key))}`);
  return new RegExp(`<${escaped(name)}${written.join('')}\\s*/>`, 'y');
}
