/**
 * Combines kernels of a step into launches. Kernels run concurrently as parts of a launch if no kernel writes elements
 * that another reads or writes, except for sums that commute. Map kernels that share only per-item data run one after
 * another in the same work-item, as a chain.
 */

import { visitStatements, bodyOf } from '../../ir/walk.js';
import type { Kernel, MapKernel, Program, Range, StepEntry } from '../../ir/program.js';
import { ringOf } from './kernel-calls.js';
import { conflictOf, touchesOf } from './touches.js';
import type { Conflict, Touch, Touches } from './touches.js';

/** Kernels that a work-item runs one after another, in this order; usually a single one. */
export type Chain = readonly StepEntry[];

/** The abilities of a printer with respect to launches. */
interface LaunchRules {
  /** Whether the accumulations of a kernel are atomic on this device. */
  readonly adds: (kernel: Kernel) => boolean;
  /** Equal for kernels that may be parts of one launch. */
  readonly alike: (kernel: Kernel) => string;
  /** Whether the items of a kernel may be links of chains. */
  readonly links: (kernel: MapKernel) => boolean;
  /** Whether kernels may be one chain, for other reasons. */
  readonly fits: (kernels: readonly Kernel[]) => boolean;
}

/** The elements of a chain, with a work-item each: those of its widest kernel. */
interface Span {
  readonly ranges: readonly Range[];
}

/**
 * Ranges begin at multiples of this, so that each u32 of a mask belongs to one range, and is set by neighbouring items.
 */
const blockLength = 64;

/** Returns the ranges of a map kernel's items in the numbering of merged arrays; undefined if they are unknown. */
export function rangesOf(program: Program, { domain }: MapKernel): readonly Range[] | undefined {
  switch (domain.kind) {
    case 'ranges':
      return domain.ranges;
    case 'count':
      return typeof domain.count === 'number' ? [{ begin: 0, end: domain.count }] : undefined;
    case 'spikes': {
      const { size, maskBegin } = ringOf(program, domain.event);
      return [{ begin: maskBegin, end: maskBegin + size }];
    }
  }
}

const equalRanges = (a: readonly Range[], b: readonly Range[]): boolean =>
  a.length === b.length && a.every(({ begin, end }, k) => begin === b[k]?.begin && end === b[k].end);

/** Returns the range of a span that contains a range; undefined if there is no such range. */
export const rangeWithin = ({ ranges }: Span, { begin, end }: Range): number | undefined => {
  const rangeIndex = ranges.findIndex((range) => begin >= range.begin && end <= range.end);
  return rangeIndex < 0 ? undefined : rangeIndex;
};

const setsBits = (kernel: MapKernel): boolean => {
  let sets = false;
  visitStatements(bodyOf(kernel), (s) => {
    sets ||= s.kind === 'setBit';
  });
  return sets;
};

/** The properties that decide whether a kernel can run for the work-items of a chain. */
interface Items {
  readonly ranges: readonly Range[];
  readonly setsBits: boolean;
}

const itemsOf = (program: Program, kernel: MapKernel): Items => ({
  ranges: rangesOf(program, kernel) ?? [],
  setsBits: setsBits(kernel),
});

function spanOfItems(all: readonly Items[]): Span | undefined {
  if (all.some(({ ranges }) => ranges.length === 0)) return undefined;
  const sum = (ranges: readonly Range[]): number => ranges.reduce((items, { begin, end }) => items + (end - begin), 0);
  const ranges = all
    .map((items) => items.ranges)
    .reduce((widest, own) => (own.length > widest.length || sum(own) > sum(widest) ? own : widest));
  const span = { ranges };
  const fits = all.every(({ ranges: own }) => {
    const [only] = own;
    return (
      equalRanges(own, ranges) || (own.length === 1 && only !== undefined && rangeWithin(span, only) !== undefined)
    );
  });
  if (!fits) return undefined;
  const aligned = (own: readonly Range[]): boolean => own.every(({ begin }) => begin % blockLength === 0);
  if ((all.some((items) => items.setsBits) || ranges.length > 1) && !aligned(ranges)) return undefined;
  return all.every((items) => !items.setsBits || aligned(items.ranges)) ? span : undefined;
}

/**
 * Returns the items of a chain of these kernels: each has the same ranges, or one within one of them. Returns undefined
 * otherwise.
 */
export const spanOf = (program: Program, kernels: readonly MapKernel[]): Span | undefined =>
  spanOfItems(kernels.map((kernel) => itemsOf(program, kernel)));

interface Node {
  readonly entry: StepEntry;
  readonly kernel: Kernel;
  /** `time`: equal for kernels that run in the same steps; `key`: equal for possible parts of one launch. */
  readonly time: string;
  readonly key: string;
  /** For a kernel over spikes that may look at the mask instead: the kernel that sets it. */
  readonly marker?: number;
  readonly isLink: boolean;
}

type Timed = Omit<Node, 'marker' | 'isLink'>;

/** The kernels that write parts of each mask. */
type Writers = ReadonlyMap<string, readonly { readonly node: number; readonly touch: Touch }[]>;

function writersOf(program: Program, nodes: readonly Timed[]): Writers {
  const masks = new Set(program.events.map(({ mask }) => mask));
  const writers = new Map<string, { readonly node: number; readonly touch: Touch }[]>();
  nodes.forEach(({ kernel }, node) => {
    for (const [buffer, touches] of touchesOf(program, kernel, false)) {
      if (!masks.has(buffer)) continue;
      const written = touches.filter(({ writes }) => writes).map((touch) => ({ node, touch }));
      writers.set(buffer, [...(writers.get(buffer) ?? []), ...written]);
    }
  });
  return writers;
}

/**
 * Returns the kernel with items that set the bits of a ring's mask; undefined if there is no such kernel, or several
 * writers.
 */
function markerOf(
  program: Program,
  nodes: readonly Timed[],
  writers: Writers,
  at: number,
  event: string,
): number | undefined {
  const { mask, maskBegin, size } = ringOf(program, event);
  const inside: Touch = {
    low: Math.floor(maskBegin / 32),
    high: Math.ceil((maskBegin + size) / 32),
    writes: false,
    adds: false,
  };
  const conflictingNodes = new Set(
    (writers.get(mask) ?? []).flatMap(({ node, touch }) => (conflictOf(touch, inside) === 'none' ? [] : [node])),
  );
  const [marker, ...others] = conflictingNodes;
  const lister = nodes.findIndex(({ kernel }) => kernel.shape === 'compact' && kernel.event === event);
  if (marker === undefined || others.length > 0 || !(marker < lister && lister < at)) return undefined;
  const kernel = nodes[marker]?.kernel;
  if (kernel?.shape !== 'map' || new Set([marker, lister, at].map((k) => nodes[k]?.time)).size > 1) return undefined;
  const covered = rangesOf(program, kernel)?.some(({ begin, end }) => begin <= maskBegin && maskBegin + size <= end);
  return covered === true && setsBits(kernel) ? marker : undefined;
}

function nodesOf(program: Program, { alike, links }: LaunchRules): readonly Node[] {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const nodes = program.schedule.step.flatMap((entry): Timed[] => {
    const kernel = kernels.get(entry.kernel);
    const time = `${entry.every} ${entry.offset}`;
    return kernel === undefined ? [] : [{ entry, kernel, time, key: `${time} ${alike(kernel)}` }];
  });
  const writers = writersOf(program, nodes);
  return nodes.map((node, k): Node => {
    const { kernel } = node;
    if (kernel.shape !== 'map' || !links(kernel)) return { ...node, isLink: false };
    if (kernel.domain.kind !== 'spikes') return { ...node, isLink: true };
    const marker = markerOf(program, nodes, writers, k, kernel.domain.event);
    return { ...node, isLink: false, ...(marker === undefined ? {} : { marker }) };
  });
}

/** For each kernel the earlier ones that it conflicts with. Equal touches are compared once. */
function conflictsOf(touches: readonly Touches[]): readonly ReadonlyMap<number, Conflict>[] {
  const conflictsByNode = touches.map(() => new Map<number, Conflict>());
  const byBuffer = new Map<string, Map<string, { readonly touch: Touch; readonly nodes: number[] }>>();
  touches.forEach((own, node) => {
    for (const [buffer, list] of own) {
      const known = byBuffer.get(buffer) ?? new Map<string, { readonly touch: Touch; readonly nodes: number[] }>();
      byBuffer.set(buffer, known);
      for (const touch of list) {
        const { low, high, writes, adds, own: itemElement = '' } = touch;
        const key = `${low} ${high} ${writes} ${adds} ${itemElement}`;
        const same = known.get(key);
        if (same === undefined) known.set(key, { touch, nodes: [node] });
        else same.nodes.push(node);
      }
    }
  });
  const note = (a: number, b: number, conflict: Conflict): void => {
    if (a === b) return;
    const before = conflictsByNode[Math.max(a, b)];
    if (before?.get(Math.min(a, b)) !== 'whole') before?.set(Math.min(a, b), conflict);
  };
  for (const kinds of byBuffer.values()) {
    const list = [...kinds.values()];
    list.forEach((one, k) => {
      for (const other of list.slice(k)) {
        const conflict = conflictOf(one.touch, other.touch);
        if (conflict === 'none') continue;
        for (const a of one.nodes) for (const b of other.nodes) note(a, b, conflict);
      }
    });
  }
  return conflictsByNode;
}

/** Puts as many of the remaining kernels as possible into chains of one launch. */
function chainsOf(
  program: Program,
  nodes: readonly Node[],
  done: ReadonlySet<number>,
  first: number,
  conflicts: readonly ReadonlyMap<number, Conflict>[],
  fits: LaunchRules['fits'],
): readonly (readonly number[])[] {
  let chains: (readonly number[])[] = [];
  const taken = new Set<number>();
  const items = nodes.map(({ kernel }) =>
    kernel.shape === 'map' ? itemsOf(program, kernel) : { ranges: [], setsBits: false },
  );
  nodes.forEach((node, k) => {
    if (done.has(k) || node.time !== nodes[first]?.time) return;
    if (!(node.isLink && node.key === nodes[first].key) && node.marker === undefined) return;
    const before = [...(conflicts[k] ?? [])].filter(([other]) => !done.has(other));
    if (before.some(([other, conflict]) => !taken.has(other) || conflict === 'whole')) return;
    const needed = new Set([...before.map(([other]) => other), ...(node.marker === undefined ? [] : [node.marker])]);
    if (node.marker !== undefined && !taken.has(node.marker)) return;
    const met = chains.filter((chain) => chain.some((other) => needed.has(other)));
    // The kernel joins all chains that it depends on; these are independent of each other, so their order is free.
    const longer = [...met.flat(), k];
    if (longer.length > 1) {
      if (spanOfItems(longer.flatMap((link) => items[link] ?? [])) === undefined) return;
      if (!fits(longer.flatMap((link) => nodes[link]?.kernel ?? []))) return;
    }
    chains = [...chains.filter((chain) => !met.includes(chain)), longer];
    taken.add(k);
  });
  return chains;
}

/**
 * The launches of a step, in order, each a list of chains that run side by side. A kernel that cannot be in a chain is
 * launched as early as possible, a chain as late as possible, so it can grow.
 */
export function launchesOf(program: Program, rules: LaunchRules): readonly (readonly Chain[])[] {
  const nodes = nodesOf(program, rules);
  const touches = nodes.map(({ kernel }) => touchesOf(program, kernel, rules.adds(kernel)));
  const marked = nodes.map(({ kernel, marker }, k) =>
    marker === undefined
      ? (touches[k] ?? new Map<string, readonly Touch[]>())
      : touchesOf(program, kernel, rules.adds(kernel), true),
  );
  const conflicts = conflictsOf(touches);
  const chained = conflictsOf(marked);
  const done = new Set<number>();
  const launches: (readonly Chain[])[] = [];
  while (done.size < nodes.length) {
    const ready = nodes.flatMap((_, k) =>
      !done.has(k) && [...(conflicts[k]?.keys() ?? [])].every((before) => done.has(before)) ? [k] : [],
    );
    const first = ready.find((k) => nodes[k]?.isLink === false) ?? ready[0] ?? 0;
    const { isLink, key } = nodes[first] ?? { isLink: false, key: '' };
    const chains = isLink
      ? chainsOf(program, nodes, done, first, chained, rules.fits)
      : ready.filter((k) => nodes[k]?.key === key && !nodes[k].isLink).map((k) => [k]);
    launches.push(chains.map((chain) => chain.flatMap((k) => nodes[k]?.entry ?? [])));
    for (const k of chains.flat()) done.add(k);
  }
  return launches;
}
