/**
 * Errors within a start tag: attributes without quotes, values or space, repeated attributes, and tags that do not end.
 */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { limits } from '../../../src/diagnostics/limits.js';
import * as messages from './messages.js';
import type { XmlSource } from './source.js';
import { xmlName } from './start-tag.js';

/** Where a start tag ends. */
interface TagEnd {
  /** Offset after it. */
  readonly end: number;
  /** Whether it ends in `/>`. */
  readonly empty: boolean;
  /** False if `>` is missing. */
  readonly closed: boolean;
}

const space = /\s*/y;
const attributeName = /[^\s=/<>"']+/y;
const equals = /\s*=\s*/y;
/** A value in quotes. */
const quoted = /"[^"]*"|'[^']*'/y;
/** The rest of a value that lacks a quote, up to the next attribute or the end of the tag or line. */
const unquoted = /["']?((?:(?!\/?>|\s+[\w:.-]+\s*=|[<"'\r\n]).)*)["']?/y;

/**
 * Reads the attributes of the start tag at `at`, and passes each mistake as if it were put right.
 *
 * @diagnostic xml/unquoted-value, xml/attribute-without-value, xml/duplicate-attribute, xml/space-missing,
 *   xml/unfinished, xml/stray-character
 */
export function checkAttributes(
  source: XmlSource,
  tag: number,
  element: string,
  report: (finding: Finding, start: number, end: number) => void,
): TagEnd {
  const { text } = source;
  const known = new Map<string, number>();
  let at = tag + 1 + element.length;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [taken] = pattern.exec(text) ?? [];
    if (taken !== undefined) at += taken.length;
    return taken;
  };
  for (;;) {
    const spaced = take(space) !== '';
    if (text[at] === '>') return { end: at + 1, empty: false, closed: true };
    if (text.startsWith('/>', at)) return { end: at + 2, empty: true, closed: true };
    if (at >= text.length || text[at] === '<') {
      report(messages.unfinishedTag(element, at < text.length), tag, tag + 1 + element.length);
      return { end: at, empty: text[at - 1] === '/', closed: false };
    }
    const start = at;
    const name = take(attributeName);
    if (name === undefined) {
      // A slash before `<` is the end of a tag without `>`.
      if (!/^\/\s*(?:<|$)/.test(text.slice(at, at + 80))) report(messages.strayCharacter(text[at] ?? ''), at, at + 1);
      at++;
      continue;
    }
    if (!xmlName.test(name)) report(messages.strayCharacter(name.charAt(0)), start, start + 1);
    if (known.size === limits.attributes)
      report(messages.tooManyAttributes(element, limits.attributes), start, start + name.length);
    if (!spaced) report(messages.spaceMissing(name), start, start + name.length);
    const first = known.get(name);
    if (first === undefined) known.set(name, start);
    else {
      const related = [{ message: 'the first one is here', place: source.place(first, first + name.length) }];
      report({ ...messages.duplicateAttribute(name), related }, start, start + name.length);
    }
    if (take(equals) === undefined) {
      if (at === text.length) continue;
      report(messages.attributeWithoutValue(name), start, start + name.length);
      continue;
    }
    const begin = at;
    const value = take(quoted);
    // A quote that is not closed takes the text up to the next one for its value.
    if (value !== undefined && (!/[<\r\n]/.test(value) || /[\s/>]/.test(text[at] ?? '>'))) continue;
    at = begin;
    const written = take(unquoted) ?? '';
    // A text that is cut off in a value has no end of the tag, which is reported.
    if (at === text.length) continue;
    const inner = written.replace(/^["']|["']$/g, '').trimEnd();
    report(messages.unquotedValue(name, inner, written), start, begin + written.length);
  }
}
