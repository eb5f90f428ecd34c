/** The segments of a morphology as numbers. Lengths are in micrometres, as documents have them. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import { isGap } from '../../../src/model/plausible-shape.js';
import type { Component } from '../lems/definitions.js';
import * as messages from './messages.js';

/** A point with the diameter there. */
export interface Point {
  /** In micrometres. */
  readonly x: number;
  /** In micrometres. */
  readonly y: number;
  /** In micrometres. */
  readonly z: number;
  /** In micrometres. */
  readonly diameter: number;
}

interface Segment {
  readonly id: number;
  readonly name: string;
  /** Position of the parent in the list of segments; -1 for the root. */
  readonly parent: number;
  /** Where it grows from along the parent. */
  readonly fraction: number;
  /** True if the point is written in the document, rather than taken from the parent. */
  readonly ownProximal: boolean;
  readonly proximal: Point;
  readonly distal: Point;
  readonly length: number;
  readonly place: Place;
}

/** A tree of segments. */
export interface Morphology {
  /** In the order of the document. All other positions count by this order. */
  readonly segments: readonly Segment[];
  /** Positions by id. */
  readonly byId: ReadonlyMap<string, number>;
  /** Position of the segment without a parent. */
  readonly root: number;
  /** Positions of the children of each segment. */
  readonly children: readonly (readonly number[])[];
  /** Positions with parents before children. */
  readonly order: readonly number[];
}

/** Children of a component that are under a name or are of a type of that name. */
export function childrenOf(component: Component, type: string): readonly Component[] {
  return component.children.filter((inner) => inner.type.lineage.includes(type) || inner.type.name === type);
}

/** Returns the first child of a type or of an extension of it, or undefined if there is none. */
export function childOf(component: Component, type: string): Component | undefined {
  return childrenOf(component, type)[0];
}

/**
 * Returns the tree of segments of a morphology; null after an error.
 *
 * @diagnostic neuroml/segment-id, neuroml/segment-twice, neuroml/segment-point, neuroml/coordinate,
 *   neuroml/unknown-segment, neuroml/fraction-along, neuroml/segment-roots, neuroml/segment-loop, neuroml/no-length,
 *   neuroml/segment-gap
 */
export function readMorphology(morphology: Component, diagnostics: Diagnostics): Morphology | null {
  const written = childrenOf(morphology, 'segment');
  const byId = new Map<string, number>();
  let failed = false;
  const fail = (finding: ReturnType<typeof messages.segmentId>, place: Place): void => {
    failed = true;
    diagnostics.add(finding, place);
  };
  for (const [position, { id, place }] of written.entries()) {
    if (!/^\d+$/.test(id)) {
      fail(messages.segmentId(id), place);
      continue;
    }
    const first = written[byId.get(String(Number(id))) ?? -1];
    if (first)
      fail({ ...messages.secondSegment(id), related: [{ message: 'first used here', place: first.place }] }, place);
    else byId.set(String(Number(id)), position);
  }
  const parents = written.map((segment): { readonly parent: number; readonly fraction: number } => {
    const given = childOf(segment, 'parent');
    if (!given) return { parent: -1, fraction: 1 };
    const parent = positionOf(given.attributes['segment'] ?? '', given, { byId }, diagnostics);
    failed ||= parent === undefined;
    const text = given.attributes['fractionAlong'];
    const fraction = text === undefined ? 1 : Number(text);
    if (!(fraction >= 0 && fraction <= 1)) fail(messages.fraction(text ?? ''), given.place);
    return { parent: parent ?? -1, fraction };
  });
  if (failed) return null;
  const children: number[][] = written.map(() => []);
  const roots: number[] = [];
  for (const [position, { parent }] of parents.entries()) (children[parent] ?? roots).push(position);
  const idOf = (position: number): string => written[position]?.id ?? '';
  if (roots.length > 1 || written.length === 0) {
    diagnostics.add(messages.roots(roots.slice(0, 10).map(idOf)), (written[roots[1] ?? -1] ?? morphology).place);
    return null;
  }
  const order = [...roots];
  for (const position of order) order.push(...(children[position] ?? []));
  if (order.length < written.length) {
    const loop = loopOf(parents, new Set(order));
    diagnostics.add(messages.segmentLoop(loop.map(idOf)), (written[loop[0] ?? -1] ?? morphology).place);
    return null;
  }
  const segments: Segment[] = [];
  for (const position of order) {
    const made = readSegment(itemAt(written, position), itemAt(parents, position), segments, diagnostics);
    if (made) segments[position] = made;
    else return null;
  }
  const points = segments.filter(({ parent, length }) => parent >= 0 && length === 0);
  if (points[0])
    diagnostics.add({ severity: 'warning', ...messages.noLength(points[0].id, points.length) }, points[0].place);
  warnOfGaps(segments, diagnostics);
  return { segments, byId, root: itemAt(roots, 0), children, order };
}

/**
 * Returns the position of the segment of an id. Returns undefined after the error that there is none.
 *
 * @diagnostic neuroml/unknown-segment
 */
export function positionOf(
  id: string,
  at: Component,
  { byId }: Pick<Morphology, 'byId'>,
  diagnostics: Diagnostics,
): number | undefined {
  const position = /^\s*\d+\s*$/.test(id) ? byId.get(String(Number(id))) : undefined;
  if (position === undefined) diagnostics.add(messages.unknownSegment(id, [...byId.keys()].slice(0, 1000)), at.place);
  return position;
}

/** Segments that begin away from their parents. */
function warnOfGaps(segments: readonly Segment[], diagnostics: Diagnostics): void {
  const apart = segments.flatMap((segment) => {
    const parent = segments[segment.parent];
    if (!parent) return [];
    const far = distance(segment.proximal, along(parent, segment.fraction));
    const joint = {
      parentLength: parent.length,
      parentDiameter: Math.max(parent.proximal.diameter, parent.distal.diameter),
      diameter: segment.proximal.diameter,
    };
    return isGap({ far, ...joint }) ? [{ segment, parent, far }] : [];
  });
  const [first] = apart;
  if (!first) return;
  const finding = messages.gap(first.segment.id, first.parent.id, first.far, apart.length);
  diagnostics.add({ severity: 'warning', ...finding }, first.segment.place);
}

/** Returns the beginning of a loop among segments that the root does not reach. */
function loopOf(parents: readonly { readonly parent: number }[], reached: ReadonlySet<number>): readonly number[] {
  const seen = new Set<number>();
  let at = parents.findIndex((_, position) => !reached.has(position));
  for (; !seen.has(at); at = parents[at]?.parent ?? -1) seen.add(at);
  const all = [...seen];
  return [...all.slice(all.indexOf(at)), at].slice(0, 8);
}

function readSegment(
  written: Component,
  { parent, fraction }: { readonly parent: number; readonly fraction: number },
  segments: readonly Segment[],
  diagnostics: Diagnostics,
): Segment | null {
  const [first, last] = [childOf(written, 'proximal'), childOf(written, 'distal')];
  const above = segments[parent];
  if (!last || (!first && !above)) {
    diagnostics.add(messages.pointMissing(written.id, last ? 'proximal' : 'distal'), written.place);
    return null;
  }
  const distal = readPoint(last, diagnostics);
  const proximal = first ? readPoint(first, diagnostics) : above ? along(above, fraction) : null;
  if (!distal || !proximal) return null;
  return {
    id: Number(written.id),
    name: written.attributes['name'] ?? '',
    parent,
    fraction,
    ownProximal: first !== undefined,
    proximal,
    distal,
    length: distance(proximal, distal),
    place: written.place,
  };
}

/** Returns the point at a fraction of a segment. */
function along({ proximal, distal }: Segment, fraction: number): Point {
  if (fraction === 1) return distal;
  const between = (from: number, to: number): number => from + fraction * (to - from);
  return {
    x: between(proximal.x, distal.x),
    y: between(proximal.y, distal.y),
    z: between(proximal.z, distal.z),
    diameter: between(proximal.diameter, distal.diameter),
  };
}

function distance(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2);
}

/** Returns the lateral area of a truncated cone, or the area of a sphere if it has no length, in square micrometres. */
export function areaOf({ proximal, distal, length }: Segment): number {
  if (length === 0) return Math.PI * distal.diameter * distal.diameter;
  const [a, b] = [proximal.diameter / 2, distal.diameter / 2];
  return Math.PI * (a + b) * Math.sqrt((a - b) * (a - b) + length * length);
}

function readPoint(point: Component, diagnostics: Diagnostics): Point | null {
  const read = (name: string): number | null => {
    const text = point.attributes[name];
    const value = text === undefined || text.trim() === '' ? NaN : Number(text);
    if (Number.isFinite(value) && (name !== 'diameter' || value >= 0)) return value;
    diagnostics.add(messages.coordinate(name, text), point.place);
    return null;
  };
  const [x, y, z, diameter] = ['x', 'y', 'z', 'diameter'].map(read);
  if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number' || typeof diameter !== 'number')
    return null;
  return { x, y, z, diameter };
}
