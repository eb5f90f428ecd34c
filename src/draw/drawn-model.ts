/** The input of lowering and freezing: a model without draws by named generators. */

import type { ValidModel } from '../model/typed.js';
import type { Places } from './space/axes.js';

/** A model with explicit draws of named generators, samples and ends, and its geometry. */
export interface DrawnModel extends ValidModel {
  /** Positions of elements, for populations that have positions. */
  readonly places: ReadonlyMap<string, Places>;
  /** The projections of the model that new projections are pieces of. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** In place of an element that is not in a piece of an end, or not at the other one. */
export const none = 0xffffffff;

/** Elements of one or several populations, in order. */
export interface Elements {
  /** The populations of the elements. */
  readonly populations: readonly string[];
  /** Ordinal of the population, and index within it, of each element. */
  readonly ordinals: Uint16Array;
  /** Index of each element within its population. */
  readonly indices: Uint32Array;
}

/** Cells with the elements of an end as compartments: element k is a compartment of cell k modulo `size`. */
export interface Cells {
  /** The population of the cells. */
  readonly population: string;
  /** Its cells. */
  readonly size: number;
  /** The first cell of the end, and the number of its cells. */
  readonly first: number;
  readonly count: number;
}

/** The projection of the model that a projection is a piece of, if several replace it. */
export interface Part {
  /** The name in the model, and the projection from which its drawn connections are taken. */
  readonly projection: string;
  /** The projection from which its drawn connections are taken: itself, or the one it clones. */
  readonly connectedAs: string;
  /** All elements of the sending end, if they are not a plain piece of one population. */
  readonly pre: Elements | null;
  /** All elements of the receiving end, if they are not a plain piece of one population. */
  readonly post: Elements | null;
  /** For each element of the sending end the same one at the receiving end, or none. */
  readonly sameTarget: Uint32Array | null;
  /** The cells of each end that is on compartments of several kinds; absent: neither is. */
  readonly cells?: { readonly pre: Cells | null; readonly post: Cells | null };
  /** With `cells`: synapses of each cell or point of the ends, over all pieces. */
  readonly synapses?: { readonly pre: Uint32Array; readonly post: Uint32Array };
}
