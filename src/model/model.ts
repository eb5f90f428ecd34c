/**
 * The normalised model, which has passed validation. Every default is present, every quantity is in SI, every
 * expression is in the canonical syntax over SI units, and every reference is resolvable. It is plain JSON, so it can
 * be hashed, stored in results and run again unchanged. Only `normalise` makes it. Everything that computes the meaning
 * of a model takes its typed form, `typed.ts`: the same types, with code parsed and members of unions tagged.
 *
 * `shape/` describes the document as people write it (`ModelDocument` in `document.generated.ts`). There, a quantity is
 * a string with a unit or a number in its slot's unit, and shorthands are allowed.
 */

import type { ArrayValue, Form, Id, OneOf, UnitText, Value, Written } from './equations.js';
import type { SlotDocument as Slot } from './document.generated.js';
import type { operation, stimuli } from './shape/drives.js';
import type { Kinds, Normal, SelectionRule, SpikeTrain } from './shape/normal-form.js';
import type { link, population } from './shape/populations.js';
import type { end, projection } from './shape/projections.js';
import type { NeuronType, SynapseType } from './types.js';

export type * from './compartments.js';
export type * from './equations.js';
export type * from './shape/normal-form.js';
export type * from './types.js';

// --- Networks -------------------------------------------------------------------------------------------------------

/** A variable of another population that a parameter is. */
export type Link<F extends Form = Written> = Normal<F, typeof link.reading.slots>;
/** Cells of one type, or a source of given spikes. */
export type Population<F extends Form = Written> = Normal<F, typeof population.reading.slots>;
/** One end of a projection: a selection, an event, and for cells with structure a place. */
export type End<F extends Form = Written> = Normal<F, typeof end.reading.slots>;
/** Synapses of one type between two selections; they are created in the order of its rules. */
export type Projection<F extends Form = Written> = Normal<F, typeof projection.reading.slots>;

/** A stimulus that acts on the elements of a selection from outside the network. */
export type Stimulus<F extends Form = Written> = Kinds<F, 'kind', typeof stimuli>;

/** Statements on every element of a selection at the ticks of a clock, or at listed times in ascending order. */
export type Operation<F extends Form = Written> = Normal<F, typeof operation>;

/** Piecewise constant function of time, f(t) or f(t, i): value k holds for k*dt <= t < (k+1)*dt, the ends extend. */
export interface Table {
  /** Seconds that each value holds for. */
  readonly dt: number;
  readonly unit: UnitText;
  /** Row-major [time] or [time, element]. */
  readonly values: ArrayValue;
  /** Number of elements, for f(t, i); null for f(t). */
  readonly columns: number | null;
}

/** Ticks at which populations advance that do not do so at every step. */
export interface Clock {
  /** Seconds from tick to tick. */
  readonly dt: number;
}

/** Kinds of recordings to the results: times of events, samples of variables, or the rate of an entire selection. */
export interface RecordingKinds<F extends Form = Written> {
  readonly events: {
    readonly of: SelectionRule<F>;
    readonly events: Id;
    /** Recorded at each event, right after its test unless `slot` and `order` choose another moment. */
    readonly variables?: readonly Id[];
    readonly slot?: Slot;
    readonly order?: number;
    readonly name: Id;
  };
  readonly variables: {
    readonly of: SelectionRule<F>;
    readonly variables: readonly Id[];
    /** In s; absent: each step. */
    readonly every?: number;
    readonly slot?: Slot;
    readonly order?: number;
    readonly name: Id;
    readonly section?: string;
    readonly fraction?: number;
  };
  readonly rate: { readonly of: SelectionRule<F>; readonly rate: true; readonly name: Id };
}

/** A recording to the results. */
export type Recording<F extends Form = Written> = OneOf<F, RecordingKinds<F>>;

/** Actions of the protocol. Times are in s. Each kind has the name of its first member. */
export interface PhaseKinds<F extends Form = Written> {
  readonly run: { readonly run: number };
  readonly runUntil: { readonly runUntil: number };
  /**
   * Keys are `population[1, 3].variable`; with `of`, for selections without such a text, they are variables of it.
   * `numbered`: the index `i` that values read counts within the selection rather than within its populations.
   */
  readonly set: {
    readonly set: Readonly<Record<string, Value<F>>>;
    readonly where?: F['expression'];
    readonly of?: SelectionRule<F>;
    readonly numbered?: 'selection';
  };
  /** Gives state variables another first value: they take it now, and at each reset that follows. */
  readonly initialise: {
    readonly initialise: Readonly<Record<string, Value<F>>>;
    readonly of?: SelectionRule<F>;
    readonly numbered?: 'selection';
  };
  /**
   * Other delays for events that are sent from now on, by `projection.pathway`. Events under way keep their arrival
   * times.
   */
  readonly delays: { readonly delays: Readonly<Record<string, Value<F>>> };
  /** Other values for currents, from now on. */
  readonly currents: { readonly currents: Readonly<Record<Id, F['expression']>> };
  /**
   * Other spikes for populations that replay them; spikes with times in the past are not replayed. `of` limits the
   * change to its elements in the population. Indices then count among its elements, spikes of other indices are left
   * out, and the other elements keep their spikes.
   */
  readonly replay: { readonly replay: Readonly<Record<Id, SpikeTrain>>; readonly of?: SelectionRule<F> };
  readonly attach: { readonly attach: Id };
  readonly detach: { readonly detach: Id };
  readonly record: { readonly record: Id; readonly on: boolean };
  /**
   * Returns to time 0 with first values, no spikes under way, and the parameters as they are now; draws go on.
   * `segment` names the new segment, `annotations` belong to the segment that ends.
   */
  readonly reset: {
    readonly reset: true;
    readonly segment?: string;
    readonly annotations?: Readonly<Record<string, unknown>>;
  };
  readonly store: { readonly store: string };
  readonly restore: { readonly restore: string };
}

/** A step of the protocol. */
export type Phase<F extends Form = Written> = OneOf<F, PhaseKinds<F>>;

/** Order of actions in a step, and labels of times: docs/timing-profiles.md. */
export type TimingProfile = 'brian' | 'grid' | 'lems-euler';

/** Description and authors of the model; no result depends on it. */
export interface Metadata {
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly { readonly name: string; readonly orcid?: string }[];
  /** SPDX identifier. */
  readonly licence?: string;
  readonly doi?: string;
  readonly species?: string;
  readonly region?: string;
  /** Ontology identifiers. */
  readonly terms?: readonly string[];
}

/** An entire model. Members by name keep the order in the document. */
export interface Model<F extends Form = Written> {
  /** Version of the form. */
  readonly interneuron: 1;
  readonly name: string;
  readonly metadata: Metadata;
  /** Model parameters, resolved: already substituted everywhere, kept for `--set` and for readers. */
  readonly parameters: Readonly<Record<Id, { readonly unit: UnitText; readonly value: number }>>;
  readonly neurons: Readonly<Record<Id, NeuronType<F>>>;
  readonly synapses: Readonly<Record<Id, SynapseType<F>>>;
  /** Given functions of time that expressions call by name. */
  readonly tables: Readonly<Record<Id, Table>>;
  readonly populations: Readonly<Record<Id, Population<F>>>;
  readonly projections: Readonly<Record<Id, Projection<F>>>;
  /** Poisson inputs and currents. */
  readonly stimuli: Readonly<Record<Id, Stimulus<F>>>;
  /** Statements run at intervals. */
  readonly operations: Readonly<Record<Id, Operation<F>>>;
  readonly clocks: Readonly<Record<Id, Clock>>;
  readonly recordings: readonly Recording<F>[];
  /** Order of actions in a step. */
  readonly timing: TimingProfile;
  /** Time step in s, seed as a decimal number, and the phases of the run in order. */
  readonly experiment: { readonly dt: number; readonly seed: string; readonly protocol: readonly Phase<F>[] };
  /** All other members of the document; kept, and read only by writers of files. */
  readonly annotations: Readonly<Record<string, unknown>>;
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
