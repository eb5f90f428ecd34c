/** The buffer elements that a kernel reads or writes (its touches), and whether they belong to its item. */

import type { Expression, Kernel, MapKernel, Program, SetLocal } from '../../ir/program.js';
import { bodyOf, expressionsOf, isLocal, someExpression, visitExpression, visitStatements } from '../../ir/walk.js';
import { logOf, ringOf } from './kernel-calls.js';

/** Elements [low, high) of a buffer. */
export interface Touch {
  /** First element. */
  readonly low: number;
  /** After the last element. */
  readonly high: number;
  /** Whether elements are changed, rather than only read. */
  readonly writes: boolean;
  /** An atomic addition, which commutes with others. */
  readonly adds: boolean;
  /**
   * Set if each item touches only one element, its own. Touches with equal texts have the same own element for items
   * with the same coordinate. Absent: an item may touch any of the elements.
   */
  readonly own?: string;
}

/** The touches of a kernel, by the name of the buffer. */
export type Touches = ReadonlyMap<string, readonly Touch[]>;

interface Interval {
  readonly low: number;
  readonly high: number;
}

const everything: Interval = { low: 0, high: Infinity };
const words = ({ low, high }: Interval): Interval => ({ low: Math.floor(low / 32), high: Math.ceil(high / 32) });

/** The known properties of a kernel's items. */
interface Items extends Interval {
  /** Offset from `index` to the item's coordinate: its index in merged arrays. */
  readonly begin: number;
}

function itemsOf(program: Program, { domain }: MapKernel): Items {
  switch (domain.kind) {
    case 'ranges':
      return {
        low: Math.min(...domain.ranges.map(({ begin }) => begin)),
        high: Math.max(...domain.ranges.map(({ end }) => end)),
        begin: 0,
      };
    case 'count':
      return typeof domain.count === 'number' ? { low: 0, high: domain.count, begin: 0 } : { ...everything, begin: 0 };
    case 'spikes': {
      const { size, maskBegin } = ringOf(program, domain.event);
      return { low: 0, high: size, begin: maskBegin };
    }
  }
}

/** Returns the possible values of an index, from the values of locals that are assigned once. */
function intervalOf(index: Expression, items: Interval, locals: ReadonlyMap<string, Expression>, depth = 0): Interval {
  if (index.kind === 'const') return { low: Number(index.value), high: Number(index.value) + 1 };
  if (index.kind === 'local') {
    if (index.name === 'index') return items;
    const value = locals.get(index.name);
    return value === undefined || depth > 4 ? everything : intervalOf(value, items, locals, depth + 1);
  }
  if (index.kind === 'binary' && index.op === 'add' && (index.left.kind === 'const' || index.right.kind === 'const')) {
    const [constant, other] = index.left.kind === 'const' ? [index.left, index.right] : [index.right, index.left];
    const { low, high } = intervalOf(other, items, locals, depth + 1);
    const by = constant.kind === 'const' ? Number(constant.value) : Infinity;
    // A sum that may wrap around can be any number.
    return Number.isFinite(high) && high + by < 2 ** 32 ? { low: low + by, high: high + by } : everything;
  }
  return everything;
}

/** Returns the offset of an index from the item's; undefined for other expressions. */
function offsetOf(index: Expression, heads: ReadonlyMap<string, Expression>, depth = 0): number | undefined {
  if (index.kind === 'local') {
    if (index.name === 'index') return 0;
    const value = heads.get(index.name);
    return value === undefined || depth > 4 ? undefined : offsetOf(value, heads, depth + 1);
  }
  if (index.kind !== 'binary' || index.op !== 'add') return undefined;
  const [constant, other] = index.left.kind === 'const' ? [index.left, index.right] : [index.right, index.left];
  if (constant.kind !== 'const') return undefined;
  const offset = offsetOf(other, heads, depth + 1);
  return offset === undefined ? undefined : offset + Number(constant.value);
}

/** Returns the locals that a body assigns once, with their values. */
function assignedOnce(kernel: Kernel): ReadonlyMap<string, Expression> {
  const values = new Map<string, Expression>();
  const several = new Set<string>();
  const note = (local: string, value: Expression | undefined): void => {
    if (values.has(local) || value === undefined) several.add(local);
    if (value !== undefined) values.set(local, value);
  };
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind === 'set') note(statement.local, statement.value);
    if (statement.kind === 'for') note(statement.local, undefined);
    if (statement.kind === 'call') for (const local of statement.results) note(local, undefined);
  });
  for (const local of several) values.delete(local);
  return values;
}

/** Returns the locals among them that are assigned at the head of the body: under no condition, and in no loop. */
function atHead(kernel: Kernel, once: ReadonlyMap<string, Expression>): ReadonlyMap<string, Expression> {
  const isMeant = (s: { readonly kind: string }): s is SetLocal => s.kind === 'set';
  return new Map(
    bodyOf(kernel)
      .filter(isMeant)
      .filter(({ local, value }) => once.get(local) === value && !someExpression(value, (e) => isLocal(e, local)))
      .map(({ local, value }) => [local, value]),
  );
}

/** Touches as they are found. */
class Found {
  readonly touches = new Map<string, Touch[]>();

  add(
    buffer: string,
    { low, high }: Interval,
    writes: boolean,
    more: { readonly adds?: boolean; readonly own?: string } = {},
  ): void {
    const { adds = false, own } = more;
    const all = this.touches.get(buffer) ?? [];
    this.touches.set(buffer, all);
    if (all.some((t) => t.low === low && t.high === high && t.writes === writes && t.adds === adds && t.own === own))
      return;
    all.push({ low, high, writes, adds, ...(own === undefined ? {} : { own }) });
  }
}

/** Adds the touches of a kernel's shape, besides its body. */
function touchShape(program: Program, kernel: Kernel, found: Found, marked: boolean): void {
  if (kernel.shape === 'compact') {
    const ring = ringOf(program, kernel.event);
    found.add(ring.mask, words({ low: ring.maskBegin, high: ring.maskBegin + ring.size }), false);
    for (const buffer of [ring.list, ring.counts]) found.add(buffer, everything, true);
    const log = logOf(program, ring);
    if (log === undefined) return;
    found.add(log.buffer, everything, true);
    found.add(log.cursor.buffer, { low: log.cursor.index, high: log.cursor.index + 1 }, true);
    return;
  }
  const spikes =
    kernel.shape === 'propagate'
      ? kernel.event
      : kernel.shape === 'map' && kernel.domain.kind === 'spikes'
        ? kernel.domain.event
        : null;
  if (spikes !== null) {
    const ring = ringOf(program, spikes);
    if (marked)
      found.add(ring.mask, words({ low: ring.maskBegin, high: ring.maskBegin + ring.size }), false, { own: 'bit 0' });
    else for (const buffer of [ring.list, ring.counts]) found.add(buffer, everything, false);
  }
  if (kernel.shape === 'propagate') {
    found.add(kernel.segments, everything, false);
    if (kernel.order.kind === 'byTarget') found.add(kernel.order.targets, everything, false);
  }
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    found.add(kernel.domain.count.buffer, everything, false);
}

/**
 * Returns the touches of a kernel.
 *
 * @param adds whether its accumulations are atomic
 * @param marked whether it finds the spikes of its domain by its items' bits of the mask, instead of in the list
 */
export function touchesOf(program: Program, kernel: Kernel, adds: boolean, marked = false): Touches {
  const collected = new Found();
  touchShape(program, kernel, collected, marked);
  if (kernel.shape === 'compact') return collected.touches;
  const items = kernel.shape === 'map' ? itemsOf(program, kernel) : { ...everything, begin: 0 };
  const locals = assignedOnce(kernel);
  const heads = atHead(kernel, locals);
  const ownOf = (index: Expression): { readonly own?: string } => {
    const offset = kernel.shape === 'map' ? offsetOf(index, heads) : undefined;
    return offset === undefined ? {} : { own: `element ${offset - items.begin}` };
  };
  visitStatements(kernel.body, (statement) => {
    if (statement.kind === 'store')
      collected.add(statement.buffer, intervalOf(statement.index, items, locals), true, ownOf(statement.index));
    if (statement.kind === 'accumulate') {
      const itemElement = adds ? {} : ownOf(statement.index);
      collected.add(statement.buffer, intervalOf(statement.index, items, locals), true, { adds, ...itemElement });
    }
    if (statement.kind === 'setBit') collected.add(statement.mask, words(items), true, { own: 'bit 0' });
    for (const expression of expressionsOf(statement))
      visitExpression(expression, (part) => {
        if (part.kind === 'load')
          collected.add(part.buffer, intervalOf(part.index, items, locals), false, ownOf(part.index));
      });
  });
  return collected.touches;
}

/** Whether two kernels may run in any order, only item by item, or one must end before the other begins. */
export type Conflict = 'none' | 'own' | 'whole';

/** Returns the kind of conflict between two touches of one buffer. */
export function conflictOf(a: Touch, b: Touch): Conflict {
  if (a.low >= b.high || b.low >= a.high || (!a.writes && !b.writes) || (a.adds && b.adds)) return 'none';
  return a.own !== undefined && a.own === b.own ? 'own' : 'whole';
}
