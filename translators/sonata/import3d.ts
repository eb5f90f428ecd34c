/**
 * Shapes of cells in SWC as the sections that NEURON makes of them.
 *
 * @source NEURON 9.0, `share/lib/hoc/import3d/read_swc.hoc` (points to sections) and `import3d_gui.hoc` (instantiate)
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** A place with a diameter, in um. */
export type Point = readonly [x: number, y: number, z: number, diameter: number];

/** A section of a cell. */
export interface Section {
  /** Kind of its points: soma, axon, dend, apic, or dend_5 for type 5. */
  readonly kind: string;
  /** Number among the sections of its kind. */
  readonly index: number;
  /** The section that it grows from, and the fraction along it; absent: the root. */
  readonly parent?: { readonly section: Section; readonly fraction: number };
  /** Absent: a cylinder. */
  readonly points?: readonly Point[];
  /** In um. */
  readonly length: number;
  /** Mean along the section, in um. */
  readonly diameter: number;
}

/** A row of the file. `parent` is the position of another row, or -1. */
interface Row {
  readonly line: number;
  readonly id: number;
  readonly type: number;
  readonly point: Point;
  readonly parentId: number;
  parent: number;
}

/** A section while it is made. `first` is the position of its first row; points may begin with one of the parent. */
interface Draft {
  readonly first: number;
  readonly type: number;
  readonly points: Point[];
  /** Number of points at the beginning that only lead to the parent. */
  readonly wire: 0 | 1;
  parent?: Draft;
  fraction: number;
}

/** Adds a finding on a line, which counts from 1. */
type Report = (finding: Finding, line: number) => void;

const somaType = 1;

/**
 * Returns the sections of a file in NEURON's order: by type, then as in the file. Returns undefined after a report.
 */
export function importSections(text: string, report: Report): readonly Section[] | undefined {
  const rows = rowsOf(text, report);
  return rows && instantiated(draftsOf(rows));
}

// --- Points ---------------------------------------------------------------------------------------------------------
function rowsOf(text: string, report: Report): readonly Row[] | undefined {
  const rows: Row[] = [];
  let failed = false;
  const fail = (finding: Finding, line: number): void => {
    failed = true;
    report(finding, line);
  };
  for (const [k, content] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(content)) continue;
    const fields = content.trim().split(/\s+/, 7).map(Number);
    const [id = NaN, type = NaN] = fields;
    const parentId = fields[6] ?? NaN;
    // NEURON keeps coordinates and diameters in single precision.
    const [x = NaN, y = NaN, z = NaN, radius = NaN] = fields.slice(2, 6).map(Math.fround);
    const isPoint = [id, type, parentId].every(Number.isSafeInteger) && [x, y, z, radius].every(Number.isFinite);
    if (!isPoint || id < 0 || radius <= 0) fail(messages.notAPointOfShape(content.trim()), k + 1);
    else rows.push({ line: k + 1, id, type, point: [x, y, z, 2 * radius], parentId, parent: -1 });
  }
  rows.sort((a, b) => a.id - b.id);
  const position = new Map<number, number>();
  for (const [k, { id }] of rows.entries()) if (!position.has(id)) position.set(id, k);
  for (const [k, row] of rows.entries()) {
    if (position.get(row.id) !== k) fail(messages.pointTwice(row.id), row.line);
    const parent = position.get(row.parentId);
    if (row.parentId < 0 && k > 0) fail(messages.secondTree(rows[0]?.line ?? 1), row.line);
    else if (row.parentId >= 0 && (parent === undefined || row.parentId >= row.id))
      fail(messages.parentOfPoint(row.id, row.parentId), row.line);
    row.parent = parent ?? -1;
  }
  if (rows.length === 0 && !failed) fail(messages.noPointsOfShape(), 1);
  return failed ? undefined : rows;
}

// --- Sections -------------------------------------------------------------------------------------------------------
/** Facts about the rows of a file, by position. */
interface Branching {
  /** Whether a row is the last one of its section. */
  readonly isEnd: readonly boolean[];
  /** Whether a row grows from the first point of its parent's section. */
  readonly fromStart: readonly boolean[];
  /** Number of points of the soma that grow from a point of the soma. */
  readonly somata: readonly number[];
  /** Whether three points of the soma stand for a sphere, of which the first is the centre. */
  readonly isSphere: boolean;
}

function draftsOf(rows: readonly Row[]): readonly Draft[] {
  const branching = branchingOf(rows);
  const { isEnd, fromStart, isSphere } = branching;
  const drafts: Draft[] = [];
  const draftOf: Draft[] = [];
  let first = 0;
  for (let end = 1; end <= rows.length; end++) {
    if (end < rows.length && !isEnd[end - 1]) continue;
    const { type, parent } = itemAt(rows, first);
    const own = rows.slice(first, end).map(({ point }) => point);
    const above = draftOf[parent];
    const draft = above
      ? branch(rows, branching, first, end, above, drafts[0] === above)
      : { first, type, points: isSphere ? own.slice(0, 1) : own, wire: 0 as const, fraction: 1 };
    if (above && fromStart[first]) draft.fraction = 0;
    drafts.push(draft);
    for (let k = first; k < end; k++) draftOf[k] = draft;
    first = end;
  }
  return withoutEmpty(drafts);
}

/** Returns where sections end: at branches, at changes of the type, and before rows that do not follow their parent. */
function branchingOf(rows: readonly Row[]): Branching {
  const typeOf = (k: number): number | undefined => rows[k]?.type;
  const parents = rows.map(({ parent }) => parent);
  // A child that follows its parent in the file counts 1, another one or one of another type more.
  const children = rows.map(() => 0);
  const fromStart = rows.map(() => false);
  const somata = rows.map(() => 0);
  for (const [k, parent] of parents.entries()) {
    if (parent < 0) continue;
    children[parent]! += 1;
    if (parent !== k - 1) {
      children[parent]! += 0.01;
      const isStart = parent > 1 ? typeOf(itemAt(parents, parent)) === somaType : parent === 0;
      if (isStart && typeOf(parent) !== somaType) {
        fromStart[k] = true;
        children[parent] = 1;
      }
    }
    if (typeOf(parent) !== typeOf(k)) children[parent]! += 0.01;
    if (typeOf(parent) === somaType && typeOf(k) === somaType) somata[parent]! += 1;
  }
  const isSphere = isSphereOf(rows, children);
  if (isSphere) parents[2] = 1;
  for (let k = 0; k + 1 < rows.length; k++)
    if (typeOf(k) === somaType && typeOf(k + 1) === somaType && parents[k + 1] === k && (k === 0 || somata[k]! <= 1))
      children[k] = 1;
  return { isEnd: children.map((count) => Math.abs(count - 1) > 1e-11), fromStart, somata, isSphere };
}

/** Whether the soma is a cylinder of three points, as long as wide, by which NeuroMorpho.Org writes a sphere. */
function isSphereOf(rows: readonly Row[], children: readonly number[]): boolean {
  const [centre, ...ends] = rows.slice(0, 3);
  if (!centre || rows.filter(({ type }) => type === somaType).length !== 3) return false;
  if (children[1] !== 0 || children[2] !== 0) return false;
  const diameter = centre.point[3];
  if (!ends.every(({ parent, point }) => parent === 0 && point[3] === diameter)) return false;
  const length = ends.reduce((sum, { point }) => sum + distance(point, centre.point), 0);
  return Math.abs(length / diameter - 1) < 0.01;
}

/** Returns the section of rows that grows from another one. Its points begin with its parent's. */
function branch(
  rows: readonly Row[],
  { somata }: Branching,
  first: number,
  end: number,
  above: Draft,
  isOnRoot: boolean,
): Draft {
  const { type, parent } = itemAt(rows, first);
  const [isLong, isNeurite] = [end - first > 1, type !== somaType];
  const onSoma = above.type === somaType;
  const isShared = isNeurite && itemAt(somata, parent) > 1;
  let [fraction, wire]: [number, boolean] = [1, false];
  if (isOnRoot && onSoma && isNeurite && above.points.length === 1) [fraction, wire] = [0.5, isLong];
  else if (isOnRoot && parent === above.first) [fraction, wire] = [0, isShared];
  else if (onSoma && parent < above.first + above.points.length - (above.first === 0 ? 1 : 2))
    [fraction, wire] = [0.5, isNeurite && isLong];
  else if (onSoma) wire = isShared && isLong;
  const from = itemAt(rows, parent).point;
  const own = rows.slice(first, end).map(({ point }) => point);
  const start: Point = onSoma && isNeurite ? [from[0], from[1], from[2], itemAt(own, 0)[3]] : from;
  return { first, type, points: [start, ...own], wire: wire ? 1 : 0, parent: above, fraction };
}

/** Returns sections without those of two points at one place. Their children become children of their parents. */
function withoutEmpty(drafts: readonly Draft[]): readonly Draft[] {
  const isEmpty = ({ parent, points, wire }: Draft): boolean => {
    const [a, b] = points.slice(wire);
    return parent !== undefined && points.length - wire <= 2 && (!a || !b || distance(a, b) === 0);
  };
  const removed = drafts.filter(isEmpty);
  for (const gone of [...removed].reverse())
    for (const draft of drafts)
      if (draft.parent === gone) {
        if (gone.parent) draft.parent = gone.parent;
        draft.fraction = gone.fraction;
      }
  return drafts.filter((draft) => !removed.includes(draft));
}

const kinds: Readonly<Record<number, string>> = { 1: 'soma', 2: 'axon', 3: 'dend', 4: 'apic' };

function instantiated(drafts: readonly Draft[]): readonly Section[] {
  const counts = new Map<number, number>();
  const sections = new Map<Draft, Section>();
  for (const draft of drafts) {
    const { type, parent, fraction } = draft;
    const index = counts.get(type) ?? 0;
    counts.set(type, index + 1);
    const own = draft.points.slice(draft.wire);
    const points = own.length === 1 ? sphere(itemAt(own, 0)) : own;
    const above = parent && sections.get(parent);
    sections.set(draft, {
      kind: kinds[type] ?? (type < 0 ? `minus_${-type}` : `dend_${type}`),
      index,
      ...(above ? { parent: { section: above, fraction } } : {}),
      points: spaced(points),
      ...sizesOf(points),
    });
  }
  const order = [...sections].map(([{ type }, section]) => ({ type, section }));
  return order.sort((a, b) => a.type - b.type).map(({ section }) => section);
}

/**
 * Returns points whose differences are those that NEURON computes, in single precision: they are within 1e-4 um of the
 * given ones. Points at the place of the one before are left out, unless their diameters differ.
 */
function spaced(points: readonly Point[]): readonly Point[] {
  let [x, y, z] = itemAt(points, 0);
  const found = points.map((point, k): Point => {
    const [before0, before1, before2] = points[k - 1] ?? point;
    x += Math.fround(point[0] - before0);
    y += Math.fround(point[1] - before1);
    z += Math.fround(point[2] - before2);
    return [x, y, z, point[3]];
  });
  return found.filter((point, k) => k === 0 || point.some((value, axis) => value !== found[k - 1]?.[axis]));
}

/** Returns a cylinder that is as long as it is wide. */
const sphere = ([x, y, z, diameter]: Point): readonly Point[] => [
  [Math.fround(x - diameter / 2), y, z, diameter],
  [x, y, z, diameter],
  [Math.fround(x + diameter / 2), y, z, diameter],
];

/** Returns the length of a row of points, and the mean of their diameters along it. */
export function sizesOf(points: readonly Point[]): { readonly length: number; readonly diameter: number } {
  let [length, sum] = [0, 0];
  for (const [k, point] of points.entries()) {
    const before = points[k - 1];
    if (!before) continue;
    const step = distance(before, point);
    length += step;
    sum += (step * (before[3] + point[3])) / 2;
  }
  return { length, diameter: length > 0 ? sum / length : (points[0]?.[3] ?? 0) };
}

/**
 * Returns the distance of two points, with differences of coordinates in single precision as in NEURON. Square roots
 * have the same bits everywhere, `Math.hypot` has not.
 */
function distance(a: Point, b: Point): number {
  const [x, y, z] = [Math.fround(a[0] - b[0]), Math.fround(a[1] - b[1]), Math.fround(a[2] - b[2])];
  return Math.sqrt(x * x + y * y + z * z);
}
