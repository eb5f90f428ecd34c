/** Sections with separate values for their compartments, as one section for each compartment of the same cable. */

import { namesIn } from '../../../../src/lang/walk.js';
import { parseExpression } from '../../../../src/lang/parse.js';
import { knownNumbers } from '../../../../src/model/arrays.js';
import { sectionsOn } from '../../../../src/model/compartment-tree.js';
import type { Compartments, DataStore, Id, Point, Section, Value } from '../../../../src/model/model.js';
import { isGiven } from '../../../../src/model/tagged.js';
import { compartmentAt, inOrder, stepsOf, withCuts } from './shape.js';

type Place = NonNullable<Section['parent']>;

/** A cell with some sections in pieces. */
export interface CutCell {
  readonly compartments: Compartments;
  /** Where a place of the cell is in its pieces. */
  readonly at: (section: Id, fraction: number) => Place;
}

/** Variables of a compartment that values read, besides the section's common ones. */
const local: ReadonlySet<string> = new Set(['distance', 'diameter', 'length', 'area', 'x', 'y', 'z']);

/** Variables of a compartment, known for its pieces, that equations may read. */
const alongSections: ReadonlySet<string> = new Set(['distance', 'length']);

/**
 * Returns the cell with sections in pieces if a mechanism's values differ within them. Without such a section the cell
 * is unchanged.
 *
 * @param followed mechanisms with values that the document itself writes as functions of the distance
 */
export function cutWhereValuesDiffer(compartments: Compartments, data: DataStore, followed: ReadonlySet<Id>): CutCell {
  const wanted = sectionsWithLocalValues(compartments, data, followed);
  const { sections } = compartments;
  const at = (section: Id, fraction: number): Place => {
    const own = sections[section];
    if (!own || !wanted.has(section)) return { section, fraction };
    const k = compartmentAt(fraction, own.divisions);
    return {
      section: pieceName(section, k, sections),
      fraction: Math.min(1, Math.max(0, fraction * own.divisions - k)),
    };
  };
  if (wanted.size === 0) return { compartments, at };
  const made: Record<Id, Section> = {};
  const pieces = new Map<Id, readonly Id[]>();
  for (const name of inOrder(sections)) {
    const section = sections[name];
    if (!section) continue;
    const parent = section.parent && at(section.parent.section, section.parent.fraction);
    const whole = { ...section, ...(parent ? { parent } : {}) };
    const own = wanted.has(name) ? piecesOf(name, whole, sections) : [[name, whole] as const];
    pieces.set(
      name,
      own.map(([id]) => id),
    );
    Object.assign(made, Object.fromEntries(own));
  }
  const groups = Object.fromEntries([
    ...Object.entries(compartments.groups).map(([id, own]) => [id, own.flatMap((one) => pieces.get(one) ?? [one])]),
    ...[...wanted].map((name) => [name, pieces.get(name) ?? []]),
  ]) as Compartments['groups'];
  return { compartments: { ...compartments, sections: made, groups }, at };
}

function sectionsWithLocalValues(
  compartments: Compartments,
  data: DataStore,
  followed: ReadonlySet<Id>,
): ReadonlySet<Id> {
  const found = new Set<Id>();
  const { sections, mechanisms } = compartments;
  const note = (value: Value, own: readonly Id[]): void => {
    const list = isGiven(value) ? knownNumbers(value.array, data) : undefined;
    const reads = typeof value === 'string' && [...namesIn(parseExpression(value))].some((name) => local.has(name));
    let begin = 0;
    for (const section of own) {
      const count = sections[section]?.divisions ?? 1;
      const here = list?.slice(begin, begin + count);
      if (count > 1 && (reads || here?.some((one) => !Object.is(one, here[0])))) found.add(section);
      begin += count;
    }
  };
  for (const [id, { on, parameters, values = {}, reads }] of Object.entries(mechanisms)) {
    if (!followed.has(id) && reads.some((name) => alongSections.has(name)))
      for (const section of sectionsOn(on, compartments))
        if ((sections[section]?.divisions ?? 1) > 1) found.add(section);
    for (const { value } of Object.values(parameters)) note(value, sectionsOn(on, compartments));
    for (const [place, given] of Object.entries(values))
      for (const value of Object.values(given)) note(value, compartments.groups[place] ?? [place]);
  }
  return found;
}

const pieceName = (section: Id, k: number, sections: Compartments['sections']): Id => {
  const name = `${section}_${k + 1}`;
  return Object.hasOwn(sections, name) ? pieceName(`${section}_`, k, sections) : name;
};

/** Returns a section for each compartment, each at the end of the one before. */
function piecesOf(name: Id, section: Section, sections: Compartments['sections']): readonly (readonly [Id, Section])[] {
  const { divisions, points, length, parent, ...rest } = section;
  const cuts = points && withCuts(points, divisions);
  return Array.from({ length: divisions }, (_, k) => {
    const above = k === 0 ? parent : { section: pieceName(name, k - 1, sections), fraction: 1 };
    const shape = cuts
      ? { points: between(cuts, k, divisions) }
      : length === undefined
        ? {}
        : { length: length / divisions };
    return [
      pieceName(name, k, sections),
      { ...rest, ...(above ? { parent: above } : {}), ...shape, divisions: 1 },
    ] as const;
  });
}

/** Returns the points of one of so many pieces of equal length. */
function between(points: readonly Point[], piece: number, pieces: number): readonly Point[] {
  const steps = stepsOf(points);
  const total = steps.reduce((sum, step) => sum + step, 0);
  const [low, high] = [(piece * total) / pieces, ((piece + 1) * total) / pieces];
  const slack = total * 1e-9;
  let position = 0;
  const found: Point[] = [];
  points.forEach((point, k) => {
    position += k === 0 ? 0 : (steps[k - 1] ?? 0);
    if (position >= low - slack && position <= high + slack) found.push(point);
  });
  return found;
}

/** How far from the root's beginning the middle of a section is, along the tree, and how long it is, in m. */
export function middleOf(name: Id, { sections }: Compartments): { readonly distance: number; readonly length: number } {
  const lengthOf = (id: Id): number => {
    const { points, length = 0 } = sections[id] ?? { divisions: 1 };
    return points ? stepsOf(points).reduce((sum, step) => sum + step, 0) : length;
  };
  let distance = lengthOf(name) / 2;
  for (let parent = sections[name]?.parent; parent; parent = sections[parent.section]?.parent)
    distance += parent.fraction * lengthOf(parent.section);
  return { distance, length: lengthOf(name) };
}
