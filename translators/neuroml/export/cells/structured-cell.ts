/** Cells with compartments, and facts about each written one. */

import type { Compartments, NeuronType } from '../../../../src/model/typed.js';
import type { Shape } from './shape.js';

/** A type of cells with compartments. */
export type StructuredType = NeuronType & { readonly compartments: Compartments };

/** A written cell. */
export interface StructuredCell {
  /** Id of the component. */
  readonly component: string;
  /** The variable that receives the contributions of attachments. */
  readonly input: string;
  readonly shape: Shape;
  /** Where spikes are detected; undefined: nowhere. */
  readonly spike: { readonly section: string; readonly fraction: number } | undefined;
  /** Returns the path from a segment to a variable on a section, the root if absent; undefined if there is none. */
  readonly pathOf: (variable: string, section?: string) => string | undefined;
  /** Returns the name of such a variable in the model that the cell is read as. */
  readonly nameOf: (variable: string, section?: string) => string | undefined;
}
