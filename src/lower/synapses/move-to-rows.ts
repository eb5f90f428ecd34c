/** Stable counting sorts of synapses: into rows from anywhere, and within the rows that they stand in. */

import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import { runningSum } from './running-sum.js';

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
  /** Writes code that puts the synapse from `position` (of `group`) to `at`; it is the `ordinal`-th that is kept. */
  readonly place: (position: Ir, group: Ir, at: Ir, ordinal: Ir, block: Block) => void;
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
  const counting = new Block();
  const found = kept && counting.write`var found = 0u`('found');
  overShare(move, length, counting, (position, group, block) => {
    block.write`
      let cell = index * ${rowCount}u + ${move.rowOf(position, group)}
      ${next}[cell] = ${next}[cell] + 1u`;
    if (found) block.write`${found} = ${found} + 1u`;
  });
  if (kept && found) counting.write`${kept}[index] = ${found}`;
  const overShares = (what: string, comment: string, block: Block): void =>
    builder.initially(builder.map(`${name}.${what}`, comment, { kind: 'count', count: shares }, false, block));
  overShares('count', 'counts the synapses of each row', counting);
  countRows(move, shares, next);
  const overflow = builder.faultBit('more than 2^32 synapses in one projection');
  runningSum(`${name}.sum`, rows, rowCount, overflow, context);
  if (kept) runningSum(`${name}.sum_of_kept`, kept, shares, overflow, context);
  if (allocate && allocate.length > 0) builder.allocate(...allocate);
  startShares(move, shares, next);
  const placing = new Block();
  const ordinal = kept && placing.write`var ordinal = ${kept}[index]`('ordinal');
  overShare(move, length, placing, (position, group, block) => {
    block.write`
      let cell = index * ${rowCount}u + ${move.rowOf(position, group)}
      let at = ${next}[cell]
      ${next}[cell] = at + 1u
      ${(at) => place(position, group, at('at'), ordinal ?? position, block)}`;
    if (ordinal) block.write`${ordinal} = ${ordinal} + 1u`;
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
  const visit = (position: Ir, group: Ir, block: Block): void => {
    if (!keep) body(position, group, block);
    else
      block.write`
        if ${keep(position, group)} {
          ${(_, inner) => body(position, group, inner)}
        }`;
  };
  block.write`
    let first_group = index * ${length}u
    let groups_left = ${groups}u - first_group
    for group_ = first_group until first_group + select(groups_left < ${length}u, groups_left, ${length}u) {
      for position_ = ${from}[group_] until ${from}[group_ + 1u] {
        ${(at, inner) => visit(at('position_'), at('group_'), inner)}
      }
    }`;
}

/** The synapses of each row, over all shares. */
function countRows({ name, rows, rowCount, context }: Move, shares: number, next: Buffer): void {
  const block = new Block();
  block.write`
    var sum = 0u
    for share = 0u until ${shares}u {
      sum = sum + ${next}[share * ${rowCount}u + index]
    }
    ${rows}[index] = sum`;
  overRows(`${name}.rows`, 'synapses of each row', rowCount, block, context);
}

/** Where the synapses of each share begin within a row. */
function startShares({ name, rows, rowCount, context }: Move, shares: number, next: Buffer): void {
  const block = new Block();
  block.write`
    var at = ${rows}[index]
    for share = 0u until ${shares}u {
      var own = ${next}[share * ${rowCount}u + index]
      ${next}[share * ${rowCount}u + index] = at
      at = at + own
    }`;
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
  /** Writes code that puts the synapse from `position` (of `row`) to `at`. */
  readonly place: (position: Ir, row: Ir, at: Ir, block: Block) => void;
  readonly context: Context;
}

/** A stable counting sort within each row. After it, each counter has reached the beginning of the next key. */
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
  block.write`
    let first = ${rows}[index]
    let end = ${rows}[index + 1u]
    let base = index * ${keys}u
    var position: u32
    var key: u32
    for position = first until end {
      let cell = base + ${(at) => keyOf(at('position'))}
      ${segments}[cell] = ${segments}[cell] + 1u
    }
    var at = first
    var own: u32
    for key = 0u until ${keys}u {
      own = ${segments}[base + key]
      ${segments}[base + key] = at
      at = at + own
    }
    for position = first until end {
      let cell = base + ${(at) => keyOf(at('position'))}
      let to = ${segments}[cell]
      ${segments}[cell] = to + 1u
      ${(at, inner) => place(at('position'), item, at('to'), inner)}
    }
    own = first
    for key = 0u until ${keys}u {
      at = ${segments}[base + key]
      ${segments}[base + key] = own
      own = at
    }
    if index == ${rowCount - 1}u {
      ${segments}[${rowCount * keys}u] = end
    }`;
  context.builder.initially(context.builder.map(name, comment, { kind: 'count', count: rowCount }, false, block));
}
