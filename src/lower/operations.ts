/** Pass: statements that run on a population at the ticks of a clock, and currents that are injected each step. */

import * as ir from '../ir/builder.js';
import { expressionOf, statementsOf } from './texts.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import { pieceDomain, pieceOf } from './pieces.js';
import { keyAt, keyBuffer } from './draws.js';
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
  const { builder, model, profile } = context;
  for (const name of Object.keys(model.operations).sort()) {
    const operation = model.operations[name];
    if (!operation) continue;
    const piece = pieceOf(operation.on, groups, `the operation ${name}`, context);
    const every = operation.every === undefined ? 1 : wholeSteps(`the interval of ${name}`, operation.every, context);
    if (!piece || every === null) continue;
    const block = new Block();
    const { domain, address } = pieceDomain(piece);
    let keys: readonly [ReturnType<typeof ir.u32>, ReturnType<typeof ir.u32>] | undefined;
    const draws: Draws = {
      element: address.local,
      subElement: ir.u32(0),
      step: ir.convert('u32', step),
      perStep: true,
      sites: { next: 0 },
      get key() {
        return (keys ??= keyAt(keyBuffer(`${name}.keys`, [`operation/${name}`], context), ir.u32(0)));
      },
    };
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
}

/** Currents are added to their input at the start of a step's integration. @random stream `stimulus/<id>` */
export function lowerCurrents(groups: readonly Group[], context: Context): void {
  const { builder, model, profile } = context;
  for (const name of Object.keys(model.stimuli).sort()) {
    const stimulus = model.stimuli[name];
    if (stimulus?.kind !== 'current') continue;
    if (!stimulus.attached) {
      context.diagnostics.add(messages.unsupportedFeature(`the current ${name}, which is attached during the run,`));
      continue;
    }
    const piece = pieceOf(stimulus.to, groups, `the current ${name}`, context);
    if (!piece) continue;
    const block = new Block();
    const { domain, address } = pieceDomain(piece);
    const keys = keyBuffer(`${name}.keys`, [`stimulus/${name}`], context);
    const draws: Draws = {
      element: address.local,
      subElement: ir.u32(0),
      step: ir.convert('u32', step),
      perStep: true,
      key: keyAt(keys, ir.u32(0)),
      sites: { next: 0 },
    };
    const scope = new ElementScope(context, piece.group, address, block, draws);
    scope.write(
      stimulus.input,
      ir.add(to(context.real, scope.read(stimulus.input)), compileReal(expressionOf(stimulus.value, piece.group.equations.names), scope)),
    );
    scope.storeAll();
    const kernel = builder.map(
      `${name}.inject`,
      `the current ${name} into ${piece.member.name}`,
      domain,
      runsOnLanes(block.statements, builder),
      block.locals.declared,
      block.statements,
    );
    builder.each(kernel, profile.defaults.integrate, rankOf(profile, profile.defaults.integrate), -0.25);
  }
}
