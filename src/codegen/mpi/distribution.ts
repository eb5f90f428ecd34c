/**
 * Distributes the steps of a program over the ranks of MPI.
 *
 * Every rank has all buffers. Arrays of elements are divided into intervals of positions, one for each rank. A kernel
 * is divided if each of its items writes to its own position only: a rank then computes its interval. All ranks compute
 * the other kernels whole. Before a kernel reads elements that another rank computed, the buffer is gathered. Spikes
 * are exchanged separately, as lists, and only as often as delays require.
 *
 *     update  divided: ranks write v[own]
 *     sample  reads v[3]: `gather v` comes first; then all ranks compute it
 */

import type { Expression, Kernel, Program, StepEntry } from '../../ir/program.js';
import { bodyOf, expressionsOf, isLocal, visitExpression, visitStatements } from '../../ir/walk.js';
import { meanings, sumOf } from '../schedule/barriers.js';
import { ringOf } from '../schedule/kernel-calls.js';

/**
 * Positions that ranks divide among them: those of arrays of `positions` elements. Item i of a kernel belongs to
 * position `offset + i`; there are `count` items.
 */
export interface Space {
  /** 0: not divided. */
  readonly positions: number;
  readonly offset: number;
  readonly count: number;
}

/** A buffer with elements that each rank computes for its interval of positions. */
export interface Divided {
  readonly buffer: string;
  readonly positions: number;
  /** Positions of one element: 32 for masks. */
  readonly perElement: number;
  /** Of arrays with an element for each synapse: the synapses belong to the ranks of their targets. */
  readonly synapses?: {
    /** Buffer of the target of each synapse. */
    readonly targets: string;
    /** Position of target 0. */
    readonly offset: number;
  };
}

/** One call of a step, with the exchanges before it. */
export interface DistributedEntry {
  readonly entry: StepEntry;
  /** Whether spikes must be exchanged before it, because it reads those of the same step. */
  readonly needsSpikes: boolean;
  /** Buffers that are gathered before it. */
  readonly gathers: readonly Divided[];
}

/** A projection with synapses that are removed from ranks of other targets. */
export interface OwnSynapses {
  readonly projection: string;
  /** Action of the initialisation after which the others are removed. */
  readonly action: number;
  /** First position of each segment, and their number; the last one is the number of synapses. */
  readonly segments: string;
  readonly segmentCount: number;
  readonly targets: string;
  readonly space: Space;
  /** Arrays with an element for each synapse, the targets among them. */
  readonly arrays: readonly string[];
  /** Whether a host reads the number of all synapses from the segments, which no delivery reads. */
  readonly isCounted: boolean;
}

/** Whether ranks divide the items of a kernel with this space. */
export const isDivided = (space: Space | undefined): space is Space => (space?.positions ?? 0) > 0;

/** How ranks share the steps of a program. */
export interface Distribution {
  /** Projections with synapses that only the rank of their target keeps. */
  readonly ownSynapses: readonly OwnSynapses[];
  /** The spaces of kernels with items or spikes; undivided kernels have no positions. */
  readonly spaces: ReadonlyMap<string, Space>;
  readonly entries: readonly DistributedEntry[];
  /** Buffers gathered at the end of each step. */
  readonly gathersAtEnd: readonly Divided[];
  /** Buffers that are divided between two steps, by name. */
  readonly divided: ReadonlyMap<string, Divided>;
  /** Steps after which spikes are exchanged; 0: within each step. */
  readonly interval: number;
  /** Whether kernels of a step can raise faults. */
  readonly mayFault: boolean;
}

/** Most steps between two exchanges. */
const longestInterval = 256;

/** An access of a kernel: the position in terms of its items, or undefined for any element. */
export interface Access {
  readonly buffer: string;
  readonly writes: boolean;
  /** Offset of item 0; undefined: any element may be touched. */
  readonly offset?: number;
  readonly perElement: number;
  /** Whether the index is the position of a synapse. */
  readonly atPosition: boolean;
  /** Buffer of targets, if the element belongs to a synapse that the rank of its target computes. */
  readonly targets?: string;
}

/** Projections by the buffer of the first entry of each target. */
const columns = new WeakMap<Program['manifest'], ReadonlyMap<string, { targets: string; positions: string }>>();

function columnOf({ manifest }: Program, starts: string): { targets: string; positions: string } | undefined {
  const known =
    columns.get(manifest) ??
    new Map(
      manifest.projections.flatMap(({ columns: column, targets }) =>
        column ? [[column.starts, { targets, positions: column.positions }] as const] : [],
      ),
    );
  columns.set(manifest, known);
  return known.get(starts);
}

/** Returns the buffer of targets of the synapses that a kernel addresses by an index. */
function targetsOf(program: Program, kernel: Kernel, index: Expression): string | undefined {
  if (kernel.shape !== 'propagate') return undefined;
  if (kernel.order.kind === 'byTarget') return isLocal(index, 'position') ? kernel.order.targets : undefined;
  const column = kernel.order.kind === 'byRow' ? columnOf(program, kernel.segments) : undefined;
  const meaning = index.kind === 'local' ? meanings(kernel.body).get(index.name) : undefined;
  const isEntry =
    column && meaning?.kind === 'load' && meaning.buffer === column.positions && isLocal(meaning.index, 'position');
  return isEntry ? column.targets : undefined;
}

function itemOffset(kernel: Kernel, index: Expression): number | undefined {
  const { base, offset } = sumOf(index, meanings(bodyOf(kernel)));
  if (kernel.shape === 'map') return kernel.domain.kind !== 'count' && isLocal(base, 'index') ? offset : undefined;
  if (kernel.shape !== 'propagate') return undefined;
  if (kernel.order.kind === 'byRow') return isLocal(base, 'row') ? offset : undefined;
  if (kernel.order.kind !== 'byTarget' || base.kind !== 'load') return undefined;
  return base.buffer === kernel.order.targets && isLocal(base.index, 'position') ? offset : undefined;
}

/** Returns the accesses of a kernel's body. */
export function accessesOf(program: Program, kernel: Kernel): readonly Access[] {
  const found: Access[] = [];
  const add = (buffer: string, index: Expression, writes: boolean): void => {
    const offset = itemOffset(kernel, index);
    const atPosition = kernel.shape === 'propagate' && isLocal(index, 'position');
    const targets = targetsOf(program, kernel, index);
    found.push({
      buffer,
      writes,
      perElement: 1,
      atPosition,
      ...(offset === undefined ? {} : { offset }),
      ...(targets === undefined ? {} : { targets }),
    });
  };
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind === 'store' || statement.kind === 'accumulate') add(statement.buffer, statement.index, true);
    if (statement.kind === 'setBit')
      found.push({ buffer: statement.mask, writes: true, offset: 0, perElement: 32, atPosition: false });
    for (const expression of expressionsOf(statement))
      visitExpression(expression, (part) => {
        if (part.kind === 'load') add(part.buffer, part.index, false);
      });
  });
  return found;
}

/** Returns the items of a kernel that may be divided: their number and, for spikes, the position of the first. */
function itemsOf(program: Program, kernel: Kernel): { readonly count: number; readonly offset?: number } | null {
  if (kernel.shape === 'propagate' && kernel.order.kind === 'byRow') {
    const { begin, end } = kernel.elements;
    return { count: end - begin, offset: ringOf(program, kernel.event).maskBegin + begin };
  }
  if (kernel.shape === 'propagate')
    return kernel.order.kind === 'byTarget' ? { count: kernel.order.targetCount } : null;
  if (kernel.shape === 'compact') {
    const { size, maskBegin } = ringOf(program, kernel.event);
    return { count: size, offset: maskBegin };
  }
  if (kernel.shape !== 'map') return null;
  if (kernel.domain.kind === 'spikes') {
    const { size, maskBegin } = ringOf(program, kernel.domain.event);
    return { count: size, offset: maskBegin };
  }
  return { count: 0, ...(kernel.domain.kind === 'ranges' ? { offset: 0 } : {}) };
}

/** Intervals end with blocks of 64 positions. */
const isAligned = (offset: number): boolean => offset % 64 === 0;

function spaceOf(program: Program, kernel: Kernel, lengths: ReadonlyMap<string, number>): Space | null {
  const items = itemsOf(program, kernel);
  if (!items) return null;
  const whole: Space = { positions: 0, offset: 0, count: items.count };
  if (kernel.shape === 'compact') {
    const positions = (lengths.get(ringOf(program, kernel.event).mask) ?? 0) * 32;
    return { positions, offset: items.offset ?? 0, count: items.count };
  }
  if (kernel.shape === 'map' && kernel.domain.kind === 'count') return whole;
  const writes = accessesOf(program, kernel).filter((access) => access.writes);
  const ofElements = writes.filter(({ targets }) => targets === undefined);
  const [first] = ofElements;
  const offset = items.offset ?? first?.offset;
  const positionsOf = ({ buffer, perElement }: Access): number => (lengths.get(buffer) ?? 0) * perElement;
  // Synapses have the ranks of the cells that receive the event or the delivery.
  const ofRows =
    kernel.shape === 'propagate' && kernel.order.kind === 'byRow'
      ? (lengths.get(ringOf(program, kernel.event).mask) ?? 0) * 32
      : 0;
  const positions = ofRows > 0 ? ofRows : first ? positionsOf(first) : 0;
  const divides =
    writes.length > 0 &&
    positions > 0 &&
    offset !== undefined &&
    isAligned(offset) &&
    ofElements.every((access) => access.offset === offset && positionsOf(access) === positions);
  return divides ? { positions, offset, count: items.count } : whole;
}

/** Returns spaces of kernels that agree on the ranks of synapses: of the others, every rank computes all. */
function agreeingSpaces(
  program: Program,
  kernels: readonly Kernel[],
  spaces: ReadonlyMap<string, Space>,
): ReadonlyMap<string, Space> {
  const written = kernels.flatMap((kernel) => {
    const space = spaces.get(kernel.name);
    const targets = accessesOf(program, kernel).flatMap((access) => (access.writes ? (access.targets ?? []) : []));
    return isDivided(space) ? [...new Set(targets)].map((buffer) => ({ kernel, space, buffer })) : [];
  });
  const placeOf = ({ positions, offset }: Space): string => `${positions} ${offset}`;
  const places = new Map<string, string>();
  const disputed = new Set<string>();
  for (const { space, buffer } of written) {
    const place = places.get(buffer) ?? placeOf(space);
    places.set(buffer, place);
    if (place !== placeOf(space)) disputed.add(buffer);
  }
  const result = new Map(spaces);
  for (const { kernel, space, buffer } of written)
    if (disputed.has(buffer)) result.set(kernel.name, { ...space, positions: 0 });
  return result;
}

/**
 * Returns the steps after which a kernel needs the spikes of all ranks: 0 for those of the same step, infinity for
 * none.
 */
function spikeDelay(program: Program, kernel: Kernel, event: string, spaces: ReadonlyMap<string, Space>): number {
  const { list, counts, log } = ringOf(program, event);
  const buffers = new Set([list, counts, ...(log === undefined ? [] : logBuffers(program, log))]);
  if (accessesOf(program, kernel).some(({ buffer }) => buffers.has(buffer))) return 0;
  if (kernel.shape === 'propagate') return kernel.event === event ? kernel.delays.first : Infinity;
  const isWhole = kernel.shape === 'map' && spaces.get(kernel.name)?.positions === 0;
  return isWhole && kernel.domain.kind === 'spikes' && kernel.domain.event === event ? 0 : Infinity;
}

function logBuffers({ logs }: Program, name: string): readonly string[] {
  const log = logs.find((one) => one.name === name);
  return log ? [log.buffer, log.cursor.buffer] : [];
}

/** Who has the elements of a buffer: all ranks, unless it is divided. */
type State = ReadonlyMap<string, Divided>;

/** Returns how ranks share the steps of a program. */
export function distribute(program: Program): Distribution {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const lengths = new Map(
    program.buffers.flatMap(({ name, length }) => (typeof length === 'number' ? [[name, length] as const] : [])),
  );
  const each = new Map(
    program.kernels.flatMap((kernel) => {
      const space = spaceOf(program, kernel, lengths);
      return space ? [[kernel.name, space] as const] : [];
    }),
  );
  const spaces = agreeingSpaces(program, program.kernels, each);
  const called = program.schedule.step.flatMap(({ kernel }) => kernels.get(kernel) ?? []);
  const written = new Set(
    called.flatMap((kernel) =>
      accessesOf(program, kernel)
        .filter(({ writes }) => writes)
        .map(({ buffer }) => buffer),
    ),
  );
  const lists = program.schedule.step.flatMap((entry) => {
    const kernel = kernels.get(entry.kernel);
    return kernel?.shape === 'compact' ? [{ event: kernel.event, isConditional: isConditional(entry) }] : [];
  });
  const delayOf = (kernel: Kernel): number =>
    Math.min(Infinity, ...lists.map(({ event }) => spikeDelay(program, kernel, event, spaces)));
  const interval = lists.some((list) => list.isConditional)
    ? 0
    : Math.min(longestInterval, ...lists.map(({ event }) => ringOf(program, event).slots), ...called.map(delayOf));

  const pass = (start: State): { readonly entries: readonly DistributedEntry[]; readonly end: State } => {
    const state = new Map(start);
    const entries = program.schedule.step.map((entry): DistributedEntry => {
      const kernel = kernels.get(entry.kernel);
      if (!kernel) return { entry, needsSpikes: false, gathers: [] };
      const space = spaces.get(kernel.name);
      const gathers = new Map<string, Divided>();
      const accesses = accessesOf(program, kernel).filter(({ buffer }) => written.has(buffer));
      for (const access of [...accesses, ...maskOf(program, kernel)]) {
        const divided = state.get(access.buffer);
        if (divided && !(isDivided(space) && isOwn(access, space, divided))) gathers.set(access.buffer, divided);
      }
      // A conditional entry may leave its buffers as they were.
      if (!isConditional(entry)) for (const buffer of gathers.keys()) state.delete(buffer);
      for (const { buffer, writes, perElement, targets } of accesses) {
        if (!writes) continue;
        if (isDivided(space)) {
          const { positions, offset } = space;
          const synapses = targets === undefined ? {} : { synapses: { targets, offset } };
          state.set(buffer, { buffer, positions, perElement, ...synapses });
        } else if (!isConditional(entry)) state.delete(buffer);
      }
      return { entry, needsSpikes: delayOf(kernel) === 0, gathers: [...gathers.values()] };
    });
    return { entries, end: state };
  };

  // The state at the end of a step is the state at the beginning of the next one.
  const gathersAtEnd = new Map<string, Divided>();
  let start: State = new Map();
  for (;;) {
    const { entries, end } = pass(start);
    for (const [buffer, divided] of end) {
      const before = start.get(buffer);
      if (before && before.positions !== divided.positions) gathersAtEnd.set(buffer, divided);
    }
    const next = new Map([...start, ...end].filter(([buffer]) => !gathersAtEnd.has(buffer)));
    if (next.size === start.size && [...next.keys()].every((buffer) => start.has(buffer))) {
      const mayFault = called.some(hasFault);
      const gathered = [...gathersAtEnd.values()];
      return { ownSynapses: [], spaces, entries, gathersAtEnd: gathered, divided: next, interval, mayFault };
    }
    start = next;
  }
}

const isConditional = ({ every, offset }: StepEntry): boolean => every > 1 || offset > 0;

/** Whether an access of a divided kernel is to elements that the same rank computes. */
function isOwn({ offset, perElement, targets }: Access, space: Space, { synapses, ...divided }: Divided): boolean {
  if (divided.positions !== space.positions || divided.perElement !== perElement) return false;
  return synapses
    ? targets === synapses.targets && space.offset === synapses.offset
    : targets === undefined && offset === space.offset;
}

/** Returns the mask that a compaction reads. */
function maskOf(program: Program, kernel: Kernel): readonly Access[] {
  if (kernel.shape !== 'compact') return [];
  const { mask, maskBegin } = ringOf(program, kernel.event);
  return [{ buffer: mask, writes: false, offset: maskBegin, perElement: 32, atPosition: false }];
}

/** Whether a kernel may raise a fault. */
export function hasFault(kernel: Kernel): boolean {
  let found = false;
  visitStatements(bodyOf(kernel), ({ kind }) => {
    found ||= kind === 'fault';
  });
  return found;
}
