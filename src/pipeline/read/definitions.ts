/** Where a document in JSON or YAML defines its names. */

import type { FindDefinition, Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { child } from '../../model/pointer.js';

interface Definition {
  readonly pointer: string;
  /** Part of the text there; absent: the key is the name. */
  readonly span?: { readonly start: number; readonly end: number };
}

/** Keys of a type of cells or synapses with values that define variables and parameters by name. */
const definesVariables = /^(?:parameters|state|derived|inputs|constants|namespace)$/;
/** Longer lists hold data, and no definitions. */
const longest = 1000;

/**
 * Finds definitions: entries of the maps at the top of a document and in its types, labels of objects in lists, and the
 * left sides of equations.
 */
export function definitionsIn(document: unknown, positions: Positions): FindDefinition {
  let index: ReadonlyMap<string, readonly Definition[]> | undefined;
  return (name, from): Place | undefined => {
    const others = ((index ??= indexOf(document)).get(name) ?? []).filter(
      ({ pointer }) => pointer !== from || pointer.endsWith('/model'),
    );
    const [best] = others.sort((a, b) => common(b.pointer, from) - common(a.pointer, from));
    if (!best) return undefined;
    if (best.span) return positions.place(best.pointer, best.span);
    return positions.keyPlace?.(best.pointer) ?? positions.place(best.pointer);
  };
}

/** Returns how many steps two pointers have in common. */
function common(first: string, second: string): number {
  const [left, right] = [first.split('/'), second.split('/')];
  const differs = left.findIndex((step, k) => step !== right[k]);
  return differs < 0 ? left.length : differs;
}

function indexOf(document: unknown): ReadonlyMap<string, readonly Definition[]> {
  const index = new Map<string, Definition[]>();
  const add = (name: string, definition: Definition): void => {
    const known = index.get(name);
    if (known) known.push(definition);
    else index.set(name, [definition]);
  };
  for (const [section, entries] of entriesOf(document)) {
    const below = child('', section);
    for (const [name, item] of entriesOf(entries)) {
      const pointer = child(below, name);
      if (!Array.isArray(entries)) add(name, { pointer });
      for (const [key, value] of entriesOf(item)) {
        const inner = child(pointer, key);
        if ((key === 'label' || key === 'name' || key === 'id') && typeof value === 'string')
          add(value, { pointer: inner, span: { start: 0, end: value.length } });
        if (key === 'model' && typeof value === 'string')
          for (const { left, start } of leftSides(value))
            add(left, { pointer: inner, span: { start, end: start + left.length } });
        if (definesVariables.test(key) && !Array.isArray(value))
          for (const [variable] of entriesOf(value)) add(variable, { pointer: child(inner, variable) });
      }
    }
  }
  return index;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object' || (Array.isArray(value) && value.length > longest)) return [];
  return Object.entries(value);
}

/** Returns the names that the lines of some equations define. */
function leftSides(text: string): readonly { readonly left: string; readonly start: number }[] {
  return [...text.matchAll(/(?:^|\n)([ \t]*)(?:d(\w+)\/dt[ \t]*=|(\w+)[ \t]*[=:])/g)].map((match) => {
    const left = match[2] ?? match[3] ?? '';
    return {
      left,
      start: match.index + match[0].indexOf(left, match[2] === undefined ? 0 : match[0].indexOf('d') + 1),
    };
  });
}
