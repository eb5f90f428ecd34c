/** Reading a session's buffers by what the program says about them. */

import { invariant } from '../../src/diagnostics/diagnostic.js';
import type { Extent, TypedArray } from '../../src/ir/program.js';
import type { Session } from '../targets/target.js';

/** Elements read at once: enough to make the cost of a call vanish, little enough to bound memory. */
export const readBlock = 1 << 20;

/** The number that an extent stands for now. */
export async function resolveExtent(session: Session, extent: Extent): Promise<number> {
  if (typeof extent === 'number') return extent;
  const cell = await session.read(extent.buffer, extent.index, 1);
  return Number(cell[0] ?? 0);
}

/** Reads a buffer of unsigned integers as u32: short indices are stored as u16 or u8. */
export async function readU32(session: Session, buffer: string, offset = 0, length?: number): Promise<Uint32Array> {
  const data = await session.read(buffer, offset, length ?? (await session.length(buffer)) - offset);
  if (data instanceof Uint16Array || data instanceof Uint8Array) return Uint32Array.from(data);
  invariant(data instanceof Uint32Array, 'record', `buffer ${buffer} holds no unsigned integers`);
  return data;
}

/** Replaces every NaN by the one NaN (positive, quiet, no payload). @returns how many there are */
export function canonicaliseNaN(array: TypedArray): number {
  let count = 0;
  if (array instanceof Float64Array) {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length * 2);
    for (let i = 0; i < array.length; i += 1) {
      if (!Number.isNaN(array[i]!)) continue;
      words[2 * i] = 0;
      words[2 * i + 1] = 0x7ff80000;
      count += 1;
    }
  } else if (array instanceof Float32Array) {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length);
    for (let i = 0; i < array.length; i += 1) {
      if (!Number.isNaN(array[i]!)) continue;
      words[i] = 0x7fc00000;
      count += 1;
    }
  }
  return count;
}
