import type { Place } from './diagnostic.js';

/**
 * Finds the place in the user's text of a node of a document tree.
 *
 * `pointer` is a JSON pointer into the tree that a stage works on. `span` is a range of offsets within the string value
 * there (an expression, say). A pointer that is not known yields the place of its nearest known parent.
 */
export interface Positions {
  /** The place of a node, or of a range of offsets within the string there. */
  place(pointer: string, span?: { readonly start: number; readonly end: number }): Place;
  /** The place of the key of the node rather than of its value, where the document has keys. */
  keyPlace?(pointer: string): Place;
}

/** Places of a model that came from no text. */
export const unplaced: Positions = { place: (pointer) => ({ document: '', pointer }) };
