// Generated from src/model/shape/schema.ts by scripts/build-schemas.mjs; do not edit.
/** A name: a letter or underscore, then letters, digits and underscores. */
export type IdDocument = string;

/** A quantity with its unit, such as `-70 mV` or `9*nS`, or a number in the unit of its place (seconds, volts, … where no other is declared). Model parameters may be used. */
export type QuantityDocument = string | number;

/** A whole number, or an expression of model parameters that yields one. */
export type CountDocument = number | string;

/** A unit, such as `mV`, `nS`, `uF/cm**2`, `1`. */
export type UnitDocument = string | number;

/** Type of the value. */
export type ValueTypeDocument = "real" | "integer" | "boolean";

/** An expression, such as `(E_l - v)/tau`. A bare number is in the unit of its place. */
export type ExpressionDocument = string | number | boolean;

/** Statements such as `v = E_l`, executed in order: a list, or a text with one statement per line. */
export type StatementsDocument = string | readonly (string)[];

/** A large array kept beside the document. */
export type DataReferenceDocument = {
  /** SHA-256 of the array's little-endian bytes, in hexadecimal. */
  readonly $data: string;
  readonly dtype: "f64" | "f32" | "i64" | "i32" | "u32" | "u8";
  /** Length along each dimension. */
  readonly shape: readonly (number)[];
  /** Unit of the values; absent: the SI unit of the place. */
  readonly unit?: UnitDocument;
};

/** Numbers in the unit of their place, quantities with units, or (for two dimensions) lists of such. Items are checked while normalising. */
export type NumbersDocument = readonly (number | string | boolean | readonly (unknown)[])[];

/** Values for each element: a list, a list with a unit, or a reference to data kept elsewhere. */
export type ArrayDocument = NumbersDocument | DataReferenceDocument | ArrayWithUnitDocument;

/** An array with its own unit. */
export type ArrayWithUnitDocument = {
  /** The values. */
  readonly array: NumbersDocument | DataReferenceDocument;
  /** Unit of the numbers; absent: that of the place. */
  readonly unit?: UnitDocument;
  /** Synapses: a number for each connected pair, by source and then target; default: for each synapse, or in a matrix for each pair. */
  readonly pairs?: "connected";
  /** Empty entries of a matrix, row by row: there must be no synapse for them. */
  readonly gaps?: ArrayDocument;
};

/** Values drawn while the model is built, by a named generator in the order that a notation prescribes. */
export type HostDrawDocument = {
  /** numpy-mt19937: NumPy's legacy RandomState. */
  readonly generator: "numpy-mt19937";
  /** Seed of the generator, independent of the seed of the model; or `model` to use the seed of the model and the stream. */
  readonly seed: string | number;
  readonly distribution: "binomial" | "gamma" | "exponential" | "lognormal" | "normal" | "normal_clipped" | "normal_clipped_to_boundary" | "poisson" | "uniform" | "uniform_int" | "vonmises" | "permutation";
  /** Parameters of the distribution, in the unit that the notation draws in. */
  readonly arguments: readonly (number)[];
  /** Distinguishes generators with the same seed: draws with equal seed and stream share a generator. */
  readonly stream?: string;
  /** 32-bit words of the generator that were drawn before; default: 0. */
  readonly skip?: number;
  /** Draws that share a generator happen in this order. */
  readonly order?: number;
  /** Unit of the drawn numbers; default: the unit of the place. */
  readonly unit?: UnitDocument;
  /** Power of ten that converts drawn numbers to SI units; normalised form of `unit`. */
  readonly exponent10?: number;
  /** Synapses: a number for each pair of elements, connected or not, by source and then target, from a copy of the generator. */
  readonly pairs?: true;
  /** Synapses: the draws of each target restart from the current state of the generator. */
  readonly anew?: "receiver";
  /** Transformation of the number: an expression of `drawn` and `dt`. */
  readonly then?: ExpressionDocument;
};

/** A value for each element: a quantity, an expression (it may draw random numbers and read indices, positions and parameters), an array, or a draw by a named generator. */
export type ValueDocument = string | number | boolean | NumbersDocument | HostDrawDocument | DataReferenceDocument | ArrayWithUnitDocument;

/** A global parameter, which can be set from outside: a quantity, an expression of other global parameters, or a map with unit and value. */
export type ModelParameterDocument = string | number | {
  readonly unit?: UnitDocument;
  readonly value: QuantityDocument;
};

/** A parameter: its default as a quantity or expression, or a map with unit and value. */
export type ParameterDocument = string | number | boolean | {
  /** Absent: the unit of the value. */
  readonly unit?: UnitDocument;
  readonly type?: ValueTypeDocument;
  /** Default for every element; absent: 0. */
  readonly value?: ValueDocument;
  /** One value for the entire population or projection rather than one per element; default: false. */
  readonly shared?: boolean;
};

/** A variable with a value at the start: that value, or a map with unit and initial value. */
export type StateVariableDocument = string | number | boolean | {
  /** Absent: the unit of the value. */
  readonly unit?: UnitDocument;
  readonly type?: ValueTypeDocument;
  /** Value at the start; default: 0. */
  readonly initial?: ValueDocument;
  /** One value for the entire population or projection rather than one per element; default: false. */
  readonly shared?: boolean;
};

/** A variable computed from others: an expression, or a map. */
export type DerivedVariableDocument = string | number | boolean | {
  /** Absent: the unit of the value. */
  readonly unit?: UnitDocument;
  readonly type?: ValueTypeDocument;
  readonly value: ExpressionDocument;
  /** One value for the entire population or projection rather than one per element; default: false. */
  readonly shared?: boolean;
  /** Computed once at the start of each step rather than wherever it is read; default: false. */
  readonly held?: boolean;
  /** In mechanisms: interpolated linearly between values at equidistant potentials `v`; outside, that of the nearest one. */
  readonly table?: {
    readonly from: QuantityDocument;
    readonly to: QuantityDocument;
    readonly intervals: number;
  };
};

/** Rate of change of a state variable, or a map with options. */
export type DerivativeDocument = string | number | {
  readonly rate: ExpressionDocument;
  /** Synapses only: advanced in closed form when a pathway runs rather than at each step; default: false. */
  readonly eventDriven?: boolean;
};

/** A sum of contributions from stimuli and continuous synapses within a step: its unit, or a map. */
export type InputDocument = UnitDocument | {
  readonly unit: UnitDocument;
  readonly reduce?: "sum" | "product";
};

/** Refractoriness after an event: its duration, or a map. */
export type RefractoryDocument = string | number | {
  /** Duration: an expression in seconds. */
  readonly for?: ExpressionDocument;
  /** Refractory as long as this condition holds. */
  readonly while?: ExpressionDocument;
  /** Variables whose rate is zero while refractory. */
  readonly rate?: readonly (IdDocument)[];
  /** Whether other code can write these variables while refractory; default: allow. */
  readonly writes?: "block" | "allow";
  /** Whether the event itself is suppressed while refractory; default: true. */
  readonly suppress?: boolean;
  /** Other events that are suppressed while refractory. */
  readonly of?: readonly (IdDocument)[];
  /** How the duration is rounded to whole steps; default: as in the timing profile. */
  readonly rounding?: "nearest" | "up" | "down";
  /** When the duration or condition is evaluated; default: atEvent. */
  readonly evaluated?: "atEvent" | "eachStep";
};

/** An event: its condition, or a map. */
export type EventDocument = string | {
  /** Condition. */
  readonly when: ExpressionDocument;
  /** level: as long as the condition holds; rising: when it begins to hold; default: level. */
  readonly edge?: "level" | "rising";
  readonly do?: StatementsDocument;
  readonly refractory?: RefractoryDocument;
  readonly slot?: SlotDocument;
  /** Slot of the actions. */
  readonly actionSlot?: SlotDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
  /** Order of the actions within their slot; default: the same. */
  readonly actionOrder?: number;
  /** How many times the event counts; absent: once. */
  readonly multiplicity?: ExpressionDocument;
  /** The name under which the event is visible to others, which several events may share; null: not visible; default: its own name. */
  readonly emits?: string | null;
  /** Multicompartment cells: the section where the condition is evaluated. */
  readonly section?: IdDocument;
  /** Place along that section, 0 to 1. */
  readonly fraction?: number;
};

/** A transition from one regime to another. */
export type TransitionDocument = {
  readonly when: ExpressionDocument;
  readonly do?: StatementsDocument;
  /** The next regime; default: no change. */
  readonly to?: IdDocument;
  /** The event that is emitted. */
  readonly emit?: IdDocument;
};

/** A mode with its own derivatives and transitions, as in LEMS. */
export type RegimeDocument = {
  /** Whether this is the initial regime; default: false. */
  readonly initial?: boolean;
  readonly derivatives?: Readonly<Record<string, DerivativeDocument>>;
  /** Order in which a stepwise profile applies the derivatives, one after another; absent: by name. */
  readonly order?: readonly (IdDocument)[];
  readonly onEntry?: StatementsDocument;
  readonly transitions?: readonly (TransitionDocument)[];
};

/** A library type that this type claims to equal. */
export type ConformsToDocument = {
  /** Name in the library, such as `pynn/IF_cond_exp`. */
  readonly type: string;
  /** Each parameter of the library type, as an expression of the parameters of this type. */
  readonly where?: Readonly<Record<string, ExpressionDocument>>;
  /** Timing profile with which both are equal. */
  readonly timing?: string;
};

/** Names of white noises (unit s**-0.5): `xi`, `xi_a`. Those used under such a name need not be listed. */
export type NoiseDocument = readonly (IdDocument)[];

/** How derivatives are integrated. */
export type MethodDocument = "auto" | "exact" | "exponentialEuler" | "euler" | "rk2" | "rk4" | "heun" | "milstein" | "adaptive" | "cable" | "cable-then-gates" | "gates-then-cable";

/** A part of a type, advanced in the order derived, propagate, state, events, regimes. */
export type PartDocument = {
  /** Derived variables, each computed from the current values of other variables. */
  readonly derived?: readonly (IdDocument)[];
  /** State variables that form a linear system, advanced by its matrix exponential. */
  readonly propagate?: readonly (IdDocument)[];
  /** State variables whose rates are evaluated together and then applied. */
  readonly state?: readonly (IdDocument)[];
  /** Conditions, tested in this order. */
  readonly events?: readonly (IdDocument)[];
  /** Whether the active regime is advanced at the end of this part. */
  readonly regimes?: boolean;
  /** State variables of other parts that this part reads as they are, not as they were shown last. */
  readonly current?: readonly (IdDocument)[];
};

/** Order in which a stepwise timing profile advances the parts of the type (a complete list); default: one part. */
export type SequenceDocument = readonly (PartDocument)[];

/** A condition on variables of a synapse or mechanism, tested at each step, and its actions. */
export type LocalEventDocument = {
  /** Condition. */
  readonly when: ExpressionDocument;
  /** level: as long as the condition holds; rising: when it begins to hold; default: level. */
  readonly edge?: "level" | "rising";
  readonly do?: StatementsDocument;
  /** Order among the conditions; default: 0. */
  readonly order?: number;
};

/** A type of neuron, by its equations. */
export type NeuronDocument = {
  /** A file in NESTML with the equations, in the folder of the document. */
  readonly nestml?: string;
  /** With `nestml`: the model of a file that has several; default: its first of the kind. */
  readonly model?: string;
  readonly conformsTo?: ConformsToDocument;
  readonly parameters?: Readonly<Record<string, ParameterDocument>>;
  readonly state?: Readonly<Record<string, StateVariableDocument>>;
  readonly derived?: Readonly<Record<string, DerivedVariableDocument>>;
  readonly derivatives?: Readonly<Record<string, DerivativeDocument>>;
  readonly noise?: NoiseDocument;
  readonly method?: MethodDocument;
  readonly inputs?: Readonly<Record<string, InputDocument>>;
  readonly events?: Readonly<Record<string, EventDocument>>;
  readonly regimes?: Readonly<Record<string, RegimeDocument>>;
  readonly compartments?: CompartmentsDocument;
  readonly cable?: CableDocument;
  readonly sequence?: SequenceDocument;
};

/** The effect of an event on a synapse: statements, or a map. */
export type PathwayDocument = string | readonly (string)[] | {
  /** `pre.spike`, `post.spike` or another event of the source or target; default: the spike of the side after which the pathway is named. */
  readonly on?: string;
  /** Seconds; default: 0. */
  readonly delay?: ValueDocument;
  readonly slot?: SlotDocument;
  /** Order within a slot; absent: -1 for events of the presynaptic side, 1 for the other. */
  readonly order?: number;
  readonly do?: StatementsDocument;
};

/** A port that the synapse writes to, bound by each projection to a variable of its target: its unit, or a map. */
export type PortDocument = UnitDocument | {
  readonly unit: UnitDocument;
};

/** A type of synapse, by its equations. */
export type SynapseDocument = {
  /** A file in NMODL with the equations, in the folder of the document; numbers in `values` have its units. */
  readonly nmodl?: string;
  /** A file in NESTML with the equations, in the folder of the document. */
  readonly nestml?: string;
  /** With `nestml`: the model of a file that has several; default: its first of the kind. */
  readonly model?: string;
  /** With `nmodl`: whether several connections share one point process. */
  readonly shared?: boolean;
  readonly conformsTo?: ConformsToDocument;
  readonly parameters?: Readonly<Record<string, ParameterDocument>>;
  readonly state?: Readonly<Record<string, StateVariableDocument>>;
  readonly derived?: Readonly<Record<string, DerivedVariableDocument>>;
  readonly derivatives?: Readonly<Record<string, DerivativeDocument>>;
  readonly noise?: NoiseDocument;
  readonly method?: MethodDocument;
  /** State variables of kinetic schemes, advanced together by an implicit step; default: each state by itself. */
  readonly scheme?: readonly (IdDocument)[];
  /** States of the scheme as expressions of the other states, where a sum of them is constant. These replace their rates in the implicit step. */
  readonly conserved?: Readonly<Record<string, ExpressionDocument>>;
  readonly pathways?: Readonly<Record<string, PathwayDocument>>;
  readonly events?: Readonly<Record<string, LocalEventDocument>>;
  /** Continuous contribution: `post.I`, `pre.I` or a port, and the value added to it at each step. */
  readonly contributes?: Readonly<Record<string, ExpressionDocument>>;
  /** `post.x` or `pre.x`, and the value summed over all synapses of that element at each step. */
  readonly summed?: Readonly<Record<string, ExpressionDocument>>;
  /** Where in a step summed variables are computed, by their names in `summed`; default: before the integration of the target. */
  readonly sumSlots?: Readonly<Record<string, {
    readonly slot?: SlotDocument;
    /** Order within the slot, ascending; default: one before the target's own. */
    readonly order?: number;
  }>>;
  readonly ports?: Readonly<Record<string, PortDocument>>;
  readonly sequence?: SequenceDocument;
};

/** Locations on multicompartment cells, one for each synapse of a projection or element of a selection. */
export type PlacesDocument = {
  /** Sections with locations; default: those named in `section`. */
  readonly sections?: readonly (IdDocument)[];
  /** Names of sections, one for all or one for each; with `sections` the index of one of these for each. */
  readonly section: string | number | readonly (string | number)[] | ValueDocument;
  /** Place along the section: 0 at its start, 1 at its end; absent: its middle. */
  readonly fraction?: ValueDocument;
};

/** An unbranched piece of a cell, defined by its shape or by its capacitance and coupling. */
export type SectionDocument = {
  /** The parent section, or none for the root. */
  readonly parent?: string | {
    readonly section: IdDocument;
    /** Place along the section: 0 at its start, 1 at its end. */
    readonly fraction?: number;
  };
  /** Shape: x, y, z and diameter of points along the section, in metres unless a unit is given. */
  readonly points?: readonly (readonly (QuantityDocument)[])[];
  readonly length?: QuantityDocument;
  readonly diameter?: QuantityDocument;
  /** Number of compartments; default: 1. */
  readonly divisions?: number;
  /** Per area; F/m**2. */
  readonly specificCapacitance?: QuantityDocument;
  /** Resistivity of the cytoplasm; ohm*m. */
  readonly resistivity?: QuantityDocument;
  /** Of the entire section, if no shape is given; F. */
  readonly capacitance?: QuantityDocument;
  /** Conductance to the parent, if no shape is given; S. */
  readonly coupling?: QuantityDocument;
  /** Initial membrane potential, if different from that of the cell; V. */
  readonly initial?: QuantityDocument;
};

/** An ion with a concentration inside and outside. */
export type IonDocument = {
  readonly valence: number;
  /** Initial concentration; mol/m**3. */
  readonly inside?: QuantityDocument;
  /** Initial concentration; mol/m**3. */
  readonly outside?: QuantityDocument;
  /** Reversal potential, or `nernst` to compute it from the current concentrations. */
  readonly reversal?: string | number;
  /** Initial concentrations and reversal potentials on some sections where they differ, by section or group; the last of several applies. */
  readonly at?: Readonly<Record<string, {
    readonly inside?: QuantityDocument;
    readonly outside?: QuantityDocument;
    /** Reversal potential, or `nernst` to compute it from the current concentrations. */
    readonly reversal?: string | number;
  }>>;
};

/** A channel, a leak, a pool or other equations on sections of a cell. */
export type MechanismDocument = {
  /** A file in NMODL with the equations, in the folder of the document; numbers in `values` have its units. */
  readonly nmodl?: string;
  /** With `nmodl`: whether TABLE statements of the potential are interpolated, as NEURON does. */
  readonly tables?: boolean;
  readonly conformsTo?: ConformsToDocument;
  readonly parameters?: Readonly<Record<string, ParameterDocument>>;
  readonly state?: Readonly<Record<string, StateVariableDocument>>;
  readonly derived?: Readonly<Record<string, DerivedVariableDocument>>;
  readonly derivatives?: Readonly<Record<string, DerivativeDocument>>;
  readonly noise?: NoiseDocument;
  readonly method?: MethodDocument;
  /** Sections and groups where it is placed; default: all. */
  readonly on?: string | readonly (IdDocument)[];
  /** Whether its currents are per area; default: true. */
  readonly density?: boolean;
  /** Inputs from its location: `v`, `area`, `distance` (along the tree from the root), `temperature`, `ca_i`, `ca_o`, `e_ca`, `i_ca`. */
  readonly reads?: readonly (IdDocument)[];
  /** Outputs: `i` or `i_ca` (inward current positive), `ca_i`, `ca_o` (sets the concentration). */
  readonly writes?: Readonly<Record<string, ExpressionDocument>>;
  /** State variables of kinetic schemes, advanced together by an implicit step; default: each state by itself. */
  readonly scheme?: readonly (IdDocument)[];
  /** States of the scheme as expressions of the other states, where a sum of them is constant. These replace their rates in the implicit step. */
  readonly conserved?: Readonly<Record<string, ExpressionDocument>>;
  /** Conditions on its inputs and its own variables, tested at each step, and their actions. */
  readonly events?: Readonly<Record<string, LocalEventDocument>>;
  /** Parameters and initial values on some sections where they differ, by section or group; the last of several applies. Expressions may read `distance`, `diameter`, `length`, `area`, `x`, `y`, `z`; lists have a value for each compartment. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, ValueDocument>>>>;
};

/** A tree of sections with mechanisms. */
export type CompartmentsDocument = {
  readonly sections: Readonly<Record<string, SectionDocument>>;
  /** Names for sets of sections. */
  readonly groups?: Readonly<Record<string, readonly (IdDocument)[]>>;
  readonly ions?: Readonly<Record<string, IonDocument>>;
  readonly mechanisms?: Readonly<Record<string, MechanismDocument>>;
  /** Initial membrane potential; V; default: 0. */
  readonly initial?: ValueDocument;
  /** Kelvin. */
  readonly temperature?: QuantityDocument;
};

/** A tree of compartments with the type's own equations. The elements of a population are the compartments of its cells, the first compartment of all cells first. */
export type CableDocument = {
  /** The compartment at whose far end each compartment begins, one before it; -1 for the root, the first. */
  readonly parents: ArrayDocument;
  /** Axial conductance times resistivity, from where each compartment begins to its center; m. */
  readonly near: ArrayDocument;
  /** The same from its center to its far end; m. */
  readonly far: ArrayDocument;
  /** Axial, of the inside; ohm*m. */
  readonly resistivity: QuantityDocument;
  /** The membrane potential, a state variable. */
  readonly voltage: IdDocument;
  /** Of each compartment; F. */
  readonly capacitance: ExpressionDocument;
  /** Through the membrane of each compartment, inward positive; A. */
  readonly current: ExpressionDocument;
  /** A state variable that is set to the change of the membrane potential in each step. */
  readonly rise?: IdDocument;
  /** Names of ranges of compartments. */
  readonly sections?: Readonly<Record<string, {
    readonly first: number;
    readonly count: number;
  }>>;
};

/** Places of the elements, in metres unless with a unit. */
export type PositionsDocument = NumbersDocument | {
  /** How elements are laid out. */
  readonly structure: "line" | "grid2D" | "grid3D" | "randomCuboid" | "randomSphere";
  readonly arguments?: Readonly<Record<string, ValueDocument>>;
  /** Order in which elements are placed on a grid; default: sequential. */
  readonly fillOrder?: "sequential" | "random";
  /** Generator for positions or their order; default: the generator of the model. */
  readonly generator?: HostDrawDocument;
} | DataReferenceDocument | ArrayWithUnitDocument;

/** Spikes to replay: element and time of each, or a file that holds them. */
export type SpikesDocument = {
  /** Path, relative to the model. */
  readonly file: string;
  /** Name of the population in the file. */
  readonly population?: string;
} | {
  readonly indices: ArrayDocument;
  /** Seconds, unless a unit is given. */
  readonly times: ArrayDocument;
  /** Replayed again after this time. */
  readonly period?: QuantityDocument;
};

/** A variable of another population. */
export type LinkDocument = {
  readonly population: IdDocument;
  readonly variable: IdDocument;
  /** The element that each element reads; default: the one with the same index, or the only one. */
  readonly index?: ValueDocument;
  /** Section of multicompartment cells where it is read. */
  readonly section?: IdDocument;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  readonly places?: PlacesDocument;
};

/** A population of neurons of one type, or a source of given spikes. */
export type PopulationDocument = {
  /** A neuron type; absent for a source that replays spikes. */
  readonly type?: IdDocument;
  readonly size: CountDocument;
  /** Parameters and initial values of the elements. Those of mechanisms, `mechanism.variable`, are of each cell; lists may also have one for each compartment with the mechanism, the first of all cells first. */
  readonly values?: Readonly<Record<string, ValueDocument>>;
  /** Parameters linked to variables of another population. */
  readonly linked?: Readonly<Record<string, LinkDocument>>;
  readonly positions?: PositionsDocument;
  readonly spikes?: SpikesDocument;
  /** Slot of the timing profile in which a source emits its spikes; default: chosen by the profile. */
  readonly slot?: SlotDocument;
  readonly clock?: IdDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
};

/** A set of elements: one of population, projection or assembly, with at most one of slice, indices, mask, sample. */
export type SelectionObjectDocument = {
  readonly population?: IdDocument;
  readonly projection?: IdDocument;
  readonly assembly?: readonly (SelectionDocument)[];
  /** Start, end (excluded) and step; null: the first, the last, one. */
  readonly slice?: readonly (number | string | null)[];
  readonly indices?: ArrayDocument;
  readonly mask?: ArrayDocument;
  /** Size of the sample, drawn without replacement. */
  readonly sample?: CountDocument;
  /** The elements that a sample is drawn from; absent: all. */
  readonly within?: ArrayDocument;
  /** Of a sample, in ascending order, only the elements with these numbers. */
  readonly pick?: ArrayDocument;
  /** The selection from which a sample is drawn, if it is not a population. */
  readonly from?: SelectionDocument;
  /** Of a sample of a selection, the elements of this population. */
  readonly only?: IdDocument;
  /** Samples of one name are one sample. */
  readonly name?: string;
  readonly generator?: HostDrawDocument;
};

/** A set of elements: `exc`, `exc[0:10]`, `exc[1, 5]`, `exc + inh`, or a map. */
export type SelectionDocument = string | SelectionObjectDocument;

/** One end of a projection: a selection, or a map with the event and the place on the cell. */
export type EndDocument = string | {
  readonly of: SelectionDocument;
  /** The event that pathways receive; default: spike. */
  readonly event?: IdDocument;
  readonly section?: IdDocument;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  readonly places?: PlacesDocument;
} | SelectionObjectDocument;

/** Synapses of one type between two selections. */
export type ProjectionDocument = {
  readonly from: EndDocument;
  readonly to: EndDocument;
  readonly synapse: IdDocument;
  readonly connect: ConnectionsDocument;
  /** The variable of the target that the synapse's only port writes to. */
  readonly receptor?: IdDocument;
  /** The variable of the target that each port writes to. */
  readonly receptors?: Readonly<Record<string, IdDocument>>;
  /** Parameters and initial values of the synapses; expressions may read i, j, pre.x, post.x, distance. */
  readonly values?: Readonly<Record<string, ValueDocument>>;
  /** Delay of the only pathway from the presynaptic side; seconds. */
  readonly delay?: ValueDocument;
  /** Delay of each pathway; seconds. */
  readonly delays?: Readonly<Record<string, ValueDocument>>;
  readonly delayRange?: {
    readonly min?: QuantityDocument;
    readonly max?: QuantityDocument;
    /** Treatment of delays outside the range; default: error. */
    readonly outOfRange?: "clip" | "redraw" | "error";
  };
  /** How distances are measured. */
  readonly space?: {
    /** The axes used for distances. */
    readonly axes?: string;
    /** Factor for the target's positions, one or for each axis. */
    readonly scale?: number | readonly (number)[];
    /** Added to the target's positions before scaling; metres. */
    readonly offset?: number | string | readonly (QuantityDocument)[];
    /** For each axis, the interval after which space repeats, or null. */
    readonly periodic?: readonly (readonly (QuantityDocument)[] | null)[];
  };
  readonly clock?: IdDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
};

/** A rule for connecting pairs. */
export type ConnectionObjectDocument = {
  readonly rule: "all";
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "oneToOne";
} | {
  readonly rule: "probability";
  /** Only pairs for which this condition holds. */
  readonly condition?: ExpressionDocument;
  readonly p: ExpressionDocument;
  /** Synapses per pair; default: 1. */
  readonly copies?: ExpressionDocument;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "pairs";
  /** Condition of i, j and values of both ends; null for none. */
  readonly condition?: string | boolean | null;
  readonly p?: ExpressionDocument;
  /** Synapses per pair; default: 1. */
  readonly copies?: ExpressionDocument;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "generator";
  readonly outer?: "pre" | "post";
  /** Name of the counter. */
  readonly variable?: IdDocument;
  /** Index on the other side. */
  readonly index: ExpressionDocument;
  readonly condition?: string | boolean | null;
  /** Synapses per pair; default: 1. */
  readonly copies?: ExpressionDocument;
  /** Ignore indices that do not exist instead of reporting an error; default: false. */
  readonly skipInvalid?: boolean;
  /** Range of the counter. */
  readonly range: {
    readonly from?: ExpressionDocument;
    readonly to: ExpressionDocument;
    readonly step?: ExpressionDocument;
    readonly sample?: {
      readonly p?: ExpressionDocument;
      readonly size?: ExpressionDocument;
    };
  };
} | {
  readonly rule: "list";
  readonly sources?: ArrayDocument;
  readonly targets?: ArrayDocument;
  /** [source, target] of each synapse, instead of the two arrays. */
  readonly pairs?: readonly (readonly (number)[])[];
} | {
  readonly rule: "fixedInDegree";
  readonly n: ExpressionDocument;
  readonly replace?: boolean;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "fixedOutDegree";
  readonly n: ExpressionDocument;
  readonly replace?: boolean;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "fixedTotal";
  readonly n: CountDocument;
  readonly replace?: boolean;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "smallWorld";
  /** Targets at a smaller distance are connected. */
  readonly degree: QuantityDocument;
  /** Rewiring probability of an edge. */
  readonly rewiring: QuantityDocument;
  /** Maximum number of near targets, chosen at random; default: all. */
  readonly n?: CountDocument;
  /** Whether an element can connect to itself; default: true. */
  readonly self?: boolean;
} | {
  readonly rule: "clone";
  readonly of: IdDocument;
} | {
  readonly rule: "hostDrawn";
  readonly arguments: {
    /** The connector: pairwise probability, a fixed number per target, per source or in total, or a small world. */
    readonly connector: "fixedProbability" | "probability" | "fixedNumberPre" | "fixedNumberPost" | "fixedTotal" | "smallWorld";
    /** Probability of a pair, of the first two connectors. */
    readonly p?: ExpressionDocument;
    /** Number of connections (for small worlds the maximum), or its distribution. */
    readonly n?: number | Readonly<Record<string, unknown>>;
    /** Whether a pair may be connected more than once. */
    readonly replace?: boolean;
    /** Whether an element can connect to itself; default: true. */
    readonly self?: boolean;
    /** Whether both directions of a pair can be connected; default: true. */
    readonly mutual?: boolean;
    /** Small worlds: targets at a smaller distance, in m, are connected. */
    readonly degree?: number;
    /** Small worlds: rewiring probability of an edge. */
    readonly rewiring?: number;
    /** The random number generator. */
    readonly generator?: {
      /** numpy-mt19937: NumPy's legacy RandomState. */
      readonly name?: "numpy-mt19937";
      /** Seed of the generator; or `model` to use the seed of the model and the stream. */
      readonly seed: string | number;
      /** 32-bit words of the generator that were drawn before; default: 0. */
      readonly skip?: number;
      /** Distinguishes generators with the same seed. */
      readonly stream?: string;
    };
    /** Draws that share a generator happen in this order. */
    readonly order?: number;
  };
} | {
  readonly rule: "csa";
  readonly arguments?: Readonly<Record<string, unknown>>;
} | {
  readonly rule: "table";
  /** A file in the folder of the document: CSV, TSV, npy, npz or Parquet. */
  readonly from: string;
  /** The sources. */
  readonly source: TableEndDocument;
  /** The targets. */
  readonly target: TableEndDocument;
  /** The cells that identifiers name. */
  readonly cells?: TableCellsDocument;
  readonly [part: string]: unknown;
};

/** The name of a column, or its number from 0 in a table without names. */
export type TableColumnNameDocument = string | number;

/** A column of indices or identifiers, or {column, group} for the cells of a group. */
export type TableEndDocument = string | number | {
  /** The column. */
  readonly column: TableColumnNameDocument;
  /** Only rows of cells of this group, which are numbered within it. */
  readonly group?: string;
};

/** Values of a variable, or delays: {column, unit, factor, sign}. */
export type TableValueDocument = {
  /** The column of numbers. */
  readonly column: TableColumnNameDocument;
  /** The unit of the numbers; absent: none. */
  readonly unit?: string;
  /** A factor of the numbers; absent: 1. */
  readonly factor?: number;
  /** A column that the numbers are multiplied with. */
  readonly sign?: TableColumnNameDocument;
};

/** A table of cells: {from, id, group}; its rows are the cells, in order. */
export type TableCellsDocument = {
  /** A file in the folder of the document. */
  readonly from: string;
  /** The column of identifiers. */
  readonly id: TableColumnNameDocument;
  /** The column of groups. */
  readonly group?: TableColumnNameDocument;
};

/** A rule, or its name if it has no arguments. */
export type ConnectionDocument = "all" | "oneToOne" | ConnectionObjectDocument;

/** The rules, applied in order; synapses are created in this order. */
export type ConnectionsDocument = "all" | "oneToOne" | readonly (ConnectionDocument)[] | ConnectionObjectDocument;

/** An external input to a selection. */
export type StimulusDocument = {
  readonly kind: "poisson";
  readonly to: SelectionDocument;
  readonly variable: IdDocument;
  readonly n?: CountDocument;
  /** Hz. */
  readonly rate: QuantityDocument;
  readonly weight: ExpressionDocument;
  readonly slot?: SlotDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
} | {
  readonly kind: "current";
  readonly to: SelectionDocument;
  readonly input: IdDocument;
  readonly value: ExpressionDocument;
  /** Whether it is attached from the start; default: true. */
  readonly attached?: boolean;
  /** One value for all elements, drawn once. */
  readonly shared?: boolean;
  /** The value is updated at this interval and held in between; default: every step. */
  readonly every?: QuantityDocument;
  /** Start of the first interval of `every`; default: 0. */
  readonly from?: QuantityDocument;
  readonly section?: IdDocument;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  readonly places?: PlacesDocument;
};

/** Statements that run regularly on each element of a selection; of cells with compartments, on each compartment, whose potential is `v`. */
export type OperationDocument = {
  readonly on: SelectionDocument;
  readonly do: StatementsDocument;
  /** Seconds; absent: every step. */
  readonly every?: QuantityDocument;
  /** Times in seconds at which they run, in place of regular ones. */
  readonly times?: readonly (QuantityDocument)[];
  readonly slot?: SlotDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
};

/** A function f(t) or f(t, i), constant between its values. */
export type TableDocument = {
  /** Duration of each value in seconds. */
  readonly dt: QuantityDocument;
  /** Absent: 1. */
  readonly unit?: UnitDocument;
  /** Over time, or for each time a list over elements. */
  readonly values: ArrayDocument;
  /** Length of the second dimension if the values are a flat list; null for none. */
  readonly columns?: number | null;
};

/** A clock: its time step, or a map. */
export type ClockDocument = string | number | {
  readonly dt: QuantityDocument;
};

/** Slot of the timing profile; default: chosen by the profile. */
export type SlotDocument = "before_start" | "start" | "after_start" | "before_groups" | "groups" | "after_groups" | "before_thresholds" | "thresholds" | "after_thresholds" | "before_synapses" | "synapses" | "after_synapses" | "before_resets" | "resets" | "after_resets" | "before_end" | "end" | "after_end";

/** A variable, or `mechanism.variable` of a multicompartment cell. */
export type VariableNameDocument = string;

/** A recording. */
export type RecordingDocument = {
  readonly of: SelectionDocument;
  /** The event whose times are recorded. */
  readonly events?: IdDocument;
  /** Variables, sampled regularly or at each event. */
  readonly variables?: VariableNameDocument | readonly (VariableNameDocument)[];
  /** Seconds between samples; absent: every step. */
  readonly every?: QuantityDocument;
  /** The mean rate of the entire selection at each step. */
  readonly rate?: true;
  readonly slot?: SlotDocument;
  /** Order within a slot; default: 0. */
  readonly order?: number;
  readonly section?: IdDocument;
  /** Place along the section: 0 at its start, 1 at its end. */
  readonly fraction?: number;
  /** Several places, or `all` compartments: a recording for each, named after it. */
  readonly places?: "all" | readonly ({
    readonly section: IdDocument;
    /** Place along the section: 0 at its start, 1 at its end. */
    readonly fraction?: number;
  })[];
  /** Name in the results; default: derived from the recording. */
  readonly name?: IdDocument;
};

/** One step of the protocol: exactly one of run, runUntil, set, initialise, delays, currents, replay, attach, detach, record, reset, store, restore. */
export type PhaseDocument = {
  /** Runs for this time. */
  readonly run?: QuantityDocument;
  /** Runs until this time. */
  readonly runUntil?: QuantityDocument;
  /** `population.variable` (or `population[0:10].variable`, `projection.variable`) and its new value. */
  readonly set?: Readonly<Record<string, ValueDocument>>;
  /** Only elements for which this condition holds. */
  readonly where?: ExpressionDocument;
  /** With set, initialise or replay: the selection; the keys of set and initialise are then variables. */
  readonly of?: SelectionDocument;
  /** With set or initialise: the index i in values counts within the selection. */
  readonly numbered?: "selection";
  /** Like set, for state variables: the value applies now and after a reset. */
  readonly initialise?: Readonly<Record<string, ValueDocument>>;
  /** `projection.pathway` and its new delay for events from now on. */
  readonly delays?: Readonly<Record<string, ValueDocument>>;
  /** Currents (stimuli) and the expressions of their values from now on. */
  readonly currents?: Readonly<Record<string, ExpressionDocument>>;
  /** Populations that replay spikes, and their spikes from now on. */
  readonly replay?: Readonly<Record<string, SpikesDocument>>;
  /** A stimulus to attach. */
  readonly attach?: IdDocument;
  /** A stimulus to detach. */
  readonly detach?: IdDocument;
  /** A recording to switch on or off. */
  readonly record?: IdDocument;
  readonly on?: boolean;
  /** Back to the start, in a new segment. */
  readonly reset?: true;
  /** Name of the new segment. */
  readonly segment?: string;
  /** With reset: annotations of the segment that ends. */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** Stores the state under this name. */
  readonly store?: string;
  /** Restores the state stored under this name. */
  readonly restore?: string;
};

/** A name, or a map. */
export type AuthorDocument = string | {
  readonly name: string;
  /** An ORCID such as 0000-0002-1825-0097. */
  readonly orcid?: string;
};

/** Description and authors of the model. */
export type MetadataDocument = {
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly (AuthorDocument)[];
  /** SPDX identifier. */
  readonly licence?: string;
  readonly doi?: string;
  readonly species?: string;
  readonly region?: string;
  /** Ontology identifiers. */
  readonly terms?: readonly (string)[];
};

/** A model of a spiking network as people write it. Quantities are strings with a unit, or numbers in the unit of their place; expressions are strings. The normalised model is also such a document. */
export type ModelDocument = {
  /** Version of this notation. */
  readonly interneuron: 1;
  /** Name of the model. */
  readonly name?: string;
  readonly metadata?: MetadataDocument;
  /** Global parameters, usable in every expression, size and value. */
  readonly parameters?: Readonly<Record<string, ModelParameterDocument>>;
  readonly neurons?: Readonly<Record<string, NeuronDocument>>;
  readonly synapses?: Readonly<Record<string, SynapseDocument>>;
  readonly tables?: Readonly<Record<string, TableDocument>>;
  readonly populations?: Readonly<Record<string, PopulationDocument>>;
  readonly projections?: Readonly<Record<string, ProjectionDocument>>;
  readonly stimuli?: Readonly<Record<string, StimulusDocument>>;
  readonly operations?: Readonly<Record<string, OperationDocument>>;
  readonly clocks?: Readonly<Record<string, ClockDocument>>;
  /** Recordings. */
  readonly record?: readonly (RecordingDocument)[];
  /** The same as `record`. */
  readonly recordings?: readonly (RecordingDocument)[];
  /** Order of operations within a step, and labelling of times; default: grid. */
  readonly timing?: "brian" | "grid" | "lems-euler";
  /** How the model is run. */
  readonly experiment?: {
    /** Time step; default: 0.1 ms. */
    readonly dt?: QuantityDocument;
    /** Seed for all random numbers: a whole number, or the same as text; default: 0. */
    readonly seed?: number | string;
    /** Short form of a protocol with a single run. */
    readonly duration?: QuantityDocument;
    readonly protocol?: readonly (PhaseDocument)[];
  };
  /** Anything else; kept. `outputFiles` names text files that a run writes, see runtime/results/dat. */
  readonly annotations?: Readonly<Record<string, unknown>>;
};
