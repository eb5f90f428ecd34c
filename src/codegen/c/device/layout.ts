/** The places of a program's buffers on a device: most in one arena, at offsets that are constants in the source. */

import { faultsBuffer } from '../../../ir/names.js';
import type { Buffer, Program } from '../../../ir/program.js';
import { elementBytes } from '../../../ir/program.js';

/** A place in the arena in bytes, or separate memory that a kernel receives as an argument. */
type Place = { readonly kind: 'arena'; readonly offset: number } | { readonly kind: 'own' };

/** The places of a program's buffers on a device. */
export interface DeviceLayout {
  /** By name of the buffer. */
  readonly places: ReadonlyMap<string, Place>;
  /** Bytes of the arena. */
  readonly arena: number;
  /**
   * Number of bytes at the beginning of the arena that the host reads between launches: control values, faults, cursors
   * of logs.
   */
  readonly status: number;
}

/**
 * The first u32 values of the arena: an even and an odd last step, or `notStopped`; then the step from which kernel
 * arguments count, in languages that use it.
 */
const controlBytes = 64;
/** Value of the last step in the arena while the device is not stopped. */
export const notStopped = 0x7fffffff;
/** Offset of the number of work-groups that came to barriers of a resident launch, in bytes: in a sector of its own. */
export const arrivalsOffset = 32;
/** Offset of the step from which arguments count, in bytes. */
export const firstStepOffset = 8;
/** Where the member of a family is that a launch is for, in bytes. */
export const memberOffset = 12;

const alignment = 128;
/** Larger buffers have their own memory, since devices limit a single allocation, some to a quarter of their memory. */
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
