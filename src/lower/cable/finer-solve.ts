/**
 * The solver for devices with thousands of simultaneous work-items, with the same bits: a work-item for each cell or,
 * for a few large cells, a team for each.
 *
 * Nodes at one distance from the root, counted in nodes, are independent. A team eliminates the farthest nodes first,
 * then the next level, and so on to the root, and substitutes in the reverse order. In the sequential solver, each node
 * adds to its parent. Here each node takes from its children, in the same order of additions. Levels of whole branches
 * would be fewer but slower: a level takes as long as its longest branch.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block, item } from '../code/block.js';
import type { Context } from '../context/context.js';
import { to } from '../code/expressions.js';
import type { Cable } from '../context/cable.js';
import { emptyPoints, nodeBase, solveInTurn, substituteAt, type Cells, type System } from './eliminate.js';

/** Least number of nodes of a tree for which a team is worth its synchronisation. */
const leastNodes = 256;
/** Least average number of nodes of a level that keeps most of a team busy. */
const leastWidth = 4;
/** About as many teams as a device runs at once: of more cells, each keeps one work-item busy. */
const mostTeams = 2048;

/** Returns the solver as smaller work-items; null if the cell has no such form. */
export function finerSolve(
  cable: Cable,
  system: System,
  context: Context,
): { readonly items: number; readonly team: boolean; readonly code: Block } | null {
  const { populations, name, tree } = cable;
  const items = populations.reduce((sum, { size }) => sum + size, 0);
  const begins = levelsOf(tree.up);
  const team = tree.size >= leastNodes && tree.size >= leastWidth * (begins.length - 1) && items <= mostTeams;
  if (!team && populations.every(({ size }) => size <= 1)) return null;
  const table = (what: string, comment: string, values: Uint32Array): Buffer =>
    context.builder.buffer(`${name}.${what}`, 'u32', values.length, comment, { role: 'constant', initial: values });
  const block = new Block();
  const cells = cellOfItem(cable, block, table);
  if (team) {
    const levels = table('levels', `place of the first node of each level of ${name}, from the root`, begins);
    const children = table('children', `place of the first child of each node of ${name}`, firstChildren(tree.up));
    emptyPoints(system, cells, block, ir.lanesLoop);
    solveByLevels(system, cells, { levels, children, count: begins.length - 1 }, block);
  } else solveInTurn(system, cells, block);
  return { items, team, code: block };
}

/**
 * Returns the first node of each level, and the end of the last: node indices ascend with the distance from the root.
 */
function levelsOf(up: Uint32Array): Uint32Array {
  const begins = [0];
  // A level ends before the first node with a parent in the same level.
  up.forEach((parent, place) => {
    if (place > 0 && parent >= (begins.at(-1) ?? 0)) begins.push(place);
  });
  return Uint32Array.from([...begins, up.length]);
}

/** Place of the first child of each node, and of the node after the last: siblings are neighbours. */
function firstChildren(up: Uint32Array): Uint32Array {
  const first = new Uint32Array(up.length + 1).fill(up.length);
  for (let place = up.length - 1; place > 0; place--) first[up[place] ?? 0] = place;
  for (let place = up.length - 1; place >= 0; place--)
    first[place] = Math.min(first[place] ?? 0, first[place + 1] ?? 0);
  return first;
}

/** The cell that is an item. */
function cellOfItem(
  { populations, tree, name }: Cable,
  block: Block,
  table: (what: string, comment: string, values: Uint32Array) => Buffer,
): Cells {
  const each: Cells['each'] = (block, write) => write(block);
  if (populations.length === 1) return { row: null, cell: item, each };
  const of = <T>(valueOf: (population: number, cell: number) => T): readonly T[] =>
    populations.flatMap(({ size }, p) => Array.from({ length: size }, (_, cell) => valueOf(p, cell)));
  const rows = table(
    'cell_rows',
    `first entry of each cell's population in ${name}.nodes`,
    Uint32Array.from(of((p) => p * tree.size)),
  );
  const numbers = table('cells', `number of each cell of ${name} in its population`, Uint32Array.from(of((_, k) => k)));
  return {
    row: block.name('tree', ir.load(rows, item)),
    cell: block.name('cell', ir.load(numbers, item)),
    each,
  };
}

/** How the nodes of a tree are dealt out. */
interface Levels {
  /** Index of the first node of each level, from the root, followed by the number of nodes. */
  readonly levels: Buffer;
  /** Place of the first child of each node. */
  readonly children: Buffer;
  readonly count: number;
}

/** From the leaves to the root and back, the nodes of a level at once. */
function solveByLevels(system: System, cells: Cells, { levels, children, count }: Levels, block: Block): void {
  block.write`
    for passed = 0u until ${count}u {
      let level = ${count - 1}u - passed
      for place = ${levels}[level] until ${levels}[level + 1u] lanes {
        ${(at, node) => eliminateAt(system, cells, children, at('place'), node)}
      }
    }
    for level = 1u until ${count}u {
      for place = ${levels}[level] until ${levels}[level + 1u] lanes {
        ${(at, node) => substituteAt(system, cells, at('place'), node)}
      }
    }`;
}

/**
 * Eliminates the children of a node from its equation, the last one first. For the root, solves the remaining equation.
 */
function eliminateAt(system: System, cells: Cells, children: Buffer, place: Ir, block: Block): void {
  const { diagonal, right, coupling, axial, real } = system;
  const { cell } = cells;
  block.write`
    let node = ${nodeBase(system, cells, place, 'own', block)} + ${cell}
    var left = ${diagonal}[node]
    var sum = ${right}[node]
    let after = ${children}[${place} + 1u]
    for taken = 0u until after - ${children}[${place}] {
      let child = after - 1u - taken
      let its = ${(at, inner) => code`${nodeBase(system, cells, at('child'), 'own', inner)} + ${cell}`}
      let g = ${coupling}[child]
      let factor = g * ${diagonal}[its]
      left = left - factor * g
      sum = sum + factor * ${right}[its]
    }
    let whole = left + ${axial}[${place}]
    if ${place} == 0u {
      ${diagonal}[node] = left
      ${right}[node] = sum / whole
    } else {
      ${diagonal}[node] = ${to(real, ir.f64(1))} / whole
      ${right}[node] = sum
    }`;
}
