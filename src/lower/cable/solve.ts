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
import type { Cable, CableNames, CompartmentClass } from './cable.js';
import { advanceGates, cableBuffers, coefficientBuffers, inArrays, roomOf } from './integrate-compartments.js';

/** Cells of one block. */
const blockSize = 8;

/** Volts beyond which a membrane potential is none, and after how many steps that is looked at. */
const beyond = 10;
const checkedEvery = 64;

/** Adds the kernels that solve for the voltages of all cells of a type. */
export function lowerCable(cable: Cable, groups: readonly Group[], context: Context): void {
  const { builder, profile } = context;
  const classes = inArrays(cable).map(({ of, offset }) => {
    const group = groups.find(({ name }) => name === of.type);
    invariant(group, 'lower/cable', `no group for ${of.type}`);
    return { ...of, group, offset };
  });
  const at = { slot: profile.defaults.integrate, order: 0 } as const;
  const { diagonal, right } = cableBuffers(cable, context);
  for (const { group, offset } of classes) {
    if (offset === 0) continue;
    const own = coefficientBuffers(group, cable, context);
    const place = ir.add(item, ir.u32(offset));
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
        body,
      ),
      at,
    );
  }
  builder.each(solveKernel(cable, classes, context), at);
  for (const one of classes) {
    builder.each(voltageKernel(cable, one, right, context), at);
    builder.each(boundsKernel(cable, one, context), at, checkedEvery, checkedEvery - 1);
    if (cable.method !== 'cable-then-gates') continue;
    const gates = gatesKernel(cable, one.group, context);
    if (gates !== null) builder.each(gates, at);
  }
  builder.notes.push(`${cable.name} has ${cable.tree.compartments.length} compartments, solved by ${cable.method}`);
}

/** A class with its group, and where its elements begin in the arrays of the cable. */
type PlacedClass = CompartmentClass & { readonly group: Group; readonly offset: number };

function solveKernel(cable: Cable, classes: readonly PlacedClass[], context: Context): string {
  const { diagonal, right } = cableBuffers(cable, context);
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
  let junction = roomOf(cable).compartments;
  const junctionBases: number[][] = [];
  populations.forEach((population, p) => {
    const byNode = new Uint32Array(size);
    for (const { type, group, compartments: own, offset } of classes) {
      const ordinal = cable.classes.findIndex((one) => one.type === type);
      const member = memberOf(group, population.members[ordinal] ?? '');
      own.forEach((node, k) => (byNode[node] = offset + member.begin + k * population.size));
    }
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
    block,
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
  { group, names, offset }: PlacedClass,
  solved: Buffer,
  { builder }: Context,
): string {
  const block = new Block();
  const voltage = voltageOf(group, names);
  const solution = block.name('solution', ir.load(solved, offset === 0 ? item : ir.add(item, ir.u32(offset))));
  block.emit(
    ir.store(
      voltage,
      item,
      cable.method === 'cable' ? ir.sub(ir.add(solution, solution), ir.load(voltage, item)) : solution,
    ),
  );
  return builder.map(
    `${group.name}.voltages`,
    `new voltages of ${group.name}`,
    rangesOf(group),
    runsOnLanes(block.statements, builder),
    block,
  );
}

function voltageOf({ storage, name }: Group, { voltage }: CableNames): Buffer {
  const found = storage.get(voltage);
  invariant(found?.kind === 'array', 'lower/cable', `${name} has no voltage`);
  return found.buffer;
}

/** Now and then: whether voltages are such as membranes have. */
function boundsKernel(cable: Cable, { group, names }: PlacedClass, { builder, real }: Context): string {
  const block = new Block();
  const bit = builder.faultBit(
    `a membrane potential of ${cable.name} (${sectionsOf(cable, group.name)}) left all bounds: the step is too long ` +
      'for its channels',
  );
  const limit = to(real, ir.f64(beyond));
  const v = block.name('v', ir.load(voltageOf(group, names), item));
  block.emit(ir.fault(bit, ir.not(ir.and(ir.lt(v, limit), ir.gt(v, ir.neg(limit))))));
  return builder.map(
    `${group.name}.bounds`,
    `whether voltages of ${group.name} are within bounds`,
    rangesOf(group),
    false,
    block,
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
    block,
  );
}
