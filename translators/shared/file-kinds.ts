/** Kinds of files that several notations are written in. */

/** A kind of files. */
export interface FileKind {
  readonly called: string;
  readonly suffixes: readonly string[];
  /** The document in a folder of such files that is the model. */
  readonly document?: string;
}

/** Scripts. */
export const script = { called: 'a Python script', suffixes: ['.py'] } as const satisfies FileKind;
/** Trees. JSON is YAML, too. */
export const json = { called: 'a JSON document', suffixes: ['.json', '.yaml', '.yml'] } as const satisfies FileKind;
/** Results, which no notation is written in. */
export const hdf5 = { called: 'an HDF5 file', suffixes: ['.h5', '.hdf5'] } as const satisfies FileKind;
