/**
 * Where threads must wait for each other: between two kernels that touch one buffer, one of them writing, unless each
 * element is touched by the same thread in both.
 */

import type { Expression, Kernel, Program, SetLocal, Statement } from '../../ir/program.js';
import { bodyOf, expressionsOf, isLocal, someExpression, visitExpression, visitStatements } from '../../ir/walk.js';
import { logOf, ringOf } from './kernel-calls.js';

/** Elements of a buffer that a kernel may touch, and which thread touches which. */
interface Part {
  readonly begin: number;
  readonly end: number;
  /** Text that is equal for equal partitions; undefined when any thread may touch any element. */
  readonly partition: string | undefined;
}

/** How a kernel touches one buffer. */
interface Access {
  writes: boolean;
  /** All accesses are atomic additions, which commute. */
  adds: boolean;
  readonly parts: Part[];
}

type Accesses = ReadonlyMap<string, Access>;

/** Size of the blocks of items and targets that threads share. */
const shareGranule = 64;

const everything: Part = { begin: 0, end: Infinity, partition: undefined };

/** Returns the values of locals that a body sets once, at its head and neither in a loop nor under a condition. */
export function meanings(body: readonly Statement[]): ReadonlyMap<string, Expression> {
  const sets = new Map<string, number>();
  visitStatements(body, (s) => {
    const names = s.kind === 'set' || s.kind === 'for' ? [s.local] : s.kind === 'call' ? s.results : [];
    for (const name of names) sets.set(name, (sets.get(name) ?? 0) + 1);
  });
  const isMeant = (s: Statement): s is SetLocal =>
    s.kind === 'set' && sets.get(s.local) === 1 && !someExpression(s.value, (part) => isLocal(part, s.local));
  return new Map(body.filter(isMeant).map((s) => [s.local, s.value]));
}

/** Splits a sum of an expression and a literal. */
export function sumOf(
  e: Expression,
  locals: ReadonlyMap<string, Expression>,
): { readonly base: Expression; readonly offset: number } {
  const meaning = e.kind === 'local' ? locals.get(e.name) : undefined;
  if (meaning !== undefined) return sumOf(meaning, locals);
  if (e.kind !== 'binary' || e.op !== 'add') return { base: e, offset: 0 };
  const [literal, rest] = e.left.kind === 'const' ? [e.left, e.right] : [e.right, e.left];
  if (literal.kind !== 'const') return { base: e, offset: 0 };
  const { base, offset } = sumOf(rest, locals);
  return { base, offset: offset + Number(literal.value) };
}

/** Returns a function from an index in a kernel to its part of the buffer. */
function partsBy(program: Program, kernel: Kernel): (index: Expression) => Part {
  const locals = meanings(bodyOf(kernel));
  if (kernel.shape === 'map') {
    const { domain } = kernel;
    if (domain.kind === 'spikes') {
      const { size } = ringOf(program, domain.event);
      return (index) => {
        const { base, offset } = sumOf(index, locals);
        return isLocal(base, 'index') ? { begin: offset, end: offset + size, partition: undefined } : everything;
      };
    }
    if (domain.kind === 'count') {
      const end = typeof domain.count === 'number' ? domain.count : Infinity;
      const itemPart: Part = { begin: 0, end, partition: `item of ${JSON.stringify(domain.count)}` };
      return (index) => (isLocal(index, 'index') ? itemPart : everything);
    }
    const begin = Math.min(...domain.ranges.map((range) => range.begin));
    const end = Math.max(0, ...domain.ranges.map((range) => range.end));
    return (index) =>
      isLocal(index, 'index') ? { begin, end, partition: `item from ${begin} to ${end}` } : everything;
  }
  if (kernel.shape === 'propagate' && kernel.order.kind === 'byTarget') {
    const { targets, targetCount } = kernel.order;
    const partOf = (index: Expression): Part => {
      const { base, offset } = sumOf(index, locals);
      const isTarget = base.kind === 'load' && base.buffer === targets && isLocal(base.index, 'position');
      return isTarget
        ? { begin: offset, end: offset + targetCount, partition: `target of ${targetCount} + ${offset}` }
        : everything;
    };
    return (index) => {
      if (index.kind !== 'binary' || index.op !== 'shr' || index.right.kind !== 'const') return partOf(index);
      // Cells of several targets each. Threads share targets in blocks. A cell belongs to one thread if cells end with
      // blocks.
      const cell = 2 ** Number(index.right.value);
      const part = partOf(index.left);
      if (part.partition === undefined || cell > shareGranule || part.begin % shareGranule !== 0) return everything;
      return { begin: part.begin / cell, end: Math.ceil(part.end / cell), partition: `${part.partition} by ${cell}` };
    };
  }
  return () => everything;
}

function accessesOf(program: Program, kernel: Kernel): Accesses {
  const accesses = new Map<string, Access>();
  // Work of one thread, or in one order, is one partition.
  const alone =
    kernel.shape === 'sequential' ||
    kernel.shape === 'compact' ||
    (kernel.shape === 'propagate' && kernel.order.kind === 'sequential')
      ? 'first thread'
      : undefined;
  const partOf = partsBy(program, kernel);
  const touch = (buffer: string, writes: boolean, adds: boolean, part: Part = everything): void => {
    const known = accesses.get(buffer) ?? { writes, adds, parts: [] };
    accesses.set(buffer, known);
    known.writes ||= writes;
    known.adds &&= adds;
    const partitionedPart = alone === undefined ? part : { ...part, partition: alone };
    if (
      !known.parts.some(
        ({ begin, end, partition }) =>
          begin === partitionedPart.begin && end === partitionedPart.end && partition === partitionedPart.partition,
      )
    )
      known.parts.push(partitionedPart);
  };
  if (kernel.shape !== 'sequential' && (kernel.shape !== 'map' || kernel.domain.kind === 'spikes')) {
    const ring = ringOf(
      program,
      kernel.shape === 'map' && kernel.domain.kind === 'spikes'
        ? kernel.domain.event
        : kernel.shape === 'map'
          ? ''
          : kernel.event,
    );
    const log = logOf(program, ring);
    const compacts = kernel.shape === 'compact';
    const buffers = compacts
      ? [ring.list, ring.counts, ...(log === undefined ? [] : [log.buffer, log.cursor.buffer])]
      : [ring.list, ring.counts];
    for (const buffer of buffers) touch(buffer, compacts, false);
    if (compacts) touch(ring.mask, false, false);
  }
  if (kernel.shape === 'propagate') touch(kernel.segments, false, false);
  if (kernel.shape === 'propagate' && kernel.order.kind === 'byTarget') touch(kernel.order.targets, false, false);
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    touch(kernel.domain.count.buffer, false, false);
  // Lanes and targets of one thread add without atomics.
  const atomic =
    !(kernel.shape === 'map' && kernel.lanes) && !(kernel.shape === 'propagate' && kernel.order.kind !== 'any');
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind === 'store') touch(statement.buffer, true, false, partOf(statement.index));
    if (statement.kind === 'accumulate') touch(statement.buffer, true, atomic, partOf(statement.index));
    if (statement.kind === 'setBit') touch(statement.mask, true, false);
    for (const expression of expressionsOf(statement)) {
      visitExpression(expression, (part) => {
        if (part.kind === 'load') touch(part.buffer, false, false, partOf(part.index));
      });
    }
  });
  return accesses;
}

/** Whether some element is in both parts and may be touched by different threads. */
const meet = (a: Part, b: Part): boolean =>
  a.begin < b.end && b.begin < a.end && (a.partition === undefined || a.partition !== b.partition);

/** Accesses of a kind by several kernels to one buffer. */
interface Earlier {
  readonly writes: boolean;
  readonly adds: boolean;
  /** Different parts, by their text. */
  readonly parts: Map<string, Part>;
  /** The elements that the parts cover lie within [begin, end). */
  begin: number;
  end: number;
}

/** The accesses of kernels since the last barrier. Many kernels access few different parts of a buffer. */
class Since {
  readonly #buffers = new Map<string, Earlier[]>();

  add(accesses: Accesses): void {
    for (const [buffer, { writes, adds, parts }] of accesses) {
      const kinds = this.#buffers.get(buffer) ?? [];
      this.#buffers.set(buffer, kinds);
      let kind = kinds.find((known) => known.writes === writes && known.adds === adds);
      if (kind === undefined) kinds.push((kind = { writes, adds, parts: new Map(), begin: Infinity, end: -Infinity }));
      for (const part of parts) {
        kind.parts.set(`${part.begin} ${part.end} ${part.partition ?? ''}`, part);
        kind.begin = Math.min(kind.begin, part.begin);
        kind.end = Math.max(kind.end, part.end);
      }
    }
  }

  /** Whether a kernel must wait for one of the kernels. */
  conflicts(accesses: Accesses): boolean {
    for (const [buffer, access] of accesses) {
      for (const { writes, adds, parts, begin, end } of this.#buffers.get(buffer) ?? []) {
        if ((!writes && !access.writes) || (adds && access.adds)) continue;
        for (const part of access.parts) {
          if (part.begin >= end || part.end <= begin) continue;
          for (const other of parts.values()) if (meet(part, other)) return true;
        }
      }
    }
    return false;
  }
}

/**
 * For kernels that run one after another: whether all threads must have finished the preceding ones, before each. The
 * first never needs it, since steps and lists begin at a common point.
 */
export function barriersBefore(program: Program, kernels: readonly Kernel[]): readonly boolean[] {
  let since = new Since();
  return kernels.map((kernel) => {
    const accesses = accessesOf(program, kernel);
    const needed = since.conflicts(accesses);
    if (needed) since = new Since();
    since.add(accesses);
    return needed;
  });
}
