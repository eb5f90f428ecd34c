/** Which kernels of a step may be launched as one: those of which none writes what another touches, but for sums that commute. */

import type { Expression, Kernel, MapKernel, Program, StepEntry } from '../../ir/program.js';
import { bodyOf, expressionsOf, visitExpression, visitStatements } from '../../ir/walk.js';
import { ringOf } from './kernel-calls.js';

/** Elements [low, high) of a buffer that a kernel touches. */
interface Touch {
  readonly low: number;
  readonly high: number;
  readonly writes: boolean;
  /** An atomic addition, which commutes with others. */
  readonly adds: boolean;
}

type Touches = ReadonlyMap<string, readonly Touch[]>;

interface Interval {
  readonly low: number;
  readonly high: number;
}

const everything: Interval = { low: 0, high: Infinity };

/** The elements that a map's item is one of. */
function itemsOf(program: Program, { domain }: MapKernel): Interval {
  switch (domain.kind) {
    case 'ranges':
      return { low: Math.min(...domain.ranges.map(({ begin }) => begin)), high: Math.max(...domain.ranges.map(({ end }) => end)) };
    case 'count':
      return typeof domain.count === 'number' ? { low: 0, high: domain.count } : everything;
    case 'spikes':
      return { low: 0, high: ringOf(program, domain.event).size };
  }
}

/** The elements that an index may be, from what the locals are that are assigned once. */
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
    // Sums wrap: what may do that can be anything.
    return Number.isFinite(high) && high + by < 2 ** 32 ? { low: low + by, high: high + by } : everything;
  }
  return everything;
}

/** Locals that a body assigns once, with what they are. */
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

/** @param adds  whether the kernel's accumulations are atomic */
function touchesOf(program: Program, kernel: Kernel, adds: boolean): Touches {
  const touches = new Map<string, Touch[]>();
  const touch = (buffer: string, { low, high }: Interval, writes: boolean, commutes = false): void => {
    const all = touches.get(buffer) ?? [];
    if (!all.some((known) => known.low === low && known.high === high && known.writes === writes && known.adds === commutes))
      all.push({ low, high, writes, adds: commutes });
    touches.set(buffer, all);
  };
  const words = ({ low, high }: Interval): Interval => ({ low: Math.floor(low / 32), high: Math.ceil(high / 32) });
  if (kernel.shape === 'compact') {
    const ring = ringOf(program, kernel.event);
    touch(ring.mask, words({ low: ring.maskBegin, high: ring.maskBegin + ring.size }), false);
    for (const buffer of [ring.list, ring.counts]) touch(buffer, everything, true);
    const log = program.logs.find(({ name }) => name === ring.log);
    if (log !== undefined) {
      touch(log.buffer, everything, true);
      touch(log.cursor.buffer, { low: log.cursor.index, high: log.cursor.index + 1 }, true);
    }
    return touches;
  }
  const spikes =
    kernel.shape === 'propagate' ? kernel.event : kernel.shape === 'map' && kernel.domain.kind === 'spikes' ? kernel.domain.event : null;
  if (spikes !== null) {
    const ring = ringOf(program, spikes);
    for (const buffer of [ring.list, ring.counts]) touch(buffer, everything, false);
  }
  if (kernel.shape === 'propagate') {
    touch(kernel.segments, everything, false);
    if (kernel.order.kind === 'byTarget') touch(kernel.order.targets, everything, false);
  }
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    touch(kernel.domain.count.buffer, everything, false);
  const items = kernel.shape === 'map' ? itemsOf(program, kernel) : everything;
  const locals = assignedOnce(kernel);
  visitStatements(kernel.body, (statement) => {
    if (statement.kind === 'store') touch(statement.buffer, intervalOf(statement.index, items, locals), true);
    if (statement.kind === 'accumulate') touch(statement.buffer, intervalOf(statement.index, items, locals), true, adds);
    if (statement.kind === 'setBit') touch(statement.mask, words(items), true);
    for (const expression of expressionsOf(statement))
      visitExpression(expression, (part) => {
        if (part.kind === 'load') touch(part.buffer, intervalOf(part.index, items, locals), false);
      });
  });
  return touches;
}

const meet = (a: Touch, b: Touch): boolean => a.low < b.high && b.low < a.high && (a.writes || b.writes) && !(a.adds && b.adds);

function conflict(a: Touches, b: Touches): boolean {
  for (const [buffer, own] of a) {
    const others = b.get(buffer);
    if (others?.some((other) => own.some((one) => meet(one, other)))) return true;
  }
  return false;
}

/**
 * The entries of a step in stages: those of a stage may run in any order or at once, and each stage after the one before.
 *
 * @param adds  whether the accumulations of a kernel are atomic where it runs
 * @param alike  equal for entries that may be one launch; the others of a stage are launched one after another
 * @returns lists of entries, each in the order of the schedule
 */
export function stagesOf(
  program: Program,
  adds: (kernel: Kernel) => boolean,
  alike: (entry: StepEntry, kernel: Kernel) => string,
): readonly (readonly StepEntry[])[] {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const stages: { readonly touches: Touches[]; readonly launches: Map<string, StepEntry[]> }[] = [];
  for (const entry of program.schedule.step) {
    const kernel = kernels.get(entry.kernel);
    if (kernel === undefined) continue;
    const touches = touchesOf(program, kernel, adds(kernel));
    // After the last stage of which something must come first.
    const last = stages.findLastIndex((stage) => stage.touches.some((other) => conflict(other, touches)));
    const stage = stages[last + 1] ?? { touches: [], launches: new Map<string, StepEntry[]>() };
    if (last + 1 === stages.length) stages.push(stage);
    stage.touches.push(touches);
    const key = alike(entry, kernel);
    const launch = stage.launches.get(key);
    if (launch === undefined) stage.launches.set(key, [entry]);
    else launch.push(entry);
  }
  return stages.flatMap(({ launches }) => [...launches.values()]);
}
