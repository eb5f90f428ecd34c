/** Running sums of counts, and a stable counting sort of synapses into rows. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Local } from '../../ir/program.js';
import { Block, item } from '../block.js';
import type { Context } from '../context.js';

/** Replaces counts by their exclusive prefix sums; the last cell becomes the total. */
export function scanKernel(name: string, counts: Buffer, items: number, overflow: string, context: Context): string {
  const block = new Block();
  const sum = block.local('sum', 'u32');
  const own = block.local('own', 'u32');
  const k = block.local('k', 'u32');
  const lost = block.local('overflowed', 'bool');
  block.emit(
    ir.set(sum, ir.u32(0)),
    ir.set(lost, ir.bool(false)),
    ir.loop(k, ir.u32(0), ir.u32(items), [
      ir.set(own, ir.load(counts, ir.get(k))),
      ir.store(counts, ir.get(k), ir.get(sum)),
      ir.set(sum, ir.add(ir.get(sum), ir.get(own))),
      ir.set(lost, ir.or(ir.get(lost), ir.lt(ir.get(sum), ir.get(own)))),
    ]),
    ir.store(counts, ir.u32(items), ir.get(sum)),
    ir.fault(context.builder.faultBit(overflow), ir.get(lost)),
  );
  return context.builder.sequential(name, 'running sum of counts', block.locals.declared, block.statements);
}

/** What is moved into rows. */
export interface Move {
  readonly name: string;
  /** Offsets of the groups that the synapses stand in now, and how many groups. */
  readonly from: Buffer;
  readonly groups: number;
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
  readonly place: (position: Ir, group: Ir, at: Ir, ordinal: Ir) => ReturnType<typeof ir.store>[];
  readonly context: Context;
}

/** A stable counting sort of synapses into rows. */
export function moveToRows({ name, from, groups, rowOf, keep, rows, rowCount, allocate, place, context }: Move): void {
  const { builder } = context;
  const each = (block: Block, body: (position: Ir, group: Ir, block: Block) => void): Block => {
    const group = block.local('group_', 'u32');
    const position = block.local('position_', 'u32');
    const kept = (innermost: Block): void => {
      if (!keep) body(ir.get(position), ir.get(group), innermost);
      else
        innermost.emit(
          ir.when(
            keep(ir.get(position), ir.get(group)),
            innermost.nested((last) => body(ir.get(position), ir.get(group), last)),
          ),
        );
    };
    block.emit(
      ir.loop(
        group,
        ir.u32(0),
        ir.u32(groups),
        block.nested((inner) => {
          inner.emit(ir.loop(position, ir.load(from, ir.get(group)), ir.load(from, ir.add(ir.get(group), ir.u32(1))), inner.nested(kept)));
        }),
      ),
    );
    return block;
  };
  const next = builder.buffer(`${name}.next`, 'u32', rowCount + 1, 'where the next synapse of each row goes');
  const counting = each(new Block(), (position, group, block) => {
    const row = block.name('row', rowOf(position, group));
    block.emit(ir.accumulate(next, row, ir.u32(1)));
  });
  builder.initially(builder.sequential(`${name}.count`, 'counts the synapses of each row', counting.locals.declared, counting.statements));
  builder.initially(scanKernel(`${name}.sum`, next, rowCount, 'more than 2^32 synapses in one projection', context));
  builder.initially(
    builder.map(
      `${name}.rows`,
      'first synapse of each row',
      { kind: 'count', count: rowCount + 1 },
      false,
      [],
      [ir.store(rows, item, ir.load(next, item))],
    ),
  );
  if (allocate && allocate.length > 0) builder.allocate(...allocate);
  const placing = new Block();
  const ordinal: Local | null = keep ? placing.local('ordinal', 'u32') : null;
  if (ordinal) placing.emit(ir.set(ordinal, ir.u32(0)));
  each(placing, (position, group, block) => {
    const row = block.name('row', rowOf(position, group));
    const at = block.name('at', ir.load(next, row));
    block.emit(ir.store(next, row, ir.add(at, ir.u32(1))), ...place(position, group, at, ordinal ? ir.get(ordinal) : position));
    if (ordinal) block.emit(ir.set(ordinal, ir.add(ir.get(ordinal), ir.u32(1))));
  });
  builder.initially(builder.sequential(`${name}.place`, 'puts each synapse into its row', placing.locals.declared, placing.statements));
}
