/** HDF5: writing in the forms that NWB requires; all calls of h5wasm that create objects are here. */

import type { Dataset, File, Group, GuessableDataTypes } from 'h5wasm';

import { platform } from '#platform';
import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import type { ElementType } from '../../../src/ir/program.js';
import { withClock } from './clock.js';

export type { Dataset, File, Group } from 'h5wasm';

/** The library. */
export type H5 = typeof import('h5wasm').default;

/** An object that h5wasm returns for a path. */
export type Found = ReturnType<File['get']>;

/** Whether something is a group, or the file itself. */
export const isGroup = (found: Found | undefined): found is Group =>
  found !== null && found !== undefined && 'keys' in found && typeof found.keys === 'function';

/** Whether something is a dataset. */
export const isDataset = (found: Found | undefined): found is Dataset =>
  found !== null && found !== undefined && 'slice' in found;

/** NumPy-like codes of h5wasm. */
export const dtypeOf = {
  f64: '<d',
  f32: '<f',
  i64: '<q',
  u64: '<Q',
  u32: '<I',
  i32: '<i',
  u16: '<H',
  i16: '<h',
  u8: '<B',
  i8: '<b',
} as const satisfies Record<ElementType | 'u64', string>;

/** Values of an attribute. */
type AttributeValue =
  | string
  | { readonly f64: number }
  | { readonly i32: number }
  | { readonly texts: readonly string[] }
  | { readonly reference: string };

/** Attributes of an object by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Type and namespace of an NWB object; `core` unless stated otherwise. */
export interface NeurodataType {
  /** Such as `TimeSeries`; the attribute `neurodata_type`. */
  readonly type: string;
  readonly namespace?: 'core' | 'hdmf-common';
}

interface DatasetSpecification {
  readonly data: GuessableDataTypes;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Null in a dimension that may grow. */
  readonly maxshape?: readonly (number | null)[];
  /** Chunks mean compression; whatever grows has them. */
  readonly chunks?: readonly number[];
  /** Level of deflate; absent: 1. Level 0 stores the numbers as they are. */
  readonly level?: 0 | 1;
  readonly neurodata?: NeurodataType;
  readonly attributes?: Attributes;
}

/** A file being written, with helpers that take absolute paths. */
export interface H5Writer {
  /** The open file. */
  readonly file: File;
  /** Makes a group. */
  group(path: string, neurodata?: NeurodataType, attributes?: Attributes): Group;
  /** Creates a dataset, chunked and compressed according to the specification. */
  dataset(path: string, specification: DatasetSpecification): Dataset;
  /** Makes a dataset of one string in UTF-8. */
  text(path: string, value: string, neurodata?: NeurodataType, attributes?: Attributes): Dataset;
  /** Makes a dataset of strings in UTF-8, in one dimension. */
  texts(path: string, values: readonly string[], neurodata?: NeurodataType, attributes?: Attributes): Dataset;
  /** Gives an object attributes. */
  attributes(object: Group | Dataset, attributes: Attributes): void;
  /** A row of identifiers for everything in the file. */
  identifier(path: string): string;
  /** Runs `action` with the clock standing still, so equal runs give equal files. */
  timeless<T>(action: () => T): T;
}

/**
 * Creates a file with the oldest layout that suffices.
 *
 * @param identity text from which all identifiers are derived, and the time that HDF5 stores in datasets
 */
export function createH5(h5: H5, path: string, identity: { readonly text: string; readonly time: number }): H5Writer {
  const identifier = (name: string): string => uuidFrom(`${identity.text}\0${name}`);
  const timeless = <T>(action: () => T): T => withClock(identity.time, action);
  const file = timeless(() => new h5.File(path, 'w', { libver: ['earliest', 'v110'] }));

  const attributes = (object: Group | Dataset, values: Attributes): void => {
    for (const [name, value] of Object.entries(values)) writeAttribute(file, object, name, value);
  };
  const mark = (object: Group | Dataset, at: string, neurodata: NeurodataType | undefined): void => {
    if (!neurodata) return;
    attributes(object, {
      neurodata_type: neurodata.type,
      namespace: neurodata.namespace ?? 'core',
      object_id: identifier(at),
    });
  };
  const group: H5Writer['group'] = (at, neurodata, values = {}) =>
    timeless(() => {
      const created = parentOf(file, at).create_group(nameOf(at));
      mark(created, at, neurodata);
      attributes(created, values);
      return created;
    });
  const dataset: H5Writer['dataset'] = (at, specification) =>
    timeless(() => {
      const { data, dtype, shape, maxshape, chunks, level = 1, neurodata } = specification;
      const created = parentOf(file, at).create_dataset({
        name: nameOf(at),
        data,
        dtype,
        shape: [...shape],
        ...(maxshape ? { maxshape: [...maxshape] } : {}),
        ...(chunks ? { chunks: [...chunks], compression: 'gzip', compression_opts: [level] } : {}),
      });
      mark(created, at, neurodata);
      attributes(created, specification.attributes ?? {});
      return created;
    });
  return {
    file,
    group,
    dataset,
    attributes,
    identifier,
    timeless,
    text: (at, value, neurodata, values = {}) =>
      dataset(at, { data: value, dtype: 'S', shape: [], attributes: values, ...(neurodata ? { neurodata } : {}) }),
    texts: (at, list, neurodata, values = {}) =>
      dataset(at, {
        data: [...list],
        dtype: 'S',
        shape: [list.length],
        attributes: values,
        ...(neurodata ? { neurodata } : {}),
      }),
  };
}

function writeAttribute(file: File, object: Group | Dataset, name: string, value: AttributeValue): void {
  if (typeof value === 'string') object.create_attribute(name, value);
  else if ('f64' in value) object.create_attribute(name, value.f64, [], '<d');
  else if ('i32' in value) object.create_attribute(name, value.i32, [], '<i');
  else if ('texts' in value) object.create_attribute(name, [...value.texts], [value.texts.length], 'S');
  else object.create_attribute(name, referenceTo(file, value.reference));
}

function referenceTo(file: File, path: string): ReturnType<Group['create_reference']> {
  const target = file.get(path);
  if (!isGroup(target) && !isDataset(target)) throw new InvariantError('nwb', `nothing at ${path} to refer to`);
  return target.create_reference();
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parentOf(file: File, path: string): Group {
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (parent === '') return file;
  const group = file.get(parent);
  if (!isGroup(group)) throw new InvariantError('nwb', `no group ${parent} in the file`);
  return group;
}

/** A UUID of version 4's form that follows from a text. */
export function uuidFrom(text: string): string {
  const bytes = platform.sha256().update(text).bytes().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
