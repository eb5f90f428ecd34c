/** Arrays of messages as typed arrays, and back. */

import { createHash } from 'node:crypto';
import { UsageError } from '../diagnostics/diagnostic.js';
import { memberOf } from '../diagnostics/member.js';
import { shorten } from '../diagnostics/suggest.js';
import type { TypedArray } from '../ir/program.js';
import type { DataStore } from '../model/model.js';
import type { GivenNumbers } from '../session/model-session.js';
import type { StartState } from '../pipeline/start-state.js';
import { isFrame, type Frame } from './frames.js';

type StoredArray = DataStore extends ReadonlyMap<string, infer Item> ? Item : never;

const kinds = {
  f64: Float64Array,
  f32: Float32Array,
  i64: BigInt64Array,
  i32: Int32Array,
  u32: Uint32Array,
  i16: Int16Array,
  u16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
} as const;

const kindOf = (array: TypedArray): keyof typeof kinds =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).find((name) => array instanceof kinds[name]) ?? 'u8';

/** @param shape  absent: one dimension */
export const sentArray = (array: TypedArray, shape: readonly number[] = [array.length]): Frame => ({
  dtype: kindOf(array),
  shape,
  // A copy: it is written when the session may go on.
  bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice(),
});

/** @throws UsageError for a value that is not an array */
function readArray(value: unknown, what: string): StoredArray {
  const known = ['f64', 'f32', 'i64', 'i32', 'u32', 'u8'] as const;
  if (!isFrame(value))
    throw new UsageError(
      `${what} is not an array`,
      'give an object with dtype, shape and at, and its bytes after the text',
    );
  const dtype = known.find((name) => name === value.dtype);
  if (dtype === undefined)
    throw new UsageError(`${what} has the type ${shorten(value.dtype)}`, `choose one of ${known.join(', ')}`);
  const kind = kinds[dtype];
  const { bytes } = value;
  const whole = bytes.byteOffset % kind.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new kind(whole.buffer as ArrayBuffer, whole.byteOffset, bytes.length / kind.BYTES_PER_ELEMENT);
}

/** Arrays of a document by digest. @throws UsageError for bytes that do not have the digest that they are sent by */
export function readStore(sent: unknown): DataStore {
  if (sent === undefined) return new Map();
  if (typeof sent !== 'object' || sent === null) throw new UsageError('data is not an object', 'give arrays by digest');
  return new Map(
    Object.entries(sent).map(([digest, value]) => {
      const array = readArray(value, `data ${digest}`);
      const found = createHash('sha256')
        .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
        .digest('hex');
      if (found !== digest)
        throw new UsageError(`data ${digest} has the digest ${found}`, 'send exactly the bytes that were hashed');
      return [digest, array];
    }),
  );
}

/**
 * Returns values for variables as a session takes them; the session checks names.
 *
 * @throws UsageError for an array of an invalid type
 */
export function readValues(sent: unknown): GivenNumbers {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
    throw new UsageError('values is not an object', 'give numbers or arrays by population.variable');
  return Object.fromEntries(
    Object.entries(sent).map(([key, value]: [string, unknown]) => [
      key,
      isFrame(value) ? inShape(readArray(value, `the value of ${key}`), value.shape, key) : value,
    ]),
  ) as GivenNumbers;
}

/** Returns an array of one dimension as it is, one of two as a list of its rows. */
function inShape(array: StoredArray, shape: readonly number[], key: string): unknown {
  if (shape.length === 1) return array;
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2)
    throw new UsageError(
      `the value of ${key} has ${shape.length} dimensions`,
      'give an array of one or two dimensions',
    );
  return Array.from({ length: rows }, (_, row) =>
    Array.from(array.subarray(row * columns, (row + 1) * columns), Number),
  );
}

/** Returns the state at which a session begins. @throws UsageError for an invalid state */
export function readStart(sent: Readonly<Record<string, unknown>>): StartState {
  const map = <T>(name: string, read: (value: unknown, what: string) => T): Record<string, T> => {
    const given: unknown = sent[name] ?? {};
    if (typeof given !== 'object' || given === null)
      throw new UsageError(`${name} of the start is no object`, 'give arrays by name');
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, read(value, `${name}.${key}`)]));
  };
  const pair =
    <A extends string, B extends string>(a: A, b: B) =>
    (value: unknown, what: string): Record<A | B, ArrayLike<number>> => {
      const [first, second] = [memberOf(value, a), memberOf(value, b)];
      if (first === undefined || second === undefined)
        throw new UsageError(`${what} of the start has no ${a} and ${b}`, 'give both as arrays');
      return { [a]: numbers(first, `${what}.${a}`), [b]: numbers(second, `${what}.${b}`) } as Record<
        A | B,
        ArrayLike<number>
      >;
    };
  return {
    // A session checks the number.
    step: sent['step'] as number,
    events: map('events', pair('steps', 'cells')),
    lastEvents: map('lastEvents', numbers),
    free: map('free', numbers),
    lastUpdates: map('lastUpdates', numbers),
    ...(sent['received'] === undefined ? {} : { received: map('received', pair('from', 'until')) }),
  };
}

function numbers(value: unknown, what: string): ArrayLike<number> {
  const array = readArray(value, what);
  return array instanceof BigInt64Array ? Array.from(array, Number) : array;
}
