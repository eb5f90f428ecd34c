/**
 * Pass: voltages along cells. The matrix of a tree has one entry off the diagonal for each node but the root, so that
 * elimination from the leaves to the root and substitution back take two operations a node (Hines 1984).
 *
 * The order of elimination is data, the same on every target. Cells go in blocks, whose rounds are independent of each
 * other; a block has one cell of each population that is smaller.
 *
 * @source Hines (1984), Efficient computation of branched nerve equations, Int. J. Biomed. Comput. 15:69-76
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir, Statement } from '../../ir/program.js';
import { Block, item } from '../block.js';
import type { Context } from '../context.js';
import { ElementScope, rangesAddress } from '../element-scope.js';
import { stepDraws } from '../neurons.js';
import { to } from '../expressions.js';
import type { Group, Member } from '../groups.js';
import { rangesOf } from '../groups.js';
import { runsOnLanes } from '../lanes.js';
import type { Cable, CompartmentClass } from './cable.js';
import { advanceGates, coefficientBuffers } from './integrate-compartments.js';

/** Cells of one block. */
const blockSize = 8;

/** Volts beyond which a membrane potential is none. */
const beyond = 10;

/** Adds the kernels that solve for the voltages of all cells of a type. */
export function lowerCable(cable: Cable, groups: readonly Group[], context: Context): void {
  const { builder, profile } = context;
  const classes = cable.classes.map((one) => {
    const group = groups.find(({ name }) => name === one.type);
    invariant(group, 'lower/cable', `no group for ${one.type}`);
    return { ...one, group };
  });
  const at = { slot: profile.defaults.integrate, order: 0 } as const;
  const room = classes.reduce((sum, { group }) => sum + group.length, 0);
  const junctions = cable.tree.size - cable.tree.compartments.length;
  const cells = cable.populations.reduce((sum, { size }) => sum + size, 0);
  const buffer = (what: string, comment: string): Buffer =>
    builder.buffer(`${cable.name}.${what}`, context.real, room + junctions * cells, comment);
  const diagonal = buffer('matrix', `diagonal of the cable of ${cable.name}, and what its elimination leaves (S)`);
  const right = buffer('voltages', `right-hand side of the cable of ${cable.name} (A), then its solution (V)`);
  let offset = 0;
  const offsets = classes.map(({ group }) => {
    const own = offset;
    offset += group.length;
    return own;
  });
  classes.forEach(({ group }, k) => {
    const own = coefficientBuffers(group, context);
    const place = ir.add(item, ir.u32(offsets[k] ?? 0));
    const body = [
      ir.store(diagonal, place, ir.load(own.diagonal, item)),
      ir.store(right, place, ir.load(own.right, item)),
    ];
    builder.each(
      builder.map(
        `${group.name}.gather`,
        `coefficients of ${group.name} to their places in the cable`,
        rangesOf(group),
        false,
        [],
        body,
      ),
      at,
    );
  });
  builder.each(solveKernel(cable, classes, offsets, room, diagonal, right, context), at);
  classes.forEach((one, k) => {
    builder.each(voltageKernel(cable, one, offsets[k] ?? 0, right, context), at);
    if (cable.method !== 'cable-then-gates') return;
    const gates = gatesKernel(cable, one.group, context);
    if (gates !== null) builder.each(gates, at);
  });
  builder.notes.push(`${cable.name} has ${cable.tree.compartments.length} compartments, solved by ${cable.method}`);
}

type PlacedClass = CompartmentClass & { readonly group: Group };

function solveKernel(
  cable: Cable,
  classes: readonly PlacedClass[],
  offsets: readonly number[],
  room: number,
  diagonal: Buffer,
  right: Buffer,
  context: Context,
): string {
  const { builder, real } = context;
  const { tree, populations, name } = cable;
  const { size } = tree;
  const compartments = tree.compartments.length;
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
  // Where the first cell of each population has each node, in the order of the tree.
  const bases = new Uint32Array(populations.length * size);
  const blocks: { readonly population: number; readonly first: number; readonly end: number }[] = [];
  let junction = room;
  const junctionBases: number[][] = [];
  populations.forEach((population, p) => {
    const byNode = new Uint32Array(size);
    classes.forEach(({ group, compartments: own }, c) => {
      const member = memberOf(group, population.members[c] ?? '');
      own.forEach((node, k) => (byNode[node] = (offsets[c] ?? 0) + member.begin + k * population.size));
    });
    const points: number[] = [];
    for (let node = compartments; node < size; node++) {
      byNode[node] = junction;
      points.push(junction);
      junction += population.size;
    }
    junctionBases.push(points);
    tree.order.forEach((node, place) => (bases[p * size + place] = byNode[node] ?? 0));
    for (let first = 0; first < population.size; first += blockSize)
      blocks.push({ population: p, first, end: Math.min(population.size, first + blockSize) });
  });
  const base = table('nodes', `where the first cell of each population of ${name} has each node`, bases);
  const up = table('parents', `place of the parent of each node of ${name}`, tree.up);
  const coupling = numbers('coupling', `conductance of each node of ${name} to its parent (S)`, tree.coupling);
  const axial = numbers('axial', `conductance of each node of ${name} to all its neighbours (S)`, tree.axial);
  const rows = table(
    'block_rows',
    `first entry of each block's population in ${name}.nodes`,
    blocks.map(({ population }) => population * size),
  );
  const firsts = table(
    'block_begins',
    `first cell of each block of ${name}`,
    blocks.map(({ first }) => first),
  );
  const ends = table(
    'block_ends',
    `cell after the last of each block of ${name}`,
    blocks.map(({ end }) => end),
  );
  const points = junctionBases.flat();
  const pointBase =
    points.length > 0
      ? table('points', `where the first cell of each population of ${name} has points without area`, points)
      : null;

  const block = new Block();
  const row = block.name('row', ir.load(rows, item));
  const first = block.name('first', ir.load(firsts, item));
  const end = block.name('end', ir.load(ends, item));
  const cell = block.local('cell', 'u32');
  const k = block.local('k', 'u32');
  const overCells = (body: readonly Statement[]): Statement => ({
    kind: 'for',
    local: cell.name,
    from: first,
    to: end,
    body,
    lanes: true,
  });
  const zero = to(real, ir.f64(0));
  if (pointBase) {
    const count = size - compartments;
    const perPopulation = block.name('points', ir.mul(ir.binary('div', row, ir.u32(size)), ir.u32(count)));
    block.emit(
      ir.loop(
        k,
        ir.u32(0),
        ir.u32(count),
        block.nested((inner) => {
          const own = inner.name('own', ir.load(pointBase, ir.add(perPopulation, ir.get(k))));
          const place = ir.add(own, ir.get(cell));
          inner.emit(overCells([ir.store(diagonal, place, zero), ir.store(right, place, zero)]));
        }),
      ),
    );
  }
  const nodeBase = (inner: Block, label: string, place: Ir): Ir => inner.name(label, ir.load(base, ir.add(row, place)));
  // From the leaves to the root: what is left of each node's equation is its own and its parent's voltage.
  if (size > 1)
    block.emit(
      ir.loop(
        k,
        ir.u32(0),
        ir.u32(size - 1),
        block.nested((inner) => {
          const place = inner.name('place', ir.sub(ir.u32(size - 1), ir.get(k)));
          const own = nodeBase(inner, 'own', place);
          const parent = nodeBase(inner, 'parent', ir.load(up, place));
          const g = inner.name('g', ir.load(coupling, place));
          const all = inner.name('all', ir.load(axial, place));
          const here = ir.add(own, ir.get(cell));
          const there = ir.add(parent, ir.get(cell));
          const body = inner.nested((lane) => {
            const inverse = lane.name('inverse', ir.div(to(real, ir.f64(1)), ir.add(ir.load(diagonal, here), all)));
            const factor = lane.name('factor', ir.mul(g, inverse));
            lane.emit(
              ir.store(diagonal, here, inverse),
              ir.store(diagonal, there, ir.sub(ir.load(diagonal, there), ir.mul(factor, g))),
              ir.store(right, there, ir.add(ir.load(right, there), ir.mul(factor, ir.load(right, here)))),
            );
          });
          inner.emit(overCells(body));
        }),
      ),
    );
  const root = nodeBase(block, 'root', ir.u32(0));
  const atRoot = ir.add(root, ir.get(cell));
  const whole = block.name('whole', ir.load(axial, ir.u32(0)));
  block.emit(
    overCells([ir.store(right, atRoot, ir.div(ir.load(right, atRoot), ir.add(ir.load(diagonal, atRoot), whole)))]),
  );
  if (size > 1)
    block.emit(
      ir.loop(
        k,
        ir.u32(1),
        ir.u32(size),
        block.nested((inner) => {
          const own = nodeBase(inner, 'child', ir.get(k));
          const parent = nodeBase(inner, 'above', ir.load(up, ir.get(k)));
          const g = inner.name('conductance', ir.load(coupling, ir.get(k)));
          const here = ir.add(own, ir.get(cell));
          const there = ir.add(parent, ir.get(cell));
          inner.emit(
            overCells([
              ir.store(
                right,
                here,
                ir.mul(ir.add(ir.load(right, here), ir.mul(g, ir.load(right, there))), ir.load(diagonal, here)),
              ),
            ]),
          );
        }),
      ),
    );
  return builder.map(
    `${name}.solve`,
    `voltages along the cells of ${name}`,
    { kind: 'count', count: blocks.length },
    false,
    block.locals.declared,
    block.statements,
  );
}

function memberOf(group: Group, name: string): Member {
  const member = group.members.find((one) => one.name === name);
  invariant(member, 'lower/cable', `${group.name} has no population ${name}`);
  return member;
}

/** New voltages from the solution: itself, or its mirror image where it is that of half a step. */
function voltageKernel(
  cable: Cable,
  { group, names }: PlacedClass,
  offset: number,
  solved: Buffer,
  context: Context,
): string {
  const { builder, real } = context;
  const block = new Block();
  const storage = group.storage.get(names.voltage);
  invariant(storage?.kind === 'array', 'lower/cable', `${group.name} has no voltage`);
  const solution = block.name('solution', ir.load(solved, ir.add(item, ir.u32(offset))));
  const value =
    cable.method === 'cable'
      ? block.name('v', ir.sub(ir.add(solution, solution), ir.load(storage.buffer, item)))
      : solution;
  const bit = builder.faultBit(
    `a membrane potential of ${cable.name} (${sectionsOf(cable, group.name)}) left all bounds: the step is too long ` +
      'for its channels',
  );
  const limit = to(real, ir.f64(beyond));
  const inside = ir.and(ir.lt(value, limit), ir.gt(value, ir.neg(limit)));
  block.emit(ir.store(storage.buffer, item, value), ir.fault(bit, ir.not(inside)));
  return builder.map(
    `${group.name}.voltages`,
    `new voltages of ${group.name}`,
    rangesOf(group),
    false,
    block.locals.declared,
    block.statements,
  );
}

/** Names of the sections of a class, the first few. */
function sectionsOf({ classes, tree }: Cable, type: string): string {
  const own = classes.find((one) => one.type === type)?.compartments ?? [];
  const names = [...new Set(own.map((at) => tree.compartments[at]?.section ?? ''))];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** Gates after the cable, from its new voltages. */
function gatesKernel(cable: Cable, group: Group, context: Context): string | null {
  const block = new Block();
  const scope = new ElementScope(
    context,
    group,
    rangesAddress,
    block,
    stepDraws(group, 'gates', rangesAddress, context),
  );
  scope.integrating = true;
  advanceGates(group, cable, scope);
  scope.storeAll();
  if (block.statements.length === 0) return null;
  return context.builder.map(
    `${group.name}.gates`,
    `gates of ${group.name}`,
    rangesOf(group),
    runsOnLanes(block.statements, context.builder),
    block.locals.declared,
    block.statements,
  );
}
