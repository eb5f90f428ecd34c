/**
 * Where threads must wait for each other: between two kernels that touch one buffer, one of them writing, unless each element is touched by the
 * same thread in both.
 */

import type { Expression, Kernel, Program } from '../../ir/program.js';
import { bodyOf, expressionsOf, visitExpression, visitStatements } from '../../ir/walk.js';
import { ringOf } from './kernel-calls.js';

/** How a kernel touches one buffer. */
interface Access {
  writes: boolean;
  /** All accesses are atomic additions, which commute. */
  adds: boolean;
  /** Which thread touches which element, as text that is equal for equal partitions; undefined when any may touch any. */
  partition: string | undefined;
}

type Accesses = ReadonlyMap<string, Access>;

const isLocal = (e: Expression, name: string): boolean => e.kind === 'local' && e.name === name;

/** The partition of elements that an index stands for, where it is the item's own. */
function partitionOf(kernel: Kernel, index: Expression): string | undefined {
  if (kernel.shape === 'map' && kernel.domain.kind !== 'spikes') {
    if (!isLocal(index, 'index')) return undefined;
    const { domain } = kernel;
    const total = domain.kind === 'ranges' ? Math.max(0, ...domain.ranges.map((range) => range.end)) : domain.count;
    return `item of ${JSON.stringify(total)}`;
  }
  if (kernel.shape === 'propagate' && kernel.order.kind === 'byTarget') {
    const { targets, targetCount } = kernel.order;
    const isTarget = (e: Expression): boolean => e.kind === 'load' && e.buffer === targets && isLocal(e.index, 'position');
    if (isTarget(index)) return `target of ${targetCount}`;
    if (index.kind === 'binary' && index.op === 'add' && index.right.kind === 'const' && isTarget(index.left))
      return `target of ${targetCount} + ${String(index.right.value)}`;
  }
  return undefined;
}

function accessesOf(program: Program, kernel: Kernel): Accesses {
  const accesses = new Map<string, Access>();
  // What one thread does alone, or in one order, is one partition.
  const alone =
    kernel.shape === 'sequential' || kernel.shape === 'compact' || (kernel.shape === 'propagate' && kernel.order.kind === 'sequential')
      ? 'first thread'
      : undefined;
  const touch = (buffer: string, writes: boolean, adds: boolean, partition: string | undefined): void => {
    const known = accesses.get(buffer);
    if (known === undefined) {
      accesses.set(buffer, { writes, adds, partition: alone ?? partition });
      return;
    }
    known.writes ||= writes;
    known.adds &&= adds;
    if (known.partition !== (alone ?? partition)) known.partition = undefined;
  };
  if (kernel.shape !== 'sequential' && (kernel.shape !== 'map' || kernel.domain.kind === 'spikes')) {
    const ring = ringOf(
      program,
      kernel.shape === 'map' && kernel.domain.kind === 'spikes' ? kernel.domain.event : kernel.shape === 'map' ? '' : kernel.event,
    );
    const log = program.logs.find((candidate) => candidate.name === ring.log);
    const compacts = kernel.shape === 'compact';
    const buffers = compacts
      ? [ring.list, ring.counts, ...(log === undefined ? [] : [log.buffer, log.cursor.buffer])]
      : [ring.list, ring.counts];
    for (const buffer of buffers) touch(buffer, compacts, false, undefined);
    if (compacts) touch(ring.mask, false, false, undefined);
  }
  if (kernel.shape === 'propagate') touch(kernel.segments, false, false, undefined);
  if (kernel.shape === 'propagate' && kernel.order.kind === 'byTarget') touch(kernel.order.targets, false, false, undefined);
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    touch(kernel.domain.count.buffer, false, false, undefined);
  // Lanes and targets of one thread add without atomics.
  const atomic = !(kernel.shape === 'map' && kernel.lanes) && !(kernel.shape === 'propagate' && kernel.order.kind !== 'any');
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind === 'store') touch(statement.buffer, true, false, partitionOf(kernel, statement.index));
    if (statement.kind === 'accumulate') touch(statement.buffer, true, atomic, partitionOf(kernel, statement.index));
    if (statement.kind === 'setBit') touch(statement.mask, true, false, undefined);
    for (const expression of expressionsOf(statement)) {
      visitExpression(expression, (part) => {
        if (part.kind === 'load') touch(part.buffer, false, false, partitionOf(kernel, part.index));
      });
    }
  });
  return accesses;
}

function conflict(a: Accesses, b: Accesses): boolean {
  for (const [buffer, first] of a) {
    const second = b.get(buffer);
    if (second === undefined || (!first.writes && !second.writes)) continue;
    if (first.adds && second.adds) continue;
    if (first.partition === undefined || first.partition !== second.partition) return true;
  }
  return false;
}

/**
 * For kernels that run one after another: whether all threads must have ended what went before, ahead of each. The first never needs it, since a
 * step and a list begin together.
 */
export function barriersBefore(program: Program, kernels: readonly Kernel[]): readonly boolean[] {
  let since: Accesses[] = [];
  return kernels.map((kernel) => {
    const accesses = accessesOf(program, kernel);
    const needed = since.some((earlier) => conflict(earlier, accesses));
    since = needed ? [accesses] : [...since, accesses];
    return needed;
  });
}
