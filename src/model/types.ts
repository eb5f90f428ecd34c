/** Types of cells and synapses. Part of the normalised model, see `model.ts`. */

import type { Form, Written } from './equations.js';
import type { event, refractory, regime } from './shape/events.js';
import type { input, neuron } from './shape/cells.js';
import type { Normal } from './shape/normal-form.js';
import type { pathway, synapse } from './shape/synapses.js';

/** A sum that stimuli and continuous synapses add up to within a step; zero at its start. */
export type Input = Normal<Written, typeof input>;

/** Suppression of effects for a while after an event, by its duration (`for`) or a condition (`while`). */
export type Refractory<F extends Form = Written> = Normal<F, typeof refractory>;

/** A condition on an element's variables, tested in each step, with its actions and receivers. */
export type EventDefinition<F extends Form = Written> = Normal<F, typeof event>;

/** LEMS-like regime: its own derivatives, transitions and entry actions. A transition without `to` stays in it. */
export type Regime<F extends Form = Written> = Normal<F, typeof regime>;

/** The equations, events and regimes of a cell. */
export type NeuronType<F extends Form = Written> = Normal<F, typeof neuron>;

/** Actions of a synapse when an event reaches it. */
export type Pathway<F extends Form = Written> = Normal<F, typeof pathway>;

/** The equations of a synapse and the actions of events of its two ends. */
export type SynapseType<F extends Form = Written> = Normal<F, typeof synapse>;
