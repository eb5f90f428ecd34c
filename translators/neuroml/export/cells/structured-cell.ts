/** Cells with compartments, and what is known of one that has been written. */

import type { Compartments, NeuronType } from '../../../../src/model/model.js';
import type { Shape } from './shape.js';

/** A type whose cells have compartments. */
export type StructuredType = NeuronType & { readonly compartments: Compartments };

/** A written cell. */
export interface StructuredCell {
  /** Id of the component. */
  readonly component: string;
  /** The variable to which what is attached to it adds. */
  readonly input: string;
  readonly shape: Shape;
  /** Where spikes are detected; undefined: nowhere. */
  readonly spike: { readonly section: string; readonly fraction: number } | undefined;
  /** The path from a segment to a variable at a place; undefined where there is none. */
  readonly pathOf: (variable: string, section: string, fraction: number) => string | undefined;
}
