/**
 * The Brian-like specification as written, in TypeScript: what `schemas/brian.schema.json` describes, checked against
 * it before use.
 */

/** A number, or text such as `-60 mV`, `5*ms`, `60*0.27/10*mV`, or an expression of constants. */
type QuantityText = string | number;

/** What an integration method is told: `simplify` that of linear systems, all else those of the GNU Scientific Library. */
export interface MethodOptions {
  readonly simplify?: boolean;
  /** Error that a step may make in each variable, in SI units; absent: 1e-6. */
  readonly absolute_error?: number;
  /** The same for some variables. */
  readonly absolute_error_per_variable?: Readonly<Record<string, QuantityText>>;
  /** Steps that may be taken within one of the clock; absent: 100. */
  readonly max_steps?: number;
  /** Whether steps adapt; absent: they do. */
  readonly adaptable_timestep?: boolean;
  readonly use_last_timestep?: boolean;
  readonly save_failed_steps?: boolean;
  readonly save_step_count?: boolean;
}
/** Several quantities: a list of them, or numbers with one unit. */
export type Quantities =
  readonly (string | number | boolean)[] | { readonly values: readonly (number | boolean)[]; readonly unit?: string };
/** An array in SI that a program sends beside the document, or that lies beside its file, by its digest. */
export interface DataReference {
  /** SHA-256 of its little-endian bytes. */
  readonly $data: string;
  readonly dtype: 'f64' | 'f32' | 'i32' | 'u32' | 'u8' | 'i64';
  /** Its length. */
  readonly shape: readonly number[];
}
/** What a variable can be set to. */
export type Values = number | string | boolean | Quantities | DataReference;
/** One index, several, or a slice such as `0:10`. */
export type Index = number | string | readonly number[];

/** First values of some elements: those that a condition or an index chooses. */
export interface PartialInitializer {
  /** A quantity, an expression in Brian's names, or a list. */
  readonly value: Values;
  /** Condition in Brian's names; absent: all elements. */
  readonly where?: string;
  /** Elements by number; absent: all. */
  readonly index?: Index;
}

/** First values: by variable, or as a list where order matters, for they are assigned in order. */
export type Initializers =
  | Readonly<Record<string, Values | PartialInitializer | readonly PartialInitializer[]>>
  | readonly (PartialInitializer & { readonly variable: string })[];

/** `group.run_regularly`. */
export interface RunRegularly {
  /** Statements, a line each. */
  readonly code: string;
  /** Only these neurons of the group, `0:800`; absent: all. Indices in the code count from the group's first. */
  readonly slice?: string;
  /** Interval; absent: the group's time step. */
  readonly dt?: QuantityText;
  /** Slot of Brian's schedule; absent: `start`. */
  readonly when?: string;
  /** Order within the slot; absent: 0. */
  readonly order?: number;
  readonly name?: string;
}

/** A custom event: its condition, and the code of `run_on_event`. */
export interface EventSpecification {
  readonly condition: string | number | boolean;
  /** Statements run where it happens; absent: none. */
  readonly code?: string;
  /** Slot of the code; absent: `after_resets`. */
  readonly when?: string;
  /** Order of the code, which counts from that of the group; absent: 0. */
  readonly order?: number;
  /** Slot of the condition; absent: `after_thresholds`. */
  readonly condition_when?: string;
  /** Order of the condition; absent: that of the code. */
  readonly condition_order?: number;
}

/** The source of a linked parameter: `group.variable`, with the neuron that each neuron reads if there are several. */
export type Link = string | { readonly variable: string; readonly index?: Values };

/** A `NeuronGroup` with its first values and regular operations. */
export interface NeuronGroup {
  /** Number of neurons, or a constant. */
  readonly N: number | string;
  /** Equations in Brian's syntax. */
  readonly model: string;
  /** Condition of a spike; absent: the group does not spike. */
  readonly threshold?: string | number | boolean;
  /** Slot of the threshold; absent: `thresholds`. */
  readonly threshold_when?: string;
  /** Order of the threshold, which counts from that of the group; absent: 0. */
  readonly threshold_order?: number;
  /** Statements run at a spike. */
  readonly reset?: string;
  /** Slot of the reset; absent: `resets`. */
  readonly reset_when?: string;
  /** Order of the reset, which counts from that of the group; absent: 0. */
  readonly reset_order?: number;
  /** Duration, or condition under which it stays refractory. */
  readonly refractory?: string | number | boolean;
  /** Integration method by Brian's name; absent: Brian's own choice. */
  readonly method?: string;
  readonly method_options?: MethodOptions;
  /** Custom events by name. */
  readonly events?: Readonly<Record<string, EventSpecification>>;
  /** Constants of this group, before those of the specification. */
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly initializers?: Initializers;
  /** Parameters with the flag `linked`: variables of other groups. */
  readonly linked?: Readonly<Record<string, Link>>;
  readonly run_regularly?: readonly RunRegularly[];
  /** Time step; absent: that of the default clock. */
  readonly dt?: QuantityText;
  /** Order of its objects within a slot; absent: 0. */
  readonly order?: number;
}

/** Neurons of a few compartments, with the words of Dendrify; variables are called `V_soma`, `s_AMPA_tag_soma` and so on. */
export interface DendriticNeurons extends Omit<NeuronGroup, 'model'>, DendriticMembrane {
  readonly compartments: Readonly<Record<string, DendriticCompartment>>;
  /**
   * Pairs of compartments, with the conductance between them: `half_cylinders` (the default), `cylinder_` and the name of
   * a compartment, a quantity, or an expression of potentials such as `V_soma`.
   */
  readonly couplings?: readonly (readonly QuantityText[])[];
  /** Statements run some time after a spike. */
  readonly second_reset?: { readonly code: string; readonly after: QuantityText };
  /** More equations, in Brian's syntax. */
  readonly equations?: string;
}

/** What a compartment takes from its neuron where it does not give it. */
interface DendriticMembrane {
  /** Specific capacitance. */
  readonly cm?: QuantityText;
  /** Leak by area. */
  readonly gl?: QuantityText;
  readonly r_axial?: QuantityText;
  readonly v_rest?: QuantityText;
  /** Factor of areas. */
  readonly scale_factor?: QuantityText;
  /** Factor of areas; that of neurons is for passive compartments. */
  readonly spine_factor?: QuantityText;
}

/** A compartment: a cylinder, or a capacitance and a leak. */
export interface DendriticCompartment extends DendriticMembrane {
  /** Absent: `passive`. */
  readonly model?: 'passive' | 'leakyIF' | 'adaptiveIF' | 'adex' | 'cadIF';
  readonly length?: QuantityText;
  readonly diameter?: QuantityText;
  /** Of the whole, in place of a shape. */
  readonly cm_abs?: QuantityText;
  readonly gl_abs?: QuantityText;
  readonly synapses?: readonly DendriticReceptor[];
  readonly noise?: { readonly tau?: QuantityText; readonly sigma?: QuantityText; readonly mean?: QuantityText };
  readonly dspikes?: Readonly<Record<string, DendriticSpike>>;
  /** Constants of the model, such as `tauw` and `a`, which get the suffix of the compartment. */
  readonly params?: Readonly<Record<string, QuantityText>>;
}

/** Receptors that synapses open with `s_AMPA_tag_soma += 1`. */
export interface DendriticReceptor {
  readonly channel: 'AMPA' | 'NMDA' | 'GABA';
  readonly tag: string;
  readonly g: QuantityText;
  /** Absent: they open at once. */
  readonly t_rise?: QuantityText;
  readonly t_decay: QuantityText;
  /** Whether `g` is the peak, where there is a rise. */
  readonly scale_g?: boolean;
}

/** A dendritic spike: a conductance that opens for a while, and then another one. Durations become whole steps. */
export interface DendriticSpike {
  readonly threshold: QuantityText;
  readonly g_rise: QuantityText;
  readonly g_fall: QuantityText;
  readonly duration_rise: QuantityText;
  readonly duration_fall: QuantityText;
  /** A potential, or `E_Na`, `E_K`, `E_Ca`. */
  readonly reversal_rise: QuantityText;
  readonly reversal_fall: QuantityText;
  readonly offset_fall?: QuantityText;
  readonly refractory?: QuantityText;
}

/** A piece of a morphology without branches. */
export interface SectionSpecification {
  /** Brian's class; absent: `Section` where there are several diameters, else `Cylinder`. */
  readonly class?: 'Soma' | 'Cylinder' | 'Section';
  /** The section at whose end it begins; absent: it is the root. */
  readonly parent?: string;
  /** One, or for a `Section` those of the ends of its compartments. */
  readonly diameter?: Values;
  /** Of a `Cylinder` the whole, of a `Section` that of each compartment. */
  readonly length?: Values;
  /** Number of compartments; absent: 1. */
  readonly n?: number;
  /**
   * In place of `length`: where a `Cylinder` begins and ends, or compartments of a `Section` do, relative to the end of
   * the parent. Of a `Soma` its centre.
   */
  readonly x?: Values;
  readonly y?: Values;
  readonly z?: Values;
}

/** Numbers of compartments, as Brian calls them. */
export interface CompartmentsSpecification {
  readonly length?: Quantities;
  readonly diameter?: Quantities;
  readonly area?: Quantities;
  readonly volume?: Quantities;
  readonly distance?: Quantities;
  readonly r_length_1?: Quantities;
  readonly r_length_2?: Quantities;
  readonly x?: Quantities;
  readonly y?: Quantities;
  readonly z?: Quantities;
}

/** The form of a cell. */
export interface MorphologySpecification {
  /** Pieces by name. */
  readonly sections?: Readonly<Record<string, SectionSpecification>>;
  /** Where the sections have numbers of compartments alone: what these are like, in the order of the sections. */
  readonly compartments?: CompartmentsSpecification;
  /** In place of sections: the name of an SWC file. */
  readonly swc?: string;
}

/** A `SpatialNeuron`, or several with one morphology. */
export interface SpatialNeuron extends Omit<NeuronGroup, 'N'> {
  /** Number of cells; absent: 1. Elements are compartments, the first of all cells first. */
  readonly N?: number | string;
  readonly morphology: MorphologySpecification;
  /** Specific capacitance; absent: 0.9 uF/cm**2. */
  readonly Cm?: Values;
  /** Resistivity of the inside; absent: 150 ohm*cm. */
  readonly Ri?: QuantityText;
  /** The one compartment where `threshold` is tested, by number or place; absent: all. */
  readonly threshold_location?: number | string;
}

/** A `PoissonGroup` with its regular operations. */
export interface PoissonGroup {
  readonly N: number | string;
  /** In Hz: a quantity, an expression of `t` and `i`, or a list. */
  readonly rates: Values;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly run_regularly?: readonly RunRegularly[];
  readonly dt?: QuantityText;
  readonly order?: number;
}

/** A `SpikeGeneratorGroup`. */
export interface SpikeGenerator {
  readonly N: number | string;
  /** Neuron of each spike. */
  readonly indices: readonly number[];
  /** Time of each spike, as many. */
  readonly times: Quantities;
  /** Interval after which the spikes come again; absent: they come once. */
  readonly period?: QuantityText;
  readonly dt?: QuantityText;
  readonly order?: number;
}

/** Indices of one side, or generator syntax for them. */
export type ConnectIndex = number | string | readonly number[] | DataReference;

/** Arguments of `Synapses.connect`. */
export interface ConnectArguments {
  /** Condition over `i`, `j` and variables of both ends. */
  readonly condition?: string | boolean;
  /** Probability of each pair; absent: 1. */
  readonly p?: string | number | boolean;
  /** Synapses for each pair; absent: 1. */
  readonly n?: number | string;
  /** Source indices, or generator syntax for them. */
  readonly i?: ConnectIndex;
  /** Target indices, or generator syntax for them. */
  readonly j?: ConnectIndex;
  /** Leaves out indices that do not exist rather than refuse them. */
  readonly skip_if_invalid?: boolean;
}

/** A call of `connect`: `true` for all pairs, a condition, or arguments. */
export type Connect = boolean | string | ConnectArguments;

/** `Synapses` with their connections, first values and delays. */
export interface SynapsesSpecification {
  /** A group or a slice of it, `P[0:10]`. */
  readonly source: string;
  /** Absent: the source. */
  readonly target?: string;
  readonly model?: string;
  /** Statements run when a presynaptic spike arrives, or several pathways by name. */
  readonly on_pre?: string | Readonly<Record<string, string>>;
  /** The same for postsynaptic spikes. */
  readonly on_post?: string | Readonly<Record<string, string>>;
  /** The event that each pathway listens to, where it is not `spike`. */
  readonly on_event?: string | Readonly<Record<string, string>>;
  /** Of the presynaptic pathway, or of pathways by name; absent: none. */
  readonly delay?: QuantityText | Readonly<Record<string, QuantityText>>;
  /** Slot and order of pathways by name. */
  readonly pathways?: Readonly<Record<string, { readonly when?: string; readonly order?: number }>>;
  /** Slot and order of summed variables by name (`x_post`). */
  readonly summed_updaters?: Readonly<Record<string, { readonly when?: string; readonly order?: number }>>;
  /** Calls in order; synapses are created in this order. */
  readonly connect?: Connect | readonly Connect[];
  readonly initializers?: Initializers;
  readonly method?: string;
  readonly method_options?: MethodOptions;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly run_regularly?: readonly RunRegularly[];
  /** Name of the number that a synapse has among those of its pair. */
  readonly multisynaptic_index?: string;
  /** Time step of their equations; absent: that of the default clock. */
  readonly dt?: QuantityText;
  readonly order?: number;
}

/** A `PoissonInput`. */
export interface PoissonInput {
  /** A group or a slice of it. */
  readonly target: string;
  /** The variable that spikes add to. */
  readonly target_var: string;
  /** Number of Poisson sources of each neuron. */
  readonly N: number | string;
  /** Of each source, in Hz. */
  readonly rate: QuantityText;
  /** What each spike adds. */
  readonly weight: QuantityText;
  readonly when?: string;
  readonly order?: number;
}

/** Which elements: all or none, an index, a slice, or a list. */
export type RecordedIndices = boolean | number | string | readonly number[];

/** A `SpikeMonitor`, or an `EventMonitor` for another event. */
export interface SpikeMonitor {
  /** A group or a slice of it. */
  readonly source: string;
  /** A custom event, for an `EventMonitor`. */
  readonly event?: string;
  /** Variables recorded at each spike. */
  readonly variables?: string | readonly string[];
  readonly record?: RecordedIndices;
  /** Slot in which the variables are recorded; absent: right after the event. */
  readonly when?: string;
  readonly order?: number;
}

/** A `StateMonitor`. */
export interface StateMonitor {
  /** A group, a slice of it, or synapses. */
  readonly source: string;
  /** By name; `true`: all. */
  readonly variables: string | readonly string[] | boolean;
  readonly record?: RecordedIndices;
  /** Interval between samples; absent: every step. */
  readonly dt?: QuantityText;
  /** Slot in which samples are taken; absent: `start`. */
  readonly when?: string;
  readonly order?: number;
}

/** One thing that happens in the run. */
export interface PhaseSpecification {
  /** Runs for this time. */
  readonly duration?: QuantityText;
  /**
   * Back to time 0 and first values, with parameters, delays and spikes of generators as they are now; what has been
   * recorded is kept.
   */
  readonly reset?: true;
  /** Name of what follows a reset. */
  readonly segment?: string;
  /** Of what ends with a reset. */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** `group.variable` and its first value, which it takes now and at each reset to come. */
  readonly initialize?: Readonly<Record<string, Values>>;
  /** `group.variable` and its new value. */
  readonly set?: Readonly<Record<string, Values>>;
  /** Condition on the elements that are set. */
  readonly where?: string;
  /** Elements that are set or initialised, by number; synapses in the order of creation. */
  readonly index?: Index;
  /** Objects that are switched on or off. */
  readonly active?: Readonly<Record<string, boolean>>;
  /** New spikes of SpikeGeneratorGroups; those whose time has passed are left out. */
  readonly set_spikes?: Readonly<Record<string, Pick<SpikeGenerator, 'indices' | 'times'>>>;
  /** Keeps the state under this name. */
  readonly store?: string;
  /** Takes the state kept under this name. */
  readonly restore?: string;
}

/** A `TimedArray`, called as f(t) or f(t, i). */
export interface TimedArray {
  /** Over time, or for each time a list over elements. */
  readonly values: readonly (number | string | readonly (number | string)[])[];
  /** Unit of bare numbers; absent: 1. */
  readonly unit?: string;
  /** Time for which each value holds. */
  readonly dt: QuantityText;
}

/** The whole specification. */
export interface BrianSpecification {
  readonly format: 'interneuron/brian';
  readonly version?: 1;
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly { readonly name: string; readonly orcid?: string }[];
  readonly licence?: string;
  readonly doi?: string;
  /** Where the model comes from, such as an address. */
  readonly source?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly string[];
  /** Time step of the default clock; absent: 0.1 ms. */
  readonly dt?: QuantityText;
  /** Seed of all draws; absent: 0. */
  readonly seed?: number | string;
  /** Constants for all groups. */
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly timed_arrays?: Readonly<Record<string, TimedArray>>;
  /** Functions of the user, as expressions of their arguments. */
  readonly functions?: Readonly<Record<string, UserFunctionSpecification>>;
  /** `BinomialFunction`s. */
  readonly binomial_functions?: Readonly<Record<string, BinomialFunctionSpecification>>;
  readonly neuron_groups?: Readonly<Record<string, NeuronGroup>>;
  readonly spatial_neurons?: Readonly<Record<string, SpatialNeuron>>;
  readonly dendritic_neurons?: Readonly<Record<string, DendriticNeurons>>;
  readonly poisson_groups?: Readonly<Record<string, PoissonGroup>>;
  readonly spike_generators?: Readonly<Record<string, SpikeGenerator>>;
  readonly synapses?: Readonly<Record<string, SynapsesSpecification>>;
  readonly poisson_inputs?: Readonly<Record<string, PoissonInput>>;
  readonly spike_monitors?: Readonly<Record<string, SpikeMonitor>>;
  readonly event_monitors?: Readonly<Record<string, SpikeMonitor & { readonly event: string }>>;
  readonly state_monitors?: Readonly<Record<string, StateMonitor>>;
  readonly population_rate_monitors?: Readonly<Record<string, { readonly source: string }>>;
  /** How long, or phases in order. */
  readonly run?: string | readonly PhaseSpecification[];
  /** Anything else, kept. */
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** A function, given as an expression. */
export interface UserFunctionSpecification {
  /** Names of its arguments in the expression; absent: none. */
  readonly arguments?: readonly string[];
  readonly value: string | number;
}

/** A function without arguments that draws from a binomial distribution. */
export interface BinomialFunctionSpecification {
  readonly n: number;
  readonly p: number;
  /**
   * Whether a normal distribution stands for it where n p and n (1 - p) are above 5, as Brian has it; absent: it
   * does.
   */
  readonly approximate?: boolean;
}

/** Sections whose keys name objects, which share one set of names. */
export const namedSections = [
  'timed_arrays',
  'functions',
  'binomial_functions',
  'neuron_groups',
  'spatial_neurons',
  'dendritic_neurons',
  'poisson_groups',
  'spike_generators',
  'synapses',
  'poisson_inputs',
  'spike_monitors',
  'event_monitors',
  'state_monitors',
  'population_rate_monitors',
] as const;
