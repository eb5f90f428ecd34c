/**
 * Types of cells and synapses: equations, events, regimes and pathways. Part of the normalised model, see `model.ts`.
 */

import type { SlotDocument as Slot } from './document.generated.js';
import type { CableTree, Compartments } from './compartments.js';
import type { EquationSet, Form, Id, KineticScheme, UnitText, Value, Written } from './equations.js';
import type { LocalEvent, Normal } from './shape/normal-form.js';
import type { event, refractory, regime } from './shape/events.js';

/** A sum that stimuli and continuous synapses add up to within a step; zero at its start. */
export interface Input {
  readonly unit: UnitText;
  /** How contributions of one step join: their sum, or their product (then 1 at the step's start). */
  readonly reduce: 'sum' | 'product';
}

/** Suppression of effects for a while after an event, by its duration (`for`) or a condition (`while`). */
export type Refractory<F extends Form = Written> = Normal<F, typeof refractory>;

/** A condition on an element's variables, tested in each step, with its actions and receivers. */
export type EventDefinition<F extends Form = Written> = Normal<F, typeof event>;

/** LEMS-like regime: its own derivatives, transitions and entry actions. A transition without `to` stays in it. */
export type Regime<F extends Form = Written> = Normal<F, typeof regime>;

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
