/** How a model is read. */

import type { Notation } from './notation.js';
import type { DataStore, TimingProfile } from '../model/model.js';

/** What may be changed of a model while it is read. Quantities are text with a unit, as in a document. */
export interface ImportOptions {
  /** Values of model parameters and of parameters of populations, by name. */
  readonly set?: Readonly<Record<string, string>>;
  /** Notation of the document; absent: what it states. */
  readonly from?: Notation;
  /** A whole number; absent: the document's. */
  readonly seed?: string;
  /** Time step; absent: the document's. */
  readonly dt?: string;
  /** Time to run, instead of what the model's protocol says. */
  readonly duration?: string;
  /** More recordings, each as `population:variable@interval`. */
  readonly record?: readonly string[];
  /** Folders that a document may name files in, besides its own (NeuroML and LEMS: besides its repository). */
  readonly allowPaths?: readonly string[];
  /** False: reads what a converted document says, rather than the model that it carries. */
  readonly origin?: boolean;
  /** Whether notes say what other programs make of a circuit of SONATA, as `validateModel` does. */
  readonly peers?: boolean;
  /** Order of a step, instead of the one that the notation prescribes. */
  readonly timing?: TimingProfile;
  /**
   * Large arrays that the document refers to by digest; absent: those in the folder beside the document. A converted
   * document carries those of its model.
   */
  readonly data?: DataStore;
}
