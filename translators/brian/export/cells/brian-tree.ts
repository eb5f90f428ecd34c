/**
 * The tree of a cell with sections in the form of Brian's morphologies, in which sections begin at the ends of others.
 */

import { shapesOf, type Compartment } from '../../../../src/model/compartment-tree.js';
import { UniqueNames } from '../../../../src/model/free-name.js';
import type { Compartments, Section } from '../../../../src/model/typed.js';
import { flatMorphology, type Morphology, type SectionShape } from '../../morphology/morphology.js';

/** A cell for Brian. */
export interface BrianTree {
  /** For each of Brian's compartments, the ordinal in the cell. Two halves of a compartment have the same ordinal. */
  readonly order: readonly number[];
  /** Compartments in Brian's order. */
  readonly morphology: Morphology;
  /** Sections that begin elsewhere than in the cell, and by how much at most, in m. */
  readonly moved: { readonly count: number; readonly most: number };
  /**
   * Number of compartments that become cones of the same area and resistance, and the largest relative change of
   * length.
   */
  readonly reshaped: { readonly count: number; readonly most: number };
}

/** Attribute names of Brian's morphologies, which cannot be names of sections. */
const taken = [
  ...['area', 'children', 'coordinates', 'diameter', 'distance', 'end_coordinates', 'end_diameter', 'end_distance'],
  ...['end_x', 'end_y', 'end_z', 'indices', 'length', 'n', 'n_sections', 'name', 'parent', 'plot', 'r_length_1'],
  ...['r_length_2', 'start_coordinates', 'start_diameter', 'start_x', 'start_y', 'start_z', 'topology'],
  ...['total_compartments', 'total_sections', 'type', 'volume', 'x', 'y', 'z'],
];

/** A section of a morphology. */
interface Run {
  readonly name: string;
  readonly parent: number | null;
  readonly pieces: number[];
}

/** Beginning of a section: at the end of a compartment of another section, or in its middle. */
interface Begin {
  readonly compartment: number;
  readonly middle: boolean;
}

/** Sections that have a shape, cut as the cell is. @param cut  compartments in the order of their sections */
export function brianTree({ sections }: Pick<Compartments, 'sections'>, cut: readonly Compartment[]): BrianTree {
  const first = new Map<string, number>();
  cut.forEach(({ section, division }, k) => {
    if (division === 0) first.set(section, k);
  });
  const moved: number[] = [];
  const begins = new Map(
    Object.entries(sections).map(([name, section]) => [name, beginOf(section, sections, first, cut, moved)] as const),
  );
  const halved = new Set([...begins.values()].flatMap((begin) => (begin?.middle ? [begin.compartment] : [])));
  const cones = conesOf(sections, cut);
  /** The compartment that each piece is, or is a half of. */
  const order: number[] = [];
  const shapes: Cone[] = [];
  const parents: number[] = [];
  const firstPiece: number[] = [];
  cut.forEach(({ section, division }, k) => {
    firstPiece.push(order.length);
    const lastOf = (compartment: number): number => (firstPiece[compartment] ?? 0) + (halved.has(compartment) ? 1 : 0);
    const begin = begins.get(section);
    const cone = cones[k] ?? { begin: 0, end: 0, length: 0 };
    if (division > 0) parents.push(lastOf(k - 1));
    else if (!begin) parents.push(-1);
    else parents.push(begin.middle ? (firstPiece[begin.compartment] ?? 0) : lastOf(begin.compartment));
    if (halved.has(k)) parents.push(order.length);
    for (const piece of halved.has(k) ? halvesOf(cone) : [cone]) {
      order.push(k);
      shapes.push(piece);
    }
  });
  const runs = runsOf(order, shapes, parents, cut);
  const morphology = flatMorphology(runs.map((run) => shapeOf(run, shapes)));
  const byName = new Map(runs.map(({ name, pieces }) => [name, pieces] as const));
  const changes = cut.map(({ length }, k) => Math.abs((cones[k]?.length ?? length) / length - 1));
  return {
    order: morphology.sections.flatMap(({ name }) => byName.get(name) ?? []).map((piece) => order[piece] ?? 0),
    morphology,
    moved: { count: moved.length, most: Math.max(0, ...moved) },
    reshaped: { count: changes.filter((change) => change > 0).length, most: Math.max(0, ...changes) },
  };
}

/** Returns pieces in a row, up to a branch or a jump of the diameter. */
function runsOf(
  order: readonly number[],
  shapes: readonly Cone[],
  parents: readonly number[],
  cut: readonly Compartment[],
): readonly Run[] {
  const children = order.map(() => 0);
  for (const parent of parents) if (parent >= 0) children[parent] = (children[parent] ?? 0) + 1;
  const names = new UniqueNames(taken);
  const runs: Run[] = [];
  const owner: number[] = [];
  order.forEach((at, piece) => {
    const parent = parents[piece] ?? -1;
    const { section = '', division = 0 } = cut[at] ?? {};
    const begins = division === 0 && order[piece - 1] !== at;
    if (begins || (children[parent] ?? 0) > 1 || shapes[piece - 1]?.end !== shapes[piece]?.begin) {
      const name = names.take(/^[A-Za-z]/.test(section) ? section : `section_${section}`);
      runs.push({ name, parent: parent < 0 ? null : (owner[parent] ?? null), pieces: [] });
    }
    owner[piece] = runs.length - 1;
    runs.at(-1)?.pieces.push(piece);
  });
  return runs;
}

/** Returns the beginning of a section, or undefined for the root. */
function beginOf(
  { parent: joint }: Section,
  sections: Compartments['sections'],
  first: ReadonlyMap<string, number>,
  cut: readonly Compartment[],
  moved: number[],
): Begin | undefined {
  if (!joint) return undefined;
  const parent = sections[joint.section];
  const begin = first.get(joint.section) ?? 0;
  const divisions = parent?.divisions ?? 1;
  const along = joint.fraction * divisions;
  if (along === 0 && parent?.parent) return beginOf(parent, sections, first, cut, moved);
  // No section grows from the beginning of the root.
  if (along === 0) moved.push(cut[begin]?.length ?? 0);
  const whole = Math.round(along);
  if (Math.abs(along - whole) < 1e-9) return { compartment: begin + Math.max(1, whole) - 1, middle: false };
  return { compartment: begin + Math.floor(along), middle: true };
}

const halvesOf = ({ begin, end, length }: Cone): readonly Cone[] => {
  const middle = (begin + end) / 2;
  return [
    { begin, end: middle, length: length / 2 },
    { begin: middle, end, length: length / 2 },
  ];
};

/** A truncated cone: diameters of its ends and length, in m. */
interface Cone {
  readonly begin: number;
  readonly end: number;
  readonly length: number;
}

/**
 * Returns compartments as cones of the same area. Each half of a cone has the axial resistance of the compartment's
 * half.
 */
function conesOf(sections: Compartments['sections'], cut: readonly Compartment[]): readonly Cone[] {
  const shapes = new Map(Object.entries(sections).map(([name, section]) => [name, shapesOf(name, section)] as const));
  return cut.map(({ section, division, area, length }): Cone => {
    const { ends, halves } = shapes.get(section)?.[division] ?? { ends: [0, 0], halves: [1, 1] };
    const [begin, end] = ends;
    const isCone = Math.abs(areaOf({ begin, end, length }) / (area ?? 0) - 1) < 1e-9;
    return isCone ? { begin, end, length } : coneLike(area ?? 0, halves, sections[section]?.resistivity ?? 1);
  });
}

const areaOf = ({ begin, end, length }: Cone): number =>
  (Math.PI / 2) * (begin + end) * Math.sqrt((begin - end) ** 2 / 4 + length ** 2);

/** Returns the cone with an area in m**2 and given resistances of its halves in ohm, for a resistivity in ohm*m. */
function coneLike(area: number, [left, right]: readonly [number, number], resistivity: number): Cone {
  const ratio = right / left;
  const of = (end: number): Cone => ({
    begin: ratio * end,
    end,
    length: (left * Math.PI * ratio * (1 + ratio) * end ** 2) / (4 * resistivity),
  });
  // The area grows with the diameter.
  let [low, high] = [0, Math.sqrt(area)];
  while (areaOf(of(high)) < area) high *= 2;
  for (let k = 0; k < 200 && low < (low + high) / 2 && (low + high) / 2 < high; k++) {
    const middle = (low + high) / 2;
    if (areaOf(of(middle)) < area) low = middle;
    else high = middle;
  }
  return of(high);
}

/** Returns the pieces of a run, each beginning at the end of the previous one. */
function shapeOf({ name, parent, pieces }: Run, shapes: readonly Cone[]): SectionShape {
  const own = pieces.flatMap((piece) => shapes[piece] ?? []);
  return {
    name,
    parent,
    sphere: false,
    diameters: [own[0]?.begin ?? 0, ...own.map(({ end }) => end)],
    lengths: own.map(({ length }) => length),
  };
}
