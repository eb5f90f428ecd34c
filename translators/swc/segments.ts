/**
 * Points of SWC as segments of NeuroML.
 *
 * @source pyNeuroML 1.3.22, `pyneuroml.swc.ExportNML`; "Soma format representation in NeuroMorpho.Org as of version
 *   5.3"
 */

import * as messages from './messages.js';
import { inOrder, somaType, type Point, type Report } from './points.js';

/** A place with a diameter, in um. */
export type Place = readonly [x: number, y: number, z: number, diameter: number];

/** A segment of a cell. Its number is its index. */
export interface Segment {
  readonly line: number;
  readonly type: number;
  /** The segment that it grows from, and the fraction along it; absent: the root. */
  readonly parent?: { readonly segment: number; readonly fraction: 0 | 1 };
  readonly proximal: Place;
  readonly distal: Place;
  /** Whether it begins elsewhere than its parent ends. */
  readonly startsApart: boolean;
  /** Numbers of the segments that grow from it. */
  readonly children: number[];
}

const placeOf = ({ x, y, z, radius }: Point, own = radius): Place => [x, y, z, 2 * own];

/**
 * Returns the segments of a tree, parents first.
 *
 * A soma of one point is a sphere: a segment without length. Three points of which two grow from the first are a
 * cylinder of two segments, with the first point in its middle. Other points of a soma are a row of cylinders. The
 * first point of a branch on the soma is the beginning of its first segment. The root of a tree without a soma is a
 * sphere.
 */
export function segmentsOf(root: Point, report: Report): readonly Segment[] {
  const segments: Segment[] = [];
  const ends = new Map<Point, NonNullable<Segment['parent']>>();
  const order = inOrder(root);
  const add = (point: Point, from: Point | null, proximal: Place, distal: Place): void => {
    const parent = from ? ends.get(from) : undefined;
    const above = parent && segments[parent.segment];
    above?.children.push(segments.length);
    const end = parent?.fraction === 0 ? above?.proximal : above?.distal;
    const startsApart = parent?.fraction !== 1 || proximal.some((value, k) => value !== end?.[k]);
    const { line, type } = point;
    segments.push({ line, type, ...(parent ? { parent } : {}), proximal, distal, startsApart, children: [] });
  };
  const last = (): number => segments.length - 1;
  const [first, second] = root.type === somaType ? root.children.filter(({ type }) => type === somaType) : [];
  if (!first) {
    add(root, null, placeOf(root), placeOf(root));
    ends.set(root, { segment: 0, fraction: 1 });
  } else if (second && order.filter(({ type }) => type === somaType).length === 3) {
    add(root, null, placeOf(first), placeOf(root));
    ends.set(first, { segment: 0, fraction: 0 });
    ends.set(root, { segment: 0, fraction: 1 });
  } else {
    add(root, null, placeOf(root), placeOf(first));
    ends.set(root, { segment: 0, fraction: 0 });
    ends.set(first, { segment: 0, fraction: 1 });
  }
  let isOtherSaid = false;
  const grow = (point: Point): void => {
    const { parent: from, start, children } = point;
    if (!from || ends.has(point)) return;
    const fromSoma = from.type === somaType && point.type !== somaType;
    const [next] = children;
    if (fromSoma && next) {
      add(point, from, placeOf(point), placeOf(next));
      ends.set(point, { segment: last(), fraction: 0 });
      ends.set(next, { segment: last(), fraction: 1 });
      return;
    }
    if (fromSoma) report(messages.shortBranch(from.line), point.line);
    else if (ends.get(from)?.fraction === 0 && !isOtherSaid) {
      isOtherSaid = true;
      report(messages.otherReading(), point.line);
    }
    add(point, from, placeOf(from, fromSoma ? point.radius : start), placeOf(point));
    ends.set(point, { segment: last(), fraction: 1 });
  };
  // Segments of the soma come first.
  const soma = new Set<Point>();
  for (const point of order)
    if (point.type === somaType && (!point.parent || soma.has(point.parent))) {
      soma.add(point);
      grow(point);
    }
  order.forEach(grow);
  return segments;
}

/**
 * Returns unbranched rows of segments of one type, each with the number of segments along it.
 */
export function branchesOf(segments: readonly Segment[]): readonly (readonly number[])[] {
  const branches: (readonly number[])[] = [];
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const branch = [at];
    let children = segments[at]?.children ?? [];
    while (children.length === 1 && children[0] !== undefined && canFollow(segments, branch, children[0])) {
      branch.push(children[0]);
      children = segments[children[0]]?.children ?? [];
    }
    branches.push(branch);
    open.push(...[...children].reverse());
  }
  return branches;
}

/** Checks whether a segment continues a branch: it has the same type and grows from the end of the last segment. */
function canFollow(segments: readonly Segment[], branch: readonly number[], next: number): boolean {
  const segment = segments[next];
  return segment?.type === segments[branch[0] ?? 0]?.type && segment?.parent?.fraction === 1;
}
