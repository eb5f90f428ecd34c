/** How a model is read. */

import type { Notation } from './notation.js';
import type { DataStore, TimingProfile } from '../../model/model.js';

/** What comes into a model from outside. Times are in seconds. */
export type ModelInput =
  | { readonly kind: 'spikes'; readonly elements: Uint32Array; readonly times: Float64Array }
  /** Values for each step of `dt`, row-major, one row for each step. */
  | { readonly kind: 'signal'; readonly dt: number; readonly values: Float64Array };

/** Changes of a model while it is read. Quantities are text with a unit, as in a document. */
export interface ImportOptions {
  /** Values of model parameters and of parameters of populations, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Notation of the document; absent: the one that it states. */
  readonly from?: Notation;
  /** A whole number; absent: the document's. */
  readonly seed?: string;
  /** Time step; absent: the document's. */
  readonly dt?: string;
  /** Time to run, instead of the time in the model's protocol. */
  readonly duration?: string;
  /** More recordings, each as `population:variable@interval`. */
  readonly record?: readonly string[];
  /** Folders that a document may name files in, besides its own (NeuroML and LEMS: besides its repository). */
  readonly allowPaths?: readonly string[];
  /** False: reads the contents of a converted document, rather than the model that it carries. */
  readonly origin?: boolean;
  /** Spikes of populations that replay them, and signals of Inputs of NIR, by the names of the populations. */
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** Whether notes describe how other programs treat a circuit of SONATA, as `validateModel` does. */
  readonly peers?: boolean;
  /** File with mechanisms for a shape in SWC. */
  readonly with?: string;
  /** Order of a step, instead of the one that the notation prescribes. */
  readonly timing?: TimingProfile;
  /**
   * Large arrays that the document refers to by digest; absent: the arrays in the folder next to the document. A
   * converted document carries the arrays of its model.
   */
  readonly data?: DataStore;
  /** Called with the path of each file that is read besides the document: included files, tables, arrays. */
  readonly onFile?: (path: string) => void;
}
