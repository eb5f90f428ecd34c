/**
 * Checks that code which builds synapses uses their positions for storage only. Then a rank may remove synapses before
 * the code runs, and the values of the other synapses stay the same.
 */

import { accessesOf, bodyOf, expressionsOf, operandsOf, visitStatements } from '../../ir/walk.js';
import type { Expression, Kernel } from '../../ir/program.js';

/** An action of the initialisation that runs a kernel, and the buffers that the kernel touches. */
export interface Run {
  readonly action: number;
  readonly kernel: Kernel;
  readonly buffers: ReadonlySet<string>;
}

/** The initialisation of a program by its buffers. */
export interface Building {
  /** Runs of the kernels that touch a buffer. */
  readonly runsOf: ReadonlyMap<string, readonly Run[]>;
  /** Buffers that have an element for each synapse, by the buffer that has the number of these synapses. */
  readonly arraysOf: ReadonlyMap<string, readonly string[]>;
  /** Kernels of steps and procedures that touch a buffer. */
  readonly readersOf: (buffer: string) => readonly Kernel[];
}

/** The roles of buffers while synapses are built. */
interface Roles {
  /** Buffers with an element for each synapse. */
  readonly synapses: Set<string>;
  /** Buffers of positions and of numbers of synapses, such as the first position of each row. */
  readonly positions: Set<string>;
}

/**
 * Checks that no value of a synapse, and nothing else except rows, depends on the positions of synapses.
 *
 * @param rows buffers of the first position of each row, of all projections whose synapses are then copied to joint
 *   rows
 * @param isLater checks whether a kernel runs after synapses that it touches could be removed
 */
export function dependsOnPairsAlone(
  { runsOf, arraysOf, readersOf }: Building,
  rows: readonly string[],
  isLater: (run: Run) => boolean,
): boolean {
  const roles: Roles = { synapses: new Set(), positions: new Set(rows) };
  const touching = (): readonly Run[] => {
    const runs = [...roles.positions, ...roles.synapses].flatMap((buffer) => runsOf.get(buffer) ?? []);
    return [...new Set(runs)].filter(isLater);
  };
  // Rows may be copied to joint ones, whose number of synapses is then a sum: positions spread until no buffer is new.
  for (let known = -1; known !== roles.positions.size;) {
    known = roles.positions.size;
    for (const buffer of roles.positions) for (const array of arraysOf.get(buffer) ?? []) roles.synapses.add(array);
    for (const { kernel } of touching()) addPositions(kernel, roles);
  }
  const isRead = [...roles.positions].some((buffer) =>
    readersOf(buffer).some((kernel) => kernel.shape !== 'propagate' || accessesOf(bodyOf(kernel)).reads.has(buffer)),
  );
  return !isRead && touching().every(({ kernel }) => keepsPositions(kernel, roles));
}

/** Locals of a kernel that hold positions, or from which positions are computed. */
function positionLocals(kernel: Kernel, roles: Roles): ReadonlySet<string> {
  const locals = new Set<string>();
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count === 'object')
    if (roles.positions.has(kernel.domain.count.buffer)) locals.add('index');
  const inIndex = (expression: Expression): void => {
    if (expression.kind === 'load' && roles.synapses.has(expression.buffer)) addLocals(expression.index, locals);
    for (const part of operandsOf(expression)) inIndex(part);
  };
  for (let known = -1; known !== locals.size;) {
    known = locals.size;
    visitStatements(bodyOf(kernel), (statement) => {
      if (statement.kind === 'store' || statement.kind === 'accumulate')
        if (roles.synapses.has(statement.buffer)) addLocals(statement.index, locals);
      for (const each of expressionsOf(statement)) inIndex(each);
      const isPosition = (each: Expression): boolean => holdsPosition(each, locals, roles);
      if (statement.kind === 'set' && isPosition(statement.value)) locals.add(statement.local);
      if (statement.kind === 'for' && (isPosition(statement.from) || isPosition(statement.to)))
        locals.add(statement.local);
    });
  }
  return locals;
}

function addLocals(expression: Expression, locals: Set<string>): void {
  if (expression.kind === 'local') locals.add(expression.name);
  // A loaded value is a position only where its buffer holds positions.
  if (expression.kind !== 'load') for (const part of operandsOf(expression)) addLocals(part, locals);
}

/** Whether the value of an expression depends on positions, except as an index of a synapse's own values. */
function holdsPosition(expression: Expression, locals: ReadonlySet<string>, roles: Roles): boolean {
  if (expression.kind === 'local') return locals.has(expression.name);
  if (expression.kind === 'load') {
    if (roles.synapses.has(expression.buffer)) return false;
    return roles.positions.has(expression.buffer) || holdsPosition(expression.index, locals, roles);
  }
  return operandsOf(expression).some((part) => holdsPosition(part, locals, roles));
}

/** Adds buffers to which a kernel stores positions. */
function addPositions(kernel: Kernel, roles: Roles): void {
  const locals = positionLocals(kernel, roles);
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind !== 'store' && statement.kind !== 'accumulate') return;
    if (!roles.synapses.has(statement.buffer) && holdsPosition(statement.value, locals, roles))
      roles.positions.add(statement.buffer);
  });
}

/** Checks that a kernel stores values of synapses, and positions into buffers of positions, and nothing else. */
function keepsPositions(kernel: Kernel, roles: Roles): boolean {
  const locals = positionLocals(kernel, roles);
  const holds = (each: Expression): boolean => holdsPosition(each, locals, roles);
  let keeps = true;
  visitStatements(bodyOf(kernel), (statement) => {
    if (statement.kind === 'store' || statement.kind === 'accumulate')
      keeps &&= roles.synapses.has(statement.buffer) ? !holds(statement.value) : roles.positions.has(statement.buffer);
    if (statement.kind === 'call') keeps &&= !statement.arguments.some(holds);
    if (statement.kind === 'setBit') keeps = false;
  });
  return keeps;
}
