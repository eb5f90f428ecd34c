/**
 * Shapes of cells as SWC from which NEURON's Import3d makes the same sections, and the numbers that edges and clamps
 * have for them. The rules are those of `import3d.ts`.
 */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { NotExpressible } from '../../src/library/not-expressible.js';
import type { Compartments, Section } from '../../src/model/typed.js';
import { inUnit } from '../shared/in-unit.js';
import { stub } from './biophysical.js';
import { sizesOf, type Point } from './import3d.js';

/** Kinds of sections in a file with the types of their points, in the order in which edges count sections. */
const kindTypes = { soma: 1, dend: 3, apic: 4 } as const;

/** A kind of sections; BMTK adds those of the axon. */
export type Kind = keyof typeof kindTypes | 'axon';

/** A place on a cell of a circuit. */
export interface CircuitPlace {
  /** Number of the section among all of the cell. */
  readonly section: number;
  readonly kind: Kind;
  /** Number of the section among those of its kind. */
  readonly index: number;
  readonly fraction: number;
}

/** A shape in a file. */
export interface WrittenShape {
  readonly swc: string;
  /** Whether NEURON, which reads single precision, rounds numbers of the file. */
  readonly isRounded: boolean;
  /** Returns the compartment of a place, by its middle, or an end of a section. */
  readonly placeOf: (section: string, fraction: number) => CircuitPlace;
}

type Sections = Compartments['sections'];

/** A point in a file. */
interface Row {
  /** Its number, from 1 on. */
  readonly row: number;
  readonly point: Point;
}

/** Sections without a membrane that stand for ends of others, at which NEURON has nodes. */
const endLength = 1.5e-10;

/** Checks whether a section stands for the end of its parent, as readers of NEURON's models add them. */
export const isEnd = ({ parent, length, points }: Section): boolean =>
  (parent?.fraction === 0 || parent?.fraction === 1) && !points && length !== undefined && length < endLength;

/** Returns the sections that a shape has, each after its parent. */
export function shapeSections(sections: Sections): readonly (readonly [name: string, section: Section])[] {
  const found = new Map<string, Section>();
  const add = (name: string): void => {
    const section = sections[name];
    if (!section || found.has(name) || isEnd(section)) return;
    if (section.parent) add(section.parent.section);
    found.set(name, section);
  };
  Object.keys(sections).forEach(add);
  return [...found];
}

/** Returns the two cylinders that BMTK puts in place of an axon, which circuits have that were read; or none. */
export function axonOf(sections: Sections): readonly string[] {
  const isStub = ({ points, length, diameter }: Section): boolean =>
    !points &&
    Math.abs(inUnit(length ?? 0, 'um') - stub.length) < 1e-9 &&
    inUnit(diameter ?? 0, 'um') === stub.diameter;
  const all = Object.entries(sections);
  const on = (name: string): typeof all => all.filter(([, { parent }]) => parent?.section === name);
  for (const [near, section] of all) {
    const [[far, end] = [], ...others] = on(near);
    const { parent } = section;
    const isNear = parent?.fraction === 0.5 && sections[parent.section]?.parent === undefined && isStub(section);
    const isFar = far !== undefined && end?.parent?.fraction === 1 && isStub(end) && on(far).length === 0;
    if (isNear && isFar && others.length === 0) return [near, far];
  }
  return [];
}

/** Directions of cylinders that begin at one place. */
const directions = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]] as const; // prettier-ignore

/** Returns the points of a section in um, from a place on. */
function pointsFrom({ points, length, diameter }: Section, from: Point | undefined, branch: number): readonly Point[] {
  const um = (value: number): number => inUnit(value, 'um');
  const [x, y, z] = itemAt(directions, branch % directions.length);
  const [l, d] = [um(length ?? 0), um(diameter ?? 0)];
  const own = points?.map(([x, y, z, d]): Point => [um(x), um(y), um(z), um(d)]) ?? [
    [0, 0, 0, d],
    [l * x, l * y, l * z, d],
  ];
  const [first] = own;
  if (!first || !(sizesOf(own).length > 0)) throw new NotExpressible('a section without points or a length');
  if (!from) return own;
  const shift = [0, 1, 2].map((axis) => itemAt(from, axis) - itemAt(first, axis));
  return own.map(([x, y, z, d]): Point => [x + itemAt(shift, 0), y + itemAt(shift, 1), z + itemAt(shift, 2), d]);
}

/** Returns the points of each of some pieces of a section that are equally long. */
function cut(points: readonly Point[], count: number): readonly (readonly Point[])[] {
  if (count === 1) return [points];
  const lengths = points.map((_, k) => sizesOf(points.slice(0, k + 1)).length);
  const whole = itemAt(lengths, -1 + lengths.length);
  const at = (length: number): Point => {
    const k = Math.max(
      1,
      lengths.findIndex((each) => each >= length * (1 - 1e-12)),
    );
    const [a, b, begin] = [itemAt(points, k - 1), itemAt(points, k), itemAt(lengths, k - 1)];
    const share = (length - begin) / (itemAt(lengths, k) - begin);
    const between = (axis: number): number => itemAt(a, axis) + share * (itemAt(b, axis) - itemAt(a, axis));
    return [between(0), between(1), between(2), between(3)];
  };
  return Array.from({ length: count }, (_, k) => {
    const [from, to] = [(k / count) * whole, ((k + 1) / count) * whole];
    const inner = points.filter(
      (_, j) => itemAt(lengths, j) > from * (1 + 1e-9) && itemAt(lengths, j) < to * (1 - 1e-9),
    );
    return [at(from), ...inner, at(to)];
  });
}

/** Returns the length of a section in um. */
const lengthOf = (section: Section): number => sizesOf(pointsFrom(section, undefined, 0)).length;

/**
 * Returns the length `dL` in um by which BMTK divides all sections of a circuit as they are divided:
 * `1 + 2*floor(length/(2*dL))`. If there is none, each compartment becomes a section, and `dL` is longer than all.
 */
export function commonStep(sections: readonly Section[]): { readonly dL: number; readonly isCut: boolean } {
  const isOdd = sections.every(({ divisions }) => divisions % 2 === 1);
  const least = Math.max(...sections.map((section) => lengthOf(section) / (section.divisions + 1)));
  const most = Math.min(...sections.map((section) => lengthOf(section) / (section.divisions - 1)));
  if (isOdd && most === Infinity) return { dL: Math.ceil(2 * least), isCut: false };
  for (let digits = 1; isOdd && digits < 16; digits++) {
    const dL = Number(((least + most) / 2).toPrecision(digits));
    // Lengths are in single precision in NEURON.
    if (dL > least * (1 + 1e-6) && dL < most * (1 - 1e-6)) return { dL, isCut: false };
  }
  return { dL: Math.ceil(Math.max(...sections.map((section) => lengthOf(section) / section.divisions))), isCut: true };
}

/**
 * Returns the shape of a cell. Its root is the soma.
 *
 * @param kindOf  the kind of a section
 * @param isCut  whether each compartment becomes a section
 * @throws NotExpressible for sections that grow from the middle of others, other than the soma
 */
export function writtenShape(sections: Sections, kindOf: (section: string) => Kind, isCut: boolean): WrittenShape {
  const lines: string[] = [];
  let isRounded = false;
  const [begins, middles, ends] = [new Map<string, Row>(), new Map<string, Row>(), new Map<string, Row>()];
  const counts = { soma: 0, dend: 0, apic: 0, axon: 0 };
  const firsts = new Map<string, number>();
  const branches = new Map<string, number>();
  const write = (type: number, point: Point, parent: number): Row => {
    const [x, y, z, d] = point;
    isRounded ||= [x, y, z, d / 2].some((value) => Math.fround(value) !== value);
    lines.push([lines.length + 1, type, x, y, z, d / 2, parent].join(' '));
    return { row: lines.length, point };
  };
  const whole = shapeSections(sections);
  const all = whole.filter(([name]) => kindOf(name) !== 'axon');
  for (const [name, section] of whole) {
    const { parent, divisions } = section;
    const kind = kindOf(name);
    if (kind === 'axon') {
      if (isCut && divisions > 1) throw new NotExpressible('an axon that BMTK divides otherwise');
      firsts.set(name, counts.axon);
      counts.axon += 1;
      continue;
    }
    const pieces = isCut ? divisions : 1;
    firsts.set(name, counts[kind]);
    counts[kind] += pieces;
    if (!parent) {
      if (pieces > 1) throw new NotExpressible('a soma of several compartments, beside sections divided otherwise');
      const own = pointsFrom(section, undefined, 0);
      const [[start, end]] = [own];
      const isBare = own.length === 2 && start && end && all.some(([, one]) => isInside(one, name));
      const points = isBare ? [start, itemAt(itemAt(cut(own, 2), 0), 1), end] : own;
      for (const [k, point] of points.entries()) {
        const row = write(kindTypes.soma, point, k === 0 ? -1 : lines.length);
        if (k === 0) begins.set(name, row);
        else if (k < points.length - 1) middles.set(name, row);
        ends.set(name, row);
      }
      continue;
    }
    const { section: above, fraction } = parent;
    const isInner = fraction > 0 && fraction < 1;
    const count = sections[above]?.divisions ?? 1;
    const isMiddle = compartmentAt(fraction, count) === compartmentAt(0.5, count);
    if (isInner && (sections[above]?.parent !== undefined || !isMiddle))
      throw new NotExpressible(`the section ${name}, which grows from the middle of ${above}`);
    let from = entryOf(isInner ? middles : fraction === 0 ? begins : ends, above);
    const branch = branches.get(above) ?? 0;
    branches.set(above, branch + 1);
    begins.set(name, from);
    for (const points of cut(pointsFrom(section, from.point, branch), pieces)) {
      // A section without length, which Import3d removes: sections begin as wide as its point, and stay apart.
      from = write(axonType, itemAt(points, 0), from.row);
      for (const point of points.slice(1)) from = write(kindTypes[kind], point, from.row);
    }
    ends.set(name, from);
  }
  // BMTK replaces the axon, and fails without one.
  const { row, point } = entryOf(ends, all[0]?.[0] ?? '');
  write(axonType, [point[0] + stub.length, point[1], point[2], stub.diameter], row);
  const [dend, apic] = [counts.soma, counts.soma + counts.dend];
  const offsets = { soma: 0, dend, apic, axon: apic + counts.apic };
  const placeOf: WrittenShape['placeOf'] = (name, fraction) => {
    const { parent } = sections[name] ?? {};
    const end = parent && isEnd(sections[name]!) ? parent : undefined;
    const owner = end?.section ?? name;
    const { divisions = 1 } = sections[owner] ?? {};
    const k = compartmentAt(end?.fraction ?? fraction, divisions);
    const kind = kindOf(owner);
    const index = entryOf(firsts, owner) + (isCut ? k : 0);
    const middle = isCut ? 0.5 : (k + 0.5) / divisions;
    return { section: offsets[kind] + index, kind, index, fraction: end?.fraction ?? middle };
  };
  return { swc: `${lines.join('\n')}\n`, isRounded, placeOf };
}

/** Type of the points of axons, which no section of a model has in a file. */
const axonType = 2;

/** Checks whether a section grows from the inside of another one. */
const isInside = ({ parent }: Section, from: string): boolean =>
  parent !== undefined && parent.section === from && parent.fraction > 0 && parent.fraction < 1;

/** Returns the number of the compartment that a place on a section is in. */
const compartmentAt = (fraction: number, divisions: number): number =>
  Math.min(divisions - 1, Math.max(0, Math.floor(fraction * divisions * (1 + 1e-12))));
