/** Pass: statements that run on populations and synapses at regular intervals. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Statement } from '../../lang/ast.js';
import { drawsIn } from '../../lang/functions.js';
import { mostInt32 } from '../../lang/integers.js';
import { expressionsOf } from '../../lang/walk.js';
import type { Operation } from '../../model/typed.js';
import { Block } from '../code/block.js';
import { onClock, onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import type { Piece } from '../scopes/selections.js';
import { pieceDomain, piecesOf, streamsOf, withoutRepeats } from '../scopes/selections.js';
import { drawsAt, drawStep, keyAt, keyBuffer, type Draws } from '../code/draws.js';
import { cellOf, ElementScope } from '../scopes/element-scope.js';
import { populationInModel } from '../context/cable.js';
import { compartmentOf } from '../scopes/compartment-of.js';
import { ownersOf } from '../../model/typed.js';
import { sharedByEnds } from '../projections/pathways.js';
import { reached } from '../plan/receptors.js';
import { namedIndex } from '../plan/rule-code.js';
import { step } from '../code/step-time.js';
import * as messages from '../context/messages.js';
import { placeAmong, synapseDraws } from '../synapses/synapse-values.js';
import { SynapseScope, type BuiltProjection } from '../plan/synapse-scope.js';
import { overPositions, rowAt } from '../plan/positions.js';
import type { Group, Storage } from '../context/groups.js';
import { positionsOf, type SynapseSelection } from '../projections/synapse-ends.js';
import { runsOnLanes } from '../code/lanes.js';
import { arrayOf } from '../../model/arrays.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import { wholeSteps } from '../code/whole-steps.js';

/**
 * @random streams `operation/<id>` and `operation/<id>/shared`, of a selection's second and later populations with
 * `/<population>` added; counter (element, 0, step, site); of cells with
 * compartments (cell, compartment, step, site)
 */
export function lowerOperations(
  groups: readonly Group[],
  projections: readonly BuiltProjection[],
  context: Context,
): readonly PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  for (const [name, operation] of Object.entries(context.model.operations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    context.diagnostics.at(`/operations/${name}`);
    const runs = runsOf(name, operation, context);
    if (runs === null) continue;
    const { operation: start } = context.profile.defaults;
    const slot = context.profile.stepping === 'slots' ? (operation.slot ?? start) : start;
    if (operation.on.kind === 'synapses') {
      const projectionContext = onClockOf(operation.on.projection, context);
      for (const kernel of synapticKernels({ name, operation, slot }, operation.on, projections, projectionContext))
        for (const [every, offset] of runs(projectionContext.every))
          entries.push(inStep(kernel, { slot, order: operation.order, name }, every, offset));
      continue;
    }
    const pieces = piecesOf(operation.on, groups, `the operation ${name}`, context);
    if (!pieces) continue;
    const operate = (piece: Piece, code: Share): void => {
      const kernel = operationKernel({ name, operation, slot }, piece, code, context);
      if (kernel === null) return;
      for (const [every, offset] of runs(onClock(piece.group.clock, context).every))
        entries.push(inStep(kernel, { slot, order: operation.order, name }, every, offset));
    };
    // Values shared by a population are written first, and once for all its pieces.
    const wholes = new Map(pieces.map((piece) => [piece.member.name, piece]));
    for (const piece of wholes.values()) operate(piece, 'shared');
    for (const piece of pieces) operate(withoutRepeats(piece), 'own');
  }
  return entries;
}

/** Most listed times of an operation: each is an entry of the schedule. */
const mostTimes = 10_000;

/**
 * Returns the steps in which an operation runs, given the steps between ticks of its owner: intervals and their
 * offsets. Returns null after a diagnostic.
 */
function runsOf(
  name: string,
  { every, times }: Operation,
  context: Context,
): ((ticks: number) => readonly (readonly [every: number, offset: number])[]) | null {
  if (times === undefined) {
    const given = every === undefined ? undefined : wholeSteps(`the interval of ${name}`, every, context);
    return given === null ? null : (ticks) => [[given ?? ticks, 0]];
  }
  if (times.length > mostTimes) {
    context.diagnostics.add(messages.unsupportedFeature(`an operation (${name}) at more than ${mostTimes} times`));
    return null;
  }
  const steps = times.map((time) => (time === 0 ? 0 : wholeSteps(`a time of ${name}`, time, context)));
  const known = [...new Set(steps.flatMap((at) => at ?? []))].filter((at) => at < mostInt32);
  return steps.includes(null) ? null : () => known.map((at) => [mostInt32, at]);
}

/**
 * Adds kernels for an operation on synapses of a projection, which may write only the synapses' variables. One kernel
 * writes their shared variables, one the rest. Returns no kernels after a diagnostic.
 */
function synapticKernels(
  placed: PlacedOperation,
  on: SynapseSelection,
  projections: readonly BuiltProjection[],
  context: Context,
): readonly string[] {
  const { name, operation } = placed;
  const refuse = (what: string): [] => {
    context.diagnostics.add(messages.unsupportedFeature(`an operation (${name}) ${what}`));
    return [];
  };
  const built = projections.find(({ plan }) => plan.name === on.projection);
  if (!built) return refuse('on synapses between several populations');
  let writesEnds = false;
  for (const statement of operation.do) {
    if (statement.kind !== 'assignment') return refuse('on synapses that sends');
    const to = reached(statement.to, built.plan.projection.receptors);
    if (to.kind !== 'end') continue;
    const { population } = built.plan[to.end];
    if (populationInModel(population, context.shown) !== population)
      return refuse('on synapses that writes variables of cells with compartments');
    writesEnds = true;
  }
  const split = sharedCount(operation, built.storage);
  const [once, each] = [operation.do.slice(0, split), operation.do.slice(split)];
  return [
    ...(once.length > 0 ? [sharedSynapticKernel(placed, once, built, context)] : []),
    ...(each.length > 0
      ? [(writesEnds ? synapsesInOrderKernel : eachSynapseKernel)(placed, each, on, built, context)]
      : []),
  ];
}

/** @random stream `operation/<id>/shared`, counter (0, 0, step, site) */
function sharedSynapticKernel(
  { name, slot }: PlacedOperation,
  code: readonly Statement[],
  { plan, storage }: BuiltProjection,
  context: Context,
): string {
  const block = new Block();
  const none = ir.u32(0);
  const at = { keys: `${name}.shared.keys`, streams: [`operation/${name}/shared`], element: none, perStep: true };
  const draws = drawsAt({ ...at, step: drawStep(step, context) }, context);
  const address = { position: none, source: none, target: none };
  const scope = new SynapseScope(context, { plan, storage }, address, block, draws, { slot });
  scope.execute(code);
  scope.storeAll();
  const comment = `the operation ${name} on the synapses of ${plan.name}: one value for all`;
  return context.builder.sequential(`${name}.operate.shared`, comment, block);
}

/** @random stream `operation/<id>`, counter (source, target, step, site) */
function eachSynapseKernel(
  placed: PlacedOperation,
  code: readonly Statement[],
  on: SynapseSelection,
  built: BuiltProjection,
  context: Context,
): string {
  const { plan, connectivity } = built;
  const stored = { name: plan.name, count: connectivity.count, rows: connectivity.rows, sources: plan.pre.size };
  const comment = `the operation ${placed.name} on the synapses of ${plan.name}`;
  const operate = synapseOperation(placed, code, on, built, context);
  return overPositions(`${placed.name}.operate`, comment, stored, context, operate);
}

/**
 * Adds a kernel for statements that write variables of ends. It runs one synapse after another in order of creation,
 * which defines the bits of sums and the last assignment.
 *
 * @random stream `operation/<id>`, counter (source, target, step, site)
 */
function synapsesInOrderKernel(
  placed: PlacedOperation,
  code: readonly Statement[],
  on: SynapseSelection,
  built: BuiltProjection,
  context: Context,
): string {
  const { plan, connectivity } = built;
  const { rows, count } = connectivity;
  const sources = plan.pre.size;
  const block = new Block();
  const positions = positionsOf(built, count, context);
  const operate = synapseOperation(placed, code, on, built, context);
  const end = typeof count === 'number' ? ir.u32(count) : ir.load(rows, ir.u32(sources));
  block.write`
    for synapse = 0u until ${end} {
      let position = ${(at) => (positions ? ir.load(positions, at('synapse')) : at('synapse'))}
      ${(at, inner) => operate(at('position'), rowAt(at('position'), { rows, sources }, inner), inner)}
    }`;
  const comment = `the operation ${placed.name} on the synapses of ${plan.name}, one after another`;
  return context.builder.sequential(`${placed.name}.operate`, comment, block);
}

/** Returns statements of an operation for the synapse at a position of a row, if it is selected. */
function synapseOperation(
  { name, slot }: PlacedOperation,
  code: readonly Statement[],
  on: SynapseSelection,
  { plan, connectivity, storage }: BuiltProjection,
  context: Context,
): (position: Ir, source: Ir, outer: Block) => void {
  const indices = on.indices ? Uint32Array.from(arrayOf(on.indices, context.data)) : (on.slice ?? null);
  return (position, source, outer) => {
    const operate = (block: Block): void => {
      const target = block.name('target', ir.convert('u32', ir.load(connectivity.targets, position)));
      const draws = (): Draws => {
        const copy = connectivity.copies ? ir.load(connectivity.copies, position) : null;
        const pair = { source: namedIndex(plan.pre, source), target: namedIndex(plan.post, target), copy };
        const key = keyAt(keyBuffer(`${name}.keys`, [`operation/${name}`], context), ir.u32(0));
        return { ...synapseDraws(pair, key, block), step: drawStep(step, context) };
      };
      const drawn = code.some((statement) => expressionsOf(statement).some(drawsIn)) ? draws() : null;
      const at = { position, source, target };
      const scope = new SynapseScope(context, { plan, storage }, at, block, drawn, { slot });
      const { receptors } = plan.projection;
      const assigned = code.flatMap((statement) =>
        statement.kind === 'assignment' ? [{ statement, to: reached(statement.to, receptors) }] : [],
      );
      scope.sharedByEnds = sharedByEnds({ plan, statements: assigned, ordered: true });
      scope.execute(code);
      scope.storeAll();
    };
    const created = connectivity.creation ? ir.load(connectivity.creation, position) : position;
    const { chosen } = placeAmong({ indices }, created, name, outer, context);
    if (chosen === null) operate(outer);
    else outer.emit(ir.when(chosen, outer.nested(operate)));
  };
}

/** Statements that run once for a population, or for each element. */
type Share = 'shared' | 'own';

/** An operation and its slot. */
interface PlacedOperation {
  readonly name: string;
  readonly operation: Operation;
  readonly slot: string;
}

/**
 * Returns the number of leading statements that run once: up to the last one that writes a shared value. The model puts
 * them first.
 */
function sharedCount({ do: code }: Operation, storage: ReadonlyMap<string, Storage>): number {
  const isShared = (statement: Statement): boolean =>
    statement.kind === 'assignment' && storage.get(statement.target)?.kind === 'table';
  return code.findLastIndex(isShared) + 1;
}

/**
 * Adds a kernel for one share of an operation's statements on a piece of a population. Returns null if there are no
 * such statements.
 */
function operationKernel(
  { name, operation, slot }: PlacedOperation,
  piece: Piece,
  share: Share,
  context: Context,
): string | null {
  const { builder } = context;
  const shared = share === 'shared';
  const { member } = piece;
  const split = sharedCount(operation, piece.group.storage);
  const code = shared ? operation.do.slice(0, split) : operation.do.slice(split);
  if (code.length === 0) return null;
  const block = new Block();
  const elementDomain = shared ? null : pieceDomain(piece, name, block, context);
  const address = elementDomain?.address ?? {
    index: ir.u32(member.begin),
    ordinal: ir.u32(member.ordinal),
    local: ir.u32(0),
  };
  const draws = drawsAt(
    {
      keys: shared ? `${name}.shared.keys` : `${name}.keys`,
      ...streamsOf(
        shared ? `operation/${name}/shared` : `operation/${name}`,
        ownersOf(operation.on).map((owner) => populationInModel(owner, context.shown)),
        populationInModel(member.name, context.shown),
      ),
      element: cellOf(piece.group, address, context),
      subElement: compartmentOf(piece.group, address, context),
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
  return elementDomain
    ? builder.map(
        `${name}.operate`,
        `the operation ${name} on ${member.name}`,
        elementDomain.domain,
        runsOnLanes(block.statements),
        block,
      )
    : builder.sequential(`${name}.operate.shared`, `the operation ${name} on ${member.name}: one value for all`, block);
}
