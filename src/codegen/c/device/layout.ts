/**
 * Where the buffers of a program lie on a device: most in one arena, at offsets that are known when the program is
 * printed.
 */

import { faultsBuffer } from '../../../ir/names.js';
import type { Buffer, Program } from '../../../ir/program.js';
import { elementBytes } from '../../../ir/program.js';

/** A place in the arena in bytes, or memory of its own that a kernel gets as an argument. */
type Place = { readonly kind: 'arena'; readonly offset: number } | { readonly kind: 'own' };

/** Where the buffers of a program lie on a device. */
export interface DeviceLayout {
  /** By name of the buffer. */
  readonly places: ReadonlyMap<string, Place>;
  /** Bytes of the arena. */
  readonly arena: number;
  /**
   * The arena begins with what the host looks at between launches: control words, faults, cursors of logs. Their bytes.
   */
  readonly status: number;
}

/**
 * The arena's first words: an even and an odd step that is to be the last, or `notStopped`; then the step from which
 * the arguments of kernels count, in languages where they do.
 */
const controlBytes = 64;
/** What the word of the arena with the step of a stop holds while nothing has stopped the device. */
export const notStopped = 0x7fffffff;
/** Where the step from which arguments count is, in bytes. */
export const firstStepOffset = 8;
/** Where the member of a family is that a launch is for, in bytes. */
export const memberOffset = 12;

const alignment = 128;
/** Larger buffers have memory of their own, since devices limit a single piece, some to a quarter of what they have. */
const largestInArena = 16 * 2 ** 20;

const bytesOf = (buffer: Buffer, length: number): number => length * elementBytes[buffer.element];

/** Lays out the buffers of a program. */
export function layOut(program: Program): DeviceLayout {
  const places = new Map<string, Place>();
  let end = controlBytes;
  const put = (buffer: Buffer, length: number, align: number): void => {
    const offset = Math.ceil(end / align) * align;
    places.set(buffer.name, { kind: 'arena', offset });
    end = offset + bytesOf(buffer, length);
  };
  const watched = new Set([faultsBuffer, ...program.logs.map(({ cursor }) => cursor.buffer)]);
  for (const buffer of program.buffers) {
    if (watched.has(buffer.name) && typeof buffer.length === 'number') put(buffer, buffer.length, 8);
  }
  const status = end;
  for (const buffer of program.buffers) {
    if (places.has(buffer.name)) continue;
    const { length } = buffer;
    // Room for one element, so every place is inside.
    if (typeof length === 'number' && bytesOf(buffer, length) <= largestInArena)
      put(buffer, Math.max(1, length), alignment);
    else places.set(buffer.name, { kind: 'own' });
  }
  return { places, arena: Math.ceil(end / alignment) * alignment, status };
}
