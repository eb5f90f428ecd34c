/** The parts that a canonical type is made of while it is being flattened. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Assignment, Dimension, Expression } from '../../../src/lang/ast.js';
import { isRandom } from '../../../src/lang/functions.js';
import { callsIn, namesIn } from '../../../src/lang/walk.js';
import type { DerivedVariableDefinition, RegimeDefinition } from '../lems/definitions.js';
import type { AttachmentSum } from './select.js';

/** A state variable of a canonical type. */
export interface FlatState {
  readonly name: string;
  readonly dimension: Dimension | null;
  readonly initial: Expression | null;
  readonly integer?: true;
}
/** A derived variable of a canonical type. */
export interface FlatDerived {
  readonly name: string;
  readonly dimension: Dimension | null;
  readonly value: Expression;
  readonly integer?: true;
  readonly place: Place;
}
/** A condition with what it does. */
export interface FlatEvent {
  readonly name: string;
  readonly when: Expression;
  readonly do: readonly Assignment[];
  /** Name under which others see it; null where nobody does. */
  readonly emits: string | null;
  readonly place: Place;
}
/** A regime of the root. */
export interface FlatRegime {
  readonly name: string;
  readonly initial: boolean;
  readonly rates: ReadonlyMap<string, Expression>;
  readonly onEntry: readonly Assignment[];
  readonly transitions: readonly {
    readonly when: Expression;
    readonly do: readonly Assignment[];
    readonly to?: string;
    readonly emit?: string;
    readonly place: Place;
  }[];
}
/** A sum over what is attached. */
export interface FlatInput extends AttachmentSum {
  readonly name: string;
  readonly dimension: Dimension | null;
}
/** What is advanced as a whole, see `Part` of the canonical model. */
export interface FlatPart {
  readonly derived: readonly string[];
  readonly propagate: readonly string[];
  readonly state: readonly string[];
  readonly events: readonly string[];
  readonly regimes: boolean;
}

/** Whether an instance becomes an element of a population, or lives on a connection. */
export type FlatKind = 'neuron' | 'synapse';

/** A part in which nothing happens. */
export const emptyPart: FlatPart = { derived: [], propagate: [], state: [], events: [], regimes: false };

/** Variables that a regime changes. */
export function changedIn(regime: RegimeDefinition): ReadonlySet<string> {
  const actions = [
    ...regime.onEntry,
    ...regime.onConditions.flatMap((condition) => condition.actions),
    ...regime.onEvents.flatMap((handler) => handler.actions),
  ];
  return new Set([
    ...regime.timeDerivatives.map(({ variable }) => variable),
    ...actions.flatMap((action) => (action.kind === 'assign' ? [action.variable] : [])),
  ]);
}

/** Names that the value of a derived variable reads. */
function readBy({ value, cases }: DerivedVariableDefinition): ReadonlySet<string> {
  const trees = [value, ...(cases ?? []).flatMap((one) => [one.condition, one.value])];
  return new Set(trees.flatMap((expression) => (expression ? [...namesIn(expression.tree)] : [])));
}

/** Whether each evaluation of an expression draws a random number. */
export function isRandomExpression(e: Expression): boolean {
  return callsIn(e).some((call) => isRandom(call.function));
}

/** Derived variables, each after those that it reads; else selected ones first, choices last, as they are written. */
export function inOrderOfReading(definitions: readonly DerivedVariableDefinition[]): readonly DerivedVariableDefinition[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered: DerivedVariableDefinition[] = [];
  const visited = new Set<string>();
  const visit = (definition: DerivedVariableDefinition): void => {
    if (visited.has(definition.name)) return;
    visited.add(definition.name);
    for (const other of readBy(definition)) {
      const needed = byName.get(other);
      if (needed) visit(needed);
    }
    ordered.push(definition);
  };
  const rank = ({ select, cases }: DerivedVariableDefinition): number => (select !== undefined ? 0 : cases ? 2 : 1);
  for (const definition of [...definitions].sort((one, other) => rank(one) - rank(other))) visit(definition);
  return ordered;
}
