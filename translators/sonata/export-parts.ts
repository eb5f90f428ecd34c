/** Parts of a circuit that is written, which several files share. */

import { numbersOf } from '../../src/model/arrays.js';
import type { DataStore, Value } from '../../src/model/model.js';
import { isGiven } from '../../src/model/tagged.js';
import type { Hdf5Array, Hdf5Tree } from '../shared/hdf5.js';
import type { WrittenShape } from './export-shape.js';
import type { NamedTemplate } from './templates.js';

/** A file of a circuit: text, or groups and datasets of HDF5. */
export type ExportedFile =
  { readonly name: string; readonly text: string } | { readonly name: string; readonly tree: Hdf5Tree };

/** A type of cells with a shape. */
export interface WrittenCell extends Pick<WrittenShape, 'placeOf' | 'isRounded'> {
  readonly named: NamedTemplate;
  /** Names of its files. */
  readonly morphology: string;
  readonly parameters: string;
  readonly files: readonly ExportedFile[];
  /** Name of the event that is a spike; absent: it has none. */
  readonly event?: string;
  /** Name of its root. */
  readonly soma: string;
  /** Names of the mechanisms that it has in the model. */
  readonly mechanisms: readonly string[];
}

/** A population as nodes. */
export interface WrittenPart {
  /** Of the model. */
  readonly name: string;
  /** Name of its node population. */
  readonly population: string;
  /** Null for virtual nodes. */
  readonly named: NamedTemplate | null;
  /** The cell with a shape; absent: it is none. */
  readonly cell?: WrittenCell;
  readonly size: number;
  /** Ids of the nodes, by element. */
  readonly ids: Uint32Array;
}

/** Returns numbers of a value, one for each element; undefined unless they are given. */
export function numbersOfValue(value: Value | undefined, size: number, data: DataStore): ArrayLike<number> | undefined {
  if (typeof value === 'number') return new Float64Array(size).fill(value);
  if (!isGiven(value)) return undefined;
  const given = numbersOf(value.array, data);
  return given.length === size ? given : undefined;
}

/** Numbers of an array for a file. */
export const column = (array: Float64Array | Uint32Array, attributes?: Hdf5Array['attributes']): Hdf5Array => ({
  array,
  shape: [array.length],
  ...(attributes ? { attributes } : {}),
});
