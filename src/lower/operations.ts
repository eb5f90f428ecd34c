/** Pass: statements that run on populations at regular intervals. */

import * as ir from '../ir/builder.js';
import type { Statement } from '../lang/ast.js';
import type { Operation } from '../model/typed.js';
import { Block } from './block.js';
import type { Context } from './context.js';
import type { Piece } from './pieces.js';
import { pieceDomain, piecesOf, selectionStreams, withoutRepeats } from './pieces.js';
import { drawsAt, drawStep } from './draws.js';
import { ElementScope } from './element-scope.js';
import { step } from './step-time.js';
import type { Group } from './groups.js';
import { runsOnLanes } from './lanes.js';
import { inStep, type PlacedEntry } from './step/place.js';
import { wholeSteps } from './whole-steps.js';

/**
 * @random streams `operation/<id>` and `operation/<id>/shared`, of a selection's second and later populations with
 * `/<population>` added; counter (element, 0, step, site)
 */
export function lowerOperations(groups: readonly Group[], context: Context): readonly PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  for (const [name, operation] of Object.entries(context.model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    context.diagnostics.at(`/operations/${name}`);
    const pieces = piecesOf(operation.on, groups, `the operation ${name}`, context);
    const every = operation.every === undefined ? 1 : wholeSteps(`the interval of ${name}`, operation.every, context);
    if (!pieces || every === null) continue;
    const { operation: start } = context.profile.defaults;
    const slot = context.profile.stepping === 'slots' ? (operation.slot ?? start) : start;
    const operate = (piece: Piece, code: Share): void => {
      const kernel = operationKernel({ name, operation, slot }, piece, code, context);
      if (kernel !== null) entries.push(inStep(kernel, { slot, order: operation.order, name }, every));
    };
    // What a population has one value of is written once for it, however many pieces of it there are, and first.
    const wholes = new Map(pieces.map((piece) => [piece.member.name, piece]));
    for (const piece of wholes.values()) operate(piece, 'shared');
    for (const piece of pieces) operate(withoutRepeats(piece), 'own');
  }
  return entries;
}

/** Which statements: those that run once for a population, or those that run for each element. */
type Share = 'shared' | 'own';

/** An operation and the slot in which it runs. */
interface PlacedOperation {
  readonly name: string;
  readonly operation: Operation;
  readonly slot: string;
}

/** How many statements, up to the last that writes what all elements share, run once; the model has them first. */
function sharedCount({ do: code }: Operation, { storage }: Group): number {
  const isShared = (statement: Statement): boolean =>
    statement.kind === 'assignment' && storage.get(statement.target)?.kind === 'table';
  return code.findLastIndex(isShared) + 1;
}

/** A kernel for a share of the statements of an operation, on a piece of a population; null where there are none. */
function operationKernel(
  { name, operation, slot }: PlacedOperation,
  piece: Piece,
  share: Share,
  context: Context,
): string | null {
  const { builder } = context;
  const shared = share === 'shared';
  const { member } = piece;
  const split = sharedCount(operation, piece.group);
  const code = shared ? operation.do.slice(0, split) : operation.do.slice(split);
  if (code.length === 0) return null;
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
      ...selectionStreams(shared ? `operation/${name}/shared` : `operation/${name}`, operation.on, member.name),
      element: address.local,
      step: drawStep(step, context),
      perStep: true,
    },
    context,
  );
  const scope = new ElementScope(context, piece.group, address, block, draws, { slot });
  scope.execute(code, ({ variable }, value) =>
    shared ? scope.write(variable, value) : scope.writeIfFree(variable, value),
  );
  scope.storeAll();
  return own
    ? builder.map(
        `${name}.operate`,
        `the operation ${name} on ${member.name}`,
        own.domain,
        runsOnLanes(block.statements, builder),
        block,
      )
    : builder.sequential(`${name}.operate.shared`, `the operation ${name} on ${member.name}: one value for all`, block);
}
