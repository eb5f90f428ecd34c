/** The model as lowering and freezing take it: nothing is left to a named generator. */

import type { ValidModel } from '../model/typed.js';
import type { Places } from './space/axes.js';

/** A model whose draws by named generators, samples and ends are explicit, and what is known of its geometry. */
export interface DrawnModel extends ValidModel {
  /** Where the elements of populations are, for those that have places. */
  readonly places: ReadonlyMap<string, Places>;
  /** What projections are pieces of, for those that are. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** In place of an element that is not in a piece of an end, or not at the other one. */
export const none = 0xffffffff;

/** Elements of one or several populations, in order. */
export interface Elements {
  /** Those that elements are of. */
  readonly populations: readonly string[];
  /** Ordinal of the population, and index within it, of each element. */
  readonly ordinals: Uint16Array;
  /** Index of each element within its population. */
  readonly indices: Uint32Array;
}

/** Cells whose compartments are the elements of an end: element k is a compartment of cell k modulo `size`. */
export interface Cells {
  /** The population of the cells. */
  readonly population: string;
  /** Its cells. */
  readonly size: number;
  /** The first that the end has, and how many it has. */
  readonly first: number;
  readonly count: number;
}

/** What a projection is a piece of, where several stand for the one that the model names. */
export interface Part {
  /** The projection that the model names, and the one whose drawn connections it has. */
  readonly projection: string;
  /** The projection whose drawn connections it has: itself, or one that it is a clone of. */
  readonly connectedAs: string;
  /** All elements of the ends, where these are not plain pieces of one population. */
  readonly pre: Elements | null;
  /** All elements of the receiving end, where these are no plain piece of one population. */
  readonly post: Elements | null;
  /** For each element of the sending end the same one at the receiving end, or none. */
  readonly sameTarget: Uint32Array | null;
  /** The cells of each end that is on compartments of several kinds; absent: neither is. */
  readonly cells?: { readonly pre: Cells | null; readonly post: Cells | null };
  /** With `cells`: synapses of each cell or point of the ends, those of all pieces together. */
  readonly synapses?: { readonly pre: Uint32Array; readonly post: Uint32Array };
}
