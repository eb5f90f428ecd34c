/**
 * The normalised model, which has passed validation. Every default is present, every quantity is in SI, every
 * expression is in the canonical syntax over SI units, and every reference is resolvable. It is plain JSON, so it can
 * be hashed, stored in results and run again unchanged. Only `normalise` makes it. Everything that computes the meaning
 * of a model takes its typed form, `typed.ts`: the same types, with code parsed and members of unions tagged.
 *
 * `shape/` describes the document as people write it (`ModelDocument` in `document.generated.ts`). There, a quantity is
 * a string with a unit or a number in its slot's unit, and shorthands are allowed.
 */

import type { Form, Written } from './equations.js';
import type * as cells from './shape/cells.js';
import type { metadata, model } from './shape/document.js';
import type { clock, operation, table } from './shape/drives.js';
import type { event, refractory, regime } from './shape/events.js';
import type { Normal } from './shape/normal-form.js';
import type { link, population } from './shape/populations.js';
import type { end, projection } from './shape/projections.js';
import type { pathway, synapse } from './shape/synapses.js';

export type * from './equations.js';
export type { Point } from './shape/cells.js';
export type * from './shape/normal-form.js';
export type { TimingProfile } from './timing-properties.js';

// --- Types of cells and synapses -------------------------------------------------------------------------------------

/** A sum that stimuli and continuous synapses add up to within a step; zero at its start. */
export type Input = Normal<Written, typeof cells.input>;
/** Suppression of effects for a while after an event, by its duration (`for`) or a condition (`while`). */
export type Refractory<F extends Form = Written> = Normal<F, typeof refractory>;
/** A condition on an element's variables, tested in each step, with its actions and receivers. */
export type EventDefinition<F extends Form = Written> = Normal<F, typeof event>;
/** LEMS-like regime: its own derivatives, transitions and entry actions. A transition without `to` stays in it. */
export type Regime<F extends Form = Written> = Normal<F, typeof regime>;
/** The equations, events and regimes of a cell. */
export type NeuronType<F extends Form = Written> = Normal<F, typeof cells.neuron>;
/** Actions of a synapse when an event reaches it. */
export type Pathway<F extends Form = Written> = Normal<F, typeof pathway>;
/** The equations of a synapse and the actions of events of its two ends. */
export type SynapseType<F extends Form = Written> = Normal<F, typeof synapse>;
/** An unbranched piece of a cell, given by its shape, or by its capacitance and its coupling to the parent; in SI. */
export type Section = Normal<Written, typeof cells.section>;
/** An ion with concentrations that mechanisms read and write. */
export type Ion = Normal<Written, typeof cells.ion>;
/** Equations on sections: a channel, a leak, a pool of an ion. */
export type Mechanism<F extends Form = Written> = Normal<F, typeof cells.mechanism>;
/** A cell with structure: a tree of sections with mechanisms on them. Its membrane potential is `v` everywhere. */
export type Compartments<F extends Form = Written> = Normal<F, typeof cells.compartments>;
/**
 * A tree of compartments that all have the equations of their type: the elements of a population are the compartments
 * of its cells, the first compartment of all cells first.
 */
export type CableTree<F extends Form = Written> = Normal<F, typeof cells.cable>;

// --- Networks -------------------------------------------------------------------------------------------------------

/** A variable of another population that a parameter is. */
export type Link<F extends Form = Written> = Normal<F, typeof link.reading.slots>;
/** Cells of one type, or a source of given spikes. */
export type Population<F extends Form = Written> = Normal<F, typeof population.reading.slots>;
/** One end of a projection: a selection, an event, and for cells with structure a place. */
export type End<F extends Form = Written> = Normal<F, typeof end.reading.slots>;
/** Synapses of one type between two selections; they are created in the order of its rules. */
export type Projection<F extends Form = Written> = Normal<F, typeof projection.reading.slots>;

/** Statements on every element of a selection at the ticks of a clock, or at listed times in ascending order. */
export type Operation<F extends Form = Written> = Normal<F, typeof operation>;
/** Piecewise constant function of time, f(t) or f(t, i): values are row-major [time] or [time, element]. */
export type Table = Normal<Written, typeof table.reading.slots>;
/** Ticks at which populations advance that do not do so at every step. */
export type Clock = Normal<Written, typeof clock.reading.slots>;
/** Description and authors of the model; no result depends on it. */
export type Metadata = Normal<Written, typeof metadata.reading.slots>;
/** An entire model. Members by name keep the order in the document. */
export interface Model<F extends Form = Written> extends Normal<F, typeof model.reading.slots> {
  /** Version of the form. */
  readonly interneuron: 1;
}

/** The arrays that `$data` references of a model point at, by digest, decoded. */
export type DataStore = ReadonlyMap<
  string,
  Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | BigInt64Array
>;

/** A validated model with its large arrays. */
export interface ValidModel<F extends Form = Written> {
  readonly model: Model<F>;
  /** Arrays that are not in the model itself, by digest. */
  readonly data: DataStore;
}
