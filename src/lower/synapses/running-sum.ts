/** Running sums of counts, in parts that many work-items sum up at once. */

import * as ir from '../../ir/builder.js';
import type { Buffer, MapDomain } from '../../ir/program.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';

/** Up to this many counts are summed by one work-item. */
const fewItems = 2048;
/** Number of parts that longer lists are divided into. */
const mostParts = 1024;

/**
 * Adds kernels that replace counts by their exclusive prefix sums; the last cell becomes the total. `overflow` is the
 * fault of 2^32 or more.
 */
export function runningSum(name: string, counts: Buffer, items: number, overflow: string, context: Context): void {
  const { builder } = context;
  if (items <= fewItems) {
    builder.initially(sumOfFew(name, counts, items, overflow, context));
    return;
  }
  const length = Math.ceil(items / mostParts);
  const parts = Math.ceil(items / length);
  const sums = builder.buffer(
    `${name}.parts`,
    'i64',
    parts,
    `sums of ${length} counts each, then of all counts before`,
  );
  const list = { name, counts, items, sums, length };
  builder.initially(sumOfParts(list, context));
  builder.initially(sumBeforeParts(list, overflow, context));
  builder.initially(sumWithinParts(list, context));
}

/** Counts that are summed part by part. */
interface CountsInParts {
  readonly name: string;
  readonly counts: Buffer;
  /** Number of counts. */
  readonly items: number;
  /** A sum for each part. */
  readonly sums: Buffer;
  /** Counts of a part; the last may have fewer. */
  readonly length: number;
}

function sumOfFew(name: string, counts: Buffer, items: number, overflow: string, context: Context): string {
  const block = new Block();
  const sum = block.local('sum', 'u32');
  const itemCount = block.local('own', 'u32');
  const k = block.local('k', 'u32');
  const lost = block.local('overflowed', 'bool');
  block.emit(
    ir.set(sum, ir.u32(0)),
    ir.set(lost, ir.bool(false)),
    ir.loop(k, ir.u32(0), ir.u32(items), [
      ir.set(itemCount, ir.load(counts, ir.get(k))),
      ir.store(counts, ir.get(k), ir.get(sum)),
      ir.set(sum, ir.add(ir.get(sum), ir.get(itemCount))),
      ir.set(lost, ir.or(ir.get(lost), ir.lt(ir.get(sum), ir.get(itemCount)))),
    ]),
    ir.store(counts, ir.u32(items), ir.get(sum)),
    ir.fault(context.builder.faultBit(overflow), ir.get(lost)),
  );
  return context.builder.sequential(name, 'running sum of counts', block);
}

/** The parts of a list of counts. */
const partsOf = ({ items, length }: CountsInParts): MapDomain => ({ kind: 'count', count: Math.ceil(items / length) });

/** The first count of a part and the one after its last. */
function boundsOfPart({ items, length }: CountsInParts, block: Block) {
  const first = block.name('first', ir.mul(item, ir.u32(length)));
  // The last part ends at the number of items.
  const left = block.name('left', ir.sub(ir.u32(items), first));
  return { first, end: block.name('end', ir.add(first, ir.select(ir.lt(left, ir.u32(length)), left, ir.u32(length)))) };
}

function sumOfParts(list: CountsInParts, { builder }: Context): string {
  const { name, counts, sums } = list;
  const block = new Block();
  const [sum, k] = [block.local('sum', 'i64'), block.local('k', 'u32')];
  const { first, end } = boundsOfPart(list, block);
  block.emit(
    ir.set(sum, ir.i64(0n)),
    ir.loop(k, first, end, [ir.set(sum, ir.add(ir.get(sum), ir.convert('i64', ir.load(counts, ir.get(k)))))]),
    ir.store(sums, item, ir.get(sum)),
  );
  return builder.map(`${name}.of_parts`, 'sums of parts of the counts', partsOf(list), false, block);
}

function sumBeforeParts({ name, counts, sums, items }: CountsInParts, overflow: string, context: Context): string {
  const block = new Block();
  const [sum, itemCount, k] = [block.local('sum', 'i64'), block.local('own', 'i64'), block.local('k', 'u32')];
  block.emit(
    ir.set(sum, ir.i64(0n)),
    ir.loop(k, ir.u32(0), ir.u32(sums.length as number), [
      ir.set(itemCount, ir.load(sums, ir.get(k))),
      ir.store(sums, ir.get(k), ir.get(sum)),
      ir.set(sum, ir.add(ir.get(sum), ir.get(itemCount))),
    ]),
    ir.store(counts, ir.u32(items), ir.convert('u32', ir.get(sum))),
    ir.fault(context.builder.faultBit(overflow), ir.gt(ir.get(sum), ir.i64(0xffffffffn))),
  );
  return context.builder.sequential(`${name}.before_parts`, 'running sum of the sums of parts', block);
}

function sumWithinParts(list: CountsInParts, { builder }: Context): string {
  const { name, counts, sums } = list;
  const block = new Block();
  const [sum, itemCount, k] = [block.local('sum', 'u32'), block.local('own', 'u32'), block.local('k', 'u32')];
  const { first, end } = boundsOfPart(list, block);
  block.emit(
    ir.set(sum, ir.convert('u32', ir.load(sums, item))),
    ir.loop(k, first, end, [
      ir.set(itemCount, ir.load(counts, ir.get(k))),
      ir.store(counts, ir.get(k), ir.get(sum)),
      ir.set(sum, ir.add(ir.get(sum), ir.get(itemCount))),
    ]),
  );
  return builder.map(name, 'running sum of counts', partsOf(list), false, block);
}
