/** What the passes say about elements of ends: which they are, and what a projection is a piece of. */

/** In place of an element that is not in a piece of an end, or not at the other one. */
export const none = 0xffffffff;

/** Elements of one or several populations, in order. */
export interface Elements {
  readonly populations: readonly string[];
  /** Ordinal of the population, and index within it, of each element. */
  readonly ordinals: Uint16Array;
  readonly indices: Uint32Array;
}

/** What a projection of lowering is a piece of. */
export interface Part {
  /** The projection that the model names, and the one whose drawn connections it has. */
  readonly projection: string;
  readonly connectedAs: string;
  /** All elements of the ends, where these are no plain pieces of one population. */
  readonly pre: Elements | null;
  readonly post: Elements | null;
  /** For each element of the sending end the same one at the receiving end, or none. */
  readonly sameTarget: Uint32Array | null;
}
