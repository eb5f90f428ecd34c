/** A text with places: offsets to lines and columns, which are computed only when asked for. */

import type { Place } from '../diagnostics/diagnostic.js';

/** Text of one XML document. */
export class XmlSource {
  /** Name in places, such as the file's path. */
  readonly document: string;
  /** With line ends as they are in the file. */
  readonly text: string;
  #lineStarts: Uint32Array | undefined;

  constructor(document: string, text: string) {
    this.document = document;
    this.text = text;
  }

  /** Returns the place of a range of offsets; its mark ends with the line. */
  place(start: number, end: number = start, pointer?: string): Place {
    const starts = (this.#lineStarts ??= lineStarts(this.text));
    const line = lastAtMost(starts, start);
    const lineStart = starts[line] ?? 0;
    const lineEnd = starts[line + 1] === undefined ? this.text.length : starts[line + 1]! - 1;
    return {
      document: this.document,
      ...(pointer === undefined ? {} : { pointer }),
      line: line + 1,
      column: start - lineStart + 1,
      length: Math.max(1, Math.min(end, lineEnd) - start),
    };
  }

  /** Returns the offset of a line and column of the text, both from 1. */
  offset(line: number, column: number): number {
    const starts = (this.#lineStarts ??= lineStarts(this.text));
    return Math.min(this.text.length, (starts[line - 1] ?? 0) + column - 1);
  }
}

/** Offsets at which lines begin; CRLF, LF and a lone CR end a line. */
function lineStarts(text: string): Uint32Array {
  let starts = new Uint32Array(1024);
  let count = 1;
  const add = (offset: number): void => {
    if (count === starts.length) {
      const grown = new Uint32Array(starts.length * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = offset;
  };
  if (!text.includes('\r')) for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) add(at + 1);
  else {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) add(at + 1);
    }
  }
  return starts.slice(0, count);
}

/** Returns the index of the last element that is at most `value`, if the first one is. */
export function lastAtMost(sorted: Uint32Array | readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle;
    else high = middle;
  }
  return low;
}
