/** What is known of a cell with compartments that has been written. */

import type { Shape } from './shape.js';

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
