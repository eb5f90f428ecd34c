/** Stable counting sorts of synapses: into rows from anywhere, and within the rows that they stand in. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import { runningSum } from './running-sum.js';

type Stores = ReturnType<typeof ir.store>[];

/** The synapses to be moved into rows. */
interface Move {
  readonly name: string;
  /** Offsets of the present groups of synapses, and the number of groups. */
  readonly from: Buffer;
  readonly groups: number;
  /** Estimated number of synapses: determines the number of shares, and no result. */
  readonly expected: number;
  /** Row that the synapse at a position goes to. */
  readonly rowOf: (position: Ir, group: Ir) => Ir;
  /** Which synapses are kept; absent: all. */
  readonly keep?: (position: Ir, group: Ir) => Ir;
  /** Offsets to compute, rowCount + 1. */
  readonly rows: Buffer;
  readonly rowCount: number;
  /** Buffers that get their size from the offsets. */
  readonly allocate?: readonly Buffer[];
  /** Statements that put the synapse from `position` (of `group`) to `at`; it is the `ordinal`-th that is kept. */
  readonly place: (position: Ir, group: Ir, at: Ir, ordinal: Ir) => Stores;
  readonly context: Context;
}

/** Largest number of shares of the groups; smaller if counters for every row and share would cost too much. */
const mostShares = 1024;
const mostCounters = 1 << 26;

function sharesFor({ groups, rowCount, expected }: Move): number {
  const paid = Math.floor(Math.min(expected / 2, mostCounters) / Math.max(1, rowCount));
  return Math.max(1, Math.min(groups, mostShares, paid));
}

/**
 * A stable counting sort of synapses into rows. Groups are divided into shares. Each share counts its synapses of each
 * row and, after prefix sums, moves its synapses to their positions.
 */
export function moveToRows(move: Move): void {
  const { name, groups, keep, rows, rowCount, allocate, place, context } = move;
  const { builder } = context;
  const length = Math.max(1, Math.ceil(groups / sharesFor(move)));
  const shares = Math.ceil(groups / length);
  const next = builder.buffer(
    `${name}.next`,
    'u32',
    Math.max(1, shares) * rowCount,
    'position of the next synapse of each share and row',
  );
  const kept = keep ? builder.buffer(`${name}.kept`, 'u32', shares + 1, 'synapses that each share keeps') : null;
  const share = ir.mul(item, ir.u32(rowCount));
  const counting = new Block();
  const keptCount = kept ? counting.local('found', 'u32') : null;
  if (keptCount) counting.emit(ir.set(keptCount, ir.u32(0)));
  overShare(move, length, counting, (position, group, block) => {
    const cell = block.name('cell', ir.add(share, move.rowOf(position, group)));
    block.emit(ir.store(next, cell, ir.add(ir.load(next, cell), ir.u32(1))));
    if (keptCount) block.emit(ir.set(keptCount, ir.add(ir.get(keptCount), ir.u32(1))));
  });
  if (kept && keptCount) counting.emit(ir.store(kept, item, ir.get(keptCount)));
  const overShares = (what: string, comment: string, block: Block): void =>
    builder.initially(builder.map(`${name}.${what}`, comment, { kind: 'count', count: shares }, false, block));
  overShares('count', 'counts the synapses of each row', counting);
  countRows(move, shares, next);
  runningSum(`${name}.sum`, rows, rowCount, 'more than 2^32 synapses in one projection', context);
  if (kept) runningSum(`${name}.sum_of_kept`, kept, shares, 'more than 2^32 synapses in one projection', context);
  if (allocate && allocate.length > 0) builder.allocate(...allocate);
  startShares(move, shares, next);
  const placing = new Block();
  const ordinal = kept ? placing.local('ordinal', 'u32') : null;
  if (kept && ordinal) placing.emit(ir.set(ordinal, ir.load(kept, item)));
  overShare(move, length, placing, (position, group, block) => {
    const cell = block.name('cell', ir.add(share, move.rowOf(position, group)));
    const at = block.name('at', ir.load(next, cell));
    block.emit(
      ir.store(next, cell, ir.add(at, ir.u32(1))),
      ...place(position, group, at, ordinal ? ir.get(ordinal) : position),
    );
    if (ordinal) block.emit(ir.set(ordinal, ir.add(ir.get(ordinal), ir.u32(1))));
  });
  overShares('place', 'puts each synapse into its row', placing);
}

/** Goes through the synapses of a share that are kept, in order. */
function overShare(
  { from, groups, keep }: Move,
  length: number,
  block: Block,
  body: (position: Ir, group: Ir, block: Block) => void,
): void {
  const group = block.local('group_', 'u32');
  const position = block.local('position_', 'u32');
  const first = block.name('first_group', ir.mul(item, ir.u32(length)));
  const left = block.name('groups_left', ir.sub(ir.u32(groups), first));
  const end = ir.add(first, ir.select(ir.lt(left, ir.u32(length)), left, ir.u32(length)));
  const visit = (inner: Block): void => {
    if (!keep) body(ir.get(position), ir.get(group), inner);
    else
      inner.emit(
        ir.when(
          keep(ir.get(position), ir.get(group)),
          inner.nested((last) => body(ir.get(position), ir.get(group), last)),
        ),
      );
  };
  block.emit(
    ir.loop(
      group,
      first,
      end,
      block.nested((inner) =>
        inner.emit(
          ir.loop(
            position,
            ir.load(from, ir.get(group)),
            ir.load(from, ir.add(ir.get(group), ir.u32(1))),
            inner.nested(visit),
          ),
        ),
      ),
    ),
  );
}

/** The synapses of each row, over all shares. */
function countRows({ name, rows, rowCount, context }: Move, shares: number, next: Buffer): void {
  const block = new Block();
  const [sum, k] = [block.local('sum', 'u32'), block.local('share', 'u32')];
  const cell = ir.add(ir.mul(ir.get(k), ir.u32(rowCount)), item);
  block.emit(
    ir.set(sum, ir.u32(0)),
    ir.loop(k, ir.u32(0), ir.u32(shares), [ir.set(sum, ir.add(ir.get(sum), ir.load(next, cell)))]),
    ir.store(rows, item, ir.get(sum)),
  );
  overRows(`${name}.rows`, 'synapses of each row', rowCount, block, context);
}

/** Where the synapses of each share begin within a row. */
function startShares({ name, rows, rowCount, context }: Move, shares: number, next: Buffer): void {
  const block = new Block();
  const [at, countOfShare, k] = [block.local('at', 'u32'), block.local('own', 'u32'), block.local('share', 'u32')];
  const cell = ir.add(ir.mul(ir.get(k), ir.u32(rowCount)), item);
  block.emit(
    ir.set(at, ir.load(rows, item)),
    ir.loop(k, ir.u32(0), ir.u32(shares), [
      ir.set(countOfShare, ir.load(next, cell)),
      ir.store(next, cell, ir.get(at)),
      ir.set(at, ir.add(ir.get(at), ir.get(countOfShare))),
    ]),
  );
  overRows(`${name}.start`, 'first position of each share within a row', rowCount, block, context);
}

function overRows(name: string, comment: string, rowCount: number, block: Block, { builder }: Context): void {
  builder.initially(builder.map(name, comment, { kind: 'count', count: rowCount }, false, block));
}

/** Rows with synapses to be sorted within each row. */
interface RowSort {
  readonly name: string;
  readonly comment: string;
  /** First synapse of each row, rows + 1. */
  readonly rows: Buffer;
  readonly rowCount: number;
  /** Key of the synapse at a position, less than `keys`. */
  readonly keyOf: (position: Ir) => Ir;
  readonly keys: number;
  /** First synapse of each row and key, to compute: rowCount * keys + 1. */
  readonly segments: Buffer;
  /** Statements that put the synapse from `position` (of `row`) to `at`. */
  readonly place: (position: Ir, row: Ir, at: Ir) => Stores;
  readonly context: Context;
}

/** A stable counting sort within each row. */
export function sortWithinRows({
  name,
  comment,
  rows,
  rowCount,
  keyOf,
  keys,
  segments,
  place,
  context,
}: RowSort): void {
  const block = new Block();
  const [position, k, at, currentKey] = [
    block.local('position', 'u32'),
    block.local('key', 'u32'),
    block.local('at', 'u32'),
    block.local('own', 'u32'),
  ];
  const first = block.name('first', ir.load(rows, item));
  const end = block.name('end', ir.load(rows, ir.add(item, ir.u32(1))));
  const base = block.name('base', ir.mul(item, ir.u32(keys)));
  const cell = (key: Ir): Ir => ir.add(base, key);
  block.emit(
    ir.loop(
      position,
      first,
      end,
      block.nested((inner) => {
        const of = inner.name('cell', cell(keyOf(ir.get(position))));
        inner.emit(ir.store(segments, of, ir.add(ir.load(segments, of), ir.u32(1))));
      }),
    ),
    ir.set(at, first),
    ir.loop(k, ir.u32(0), ir.u32(keys), [
      ir.set(currentKey, ir.load(segments, cell(ir.get(k)))),
      ir.store(segments, cell(ir.get(k)), ir.get(at)),
      ir.set(at, ir.add(ir.get(at), ir.get(currentKey))),
    ]),
    ir.loop(
      position,
      first,
      end,
      block.nested((inner) => {
        const of = inner.name('cell', cell(keyOf(ir.get(position))));
        const to = inner.name('to', ir.load(segments, of));
        inner.emit(ir.store(segments, of, ir.add(to, ir.u32(1))), ...place(ir.get(position), item, to));
      }),
    ),
    // Each counter has reached the beginning of the next key.
    ir.set(currentKey, first),
    ir.loop(k, ir.u32(0), ir.u32(keys), [
      ir.set(at, ir.load(segments, cell(ir.get(k)))),
      ir.store(segments, cell(ir.get(k)), ir.get(currentKey)),
      ir.set(currentKey, ir.get(at)),
    ]),
    ir.when(ir.eq(item, ir.u32(rowCount - 1)), [ir.store(segments, ir.u32(rowCount * keys), end)]),
  );
  context.builder.initially(context.builder.map(name, comment, { kind: 'count', count: rowCount }, false, block));
}
