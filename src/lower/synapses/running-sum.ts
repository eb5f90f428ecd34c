/** Running sums of counts, in parts that many work-items sum up at once. */

import type { Buffer, MapDomain } from '../../ir/program.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';

/** Up to this many counts are summed by one work-item. */
const fewItems = 2048;
/** Number of parts that longer lists are divided into. */
const mostParts = 1024;

/**
 * Adds kernels that replace counts by their exclusive prefix sums; the last cell becomes the total. `overflow` is the
 * fault bit of 2^32 or more.
 */
export function runningSum(name: string, counts: Buffer, items: number, overflow: number, context: Context): void {
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

function sumOfFew(name: string, counts: Buffer, items: number, overflow: number, context: Context): string {
  const block = new Block();
  block.write`
    var sum = 0u
    var own: u32
    var overflowed = false
    for k = 0u until ${items}u {
      own = ${counts}[k]
      ${counts}[k] = sum
      sum = sum + own
      overflowed = overflowed | sum < own
    }
    ${counts}[${items}u] = sum
    fault ${overflow} when overflowed`;
  return context.builder.sequential(name, 'running sum of counts', block);
}

/** The parts of a list of counts. */
const partsOf = ({ items, length }: CountsInParts): MapDomain => ({ kind: 'count', count: Math.ceil(items / length) });

/** The first count of a part and the one after its last. The last part ends at the number of items. */
function boundsOfPart({ items, length }: CountsInParts, block: Block) {
  const at = block.write`
    let first = index * ${length}u
    let left = ${items}u - first
    let end = first + select(left < ${length}u, left, ${length}u)`;
  return { first: at('first'), end: at('end') };
}

function sumOfParts(list: CountsInParts, { builder }: Context): string {
  const { name, counts, sums } = list;
  const block = new Block();
  const { first, end } = boundsOfPart(list, block);
  block.write`
    var sum = 0L
    for k = ${first} until ${end} {
      sum = sum + i64(${counts}[k])
    }
    ${sums}[index] = sum`;
  return builder.map(`${name}.of_parts`, 'sums of parts of the counts', partsOf(list), false, block);
}

function sumBeforeParts({ name, counts, sums, items }: CountsInParts, overflow: number, context: Context): string {
  const block = new Block();
  block.write`
    var sum = 0L
    var own: i64
    for k = 0u until ${sums.length as number}u {
      own = ${sums}[k]
      ${sums}[k] = sum
      sum = sum + own
    }
    ${counts}[${items}u] = u32(sum)
    fault ${overflow} when sum > 0xffffffffL`;
  return context.builder.sequential(`${name}.before_parts`, 'running sum of the sums of parts', block);
}

function sumWithinParts(list: CountsInParts, { builder }: Context): string {
  const { name, counts, sums } = list;
  const block = new Block();
  const { first, end } = boundsOfPart(list, block);
  block.write`
    var sum = u32(${sums}[index])
    var own: u32
    for k = ${first} until ${end} {
      own = ${counts}[k]
      ${counts}[k] = sum
      sum = sum + own
    }`;
  return builder.map(name, 'running sum of counts', partsOf(list), false, block);
}
