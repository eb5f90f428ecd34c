/**
 * The canonical order of synapses: by (source, target, copy), for any storage.
 *
 * Storage is by source, then delay, then target, so a row has to be sorted again. Copies of one pair of cells are
 * numbered in order of creation.
 */

import { invariant } from '../../src/diagnostics/diagnostic.js';
import type { ProjectionLocation } from '../../src/ir/program.js';
import type { Session } from '../targets/target.js';
import { readBlock, readU32 } from './read-buffers.js';

/** Whole rows of synapses: storage positions [begin, end) and their positions in the canonical order. */
interface SynapseBlock {
  readonly begin: number;
  readonly end: number;
  /** Storage positions less `begin`, in canonical order; null when storage is in that order already. */
  readonly order: Uint32Array | null;
}

/** Blocks of whole rows, in order of source, of about a million synapses at most (a single row may be longer). */
export async function* synapseBlocks(session: Session, projection: ProjectionLocation): AsyncGenerator<SynapseBlock> {
  invariant(projection.creation !== null, 'record', `the order of ${projection.name} is not kept`);
  const segments = await readU32(session, projection.segments);
  const perRow = projection.delays.last - projection.delays.first + 1;
  invariant(segments.length > projection.sources * perRow, 'record', `segments of ${projection.name} are too short`);
  for (let row = 0; row < projection.sources;) {
    const begin = segments[row * perRow]!;
    let next = row + 1;
    while (next < projection.sources && segments[(next + 1) * perRow]! - begin <= readBlock) next += 1;
    const end = segments[next * perRow]!;
    if (end > begin) {
      const targets = await readU32(session, projection.targets, begin, end - begin);
      const creation =
        projection.creation === undefined ? null : await readU32(session, projection.creation, begin, end - begin);
      const rows = Uint32Array.from({ length: next - row + 1 }, (_, k) => segments[(row + k) * perRow]! - begin);
      yield { begin, end, order: canonicalOrder(rows, targets, creation) };
    }
    row = next;
  }
}

/**
 * Positions in order of (row, target, creation).
 *
 * @param rows  offsets of rows into `targets`, one more than there are rows
 * @param creation  creation index of each position; null when storage order is creation order
 * @returns null when the positions are in that order already
 */
export function canonicalOrder(
  rows: Uint32Array,
  targets: Uint32Array,
  creation: Uint32Array | null,
): Uint32Array | null {
  if (isCanonical(rows, targets, creation)) return null;
  const order = Uint32Array.from(targets, (_, position) => position);
  for (let row = 0; row + 1 < rows.length; row += 1) {
    order
      .subarray(rows[row], rows[row + 1])
      .sort((a, b) => targets[a]! - targets[b]! || (creation === null ? a - b : creation[a]! - creation[b]!));
  }
  return order;
}

function isCanonical(rows: Uint32Array, targets: Uint32Array, creation: Uint32Array | null): boolean {
  for (let row = 0; row + 1 < rows.length; row += 1) {
    for (let at = rows[row]! + 1; at < rows[row + 1]!; at += 1) {
      const step = targets[at]! - targets[at - 1]!;
      if (step < 0 || (step === 0 && creation !== null && creation[at]! < creation[at - 1]!)) return false;
    }
  }
  return true;
}
