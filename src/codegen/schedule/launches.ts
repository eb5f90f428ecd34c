/** Launches of kernels on a device with work-groups, independent of the language. */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { Extent } from '../../ir/program.js';

/** The work-items of a launch. */
export type Geometry =
  /** A work-item for each item. */
  | { readonly kind: 'items'; readonly items: number }
  /** Work-items that stride over a number of items in a cell, read when the kernel runs; the host has an estimate. */
  | { readonly kind: 'counted'; readonly count: Exclude<Extent, number> }
  /** Work-items that stride over the spikes of a step, up to a maximum. */
  | { readonly kind: 'spikes'; readonly most: number }
  /** Teams that stride over spikes, up to a maximum. */
  | { readonly kind: 'teams'; readonly most: number }
  /** Work-items in teams, each with a share of the work, up to a maximum. */
  | { readonly kind: 'workers'; readonly most: number }
  /** A team for each item. */
  | { readonly kind: 'ownTeams'; readonly items: number }
  /** One group, which scans a mask. */
  | { readonly kind: 'team' }
  /** One work-item. */
  | { readonly kind: 'one' };

/** One kernel, with the data for the host. Its arguments are the arena, the step, and the buffers outside the arena. */
export interface Launch {
  /** Name in the program. */
  readonly kernel: string;
  /** Name in the source. */
  readonly entry: string;
  /** Its work-items. */
  readonly geometry: Geometry;
  /** Buffers outside the arena, in the order of the arguments. */
  readonly own: readonly string[];
  /**
   * Number of parts: kernels or chains that run at once and share work-groups in turn; `geometry` is for the largest.
   * Absent: one.
   */
  readonly parts?: number;
  /**
   * The kernel of a family that it runs, stored in the arena (`memberOffset` of the layout). Absent: the family has
   * only one.
   */
  readonly member?: number;
}

/** The device properties that determine the number of work-items of a launch. */
export interface DeviceSizes {
  /** Work-items of a group of independent items, a multiple of 32. */
  readonly group: number;
  /** Work-items of a team. */
  readonly team: number;
  /** Work-items of a group that scans a mask; absent: as many as a team. */
  readonly scan?: number;
  /** Groups that run at once, or a small multiple of it. */
  readonly groups: number;
}

/** Work-items of a launch, and of each of its groups; no launch is needed for none. */
export interface Size {
  /** Work-items of all groups. */
  readonly global: number;
  /** Work-items of a group. */
  readonly local: number;
}

const groupsFor = (items: number, local: number): number => Math.ceil(items / local);

/**
 * The size of a launch. Where work-items stride over their work, the parts share the groups that fit the device at
 * once: with as many groups for each part, some would only start when others have ended.
 */
export function sizeOfLaunch(
  { geometry, parts = 1 }: Launch,
  sizes: DeviceSizes,
  counted: (count: Exclude<Extent, number>) => number,
): Size {
  const { global, local } = sizeOf(
    geometry,
    { ...sizes, groups: Math.max(1, Math.floor(sizes.groups / parts)) },
    counted,
  );
  return { global: global * parts, local };
}

/**
 * Returns the size of a launch of one part. @param counted the host's last value of the cell; the kernel itself reads
 * it again
 */
export function sizeOf(
  geometry: Geometry,
  { group, team, scan = team, groups }: DeviceSizes,
  counted: (count: Exclude<Extent, number>) => number,
): Size {
  const strided = (most: number, local: number): Size => ({
    global: Math.min(groupsFor(most, local), groups) * local,
    local,
  });
  switch (geometry.kind) {
    case 'items':
      return { global: groupsFor(geometry.items, group) * group, local: group };
    case 'counted':
      return {
        global: Math.max(1, Math.min(groupsFor(counted(geometry.count), group), 2 ** 20)) * group,
        local: group,
      };
    case 'spikes':
      return strided(geometry.most, group);
    case 'teams':
      return { global: Math.min(geometry.most, groups) * team, local: team };
    case 'workers':
      return strided(geometry.most, team);
    case 'ownTeams':
      return { global: geometry.items * team, local: team };
    case 'team':
      return { global: scan, local: scan };
    case 'one':
      return { global: 1, local: 1 };
  }
}

/** A geometry that is large enough for each of several of one kind. */
export function largestOf(geometries: readonly Geometry[]): Geometry {
  const size = (geometry: Geometry): number => {
    switch (geometry.kind) {
      case 'items':
      case 'ownTeams':
        return geometry.items;
      case 'spikes':
      case 'teams':
      case 'workers':
        return geometry.most;
      case 'counted':
      case 'team':
      case 'one':
        return 0;
      default:
        return geometry satisfies never;
    }
  };
  // A launch of teams has room for kernels of workers too.
  const mixed =
    new Set(geometries.map(({ kind }) => kind)).size > 1 &&
    geometries.every(({ kind }) => kind === 'teams' || kind === 'workers');
  if (mixed) return { kind: 'teams', most: Math.max(...geometries.map(size)) };
  const [first, ...rest] = geometries;
  invariant(
    first !== undefined && rest.every(({ kind }) => kind === first.kind),
    'codegen/schedule',
    'parts of a launch differ in kind',
  );
  return rest.reduce((largest, other) => (size(other) > size(largest) ? other : largest), first);
}
