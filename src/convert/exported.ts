/** Result of a conversion. */

import type { ConversionEntry } from '../model/conversion-report.js';
import type { DataStore } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';

/** A file of a conversion. */
export interface ConvertedFile {
  readonly name: string;
  /** Throws a UsageError if it is too long for one string. */
  readonly text: string;
  /** The text in pieces, which are made as they are taken; absent: it is short. */
  readonly pieces?: Iterable<string>;
  /** The content of a file that is no text. */
  readonly bytes?: Uint8Array;
}

/** Result of an exporter. */
export interface Exported {
  /** The document first, then files that it reads. Only circuits of SONATA have files in folders. */
  readonly files: readonly ConvertedFile[];
  /** Large arrays that the document refers to by digest. */
  readonly data: DataStore;
  readonly report: readonly ConversionEntry[];
  /** Parts of the model in the document. */
  readonly became: Became;
}

/** Returns the file that includes the others. */
export const mainOf = <File extends { readonly name: string }>(files: readonly File[]): File | undefined =>
  files.find(({ name }) => files.length > 1 && name.startsWith('LEMS_')) ?? files[0];
