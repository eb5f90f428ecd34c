/**
 * Shapes of cells as SWC: points with a type, coordinates and radius in micrometres, and the point before.
 *
 * @source Cannon et al. (1998), An on-line archive of reconstructed hippocampal neurons, J. Neurosci. Methods 84:49-54
 */

import { UsageError } from '../../src/diagnostics/diagnostic.js';
import type { Compartments, Point, Section, ValidModel } from '../../src/model/model.js';

/**
 * Returns the shapes of all types of cells that have one, each as a separate tree. @throws UsageError if no type has a
 * shape
 */
export function describeInSwc({ model }: ValidModel): string {
  const lines: string[] = [];
  for (const [name, { compartments }] of Object.entries(model.neurons))
    if (compartments)
      lines.push(`# ${name}`, ...treeLines(compartments, lines.filter((line) => !line.startsWith('#')).length));
  if (lines.length === 0) throw noShapes(model);
  return textOf(lines);
}

/** Returns the shape of each type of cells that has one, by its name. @throws UsageError if no type has a shape */
export function shapesInSwc({ model }: ValidModel): ReadonlyMap<string, string> {
  const shapes = Object.entries(model.neurons).flatMap(([name, { compartments }]) =>
    compartments ? [[name, textOf([`# ${name}`, ...treeLines(compartments, 0)])] as const] : [],
  );
  if (shapes.length === 0) throw noShapes(model);
  return new Map(shapes);
}

const textOf = (lines: readonly string[]): string => `${['# index type x y z radius parent', ...lines].join('\n')}\n`;

const noShapes = ({ neurons }: ValidModel['model']): UsageError =>
  new UsageError(
    'the model has no cells with sections',
    Object.values(neurons).some(({ cable }) => cable)
      ? 'its cells are cables with equations: convert it to NeuroML, whose cells have sections, and that to SWC'
      : 'SWC holds shapes of cells: use a model whose neuron types have `compartments`',
  );

/**
 * Returns the points of a cell, parents first, with comments on properties that points cannot express.
 *
 * @param first  points before it in the file
 */
function treeLines(compartments: Compartments, first: number): readonly string[] {
  const { sections } = compartments;
  const lines: string[] = [];
  let count = first;
  const paths = new Map<string, readonly { readonly point: Point; readonly index: number }[]>();
  const write = (type: number, point: Point, parent: number): number => {
    const [x, y, z, diameter] = point;
    count += 1;
    lines.push([count, type, ...[x, y, z, diameter / 2].map(micrometres), parent].join(' '));
    return count;
  };
  for (const name of parentsFirst(sections)) {
    const section = sections[name] as Section;
    const type = typeOf(name, compartments);
    const above = section.parent && paths.get(section.parent.section);
    const at = section.parent && above && nearest(above, section.parent.fraction);
    const [start, ...rest] = pointsOf(section, name, at?.point);
    const shared = at && samePlace(at.point, start) ? at : null;
    const read =
      shared && widthRead(shared.point, section.parent && typeOf(section.parent.section, compartments), rest);
    if (read !== null && micrometres(read) !== micrometres(start[3]))
      lines.push(
        `# ${name} begins ${micrometres(start[3])} um wide; a point has one radius: it reads as ${micrometres(read)} um`,
      );
    const begins = shared ? shared.index : write(type, start, at?.index ?? -1);
    const path = [{ point: start, index: begins }];
    for (const point of rest) path.push({ point, index: write(type, point, path[path.length - 1]?.index ?? -1) });
    paths.set(name, path);
  }
  return lines;
}

/**
 * Returns the diameter in m that readers give to the start of a section at a point of its parent. It is the diameter of
 * that point or, on a soma, of the section's first point.
 */
const widthRead = (at: Point, parentType: number | undefined, [first]: readonly Point[]): number =>
  parentType === somaType ? (first ?? at)[3] : at[3];

/**
 * Rounds coordinates to the digits that they have in documents, without the extra digits of a division by a million.
 */
const micrometres = (metres: number): number => Number((metres * 1e6).toPrecision(12));

const samePlace = (a: Point, b: Point): boolean =>
  [0, 1, 2].every((k) => micrometres(a[k] ?? 0) === micrometres(b[k] ?? 0));

function parentsFirst(sections: Compartments['sections']): readonly string[] {
  const names: string[] = [];
  const children = new Map<string | undefined, string[]>();
  for (const [name, { parent }] of Object.entries(sections)) {
    const known = children.get(parent?.section);
    if (known) known.push(name);
    else children.set(parent?.section, [name]);
  }
  const open = [...(children.get(undefined) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    names.push(name);
    open.push(...(children.get(name) ?? []).reverse());
  }
  return names;
}

/** Returns the points of a section; without any, a line along x from its point on the parent. */
function pointsOf(section: Section, name: string, from: Point = [0, 0, 0, 0]): readonly [Point, ...Point[]] {
  const { points, length, diameter } = section;
  if (points) {
    const [first, ...rest] = points;
    if (first && rest.length > 0) return [first, ...rest];
  }
  if (length === undefined || diameter === undefined)
    throw new UsageError(`the section ${name} has no shape`, 'SWC needs points, or a length and a diameter');
  const [x, y, z] = from;
  return [
    [x, y, z, diameter],
    [x + length, y, z, diameter],
  ];
}

/** Returns the point of a path that is nearest to a fraction of it. */
function nearest<T extends { readonly point: Point }>(path: readonly T[], fraction: number): T | undefined {
  const along = [0];
  path.slice(1).forEach(({ point }, k) => {
    const before = path[k]?.point ?? point;
    along.push((along[k] ?? 0) + Math.hypot(point[0] - before[0], point[1] - before[1], point[2] - before[2]));
  });
  const wanted = fraction * (along[along.length - 1] ?? 0);
  const distances = along.map((length) => Math.abs(length - wanted));
  return path[distances.indexOf(Math.min(...distances))];
}

const somaType = 1;

/** Types of points by patterns in the names of sections and of their groups; others are dendrites. */
const types: readonly (readonly [RegExp, number])[] = [
  [/soma/i, somaType],
  [/axon/i, 2],
  [/apic/i, 4],
];

function typeOf(section: string, { groups }: Compartments): number {
  const holding = Object.entries(groups).flatMap(([group, members]) => (members.includes(section) ? [group] : []));
  const named = (names: readonly string[]): number | undefined =>
    types.find(([words]) => names.some((name) => words.test(name)))?.[1];
  return named([section]) ?? named(holding) ?? 3;
}
