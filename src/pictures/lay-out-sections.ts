/**
 * The layout of a cell in the plane, from the lengths and diameters of its sections.
 *
 * @source Felsenstein (2004), Inferring Phylogenies, chapter 34: equal-angle trees
 */

import type { Section } from '../model/model.js';
import type { Id } from '../model/equations.js';

/** A point along x and y, and the diameter there, all in m. */
export type DrawnPoint = readonly [x: number, y: number, diameter: number];

/** A section by its place in the tree and its size. */
export type SizedSection = Pick<Section, 'parent' | 'length' | 'diameter'>;

/** Angles between which a section and those on it are drawn, in radians. */
type Sector = readonly [from: number, to: number];

/** Largest angle between sections that grow from one, in radians. */
const widest = 2.2;

/** Roots whose length is at most so many diameters are drawn as spheres. */
const roundest = 2;

/**
 * Returns points of straight sections. Each has a share of the angles by its number of tips.
 *
 * @returns points in m, by section; undefined if a section has no length or diameter
 */
export function layOutSections(
  sections: Readonly<Record<Id, SizedSection>>,
): ReadonlyMap<Id, DrawnPoint[]> | undefined {
  const all = Object.entries(sections);
  if (all.some(([, { length, diameter }]) => length === undefined || diameter === undefined)) return undefined;
  const children = new Map<Id, Id[]>(all.map(([id]) => [id, []]));
  for (const [id, { parent }] of all) if (parent) children.get(parent.section)?.push(id);
  const fractionOf = (id: Id): number => sections[id]?.parent?.fraction ?? 1;
  const tips = (id: Id): number => tipsOf(children.get(id) ?? []);
  const tipsOf = (ids: readonly Id[]): number => Math.max(1, sum(ids.map(tips)));
  const points = new Map<Id, DrawnPoint[]>();

  type Start = (id: Id, angle: number) => readonly [x: number, y: number];
  const placeAll = (ids: readonly Id[], sector: Sector, startOf: Start): void => {
    const sectors = divide(sector, ids.map(tips));
    for (const [k, id] of ids.entries()) {
      const own = sectors[k] ?? sector;
      place(id, startOf(id, middleOf(own)), own);
    }
  };
  const place = (id: Id, [x, y]: readonly [number, number], [from, to]: Sector): void => {
    const { length = 0, diameter = 0 } = sections[id] ?? {};
    const own = children.get(id) ?? [];
    // Sections that grow from the middle are drawn on both sides, since the rest of this one lies between them.
    const middles = own.filter((one) => fractionOf(one) < 1);
    const [before, after] = [0, 1].map((side) => middles.filter((_, k) => k % 2 === side)) as [Id[], Id[]];
    const ends = own.filter((one) => fractionOf(one) === 1);
    const half = Math.min(widest, to - from) / 2;
    const around: Sector = [middleOf([from, to]) - half, middleOf([from, to]) + half];
    const [low, ahead, high] = divide(around, [sum(before.map(tips)), tipsOf(ends), sum(after.map(tips))]) as [
      Sector,
      Sector,
      Sector,
    ];
    const angle = middleOf(ahead);
    const at = (fraction: number): readonly [number, number] => [
      x + fraction * length * Math.cos(angle),
      y + fraction * length * Math.sin(angle),
    ];
    points.set(id, [
      [x, y, diameter],
      [...at(1), diameter],
    ]);
    const startOf: Start = (child) => at(fractionOf(child));
    placeAll(before, low, startOf);
    placeAll(ends, ahead, startOf);
    placeAll(after, high, startOf);
  };

  for (const [root, { parent, length = 0, diameter = 0 }] of all) {
    if (parent) continue;
    const own = children.get(root) ?? [];
    if (length <= roundest * diameter) {
      points.set(root, [[0, 0, diameter]]);
      // The first section points to the right.
      const begin = -(Math.PI * tips(own[0] ?? root)) / tips(root);
      const surface: Start = (_, angle) => [(diameter / 2) * Math.cos(angle), (diameter / 2) * Math.sin(angle)];
      placeAll(own, [begin, begin + 2 * Math.PI], surface);
    } else {
      points.set(root, [
        [0, 0, diameter],
        [length, 0, diameter],
      ]);
      const startOf: Start = (child) => [fractionOf(child) * length, 0];
      const isAhead = (id: Id): boolean => fractionOf(id) >= 0.5;
      placeAll(own.filter(isAhead), [-widest / 2, widest / 2], startOf);
      placeAll(
        own.filter((id) => !isAhead(id)),
        [Math.PI - widest / 2, Math.PI + widest / 2],
        startOf,
      );
    }
  }
  return points;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const middleOf = ([from, to]: Sector): number => (from + to) / 2;

/** Divides a sector in proportion to weights. */
function divide([from, to]: Sector, weights: readonly number[]): readonly Sector[] {
  const step = (to - from) / (sum(weights) || 1);
  let end = from;
  return weights.map((weight) => [end, (end += weight * step)]);
}
