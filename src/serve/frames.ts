/**
 * Bodies of messages with arrays: the JSON text, spaces and a zero byte, which JSON has nowhere, and from a multiple of
 * eight bytes on the arrays' own bytes, each from a multiple of eight. In the text, `at` is where an array begins.
 */

import type { ContentTypeDecoder, ContentTypeEncoder, Message } from 'vscode-jsonrpc/node.js';
import { memberOf } from '../diagnostics/member.js';

/** An array in a message; in the text of the message it has `at` instead of its bytes. */
export interface Frame {
  /** Type of the elements. */
  readonly dtype: string;
  /** Length along each dimension, the slowest first. */
  readonly shape: readonly number[];
  /** Their little-endian bytes. */
  readonly bytes: Uint8Array;
}

const alignment = 8;
const aligned = (length: number): number => Math.ceil(length / alignment) * alignment;

/** Whether a value is an array with its bytes. */
export const isFrame = (value: unknown): value is Frame =>
  typeof memberOf(value, 'dtype') === 'string' && memberOf(value, 'bytes') instanceof Uint8Array;

/** A message as bytes. */
export function encodeMessage(message: unknown): Uint8Array {
  const frames: Uint8Array[] = [];
  let length = 0;
  const text = JSON.stringify(message, (_, value: unknown) => {
    if (!isFrame(value)) return value;
    const { dtype, shape, bytes } = value;
    const at = length;
    frames.push(bytes, new Uint8Array(aligned(bytes.length) - bytes.length));
    length += aligned(bytes.length);
    return { dtype, shape, at };
  });
  if (frames.length === 0) return Buffer.from(text);
  const bytes = Buffer.from(text);
  const gap = Buffer.alloc(aligned(bytes.length + 1) - bytes.length, ' ');
  gap[gap.length - 1] = 0;
  return Buffer.concat([bytes, gap, ...frames]);
}

/** A message from its bytes. Arrays that do not lie within them have no bytes. */
export function decodeMessage(body: Uint8Array): unknown {
  const end = body.indexOf(0);
  const text = Buffer.from(body.buffer, body.byteOffset, end < 0 ? body.length : end).toString();
  if (end < 0) return JSON.parse(text);
  const frames = new Uint8Array(body.buffer, body.byteOffset + end + 1, body.length - end - 1);
  return JSON.parse(text, (_, value: unknown) => {
    const at = memberOf(value, 'at');
    const [dtype, shape] = [memberOf(value, 'dtype'), memberOf(value, 'shape')];
    if (typeof at !== 'number' || typeof dtype !== 'string' || !Array.isArray(shape)) return value;
    const begin = at + lengthOf(dtype, shape);
    return begin <= frames.length && at >= 0 ? { dtype, shape, bytes: frames.subarray(at, begin) } : value;
  });
}

/** Bytes of an array; NaN where its type or shape is none. */
const lengthOf = (dtype: string, shape: readonly unknown[]): number =>
  shape.reduce((total: number, each) => total * (Number.isSafeInteger(each) ? Number(each) : NaN), sizeOf(dtype));

const sizeOf = (dtype: string): number => Number(/^[fiu](8|16|32|64)$/.exec(dtype)?.[1] ?? NaN) / 8;

/** What streams of messages are read and written with. */
export const frameDecoder: ContentTypeDecoder = {
  name: 'application/json',
  decode: async (body) => decodeMessage(body) as Message,
};
/** The same for those that are sent. */
export const frameEncoder: ContentTypeEncoder = {
  name: 'application/json',
  encode: async (message) => encodeMessage(message),
};
