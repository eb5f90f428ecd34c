/**
 * Sections of a cell as segments, and places on them. Points of segments are in micrometres, points of sections in m.
 */

import type { Point } from '../../../../src/model/model.js';
import type { Compartments, Section } from '../../../../src/model/typed.js';
import { numberText } from '../text/quantity-text.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { element, type Element } from '../text/xml-text.js';

/** A place on a segment. */
export interface SegmentAt {
  readonly segment: number;
  /** From its proximal end, 0, to its distal end, 1. */
  readonly along: number;
}

interface Segment {
  readonly id: number;
  readonly section: string;
  readonly parent: SegmentAt | null;
  readonly proximal: Point | null;
  readonly distal: Point;
  /** From the beginning of the section, in um. */
  readonly begin: number;
  readonly end: number;
}

/** A cell's segments. */
export interface Shape {
  /** `segment` elements, then `segmentGroup` elements of sections. */
  readonly elements: readonly Element[];
  /** Where a place on a section is. */
  readonly placeOf: (section: string, fraction: number) => SegmentAt;
  /** Returns a segment with its middle in the compartment of a place, or undefined if there is none. */
  readonly segmentIn: (section: string, fraction: number) => number | undefined;
}

const unbranched = 'sao864921383';

/** In which sections without coordinates may grow. */
const directions: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/** A straight line that a section without coordinates grows along, in whatever unit it was begun. */
export interface Sprout {
  /** A place on it, from 0 to 1. */
  readonly point: (share: number) => readonly [number, number, number];
  /** Where another begins. */
  readonly at: (fraction: number) => SproutStart;
}

interface SproutStart {
  readonly start: readonly [number, number, number];
  readonly heading: number;
}

/** Returns a line from a place on another: the first goes on in its direction, the next ones to the sides. */
export function sproutOf({ start, heading }: SproutStart = { start: [0, 0, 0], heading: 0 }, length: number): Sprout {
  const direction = directions[heading % directions.length] ?? [1, 0, 0];
  const point = (share: number): readonly [number, number, number] => {
    const [x, y, z] = start.map((from, axis) =>
      Number((from + share * length * (direction[axis] ?? 0)).toPrecision(12)),
    );
    return [x ?? 0, y ?? 0, z ?? 0];
  };
  let grown = 0;
  return { point, at: (fraction) => ({ start: point(fraction), heading: heading + grown++ }) };
}

const micrometres = (metres: number): number => Number((metres * 1e6).toPrecision(15)) + 0;
const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
/** Distances from each point to the next one. */
const stepsOf = (points: readonly Point[]): readonly number[] =>
  points.slice(1).map((to, k) => distance(points[k] ?? to, to));
const between = (a: Point, b: Point, share: number): Point => {
  const along = (axis: 0 | 1 | 2 | 3): number => Number((a[axis] + share * (b[axis] - a[axis])).toPrecision(15));
  return [along(0), along(1), along(2), along(3)];
};

/**
 * Returns the segments of a cell.
 *
 * @param cut sections with a segment for each compartment, so that each can be named
 * @param first the section with the first middle: spikes are detected there
 * @throws NotExpressible for sections without a shape
 */
export function shapeOf({ sections }: Compartments, cut: ReadonlySet<string>, first: string | undefined): Shape {
  const names = inOrder(sections);
  const segments = new Map<string, readonly Segment[]>();
  const sprouts = new Map<string, Sprout>();
  let ids = 0;
  const placeOf = (name: string, fraction: number): SegmentAt => {
    const own = segments.get(name) ?? [];
    const at = fraction * (own.at(-1)?.end ?? 0);
    const found = own.find(({ end }) => at <= end * (1 + 1e-12)) ?? own.at(-1);
    if (!found) throw new NotExpressible(`a place on ${name}, which has no length`);
    const length = found.end - found.begin;
    const along = length === 0 ? 0.5 : (at - found.begin) / length;
    return { segment: found.id, along: Math.min(1, Math.max(0, Number(along.toPrecision(12)))) };
  };
  for (const name of names) {
    const section = sections[name];
    if (!section) continue;
    const { parent } = section;
    const above = parent ? segments.get(parent.section) : undefined;
    const parentAt = parent ? placeOf(parent.section, parent.fraction) : null;
    const beside = parent && sprouts.get(parent.section)?.at(parent.fraction);
    const begin = parentAt && above ? pointAt(parentAt, above) : undefined;
    const sprout = sproutOf(begin && { start: begin, heading: beside?.heading ?? 0 }, micrometres(section.length ?? 0));
    sprouts.set(name, sprout);
    const points = withCuts(pointsOf(name, section, sprout), cut.has(name) ? section.divisions : 1);
    const own: Segment[] = [];
    let at = 0;
    for (let k = 1; k < points.length; k++) {
      const [from, to] = [points[k - 1], points[k]];
      if (!from || !to) continue;
      const length = distance(from, to);
      // Where the diameter jumps, the next segment begins with the new one.
      if (length === 0) continue;
      const before = own.at(-1);
      const continues = before?.distal.every((x, axis) => x === from[axis]) ?? false;
      own.push({
        id: ids++,
        section: name,
        parent: before ? { segment: before.id, along: 1 } : parentAt,
        proximal: continues ? null : from,
        distal: to,
        begin: at,
        end: at + length,
      });
      at += length;
    }
    segments.set(name, own);
  }
  const all = names.flatMap((name) => segments.get(name) ?? []);
  const segmentIn = (name: string, fraction: number): number | undefined => {
    const own = segments.get(name) ?? [];
    const [length, divisions] = [own.at(-1)?.end ?? 0, sections[name]?.divisions ?? 1];
    const wanted = compartmentAt(fraction, divisions);
    return own.find(({ begin, end }) => compartmentAt((begin + end) / 2 / length, divisions) === wanted)?.id;
  };
  const front = first === undefined ? undefined : segmentIn(first, 0.5);
  const listed = [...all.filter(({ id }) => id === front), ...all.filter(({ id }) => id !== front)];
  // Some readers take a segment's id for its place in the list.
  const numbers = new Map(listed.map(({ id }, position) => [id, position]));
  const numberOf = (id: number): number => numbers.get(id) ?? id;
  return {
    elements: [
      ...listed.map((one) => segmentElement(one, numberOf)),
      ...names.map((name) => groupElement(name, segments.get(name) ?? [], sections, numberOf)),
    ],
    placeOf: (name, fraction) => {
      const { segment, along } = placeOf(name, fraction);
      return { segment: numberOf(segment), along };
    },
    segmentIn: (name, fraction) => {
      const found = segmentIn(name, fraction);
      return found === undefined ? undefined : numberOf(found);
    },
  };
}

/** Returns the number of the compartment that a place on a section is in. */
export const compartmentAt = (fraction: number, divisions: number): number =>
  Math.min(divisions - 1, Math.max(0, Math.floor(fraction * divisions * (1 + 1e-12))));

/** Sections, each after its parent. */
export function inOrder(sections: Compartments['sections']): readonly string[] {
  const children = new Map<string | undefined, string[]>();
  for (const [name, { parent }] of Object.entries(sections)) {
    const siblings = children.get(parent?.section);
    if (siblings) siblings.push(name);
    else children.set(parent?.section, [name]);
  }
  const order = [...(children.get(undefined) ?? [])];
  for (const name of order) order.push(...(children.get(name) ?? []));
  return order;
}

function pointAt({ segment, along }: SegmentAt, own: readonly Segment[]): readonly [number, number, number] {
  const found = own.find(({ id }) => id === segment);
  if (!found) return [0, 0, 0];
  const before = found.proximal ?? own.find(({ id }) => id === found.parent?.segment)?.distal;
  const [x, y, z] = before ? between(before, found.distal, along) : found.distal;
  return [x, y, z];
}

function pointsOf(name: string, { points, length, diameter }: Section, sprout: Sprout): readonly Point[] {
  if (points)
    return points.map(([x, y, z, diameter]) => [micrometres(x), micrometres(y), micrometres(z), micrometres(diameter)]);
  if (length === undefined || diameter === undefined)
    throw new NotExpressible(`the section ${name}, which has a capacitance in place of a shape`);
  const d = micrometres(diameter);
  return [0, 1].map((share) => [...sprout.point(share), d]);
}

/** Points with one more at each border of a compartment. */
function withCuts(points: readonly Point[], divisions: number): readonly Point[] {
  if (divisions === 1) return points;
  const lengths = stepsOf(points);
  const total = lengths.reduce((sum, one) => sum + one, 0);
  const made: Point[] = [...points.slice(0, 1)];
  let [begin, next] = [0, 1];
  lengths.forEach((length, k) => {
    const [from, to] = [points[k], points[k + 1]];
    if (!from || !to) return;
    const end = begin + length;
    for (; next < divisions && (next * total) / divisions < end * (1 - 1e-12); next++) {
      const share = ((next * total) / divisions - begin) / length;
      if (share > 1e-12) made.push(between(from, to, share));
    }
    if (next < divisions && (next * total) / divisions <= end * (1 + 1e-12)) next++;
    made.push(to);
    begin = end;
  });
  return made;
}

const pointElement = (tag: string, [x, y, z, diameter]: Point): Element =>
  element(tag, { x: numberText(x), y: numberText(y), z: numberText(z), diameter: numberText(diameter) });

function segmentElement({ id, section, parent, proximal, distal }: Segment, numberOf: (id: number) => number): Element {
  const along: Readonly<Record<string, string>> =
    parent && parent.along !== 1 ? { fractionAlong: numberText(parent.along) } : {};
  return element('segment', { id: String(numberOf(id)), name: `${section}_${numberOf(id)}` }, [
    ...(parent ? [element('parent', { segment: String(numberOf(parent.segment)), ...along })] : []),
    ...(proximal ? [pointElement('proximal', proximal)] : []),
    pointElement('distal', distal),
  ]);
}

function groupElement(
  name: string,
  own: readonly Segment[],
  sections: Compartments['sections'],
  numberOf: (id: number) => number,
): Element {
  const divisions = sections[name]?.divisions ?? 1;
  return element('segmentGroup', { id: name, neuroLexId: unbranched }, [
    ...(divisions === 1 ? [] : [element('property', { tag: 'numberInternalDivisions', value: String(divisions) })]),
    ...own.map(({ id }) => element('member', { segment: String(numberOf(id)) })),
  ]);
}
