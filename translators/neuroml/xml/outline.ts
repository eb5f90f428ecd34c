/**
 * The structure of a document that was read before, so that reading it again costs no parser: the core types of NeuroML
 * are the same in every command.
 */

import { SingleElement, type XmlElement } from './element.js';
import type { XmlSource } from './source.js';
import { tagNameAt } from './start-tag.js';

/** An element: the offset of its `<`, its own text, and its elements in document order. */
export type Outline = readonly [offset: number, text: string, children: readonly Outline[]];

/** Returns the outline of an element and all that is in it. */
export const outlineOf = ({ offset, text, children }: XmlElement): Outline => [offset, text, children.map(outlineOf)];

/**
 * Returns the element of an outline of a text.
 *
 * @param source the text of the outline
 */
export function fromOutline(
  [offset, text, children]: Outline,
  source: XmlSource,
  parent: XmlElement | null = null,
): XmlElement {
  const qualified = tagNameAt(source.text, offset);
  const element = new SingleElement(qualified.slice(qualified.indexOf(':') + 1), source, offset, parent);
  if (children.length > 0) element.children = children.map((child) => fromOutline(child, source, element));
  element.text = text;
  return element;
}
