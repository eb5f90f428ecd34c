/**
 * Elements of an XML document. Attributes are read from the text when they are asked for, since networks have millions.
 */

import type { Place } from '../diagnostics/diagnostic.js';
import { rawOffset } from './entities.js';
import { attributeRanges, tagNameAt, type AttributeRange } from './tags.js';
import type { XmlSource } from './source.js';

/** Attributes by local name, values decoded. */
type XmlAttributes = Readonly<Record<string, string>>;

/** Names of the attributes of a kind of element, in the order of writing. */
export type ElementShape = readonly string[];

const none: readonly XmlElement[] = [];

/** An element; `children` are its elements in document order. */
export abstract class XmlElement {
  /** Without the prefix of its namespace. */
  abstract readonly name: string;
  /** The text that it is in. */
  abstract readonly source: XmlSource;
  /** Offset of its `<`. */
  readonly offset: number;
  /** Null for the root. */
  abstract readonly parent: XmlElement | null;
  abstract readonly children: readonly XmlElement[];
  /** Its own text, decoded; only space counts as no text. */
  abstract readonly text: string;
  /** Attributes without other namespaces' ones (`xmlns`, `xsi:schemaLocation`). */
  abstract readonly attributes: XmlAttributes;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Returns the value of one attribute, or undefined if there is none of that name. */
  attribute(name: string): string | undefined {
    return this.attributes[name];
  }

  /** Where the start tag's name is, with the path of the element: `/neuroml/cell[pyr]/morphology`. */
  get place(): Place {
    return this.source.place(this.offset, this.offset + 1 + tagNameAt(this.source.text, this.offset).length, this.path);
  }

  /** The names of this element and the enclosing ones, with their ids. */
  get path(): string {
    const id = this.attributes['id'] ?? this.attributes['name'];
    return `${this.parent?.path ?? ''}/${this.name}${id === undefined ? '' : `[${id}]`}`;
  }

  #range(name: string): AttributeRange | undefined {
    return attributeRanges(this.source.text, this.offset).find((range) => localName(range.name) === name);
  }

  /** Its text with all tags, as written. */
  get written(): string {
    const { text } = this.source;
    const end = attributeRanges(text, this.offset).at(-1)?.valueEnd ?? this.offset;
    return text.slice(this.offset, text.indexOf('>', end) + 1);
  }

  /** Returns the place of an attribute's name, or the element's place if it lacks the attribute. */
  attributePlace(name: string): Place {
    const range = this.#range(name);
    return range
      ? this.source.place(range.start, range.start + range.name.length, `${this.path}/@${name}`)
      : this.place;
  }

  /** Where an attribute's value is, or the part of it between two offsets in the decoded value. */
  valuePlace(name: string, span?: { readonly start: number; readonly end: number }): Place {
    const range = this.#range(name);
    if (!range) return this.place;
    const raw = this.source.text.slice(range.valueStart, range.valueEnd);
    const start = span ? range.valueStart + rawOffset(raw, span.start) : range.valueStart;
    const end = span ? range.valueStart + rawOffset(raw, span.end) : range.valueEnd;
    return this.source.place(start, end, `${this.path}/@${name}`);
  }
}

/** An element with content of its own, or in no long list. */
export class SingleElement extends XmlElement {
  readonly name: string;
  readonly source: XmlSource;
  readonly parent: XmlElement | null;
  readonly attributes: XmlAttributes;
  children: readonly XmlElement[] = none;
  text = '';
  readonly #end: number;

  /** @param end offset after its closing tag */
  constructor(
    name: string,
    attributes: XmlAttributes,
    source: XmlSource,
    offset: number,
    end: number,
    parent: XmlElement | null,
  ) {
    super(offset);
    this.name = name;
    this.attributes = attributes;
    this.source = source;
    this.#end = end;
    this.parent = parent;
  }

  override get written(): string {
    return this.source.text.slice(this.offset, this.#end);
  }
}

/** Common properties of elements of a long list. */
interface List {
  readonly name: string;
  readonly source: XmlSource;
  readonly parent: XmlElement | null;
  /** Names of their attributes, in order. */
  readonly shape: ElementShape;
}

/**
 * An element without content in a long list of its kind. There may be millions, so it holds only its place. Its
 * attributes are read at each access.
 */
export class ListedElement extends XmlElement {
  readonly #list: List;

  constructor(list: List, offset: number) {
    super(offset);
    this.#list = list;
  }

  get name(): string {
    return this.#list.name;
  }

  get source(): XmlSource {
    return this.#list.source;
  }

  get parent(): XmlElement | null {
    return this.#list.parent;
  }

  /** Names of its attributes, in order. */
  get shape(): ElementShape {
    return this.#list.shape;
  }

  get children(): readonly XmlElement[] {
    return none;
  }

  get text(): string {
    return '';
  }

  get attributes(): XmlAttributes {
    return this.attributesBut(nothing);
  }

  /**
   * Returns attributes except for some names. Values are as written, because the scan excludes values that need
   * decoding.
   */
  attributesBut(left: ReadonlySet<string>): XmlAttributes {
    const { text } = this.source;
    const attributes = emptyAttributes();
    let at = this.offset + this.name.length;
    for (const name of this.shape) {
      const start = valueStart(text, at);
      at = text.indexOf(text.charAt(start - 1), start);
      if (!left.has(name)) attributes[name] = text.slice(start, at);
    }
    return attributes;
  }
}

/** Offset after the quote that opens the next value. */
function valueStart(text: string, from: number): number {
  let at = text.indexOf('=', from) + 1;
  for (let code = text.charCodeAt(at); code !== 34 && code !== 39; code = text.charCodeAt(at)) at++;
  return at + 1;
}

const nothing: ReadonlySet<string> = new Set();

/** A record without inherited keys, in the form that engines are quick with. */
const EmptyAttributes = function () {} as unknown as new () => Record<string, string>;
EmptyAttributes.prototype = Object.create(null) as object;
/** Returns a new record of attributes. */
export const emptyAttributes = (): Record<string, string> => new EmptyAttributes();

/** Returns a name without the prefix of its namespace. */
export const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
