/**
 * Checks that code which builds synapses uses their positions for storage only. Then a rank may remove synapses before
 * the code runs, and the values of the other synapses stay the same.
 */

import { bodyOf, expressionsOf, operandsOf, visitStatements } from '../../ir/walk.js';
import type { Expression, Kernel, Program, Statement } from '../../ir/program.js';

/** The roles of buffers while synapses are built. */
interface Roles {
  /** Buffers with an element for each synapse. */
  readonly synapses: ReadonlySet<string>;
  /** Buffers of positions and of numbers of synapses, such as the first position of each row. */
  readonly positions: Set<string>;
}

/**
 * Checks that no value of a synapse, and nothing else except rows, depends on the positions of synapses.
 *
 * @param later kernels of the initialisation after which synapses could be removed
 * @param rows buffers of the first position of each row, of all projections whose synapses are then copied to joint rows
 * @param readersOf kernels of steps and procedures that touch a buffer
 */
export function dependsOnPairsAlone(
  program: Program,
  later: readonly Kernel[],
  rows: readonly string[],
  readersOf: (buffer: string) => readonly Kernel[],
): boolean {
  const lengths = new Map(program.buffers.map(({ name, length }) => [name, length]));
  const positions = new Set(rows);
  let roles: Roles = { synapses: new Set(), positions };
  let kernels: readonly Kernel[] = [];
  // Rows may be copied to joint ones, whose number of synapses is then a sum: positions spread until no buffer is new.
  for (let known = -1; known !== positions.size;) {
    known = positions.size;
    const synapses = [...lengths].flatMap(([name, length]) =>
      typeof length === 'object' && positions.has(length.buffer) ? [name] : [],
    );
    const found: Roles = { synapses: new Set(synapses), positions };
    kernels = later.filter((kernel) => touches(kernel, found));
    for (const kernel of kernels) addPositions(kernel, found);
    roles = found;
  }
  const finalRoles = roles;
  const isRead = [...roles.positions].some((buffer) =>
    readersOf(buffer).some((kernel) => kernel.shape !== 'propagate' || loads(bodyOf(kernel), buffer)),
  );

  return !isRead && kernels.every((kernel) => keepsPositions(kernel, finalRoles));
}

/** Whether statements load from a buffer. */
const loads = (statements: readonly Statement[], buffer: string): boolean => {
  let found = false;
  visitStatements(statements, (statement) => {
    found ||= expressionsOf(statement).some((each) => someLoad(each, (name) => name === buffer));
  });
  return found;
};

const someLoad = (expression: Expression, test: (buffer: string) => boolean): boolean =>
  (expression.kind === 'load' && test(expression.buffer)) ||
  operandsOf(expression).some((part) => someLoad(part, test));

/** Whether a kernel touches a buffer with one of the roles. */
function touches(kernel: Kernel, { synapses, positions }: Roles): boolean {
  const has = (buffer: string): boolean => synapses.has(buffer) || positions.has(buffer);
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count === 'object')
    if (has(kernel.domain.count.buffer)) return true;
  let found = false;
  visitStatements(bodyOf(kernel), (statement) => {
    found ||=
      ((statement.kind === 'store' || statement.kind === 'accumulate') && has(statement.buffer)) ||
      expressionsOf(statement).some((each) => someLoad(each, has));
  });
  return found;
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

/** Whether a kernel stores positions into buffers of positions alone, and nothing else beside values of synapses. */
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
