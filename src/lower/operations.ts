/** Pass: statements that run on populations at the ticks of a clock, and currents that are injected each step. */

import * as ir from '../ir/builder.js';
import { expressionOf, statementsOf } from './texts.js';
import type { Buffer, Expression as Ir } from '../ir/program.js';
import type { Operation, Stimulus } from '../model/model.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import type { Piece } from './pieces.js';
import { pieceDomain, piecesOf, withoutRepeats } from './pieces.js';
import { drawStep, keyAt, keyBuffer } from './draws.js';
import type { Draws } from './draws.js';
import { ElementScope, step } from './element-scope.js';
import { compileReal, to } from './expressions.js';
import { fold } from './fold.js';
import type { Group } from './groups.js';
import { writable } from './inbox.js';
import { runsOnLanes } from './lanes.js';
import * as messages from './messages.js';
import { rankOf } from './profile.js';

/** Whole steps of a period, or null after a diagnostic. */
export function wholeSteps(what: string, seconds: number, context: Context): number | null {
  const steps = Math.round(seconds / context.dt);
  if (steps >= 1 && Math.abs(steps * context.dt - seconds) <= 1e-4 * context.dt) return steps;
  context.diagnostics.add(messages.notAWholeNumberOfSteps(what, seconds, context.dt));
  return null;
}

/** @random stream `operation/<id>`, counter (element, 0, step, site) */
export function lowerOperations(groups: readonly Group[], context: Context): void {
  for (const [name, operation] of Object.entries(context.model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pieces = piecesOf(operation.on, groups, `the operation ${name}`, context);
    const every = operation.every === undefined ? 1 : wholeSteps(`the interval of ${name}`, operation.every, context);
    if (!pieces || every === null) continue;
    for (const piece of pieces) operate(name, operation, withoutRepeats(piece), every, context);
  }
}

/** Draws of one stream, whose key is only made when something is drawn. */
function lazyDraws(name: string, stream: string, element: Ir, at: Ir, context: Context): Draws {
  let keys: readonly [Ir, Ir] | undefined;
  return {
    element,
    subElement: ir.u32(0),
    step: at,
    perStep: true,
    sites: { next: 0 },
    get key() {
      return (keys ??= keyAt(keyBuffer(`${name}.keys`, [stream], context), ir.u32(0)));
    },
  };
}

function operate(name: string, operation: Operation, piece: Piece, every: number, context: Context): void {
  const { builder, profile } = context;
  const block = new Block();
  const { domain, address } = pieceDomain(piece, name, block, context);
  const draws = lazyDraws(name, `operation/${name}`, address.local, drawStep(step, context), context);
  const slot = operation.slot ?? profile.defaults.operation;
  const scope = new ElementScope(context, piece.group, address, block, draws, slot);
  for (const statement of statementsOf(operation.do, piece.group.equations.names)) {
    if (statement.kind !== 'assignment') continue;
    const free = writable(piece.group, statement.target, scope);
    scope.execute(statement, free ? { names: new Set([statement.target]), unless: fold(ir.not(free)) } : undefined);
  }
  scope.storeAll();
  const kernel = builder.map(
    `${name}.operate`,
    `the operation ${name} on ${piece.member.name}`,
    domain,
    runsOnLanes(block.statements, builder),
    block.locals.declared,
    block.statements,
  );
  builder.each(kernel, slot, rankOf(profile, slot), operation.order, every, 0);
}

// --- Currents -----------------------------------------------------------------------------------------------------

/** A stimulus that adds to an input in each step. */
export type Current = Extract<Stimulus, { kind: 'current' }>;

/** Currents are added to their input at the start of a step's integration. @random stream `stimulus/<id>` */
export function lowerCurrents(groups: readonly Group[], context: Context): void {
  const { builder, model, profile } = context;
  const rank = rankOf(profile, profile.defaults.integrate);
  for (const name of Object.keys(model.stimuli).sort()) {
    const current = model.stimuli[name];
    if (current?.kind !== 'current') continue;
    const pieces = piecesOf(current.to, groups, `the current ${name}`, context) ?? [];
    switchOf(name, context);
    for (const piece of pieces) {
      const kernel = injection(name, current, withoutRepeats(piece), context);
      if (kernel !== null) builder.each(kernel, profile.defaults.integrate, rank, -0.25);
    }
  }
}

/** A kernel that adds a current to its input; null for one that never flows. */
function injection(name: string, current: Current, piece: Piece, context: Context): string | null {
  const block = new Block();
  const { domain, address } = pieceDomain(piece, name, block, context);
  const value = currentValue(name, current, piece.group, address, block, context, false);
  if (value === null) return null;
  const scope = new ElementScope(context, piece.group, address, block, null);
  const before = to(context.real, scope.read(current.input));
  const flows = switchOf(name, context);
  const sum =
    piece.group.type.inputs[current.input]?.reduce === 'product' ? ir.mul(before, value) : ir.add(before, value);
  scope.write(current.input, flows ? ir.select(ir.ne(ir.load(flows, ir.u32(0)), ir.u32(0)), sum, before) : sum);
  scope.storeAll();
  return context.builder.map(
    `${name}.inject`,
    `the current ${name} into ${piece.member.name}`,
    domain,
    runsOnLanes(block.statements, context.builder),
    block.locals.declared,
    block.statements,
  );
}

/**
 * The value of a current for one element in a step, or in the step after it: it depends on the step alone, since draws
 * are counted by it.
 *
 * @returns null for a current that never flows
 */
export function currentValue(
  name: string,
  current: Current,
  group: Group,
  address: ElementScope['address'],
  block: Block,
  context: Context,
  next: boolean,
): Ir | null {
  if (!current.attached && !isSwitched(name, context)) return null;
  const now = next ? ir.add(step, ir.i32(1)) : step;
  const at = current.every === undefined ? now : block.name('since', heldSince(name, current, now, context));
  const draws = lazyDraws(
    name,
    `stimulus/${name}`,
    current.shared ? ir.u32(0) : address.local,
    drawStep(at, context),
    context,
  );
  // Where values hold for several steps, those of two neighbouring steps are not a pair.
  const scope = new ElementScope(
    context,
    group,
    address,
    block,
    current.every === undefined ? draws : { ...perValue(draws) },
  );
  if (next || current.every !== undefined) {
    scope.overrides = new Map<string, Ir>([
      ['t', ir.mul(ir.convert('f64', at), ir.f64(context.dt))],
      ['t_in_timesteps', at],
    ]);
  }
  const compiled = (text: string): Ir =>
    to(context.real, compileReal(expressionOf(text, group.equations.names), scope));
  // Values that phases give are there from the start; a number says which is in force.
  let value = compiled(current.value);
  laterValues(name, context).forEach(([, text], k) => {
    value = ir.select(ir.eq(ir.load(versionOf(name, context), ir.u32(0)), ir.u32(k + 1)), compiled(text), value);
  });
  return block.name('current', value);
}

/** Values that phases give to a current, with the phase. */
const laterValues = (name: string, { model }: Context): readonly (readonly [phase: number, text: string])[] =>
  model.experiment.protocol.flatMap((phase, k) => {
    const text = 'currents' in phase ? phase.currents[name] : undefined;
    return text === undefined ? [] : [[k, text] as const];
  });

/** Which of its values a current has. */
function versionOf(name: string, context: Context): Buffer {
  const buffer = `${name}.version`;
  const known = context.builder.buffers.get(buffer);
  if (known) return known;
  return context.builder.buffer(
    buffer,
    'u32',
    1,
    `which of the values that phases give the current ${name} has; 0: its own`,
  );
}

/** A kernel by which a phase gives a current another value. */
export function changeCurrent(name: string, phase: number, context: Context): string {
  const version = laterValues(name, context).findIndex(([k]) => k === phase) + 1;
  return context.builder.sequential(
    `phase${phase}.${name}`,
    `the current ${name} has another value`,
    [],
    [ir.store(versionOf(name, context), ir.u32(0), ir.u32(version))],
  );
}

function perValue(draws: Draws): Draws {
  return {
    element: draws.element,
    subElement: draws.subElement,
    step: draws.step,
    perStep: false,
    key: draws.key,
    sites: draws.sites,
  };
}

/** The step in which a value that holds for several was worked out. */
function heldSince(name: string, { every = 0, from = 0 }: Current, now: Ir, context: Context): Ir {
  const steps = wholeSteps(`the interval of ${name}`, every, context) ?? 1;
  const first = Math.round(from / context.dt) % steps;
  const into = ir.binary('rem', ir.add(now, ir.i32(steps - first)), ir.i32(steps));
  const since = fold(ir.sub(now, into));
  return ir.select(ir.lt(since, ir.i32(0)), ir.i32(0), since);
}

const isSwitched = (name: string, { model }: Context): boolean =>
  model.experiment.protocol.some(
    (phase) => ('attach' in phase && phase.attach === name) || ('detach' in phase && phase.detach === name),
  );

/** Whether a current flows now, for those that phases switch; null for those that always do. */
export function switchOf(name: string, context: Context): Buffer | null {
  if (!isSwitched(name, context)) return null;
  const buffer = `${name}.attached`;
  return (
    context.builder.buffers.get(buffer) ??
    context.builder.buffer(buffer, 'u32', 1, `whether the current ${name} flows`, {
      initial: Uint32Array.of(
        context.model.stimuli[name]?.kind === 'current' && !context.model.stimuli[name].attached ? 0 : 1,
      ),
    })
  );
}
