/**
 * The kernel that solves for the voltages along cells. The matrix of a tree has one entry off the diagonal for each
 * node but the root, so elimination from the leaves to the root and substitution back take two operations a node.
 *
 * The order of elimination is data, the same on every target. Cells go in blocks, whose rounds are independent of each
 * other; a block has one cell of each population that is smaller.
 *
 * @source Hines (1984), Efficient computation of branched nerve equations, Int. J. Biomed. Comput. 15:69-76
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Local, Statement } from '../../ir/program.js';
import { Block, item } from '../block.js';
import type { Context, Real } from '../context.js';
import { to } from '../expressions.js';
import type { Group, Member } from '../groups.js';
import type { Cable, CompartmentClass } from './cable.js';
import { cableBuffers, roomOf } from './integrate-compartments.js';

/** Cells of one block. */
const blockSize = 8;

/** A class with its group, and where its elements begin in the arrays of the cable. */
export type PlacedClass = CompartmentClass & { readonly group: Group; readonly offset: number };

/** Cells of one population that are solved for together, block by block. */
interface CellBlocks {
  /** Where the nodes of the block's population begin in the list of all. */
  readonly rows: Uint32Array;
  readonly firsts: Uint32Array;
  /** Cells after the last ones. */
  readonly ends: Uint32Array;
}

/** Where the nodes of the cells of a cable are. */
interface NodePlaces {
  /** Where the first cell of each population has each node, in the order of the tree. */
  readonly bases: Uint32Array;
  /** The same of the points without area, which have no compartment. */
  readonly points: readonly number[];
  readonly blocks: CellBlocks;
}

/** What the solver reads of trees, and what it solves. */
interface System {
  /** Inverses of what is left of the diagonal, once a node was eliminated. */
  readonly diagonal: Buffer;
  /** Right sides, then voltages. */
  readonly right: Buffer;
  /** Where the first cell of each population has each node. */
  readonly base: Buffer;
  /** Place of the parent of each node in the order of the tree. */
  readonly up: Buffer;
  /** Conductance of each node to its parent (S). */
  readonly coupling: Buffer;
  /** Conductance of each node to all its neighbours (S). */
  readonly axial: Buffer;
  /** Where the first cell of each population has its points without area; null where trees have none. */
  readonly points: Buffer | null;
  /** Nodes of a tree. */
  readonly size: number;
  /** Nodes of a tree that are compartments. */
  readonly compartments: number;
  readonly real: Real;
}

/** The cells that a round is about. */
interface Cells {
  /** First entry of their population in `base`. */
  readonly row: Ir;
  /** The cell, within a loop over them. */
  readonly cell: Ir;
  /** Counts nodes in a loop over the tree. */
  readonly k: Local;
  /** Runs statements for each of the cells. */
  each(body: readonly Statement[]): Statement;
}

/** Adds the kernel that makes voltages of the right sides of a cable. @returns its name */
export function solveKernel(cable: Cable, classes: readonly PlacedClass[], context: Context): string {
  const { builder, real } = context;
  const { tree, name } = cable;
  const { size } = tree;
  const { bases, points, blocks } = nodePlaces(cable, classes);
  const table = (what: string, comment: string, values: ArrayLike<number>): Buffer =>
    builder.buffer(`${name}.${what}`, 'u32', values.length, comment, {
      role: 'constant',
      initial: Uint32Array.from(values),
    });
  const numbers = (what: string, comment: string, values: Float64Array): Buffer =>
    builder.buffer(`${name}.${what}`, real, values.length, comment, {
      role: 'constant',
      initial: real === 'f64' ? values : Float32Array.from(values),
    });
  const base = table('nodes', `where the first cell of each population of ${name} has each node`, bases);
  const up = table('parents', `place of the parent of each node of ${name}`, tree.up);
  const coupling = numbers('coupling', `conductance of each node of ${name} to its parent (S)`, tree.coupling);
  const axial = numbers('axial', `conductance of each node of ${name} to all its neighbours (S)`, tree.axial);
  const rows = table('block_rows', `first entry of each block's population in ${name}.nodes`, blocks.rows);
  const firsts = table('block_begins', `first cell of each block of ${name}`, blocks.firsts);
  const ends = table('block_ends', `cell after the last of each block of ${name}`, blocks.ends);
  const system: System = {
    ...cableBuffers(cable, context),
    ...{ base, up, coupling, axial, size, real },
    points:
      points.length > 0
        ? table('points', `where the first cell of each population of ${name} has points without area`, points)
        : null,
    compartments: tree.compartments.length,
  };

  const block = new Block();
  const row = block.name('row', ir.load(rows, item));
  const from = block.name('first', ir.load(firsts, item));
  const end = block.name('end', ir.load(ends, item));
  const cell = block.local('cell', 'u32');
  const k = block.local('k', 'u32');
  const cells: Cells = {
    row,
    cell: ir.get(cell),
    k,
    each: (body) => ({ kind: 'for', local: cell.name, from, to: end, body, lanes: true }),
  };
  emptyPoints(system, cells, block);
  eliminate(system, cells, block);
  substitute(system, cells, block);
  return builder.map(
    `${name}.solve`,
    `voltages along the cells of ${name}`,
    { kind: 'count', count: blocks.rows.length },
    false,
    block,
  );
}

function nodePlaces(cable: Cable, classes: readonly PlacedClass[]): NodePlaces {
  const { tree, populations } = cable;
  const { size } = tree;
  const bases = new Uint32Array(populations.length * size);
  const count = populations.reduce((sum, population) => sum + Math.ceil(population.size / blockSize), 0);
  const blocks = { rows: new Uint32Array(count), firsts: new Uint32Array(count), ends: new Uint32Array(count) };
  let block = 0;
  const points: number[] = [];
  let point = roomOf(cable).compartments;
  populations.forEach((population, p) => {
    const byNode = new Uint32Array(size);
    for (const { type, group, compartments, offset } of classes) {
      const ordinal = cable.classes.findIndex((one) => one.type === type);
      const { begin } = memberOf(group, population.members[ordinal] ?? '');
      compartments.forEach((node, k) => (byNode[node] = offset + begin + k * population.size));
    }
    for (let node = tree.compartments.length; node < size; node++) {
      byNode[node] = point;
      points.push(point);
      point += population.size;
    }
    tree.order.forEach((node, place) => (bases[p * size + place] = byNode[node] ?? 0));
    for (let first = 0; first < population.size; first += blockSize, block++) {
      blocks.rows[block] = p * size;
      blocks.firsts[block] = first;
      blocks.ends[block] = Math.min(population.size, first + blockSize);
    }
  });
  return { bases, points, blocks };
}

function memberOf(group: Group, name: string): Member {
  const member = group.members.find((one) => one.name === name);
  invariant(member, 'lower/cable', `${group.name} has no population ${name}`);
  return member;
}

/** Where the first cell of the block's population has the node at a place of the tree. */
const nodeBase = ({ base }: System, { row }: Cells, place: Ir, label: string, block: Block): Ir =>
  block.name(label, ir.load(base, ir.add(row, place)));

/** Empties the equations of points without area, to which compartments add. */
function emptyPoints(system: System, { row, cell, k, each }: Cells, block: Block): void {
  const { diagonal, right, points, size, compartments, real } = system;
  if (points === null) return;
  const zero = to(real, ir.f64(0));
  const count = size - compartments;
  const first = block.name('points', ir.mul(ir.binary('div', row, ir.u32(size)), ir.u32(count)));
  const body = block.nested((inner) => {
    const own = inner.name('own', ir.load(points, ir.add(first, ir.get(k))));
    const place = ir.add(own, cell);
    inner.emit(each([ir.store(diagonal, place, zero), ir.store(right, place, zero)]));
  });
  block.emit(ir.loop(k, ir.u32(0), ir.u32(count), body));
}

/** From the leaves to the root: what is left of each node's equation is its own and its parent's voltage. */
function eliminate(system: System, cells: Cells, block: Block): void {
  const { diagonal, right, up, coupling, axial, size, real } = system;
  const { cell, k, each } = cells;
  if (size > 1) {
    const body = block.nested((inner) => {
      const place = inner.name('place', ir.sub(ir.u32(size - 1), ir.get(k)));
      const own = nodeBase(system, cells, place, 'own', inner);
      const parent = nodeBase(system, cells, ir.load(up, place), 'parent', inner);
      const g = inner.name('g', ir.load(coupling, place));
      const all = inner.name('all', ir.load(axial, place));
      const here = ir.add(own, cell);
      const there = ir.add(parent, cell);
      const ofCell = inner.nested((lane) => {
        const inverse = lane.name('inverse', ir.div(to(real, ir.f64(1)), ir.add(ir.load(diagonal, here), all)));
        const factor = lane.name('factor', ir.mul(g, inverse));
        lane.emit(
          ir.store(diagonal, here, inverse),
          ir.store(diagonal, there, ir.sub(ir.load(diagonal, there), ir.mul(factor, g))),
          ir.store(right, there, ir.add(ir.load(right, there), ir.mul(factor, ir.load(right, here)))),
        );
      });
      inner.emit(each(ofCell));
    });
    block.emit(ir.loop(k, ir.u32(0), ir.u32(size - 1), body));
  }
  const root = ir.add(nodeBase(system, cells, ir.u32(0), 'root', block), cell);
  const whole = block.name('whole', ir.load(axial, ir.u32(0)));
  const solved = ir.div(ir.load(right, root), ir.add(ir.load(diagonal, root), whole));
  block.emit(each([ir.store(right, root, solved)]));
}

/** From the root to the leaves: each node's voltage from its parent's. */
function substitute(system: System, cells: Cells, block: Block): void {
  const { diagonal, right, up, coupling, size } = system;
  const { cell, k, each } = cells;
  if (size <= 1) return;
  const body = block.nested((inner) => {
    const own = nodeBase(system, cells, ir.get(k), 'child', inner);
    const parent = nodeBase(system, cells, ir.load(up, ir.get(k)), 'above', inner);
    const g = inner.name('conductance', ir.load(coupling, ir.get(k)));
    const here = ir.add(own, cell);
    const there = ir.add(parent, cell);
    const sum = ir.add(ir.load(right, here), ir.mul(g, ir.load(right, there)));
    inner.emit(each([ir.store(right, here, ir.mul(sum, ir.load(diagonal, here)))]));
  });
  block.emit(ir.loop(k, ir.u32(1), ir.u32(size), body));
}
