/** Elements as XML text. */

import { UsageError } from '../../../src/diagnostics/diagnostic.js';

/** An element with elements or text in it. */
export interface Element {
  readonly tag: string;
  /** In the order in which they are written. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** More children, after the others: those of a long list are made as they are written. */
  readonly items?: Iterable<Element>;
  /** Its text, unescaped; absent: it has none. */
  readonly text?: string;
  /** XML text instead of all else. */
  readonly raw?: string;
  /** Lines of a comment before it. */
  readonly comment?: readonly string[];
}

/** An element without text. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Element[] = [],
): Element {
  return { tag, attributes, children };
}

/** Elements of a list, made anew whenever it is written. */
export const listOf = (
  indices: Iterable<number>,
  make: (index: number, ordinal: number) => Element,
): Iterable<Element> => ({
  *[Symbol.iterator]() {
    let ordinal = 0;
    for (const index of indices) yield make(index, ordinal++);
  },
});

/** Text with nothing to escape. */
const plain = /^[^\0-\x1f&<>"]*$/;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Attribute text in quotes: double ones, since jLEMS reads no others. Line breaks and tabs would else be read as spaces, and other control
 * characters are not allowed in XML.
 */
function quoted(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  const escaped = allowed(text)
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)
    .replace(/[\t\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `"${escaped}"`;
}

/** What XML allows of a text. */
const allowed = (text: string): string =>
  [...text].filter((letter) => letter >= ' ' || '\t\n\r'.includes(letter)).join('');

/** Text between tags. */
const textContent = (text: string): string => allowed(text).replace(/[&<>]/g, (letter) => entities[letter] ?? letter);

/** Lines of a comment, which may not have two hyphens, nor one at its end. */
const commentText = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => allowed(line).replace(/-(?=-|$)/g, '- '));

/** The most characters that a document may have: engines of JavaScript have no longer strings. */
const longest = 5e8;

/** Lines of a list that become one string at a time. */
const linesAtOnce = 1000;

/**
 * A document with one root, indented by two spaces.
 *
 * @param most  how many of each element's `items` are written
 * @throws UsageError where the document is too long
 */
export function xmlText(root: Element, most = Infinity): string {
  const writer = new Writer(most);
  writer.write(root, '');
  return writer.text();
}

class Writer {
  readonly #chunks: string[] = [];
  #lines: string[] = [];
  #length = 0;

  constructor(private readonly most: number) {}

  text(): string {
    this.#join();
    return `${this.#chunks.join('\n')}\n`;
  }

  write({ tag, attributes, children, items, text = '', raw, comment }: Element, indent: string): void {
    if (comment !== undefined) this.#line(`${indent}<!-- ${commentText(comment).join(`\n${indent}     `)} -->`);
    if (raw !== undefined) {
      this.#line(indent + raw);
      return;
    }
    const words = Object.entries(attributes).map(([name, value]) => `${name}=${quoted(value)}`);
    const start = `${indent}<${[tag, ...words].join(' ')}`;
    if (children.length === 0 && items === undefined) {
      this.#line(text === '' ? `${start}/>` : `${start}>${textContent(text)}</${tag}>`);
      return;
    }
    this.#line(`${start}>`);
    for (const inner of children) this.write(inner, `${indent}  `);
    let count = 0;
    for (const item of items ?? []) {
      if (count++ >= this.most) break;
      this.write(item, `${indent}  `);
    }
    this.#line(`${indent}</${tag}>`);
  }

  #line(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= linesAtOnce) this.#join();
  }

  #join(): void {
    const chunk = this.#lines.join('\n');
    this.#length += chunk.length + 1;
    if (this.#length > longest)
      throw new UsageError(
        `the document would be longer than ${longest / 1e6} MB: it lists every connection`,
        'use fewer connections, or a notation that has rules for them',
      );
    this.#chunks.push(chunk);
    this.#lines = [];
  }
}
