/** Statements that solve for the voltages along cells, node after node. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Statement } from '../../ir/program.js';
import type { Block } from '../code/block.js';
import type { Real } from '../context/context.js';
import { to } from '../code/expressions.js';

/** The arrays of trees that the solver reads, and of the linear system. */
export interface System {
  /** Inverses of the diagonal after elimination of each node. */
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
  /** Index of the first cell's points without area, for each population; null if trees have no such points. */
  readonly points: Buffer | null;
  /** Nodes of a tree. */
  readonly size: number;
  /** Points without area of a tree. */
  readonly pointCount: number;
  readonly real: Real;
}

/** The cells that a kernel's item is about: neighbours of one population. */
export interface Cells {
  /** First entry of their population in `base`; null if there is one population. */
  readonly row: Ir | null;
  /** The cell, within `each`. */
  readonly cell: Ir;
  /** Statements for each of the cells. */
  each(body: readonly Statement[]): readonly Statement[];
}

/** Where the first cell of the population has the node at a place of the tree. */
export const nodeBase = ({ base }: System, { row }: Cells, place: Ir, label: string, block: Block): Ir =>
  block.name(label, ir.load(base, row === null ? place : ir.add(row, place)));

/** Solves for the voltages of cells: one node after another, for several cells in lockstep. */
export function solveInTurn(system: System, cells: Cells, block: Block): void {
  emptyPoints(system, cells, block);
  eliminate(system, cells, block);
  substitute(system, cells, block);
}

/** Clears the equations of points without area, before compartments add to them. */
export function emptyPoints(system: System, { row, cell, each }: Cells, block: Block, loop = ir.loop): void {
  const { diagonal, right, points, size, pointCount, real } = system;
  if (points === null) return;
  const zero = to(real, ir.f64(0));
  const k = block.local('point', 'u32');
  const first =
    row === null ? null : block.name('points', ir.mul(ir.binary('div', row, ir.u32(size)), ir.u32(pointCount)));
  const body = block.nested((inner) => {
    const pointBase = inner.name('own', ir.load(points, first === null ? ir.get(k) : ir.add(first, ir.get(k))));
    const place = ir.add(pointBase, cell);
    inner.emit(...each([ir.store(diagonal, place, zero), ir.store(right, place, zero)]));
  });
  block.emit(loop(k, ir.u32(0), ir.u32(pointCount), body));
}

/**
 * Eliminates from the leaves to the root: each node's equation then depends only on its own and its parent's voltage.
 */
function eliminate(system: System, cells: Cells, block: Block): void {
  const { diagonal, right, up, coupling, axial, size, real } = system;
  const { cell, each } = cells;
  if (size > 1) {
    const k = block.local('k', 'u32');
    const body = block.nested((inner) => {
      const place = inner.name('place', ir.sub(ir.u32(size - 1), ir.get(k)));
      const nodeOffset = nodeBase(system, cells, place, 'own', inner);
      const parent = nodeBase(system, cells, ir.load(up, place), 'parent', inner);
      const g = inner.name('g', ir.load(coupling, place));
      const all = inner.name('all', ir.load(axial, place));
      const here = ir.add(nodeOffset, cell);
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
      inner.emit(...each(ofCell));
    });
    block.emit(ir.loop(k, ir.u32(0), ir.u32(size - 1), body));
  }
  const root = ir.add(nodeBase(system, cells, ir.u32(0), 'root', block), cell);
  const whole = block.name('whole', ir.load(axial, ir.u32(0)));
  const solved = ir.div(ir.load(right, root), ir.add(ir.load(diagonal, root), whole));
  block.emit(...each([ir.store(right, root, solved)]));
}

/** From the root to the leaves: each node's voltage from its parent's. */
function substitute(system: System, cells: Cells, block: Block): void {
  if (system.size <= 1) return;
  const k = block.local('k', 'u32');
  const body = block.nested((inner) => substituteAt(system, cells, ir.get(k), inner));
  block.emit(ir.loop(k, ir.u32(1), ir.u32(system.size), body));
}

/** The voltage of the node at a place from its parent's. */
export function substituteAt(system: System, cells: Cells, place: Ir, block: Block): void {
  const { diagonal, right, up, coupling } = system;
  const { cell, each } = cells;
  const childOffset = nodeBase(system, cells, place, 'child', block);
  const parent = nodeBase(system, cells, ir.load(up, place), 'above', block);
  const g = block.name('conductance', ir.load(coupling, place));
  const here = ir.add(childOffset, cell);
  const there = ir.add(parent, cell);
  const sum = ir.add(ir.load(right, here), ir.mul(g, ir.load(right, there)));
  block.emit(...each([ir.store(right, here, ir.mul(sum, ir.load(diagonal, here)))]));
}
