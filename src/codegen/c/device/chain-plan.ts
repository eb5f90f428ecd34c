/** Chains as printed: the items of each, the work of every kernel on them, and the chains that share code. */

import { invariant } from '../../../diagnostics/diagnostic.js';
import type { MapKernel, Program, Range } from '../../../ir/program.js';
import { rangesOf, rangeWithin, spanOf } from '../../schedule/chains.js';
import { ringOf } from '../../schedule/kernel-calls.js';
import { masksOf } from './kernel.js';
import type { DeviceFamily } from './kernel.js';

const pass = 'codegen/c/device/chain-plan';

/** A kernel of a chain: a member of a family. */
export interface Link {
  /** Its family. */
  readonly named: DeviceFamily;
  /** Index of the kernel in its family, from 0. */
  readonly member: number;
  readonly kernel: MapKernel;
}

/** The elements of a range that a section is for, and the family's kernel that it runs for them. */
interface Place extends Range {
  readonly member: number;
}

/** Kernels of one family in a chain: one that has all ranges, or several that each have a part of one of them. */
export interface ChainSection {
  /** The family of its kernels. */
  readonly named: DeviceFamily;
  /** For each range of the chain, the elements of the section; undefined: no elements. */
  readonly places: readonly (Place | undefined)[];
  /** Whether it is one kernel over all ranges of the chain, rather than kernels that have one range each. */
  readonly isWhole: boolean;
  /** For kernels over spikes: the bit of a work-item's marks with its element's event. */
  readonly mark?: number;
  /** For a kernel that sets masks tested by later sections: the first bit of these flags in a work-item's marks. */
  readonly marks?: number;
}

/** A chain: ranges of elements with a work-item each, which runs all sections for its element. */
export interface ChainPlan {
  /** The elements, a work-item for each. */
  readonly ranges: readonly Range[];
  /** In the order of execution. */
  readonly sections: readonly ChainSection[];
}

/** Largest number of marks of a work-item: the bits of a u32. */
export const mostMarks = 32;

interface Growing {
  readonly named: DeviceFamily;
  readonly places: (Place | undefined)[];
  readonly isWhole: boolean;
  readonly mark?: number;
  readonly marks?: number;
}

/** The section that a kernel of one range may join: the last of its family, unless a later one works on that range. */
function sectionFor(
  sections: readonly Growing[],
  named: DeviceFamily,
  range: number,
  mark: number | undefined,
): Growing | undefined {
  for (const section of [...sections].reverse()) {
    if (section.places[range] !== undefined) return undefined;
    if (section.named === named && !section.isWhole && section.mark === mark && section.marks === undefined)
      return section;
  }
  return undefined;
}

/** Plans one chain. @throws when its kernels have no common items */
export function planOf(program: Program, chain: readonly Link[]): ChainPlan {
  const span = spanOf(
    program,
    chain.map(({ kernel }) => kernel),
  );
  invariant(span !== undefined, pass, `${chain[0]?.kernel.name ?? ''} and others are no chain`);
  const { ranges } = span;
  const looked = new Set(
    chain.flatMap(({ kernel }) => (kernel.domain.kind === 'spikes' ? [ringOf(program, kernel.domain.event).mask] : [])),
  );
  const bits = new Map<string, number>();
  const sections: Growing[] = [];
  for (const { named, member, kernel } of chain) {
    const kernelRanges = rangesOf(program, kernel) ?? [];
    const masks = masksOf(kernel);
    // Several kernels may set bits of one mask: each has its own ranges, and so its own u32 values.
    const marks = masks.some((mask) => looked.has(mask))
      ? Math.max(0, ...[...bits.values()].map((bit) => bit + 1))
      : undefined;
    if (marks !== undefined) masks.forEach((mask, k) => bits.set(`${mask} ${kernelRanges[0]?.begin ?? 0}`, marks + k));
    const mark = kernel.domain.kind === 'spikes' ? markOf(program, kernel.domain.event, bits) : undefined;
    const more = { ...(mark === undefined ? {} : { mark }), ...(marks === undefined ? {} : { marks }) };
    const isWhole =
      kernelRanges.length === ranges.length &&
      kernelRanges.every(({ begin, end }, k) => begin === ranges[k]?.begin && end === ranges[k].end);
    if (isWhole) {
      sections.push({ named, isWhole, places: kernelRanges.map((range) => ({ ...range, member })), ...more });
      continue;
    }
    const [only] = kernelRanges;
    const range = only === undefined ? undefined : rangeWithin(span, only);
    invariant(only !== undefined && range !== undefined, pass, `${kernel.name} has other items`);
    let section = marks === undefined ? sectionFor(sections, named, range, mark) : undefined;
    if (section === undefined) {
      section = { named, isWhole, places: ranges.map(() => undefined), ...more };
      sections.push(section);
    }
    section.places[range] = { ...only, member };
  }
  return { ranges, sections };
}

/**
 * Returns the bit of an event in a work-item's marks. Of the kernels that set the mask, it is set by the one with the
 * population in its range.
 */
function markOf(program: Program, event: string, bits: ReadonlyMap<string, number>): number {
  const { mask, maskBegin } = ringOf(program, event);
  const bitsOfMask = [...bits]
    .map(([key, bit]) => ({
      bit,
      of: key.slice(0, key.lastIndexOf(' ')),
      begin: Number(key.slice(key.lastIndexOf(' ') + 1)),
    }))
    .filter(({ of, begin }) => of === mask && begin <= maskBegin)
    .sort((a, b) => b.begin - a.begin);
  const [nearest] = bitsOfMask;
  invariant(nearest !== undefined && nearest.bit < mostMarks, pass, `nothing in the chain marks ${event}`);
  return nearest.bit;
}

/** Equal for chains that one piece of code can compute. */
export const planKey = ({ ranges, sections }: ChainPlan): string =>
  JSON.stringify([
    ranges.length,
    sections.map(({ named, isWhole, mark, marks }) => [named.id, isWhole, mark ?? -1, marks ?? -1]),
  ]);
