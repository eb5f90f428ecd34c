/**
 * Text to a tree of elements, with all checks of well-formedness.
 *
 * Lists of simple elements of one kind make documents large: a network has millions of connections. They are recognised
 * strictly, and their elements hold only their places.
 */

import type { Diagnostics, Finding } from '../../../src/diagnostics/diagnostic.js';
import { editDistance } from '../../../src/diagnostics/suggest.js';
import { limits } from '../../../src/diagnostics/limits.js';
import { checkAttributes } from './attributes.js';
import { ListedElement, SingleElement, type ElementShape, type XmlElement } from './element.js';
import { decodeEntities, referenceLength } from './entities.js';
import * as messages from './messages.js';
import { tagNameAt, xmlName } from './start-tag.js';
import type { XmlSource } from './source.js';

/** A list of elements `<name a="…" …/>` with only space between them. */
interface ElementList {
  /** Of all its elements. */
  readonly name: string;
  /** Shapes of the elements, each from the index of the first that has it. */
  readonly shapes: readonly { readonly from: number; readonly shape: ElementShape }[];
  /** Offset after the last. */
  readonly end: number;
  /** Offset of each. */
  readonly offsets: Uint32Array;
}

/** After so many mistakes the rest of a text is not read. */
const mostMistakes = 100;

/** Elements of shorter lists are like any other. */
const shortestList = 100;

interface OpenElement {
  /** With its prefix. */
  readonly name: string;
  readonly offset: number;
  readonly element: SingleElement;
  readonly children: XmlElement[];
  readonly texts: string[];
  /** Whether it has content for certain: its tag may lack the end that would tell. */
  readonly certain: boolean;
}

interface Scan {
  readonly source: XmlSource;
  readonly text: string;
  readonly diagnostics: Diagnostics;
  readonly open: OpenElement[];
  /** Names of elements that were taken to be closed by a tag of another name. */
  readonly closedOtherwise: Set<string>;
  /** Where the lists begin and end, in order. */
  readonly lists: (readonly [start: number, end: number])[];
  /** The first element outside of any other. */
  root: XmlElement | null;
  mistakes: number;
}

/** The tree of a text. */
export interface ScannedText {
  readonly root: XmlElement;
  /** The text without its lists, whose elements are known to be well-formed. */
  readonly withoutLists: string;
}

/**
 * Returns the elements of a text. After a mistake the scan goes on as if it were corrected, so that all are found.
 *
 * @returns null after an error
 * @diagnostic xml/… tags that are not closed, not opened or do not match, findings of `attributes.ts`, document types,
 *   undeclared entities, deep nesting, several roots, text outside the root, an empty text
 */
export function scan(source: XmlSource, diagnostics: Diagnostics): ScannedText | null {
  const { text } = source;
  const state: Scan = {
    ...{ source, text, diagnostics },
    ...{ open: [], closedOtherwise: new Set(), lists: [], root: null, mistakes: 0 },
  };
  for (let at = 0; at < text.length && state.mistakes < mostMistakes;) {
    const next = text.indexOf('<', at);
    checkText(state, at, next < 0 ? text.length : next);
    if (next < 0) break;
    at = markup(state, next);
    if (at < 0) return null;
  }
  // Elements around the innermost one are not closed because the text ends there.
  const unclosed = state.open.findLast(({ certain }) => certain);
  if (unclosed) refuse(state, messages.unclosedElement(unclosed.name), ...nameRange(unclosed));
  else if (state.root === null && state.mistakes === 0) refuse(state, messages.emptyText(), 0);
  const { root, lists } = state;
  return state.mistakes > 0 || root === null ? null : { root, withoutLists: without(text, lists) };
}

/** Returns a text without ranges of it. */
function without(text: string, ranges: Scan['lists']): string {
  const starts = [0, ...ranges.map(([, end]) => end)];
  return starts.map((start, k) => text.slice(start, ranges[k]?.[0])).join('');
}

/** Adds a finding; the negative number ends the scan. */
function refuse(state: Scan, finding: Finding, start: number, end = start + 1): -1 {
  state.mistakes++;
  state.diagnostics.add(finding, () => state.source.place(start, end));
  return -1;
}

/** From the `<` of a start tag to the end of its name. */
const nameRange = ({ name, offset }: OpenElement): readonly [number, number] => [offset, offset + 1 + name.length];

/** Takes the text in a range, which may be only within the root. */
function checkText(state: Scan, start: number, end: number): void {
  const { text, open } = state;
  let at = start;
  while (at < end && text.charCodeAt(at) <= 32) at++;
  if (at === end) return;
  if (open.length === 0) return void refuse(state, messages.textOutside(), at, end);
  checkReferences(state, at, end);
  open.at(-1)?.texts.push(decodeEntities(text.slice(start, end)));
}

function checkReferences(state: Scan, start: number, end: number): void {
  const { text } = state;
  // Most ranges are a few spaces: look for the sign only within them.
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) !== 38) continue;
    const length = referenceLength(text, at);
    if (length === 0) {
      const found = /^&[^\s<&;"']{0,30};?/.exec(text.slice(at, at + 40))?.[0] ?? '&';
      refuse(state, messages.unknownEntity(found), at, at + found.length);
    }
    at += Math.max(length, 1) - 1;
  }
}

/**
 * Passes the markup that begins with the `<` at `at`.
 *
 * @returns the next position; -1 if the rest cannot be read
 */
function markup(state: Scan, at: number): number {
  const { text } = state;
  switch (text[at + 1]) {
    case '!':
      if (text.startsWith('<!--', at)) return passed(state, at, '-->', 4, 'this comment');
      if (text.startsWith('<![CDATA[', at)) {
        const end = passed(state, at, ']]>', 9, 'this CDATA section');
        if (end > 0) state.open.at(-1)?.texts.push(text.slice(at + 9, end - 3));
        return end;
      }
      if (/^<!DOCTYPE/i.test(text.slice(at, at + 9))) return refuse(state, messages.documentType(), at, at + 9);
      return refuse(state, messages.unknownMarkup(), at, at + 2);
    case '?':
      if (/^<\?xml\s/.test(text.slice(at, at + 6)) && text.slice(0, at).trim() !== '')
        return refuse(state, messages.lateDeclaration(), at, at + 5);
      return passed(state, at, '?>', 2, 'this processing instruction');
    case '/':
      return closingTag(state, at);
    default:
      return startTag(state, at);
  }
}

function passed(state: Scan, at: number, end: string, skip: number, what: string): number {
  const stop = state.text.indexOf(end, at + skip);
  return stop < 0 ? refuse(state, messages.unfinished(what, end), at, at + skip) : stop + end.length;
}

const closing = /<\/([^<>]*)(>?)/y;

function closingTag(state: Scan, at: number): number {
  const { text, open, source, closedOtherwise } = state;
  closing.lastIndex = at;
  const [written = '', inner = '', sign] = closing.exec(text) ?? [];
  const name = inner.trim();
  const stop = at + written.trimEnd().length;
  if (sign === '') refuse(state, messages.unfinishedClosing(/^\S*/.exec(name)?.[0] ?? ''), at, stop);
  if (sign === '' && stop === text.length) return -1;
  if (open.at(-1)?.name === name || sign === '') {
    const closed = open.pop();
    if (closed) finish(closed, stop);
    return stop;
  }
  /** Says it of the closing tag, or of the opening one, with the other as a related place. */
  const report = (finding: Finding, element: OpenElement, ofOpening: boolean, message: string): void => {
    if (!element.certain) return;
    const [opening, closing] = [nameRange(element), [at, stop] as const];
    const [own, other] = ofOpening ? [opening, closing] : [closing, opening];
    refuse(state, { ...finding, related: [{ message, place: source.place(...other) }] }, ...own);
  };
  const meant = elementMeant(open, name, text, stop);
  const last = open.at(-1);
  if (meant < 0 || last === undefined) {
    // An element that was treated as closed by another tag is not closed a second time.
    if (closedOtherwise.delete(name)) return stop;
    if (last) report(messages.unopenedTag(name), last, false, `${last.name} is open here`);
    else refuse(state, messages.unopenedTag(name), at, stop);
    return stop;
  }
  const [outer, ...inside] = open.splice(meant);
  if (outer) finish(outer, stop);
  for (const element of inside)
    report(messages.unclosedBefore(element.name, name), element, true, `</${name}> is here`);
  if (outer && outer.name !== name) {
    report(messages.mismatchedTag(outer.name, name), outer, false, `${outer.name} is opened here`);
    if (!isSimilar(outer.name, name)) closedOtherwise.add(outer.name);
  }
  return stop;
}

/**
 * Returns the index of the open element meant by a closing tag that does not name the innermost one. It is the element
 * that the tag names or may misspell, otherwise the innermost one unless that has its own closing tag. Returns -1 if
 * there is none.
 */
function elementMeant(open: readonly OpenElement[], name: string, text: string, stop: number): number {
  const innermost = open.length - 1;
  const similar = open.findLastIndex((element) => isSimilar(element.name, name));
  const named = open.findLastIndex((element) => element.name === name);
  if (named >= 0) return similar === innermost && isClosedAfter(text, stop, name) ? similar : named;
  if (similar >= 0) return similar;
  return isClosedAfter(text, stop, open[innermost]?.name ?? '') ? -1 : innermost;
}

/** Checks whether the next tag of that name after an offset is a closing one. */
function isClosedAfter(text: string, from: number, name: string): boolean {
  const next = new RegExp(`<(/?)${escaped(name)}[\\s/>]`, 'g');
  next.lastIndex = from;
  return next.exec(text)?.[1] === '/';
}

/** Checks whether one of two names may be a slip for the other. */
const isSimilar = (one: string, other: string): boolean => editDistance(one, other, 2) <= 2;

function startTag(state: Scan, at: number): number {
  const { text, open, source } = state;
  const name = tagNameAt(text, at);
  if (!xmlName.test(name)) {
    refuse(state, messages.strayLessThan(), at);
    return at + 1;
  }
  const parent = open.at(-1);
  if (parent) {
    const list = listAt(text, at, name);
    if (list) {
      addList(list, parent, source);
      state.lists.push([at, list.end]);
      return list.end;
    }
  } else if (state.root !== null) refuse(state, messages.twoRoots(name), at, at + 1 + name.length);
  const tag = checkAttributes(source, at, name, (finding, start, end) => refuse(state, finding, start, end));
  checkReferences(state, at + 1, tag.end);
  if (!tag.closed && tag.end === text.length) return -1;
  const element = new SingleElement(name.slice(name.indexOf(':') + 1), source, at, tag.end, parent?.element ?? null);
  parent?.children.push(element);
  state.root ??= element;
  if (tag.empty) return tag.end;
  open.push({ name, offset: at, element, children: [], texts: [], certain: tag.closed });
  return open.length > limits.nesting
    ? refuse(state, messages.tooDeep(limits.nesting), at, at + 1 + name.length)
    : tag.end;
}

/** Gives an element its content. */
function finish({ element, children, texts }: OpenElement, end: number): void {
  element.end = end;
  if (children.length > 0) element.children = children;
  element.text = texts.join('');
}

function addList({ name, shapes, offsets }: ElementList, { element, children }: OpenElement, source: XmlSource): void {
  for (const [index, { from, shape }] of shapes.entries()) {
    const list = { name, source, parent: element, shape };
    const end = shapes[index + 1]?.from ?? offsets.length;
    for (let at = from; at < end; at++) children.push(new ListedElement(list, offsets[at] ?? 0));
  }
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const simpleName = /^[A-Za-z_][\w.-]*$/;

/**
 * Returns the pattern of elements with the same name and attributes as the one at `at`, in the same order. Returns
 * undefined when it has content, a reference or a line break in a value, or an attribute twice. An element that fits is
 * well-formed, and its values are as written, so it needs no further check.
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
  if (names.length > limits.attributes || new Set(names).size < names.length) return undefined;
  const attributes = names
    .map((attribute) => `\\s+${escaped(attribute)}\\s*=\\s*(?:"[^"<&\\t\\r\\n]*"|'[^'<&\\t\\r\\n]*')`)
    .join('');
  return { regexp: new RegExp(`<${escaped(name)}${attributes}\\s*/>`, 'y'), shape: names };
}

/** Returns the long list that begins with the `<` at `at`, or undefined if there is none. */
function listAt(text: string, at: number, name: string): ElementList | undefined {
  // Cheap refusal first: as many tags of the same name must follow.
  for (let count = 1, next = at; count < shortestList; count++) {
    next = text.indexOf('<', next + 1);
    if (next < 0 || !text.startsWith(name, next + 1)) return undefined;
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
  return count < shortestList ? undefined : { name, shapes, end, offsets: offsets.slice(0, count) };
}

/** Offset of the next start tag of that name, when only space is before it; -1 otherwise. */
function followedBy(text: string, from: number, name: string): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at++;
  if (text.charCodeAt(at) !== 60 || !text.startsWith(name, at + 1)) return -1;
  const after = text.charCodeAt(at + 1 + name.length);
  return after <= 32 || after === 47 ? at : -1;
}
