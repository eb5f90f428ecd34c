/**
 * A first look at a text: everything about well-formedness whose place matters, and long lists of elements without
 * content.
 *
 * The library that reads XML takes the place of elements only, so unclosed and mismatched tags are found here,
 * with their lines; it would also need gigabytes for a network of a million connections. Lists of simple elements of
 * one kind, which are what makes documents large, are recognised here, strictly, and left out of what the library
 * reads.
 */

import type { Diagnostics, Finding } from '../../../src/diagnostics/diagnostic.js';
import { referenceLength } from './entities.js';
import * as messages from './messages.js';
import { tagNameAt } from './start-tag.js';
import type { XmlSource } from './source.js';

/** Nesting that is read; models have ten levels. */
export const deepestNesting = 100;

/** Names of the attributes of a kind of element, in the order in which they are written. */
export type ElementShape = readonly string[];

/** A list of elements `<name a="…" …/>` with nothing but space between them. */
export interface ElementList {
  /** Of all its elements. */
  readonly name: string;
  /** Shapes of the elements, each from the index of the first that has it. */
  readonly shapes: readonly { readonly from: number; readonly shape: ElementShape }[];
  /** Where the first begins and where the last ends. */
  readonly start: number;
  /** Offset after the last. */
  readonly end: number;
  /** Offset of each. */
  readonly offsets: Uint32Array;
}

/** Lists shorter than this are left to the library. */
const shortestList = 100;

interface Scan {
  readonly source: XmlSource;
  readonly text: string;
  readonly diagnostics: Diagnostics;
  readonly open: { readonly name: string; readonly offset: number }[];
  readonly lists: ElementList[];
  roots: number;
}

/**
 * Checks a text and finds its lists.
 *
 * @returns null after an error
 * @diagnostic xml/unclosed-element, xml/mismatched-tag, xml/unopened-tag, xml/unfinished, xml/document-type,
 *   xml/unknown-entity,
 *   xml/too-deep, xml/second-root, xml/text-outside, xml/empty
 */
export function scan(source: XmlSource, diagnostics: Diagnostics): readonly ElementList[] | null {
  const { text } = source;
  const state: Scan = { source, text, diagnostics, open: [], lists: [], roots: 0 };
  const before = diagnostics.list.length;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    if (!checkText(state, at, next < 0 ? text.length : next)) return null;
    if (next < 0) break;
    at = markup(state, next);
    if (at < 0) return null;
  }
  const unclosed = state.open.at(-1);
  if (unclosed)
    refuse(state, messages.unclosedElement(unclosed.name), unclosed.offset, unclosed.offset + 1 + unclosed.name.length);
  else if (state.roots === 0) refuse(state, messages.emptyText(), 0);
  return diagnostics.list.length > before ? null : state.lists;
}

/** Adds a finding; the negative number ends the scan. */
function refuse({ source, diagnostics }: Scan, finding: Finding, start: number, end = start + 1): -1 {
  diagnostics.add(finding, source.place(start, end));
  return -1;
}

/** Checks the references in a range, and that there is text only within the root. */
function checkText(state: Scan, start: number, end: number): boolean {
  const { text } = state;
  if (state.open.length === 0) {
    for (let at = start; at < end; at++) {
      if (text.charCodeAt(at) > 32) return refuse(state, messages.textOutside(), at, end) > 0;
    }
  }
  return checkReferences(state, start, end);
}

function checkReferences(state: Scan, start: number, end: number): boolean {
  const { text } = state;
  // Most ranges are a few spaces: look for the sign only within them.
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) !== 38) continue;
    const length = referenceLength(text, at);
    if (length === 0) {
      const found = /^&[^\s<&;"']{0,30};?/.exec(text.slice(at, at + 40))?.[0] ?? '&';
      // What follows can be read all the same: each such reference is said.
      refuse(state, messages.unknownEntity(found), at, at + found.length);
    }
    at += Math.max(length, 1) - 1;
  }
  return true;
}

/** Passes what begins with the `<` at `at`. @returns where to go on; -1 after an error */
function markup(state: Scan, at: number): number {
  const { text } = state;
  switch (text[at + 1]) {
    case '!':
      if (text.startsWith('<!--', at)) return passed(state, at, '-->', 4, 'this comment');
      if (text.startsWith('<![CDATA[', at)) return passed(state, at, ']]>', 9, 'this CDATA section');
      if (/^<!DOCTYPE/i.test(text.slice(at, at + 9))) return refuse(state, messages.documentType(), at, at + 9);
      return refuse(state, messages.malformed('"<!" starts neither a comment nor a CDATA section'), at, at + 2);
    case '?':
      return passed(state, at, '?>', 2, 'this processing instruction');
    case '/':
      return closingTag(state, at);
    default:
      return startTag(state, at);
  }
}

function passed(state: Scan, at: number, end: string, skip: number, what: string): number {
  const stop = state.text.indexOf(end, at + skip);
  return stop < 0 ? refuse(state, messages.unfinished(what), at, at + skip) : stop + end.length;
}

function closingTag(state: Scan, at: number): number {
  const { text, open } = state;
  const stop = text.indexOf('>', at);
  if (stop < 0) return refuse(state, messages.unfinished('this tag'), at, at + 2);
  const name = text.slice(at + 2, stop).trim();
  const last = open.pop();
  if (!last) return refuse(state, messages.unopenedTag(name), at, stop + 1);
  if (last.name === name) return stop + 1;
  const { source, diagnostics } = state;
  // A tag that closes an element farther out means that the inner one is not closed.
  const outer = open.some((element) => element.name === name);
  const finding = outer
    ? { ...messages.unclosedElement(last.name), found: `</${name}>` }
    : messages.mismatchedTag(last.name, name);
  const opened = source.place(last.offset, last.offset + 1 + last.name.length);
  const closed = source.place(at, stop + 1);
  diagnostics.add(
    {
      ...finding,
      related: [outer ? { message: 'closed here', place: closed } : { message: 'opened here', place: opened }],
    },
    outer ? opened : closed,
  );
  return -1;
}

function startTag(state: Scan, at: number): number {
  const { text, open } = state;
  const name = tagNameAt(text, at);
  if (!/^[A-Za-z_\u0080-\uffff][^<>"'&=]*$/.test(name))
    return refuse(state, messages.malformed('"<" is not followed by a name'), at, at + 1 + name.length);
  if (reserved.has(name)) return refuse(state, messages.reservedName(name), at, at + 1 + name.length);
  if (open.length === 0 && state.roots++ > 0) return refuse(state, messages.twoRoots(name), at, at + 1 + name.length);
  if (open.length > 0) {
    const end = list(state, at, name);
    if (end > 0) return end;
  }
  const stop = endOfTag(text, at + 1 + name.length);
  if (stop < 0) return refuse(state, messages.unfinishedTag(name, stop === runsOn), at, at + 1 + name.length);
  if (!checkReferences(state, at + 1, stop)) return -1;
  if (text[stop - 1] === '/') return stop + 1;
  open.push({ name, offset: at });
  return open.length > deepestNesting
    ? refuse(state, messages.tooDeep(deepestNesting), at, at + 1 + name.length)
    : stop + 1;
}

/** Names that the library does not read, since objects of the language have them. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Another tag begins before one ends. */
const runsOn = -2;

/**
 * Offset of the `>` that ends a tag, quotes passed; -1 where the text ends before, `runsOn` where another tag begins.
 */
function endOfTag(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 62) return at;
    if (Number.isNaN(code)) return -1;
    if (code === 60) return runsOn;
    if (code === 34 || code === 39) {
      at = text.indexOf(code === 34 ? '"' : "'", at + 1);
      if (at < 0) return -1;
    }
    at++;
  }
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const simpleName = /^[A-Za-z_][\w.-]*$/;

/**
 * The pattern of elements with the same name and attributes as the one at `at`, in the same order; undefined when it
 * has content, a reference or a line break in a value, or an attribute twice. An element that fits is well-formed, and
 * its values are as written, so nothing else needs to look at it.
 */
function patternOf(
  text: string,
  at: number,
  name: string,
): { readonly regexp: RegExp; readonly shape: ElementShape } | undefined {
  const first = /\s*((?:[A-Za-z_][\w.-]*\s*=\s*(?:"[^"<&\t\r\n]*"|'[^'<&\t\r\n]*')\s*)*)\/>/y;
  first.lastIndex = at + 1 + name.length;
  const match = first.exec(text);
  if (!match || !simpleName.test(name)) return undefined;
  const names = [...(match[1] ?? '').matchAll(/([A-Za-z_][\w.-]*)\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(
    ([, attribute]) => attribute ?? '',
  );
  if (new Set(names).size < names.length) return undefined;
  const attributes = names
    .map((attribute) => `\\s+${escaped(attribute)}\\s*=\\s*(?:"[^"<&\\t\\r\\n]*"|'[^'<&\\t\\r\\n]*')`)
    .join('');
  return { regexp: new RegExp(`<${escaped(name)}${attributes}\\s*/>`, 'y'), shape: names };
}

/** Finds a long list that begins at `at`. @returns where it ends, or -1 when there is none */
function list(state: Scan, at: number, name: string): number {
  const { text, lists } = state;
  // Cheap refusal first: as many tags of the same name must follow.
  for (let count = 1, next = at; count < shortestList; count++) {
    next = text.indexOf('<', next + 1);
    if (next < 0 || !text.startsWith(name, next + 1)) return -1;
  }
  let offsets = new Uint32Array(shortestList);
  let count = 0;
  let end = at;
  let pattern: RegExp | undefined;
  const shapes: { from: number; shape: ElementShape }[] = [];
  for (let next = at; next >= 0;) {
    if (pattern) pattern.lastIndex = next;
    if (!pattern?.test(text)) {
      const found = patternOf(text, next, name);
      if (!found) break;
      pattern = found.regexp;
      pattern.lastIndex = next;
      if (!pattern.test(text)) break;
      shapes.push({ from: count, shape: found.shape });
    }
    if (count === offsets.length) {
      const grown = new Uint32Array(count * 2);
      grown.set(offsets);
      offsets = grown;
    }
    offsets[count++] = next;
    end = pattern.lastIndex;
    next = followedBy(text, end, name);
  }
  if (count < shortestList) return -1;
  lists.push({ name, shapes, start: at, end, offsets: offsets.slice(0, count) });
  return end;
}

/** Offset of the next start tag of that name, when only space is before it; -1 otherwise. */
function followedBy(text: string, from: number, name: string): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at++;
  if (text.charCodeAt(at) !== 60 || !text.startsWith(name, at + 1)) return -1;
  const after = text.charCodeAt(at + 1 + name.length);
  return after <= 32 || after === 47 ? at : -1;
}
