/**
 * The model as people write it, with shorthands and units as typed; `schemas/model.schema.json` describes it. Only the
 * schema check yields this form and only normalising reads it. Everything downstream takes the normalised `Model`.
 */

import type {
  ArrayDocument,
  DrawnValuesDocument,
  Expression,
  Map,
  ModelParameterDocument,
  NeuronDocument,
  Quantity,
  Statements,
  SynapseDocument,
  Unit,
  ValueDocument,
} from './document-types.js';

export type {
  ArrayDocument,
  CableDocument,
  CompartmentsDocument,
  DataReferenceDocument,
  DerivativeDocument,
  DerivedDocument,
  DrawnValuesDocument,
  EquationSetDocument,
  EventDocument,
  Expression,
  MechanismDocument,
  ModelParameterDocument,
  NeuronDocument,
  ParameterDocument,
  PartDocument,
  PathwayDocument,
  RefractoryDocument,
  RegimeDocument,
  SectionDocument,
  StateDocument,
  SynapseDocument,
  LocalEventDocument,
  ValueDocument,
} from './document-types.js';

/** A layout of elements in space. */
interface StructureDocument {
  readonly structure: string;
  readonly arguments?: Map<ValueDocument>;
  readonly fillOrder?: 'sequential' | 'random';
  readonly generator?: DrawnValuesDocument;
}

/** A population of neurons of one type, or a source of given spikes. */
export interface PopulationDocument {
  /** A neuron type; absent for a source that replays spikes. */
  readonly type?: string;
  /** A whole number, or an expression of model parameters that yields one. */
  readonly size: number | string;
  /** Parameters and initial values of the elements. */
  readonly values?: Map<ValueDocument>;
  /** Parameters that stand for variables of another population. */
  readonly linked?: Map<{
    readonly population: string;
    readonly variable: string;
    readonly index?: ValueDocument;
    readonly section?: string;
    readonly fraction?: number;
    readonly places?: PlacesDocument;
  }>;
  /** Places of the elements in metres unless with a unit: x, y and z of each, or a layout. */
  readonly positions?: ArrayDocument | StructureDocument;
  /** Spikes that a source replays (times in seconds unless with a unit), or the file that holds them. */
  readonly spikes?:
    | { readonly indices: ArrayDocument; readonly times: ArrayDocument; readonly period?: Quantity }
    | { readonly file: string; readonly population?: string };
  /** Slot in which a source emits its spikes; absent: the profile's own choice. */
  readonly slot?: string;
  /** The clock that advances its cells; absent: at every step. */
  readonly clock?: string;
  /** Order within a slot; 0 unless stated. */
  readonly order?: number;
}

/**
 * A set of elements of one population, projection or assembly, perhaps limited by one of `slice`, `indices`, `mask`
 * and `sample`.
 */
export interface SelectionMap {
  readonly population?: string;
  /** Synapses of it, by their order of creation. */
  readonly projection?: string;
  readonly assembly?: readonly SelectionDocument[];
  /** Start, end (not included), step. */
  readonly slice?: readonly (number | string | null)[];
  /** Numbers of the elements. */
  readonly indices?: ArrayDocument;
  /** 0 or 1 for each element. */
  readonly mask?: ArrayDocument;
  /** How many, drawn without replacement. */
  readonly sample?: number | string;
  /** The elements that a sample is drawn from; absent: all. */
  readonly within?: ArrayDocument;
  /** Of a sample, in ascending order, only the elements with the given numbers. */
  readonly pick?: ArrayDocument;
  /** The selection that a sample is drawn from, if that is not a population. */
  readonly from?: SelectionDocument;
  /** Of a sample of a selection, the elements of this population. */
  readonly only?: string;
  /** Samples of one name are one sample. */
  readonly name?: string;
  /** Who draws the sample; absent: the model's own counters. */
  readonly generator?: DrawnValuesDocument;
}
/** A set of elements: a text such as `exc[0:10] + inh`, or a map. */
export type SelectionDocument = string | SelectionMap;
/** Places on cells with structure, one for each synapse or element. */
export interface PlacesDocument {
  /** Sections that the places are on; absent: the sections that `section` names. */
  readonly sections?: readonly string[];
  /** Names of sections, one for all or one for each; with `sections` the index into that list for each. */
  readonly section: ValueDocument | readonly string[];
  /** Place along the section: 0 at its start, 1 at its end; absent: its middle. */
  readonly fraction?: ValueDocument;
}
/** One end of a projection, with its event and the place on the cell. */
export interface EndMap {
  readonly of: SelectionDocument;
  /** The event that pathways are told of; absent: `spike`. */
  readonly event?: string;
  /** Section of cells with structure that the synapse is on. */
  readonly section?: string;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  /** In place of `section` and `fraction`: a place for each synapse. */
  readonly places?: PlacesDocument;
}
/** One end of a projection: the elements, or a map. */
export type EndDocument = SelectionDocument | EndMap;

interface PairOptions {
  readonly condition?: string | boolean | null;
  readonly copies?: Expression;
}
/** A rule that chooses the pairs to connect; the schema describes each. */
export type ConnectionMap =
  | { readonly rule: 'all'; readonly self?: boolean }
  | { readonly rule: 'oneToOne' }
  | (PairOptions & { readonly rule: 'probability' | 'pairs'; readonly p?: Expression; readonly self?: boolean })
  | (PairOptions & {
      readonly rule: 'generator';
      readonly outer?: 'pre' | 'post';
      readonly variable?: string;
      readonly index: Expression;
      readonly skipInvalid?: boolean;
      readonly range: {
        readonly from?: Expression;
        readonly to: Expression;
        readonly step?: Expression;
        readonly sample?: { readonly p?: Expression; readonly size?: Expression };
      };
    })
  | {
      readonly rule: 'list';
      readonly sources?: ArrayDocument;
      readonly targets?: ArrayDocument;
      readonly pairs?: readonly (readonly number[])[];
    }
  | {
      readonly rule: 'fixedInDegree' | 'fixedOutDegree';
      readonly n: Expression;
      readonly replace?: boolean;
      readonly self?: boolean;
    }
  | { readonly rule: 'fixedTotal'; readonly n: number | string; readonly replace?: boolean; readonly self?: boolean }
  | {
      readonly rule: 'smallWorld';
      readonly degree: Quantity;
      readonly rewiring: Quantity;
      readonly n?: number | string;
      readonly self?: boolean;
    }
  | { readonly rule: 'clone'; readonly of: string }
  /** A table, which importing replaces by a list. */
  | { readonly rule: 'table'; readonly from: string }
  | { readonly rule: 'hostDrawn' | 'csa'; readonly arguments?: Map<unknown> };
/** A rule, or its name if it needs no arguments. */
export type ConnectionDocument = 'all' | 'oneToOne' | ConnectionMap;

/** Synapses of one type between two selections. */
export interface ProjectionDocument {
  readonly from: EndDocument;
  readonly to: EndDocument;
  readonly synapse: string;
  /** Rules, applied in order; synapses are created in this order. */
  readonly connect: ConnectionDocument | readonly ConnectionDocument[];
  /** The variable of the target that the synapse's only port writes to. */
  readonly receptor?: string;
  /** The variable of the target that each port writes to. */
  readonly receptors?: Map<string>;
  /** Parameters and initial values of the synapses; expressions may read i, j, pre.x, post.x, distance. */
  readonly values?: Map<ValueDocument>;
  /** Delay of the only pathway from the presynaptic side; seconds. */
  readonly delay?: ValueDocument;
  /** Delay of each pathway; seconds. */
  readonly delays?: Map<ValueDocument>;
  /** Bounds of delays, and the treatment of a delay outside them. */
  readonly delayRange?: {
    readonly min?: Quantity;
    readonly max?: Quantity;
    readonly outOfRange?: 'clip' | 'redraw' | 'error';
  };
  /** How distances are measured. */
  readonly space?: {
    readonly axes?: string;
    readonly scale?: number | readonly number[];
    readonly offset?: Quantity | readonly Quantity[];
    readonly periodic?: readonly (readonly Quantity[] | null)[];
  };
  /** The clock that advances the equations of its synapses; absent: at every step. */
  readonly clock?: string;
  /** Order within a slot; 0 unless stated. */
  readonly order?: number;
}

/** Something that acts on a selection from outside; `every` and `from` are in seconds, `rate` in Hz. */
export type StimulusDocument =
  | {
      readonly kind: 'poisson';
      readonly to: SelectionDocument;
      readonly variable: string;
      readonly n?: number | string;
      readonly rate: Quantity;
      readonly weight: Expression;
      readonly slot?: string;
      readonly order?: number;
    }
  | {
      readonly kind: 'current';
      readonly to: SelectionDocument;
      readonly input: string;
      readonly value: Expression;
      readonly attached?: boolean;
      readonly shared?: boolean;
      readonly every?: Quantity;
      readonly from?: Quantity;
      readonly section?: string;
      readonly fraction?: number;
      /** In place of `section` and `fraction`: a place for each element of the selection. */
      readonly places?: PlacesDocument;
    };

/** Statements run regularly on each element of a selection. */
export interface OperationDocument {
  readonly on: SelectionDocument;
  readonly do: Statements;
  /** Seconds between runs; absent: every step. */
  readonly every?: Quantity;
  /** Slot of the timing profile; absent: the profile's own choice. */
  readonly slot?: string;
  /** Order within a slot; 0 unless stated. */
  readonly order?: number;
}

/** A function f(t) or f(t, i), constant between its values. */
export interface TableDocument {
  /** Seconds that each value holds for. */
  readonly dt: Quantity;
  /** Unit of numbers among the values; absent: 1. */
  readonly unit?: Unit;
  /** Over time, or for each time a list over elements. */
  readonly values: ArrayDocument;
  /** Length of the second dimension, if values are one list; null for none. */
  readonly columns?: number | null;
}

/** A recording to the results: one of `events`, `variables` and `rate`. */
export interface RecordingDocument {
  readonly of: SelectionDocument;
  /** The event to record times of. */
  readonly events?: string;
  /** Variables, sampled regularly or at each event. */
  readonly variables?: string | readonly string[];
  /** Seconds between samples; absent: every step. */
  readonly every?: Quantity;
  /** The rate of the entire selection in each step. */
  readonly rate?: true;
  /** Slot of the timing profile; absent: the profile's own choice. */
  readonly slot?: string;
  /** Order within a slot; 0 unless stated. */
  readonly order?: number;
  /** Section of cells with structure to sample the variables at. */
  readonly section?: string;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  /** Several places, or every compartment: a recording for each, with a name of its own. */
  readonly places?: 'all' | readonly { readonly section: string; readonly fraction?: number }[];
  /** Name in the results; absent: made from the recorded names. */
  readonly name?: string;
}

/** One step of the protocol: one of the members that are actions, with its arguments. */
export interface PhaseDocument {
  /** Runs for this time. */
  readonly run?: Quantity;
  /** Runs until this time. */
  readonly runUntil?: Quantity;
  /** `population.variable` (or `population[0:10].variable`, `projection.variable`) and its new value. */
  readonly set?: Map<ValueDocument>;
  /** Only elements that satisfy this condition. */
  readonly where?: Expression;
  /**
   * With set, initialise or replay: the selection that they apply to; the keys of `set` and `initialise` are then
   * variables.
   */
  readonly of?: SelectionDocument;
  /** With set or initialise: the index i that values read counts within the selection. */
  readonly numbered?: 'selection';
  /** Like set, for state variables: the value holds now and each reset returns to it. */
  readonly initialise?: Map<ValueDocument>;
  /** `projection.pathway` and its new delay, for events that are sent from now on. */
  readonly delays?: Map<ValueDocument>;
  /** Currents (stimuli), and the expression of their value from now on. */
  readonly currents?: Map<Expression>;
  /** Populations that replay spikes, and their spikes from now on. */
  readonly replay?: Map<NonNullable<PopulationDocument['spikes']>>;
  /** A stimulus that begins to act. */
  readonly attach?: string;
  /** A stimulus that stops. */
  readonly detach?: string;
  /** A recording to switch. */
  readonly record?: string;
  /** Whether the recording begins or ends. */
  readonly on?: boolean;
  /** Back to the start, in a new segment. */
  readonly reset?: true;
  /** Name of the new segment. */
  readonly segment?: string;
  /** With reset: annotations of the segment that ends. */
  readonly annotations?: Map<unknown>;
  /** Keeps the state under this name. */
  readonly store?: string;
  /** Takes the state kept under this name. */
  readonly restore?: string;
}

/** Description and authors of the model. */
export interface MetadataDocument {
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly (string | { readonly name: string; readonly orcid?: string })[];
  /** SPDX identifier. */
  readonly licence?: string;
  readonly doi?: string;
  readonly species?: string;
  readonly region?: string;
  /** Ontology identifiers. */
  readonly terms?: readonly string[];
}

/** An entire model as written. */
export interface ModelDocument {
  /** Version of this notation. */
  readonly interneuron: 1;
  readonly name?: string;
  readonly metadata?: MetadataDocument;
  /** Parameters of the entire model, usable in every expression, size and value. */
  readonly parameters?: Map<ModelParameterDocument>;
  readonly neurons?: Map<NeuronDocument>;
  readonly synapses?: Map<SynapseDocument>;
  /** Given functions of time that expressions call by name. */
  readonly tables?: Map<TableDocument>;
  readonly populations?: Map<PopulationDocument>;
  readonly projections?: Map<ProjectionDocument>;
  readonly stimuli?: Map<StimulusDocument>;
  readonly operations?: Map<OperationDocument>;
  /** Time step of each clock. */
  readonly clocks?: Map<Quantity | { readonly dt: Quantity }>;
  /** Recordings. */
  readonly record?: readonly RecordingDocument[];
  /** The same as `record`. */
  readonly recordings?: readonly RecordingDocument[];
  /** Order of actions in a step, and labels of times; grid unless stated. */
  readonly timing?: 'brian' | 'grid' | 'lems-euler';
  /** Time step (0.1 ms unless stated), seed (0 unless stated), and the protocol or just its duration. */
  readonly experiment?: {
    readonly dt?: Quantity;
    readonly seed?: number | string;
    readonly duration?: Quantity;
    readonly protocol?: readonly PhaseDocument[];
  };
  /** Anything else, kept. `outputFiles` names text files that a run writes (runtime/results/dat). */
  readonly annotations?: Map<unknown>;
}
