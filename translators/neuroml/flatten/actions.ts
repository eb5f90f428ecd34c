/**
 * Actions of events: assignments, emissions, changes of regime, including the actions of handlers that are called at
 * once.
 */

import type { Assignment, Expression } from '../../../src/lang/ast.js';
import { assignment as assignmentTo, binary, conditional, integer, name as nameOf } from '../../../src/lang/build.js';
import type { ActionDefinition, RegimeDefinition } from '../lems/definitions.js';
import { fit, translate } from './expressions.js';
import * as messages from './messages.js';
import { stateVariables, type Variables } from './variables.js';
import type { TreeNode } from './tree.js';
import type { Wiring } from './wiring.js';

/** An event that leaves the instance, perhaps only under a condition. */
export interface Emission {
  /** Port of the root. */
  readonly port: string;
  /** The condition; null: always. */
  readonly guard: Expression | null;
}

/** Effects of a block, in order. Emissions come after all of its assignments. */
export interface Effect {
  /** Assignments to canonical variables. */
  readonly statements: readonly Assignment[];
  readonly emissions: readonly Emission[];
  /** Regime that is entered. */
  readonly transition?: string;
}

/** Variables that hold which regime of a node is active: now, and as it was when the regimes began to be advanced. */
export interface Mode {
  /** Name of the variable with the number of the active regime. */
  readonly active: string;
  /** Name of the variable with its value when the regimes began to be advanced. */
  readonly held: string;
}

/** Context of actions within the tree. */
export interface ActionContext {
  /** Meanings of names in each instance. */
  readonly variables: Variables;
  /** The instance that everything else is in. */
  readonly root: TreeNode;
  /** Connections of events between instances. */
  readonly wiring: Wiring;
  /** Regimes of a node that are kept in a variable. */
  mode(node: TreeNode): Mode | undefined;
}

/** Returns an assignment to a canonical variable. */
export const assign = (target: string, value: Expression): Assignment => assignmentTo(target, '=', value);

/** Checks whether the regime of an index is active. */
export const inRegime = (variable: string, index: number): Expression => binary('==', nameOf(variable), integer(index));

function both(a: Expression | null, b: Expression): Expression {
  return a ? binary('and', a, b) : b;
}

/**
 * Returns the effect of a block of actions of a node.
 *
 * @param guard a condition for the block, if given
 * @param calls handlers that are being called, to find cycles
 */
export function effectOf(
  context: ActionContext,
  node: TreeNode,
  actions: readonly ActionDefinition[],
  guard: Expression | null = null,
  calls: readonly string[] = [],
): Effect {
  const { variables } = context;
  const statements: Assignment[] = [];
  const emissions: Emission[] = [];
  let entered: string | undefined;
  for (const action of actions)
    if (action.kind === 'assign') statements.push(...assignment(variables, node, action, guard));
  for (const action of actions) {
    if (action.kind === 'emit') {
      const outcome = emit(context, node, action.port, guard, calls);
      statements.push(...outcome.statements);
      emissions.push(...outcome.emissions);
    } else if (action.kind === 'transition') {
      entered = action.regime;
      const outcome = enter(context, node, action, guard, calls);
      statements.push(...outcome.statements);
      emissions.push(...outcome.emissions);
    }
  }
  return { statements, emissions, ...(entered === undefined ? {} : { transition: entered }) };
}

function assignment(
  variables: Variables,
  node: TreeNode,
  { variable, value, place }: Extract<ActionDefinition, { kind: 'assign' }>,
  guard: Expression | null,
): readonly Assignment[] {
  const target = variables.variable(node, variable);
  if (target?.kind === 'derived') return []; // Told of when types were checked: it is calculated again.
  if (target?.kind !== 'state') {
    variables.diagnostics.add(
      messages.notAState(
        variable,
        stateVariables(node.type).map(({ name }) => name),
      ),
      place,
    );
    return [];
  }
  const typed = translate(value.tree, variables.scope(node), (missing) =>
    variables.unknown(node, missing, value.place),
  );
  const result = fit(typed, target.dimension);
  return [assign(target.name, guard ? conditional(guard, result, nameOf(target.name)) : result)];
}

/** Emits an event on a port of a node: calls the handlers wired to it. At the root, the event leaves the tree. */
function emit(
  context: ActionContext,
  node: TreeNode,
  port: string,
  guard: Expression | null,
  calls: readonly string[],
): Effect {
  const statements: Assignment[] = [];
  const emissions: Emission[] = node === context.root ? [{ port, guard }] : [];
  for (const wire of context.wiring.get(node) ?? []) {
    if (wire.port !== port) continue;
    const outcome = handle(context, wire.to, wire.handler, guard, calls);
    statements.push(...outcome.statements);
    emissions.push(...outcome.emissions);
  }
  return { statements, emissions };
}

/** Returns the effect of an event that arrives on a port of a node. @diagnostic lems/event-circle */
export function handle(
  context: ActionContext,
  node: TreeNode,
  port: string,
  guard: Expression | null = null,
  calls: readonly string[] = [],
): Effect {
  const call = `${node.ordinal} ${port}`;
  if (calls.includes(call)) {
    context.variables.diagnostics.add(messages.eventCircle(port), node.component.place);
    return { statements: [], emissions: [] };
  }
  const inner = [...calls, call];
  const { dynamics } = node.type;
  const effects = (dynamics?.onEvents ?? [])
    .filter((handler) => handler.port === port)
    .map(({ actions }) => effectOf(context, node, actions, guard, inner));
  const mode = context.mode(node);
  for (const [index, regime] of (dynamics?.regimes ?? []).entries()) {
    for (const { actions } of regime.onEvents.filter((handler) => handler.port === port)) {
      // A handler of a regime acts only while that one is active; the effects before it may have changed which is.
      if (mode) effects.push(effectOf(context, node, actions, both(guard, inRegime(mode.active, index)), inner));
    }
  }
  return {
    statements: effects.flatMap(({ statements }) => statements),
    emissions: effects.flatMap(({ emissions }) => emissions),
  };
}

/**
 * Leaves for another regime: its actions at entry run at once. Regimes that are not kept in a variable are entered by
 * who advances them.
 */
function enter(
  context: ActionContext,
  node: TreeNode,
  { regime: name, place }: Extract<ActionDefinition, { kind: 'transition' }>,
  guard: Expression | null,
  calls: readonly string[],
): Effect {
  const regimes: readonly RegimeDefinition[] = node.type.dynamics?.regimes ?? [];
  const index = regimes.findIndex((regime) => regime.name === name);
  const regime = regimes[index];
  if (!regime) {
    context.variables.diagnostics.add(
      messages.unknownRegime(
        name,
        regimes.map((other) => other.name),
      ),
      place,
    );
    return { statements: [], emissions: [] };
  }
  const mode = context.mode(node);
  if (!mode) return { statements: [], emissions: [] };
  const call = `${node.ordinal} regime ${name}`;
  if (calls.includes(call)) {
    context.variables.diagnostics.add(messages.eventCircle(name), place);
    return { statements: [], emissions: [] };
  }
  const next = integer(index);
  const entry = effectOf(context, node, regime.onEntry, guard, [...calls, call]);
  const change = assign(mode.active, guard ? conditional(guard, next, nameOf(mode.active)) : next);
  // The variable of the active regime is assigned last, since the guard may read it.
  return { statements: [...entry.statements, change], emissions: entry.emissions };
}
