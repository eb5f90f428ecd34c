/** The range of an element in a well-formed text. */

import { endOfElement } from './tags.js';

/** A range of offsets. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** An element with the comments directly above it. */
interface Extent extends Range {
  /** The whole lines of both, with a comment after the element; absent if other content shares these lines. */
  readonly lines?: Range;
}

/** Returns the extent of the element with its `<` at `offset`. */
export function extentOf(text: string, offset: number): Extent {
  const start = beforeComments(text, offset);
  const end = endOfElement(text, offset);
  const lineStart = startOfLine(text, start);
  const rest = /[ \t]*(?:<!--(?:(?!-->|\n)[^])*-->[ \t]*)?\r?\n/y;
  rest.lastIndex = end;
  const isAlone = text.slice(lineStart, start).trim() === '' && rest.test(text);
  return { start, end, ...(isAlone ? { lines: { start: lineStart, end: rest.lastIndex } } : {}) };
}

const startOfLine = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Returns the start of the comments that have the lines directly above an element for themselves. */
function beforeComments(text: string, offset: number): number {
  let start = offset;
  for (;;) {
    const lineStart = startOfLine(text, start);
    const above = text.slice(0, Math.max(0, lineStart - 1)).trimEnd();
    const isDirectlyAbove =
      text.slice(lineStart, start).trim() === '' &&
      above.endsWith('-->') &&
      /^[ \t]*\r?\n$/.test(text.slice(above.length, lineStart));
    const opening = isDirectlyAbove ? above.lastIndexOf('<!--') : -1;
    if (opening < 0 || text.slice(startOfLine(text, opening), opening).trim() !== '') return start;
    start = opening;
  }
}
