/** Contents of HDF5 files as plain data: `src/hdf5` reads and writes them. */

/** A group with its members, in the order of their names. */
export interface Hdf5Group {
  readonly name: string;
  /** As texts. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly Hdf5Group[];
  readonly tables: readonly Hdf5Table[];
}

/** A dataset, in the order of its rows. */
export interface Hdf5Table {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Length along each dimension, empty for a single value. */
  readonly shape: readonly number[];
  /** Type of the stored elements; `other` has no values, and neither has `elsewhere`, a link to another file. */
  readonly type: 'integer' | 'single' | 'double' | 'text' | 'other' | 'elsewhere';
  /** Numbers; empty for texts. */
  readonly values: Float64Array;
  readonly texts?: readonly string[];
}

/** An HDF5 file, or the reason why it is not read. */
export type Hdf5File = Hdf5Group | { readonly refused: string };

/** The key of attributes of a group that is written, which no member can have. */
export const groupAttributes = Symbol('attributes of a group');

/** Contents of a file to write: groups with members, texts, and arrays. */
export interface Hdf5Tree {
  readonly [name: string]: Hdf5Tree | Hdf5Array | string;
  readonly [groupAttributes]?: Readonly<Record<string, string | number>>;
}

/** An array to write: numbers, or texts. */
export interface Hdf5Array {
  readonly array: Float64Array | Float32Array | BigInt64Array | Uint32Array | readonly string[];
  readonly shape: readonly number[];
  /** Texts by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}
