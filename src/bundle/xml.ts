/** Short XML documents: written from trees of elements, and searched. */

import XMLBuilder from 'fast-xml-builder';
import { withoutControls } from '../diagnostics/display.js';
import type { XmlElement } from '../xml/element.js';

/** An element to be written. */
export interface WrittenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly WrittenElement[];
  /** Absent: it has no text. */
  readonly text?: string;
}

/** Returns an element to be written. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly WrittenElement[] = [],
  text?: string,
): WrittenElement => ({ name, attributes, children, ...(text === undefined ? {} : { text }) });

/** Returns a document with a declaration and indented elements. */
export function xmlText(root: WrittenElement): string {
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    format: true,
    indentBy: '  ',
    suppressEmptyNode: true,
  });
  const text = builder.build([orderedNode(root)]).trim();
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`;
}

/** Returns an element in the form that the library takes: content under its name, attributes under `:@`. */
function orderedNode({ name, attributes, children, text }: WrittenElement): Readonly<Record<string, unknown>> {
  const cleaned = Object.entries(attributes).map(([key, value]) => [key, withoutControls(value)] as const);
  return {
    [name]: [...(text === undefined ? [] : [{ '#text': withoutControls(text) }]), ...children.map(orderedNode)],
    ...(cleaned.length === 0 ? {} : { ':@': Object.fromEntries(cleaned) }),
  };
}

/** Returns all elements below one with a name, in the order of the document. */
export const descendantsOf = (parent: XmlElement, name: string): readonly XmlElement[] =>
  parent.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendantsOf(child, name)]);
