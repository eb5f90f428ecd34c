/** Segment groups: which segments each holds. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Component } from '../lems/definitions.js';
import * as messages from './messages.js';
import { childOf, childrenOf, positionOf, type Morphology } from './segments.js';

/** Groups may include groups; deeper than this they are not meant to. */
const deepest = 1000;

/** Answers which segments a group holds. */
export interface Groups {
  /** Of all groups, in the order of the document. */
  readonly ids: readonly string[];
  /** Groups by id. */
  readonly components: ReadonlyMap<string, Component>;
  /**
   * Returns positions of the segments of a group, ascending, or undefined after a finding. Returns all without an id,
   * or for `all` if there is no such group.
   */
  segmentsOf(id: string | undefined, at: Component): Uint32Array | undefined;
}

/**
 * Returns the groups of a morphology. Groups are computed when they are asked for.
 *
 * @diagnostic neuroml/unknown-group, neuroml/group-loop, neuroml/deep-group, neuroml/unknown-segment, neuroml/path
 */
export function readGroups(component: Component, morphology: Morphology, diagnostics: Diagnostics): Groups {
  const components = new Map(childrenOf(component, 'segmentGroup').map((group) => [group.id, group]));
  const ids = [...components.keys()];
  const known = new Map<string, Uint32Array>();
  const open: string[] = [];
  const everything = Uint32Array.from(morphology.segments, (_, position) => position);
  const segmentsOf = (id: string | undefined, at: Component): Uint32Array | undefined => {
    const group = id === undefined ? undefined : components.get(id);
    if (!group || id === undefined) {
      if (id === undefined || id === 'all') return everything;
      diagnostics.add(messages.unknownGroup(id, ids), at.place);
      return undefined;
    }
    const done = known.get(id);
    if (done) return done;
    if (open.includes(id)) {
      diagnostics.add(messages.groupLoop([...open.slice(open.indexOf(id)), id]), at.place);
      return undefined;
    }
    if (open.length > deepest) {
      diagnostics.add(messages.deepGroup(id, deepest), at.place);
      return undefined;
    }
    open.push(id);
    const found = membersOf(group, morphology, segmentsOf, diagnostics);
    open.pop();
    known.set(id, found);
    return found;
  };
  return { ids, components, segmentsOf };
}

function membersOf(
  group: Component,
  morphology: Morphology,
  segmentsOf: Groups['segmentsOf'],
  diagnostics: Diagnostics,
): Uint32Array {
  const taken = new Set<number>();
  const take = (positions: Iterable<number>): void => {
    for (const position of positions) taken.add(position);
  };
  const position = (of: Component | undefined): number | undefined => {
    const id = of?.attributes['segment'];
    return of === undefined || id === undefined ? undefined : positionOf(id, of, morphology, diagnostics);
  };
  for (const member of childrenOf(group, 'member')) {
    const found = position(member);
    if (found !== undefined) taken.add(found);
  }
  for (const include of childrenOf(group, 'include')) {
    take(segmentsOf(include.attributes['segmentGroup'] ?? '', include) ?? []);
  }
  for (const path of childrenOf(group, 'path')) {
    const [from, to] = [childOf(path, 'from'), childOf(path, 'to')];
    const [first, last] = [from ? position(from) : morphology.root, position(to)];
    if (first === undefined) continue;
    if (to && last === undefined) continue;
    const way = last === undefined ? beyond(first, morphology) : wayUp(last, first, morphology);
    if (way) take(way);
    else
      diagnostics.add(messages.noPath(from?.attributes['segment'] ?? '', to?.attributes['segment'] ?? ''), path.place);
  }
  for (const tree of childrenOf(group, 'subTree')) {
    const [from, to] = [childOf(tree, 'from'), childOf(tree, 'to')];
    const first = position(from);
    const last = position(to);
    if (first !== undefined) take(beyond(first, morphology));
    else if (last !== undefined) take(wayUp(last, morphology.root, morphology) ?? []);
  }
  return Uint32Array.from(taken).sort();
}

/** Returns a segment and all that grow from it. */
function beyond(first: number, { children }: Morphology): readonly number[] {
  const found = [first];
  for (const position of found) for (const inner of children[position] ?? []) found.push(inner);
  return found;
}

/**
 * Returns the segments from one towards the root up to another, both included, or null if the other is not on the way.
 */
function wayUp(from: number, to: number, { segments }: Morphology): readonly number[] | null {
  const way: number[] = [];
  for (let at = from; at >= 0; at = segments[at]?.parent ?? -1) {
    way.push(at);
    if (at === to) return way;
  }
  return null;
}
