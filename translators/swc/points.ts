/**
 * Points of a file in SWC, as a tree.
 *
 * @source Cannon et al. (1998), An on-line archive of reconstructed hippocampal neurons, J. Neurosci. Methods 84:49-54;
 *   https://swc-specification.readthedocs.io
 */

import { itemAt } from '../../src/diagnostics/entry.js';
import type { Finding } from '../../src/diagnostics/diagnostic.js';
import * as messages from './messages.js';

/** Adds a finding on a line, which counts from 1. */
export type Report = (finding: Finding, line: number) => void;

/** A point; lengths are in um. */
export interface Point {
  readonly line: number;
  readonly index: number;
  readonly type: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  radius: number;
  parent: Point | null;
  children: Point[];
  /** Radius at which the point's segment begins; absent: the radius of its parent. */
  start?: number;
}

/** The largest number of points: more take too long as segments with names. */
const mostPoints = 100_000;

/** Type of points of the soma. */
export const somaType = 1;

/**
 * Reads points, and repairs radii of zero and points at the place of their parents.
 *
 * @returns the root, or null after an error
 * @diagnostic swc/*
 */
export function readPoints(text: string, report: Report): Point | null {
  const points = new Map<number, Point>();
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const parents: number[] = [];
  let failed = false;
  let hasMore = false;
  const fail = (finding: Finding, line: number): void => {
    failed = true;
    report(finding, line);
  };
  for (const [k, written] of lines.entries()) {
    const content = written.trim();
    if (content === '' || content.startsWith('#')) continue;
    const line = k + 1;
    const fields = content.split(/[\s,]+/, 8);
    const [index = NaN, type = NaN, x = NaN, y = NaN, z = NaN, radius = NaN, parent = NaN] = fields.map(Number);
    const wrong = mistakeIn(fields.length, [index, type, parent], [x, y, z, radius]);
    if (wrong !== null) {
      fail(messages.notAPoint(content, wrong), line);
      continue;
    }
    if (fields.length > 7 && fields[7]?.startsWith('#') === false && !hasMore) {
      hasMore = true;
      report(messages.moreColumns(content.split(/[\s,]+/).length), line);
    }
    const known = points.get(index);
    if (known) {
      if ((lines[known.line - 1] ?? '').trim() === content) report(messages.lineAgain(known.line), line);
      else fail(messages.indexAgain(index, known.line), line);
      continue;
    }
    if (points.size === mostPoints) {
      report(messages.tooMany(mostPoints), line);
      return null;
    }
    points.set(index, { line, index, type, x, y, z, radius, parent: null, children: [] });
    parents.push(parent);
  }
  const all = [...points.values()];
  if (all.length === 0 && !failed) fail(messages.noPoints(), 1);
  let root: Point | null = null;
  const loose: Point[] = [];
  for (const [k, point] of all.entries()) {
    const above = parents[k] ?? -1;
    const parent = points.get(above);
    if (parent) {
      point.parent = parent;
      parent.children.push(point);
    } else if (above !== -1) fail(messages.noParent(above), point.line);
    else if (root) loose.push(point);
    else root = point;
  }
  if (root && loose[0]) {
    // NEURON ties such a tree to the middle of the soma by a connection without length. To a tree of another type it
    // adds a cable along the gap.
    if (root.type === somaType && loose.every(({ type }) => type !== somaType)) {
      report(messages.looseTrees(linesOf(loose), root.line), loose[0].line);
      for (const point of loose) {
        point.parent = root;
        root.children.push(point);
      }
    } else fail(messages.severalTrees(linesOf([root, ...loose])), loose[0].line);
  }
  if (failed) return null;
  const order = root ? inOrder(root) : [];
  if (!root || order.length < all.length) {
    const reached = new Set(order);
    report(messages.loop(), all.find((point) => !reached.has(point))?.line ?? 1);
    return null;
  }
  if (!repairRadii(order, report)) return null;
  repairPlaces(order, report);
  return root;
}

const linesOf = (points: readonly Point[]): readonly number[] => points.map(({ line }) => line);

/** Returns the mistake in the fields of a line, or null. */
function mistakeIn(count: number, whole: readonly number[], real: readonly number[]): string | null {
  if (count < 7) return `a point has 7 columns, not ${count}`;
  if (!whole.every(Number.isSafeInteger)) return 'the index, the type and the parent of a point are whole numbers';
  if (!real.every(Number.isFinite)) return 'the coordinates and the radius of a point are numbers';
  if ((real[3] ?? 0) < 0) return 'a radius is not negative';
  return (whole[1] ?? 0) < 0 ? 'a type is not negative' : null;
}

/** Returns a point and all that grow from it: each before its children, which keep the order of the file. */
export function inOrder(root: Point): readonly Point[] {
  const order: Point[] = [];
  const open = [root];
  for (let point = open.pop(); point; point = open.pop()) {
    order.push(point);
    for (let k = point.children.length - 1; k >= 0; k -= 1) open.push(itemAt(point.children, k));
  }
  return order;
}

/** Gives points without a radius that of the nearest ancestor, or of the first point that has one. */
function repairRadii(order: readonly Point[], report: Report): boolean {
  const first = order.find(({ radius }) => radius > 0);
  if (!first) {
    report(messages.noRadius(), order[0]?.line ?? 1);
    return false;
  }
  for (const point of order) {
    if (point.radius > 0) continue;
    const from = point.parent ?? first;
    report(messages.zeroRadius(from.radius, from.line), point.line);
    point.radius = from.radius;
  }
  return true;
}

/** Leaves out points at the place of their parents, but for the first points of branches on a soma. */
function repairPlaces(order: readonly Point[], report: Report): void {
  const kept = new Map<Point, Point>();
  for (const point of order) {
    point.children = [];
    const { parent } = point;
    const above = parent && (kept.get(parent) ?? parent);
    if (!parent || !above) continue;
    if (isAt(point, above) && (above.type !== somaType || point.type === somaType)) {
      report(messages.samePlace(above.line), point.line);
      kept.set(point, above);
      continue;
    }
    point.parent = above;
    above.children.push(point);
    if (parent.radius !== above.radius) point.start = parent.radius;
  }
}

const isAt = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y && a.z === b.z;
