/** Pass: statements that run on populations at the ticks of a clock. */

import * as ir from '../ir/builder.js';
import type { Operation } from '../model/typed.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import type { Piece } from './pieces.js';
import { pieceDomain, piecesOf, withoutRepeats } from './pieces.js';
import { drawsAt, drawStep } from './draws.js';
import { ElementScope, step } from './element-scope.js';
import { fold } from '../ir/fold.js';
import type { Group } from './groups.js';
import { writable } from './inbox.js';
import { runsOnLanes } from './lanes.js';
import { wholeSteps } from './whole-steps.js';

/** @random stream `operation/<id>`, counter (element, 0, step, site) */
export function lowerOperations(groups: readonly Group[], context: Context): void {
  for (const [name, operation] of Object.entries(context.model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pieces = piecesOf(operation.on, groups, `the operation ${name}`, context);
    const every = operation.every === undefined ? 1 : wholeSteps(`the interval of ${name}`, operation.every, context);
    if (!pieces || every === null) continue;
    for (const piece of pieces) operate(name, operation, withoutRepeats(piece), every, context);
  }
}

function operate(name: string, operation: Operation, piece: Piece, every: number, context: Context): void {
  const { builder, profile } = context;
  const block = new Block();
  const { domain, address } = pieceDomain(piece, name, block, context);
  const draws = drawsAt(
    {
      keys: `${name}.keys`,
      streams: [`operation/${name}`],
      element: address.local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
  const slot = operation.slot ?? profile.defaults.operation;
  const scope = new ElementScope(context, piece.group, address, block, draws, slot);
  for (const statement of operation.do) {
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
  builder.each(kernel, { slot, order: operation.order }, every, 0);
}
