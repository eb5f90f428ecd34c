/** Pass: the changes by phases of the protocol, as procedures. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { afterReset } from '../../ir/names.js';
import type { Action, Buffer } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import type { Phase, SelectionRule, Value } from '../../model/typed.js';
import { Block } from '../code/block.js';
import { assignedBy } from '../../model/assigned.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import { changeCurrent, switchOf } from './currents.js';
import { changeDelays, resetWindows } from '../projections/delay-windows.js';
import type { Group } from '../context/groups.js';
import { assignValues } from './initial-values.js';
import * as messages from '../context/messages.js';
import type { Piece } from '../scopes/selections.js';
import { memberOf, pieceDomain, piecesOf, wholeOf } from '../scopes/selections.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { phaseProcedure } from '../context/protocol.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import { changeReplay } from '../events/replay.js';
import { propagatorsProcedure } from '../integration/propagators.js';
import type { ChosenSynapses } from '../synapses/synapse-values.js';
import { overPositions } from '../plan/positions.js';
import { assignSharedValues, assignSynapseValues } from '../synapses/synapse-values.js';

/** Procedure that recomputes stored data derived from initial values. */
export const deriveAgain = 'derive';

/** Whether values may be set before time begins to pass: at the start, or after a reset. */
export const changesFirstValues = (protocol: readonly Phase[]): boolean =>
  protocol.some(
    ({ kind }, k) => (kind === 'set' || kind === 'initialise' || kind === 'reset') && isAtStart(protocol, k),
  );

/** Whether no time has passed when a phase begins, or when it ends for a reset. */
function isAtStart(protocol: readonly Phase[], k: number): boolean {
  const before = protocol.slice(0, k + 1);
  const since = before.slice(before.findLastIndex(({ kind }) => kind === 'reset') + 1);
  return !since.some(({ kind }) => kind === 'run' || kind === 'runUntil' || kind === 'restore');
}

/** Whether a protocol turns time back. */
export const turnsBack = (protocol: readonly Phase[]): boolean =>
  protocol.some(({ kind }) => kind === 'reset' || kind === 'restore');

/** Copies of variables that others read in their place, by the buffer of the variable. */
export type Copies = ReadonlyMap<string, Buffer>;

/** Populations and projections as phases change them. */
interface PhasedNetwork {
  readonly groups: readonly Group[];
  readonly projections: readonly BuiltProjection[];
  /** Copies of variables that other elements read. */
  readonly copies: Copies;
  /** The kernels to repeat after a change, by name. */
  readonly procedures: ReadonlyMap<string, readonly Action[]>;
}

/** Adds a procedure for each phase that changes something. @random stream `phase/<k>/<owner>/<variable>` */
export function lowerPhases(network: PhasedNetwork, context: Context): void {
  const { projections, procedures } = network;
  if (context.turnsBack) {
    for (const { plan } of projections)
      for (const { window } of plan.pathways)
        if (window !== null && window.version === 0) resetWindows(plan, window, context);
  }
  const { protocol } = context.model.experiment;
  const derived = procedures.get(deriveAgain) ?? [];
  if (derived.length > 0 && protocol.some(({ kind }) => kind === 'reset'))
    context.builder.procedure(afterReset, ...derived);
  protocol.forEach((phase, k) => {
    context.diagnostics.at(`/experiment/protocol/${k}`);
    const does = (...actions: readonly Action[]): void => context.builder.procedure(phaseProcedure(k), ...actions);
    switch (phase.kind) {
      case 'set':
      case 'initialise': {
        const values = phase.kind === 'set' ? phase.set : phase.initialise;
        const where = phase.kind === 'set' ? (phase.where ?? null) : null;
        does(...setValues({ values, of: phase.of, where, k }, network, context));
        if (isAtStart(protocol, k)) does(...derived);
        return;
      }
      case 'attach':
        return does(switching(phase.attach, true, k, context));
      case 'detach':
        return does(switching(phase.detach, false, k, context));
      case 'delays':
        for (const key of Object.keys(phase.delays)) does(...delayChanges(key, k, projections, context));
        return;
      case 'currents':
        for (const name of Object.keys(phase.currents)) does({ kind: 'run', kernel: changeCurrent(name, k, context) });
        return;
      case 'replay':
        for (const name of Object.keys(phase.replay)) does({ kind: 'run', kernel: changeReplay(name, k, context) });
        return;
      case 'run':
      case 'runUntil':
      case 'record':
      case 'reset':
      case 'store':
      case 'restore':
        // Phases that the session carries out itself (`protocol.ts`).
        return;
      default:
        return phase satisfies never;
    }
  });
}

/** A current begins or ceases to flow. */
function switching(name: string, on: boolean, k: number, context: Context): Action {
  const flows = switchOf(name, context);
  invariant(flows, 'lower/phases', `${name} is not switched`);
  const kernel = context.builder.sequential(
    `phase${k}.${name}`,
    `the current ${name} ${on ? 'begins' : 'ceases'} to flow`,
    [ir.store(flows, ir.u32(0), ir.u32(on ? 1 : 0))],
  );
  return { kind: 'run', kernel };
}

/** Whether a projection is one of the model, or replaces a piece of it. */
const isPieceOf = ({ name, stream }: ProjectionPlan, owner: string): boolean => name === owner || stream === owner;

/** Delays of a pathway, of all the pieces of its projection. */
function delayChanges(key: string, k: number, projections: readonly BuiltProjection[], context: Context): Action[] {
  const { owner, variable: pathway } = assignedBy(key);
  return projections
    .filter(({ plan }) => isPieceOf(plan, owner))
    .flatMap(({ plan }) =>
      plan.pathways.flatMap(({ name, window }): Action[] =>
        window !== null && window.of === pathway && name === `${pathway}_phase${k}`
          ? [{ kind: 'run', kernel: changeDelays(plan, window, k, context) }]
          : [],
      ),
    );
}

/** The assignments of a phase. */
interface Setting {
  /** By variables of a selection; without one, by `population[1, 3].variable`. */
  readonly values: Readonly<Record<string, Value>>;
  readonly of: SelectionRule | undefined;
  /** Condition for the assigned elements; null: all. */
  readonly where: Expression | null;
  /** Number of the phase. */
  readonly k: number;
}

function setValues({ values, of, where, k }: Setting, network: PhasedNetwork, context: Context): readonly Action[] {
  const { groups, projections, copies, procedures } = network;
  const actions: Action[] = [];
  const stale = new Set<string>();
  const setPiece = (piece: Piece | null, owner: string, variable: string, value: Value): void => {
    const memberOfGroup = memberOf(owner, groups);
    invariant(memberOfGroup, 'lower/phases', `${owner} has no variables`);
    const { group, member } = memberOfGroup;
    const name = `phase${k}.${owner}.${variable}`;
    const comment = `phase ${k} sets ${variable} of ${owner}`;
    const assignedValue = new Map([[variable, value]]);
    const assignment = {
      name,
      comment,
      values: assignedValue,
      stream: (population: string) => `phase/${k}/${population}`,
    };
    for (const kernel of assignValues(assignment, group, member, context, { where, piece }))
      actions.push({ kind: 'run', kernel });
    const seen = showCells(name, variable, piece ?? wholeOf(memberOfGroup), copies, context);
    if (seen !== null) actions.push({ kind: 'run', kernel: seen });
    stale.add(group.name);
  };
  const setSynapses = (some: ChosenSynapses, owner: string, variable: string, value: Value): void => {
    const pieces = projections.filter(({ plan }) => isPieceOf(plan, owner));
    invariant(pieces.length > 0, 'lower/phases', `${owner} is neither a population nor a projection`);
    if (pieces.length > 1 && (some.indices !== null || (typeof value === 'object' && value.kind !== 'expression')))
      context.diagnostics.add(
        messages.unsupportedFeature(
          `setting ${variable} of individual synapses of ${owner}, which stands between assemblies,`,
        ),
      );
    const assignedValue = new Map([[variable, value]]);
    for (const each of pieces) {
      const { plan, storage } = each;
      const name = `phase${k}.${plan.name}.${variable}`;
      const kernel = assignSynapseValues(
        { name, values: assignedValue, stream: `phase/${k}/${owner}` },
        each,
        context,
        some,
      );
      const shared = assignSharedValues(`${name}.shared`, assignedValue, plan, storage, context);
      const seen = kernel && showSynapses(name, variable, each, copies, context);
      for (const run of [kernel, shared, seen]) if (run) actions.push({ kind: 'run', kernel: run });
      stale.add(plan.name);
    }
  };
  for (const [key, value] of Object.entries(values)) {
    if (of === undefined) {
      const { owner, slice, indices, variable } = assignedBy(key);
      if (projections.some(({ plan }) => isPieceOf(plan, owner)))
        setSynapses({ where, indices: slice ?? (indices ? Uint32Array.from(indices) : null) }, owner, variable, value);
      else if (slice === undefined && indices === undefined) setPiece(null, owner, variable, value);
      else {
        const rule: SelectionRule = slice
          ? { kind: 'slice', population: owner, slice }
          : { kind: 'indices', population: owner, indices: indices ?? [] };
        for (const piece of piecesOf(rule, groups, `setting ${key}`, context) ?? [])
          setPiece(piece, owner, variable, value);
      }
    } else if (of.kind === 'synapses') {
      const indices = of.indices ? Uint32Array.from(arrayOf(of.indices, context.data)) : (of.slice ?? null);
      setSynapses({ where, indices }, of.projection, key, value);
    } else {
      for (const piece of piecesOf(of, groups, `setting ${key}`, context) ?? [])
        setPiece(piece, piece.member.name, key, value);
    }
  }
  for (const owner of stale) actions.push(...(procedures.get(propagatorsProcedure(owner)) ?? []));
  return actions;
}

/**
 * Adds a kernel that copies a variable of cells for other elements. Returns null if others read the variable itself.
 */
function showCells(name: string, variable: string, piece: Piece, copies: Copies, context: Context): string | null {
  const storage = piece.group.storage.get(variable);
  const copy = storage?.kind === 'array' ? copies.get(storage.buffer.name) : undefined;
  if (!copy || storage?.kind !== 'array') return null;
  const block = new Block();
  const { domain, address } = pieceDomain(piece, `${name}.shown`, block, context);
  block.write`${copy}[${address.index}] = ${storage.buffer}[${address.index}]`;
  const comment = `others see ${variable} of ${piece.member.name} as it was set`;
  return context.builder.map(`${name}.show`, comment, domain, false, block);
}

/** The same for synapses. */
function showSynapses(
  name: string,
  variable: string,
  { plan, connectivity, storage }: BuiltProjection,
  copies: Copies,
  context: Context,
): string | null {
  const variableStorage = storage.get(variable);
  const copy = variableStorage?.kind === 'array' ? copies.get(variableStorage.buffer.name) : undefined;
  if (!copy || variableStorage?.kind !== 'array') return null;
  const stored = { name: plan.name, count: connectivity.count, rows: connectivity.rows, sources: plan.pre.size };
  const comment = `others see ${variable} of the synapses of ${plan.name} as it was set`;
  return overPositions(`${name}.show`, comment, stored, context, (position, _, block) =>
    block.emit(ir.store(copy, position, ir.load(variableStorage.buffer, position))),
  );
}
