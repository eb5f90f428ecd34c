/**
 * Morphologies: sections of compartments, each a truncated cone or a sphere. They are flattened in Brian's order of
 * compartments: first the compartments of a section, then the compartments of its subtrees.
 *
 * @source Brian 2.9, `brian2.spatialneuron.morphology`
 */

/** An unbranched piece as it is given. Lengths are in m. */
export interface SectionShape {
  readonly name: string;
  /** Ordinal of the section that it grows from; null for the root. */
  readonly parent: number | null;
  /** Whether it is one compartment, a sphere of negligible resistance. */
  readonly sphere: boolean;
  /** Diameters at the ends of its compartments, one more than compartments. A sphere has one. */
  readonly diameters: readonly number[];
  /** Lengths of its compartments. */
  readonly lengths: readonly number[];
  /** Ends of its compartments relative to the end of the parent, or the centre of a sphere. Absent: unknown. */
  readonly points?: readonly Point[];
}

/** x, y and z in m. */
export type Point = readonly [x: number, y: number, z: number];

/** A section among the compartments of a cell. */
export interface PlacedSection {
  readonly name: string;
  /** Ordinal of the section that it grows from; null for the root. */
  readonly parent: number | null;
  /** Its first compartment. */
  readonly first: number;
  readonly count: number;
  /** Compartment after the last of the sections that grow from it, and of theirs. */
  readonly end: number;
}

/** Numbers of compartments, in SI. */
export interface CompartmentNumbers {
  readonly area: readonly number[];
  readonly length: readonly number[];
  /** In the middle of the compartment. */
  readonly diameter: readonly number[];
  readonly volume: readonly number[];
  /** From the beginning of the root along the tree to the middle of the compartment. */
  readonly distance: readonly number[];
  /** Conductance times resistivity from the beginning of the compartment to its middle, in m. */
  readonly r_length_1: readonly number[];
  /** The same from its middle to its end. */
  readonly r_length_2: readonly number[];
}

/** A cell as compartments. */
export interface Morphology {
  /** Parents before children, in the order of their compartments. */
  readonly sections: readonly PlacedSection[];
  /** The compartment that each compartment grows from; -1 for the root. */
  readonly parents: readonly number[];
  readonly numbers: CompartmentNumbers;
  /** Middles of compartments, absent if some are unknown. */
  readonly centres?: readonly Point[];
}

/** Conductance times resistivity of half a sphere, in m: Brian's choice, next to no resistance. */
const sphereConductance = 1;

const square = (x: number): number => x * x;
const plus = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const origin: Point = [0, 0, 0];

/** Names of the numbers of every compartment. */
export const geometricNumbers = [
  ...(['length', 'diameter', 'area', 'volume', 'distance', 'r_length_1', 'r_length_2'] as const),
] as const satisfies readonly (keyof CompartmentNumbers)[];

/** How many numbers there are of a compartment, with its coordinates. */
export const numbersOfCompartment = geometricNumbers.length + 3;

/** Returns a morphology of sections in the order of their compartments, each followed by its subtrees. */
export function morphologyOf(
  branches: readonly { readonly name: string; readonly parent: number | null; readonly count: number }[],
  numbers: CompartmentNumbers,
  centres: readonly Point[] | undefined,
): Morphology {
  let first = 0;
  const sections = branches.map(({ name, parent, count }) => {
    first += count;
    return { name, parent, first: first - count, count, end: first };
  });
  const parents = sections.flatMap(({ parent, first: begin, count }) => {
    const above = parent === null ? undefined : sections[parent];
    return Array.from({ length: count }, (_, k) =>
      k > 0 ? begin + k - 1 : above ? above.first + above.count - 1 : -1,
    );
  });
  for (const { parent, end } of [...sections].reverse()) {
    const above = parent === null ? undefined : sections[parent];
    if (above) above.end = Math.max(above.end, end);
  }
  return { sections, parents, numbers, ...(centres ? { centres } : {}) };
}

/** Returns the compartments of sections. `parent` of each is the ordinal of another, with one root and no loops. */
export function flatMorphology(shapes: readonly SectionShape[]): Morphology {
  const branches: { name: string; parent: number | null; count: number }[] = [];
  const centres: Point[] = [];
  const numbers = Object.fromEntries(geometricNumbers.map((key) => [key, []])) as unknown as Record<
    keyof CompartmentNumbers,
    number[]
  >;
  const children = shapes.map((): number[] => []);
  shapes.forEach(({ parent }, ordinal) => {
    if (parent !== null) children[parent]?.push(ordinal);
  });
  interface Open {
    readonly ordinal: number;
    readonly parent: number | null;
    readonly begin: number;
    readonly start: Point;
  }
  const open: Open[] = shapes.flatMap(({ parent }, ordinal) =>
    parent === null ? [{ ordinal, parent: null, begin: 0, start: origin }] : [],
  );
  for (let next = open.pop(); next; next = open.pop()) {
    const shape = shapes[next.ordinal];
    if (!shape) continue;
    const own = branches.length;
    branches.push({ name: shape.name, parent: next.parent, count: shape.lengths.length });
    const { start } = next;
    const points = shape.points?.map((point) => plus(start, point)) ?? [];
    const end = measure(shape, points, next.begin, numbers, centres);
    const last = points.at(-1) ?? start;
    // The last one in is the next.
    for (const ordinal of [...(children[next.ordinal] ?? [])].reverse())
      open.push({ ordinal, parent: own, begin: end, start: last });
  }
  const placed = shapes.length > 0 && shapes.every(({ points }) => points !== undefined);
  return morphologyOf(branches, numbers, placed ? centres : undefined);
}

/** Adds the numbers of a section's compartments. @returns the distance of its end from the beginning of the root */
function measure(
  { sphere, diameters, lengths }: SectionShape,
  points: readonly Point[],
  begin: number,
  numbers: Readonly<Record<keyof CompartmentNumbers, number[]>>,
  centres: Point[],
): number {
  if (sphere) {
    const [d = 0] = diameters;
    numbers.length.push(d);
    numbers.diameter.push(d);
    numbers.area.push(Math.PI * d * d);
    numbers.volume.push((Math.PI * d * d * d) / 6);
    numbers.distance.push(begin);
    numbers.r_length_1.push(sphereConductance);
    numbers.r_length_2.push(sphereConductance);
    centres.push(points[0] ?? origin);
    return begin;
  }
  let distance = begin;
  for (const [k, length] of lengths.entries()) {
    const [d = 0, e = d] = diameters.slice(k, k + 2);
    const middle = (d + e) / 2;
    numbers.length.push(length);
    numbers.diameter.push(middle);
    numbers.area.push((Math.PI / 2) * (d + e) * Math.sqrt(square(d - e) / 4 + square(length)));
    numbers.volume.push((Math.PI * length * (d * d + d * e + e * e)) / 12);
    numbers.distance.push(distance + length / 2);
    numbers.r_length_1.push(((Math.PI / 2) * d * middle) / length);
    numbers.r_length_2.push(((Math.PI / 2) * middle * e) / length);
    const [a = origin, b = a] = points.slice(k, k + 2);
    centres.push([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2]);
    distance += length;
  }
  return distance;
}

/** Returns compartments between two distances along a section; absent: from its beginning, to its end. */
export function compartmentsWithin(
  { numbers }: Morphology,
  { first, count }: PlacedSection,
  from: number | undefined,
  to: number | undefined,
): readonly [number, number] {
  const ends = endsOf(numbers.length.slice(first, first + count));
  const near = tolerance * (ends[ends.length - 1] ?? 0);
  const at = (distance: number, after: number): number => {
    const close = ends.findIndex((end) => Math.abs(distance - end) < near);
    if (close >= 0) return close + 1;
    const found = ends.findIndex((end) => end >= distance);
    return (found < 0 ? count : found) + after;
  };
  return [
    first + (from === undefined ? 0 : at(from, 0)),
    first + Math.min(count, to === undefined ? count : at(to, 1)),
  ];
}

/** Returns the compartment at a distance along a section, or null beyond its ends. */
export function compartmentAt(
  { numbers }: Morphology,
  { first, count }: PlacedSection,
  distance: number,
): number | null {
  const ends = endsOf(numbers.length.slice(first, first + count));
  const whole = ends[ends.length - 1] ?? 0;
  if (distance < 0 || distance > (1 + tolerance) * whole) return null;
  const close = [0, ...ends].findIndex((end) => Math.abs(distance - end) < tolerance * whole);
  const found = close >= 0 ? close : ends.findIndex((end) => end >= distance);
  return first + Math.min(count - 1, Math.max(0, found));
}

/** Relative to a section's length: a place this close to the end of a compartment is on the end. */
const tolerance = 1e-12;

function endsOf(lengths: readonly number[]): readonly number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}

/**
 * Returns the section at the end of a path of names. Each is the name of a section that grows from the previous one, or
 * L, R and digits, which count such sections. The first may be any unique name of a section. Returns null without a
 * match.
 */
export function sectionNamed({ sections }: Morphology, names: readonly string[]): number | null {
  const root = sections.length > 0 ? 0 : null;
  let at = root;
  for (const [k, name] of names.entries()) {
    if (at === null) return null;
    const found = childNamed(sections, at, name);
    const anywhere = sections.flatMap((section, ordinal) => (section.name === name ? [ordinal] : []));
    at = found ?? (k === 0 && anywhere.length === 1 ? (anywhere[0] ?? null) : null);
  }
  return at;
}

function childNamed(sections: readonly PlacedSection[], parent: number, name: string): number | null {
  const children = sections.flatMap((section, ordinal) => (section.parent === parent ? [ordinal] : []));
  const own = children.filter((ordinal) => sections[ordinal]?.name === name);
  if (own.length > 0) return own[0] ?? null;
  if (!/^[LR1-9]+$/.test(name)) return null;
  const letter = name[0] ?? '';
  const next = children[letter === 'L' ? 0 : letter === 'R' ? 1 : Number(letter) - 1];
  if (next === undefined) return null;
  return name.length === 1 ? next : childNamed(sections, next, name.slice(1));
}
