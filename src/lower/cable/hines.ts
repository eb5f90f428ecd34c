/**
 * The kernel that solves for the voltages along cells. The matrix of a tree has one off-diagonal entry for each node
 * except the root, so elimination from the leaves to the root and back-substitution take two operations per node.
 *
 * The order of elimination is data, equal on every target. Cells are processed in independent blocks; a block has one
 * cell of each smaller population.
 *
 * @source Hines (1984), Efficient computation of branched nerve equations, Int. J. Biomed. Comput. 15:69-76
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer } from '../../ir/program.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import type { Group, Member } from '../context/groups.js';
import type { Cable, CompartmentClass } from '../context/cable.js';
import { solveInTurn, type Cells, type System } from './eliminate.js';
import { finerSolve } from './finer-solve.js';
import { cableBuffers, roomOf } from './integrate-compartments.js';

/** Cells of one block. */
const blockSize = 8;

/** A class with its group, and the offset of its elements in the arrays of the cable. */
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
  const base = table('nodes', `index of each node of the first cell of each population of ${name}`, bases);
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
        ? table('points', `index of the points without area of the first cell of each population of ${name}`, points)
        : null,
    pointCount: size - tree.compartments.length,
  };

  const block = new Block();
  const at = block.write`
    let row = ${rows}[index]
    let first = ${firsts}[index]
    let end = ${ends}[index]`;
  const cell = block.local('cell', 'u32');
  const cells: Cells = {
    row: at('row'),
    cell: ir.get(cell),
    each: (outer, write) => outer.emit(ir.lanesLoop(cell, at('first'), at('end'), outer.nested(write))),
  };
  solveInTurn(system, cells, block);
  return builder.map(
    `${name}.solve`,
    `voltages along the cells of ${name}`,
    { kind: 'count', count: blocks.rows.length },
    false,
    block,
    finerSolve(cable, system, context),
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
      const ordinal = cable.classes.findIndex((compartmentClass) => compartmentClass.type === type);
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
  const member = group.members.find((candidate) => candidate.name === name);
  invariant(member, 'lower/cable', `${group.name} has no population ${name}`);
  return member;
}
