import type { Place } from './diagnostic.js';

/**
 * Finds the place of a node of a document tree in the user's text.
 *
 * `pointer` is a JSON pointer into the tree that a stage works on. `span` is a range of offsets within the string value
 * at the pointer, such as an expression. For an unknown pointer, the place of its nearest known parent is returned.
 */
export interface Positions {
  /** The place of a node, or of a range of offsets within the string there. */
  place(pointer: string, span?: { readonly start: number; readonly end: number }): Place;
  /** Returns the place of the node's key rather than of its value, if the document has keys. */
  keyPlace?(pointer: string): Place;
}

/** Places of a model that came from no text. */
export const unplaced: Positions = { place: (pointer) => ({ document: '', pointer }) };
