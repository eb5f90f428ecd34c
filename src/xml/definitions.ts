/** Where XML documents define names. */

import type { FindDefinition } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './element.js';

/** Attributes that name an element. */
const keys = ['id', 'name', 'symbol'] as const;

/** Longer lists hold instances and connections, which no one refers to by name. */
const longest = 1000;

/**
 * Finds elements by their ids, names and symbols; of several the one that has most of its path in common with the
 * finding.
 */
export function elementsIn(roots: () => readonly XmlElement[]): FindDefinition {
  let index: Map<string, XmlElement[]> | undefined;
  return (name, from) => {
    index ??= indexOf(roots());
    const [best] = [...(index.get(name) ?? [])].sort((a, b) => common(b.path, from) - common(a.path, from));
    return best?.valuePlace(keys.find((key) => best.attribute(key) === name) ?? 'name');
  };
}

function indexOf(roots: readonly XmlElement[]): Map<string, XmlElement[]> {
  const index = new Map<string, XmlElement[]>();
  const visit = (element: XmlElement): void => {
    for (const name of new Set(keys.map((key) => element.attribute(key)))) {
      if (name === undefined) continue;
      const known = index.get(name);
      if (known) known.push(element);
      else index.set(name, [element]);
    }
    if (element.children.length <= longest) for (const inner of element.children) visit(inner);
  };
  for (const root of roots) visit(root);
  return index;
}

function common(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
