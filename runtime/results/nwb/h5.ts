/**
 * HDF5: reading of single files, and writing in the forms that NWB requires; all calls of h5wasm that create objects
 * are here.
 */

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';

import type { Dataset, File, Group, GuessableDataTypes } from 'h5wasm';

import { InvariantError } from '../../../src/diagnostics/diagnostic.js';
import type { ElementType } from '../../../src/ir/program.js';
import { withClock } from './clock.js';
import { webAssembly } from '../../webassembly.js';

export type { Dataset, File, Group } from 'h5wasm';

type H5 = typeof import('h5wasm').default;

let loading: Promise<H5> | null = null;

/** The HDF5 library, loaded on first use; loading takes 0.1 to 0.3 s, so callers do other work meanwhile. */
export function loadH5(): Promise<H5> {
  loading ??= (async () => {
    const [h5wasm, module] = await withBoundedMemory(async () => {
      const { default: library } = await import('h5wasm/node');
      return [library, await library.ready] as const;
    });
    // Without this, errors are printed and swallowed, and files come out silently incomplete.
    (module as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
    guardFiles((module as unknown as { readonly FS: FileSystem }).FS);
    return h5wasm;
  })();
  return loading;
}

/** Opens a file for reading. @throws Error for a file that is not HDF5 */
export async function openH5(path: string): Promise<File> {
  const h5 = await loadH5();
  const file = new h5.File(path, 'r');
  longestFile = Math.max(longestFile, statSync(path).size);
  return file;
}

// --- Memory ---------------------------------------------------------------------------------------------------------
/** Deflate makes at most so many bytes of one. */
const mostInflated = 1032;
/** Bytes that the library needs in addition to the data that it reads. */
const workingMemory = 1 << 28;

/** The longest of the files that were opened, in bytes. */
let longestFile = 0;
/** Bytes of the library's memory that it may not grow beyond. */
let mostMemory = Infinity;

/** The imports of the library from its host that control memory. */
interface MemoryImports {
  emscripten_resize_heap: (bytes: number) => boolean;
  _abort_js: () => void;
}

/**
 * Loads the library with a memory that grows to `mostMemory`. A damaged file can claim any length of a text, and the
 * library allocates the memory before it reads.
 */
async function withBoundedMemory<T>(load: () => Promise<T>): Promise<T> {
  const { instantiate } = webAssembly;
  webAssembly.instantiate = (binary, imports) => {
    const host = imports['env'] as MemoryImports;
    const resize = host.emscripten_resize_heap;
    host.emscripten_resize_heap = (bytes) => bytes >>> 0 <= mostMemory && resize(bytes);
    // The library's own prints a line, and its files stay readable.
    host._abort_js = () => {
      throw new Error('the HDF5 library has not the memory that the file asks for');
    };
    return instantiate(binary, imports);
  };
  try {
    return await load();
  } finally {
    webAssembly.instantiate = instantiate;
  }
}

// --- One file only --------------------------------------------------------------------------------------------------
interface FileSystem {
  open(path: string, flags: number, ...rest: unknown[]): unknown;
  readonly ErrnoError: new (code: number) => Error;
}

/** The files that the library was not given since this was last emptied; null: it may open any. */
let refused: string[] | null = null;

/** `O_EXCL`: the file is new, such as the one for the library's error text. */
const isNew = 0x80;
/** `ENOENT` of the library's system. */
const noSuchFile = 44;

/** Lets `inOneFile` hide files from the library. */
function guardFiles(system: FileSystem): void {
  const { open } = system;
  system.open = (path, flags, ...rest) => {
    if (refused === null || (flags & isNew) !== 0) return open(path, flags, ...rest);
    refused.push(path);
    throw new system.ErrnoError(noSuchFile);
  };
}

/**
 * Runs an action that reads an open file. Links, virtual datasets and external storage can refer to any other file,
 * such as an endless pipe: no other file is opened. Nor does the library take more memory than the file can fill.
 *
 * @throws Error that names the other file, if the action needs one
 */
export function inOneFile<T>(what: string, action: () => T): T {
  const before = { refused, mostMemory };
  const others: string[] = [];
  refused = others;
  mostMemory = workingMemory + mostInflated * longestFile;
  try {
    return action();
  } catch (error) {
    const [other] = others;
    throw other === undefined ? error : new Error(`${what} lies in another file, ${other}`, { cause: error });
  } finally {
    ({ refused, mostMemory } = before);
  }
}

/** Reads all values of a dataset. @throws Error for values that are not in the file */
export const valueOf = (dataset: Dataset): Dataset['value'] => inOneFile(dataset.path, () => dataset.value);

/**
 * Returns the object at a path within the file, or null.
 *
 * @throws Error for an object in another file
 */
export function objectAt(file: File, path: string): Found {
  const found = inOneFile(path, () => file.get(path) ?? null);
  if (found === null) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '') objectAt(file, parent);
    return null;
  }
  if ('filename' in found) throw new Error(`${path} lies in another file, ${String(found.filename)}`);
  if (!isDataset(found)) return found;
  const { virtual_sources: sources, chunks, shape, total_size: total } = found.metadata;
  if (sources !== undefined)
    throw new Error(`${path} lies in other datasets, as ${sources[0]?.dset_name ?? 'nothing'}`);
  // External storage is not stated, but reading a number shows it; chunks are always within the file.
  if (chunks === null && shape !== null && total > 0)
    inOneFile(path, () => (shape.length === 0 ? found.value : found.slice(shape.map(() => [0, 1]))));
  return found;
}

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
      const { data, dtype, shape, maxshape, chunks, neurodata } = specification;
      const created = parentOf(file, at).create_dataset({
        name: nameOf(at),
        data,
        dtype,
        shape: [...shape],
        ...(maxshape ? { maxshape: [...maxshape] } : {}),
        ...(chunks ? { chunks: [...chunks], compression: 'gzip', compression_opts: [1] } : {}),
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
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
