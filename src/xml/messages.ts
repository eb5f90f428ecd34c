/** Findings in XML. */

import type { Finding } from '../diagnostics/diagnostic.js';
import { finding } from '../diagnostics/finding.js';
import { shorten } from '../diagnostics/suggest.js';

/** A document of only space. */
export const emptyText = () => finding`xml/empty: the document is empty
  expected: XML with one root element
  found: no text
  hint: write a model, or start from one that interneuron new writes neuroml`;

/** A value of an attribute that lacks one quote or both. */
export const unquotedValue = (name: string, value: string, written: string): Finding => ({
  code: 'xml/unquoted-value',
  message: /^["']/.test(written)
    ? `the value of the attribute ${shorten(name)} lacks its closing quote`
    : `the value of the attribute ${shorten(name)} is not in quotes`,
  expected: shorten(`${name}="${value}"`),
  found: shorten(`${name}=${written}`),
  hint: `write ${shorten(`${name}="${value}"`)}`,
});

/** An attribute that ends with its name. */
export const attributeWithoutValue = (name: string) => finding`xml/attribute-without-value:
  the attribute ${shorten(name)} has no value
  expected: ${shorten(`${name}="value"`)}
  found: ${shorten(name)}
  hint: write a value in quotes, or remove the attribute`;

/** An attribute that an element has already. */
export const duplicateAttribute = (name: string) => finding`xml/duplicate-attribute:
  the attribute ${shorten(name)} appears twice in one element
  expected: each attribute once
  found: ${shorten(name)}
  hint: remove one of the two`;

/** An attribute that directly follows the previous one. */
export const spaceMissing = (name: string) => finding`xml/space-missing:
  there is no space before the attribute ${shorten(name)}
  expected: a space before ${shorten(name)}
  found: no space
  hint: write a space between attributes, and check the quotes before it`;

/** A sign between attributes. */
export const strayCharacter = (found: string) => finding`xml/stray-character: ${found} does not belong here in a tag
  expected: name="value", > or />
  found: ${found}
  hint: remove it, or check the quotes before it`;

/** A `<` that no name follows. */
export const strayLessThan = () => finding`xml/stray-less-than: this < does not begin a tag
  expected: the name of an element after <
  found: <
  hint: write &lt; for a literal <, and .lt. in expressions of LEMS`;

/** A `<!` that begins no known markup. */
export const unknownMarkup = () => finding`xml/unknown-markup: <! begins neither a comment nor a CDATA section
  expected: <!-- or <![CDATA[
  found: <!
  hint: write a comment as <!-- ... -->`;

/** Any other breach of XML's grammar, as the validator reports it. */
export const malformed = (reason: string) => finding`xml/malformed: this is not well-formed XML: ${reason}`;

/** An XML declaration after something else. */
export const lateDeclaration = () => finding`xml/late-declaration:
  the XML declaration is not at the beginning of the document
  expected: <?xml at the beginning
  found: <?xml after other text
  hint: remove what is before it: the file may hold two documents`;

/** An element that is open when the document ends, or an enclosing element. */
export const unclosedElement = (name: string, outer?: string): Finding => ({
  code: 'xml/unclosed-element',
  message: `the element ${shorten(name)} is not closed`,
  expected: `</${shorten(name)}>`,
  found: outer === undefined ? 'the end of the document' : `</${shorten(outer)}>`,
  hint:
    outer === undefined
      ? 'the file may have been cut off'
      : `write </${shorten(name)}>, or end the tag with /> if the element is empty`,
});

/** A closing tag of another name than the element that is open. */
export const mismatchedTag = (open: string, found: string) => finding`xml/mismatched-tag:
  the element ${shorten(open)} is closed by the wrong tag
  expected: </${shorten(open)}>
  found: </${shorten(found)}>
  hint: write </${shorten(open)}>, or correct the name in the opening tag`;

/** A closing tag without `>`. */
export const unfinishedClosing = (name: string): Finding => ({
  ...finding`xml/unfinished:
  the closing tag of ${shorten(name)} does not end
  expected: </${shorten(name)}>
  found: </${shorten(name)}
  hint: write > after it`,
  fix: { kind: 'insert', text: '>' },
});

/** A closing tag without an open element. */
export const unopenedTag = (name: string) => finding`xml/unopened-tag:
  the tag </${shorten(name)}> closes an element that was not opened
  expected: <${shorten(name)}> before it
  found: </${shorten(name)}>
  hint: remove the tag, or open the element before it`;

/** A comment, section or instruction that the document ends in. */
export const unfinished = (what: string, end: string) => finding`xml/unfinished:
  ${what} is not closed before the end of the document
  expected: ${end}
  found: the end of the document
  hint: write ${end} where it ends; the file may have been cut off`;

/** A start tag without `>`. */
export const unfinishedTag = (name: string, found = 'the end of the document') => finding`xml/unfinished:
  the tag of ${shorten(name)} does not end
  expected: >
  found: ${found}
  hint: write > or /> at its end; a quote may be missing, or the file may have been cut off`;

/** A `<!DOCTYPE>`: entities that expand and files that are fetched are refused. */
export const documentType = () => finding`xml/document-type:
  document type declarations (<!DOCTYPE …>) are not supported
  expected: a document without one
  found: <!DOCTYPE
  hint: remove the declaration: model files do not need one, and declared entities can be used to attack readers`;

/** An entity that XML has not by itself. */
export const unknownEntity = (found: string) => finding`xml/unknown-entity: there is no entity ${shorten(found)}
  expected: one of &lt; &gt; &amp; &quot; &apos;, or a character reference such as &#181;
  found: ${shorten(found)}
  hint: write &amp; for a literal &, and .and. for && in expressions of LEMS`;

/** More attributes than any element of NeuroML or LEMS has. */
export const tooManyAttributes = (element: string, limit: number) => finding`xml/too-many-attributes:
  ${element} has more than ${limit} attributes
  expected: at most ${limit} attributes`;

/** Nesting beyond the limit of recursion. */
export const tooDeep = (limit: number) => finding`xml/too-deep: elements are nested more than ${limit} deep
  expected: at most ${limit} levels
  found: ${limit + 1} levels
  hint: close the elements before this one, or nest them less deeply`;

/** A second root element. */
export const twoRoots = (name: string) => finding`xml/second-root:
  a second element, ${shorten(name)}, follows the root element
  expected: one root element
  found: <${shorten(name)}>
  hint: move it into the root element, or into a file of its own`;

/** Text before or after the root element. */
export const textOutside = () => finding`xml/text-outside: there is text outside the root element
  expected: only comments and space there
  found: other text
  hint: remove the text, or make it a comment: <!-- ... -->`;

/** Bytes that are not the UTF-8 that is declared; a warning. */
export const notUtf8 = () => finding`warning xml/not-utf-8:
  the file declares UTF-8 but is not valid UTF-8; it is read as Latin-1
  expected: bytes of UTF-8
  found: other bytes
  hint: save it as UTF-8, or declare encoding="ISO-8859-1" in its first line`;

/** A declared encoding that is not read. */
export const unknownEncoding = (name: string) => finding`xml/unknown-encoding:
  the encoding ${shorten(name)} is not supported
  expected: UTF-8, UTF-16 with a byte order mark, ISO-8859-1 or US-ASCII
  found: ${shorten(name)}
  hint: save the file as UTF-8, and declare encoding="UTF-8" in its first line`;

/** Characters that no XML document may hold. */
export const binary = () => finding`xml/binary:
  the document contains characters that XML does not allow, such as a null byte
  expected: text
  found: a null byte
  hint: check that it is a text file`;
