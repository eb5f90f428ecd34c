/** The order of a document's elements in NeuroML's schema. */

import { contents, documentContent, explanations, inAnyOrder } from '../../nml/content.js';
import type { Element } from './xml-text.js';

const order = [...explanations, ...documentContent.flatMap(({ names }) => names)];
const rank: ReadonlyMap<string, number> = new Map(order.map((tag, k) => [tag, k]));

/** Checks whether the schema has an element of a document. Type definitions belong to LEMS. */
export const isInSchema = (tag: string): boolean => rank.has(tag) && tag !== 'ComponentType';

/** Returns elements in the schema's order. Elements of one kind, and elements unknown to it, stay as they are. */
export function inSchemaOrder<T extends { readonly tag: string }>(elements: readonly T[]): readonly T[] {
  if (elements.some(({ tag }) => !rank.has(tag))) return elements;
  return [...elements].sort((a, b) => (rank.get(a.tag) ?? 0) - (rank.get(b.tag) ?? 0));
}

/** Returns an element with its contents in the order of the schema. */
export function inOrder(element: Element): Element {
  const children = element.children.map(inOrder);
  if (children.length < 2 || inAnyOrder.has(element.tag)) return { ...element, children };
  const slots = contents.get(element.attributes['type'] ?? '') ?? contents.get(element.tag) ?? [];
  const order = [...[...explanations].map((name) => [name]), ...slots.map(({ names }) => names)];
  const places = new Map(order.flatMap((names, k) => names.map((name) => [name, k] as const)));
  const place = ({ tag }: Element): number => places.get(tag) ?? order.length;
  return { ...element, children: children.sort((a, b) => place(a) - place(b)) };
}
