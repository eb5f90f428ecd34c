/**
 * Bodies of messages with arrays: the JSON text, spaces, and a zero byte, which JSON never contains. The bytes of the
 * arrays follow, each from a multiple of eight. In the text, `at` is the beginning of an array.
 */

import type { ContentTypeEncoder } from 'vscode-jsonrpc/node';
import { limits } from '../diagnostics/limits.js';
import { memberOf } from '../diagnostics/member.js';
import { afterString } from '../model/text/json-scan.js';

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

/** Checks whether a value is an array with its bytes. */
export const isFrame = (value: unknown): value is Frame =>
  typeof memberOf(value, 'dtype') === 'string' && memberOf(value, 'bytes') instanceof Uint8Array;

/** Returns a message as bytes. */
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

/** Most levels of maps and lists in a message: the levels of a document, and the levels around it. */
const deepest = limits.nesting + 8;

/**
 * Returns a message from its bytes. Arrays that do not lie within them have no bytes.
 *
 * @throws SyntaxError for a text that is not JSON or is nested too deeply, TypeError for one that is not UTF-8
 */
export function decodeMessage(body: Uint8Array): unknown {
  const end = body.indexOf(0);
  const text = utf8.decode(end < 0 ? body : body.subarray(0, end));
  if (nestingOf(text) > deepest) throw new SyntaxError(`the message has more than ${deepest} levels of maps and lists`);
  if (end < 0) return JSON.parse(text);
  const frames = new Uint8Array(body.buffer, body.byteOffset + end + 1, body.length - end - 1);
  return JSON.parse(text, (_, value: unknown) => {
    const at = memberOf(value, 'at');
    const [dtype, shape] = [memberOf(value, 'dtype'), memberOf(value, 'shape')];
    if (typeof dtype !== 'string' || !isShape(shape) || !isLength(at) || at % alignment !== 0) return value;
    const until = at + shape.reduce((total, length) => total * length, sizeOf(dtype));
    return until <= frames.length ? { dtype, shape, bytes: frames.subarray(at, until) } : value;
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const isLength = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isShape = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isLength);

/** Returns the depth of nested maps and lists in a JSON text. */
function nestingOf(text: string): number {
  let [depth, most] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = afterString(text, at) - 1;
    else if (code === 91 || code === 123) most = Math.max(most, (depth += 1));
    else if (code === 93 || code === 125) depth -= 1;
  }
  return most;
}

/** Bytes of an element; NaN for a type that no array has. */
const sizeOf = (dtype: string): number => Number(/^[fiu](8|16|32|64)$/.exec(dtype)?.[1] ?? NaN) / 8;

/** Encodes messages for a stream. */
export const frameEncoder: ContentTypeEncoder = {
  name: 'application/json',
  encode: async (message) => encodeMessage(message),
};
