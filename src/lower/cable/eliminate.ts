/** Statements that solve for the voltages along cells, node after node. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
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
  /** Writes statements for each of the cells. */
  each(block: Block, write: (lane: Block) => void): void;
}

/** Where the first cell of the population has the node at a place of the tree. */
export const nodeBase = ({ base }: System, { row }: Cells, place: Ir, label: string, block: Block): Ir =>
  block.name(label, ir.load(base, row === null ? place : code`${row} + ${place}`));

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
  const first = row === null ? null : block.name('points', code`${row} / ${size}u * ${pointCount}u`);
  const body = block.nested((inner) => {
    const own = inner.name('own', ir.load(points, first === null ? ir.get(k) : code`${first} + ${k}`));
    const place = code`${own} + ${cell}`;
    each(
      inner,
      (lane) => lane.write`
        ${diagonal}[${place}] = ${zero}
        ${right}[${place}] = ${zero}`,
    );
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
    block.write`
      for k = 0u until ${size - 1}u {
        let place = ${size - 1}u - k
        ${(at, inner) => {
          const own = nodeBase(system, cells, at('place'), 'own', inner);
          const parent = nodeBase(system, cells, ir.load(up, at('place')), 'parent', inner);
          return { here: code`${own} + ${cell}`, there: code`${parent} + ${cell}` };
        }}
        let g = ${coupling}[place]
        let all = ${axial}[place]
        ${(at, inner) => {
          const [here, there, g] = [at('here'), at('there'), at('g')];
          each(
            inner,
            (lane) => lane.write`
              let inverse = ${to(real, ir.f64(1))} / (${diagonal}[${here}] + ${at('all')})
              let factor = ${g} * inverse
              ${diagonal}[${here}] = inverse
              ${diagonal}[${there}] = ${diagonal}[${there}] - factor * ${g}
              ${right}[${there}] = ${right}[${there}] + factor * ${right}[${here}]`,
          );
        }}
      }`;
  }
  const root = code`${nodeBase(system, cells, ir.u32(0), 'root', block)} + ${cell}`;
  const whole = block.name('whole', ir.load(axial, ir.u32(0)));
  each(block, (lane) => lane.write`${right}[${root}] = ${right}[${root}] / (${diagonal}[${root}] + ${whole})`);
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
  const here = code`${childOffset} + ${cell}`;
  const there = code`${parent} + ${cell}`;
  const sum = code`${right}[${here}] + ${g} * ${right}[${there}]`;
  each(block, (lane) => lane.write`${right}[${here}] = (${sum}) * ${diagonal}[${here}]`);
}
