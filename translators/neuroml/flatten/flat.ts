/** The parts that a canonical type is made of while it is being flattened. */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Assignment, Dimension, Expression } from '../../../src/lang/ast.js';
import { isRandom } from '../../../src/lang/functions.js';
import { callsIn } from '../../../src/lang/walk.js';
import type { RegimeDefinition } from '../lems/definitions.js';
import type { AttachmentSum } from './select.js';

/** A state variable of a canonical type. */
export interface FlatState {
  readonly name: string;
  /** Null if it is not stated. */
  readonly dimension: Dimension | null;
  /** First value; null: zero. */
  readonly initial: Expression | null;
  /** Set if it holds a whole number, such as the index of a regime. */
  readonly integer?: true;
}
/** A derived variable of a canonical type. */
export interface FlatDerived {
  readonly name: string;
  /** Null if it is not stated. */
  readonly dimension: Dimension | null;
  readonly value: Expression;
  /** Set if it holds a whole number, such as the index of a regime. */
  readonly integer?: true;
  readonly place: Place;
}
/** A condition with its actions. */
export interface FlatEvent {
  readonly name: string;
  readonly when: Expression;
  /** Actions, in order. */
  readonly do: readonly Assignment[];
  /** Name of the emitted event; null if it is not received. */
  readonly emits: string | null;
  readonly place: Place;
}
/** A regime of the root. */
export interface FlatRegime {
  readonly name: string;
  readonly initial: boolean;
  /** Right sides by state variable. */
  readonly rates: ReadonlyMap<string, Expression>;
  /** Actions when it is entered. */
  readonly onEntry: readonly Assignment[];
  /** Conditions with their actions, tested in this order. */
  readonly transitions: readonly {
    readonly when: Expression;
    readonly do: readonly Assignment[];
    readonly to?: string;
    readonly emit?: string;
    readonly place: Place;
  }[];
}
/** A sum over attachments. */
export interface FlatInput extends AttachmentSum {
  readonly name: string;
  /** Null if it is not stated. */
  readonly dimension: Dimension | null;
}
/** A part that is advanced as a whole, see `Part` of the canonical model. */
export interface FlatPart {
  /** In the order of computation. */
  readonly derived: readonly string[];
  /** State variables that form a linear system, advanced by its matrix exponential. */
  readonly propagate: readonly string[];
  /** State variables with rates that are applied together. */
  readonly state: readonly string[];
  /** Conditions, in the order of their tests. */
  readonly events: readonly string[];
  /** Whether regimes are advanced at the end of this part. */
  readonly regimes: boolean;
  /** State variables of other parts that it reads as they are. */
  readonly current: readonly string[];
}

/** Whether an instance becomes an element of a population, or lives on a connection or a membrane. */
export type FlatKind = 'neuron' | 'synapse';

/** A part without any effect. */
export const emptyPart: FlatPart = { derived: [], propagate: [], state: [], events: [], regimes: false, current: [] };

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

/** Checks whether each evaluation of an expression draws a random number. */
export function isRandomExpression(e: Expression): boolean {
  return callsIn(e).some((call) => isRandom(call.function));
}
