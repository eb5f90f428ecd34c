/**
 * Types of cells and synapses: equations, events, regimes and pathways. Part of the normalised model, see `model.ts`.
 */

import type { SlotDocument as Slot } from './document.generated.js';
import type { CableTree, Compartments } from './compartments.js';
import type {
  Derivative,
  EquationSet,
  Form,
  Id,
  KineticScheme,
  LocalEvent,
  UnitText,
  Value,
  Written,
} from './equations.js';

/** A sum that stimuli and continuous synapses add up to within a step; zero at its start. */
export interface Input {
  readonly unit: UnitText;
  /** How contributions of one step join: their sum, or their product (then 1 at the step's start). */
  readonly reduce: 'sum' | 'product';
}

/** Suppression of effects for a while after an event. */
export interface Refractory<F extends Form = Written> {
  /** Duration as an expression in seconds; exclusive with `while`. */
  readonly for?: F['expression'];
  /** Stays refractory as long as this condition holds. */
  readonly while?: F['expression'];
  /** Variables that have a rate of zero meanwhile. */
  readonly rate: readonly Id[];
  /** Whether code other than the event's own actions may write the same variables meanwhile. */
  readonly writes: 'block' | 'allow';
  /** Whether the event itself is suppressed meanwhile. */
  readonly suppress: boolean;
  /** Other events that are suppressed meanwhile. */
  readonly of?: readonly Id[];
  /** How the duration becomes whole steps; absent: as the timing profile has it. */
  readonly rounding?: 'nearest' | 'up' | 'down';
  /** Whether duration or condition is computed once, when the event happens, or again in each step. */
  readonly evaluated: 'atEvent' | 'eachStep';
}

/** A condition on an element's variables, tested in each step, with its actions and receivers. */
export interface EventDefinition<F extends Form = Written> {
  /** Condition, a boolean expression. */
  readonly when: F['expression'];
  /** Whether it happens in each step that satisfies the condition, or only in the first of them. */
  readonly edge: 'level' | 'rising';
  /** Actions, in this order. */
  readonly do: readonly F['statement'][];
  /** Suppression after it; absent: no suppression. */
  readonly refractory?: Refractory<F>;
  /** Slot of the condition and of the actions in the timing profile; absent: the profile's own. */
  readonly slot?: Slot;
  /** Slot of the actions; absent: the profile's own. */
  readonly actionSlot?: Slot;
  /** Order within a slot, ascending. */
  readonly order: number;
  /** Order of the actions within their slot; absent: the same. */
  readonly actionOrder?: number;
  /** How many times a spike counts; absent: once. */
  readonly multiplicity?: F['expression'];
  /** Name that other elements receive it under, which several may share; null: not sent; absent: its own. */
  readonly emits?: Id | null;
  /** Cells with structure: the place that the condition reads variables at. */
  readonly section?: Id;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
}

/** LEMS-like regime: its own derivatives, transitions and entry actions. */
export interface Regime<F extends Form = Written> {
  /** Whether elements begin in it; one regime of a type does. */
  readonly initial: boolean;
  /** Differential equations that hold while it is active, in addition to the type's. */
  readonly derivatives: Readonly<Record<Id, Derivative<F>>>;
  /** Order for stepwise profiles to apply the derivatives, one after another; absent: by name. */
  readonly order?: readonly Id[];
  /** Actions when an element enters it. */
  readonly onEntry: readonly F['statement'][];
  /** Conditions with actions, tested in this order; without `to` the regime stays. */
  readonly transitions: readonly {
    readonly when: F['expression'];
    readonly do: readonly F['statement'][];
    readonly to?: Id;
    readonly emit?: Id;
  }[];
}

/** The equations, events and regimes of a cell. */
export interface NeuronType<F extends Form = Written> extends EquationSet<F> {
  /** Sums that synapses and stimuli add up to, by name. */
  readonly inputs: Readonly<Record<Id, Input>>;
  /** By name; projections send `spike` unless they name another event. */
  readonly events: Readonly<Record<Id, EventDefinition<F>>>;
  /** Modes of the elements, each of them in one; empty: no regimes. */
  readonly regimes: Readonly<Record<Id, Regime<F>>>;
  /** A tree of sections with mechanisms on them. */
  readonly compartments?: Compartments<F>;
  /** The tree that elements of this type are compartments of. */
  readonly cable?: CableTree<F>;
}

/** Actions of a synapse when an event reaches it. */
export interface Pathway<F extends Form = Written> {
  /** `pre.spike`, `post.spike`, `pre.<event>`, `post.<event>`. */
  readonly on: F['event'];
  /** Seconds, over the synapse's values and indices; drawn once at build. */
  readonly delay: Value<F>;
  /** Slot of the timing profile to run in; absent: the profile's own. */
  readonly slot?: Slot;
  /** Order within the slot, ascending; the default has the presynaptic side at -1 and the other at 1. */
  readonly order: number;
  /** Statements for each synapse that the event reaches. */
  readonly do: readonly F['statement'][];
}

/** Where in a step a summed variable is computed. */
export interface SumSlot {
  /** Slot of the timing profile; absent: the profile's own. */
  readonly slot?: Slot;
  /** Order within the slot, ascending; absent: before the integration of the target. */
  readonly order?: number;
}

/** The equations of a synapse and the actions of events of its two ends. */
export interface SynapseType<F extends Form = Written> extends EquationSet<F>, KineticScheme<F> {
  /** Actions of events, by name; one event may trigger several pathways. */
  readonly pathways: Readonly<Record<Id, Pathway<F>>>;
  /** Conditions on its own variables; absent: none. */
  readonly events?: Readonly<Record<Id, LocalEvent<F>>>;
  /** Continuous part: added each step to an input or variable of an end (`post.I`, `pre.I`, `port`). */
  readonly contributes: F['sums'];
  /**
   * Brian's summed variables: each step, before the target's integration, the variable becomes the sum over synapses.
   */
  readonly summed: F['sums'];
  /**
   * Where in a step summed variables are computed, by their names in `summed`; absent: before the target's
   * integration.
   */
  readonly sumSlots?: Readonly<Record<string, SumSlot>>;
  /** Ports that a projection's `receptor` binds to variables of the target, with their units. */
  readonly ports: Readonly<Record<Id, { readonly unit: UnitText }>>;
}
