/** Findings in XML. */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { shorten } from '../../../src/diagnostics/suggest.js';

/** A document of nothing but space. */
export const emptyText = (): Finding => ({
  code: 'xml/empty',
  message: 'the document is empty',
  expected: 'XML with one root element',
});

/** Any other breach of XML's grammar, in the parser's words. */
export const malformed = (reason: string): Finding => ({
  code: 'xml/malformed',
  message: `this is not well-formed XML: ${reason}`,
  ...advice.find(([pattern]) => pattern.test(reason))?.[1],
});

/** What to do, by the parser's words. */
const advice: readonly (readonly [RegExp, Pick<Finding, 'expected' | 'found' | 'hint'>])[] = [
  [
    /is without value/,
    {
      expected: 'a value in quotes: name="value"',
      found: 'an attribute without quotes',
      hint: 'put the value in double quotes',
    },
  ],
  [/is repeated/, { expected: 'each attribute once', found: 'an attribute that is there already', hint: 'remove one' }],
  [/no space|Space/, { expected: 'a space before each attribute', hint: 'write a space between two attributes' }],
  [/open quote|quotation/i, { expected: 'a closing quote', hint: 'write the closing quote of the attribute' }],
];

/** An element that is open when the document ends. */
export const unclosedElement = (name: string): Finding => ({
  code: 'xml/unclosed-element',
  message: `the element ${shorten(name)} is not closed`,
  expected: `</${shorten(name)}>`,
  found: 'the end of the document',
  hint: 'the file may have been cut off',
});

/** A closing tag of another name than the element that is open. */
export const mismatchedTag = (open: string, found: string): Finding => ({
  code: 'xml/mismatched-tag',
  message: `the element ${shorten(open)} is closed by the wrong tag`,
  expected: `</${shorten(open)}>`,
  found: `</${shorten(found)}>`,
});

/** A closing tag where no element is open. */
export const unopenedTag = (name: string): Finding => ({
  code: 'xml/unopened-tag',
  message: `the tag </${shorten(name)}> closes an element that was not opened`,
});

/** A comment, section or instruction that the document ends in. */
export const unfinished = (what: string): Finding => ({
  code: 'xml/unfinished',
  message: `${what} is not closed before the end of the document`,
  hint: 'the file may have been cut off',
});

/** A tag without `>`. */
export const unfinishedTag = (name: string, runsOn: boolean): Finding => ({
  code: 'xml/unfinished',
  message:
    `the tag of ${shorten(name)} is not closed before ` + (runsOn ? 'the next one begins' : 'the end of the document'),
  expected: '>',
  hint: runsOn ? 'a quote or the > may be missing' : 'a quote may be missing, or the file may have been cut off',
});

/** A `<!DOCTYPE>`: entities that expand and files that are fetched are refused. */
export const documentType = (): Finding => ({
  code: 'xml/document-type',
  message: 'document type declarations (<!DOCTYPE …>) are not supported',
  hint: 'remove the declaration: model files do not need one, and declared entities can be used to attack readers',
});

/** An entity that XML has not by itself. */
export const unknownEntity = (found: string): Finding => ({
  code: 'xml/unknown-entity',
  message: `there is no entity ${shorten(found)}`,
  expected: 'one of &lt; &gt; &amp; &quot; &apos;, or a character reference such as &#181;',
  found: shorten(found),
  hint: 'write &amp; for a literal &, and .and. for && in expressions of LEMS',
});

/** An element's name that a JavaScript object could not hold as a key. */
export const reservedName = (name: string): Finding => ({
  code: 'xml/reserved-name',
  message: `an element cannot be called ${name}`,
  found: name,
});

/** Nesting beyond what recursion takes. */
export const tooDeep = (limit: number): Finding => ({
  code: 'xml/too-deep',
  message: `elements are nested more than ${limit} deep`,
  expected: `at most ${limit} levels`,
});

/** A second root element. */
export const twoRoots = (name: string): Finding => ({
  code: 'xml/second-root',
  message: `a second element, ${shorten(name)}, follows the root element`,
  expected: 'one root element',
});

/** Text before or after the root element. */
export const textOutside = (): Finding => ({
  code: 'xml/text-outside',
  message: 'there is text outside the root element',
});

/** Bytes that are not the UTF-8 that is declared; a warning. */
export const notUtf8 = (): Finding => ({
  code: 'xml/not-utf-8',
  severity: 'warning',
  message: 'the file declares UTF-8 but is not valid UTF-8; it is read as Latin-1',
  hint: 'save it as UTF-8, or declare encoding="ISO-8859-1" in its first line',
});

/** A declared encoding that is not read. */
export const unknownEncoding = (name: string): Finding => ({
  code: 'xml/unknown-encoding',
  message: `the encoding ${shorten(name)} is not supported`,
  expected: 'UTF-8, UTF-16 with a byte order mark, ISO-8859-1 or US-ASCII',
  found: shorten(name),
});

/** Characters that no XML document may hold. */
export const binary = (): Finding => ({
  code: 'xml/binary',
  message: 'the document contains characters that XML does not allow, such as a null byte',
  hint: 'check that it is a text file',
});
