/** The order of a document's elements in NeuroML's schema. */

import { documentContent, explanations } from '../../nml/content.js';

const order = [...explanations, ...documentContent.flatMap(({ names }) => names)];
const rank: ReadonlyMap<string, number> = new Map(order.map((tag, k) => [tag, k]));

/** Checks whether the schema has an element of a document. Type definitions belong to LEMS. */
export const isInSchema = (tag: string): boolean => rank.has(tag) && tag !== 'ComponentType';

/** Returns elements in the schema's order. Elements of one kind, and elements unknown to it, stay as they are. */
export function inSchemaOrder<T extends { readonly tag: string }>(elements: readonly T[]): readonly T[] {
  if (elements.some(({ tag }) => !rank.has(tag))) return elements;
  return [...elements].sort((a, b) => (rank.get(a.tag) ?? 0) - (rank.get(b.tag) ?? 0));
}
