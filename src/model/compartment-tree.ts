/**
 * A cell with structure as a tree of nodes: the compartments of its sections, and the points of no area at junctions of
 * several sections.
 *
 * Discretised as in NEURON. A section is cut into equal lengths. The area and resistance of each piece are integrals
 * over the frusta between its points. Where the diameter jumps, the frustum is a ring, without length but with an area.
 * Voltages are defined at the centres. A point without area that has only two
 * neighbours is left out, because resistances in series add up.
 *
 * @source Hines & Carnevale (1997), The NEURON simulation environment, Neural Computation 9:1179-1209
 */

import { itemAt } from '../diagnostics/entry.js';
import type { Compartments, Section } from './typed.js';
import { dependencyOrder } from '../lang/graph.js';

/**
 * Returns the sections that names of sections and groups stand for, in the order of the sections; without names all.
 */
export function sectionsOn(
  on: readonly string[] | undefined,
  { sections, groups }: Pick<Compartments, 'sections' | 'groups'>,
): readonly string[] {
  if (!on) return Object.keys(sections);
  const wanted = new Set(on.flatMap((name) => groups[name] ?? [name]));
  return Object.keys(sections).filter((name) => wanted.has(name));
}

/** Checks whether the name of a section or group stands for a section, among others. */
export const standsFor = (name: string, section: string, { groups }: Pick<Compartments, 'groups'>): boolean =>
  (groups[name] ?? [name]).includes(section);

/** A piece of a section. */
export interface Compartment {
  /** The section that it is a piece of. */
  readonly section: string;
  /** Ordinal of the piece within its section. */
  readonly division: number;
  /** Lateral area in m**2; null if the section has no shape. */
  readonly area: number | null;
  /** Along the section, in m. */
  readonly length: number;
  /** Of the cylinder of equal length and area, in m. */
  readonly diameter: number;
  /** In F. */
  readonly capacitance: number;
  /** Of its centre from the root's beginning, along the tree, in m. */
  readonly distance: number;
  /** Coordinates of its centre in m; zero if the section has no points. */
  readonly centre: readonly [x: number, y: number, z: number];
}

/** A tree of nodes: first the compartments in their order, then the junctions of sections. */
export interface Tree {
  /** In the order of their sections. */
  readonly compartments: readonly Compartment[];
  /** Number of nodes. */
  readonly size: number;
  /** Nodes with parents before children; the first is the root. */
  readonly order: Uint32Array;
  /** For each place in `order`, the place of the parent; 0 for the root. */
  readonly up: Uint32Array;
  /** For each place in `order`, the conductance to the parent in S; 0 for the root. */
  readonly coupling: Float64Array;
  /** For each place in `order`, the conductance to all neighbours together in S. */
  readonly axial: Float64Array;
  /** The compartment that holds a place. */
  placeOf(section: string, fraction: number): number;
}

/**
 * Builds the tree of compartments that begin at the far ends of others.
 *
 * @param conductances  from centres to the compartments' beginnings and far ends, times the resistivity, in m
 */
export function treeOfEnds(
  parents: ArrayLike<number>,
  [near, far]: readonly [near: ArrayLike<number>, far: ArrayLike<number>],
  resistivity: number,
  sectionOf: (compartment: number) => string,
): Tree {
  const compartments = Array.from(parents, (_, k): Compartment => ({
    ...{ section: sectionOf(k), division: k, area: null, length: 0, diameter: 0, capacitance: 0, distance: 0 },
    centre: [0, 0, 0],
  }));
  const edges: Edge[][] = compartments.map(() => []);
  const join = (a: number, b: number, resistance: number): void => {
    edges[a]?.push({ to: b, resistance });
    edges[b]?.push({ to: a, resistance });
  };
  const ends = new Map<number, number>();
  for (let k = 1; k < compartments.length; k++) {
    const parent = parents[k] ?? 0;
    const end = ends.get(parent) ?? edges.push([]) - 1;
    if (!ends.has(parent)) join(end, parent, resistivity / (far[parent] ?? 0));
    ends.set(parent, end);
    join(end, k, resistivity / (near[k] ?? 0));
  }
  for (let node = compartments.length; node < edges.length; node++) bypass(node, edges);
  return ordered(compartments, edges, () => 0);
}

/** Error in a tree of sections. */
export class BadTree extends Error {
  constructor(
    readonly section: string,
    message: string,
  ) {
    super(message);
  }
}

interface Piece {
  readonly area: number;
  /** Axial resistance of its halves in ohm. */
  readonly left: number;
  readonly right: number;
  readonly centre: readonly [number, number, number];
}

interface Edge {
  readonly to: number;
  readonly resistance: number;
}

/**
 * Cuts the sections of a cell. @throws BadTree for a section that has no length or lacks a value that the cable needs
 */
export function treeOf({ sections }: Pick<Compartments, 'sections'>): Tree {
  const compartments: Compartment[] = [];
  const first = new Map<string, number>();
  const pieces = new Map<string, readonly Piece[]>();
  const names = inTreeOrder(sections);
  const begins = new Map<string, number>();
  for (const name of names) {
    const section = sections[name] as Section;
    const begin = beginOf(section, sections, begins);
    begins.set(name, begin);
    first.set(name, compartments.length);
    const made = isLumped(section) ? null : piecesOf(name, section);
    if (made) pieces.set(name, made);
    const length = lengthOf(section) / section.divisions;
    for (let k = 0; k < section.divisions; k++) {
      const piece = made?.[k];
      const area = piece?.area ?? null;
      compartments.push({
        section: name,
        division: k,
        area,
        length,
        diameter: area === null ? 0 : area / (Math.PI * length),
        capacitance:
          area === null
            ? (section.capacitance ?? 0) / section.divisions
            : area * required(name, section, 'specificCapacitance'),
        distance: begin + (k + 0.5) * length,
        centre: piece?.centre ?? [0, 0, 0],
      });
    }
  }
  const edges: Edge[][] = compartments.map(() => []);
  const join = (a: number, b: number, resistance: number): void => {
    edges[a]?.push({ to: b, resistance });
    edges[b]?.push({ to: a, resistance });
  };
  const point = (): number => edges.push([]) - 1;
  const ends = new Map<string, number>();
  const origins = new Map<string, number>();
  const at = (name: string): number => first.get(name) ?? 0;
  /** Returns the node at a place; creates it if the place is a point without area. */
  const nodeAt = (name: string, fraction: number): number => {
    const section = sections[name] as Section;
    const own = pieces.get(name);
    if (!own) return at(name) + pieceAt(section, fraction);
    if (fraction === 1) {
      const known = ends.get(name);
      if (known !== undefined) return known;
      const made = point();
      join(made, at(name) + own.length - 1, own[own.length - 1]?.right ?? 0);
      ends.set(name, made);
      return made;
    }
    if (fraction > 0) return at(name) + pieceAt(section, fraction);
    const known = origins.get(name);
    if (known !== undefined) return known;
    const made = point();
    join(made, at(name), own[0]?.left ?? 0);
    origins.set(name, made);
    return made;
  };
  for (const name of names) {
    const section = sections[name] as Section;
    const own = pieces.get(name);
    for (let k = 1; k < section.divisions; k++) {
      const between = own
        ? (own[k - 1]?.right ?? 0) + (own[k]?.left ?? 0)
        : 1 / (required(name, section, 'coupling') * section.divisions);
      join(at(name) + k - 1, at(name) + k, between);
    }
    if (!section.parent) continue;
    const parent = nodeAt(section.parent.section, section.parent.fraction);
    if (own) {
      origins.set(name, parent);
      join(parent, at(name), own[0]?.left ?? 0);
    } else {
      join(parent, at(name), 1 / required(name, section, 'coupling'));
    }
  }
  for (let node = compartments.length; node < edges.length; node++) bypass(node, edges);
  return ordered(compartments, edges, (section, fraction) => {
    const found = sections[section] as Section;
    return at(section) + pieceAt(found, fraction);
  });
}

const isLumped = (section: Section): boolean => section.capacitance !== undefined;

/** Sorts sections with parents before children, else in their own order. */
const inTreeOrder = (sections: Compartments['sections']): readonly string[] =>
  dependencyOrder(Object.keys(sections), (name) => {
    const parent = sections[name]?.parent?.section;
    return parent === undefined ? [] : [parent];
  });

function beginOf(section: Section, sections: Compartments['sections'], begins: ReadonlyMap<string, number>): number {
  if (!section.parent) return 0;
  const { section: above, fraction } = section.parent;
  return (begins.get(above) ?? 0) + fraction * lengthOf(sections[above] as Section);
}

function lengthOf({ points, length }: Section): number {
  if (!points) return length ?? 0;
  let sum = 0;
  for (let k = 1; k < points.length; k++) sum += between(points[k - 1] ?? [], points[k] ?? []);
  return sum;
}

const square = (x: number): number => x * x;

const between = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt([0, 1, 2].reduce((sum, axis) => sum + square((a[axis] ?? 0) - (b[axis] ?? 0)), 0));

function required(name: string, section: Section, key: 'specificCapacitance' | 'resistivity' | 'coupling'): number {
  const value = section[key];
  if (value === undefined) throw new BadTree(name, `the section ${name} has no ${key}`);
  return value;
}

/** Returns the piece that holds a place. */
const pieceAt = ({ divisions }: Section, fraction: number): number =>
  Math.min(divisions - 1, Math.max(0, Math.floor(fraction * divisions)));

/** Returns areas and resistances of the pieces of a section that has a shape. */
function piecesOf(name: string, section: Section): readonly Piece[] {
  const resistivity = required(name, section, 'resistivity');
  const total = lengthOf(section);
  if (!(total > 0)) throw new BadTree(name, `the section ${name} has no length`);
  const { divisions, points, diameter = 0 } = section;
  const frusta = frustaOf(
    points ?? [
      [0, 0, 0, diameter],
      [total, 0, 0, diameter],
    ],
  );
  const rings = points ? ringsOf(points) : [];
  const integral = (from: number, to: number): { readonly area: number; readonly resistance: number } => {
    const [begin, end] = [(from / (2 * divisions)) * total, (to / (2 * divisions)) * total];
    const found = integrate(frusta, begin, end, resistivity);
    // A ring belongs to the half that ends at it.
    const own = rings.filter(({ at }) => (at > begin || from === 0) && at <= end);
    return { ...found, area: own.reduce((sum, { area }) => sum + area, found.area) };
  };
  return Array.from({ length: divisions }, (_, k) => {
    const left = integral(2 * k, 2 * k + 1);
    const right = integral(2 * k + 1, 2 * k + 2);
    const area = left.area + right.area;
    if (!(area > 0)) throw new BadTree(name, `the section ${name} has no area`);
    return {
      area,
      left: left.resistance,
      right: right.resistance,
      centre: points ? placeAlong(frusta, ((2 * k + 1) / (2 * divisions)) * total) : [0, 0, 0],
    };
  });
}

/** A frustum between two points of a section. */
interface Frustum {
  /** Its ends: x, y, z and diameter, in m. */
  readonly ends: readonly [readonly number[], readonly number[]];
  /** Along the section, in m. */
  readonly begin: number;
  readonly length: number;
}

/** Returns the frusta of a section that have a length, in order. */
function frustaOf(points: readonly (readonly number[])[]): readonly Frustum[] {
  const frusta: Frustum[] = [];
  let begin = 0;
  for (let k = 1; k < points.length; k++) {
    const [a, b] = [points[k - 1] ?? [], points[k] ?? []];
    const length = between(a, b);
    if (length > 0) frusta.push({ ends: [a, b], begin, length });
    begin += length;
  }
  return frusta;
}

/** Returns the places along a section at which its diameter jumps, in m, and the areas between both circles. */
function ringsOf(points: readonly (readonly number[])[]): readonly { readonly at: number; readonly area: number }[] {
  const rings: { readonly at: number; readonly area: number }[] = [];
  let at = 0;
  for (let k = 1; k < points.length; k++) {
    const [a, b] = [points[k - 1] ?? [], points[k] ?? []];
    const length = between(a, b);
    const area = (Math.PI / 4) * Math.abs(square(a[3] ?? 0) - square(b[3] ?? 0));
    if (length === 0 && area > 0) rings.push({ at, area });
    at += length;
  }
  return rings;
}

/**
 * Returns the index of the first frustum that ends at a length along the section or after it; the number of frusta if
 * none does.
 */
function firstUpTo(frusta: readonly Frustum[], length: number): number {
  let [low, high] = [0, frusta.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { begin, length: own } = itemAt(frusta, middle);
    if (begin + own >= length) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Integrates lateral area and axial resistance between two lengths along the frusta of a section. */
function integrate(
  frusta: readonly Frustum[],
  from: number,
  to: number,
  resistivity: number,
): { readonly area: number; readonly resistance: number } {
  let [area, resistance] = [0, 0];
  for (let k = firstUpTo(frusta, from); k < frusta.length; k++) {
    const {
      ends: [a, b],
      begin,
      length,
    } = itemAt(frusta, k);
    if (begin >= to) break;
    const [low, high] = [Math.max(from, begin), Math.min(to, begin + length)];
    if (!(high > low)) continue;
    const along = (s: number): number => {
      const share = (s - begin) / length;
      return (a[3] ?? 0) * (1 - share) + (b[3] ?? 0) * share;
    };
    const [d, e] = [along(low), along(high)];
    area += (Math.PI / 2) * (d + e) * Math.sqrt(square(high - low) + square(d - e) / 4);
    resistance += (resistivity * (high - low)) / ((Math.PI / 4) * d * e);
  }
  return { area, resistance };
}

/** The shape of a compartment that has points. */
interface Shape {
  /** Diameters at which it begins and ends, in m. */
  readonly ends: readonly [begin: number, end: number];
  /** Axial resistances of its halves, in ohm. */
  readonly halves: readonly [left: number, right: number];
}

/** Returns the shapes of the compartments of a section. @throws BadTree as `treeOf` does */
export function shapesOf(name: string, section: Section): readonly Shape[] {
  const ends = endsOf(section);
  return piecesOf(name, section).map(({ left, right }, k) => ({ ends: ends[k] ?? [0, 0], halves: [left, right] }));
}

/** Returns the diameters at both ends of each compartment of a section. */
function endsOf({ points, diameter = 0, divisions, ...section }: Section): readonly Shape['ends'][] {
  if (!points) return new Array<Shape['ends']>(divisions).fill([diameter, diameter]);
  const frusta = frustaOf(points);
  const total = lengthOf({ ...section, divisions, points });
  const diameterAt = (frustum: Frustum | undefined, along: number): number => {
    if (!frustum) return 0;
    const share = Math.min(1, Math.max(0, (along - frustum.begin) / frustum.length));
    return frustum.ends[0][3]! * (1 - share) + frustum.ends[1][3]! * share;
  };
  return Array.from({ length: divisions }, (_, k) => {
    const [from, to] = [(k / divisions) * total, ((k + 1) / divisions) * total];
    const before = firstUpTo(frusta, from);
    const isAtEnd = frusta[before] && frusta[before].begin + frusta[before].length <= from * (1 + 1e-12);
    const after = firstUpTo(frusta, to * (1 - 1e-12));
    return [
      diameterAt(frusta[k > 0 && isAtEnd ? before + 1 : before], from),
      diameterAt(frusta[Math.min(after, frusta.length - 1)], to),
    ];
  });
}

/** Returns the point at a length along the frusta of a section. */
function placeAlong(frusta: readonly Frustum[], along: number): [number, number, number] {
  const frustum = frusta[Math.min(firstUpTo(frusta, along), frusta.length - 1)];
  if (frustum === undefined) return [0, 0, 0];
  const {
    ends: [a, b],
    begin,
    length,
  } = frustum;
  const share = Math.min(1, (along - begin) / length);
  const on = (axis: number): number => (a[axis] ?? 0) * (1 - share) + (b[axis] ?? 0) * share;
  return [on(0), on(1), on(2)];
}

/** Leaves out a point between two neighbours. */
function bypass(node: number, edges: Edge[][]): void {
  const [a, b, ...others] = edges[node] ?? [];
  if (!a || !b || others.length > 0) return;
  edges[node] = [];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const list = edges[from.to] ?? [];
    edges[from.to] = list.map((edge) =>
      edge.to === node ? { to: to.to, resistance: a.resistance + b.resistance } : edge,
    );
  }
}

function ordered(
  compartments: readonly Compartment[],
  edges: readonly (readonly Edge[])[],
  placeOf: Tree['placeOf'],
): Tree {
  // Points that were left out have no neighbours; the others are numbered again.
  const kept = edges.flatMap((list, node) => (node < compartments.length || list.length > 0 ? [node] : []));
  const numbers = new Map(kept.map((node, k) => [node, k]));
  const order: number[] = [0];
  const up: number[] = [0];
  const coupling: number[] = [0];
  const seen = new Uint8Array(edges.length);
  seen[0] = 1;
  for (let place = 0; place < order.length; place++) {
    for (const { to, resistance } of edges[order[place] ?? 0] ?? []) {
      if (seen[to]) continue;
      seen[to] = 1;
      if (!(resistance > 0 && resistance < Infinity)) {
        const name = compartments[Math.min(to, order[place] ?? 0)]?.section ?? '';
        throw new BadTree(name, `the section ${name} has no axial conductance: its diameter is zero`);
      }
      order.push(to);
      up.push(place);
      coupling.push(1 / resistance);
    }
  }
  const axial = new Float64Array(order.length);
  for (let place = 1; place < order.length; place++) {
    axial[place] = (axial[place] ?? 0) + (coupling[place] ?? 0);
    axial[up[place] ?? 0] = (axial[up[place] ?? 0] ?? 0) + (coupling[place] ?? 0);
  }
  return {
    compartments,
    size: order.length,
    order: Uint32Array.from(order, (node) => numbers.get(node) ?? 0),
    up: Uint32Array.from(up),
    coupling: Float64Array.from(coupling),
    axial,
    placeOf,
  };
}
