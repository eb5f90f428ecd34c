/**
 * Pass: solves for the voltages along cells from the coefficients of their compartments, and updates dependent
 * variables.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import { firstFew } from '../../diagnostics/suggest.js';
import * as ir from '../../ir/builder.js';
import type { Buffer } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { Block, item } from '../code/block.js';
import { atTicks, onClock } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { to } from '../code/expressions.js';
import { rangesOf, type Group } from '../context/groups.js';
import { objectNames } from '../../model/object-names.js';
import { inStep, type PlacedEntry, type StepPlace } from '../context/place.js';
import { emptyInputs, groupKernel, stepScope } from '../scopes/step-scope.js';
import type { Cable, CableNames } from '../context/cable.js';
import { solveKernel, type PlacedClass } from './hines.js';
import { advanceGates, cableBuffers, coefficientBuffers, coefficients, inArrays } from './integrate-compartments.js';
import { settled } from '../code/settled.js';

/** Largest valid membrane potential in V, and the interval of its check in steps. */
const beyond = 10;
const checkedEvery = 64;

/** Kernels that solve for the voltages of all cells of a type in each step of their clock. */
export function lowerCable(cable: Cable, groups: readonly Group[], program: Context): readonly PlacedEntry[] {
  const clock = groups.find(({ name }) => name === cable.classes[0]?.type)?.clock;
  const context = onClock(clock, program);
  return atTicks(solvingEntries(cable, groups, context), context);
}

/** Returns the kernels of a cable, in steps of its clock. */
function solvingEntries(cable: Cable, groups: readonly Group[], context: Context): readonly PlacedEntry[] {
  const { builder, profile } = context;
  const classes = inArrays(cable).map(({ of, offset }) => {
    const group = groups.find(({ name }) => name === of.type);
    invariant(group, 'lower/cable', `no group for ${of.type}`);
    return { ...of, group, offset };
  });
  // If ties are resolved by names, the solver follows the equations of the membrane, as in Brian.
  const place: StepPlace = {
    slot: profile.defaults.integrate,
    order: profile.ties === 'name' ? 1 : 0,
    ...(cable.ownEquations ? { name: objectNames.cableUpdater(cable.populations[0]?.name ?? cable.name) } : {}),
  };
  const { right } = cableBuffers(cable, context);
  builder.note(`${cable.name} has ${cable.tree.compartments.length} compartments, solved by ${cable.method}`);
  return [
    ...classes.flatMap((cellClass) =>
      cable.ownEquations ? [inStep(coefficientsKernel(cable, cellClass, context), place)] : [],
    ),
    ...classes.flatMap((cellClass) =>
      cellClass.offset === 0 ? [] : [inStep(gatherKernel(cable, cellClass, context), place)],
    ),
    inStep(solveKernel(cable, classes, context), place),
    ...classes.flatMap((cellClass) => {
      const voltages = voltageKernel(cable, cellClass, right, context);
      const bounds = boundsKernel(cable, cellClass, context);
      const gates = cable.method === 'cable-then-gates' ? gatesKernel(cable, cellClass.group, context) : null;
      return [
        inStep(voltages, place),
        inStep(bounds, place, checkedEvery, checkedEvery - 1),
        ...(gates === null ? [] : [inStep(gates, place)]),
      ];
    }),
  ];
}

/** Adds a kernel for the coefficients of a class with equations that were integrated before. */
function coefficientsKernel(cable: Cable, { group, names }: PlacedClass, context: Context): string {
  const block = new Block();
  const scope = stepScope(group, 'cable', block, context);
  scope.integrating = true;
  coefficients(group, cable, names, coefficientBuffers(group, cable, context), scope);
  emptyInputs(group, scope);
  scope.storeAll();
  return groupKernel(group, 'coefficients', `coefficients of the cable of ${group.name}`, block, context);
}

/** Adds a kernel that copies the coefficients of a class to the arrays of the cable. */
function gatherKernel(cable: Cable, { group, offset }: PlacedClass, context: Context): string {
  const { diagonal, right } = cableBuffers(cable, context);
  const coefficientsOfClass = coefficientBuffers(group, cable, context);
  const block = new Block();
  block.write`
    ${diagonal}[index + ${offset}u] = ${coefficientsOfClass.diagonal}[index]
    ${right}[index + ${offset}u] = ${coefficientsOfClass.right}[index]`;
  return context.builder.map(
    `${group.name}.gather`,
    `coefficients of ${group.name} to their places in the cable`,
    rangesOf(group),
    false,
    block,
  );
}

/** Adds a kernel for the new voltages: the solution or, if it is for half a step, its extrapolation. */
function voltageKernel(cable: Cable, { group, names, offset }: PlacedClass, solved: Buffer, context: Context): string {
  const block = new Block();
  const voltage = voltageOf(group, names);
  const solution = block.name('solution', ir.load(solved, offset === 0 ? item : code`index + ${offset}u`));
  const rise = names.rise === undefined ? undefined : group.storage.get(names.rise);
  if (rise?.kind === 'array') block.write`${rise.buffer}[index] = ${solution} - ${voltage}[index]`;
  const next = cable.method === 'cable' ? code`${solution} + ${solution} - ${voltage}[index]` : solution;
  block.write`${voltage}[index] = ${settled(next, block)}`;
  return groupKernel(group, 'voltages', `new voltages of ${group.name}`, block, context);
}

function voltageOf({ storage, name }: Group, { voltage }: CableNames): Buffer {
  const voltageStorage = storage.get(voltage);
  invariant(voltageStorage?.kind === 'array', 'lower/cable', `${name} has no voltage`);
  return voltageStorage.buffer;
}

/** Now and then: whether voltages are such as membranes have. */
function boundsKernel(cable: Cable, { group, names }: PlacedClass, { builder, real, dt }: Context): string {
  const block = new Block();
  const bit = builder.faultBit(
    `a membrane potential of ${cable.name} (${sectionsOf(cable, group.name)}) left all bounds: the time step of ` +
      `${Number((dt * 1e3).toPrecision(12))} ms is too long for its channels`,
  );
  const limit = to(real, ir.f64(beyond));
  block.write`
    let v = ${voltageOf(group, names)}[index]
    fault ${bit} when !(v < ${limit} & v > -${limit})`;
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
  const classCompartments = classes.find((compartmentClass) => compartmentClass.type === type)?.compartments ?? [];
  const names = [...new Set(classCompartments.map((at) => tree.compartments[at]?.section ?? ''))];
  return firstFew(names, 3);
}

/** Gates after the cable, from its new voltages. */
function gatesKernel(cable: Cable, group: Group, context: Context): string | null {
  const block = new Block();
  const scope = stepScope(group, 'gates', block, context);
  scope.integrating = true;
  advanceGates(group, cable, scope);
  scope.storeAll();
  return block.statements.length === 0 ? null : groupKernel(group, 'gates', `gates of ${group.name}`, block, context);
}
