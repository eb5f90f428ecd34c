/**
 * A document under construction that remembers where its parts came from: any value may be wrapped in `Located`, and
 * `settle` unwraps them and keeps, for each pointer of the finished document, the pointer of what it was made from.
 */

import type { Positions } from '../../src/diagnostics/positions.js';
import { child } from '../../src/model/pointer.js';

/** A value, made from what stands at `pointer` in the user's document. */
export class Located {
  constructor(
    readonly value: unknown,
    readonly pointer: string,
  ) {}
}

/** `value`, made from what stands at `pointer` in the user's document. */
export const located = (value: unknown, pointer: string): Located => new Located(value, pointer);

/** A finished document with places in the user's text. */
export interface Settled {
  readonly document: unknown;
  readonly positions: Positions;
}

/**
 * The finished document, and places in the user's text of its nodes.
 *
 * @param tree       plain data with `Located` values anywhere
 * @param positions  places of the user's own document
 */
export function settle(tree: unknown, positions: Positions): Settled {
  const origins = new Map<string, string>();
  const document = unwrap(tree, '', origins);
  // A part that was not made from one place has that of the nearest whole around it.
  const originOf = (pointer: string): string => {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const origin = origins.get(at);
      if (origin !== undefined) return origin;
    }
    return '';
  };
  return {
    document,
    positions: {
      place: (pointer) => positions.place(originOf(pointer)),
      keyPlace: (pointer) => positions.keyPlace?.(originOf(pointer)) ?? positions.place(originOf(pointer)),
    },
  };
}

function unwrap(node: unknown, pointer: string, origins: Map<string, string>): unknown {
  if (node instanceof Located) {
    if (!origins.has(pointer)) origins.set(pointer, node.pointer);
    return unwrap(node.value, pointer, origins);
  }
  if (Array.isArray(node)) {
    // Arrays of numbers may hold millions; nothing in them is wrapped.
    if (typeof node[0] === 'number') return node;
    return node.map((item, index) => unwrap(item, child(pointer, index), origins));
  }
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, unwrap(value, child(pointer, key), origins)]),
  );
}
