/**
 * Large arrays of a model, in a folder next to its document. The arrays of `cuba.json` lie in the folder `cuba.data`.
 * Each file holds only the little-endian bytes of an array and has their SHA-256 as its name.
 */

import { platform } from '#platform';
import { memberOf } from '../../diagnostics/member.js';
import { DiagnosticError } from '../../diagnostics/diagnostic.js';
import type { DataReference, DataStore } from '../../model/model.js';
import { messages } from '../messages.js';
import { statusOf } from './file-status.js';

const { dirname, join, parse } = platform.paths;

type DataArray = DataStore extends ReadonlyMap<string, infer Item> ? Item : never;

/** Returns the folder of a document's arrays. */
export function dataFolder(document: string): string {
  return join(dirname(document), `${parse(document).name}.data`);
}

/**
 * Reads the arrays that a document tree refers to; references without a file are left to validation.
 *
 * @param document  path of the document
 * @param onFile  called with the path of each file
 * @throws DiagnosticError if the bytes of a file do not match the digest in its name
 */
export function readDataFiles(tree: unknown, document: string, onFile?: (path: string) => void): DataStore {
  const folder = dataFolder(document);
  if (statusOf(folder) === null) return new Map();
  return storedArrays(
    tree,
    (digest) => {
      const path = join(folder, digest);
      if (statusOf(path)?.kind !== 'file') return undefined;
      onFile?.(path);
      return platform.files.read(path);
    },
    (digest) => {
      const message = messages.changedData(join(folder, digest));
      throw new DiagnosticError([{ severity: 'error', ...message, place: { document } }]);
    },
  );
}

/**
 * Returns the arrays that a document tree refers to; arrays with bytes that do not match their digest are left to
 * validation.
 *
 * @param bytesOf  bytes by digest
 * @param changed  called for a digest that its bytes do not match
 */
export function storedArrays(
  tree: unknown,
  bytesOf: (digest: string) => Uint8Array | undefined,
  changed: (digest: string) => void = () => undefined,
): DataStore {
  const store = new Map<string, DataArray>();
  for (const { $data, dtype } of dataReferences(tree)) {
    const bytes = store.has($data) ? undefined : bytesOf($data);
    if (bytes === undefined) continue;
    const isSame = platform.sha256().update(bytes).hex() === $data;
    if (!isSame) changed($data);
    const array = isSame ? decode(bytes, dtype) : undefined;
    if (array) store.set($data, array);
  }
  return store;
}

/**
 * Returns the references to arrays in a document. Only a digest can be a file name, so that a document cannot make the
 * program read other files.
 */
export function dataReferences(tree: unknown): Pick<DataReference, '$data' | 'dtype'>[] {
  const found: Pick<DataReference, '$data' | 'dtype'>[] = [];
  const open: unknown[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === null || typeof node !== 'object') continue;
    const [digest, dtype] = [memberOf(node, '$data'), memberOf(node, 'dtype')];
    if (typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) && isElementType(dtype))
      found.push({ $data: digest, dtype });
    // Long lists hold numbers.
    if (Array.isArray(node) && typeof node[0] === 'number') continue;
    for (const item of Object.values(node) as unknown[]) open.push(item);
  }
  return found;
}

/** Returns the arrays that a document refers to, in the order of its references. */
export const referredData = (tree: unknown, data: DataStore): DataStore =>
  new Map(
    dataReferences(tree).flatMap(({ $data }) => {
      const array = data.get($data);
      return array ? [[$data, array] as const] : [];
    }),
  );

const decoders: Readonly<Record<DataReference['dtype'], (buffer: ArrayBuffer) => DataArray>> = {
  f64: (buffer) => new Float64Array(buffer),
  f32: (buffer) => new Float32Array(buffer),
  i64: (buffer) => new BigInt64Array(buffer),
  i32: (buffer) => new Int32Array(buffer),
  u32: (buffer) => new Uint32Array(buffer),
  u8: (buffer) => new Uint8Array(buffer),
};

function isElementType(value: unknown): value is DataReference['dtype'] {
  return typeof value === 'string' && Object.hasOwn(decoders, value);
}

/** Returns an aligned copy; undefined if the bytes do not form a whole number of elements. */
function decode(bytes: Uint8Array, dtype: DataReference['dtype']): DataArray | undefined {
  const width = { f64: 8, f32: 4, i64: 8, i32: 4, u32: 4, u8: 1 }[dtype];
  return bytes.length % width === 0 ? decoders[dtype](Uint8Array.from(bytes).buffer) : undefined;
}
