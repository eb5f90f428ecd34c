/**
 * Morphologies in SWC, as Brian reads them. Points of one type in a row are a section. A single point of the soma, or
 * three of them in the form of NeuroMorpho.org, is a sphere.
 *
 * @source Brian 2.9, `Morphology.from_swc_file`; http://neuromorpho.org/SomaFormat.html
 */

import { jumpAmong } from '../../../src/model/plausible-shape.js';
import type { Point, SectionShape } from './morphology.js';

/** An error in a file. */
interface Wrong {
  readonly wrong: string;
  readonly expected: string;
  readonly found: string;
}

interface Node {
  readonly line: number;
  readonly name: string;
  readonly point: Point;
  readonly diameter: number;
  readonly parent: Node | null;
  readonly children: Node[];
}

const types: Readonly<Record<string, string>> = { 1: 'soma', 2: 'axon', 3: 'dend', 4: 'apic' };
const metres = (micrometres: number): number => micrometres / 1e6;

/** Checks whether the result of reading is an error. */
export const isWrong = (read: object): read is Wrong => 'wrong' in read;

/** Contents of a file. */
interface Read {
  readonly sections: readonly SectionShape[];
  /** A point much farther from its parent, in m, than other points are. */
  readonly jump?: { readonly line: number; readonly metres: number };
}

/** Returns the sections of a file, or its error. */
export function readSwc(text: string): Read | Wrong {
  const nodes = readNodes(text);
  if (isWrong(nodes)) return nodes;
  const [root] = nodes;
  if (!root) return { wrong: 'it has no points', expected: 'lines of index, type, x, y, z, radius, parent', found: '' };
  const soma = threePointSoma(root);
  if (soma && isWrong(soma)) return soma;
  const sections = sectionsOf(root, soma ?? []);
  if (isWrong(sections)) return sections;
  const steps = nodes.slice(1).map(({ point, parent }) => norm(minus(point, (parent ?? root).point)));
  const jump = jumpAmong(steps);
  return {
    sections,
    ...(jump === null ? {} : { jump: { line: nodes[jump + 1]?.line ?? 0, metres: steps[jump] ?? 0 } }),
  };
}

function readNodes(text: string): readonly Node[] | Wrong {
  const known = new Map<string, Node>();
  for (const [k, written] of text.split(/\r\n|\r|\n/).entries()) {
    const line = written.replace(/#.*/, '').trim();
    if (line === '') continue;
    const at = `line ${k + 1}`;
    const parts = line.split(/[\s,]+/);
    const [index = '', type = '', ...rest] = parts;
    const [x = 0, y = 0, z = 0, radius = 0] = rest.map(Number);
    const parent = rest[4] ?? '';
    const format = { expected: 'index, type, x, y, z, radius, parent', found: line };
    if (parts.length !== 7 || ![x, y, z, radius].every(Number.isFinite) || ![index, parent].every(isWhole))
      return { wrong: `${at} has not the form of a point`, ...format };
    if (!(radius > 0)) return { wrong: `${at} has a radius of ${radius}`, expected: 'more than zero', found: line };
    if (known.has(index)) return { wrong: `${at} repeats the index ${index}`, expected: 'another index', found: index };
    const above = known.get(parent);
    if (known.size === 0 ? parent !== '-1' : !above)
      return {
        wrong: known.size === 0 ? 'the first point has a parent' : `${at} comes before its parent, or has none`,
        expected: known.size === 0 ? '-1' : 'the index of a point before it',
        found: parent,
      };
    const node: Node = {
      line: k + 1,
      name: types[type] ?? 'section',
      point: [metres(x), metres(y), metres(z)],
      diameter: metres(2 * radius),
      parent: above ?? null,
      children: [],
    };
    above?.children.push(node);
    known.set(index, node);
  }
  return [...known.values()];
}

const isWhole = (text: string): boolean => /^-?\d+$/.test(text);

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const norm = ([x, y, z]: Point): number => Math.sqrt(x * x + y * y + z * z);

/**
 * Returns the two points of a soma on either side of its centre, which only mark a sphere, or null without such points.
 */
function threePointSoma(root: Node): readonly Node[] | Wrong | null {
  const ends = root.children.filter(({ name }) => name === 'soma');
  if (root.name !== 'soma' || ends.length !== 2 || ends.some(({ children }) => children.length > 0)) return null;
  const expected = 'three points of one radius, two of them one radius away from the first';
  const lines = `lines ${[root, ...ends].map(({ line }) => line).join(', ')}`;
  if (ends.some(({ diameter }) => Math.abs(diameter - root.diameter) > 1e-15))
    return { wrong: `the points of the soma (${lines}) have several radii`, expected, found: lines };
  const off = ends.map(({ point }) => Math.abs(norm(minus(point, root.point)) - root.diameter / 2));
  return off.some((distance) => distance > 1e-7)
    ? { wrong: `the points of the soma (${lines}) are not one radius apart`, expected, found: lines }
    : ends;
}

/** Points in a row of one type, up to the next branch or type. */
function sectionsOf(root: Node, left: readonly Node[]): readonly SectionShape[] | Wrong {
  const shapes: SectionShape[] = [];
  const names = new Map<string, number>();
  const open: { readonly node: Node; readonly parent: number | null }[] = [{ node: root, parent: null }];
  const childrenOf = ({ children }: Node): readonly Node[] => children.filter((child) => !left.includes(child));
  for (let next = open.pop(); next; next = open.pop()) {
    const run = [next.node];
    for (;;) {
      const last = run[run.length - 1] as Node;
      const [only, ...others] = childrenOf(last);
      if (!only || others.length > 0 || only.name !== last.name) break;
      run.push(only);
    }
    const { name } = next.node;
    const seen = (names.get(name) ?? 0) + 1;
    names.set(name, seen);
    const shape = shapeOf(run, seen === 1 ? name : `${name}_${seen}`, next.parent);
    if (isWrong(shape)) return shape;
    const ordinal = shapes.push(shape) - 1;
    const ends = childrenOf(run[run.length - 1] as Node);
    for (const node of [...ends].reverse()) open.push({ node, parent: ordinal });
  }
  return shapes;
}

function shapeOf(run: readonly Node[], name: string, parent: number | null): SectionShape | Wrong {
  const [first] = run as [Node];
  const sphere = run.length === 1 && first.name === 'soma';
  if (sphere) {
    const { point, diameter, parent: above } = first;
    const centre = above ? minus(point, above.point) : point;
    return { name, parent, sphere, diameters: [diameter], lengths: [diameter], points: [centre] };
  }
  // A section begins at the last point of its parent. On a soma, which has its own diameter, it begins with the
  // diameter of its first point.
  const above = first.parent;
  const points = above ? [above, ...run] : run;
  if (points.length < 2)
    return { wrong: `line ${first.line} is a section of one point`, expected: 'two points, or a soma', found: name };
  const start = above?.name === 'soma' ? first.diameter : (points[0] as Node).diameter;
  const origin = above ? above.point : ([0, 0, 0] as const);
  const relative = points.map(({ point }) => minus(point, origin));
  const lengths = relative.slice(1).map((point, k) => norm(minus(point, relative[k] as Point)));
  const flat = lengths.findIndex((length) => !(length > 0));
  if (flat >= 0)
    return {
      wrong: `line ${points[flat + 1]?.line ?? 0} is where its parent is`,
      expected: 'distinct points',
      found: name,
    };
  const diameters = [start, ...points.slice(1).map(({ diameter }) => diameter)];
  return { name, parent, sphere: false, diameters, lengths, points: relative };
}
