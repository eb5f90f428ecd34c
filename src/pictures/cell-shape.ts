/** The shape of a cell with structure: its sections, seen along the z axis or laid out. */

import { isListed } from '../model/arrays.js';
import type { CableTree, Compartments, Population } from '../model/model.js';
import { isGiven } from '../model/tagged.js';
import { layOutSections, type DrawnPoint, type SizedSection } from './lay-out-sections.js';
import { colourOf } from './palette.js';

/** A section by its points; without points, a sphere. */
export interface DrawnSection {
  readonly parent?: string | undefined;
  readonly points: readonly DrawnPoint[];
  /** Diameter in m of a section without points. */
  readonly diameter: number;
  readonly isSoma: boolean;
}

/** A cell by its sections. */
export interface DrawnCellShape {
  readonly name: string;
  readonly sections: ReadonlyMap<string, DrawnSection>;
  /** Whether the model gives only lengths and diameters, so that the angles are chosen. */
  readonly isLaidOut: boolean;
}

/** Returns the shape of a cell; undefined if its sections have neither points in space nor lengths and diameters. */
export function shapeOf(name: string, { sections, groups }: Compartments): DrawnCellShape | undefined {
  const ofSoma = new Set(Object.entries(groups).flatMap(([group, members]) => (/soma/i.test(group) ? members : [])));
  const isLaidOut = Object.values(sections).every(({ points = [] }) => points.length === 0);
  const laidOut = isLaidOut ? layOutSections(sections) : undefined;
  if (isLaidOut && !laidOut) return undefined;
  const shapes = Object.entries(sections).map(
    ([id, { parent, points = [], diameter = 0 }]) =>
      [
        id,
        {
          parent: parent?.section,
          points: laidOut?.get(id) ?? points.map(([x, y, , wide]) => [x, y, wide] as const),
          diameter,
          isSoma: parent === undefined || ofSoma.has(id),
        },
      ] as const,
  );
  return { name, sections: new Map(shapes), isLaidOut };
}

/**
 * Returns the shape of the only cell of a population, by the compartments of its tree and their numbers; undefined if
 * the population does not list their lengths and diameters.
 */
export function shapeOfTree(name: string, tree: CableTree, { size, values }: Population): DrawnCellShape | undefined {
  const [lengths, diameters] = ['length', 'diameter'].map((parameter) => {
    const value = values[parameter];
    return isGiven(value) && isListed(value.array) ? value.array : undefined;
  });
  const { parents, sections: ranges = {} } = tree;
  if (!lengths || !diameters || !isListed(parents) || parents.length !== size) return undefined;
  const sized = parents.map((parent, k): readonly [string, SizedSection] => [
    String(k),
    {
      ...(parent < 0 ? {} : { parent: { section: String(parent), fraction: 1 } }),
      length: lengths[k] ?? 0,
      diameter: diameters[k] ?? 0,
    },
  ]);
  const somata = Object.entries(ranges).filter(([section]) => /soma/i.test(section));
  const laidOut = layOutSections(Object.fromEntries(sized)) ?? new Map<string, DrawnPoint[]>();
  const sections = sized.map(([id, { parent, diameter = 0 }], k): readonly [string, DrawnSection] => {
    const isSoma = !parent || somata.some(([, { first, count }]) => k >= first && k < first + count);
    return [id, { parent: parent?.section, points: laidOut.get(id) ?? [], diameter, isSoma }];
  });
  return { name, sections: new Map(sections), isLaidOut: true };
}

/** Space around a cell, in pixels. */
export const border = 24;

/** A drawn cell. */
interface CellElements {
  readonly svg: string;
  /** In pixels. */
  readonly height: number;
  /** Pixels in one m. */
  readonly scale: number;
  /** Of a scale bar, in m. */
  readonly lengthOfBar: number;
  /** Returns the place of a fraction of a section, in pixels. */
  placeOf(section: string, fraction: number): readonly [x: number, y: number];
}

/** Draws the sections of a cell into a width and at most a height in pixels. */
export function cellElements(sections: DrawnCellShape['sections'], width: number, most: number): CellElements {
  const spheres = new Map(
    [...sections].flatMap(([id, section]) =>
      section.points.length === 0 ? [[id, centreOf(id, section, sections)] as const] : [],
    ),
  );
  const shapes = [...sections].map(([id, { parent, points, isSoma }]) => {
    const own = spheres.get(id);
    const centre = spheres.get(parent ?? '');
    const [first] = points;
    // What grows from a sphere is drawn from its centre.
    const joint = centre && first ? [[centre[0], centre[1], first[2]] as const] : [];
    return { id, isSoma, points: own ? [own] : [...joint, ...points] };
  });
  const all = shapes.flatMap(({ points }) => points);
  const least = (pick: (point: DrawnPoint) => number): number =>
    all.reduce((found, point) => Math.min(found, pick(point)), Infinity);
  const [left, right] = [least(([x, , wide]) => x - wide / 2), -least(([x, , wide]) => -x - wide / 2)];
  const [low, high] = [least(([, y, wide]) => y - wide / 2), -least(([, y, wide]) => -y - wide / 2)];
  const scale = Math.min(
    (width - 2 * border) / Math.max(right - left, 1e-9),
    (most - 2 * border) / Math.max(high - low, 1e-9),
  );
  const shift = (width - (right - left) * scale) / 2;
  const at = (x: number, y: number): readonly [number, number] => [
    round(shift + (x - left) * scale),
    round(border + (high - y) * scale),
  ];
  const pieces = shapes.flatMap(({ isSoma, points }) => {
    const colour = colourOf(isSoma ? 1 : 0);
    const [first] = points;
    if (first && points.length === 1) {
      const [x, y] = at(first[0], first[1]);
      return [`<circle cx="${x}" cy="${y}" r="${round((first[2] / 2) * scale)}" fill="${colour}"/>`];
    }
    return points.slice(1).map(([x, y, diameter], k) => {
      const [x0, y0, before] = points[k] ?? [x, y, diameter];
      const [[ax, ay], [bx, by]] = [at(x0, y0), at(x, y)];
      const wide = round(Math.max(1, ((before + diameter) / 2) * scale));
      return `<line x1="${ax}" y1="${ay}" x2="${bx}" y2="${by}" stroke="${colour}" stroke-width="${wide}" stroke-linecap="round"/>`;
    });
  });
  // Spheres cover the joints of what grows from them.
  const inOrder = [...pieces].sort((a, b) => Number(a.startsWith('<circle')) - Number(b.startsWith('<circle')));
  return {
    svg: inOrder.join(''),
    height: (high - low) * scale + 2 * border,
    scale,
    lengthOfBar: barOf((right - left) / 4),
    placeOf: (section, fraction) => {
      const [x, y] = pointAlong(shapes.find(({ id }) => id === section)?.points ?? [], fraction);
      return at(x, y);
    },
  };
}

/** Returns the place at a fraction of the length of a path. */
function pointAlong(points: readonly DrawnPoint[], fraction: number): readonly [x: number, y: number] {
  const lengths = points.slice(1).map(([x, y], k) => Math.hypot(x - (points[k]?.[0] ?? x), y - (points[k]?.[1] ?? y)));
  let left = fraction * lengths.reduce((sum, length) => sum + length, 0);
  const piece = lengths.findIndex((length) => (left -= length) <= 0);
  const [from, to] = piece < 0 ? [points.at(-1), points.at(-1)] : [points[piece], points[piece + 1]];
  const share = piece < 0 ? 0 : 1 + left / (lengths[piece] || 1);
  const [[x0, y0], [x1, y1]] = [from ?? [0, 0], to ?? [0, 0]];
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
}

/** Returns the centre and the diameter of a section without points: amid the sections that grow from it. */
function centreOf(id: string, { diameter }: DrawnSection, sections: DrawnCellShape['sections']): DrawnPoint {
  const starts = [...sections.values()].flatMap(({ parent, points: [first] }) =>
    parent === id && first ? [first] : [],
  );
  const mean = (pick: (start: DrawnPoint) => number): number =>
    starts.reduce((sum, start) => sum + pick(start), 0) / Math.max(1, starts.length);
  return [mean(([x]) => x), mean(([, y]) => y), diameter];
}

/** Returns a length of 1, 2 or 5 times a power of ten, at most the given one. */
function barOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)));
  return ([5, 2, 1].find((factor) => factor * power <= most * (1 + 1e-9)) ?? 1) * power;
}

/** Returns a length with two decimals. */
export const round = (value: number): number => Number(value.toFixed(2));
