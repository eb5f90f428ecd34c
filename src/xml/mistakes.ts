/**
 * The first mistake of a text, with its place. fast-xml-parser's validator finds most mistakes; some that it accepts
 * are found before.
 */

import { XMLValidator } from 'fast-xml-parser';
import type { Finding } from '../diagnostics/diagnostic.js';
import { limits } from '../diagnostics/limits.js';
import { editDistance } from '../diagnostics/suggest.js';
import { referenceLength } from './entities.js';
import * as messages from './messages.js';
import { XmlSource } from './source.js';
import { attributeRanges, openTags, tagAround, tagNameAt } from './tags.js';

/** A finding with offsets in the text. */
export interface Mistake {
  readonly finding: Finding;
  readonly start: number;
  readonly end: number;
  /** Another place that explains it. */
  readonly related?: { readonly message: string; readonly start: number; readonly end: number };
}

const mistake = (finding: Finding, start: number, end = start + 1): Mistake => ({ finding, start, end });

/** Returns a mistake, with the name of a start tag as its place. */
const mistakeOfTag = (text: string, tag: number, finding: (name: string) => Finding): Mistake => {
  const name = tagNameAt(text, tag);
  return mistake(finding(name), tag, tag + 1 + name.length);
};

// Its successor is a separate package, with the same code.
// oxlint-disable-next-line typescript/no-deprecated
const validate = (text: string): ReturnType<typeof XMLValidator.validate> => XMLValidator.validate(text);

/** Returns the first mistake of a text. */
export function mistakeIn(text: string): Mistake | undefined {
  const found = mistakeInMarkup(text);
  if (found) return found;
  const verdict = validate(text);
  if (verdict === true) return undefined;
  const { msg, line, col } = verdict.err;
  return asMistake(text, msg, new XmlSource('', text).offset(line, col ?? 1));
}

/** Comments, sections and instructions that are complete, else their first sign; references. */
const markup = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<[!?]|&|\0/g;

/** Returns the first mistake in a text of those that the validator accepts. */
function mistakeInMarkup(text: string): Mistake | undefined {
  markup.lastIndex = 0;
  for (let match = markup.exec(text); match; match = markup.exec(text)) {
    const { 0: written, index: at } = match;
    if (written === '\0') return mistake(messages.binary(), at);
    if (written === '&' && referenceLength(text, at) === 0) {
      const reference = /^&[^\s<&;"']{0,30};?/.exec(text.slice(at, at + 40))?.[0] ?? '&';
      return mistake(messages.unknownEntity(reference), at, at + reference.length);
    }
    if (written === '<?') return mistake(messages.unfinished('this processing instruction', '?>'), at, at + 2);
    if (written !== '<!') continue;
    if (text.startsWith('<!--', at)) return mistake(messages.unfinished('this comment', '-->'), at, at + 4);
    if (text.startsWith('<![CDATA[', at)) return mistake(messages.unfinished('this CDATA section', ']]>'), at, at + 9);
    const isDocumentType = /^<!DOCTYPE/i.test(text.slice(at, at + 9));
    return isDocumentType
      ? mistake(messages.documentType(), at, at + 9)
      : mistake(messages.unknownMarkup(), at, at + 2);
  }
  return undefined;
}

/** Returns a finding of the validator as one of ours; `at` is the offset that it gives. */
function asMistake(text: string, message: string, at: number): Mistake {
  const tag = text.lastIndexOf('<', at);
  if (message.startsWith('Start tag expected')) return mistake(messages.emptyText(), 0);
  if (message.startsWith('XML declaration')) return mistake(messages.lateDeclaration(), tag, tag + 5);
  if (message.startsWith('Multiple')) return secondRoot(text, tag);
  if (/^Extra text|^char /.test(message)) return mistake(messages.textOutside(), at);
  if (/^Tag |^Invalid space/.test(message)) return mistake(messages.strayLessThan(), tag);
  if (/^Attributes? |^boolean /.test(message)) return mistakeInTag(text, tagAround(text, at), at);
  if (/^(?:Closing|Expected closing) tag /.test(message)) return mistakeInClosing(text, tag);
  const last = text.lastIndexOf('<');
  if (!text.includes('>', last)) return mistakeOfTag(text, last, (name) => messages.unfinishedTag(name));
  const open = openTags(text, text.length);
  const [deep, innermost] = [open[limits.nesting], open.at(-1)];
  if (deep !== undefined) return mistakeOfTag(text, deep, () => messages.tooDeep(limits.nesting));
  if (innermost === undefined) return mistake(messages.malformed(message.replace(/\.$/, '')), at);
  return mistakeOfTag(text, innermost, (name) => messages.unclosedElement(name));
}

/** The attributes of a start tag up to its first mistake. */
const goodAttributes = /(?:\s+[^\s=/<>"']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*/y;
/**
 * What follows: space, a name, an equals sign, and the value up to the next attribute or the end of the tag or line.
 */
const nextAttribute = /(\s*)([^\s=/<>"']*)(\s*=\s*)?(["']?((?:(?!\/?>|\s+[\w:.-]+\s*=|[<"'\r\n]).)*)["']?)/y;

/** Returns the mistake in the attributes of the start tag at `tag`; the validator gives the offset `at`. */
function mistakeInTag(text: string, tag: number, at: number): Mistake {
  goodAttributes.lastIndex = tag + 1 + tagNameAt(text, tag).length;
  goodAttributes.test(text);
  const begin = goodAttributes.lastIndex;
  const rest = text.slice(begin, begin + 80);
  nextAttribute.lastIndex = begin;
  const [written = '', space = '', name = '', equals, value = '', inner = ''] = nextAttribute.exec(text) ?? [];
  const start = begin + space.length;
  const end = start + name.length;
  if (/^\s*\/?>/.test(rest)) return mistakeInName(text, tag, at);
  if (begin + written.length === text.length) return mistakeOfTag(text, tag, (name) => messages.unfinishedTag(name));
  if (/^\s*\/?\s*</.test(rest)) return mistakeOfTag(text, tag, (element) => messages.unfinishedTag(element, '<'));
  if (name === '') return mistake(messages.strayCharacter(text.charAt(start)), start);
  if (space === '') return mistake(messages.spaceMissing(name), start, end);
  if (equals === undefined) return mistake(messages.attributeWithoutValue(name), start, end);
  return mistake(messages.unquotedValue(name, inner.trimEnd(), value), start, begin + written.length);
}

/** Returns the mistake in the name of the attribute at `at`: it is no name, or another attribute has it. */
function mistakeInName(text: string, tag: number, at: number): Mistake {
  const ranges = attributeRanges(text, tag);
  const name = ranges.find(({ start }) => start === at)?.name ?? '';
  const start = ranges.find((range) => range.name === name)?.start ?? at;
  if (start === at) return mistake(messages.strayCharacter(text.charAt(at)), at);
  const related = { message: 'the first one is here', start, end: start + name.length };
  return { ...mistake(messages.duplicateAttribute(name), at, at + name.length), related };
}

/** Returns the mistake of the closing tag at `at`, or of the element that is open there. */
function mistakeInClosing(text: string, at: number): Mistake {
  const written = /^<\/([^<>\s]*)\s*>?/.exec(text.slice(at, at + 200)) ?? ['</', ''];
  const [whole, closed = ''] = written;
  const end = at + whole.length;
  if (!whole.endsWith('>')) return mistake(messages.unfinishedClosing(closed), at, end);
  const open = openTags(text, at);
  const innermost = open.at(-1);
  if (innermost === undefined) return mistake(messages.unopenedTag(closed), at, end);
  const name = tagNameAt(text, innermost);
  if (open.some((outer) => tagNameAt(text, outer) === closed)) {
    const related = { message: `</${closed}> is here`, start: at, end };
    return { ...mistakeOfTag(text, innermost, () => messages.unclosedElement(name, closed)), related };
  }
  // An element with a closing tag of its own is not closed by this one.
  const next = text.indexOf(`</${name}>`, end);
  const isClosedLater = next >= 0 && !text.slice(end, next).includes(`<${name}`);
  const finding =
    isClosedLater && editDistance(name, closed, 2) > 2
      ? messages.unopenedTag(closed)
      : messages.mismatchedTag(name, closed);
  const related = { message: `${name} is opened here`, start: innermost, end: innermost + 1 + name.length };
  return { ...mistake(finding, at, end), related };
}

/** Returns the mistake of a start tag outside the root. */
export const secondRoot = (text: string, tag: number): Mistake => mistakeOfTag(text, tag, messages.twoRoots);

/** Returns the mistake in what follows the root element, which ends at `end`. */
export function mistakeAfterRoot(text: string, end: number): Mistake | undefined {
  const other = /(?:\s|<!--[^]*?-->|<\?(?!xml\s)[^]*?\?>)*/y;
  other.lastIndex = end;
  other.test(text);
  const at = other.lastIndex;
  if (at === text.length) return undefined;
  if (text[at] !== '<') return mistake(messages.textOutside(), at);
  if (text[at + 1] === '?') return mistake(messages.lateDeclaration(), at, at + 5);
  return secondRoot(text, at);
}
