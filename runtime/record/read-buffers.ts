/** Reads a session's buffers according to their description in the program. */

import { invariant } from '../../src/diagnostics/diagnostic.js';
import type { Extent } from '../../src/ir/program.js';
import type { Session } from '../targets/target.js';

/** Elements read at once: enough to make the cost of a call vanish, little enough to bound memory. */
export const readBlock = 1 << 20;

/** Returns the current value of an extent. */
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
