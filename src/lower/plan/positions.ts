/**
 * Work on all synapses of a projection, in pieces of as many positions each: rows may be few and long, or many and
 * short.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Extent, Statement } from '../../ir/program.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';

/**
 * Positions of a piece: enough that finding its row costs little, and few enough that a device has work for all its
 * work-items.
 */
const pieceBits = 6;
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
    const whole = ir.shr(total, ir.u32(pieceBits));
    const rest = ir.convert('u32', ir.ne(ir.and(total, ir.u32(pieceLength - 1)), ir.u32(0)));
    builder.initially(
      builder.sequential(`${rows.name}.count_pieces`, `pieces of the synapses of ${name}`, [
        ir.store(pieceCount, ir.u32(0), ir.add(whole, rest)),
      ]),
    );
    return pieceCount;
  });
  return { buffer: pieces.name, index: 0 };
}

/** Finds the row of a position by bisection, with locals declared in a block. */
export function rowSearch(
  block: Block,
): (rows: Buffer, sources: Ir, position: Ir) => { readonly statements: readonly Statement[]; readonly row: Ir } {
  const [low, high, middle] = [block.local('low', 'u32'), block.local('high', 'u32'), block.local('middle', 'u32')];
  return (rows, sources, position) => ({
    // rows[low] <= position < rows[high].
    statements: [
      ir.set(low, ir.u32(0)),
      ir.set(high, sources),
      ir.whilst(ir.gt(ir.sub(ir.get(high), ir.get(low)), ir.u32(1)), [
        ir.set(middle, ir.shr(ir.add(ir.get(low), ir.get(high)), ir.u32(1))),
        ir.when(
          ir.le(ir.load(rows, ir.get(middle)), position),
          [ir.set(low, ir.get(middle))],
          [ir.set(high, ir.get(middle))],
        ),
      ]),
    ],
    row: ir.get(low),
  });
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
  const [position, row, next] = [
    block.local('position', 'u32'),
    block.local('row', 'u32'),
    block.local('next_row', 'u32'),
  ];
  const find = rowSearch(block);
  const total = typeof count === 'number' ? ir.u32(count) : block.name('total', ir.load(rows, ir.u32(sources)));
  const first = block.name('first', ir.mul(item, ir.u32(pieceLength)));
  const left = block.name('left', ir.sub(total, first));
  const end = block.name('end', ir.add(first, ir.select(ir.lt(left, ir.u32(pieceLength)), left, ir.u32(pieceLength))));
  const rowOfFirst = find(rows, ir.u32(sources), first);
  block.emit(
    ...rowOfFirst.statements,
    ir.set(row, rowOfFirst.row),
    ir.set(next, ir.load(rows, ir.add(ir.get(row), ir.u32(1)))),
    ir.loop(
      position,
      first,
      end,
      block.nested((inner) => {
        inner.emit(
          ir.whilst(ir.ge(ir.get(position), ir.get(next)), [
            ir.set(row, ir.add(ir.get(row), ir.u32(1))),
            ir.set(next, ir.load(rows, ir.add(ir.get(row), ir.u32(1)))),
          ]),
        );
        write(ir.get(position), ir.get(row), inner);
      }),
    ),
  );
  return context.builder.map(name, comment, { kind: 'count', count: pieces }, false, block);
}
