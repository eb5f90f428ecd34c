/**
 * Documents that are longer than a string can be. Their length comes from lists of connections, and the lines of the
 * lists are kept apart, in separate texts.
 */

import { platform } from '#platform';
import { listAt, type ElementList } from './scan.js';
import { XmlSource } from './source.js';

/** The longest text that is held as one string, in characters: engines of JavaScript have no longer ones. */
export const longestText = 500_000_000;

/** Lines of a list that is not in its document's text. */
interface ListApart {
  /** Returns the list, within a document of that name. */
  within(document: string): ElementList;
}

/** A document without its long lists. */
export interface CutText {
  /** All else; each list is a mark and as many empty lines as it has, so that places are as in the document. */
  readonly text: string;
  /** In their order. */
  readonly lists: readonly ListApart[];
}

/** Returns the text of a document, without its long lists if it was cut. */
export const textOf = (given: string | CutText): string => (typeof given === 'string' ? given : given.text);

/** Stands in the text for a list: an instruction to programs that know it, which others pass over. */
const mark = '<?list-apart?>';

/** Characters that are looked through at once. */
const charactersAtOnce = 1 << 24;

const lineEnd = /\r\n|[\r\n]/g;
const blank = /[ \t]*/y;
const beginning = /[ \t]*<([A-Za-z_][\w.-]*)[\s/]/y;

/**
 * Returns a document in one string, or without its lists if it is longer than a string.
 *
 * @param pieces whole lines
 * @param longest longest text that is held as one string
 * @returns undefined if the document is too long even without its lists
 */
export function withoutLists(pieces: Iterable<string>, longest = longestText): string | CutText | undefined {
  const first: string[] = [];
  let length = 0;
  let cutter: Cutter | undefined;
  for (const piece of pieces) {
    length += piece.length;
    if (length <= longest) {
      first.push(piece);
      continue;
    }
    cutter ??= first.splice(0).reduce((made, before) => made.add(before), new Cutter());
    cutter.add(piece);
  }
  if (cutter === undefined) return first.join('');
  const cut = cutter.finish();
  return cut.text.length <= longest ? cut : undefined;
}

/** Takes lists out of pieces of a text, which are whole lines. */
class Cutter {
  readonly #lists: ListApart[] = [];
  readonly #parts: string[] = [];
  /** Characters in the parts, and lines before the next piece. */
  #length = 0;
  #lines = 0;
  /** Short pieces that are yet to be looked through. */
  #waiting: string[] = [];
  #waitingLength = 0;

  add(piece: string): this {
    this.#waiting.push(piece);
    this.#waitingLength += piece.length;
    if (this.#waitingLength >= charactersAtOnce) this.#take();
    return this;
  }

  finish(): CutText {
    this.#take();
    return { text: this.#parts.join(''), lists: this.#lists };
  }

  #take(): void {
    const [only = '', ...others] = this.#waiting;
    // Strings made from bytes are stored outside the garbage-collected heap.
    const piece = others.length === 0 ? only : (utf8Text(new TextEncoder().encode(this.#waiting.join(''))) ?? '');
    this.#waiting = [];
    this.#waitingLength = 0;
    const firstLine = this.#lines + 1;
    let from = 0;
    for (let at = 0; at < piece.length;) {
      const list = this.#listAtLine(piece, at);
      if (list) {
        this.#keep(piece.slice(from, at));
        this.#cut(new XmlSource('', piece, firstLine), list, at);
        at = from = list.lineEnd;
      } else at = nextLine(piece, at);
    }
    this.#keep(piece.slice(from));
  }

  /** Returns the list with elements that fill whole lines from the one at `at` on. */
  #listAtLine(piece: string, at: number): (ElementList & { readonly lineEnd: number }) | undefined {
    beginning.lastIndex = at;
    const [whole, name] = beginning.exec(piece) ?? [];
    if (whole === undefined || name === undefined) return undefined;
    const list = listAt(piece, piece.indexOf('<', at), name);
    if (!list) return undefined;
    blank.lastIndex = list.end;
    const end = list.end + (blank.exec(piece)?.[0].length ?? 0);
    const lineEnd = nextLine(piece, end);
    return piece.slice(end, lineEnd).trim() === '' ? { ...list, lineEnd } : undefined;
  }

  #cut({ text, firstLine }: XmlSource, list: ElementList & { readonly lineEnd: number }, at: number): void {
    const { name, shapes, offsets, lineEnd } = list;
    const lines = linesIn(text, at, lineEnd);
    const start = this.#length;
    this.#parts.push(mark, '\n'.repeat(lines));
    this.#length += mark.length + lines;
    this.#lines += lines;
    this.#lists.push({
      within: (document) => ({
        name,
        shapes,
        start,
        end: start,
        offsets,
        source: new XmlSource(document, text, firstLine),
      }),
    });
  }

  #keep(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    this.#lines += linesIn(text, 0, text.length);
  }
}

/** Where the line after the one at `at` begins. */
function nextLine(text: string, at: number): number {
  lineEnd.lastIndex = at;
  return lineEnd.exec(text) === null ? text.length : lineEnd.lastIndex;
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  lineEnd.lastIndex = from;
  while (lineEnd.exec(text) !== null && lineEnd.lastIndex <= to) count++;
  return count;
}

/**
 * Returns bytes as text in UTF-8, or undefined if they are invalid. Texts of one byte a character take half the memory.
 */
export function utf8Text(bytes: Uint8Array): string | undefined {
  const { isAscii, isUtf8, latin1, utf8 } = platform.bytes;
  if (isAscii(bytes)) return latin1(bytes);
  return isUtf8(bytes) ? utf8(bytes) : undefined;
}
