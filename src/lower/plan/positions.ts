/**
 * Work on all synapses of a projection, in pieces of as many positions each: rows may be few and long, or many and
 * short.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Extent } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';

/**
 * Positions of a piece: enough that finding its row costs little, and few enough that a device has work for all its
 * work-items.
 */
const pieceBits = 8;
const pieceLength = 1 << pieceBits;

/** Synapses that are in rows. */
interface StoredRows {
  /** Name of the projection. */
  readonly name: string;
  readonly count: Extent;
  /** First position of each row, sources + 1. */
  readonly rows: Buffer;
  readonly sources: number;
}

/** Returns the number of pieces. If the number of synapses is drawn, a kernel computes it at the first use. */
function piecesOf({ name, count, rows, sources }: StoredRows, context: Context): Extent {
  if (typeof count === 'number') return Math.ceil(count / pieceLength);
  const { builder } = context;
  const pieces = builder.common(`${rows.name}.pieces`, (key) => {
    const pieceCount = builder.buffer(key, 'u32', 1, `pieces of ${pieceLength} synapses of ${name}`);
    const total = ir.load(rows, ir.u32(sources));
    const block = new Block();
    block.write`${pieceCount}[0u] = (${total} >> ${pieceBits}u) + u32((${total} & ${pieceLength - 1}u) != 0u)`;
    builder.initially(builder.sequential(`${rows.name}.count_pieces`, `pieces of the synapses of ${name}`, block));
    return pieceCount;
  });
  return { buffer: pieces.name, index: 0 };
}

/** Finds the row of a position by bisection: rows[low] <= position < rows[high]. */
export function rowAt(position: Ir, { rows, sources }: Pick<StoredRows, 'rows' | 'sources'>, block: Block): Ir {
  const at = block.write`
    var low = 0u
    var high = ${sources}u
    while high - low > 1u {
      var middle = (low + high) >> 1u
      if ${rows}[middle] <= ${position} {
        low = middle
      } else {
        high = middle
      }
    }`;
  return at('low');
}

/**
 * A kernel that does something for each synapse.
 *
 * @param write  statements for the synapse at a position, of a row
 * @returns the kernel's name
 */
export function overPositions(
  name: string,
  comment: string,
  stored: StoredRows,
  context: Context,
  write: (position: Ir, row: Ir, block: Block) => void,
): string {
  const { rows, sources, count } = stored;
  const pieces = piecesOf(stored, context);
  const block = new Block();
  block.write`
    let total = ${typeof count === 'number' ? ir.u32(count) : code`${rows}[${sources}u]`}
    let first = index * ${pieceLength}u
    let left = total - first
    let end = first + select(left < ${pieceLength}u, left, ${pieceLength}u)
    var row = ${(at) => rowAt(at('first'), stored, block)}
    var next_row = ${rows}[row + 1u]
    for position = first until end {
      while position >= next_row {
        row = row + 1u
        next_row = ${rows}[row + 1u]
      }
      ${(at, inner) => write(at('position'), at('row'), inner)}
    }`;
  return context.builder.map(name, comment, { kind: 'count', count: pieces }, false, block);
}
