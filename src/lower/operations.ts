/** Pass: statements that run on populations at the ticks of a clock. */

import * as ir from '../ir/builder.js';
import type { Statement } from '../lang/ast.js';
import type { Operation } from '../model/typed.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import type { Piece } from './pieces.js';
import { pieceDomain, piecesOf, withoutRepeats } from './pieces.js';
import { drawsAt, drawStep } from './draws.js';
import { ElementScope } from './element-scope.js';
import { step } from './step-time.js';
import type { Group } from './groups.js';
import { runsOnLanes } from './lanes.js';
import { wholeSteps } from './whole-steps.js';

/** @random streams `operation/<id>` and `operation/<id>/shared`, counter (element, 0, step, site) */
export function lowerOperations(groups: readonly Group[], context: Context): void {
  for (const [name, operation] of Object.entries(context.model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    context.diagnostics.at(`/operations/${name}`);
    const pieces = piecesOf(operation.on, groups, `the operation ${name}`, context);
    const every = operation.every === undefined ? 1 : wholeSteps(`the interval of ${name}`, operation.every, context);
    if (!pieces || every === null) continue;
    for (const piece of pieces) operate(name, operation, withoutRepeats(piece), every, context);
  }
}

/**
 * An operation on one piece: what it writes of the whole population once, then what it writes of each element. The
 * model has the former first.
 */
function operate(name: string, operation: Operation, piece: Piece, every: number, context: Context): void {
  const isShared = (statement: Statement): boolean =>
    statement.kind === 'assignment' && piece.group.storage.get(statement.target)?.kind === 'table';
  const split = operation.do.findLastIndex(isShared) + 1;
  for (const [shared, code] of [
    [true, operation.do.slice(0, split)],
    [false, operation.do.slice(split)],
  ] as const)
    if (code.length > 0) operateOn(shared, name, { ...operation, do: code }, piece, every, context);
}

function operateOn(
  shared: boolean,
  name: string,
  operation: Operation,
  piece: Piece,
  every: number,
  context: Context,
): void {
  const { builder, profile } = context;
  const { member } = piece;
  const block = new Block();
  const own = shared ? null : pieceDomain(piece, name, block, context);
  const address = own?.address ?? {
    index: ir.u32(member.begin),
    ordinal: ir.u32(member.ordinal),
    local: ir.u32(0),
  };
  const draws = drawsAt(
    {
      keys: shared ? `${name}.shared.keys` : `${name}.keys`,
      streams: [shared ? `operation/${name}/shared` : `operation/${name}`],
      element: address.local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
  const { operation: start } = profile.defaults;
  const slot = profile.stepping === 'slots' ? (operation.slot ?? start) : start;
  const scope = new ElementScope(context, piece.group, address, block, draws, { slot });
  scope.execute(operation.do, (target, value) =>
    shared ? scope.write(target, value) : scope.writeIfFree(target, value),
  );
  scope.storeAll();
  const kernel = own
    ? builder.map(
        `${name}.operate`,
        `the operation ${name} on ${member.name}`,
        own.domain,
        runsOnLanes(block.statements, builder),
        block,
      )
    : builder.sequential(`${name}.operate.shared`, `the operation ${name} on ${member.name}: one value for all`, block);
  builder.each(kernel, { slot, order: operation.order }, every, 0);
}
