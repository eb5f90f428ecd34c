// Generated from schemas/brian.schema.json by scripts/build-schemas.mjs; do not edit.
/** a list; its items are checked while importing */
export type Numbers = readonly (number | string | readonly (number | string)[])[];

/** {name, orcid} */
export type Author = {
  readonly name: string;
  readonly orcid?: string;
};

/** a quantity such as 0.1 ms, or 0.1*ms, or a dimensionless number */
export type Quantity = string | number;

/** a whole number, or the name of a constant, or an expression of constants */
export type Size = number | string;

/** statements in Brian's syntax, one per line or separated by semicolons */
export type Code = string;

/** an expression in Brian's syntax */
export type Expression = string | number | boolean;

/** an integer that orders objects within a slot, before their names */
export type Order = number;

/** a slot of Brian's schedule: start, groups, thresholds, synapses, resets or end, each also with before_ and after_ */
export type When = "before_start" | "start" | "after_start" | "before_groups" | "groups" | "after_groups" | "before_thresholds" | "thresholds" | "after_thresholds" | "before_synapses" | "synapses" | "after_synapses" | "before_resets" | "resets" | "after_resets" | "before_end" | "end" | "after_end";

/** a name of a method of numerical integration */
export type Method = string;

/** options of the method of integration, such as {absolute_error: 1e-9, max_steps: 1000} */
export type MethodOptions = {
  readonly simplify?: boolean;
  /** a number above 0, in SI units */
  readonly absolute_error?: number;
  /** a map from variable to the error that a step may make in it */
  readonly absolute_error_per_variable?: Readonly<Record<string, Quantity>>;
  /** a whole number, 1 or more */
  readonly max_steps?: number;
  /** whether steps adapt; absent: they do */
  readonly adaptable_timestep?: boolean;
  readonly use_last_timestep?: boolean;
  readonly save_failed_steps?: boolean;
  readonly save_step_count?: boolean;
};

/** a map from name to quantity */
export type Namespace = Readonly<Record<string, Quantity>>;

/** a quantity, an expression, a list of quantities, {values: [1, 2, 3], unit: mV}, or {$data, dtype, shape} */
export type Values = number | string | boolean | DataReference | Quantities;

/** an array stored beside the document or sent with it by a program: its digest, type and shape, in SI units unless it names another */
export type DataReference = {
  /** the SHA-256 of its little-endian bytes */
  readonly $data: string;
  /** the type of its elements */
  readonly dtype: "f64" | "f32" | "i32" | "u32" | "u8" | "i64";
  /** its length */
  readonly shape: readonly (number)[];
  /** the unit of the numbers */
  readonly unit?: string;
};

/** a list of quantities, or {values: [1, 2, 3], unit: ms} */
export type Quantities = QuantityList | {
  readonly values: Magnitudes;
  /** the unit of the numbers */
  readonly unit?: string;
};

/** a map from variable to value, or a list of {variable, value, where | index} in the order of assignment */
export type Initializers = Readonly<Record<string, MappedInitializer>> | readonly (ListedInitializer)[];

/** a quantity, an expression, an array, {value, where | index}, or a list of the last */
export type MappedInitializer = PartialInitializer | readonly (PartialInitializer)[] | Values;

/** {value, where: condition} or {value, index: 3 or [1, 2] or '0:10'} */
export type PartialInitializer = {
  /** a quantity, an expression in Brian's names, or a list */
  readonly value: Values;
  /** condition in Brian's names; absent: all elements */
  readonly where?: string;
  /** elements by number; absent: all */
  readonly index?: Index;
};

/** {variable, value}, with where: condition or index: 3 or [1, 2] or '0:10' */
export type ListedInitializer = {
  readonly variable: string;
  readonly value: Values;
  readonly where?: string;
  readonly index?: Index;
};

/** an index, a list of indices, or a slice such as '0:10' */
export type Index = Indices | number | string;

/** group.variable, or {variable: group.variable, index}, with the neuron that each neuron reads */
export type Link = string | {
  readonly variable: string;
  readonly index?: Values;
};

/** {values, unit, dt} */
export type TimedArray = {
  /** a list of numbers or quantities, or a list of such lists (time by element) */
  readonly values: Numbers;
  /** unit of bare numbers; absent: 1 */
  readonly unit?: string;
  /** time for which each value holds */
  readonly dt: Quantity;
};

/** {arguments, value} */
export type UserFunction = {
  /** names of the arguments in the expression */
  readonly arguments?: readonly (string)[];
  /** an expression of the arguments */
  readonly value: string | number;
};

/** {n, p, approximate} */
export type BinomialFunction = {
  readonly n: number;
  readonly p: number;
  /** whether a normal distribution stands for it where n p and n (1 - p) are above 5, as Brian has it; absent: it does */
  readonly approximate?: boolean;
};

/** {code, slice, dt or times, when, order, name} */
export type RunRegularly = {
  /** statements, a line each */
  readonly code: Code;
  /** only some neurons, such as 0:800 */
  readonly slice?: string;
  /** interval; absent: the group's time step */
  readonly dt?: Quantity;
  /** times at which it runs, in place of regular ones: `run_at` of Brian 2.10 */
  readonly times?: readonly (Quantity)[];
  /** slot of Brian's schedule; absent: `start` */
  readonly when?: When;
  /** order within the slot; absent: 0 */
  readonly order?: Order;
  readonly name?: string;
};

/** {condition, code, when, order} */
export type CustomEvent = {
  readonly condition: Expression;
  /** statements run where it happens; absent: none */
  readonly code?: Code;
  /** slot of the code; absent: `after_resets` */
  readonly when?: When;
  /** order of the code, which counts from that of the group; absent: 0 */
  readonly order?: Order;
  /** slot of the condition; absent: `after_thresholds` */
  readonly condition_when?: When;
  /** order of the condition; absent: that of the code */
  readonly condition_order?: Order;
};

/** a NeuronGroup: {N, model, threshold, reset, refractory, method, …} */
export type NeuronGroup = {
  /** number of neurons, or a constant */
  readonly N: Size;
  /** equations in Brian's syntax */
  readonly model: string;
  /** condition of a spike; absent: the group does not spike */
  readonly threshold?: Expression;
  /** slot of the threshold; absent: `thresholds` */
  readonly threshold_when?: When;
  /** order of the threshold, which counts from that of the group; absent: 0 */
  readonly threshold_order?: Order;
  /** statements run at a spike */
  readonly reset?: Code;
  /** slot of the reset; absent: `resets` */
  readonly reset_when?: When;
  /** order of the reset, which counts from that of the group; absent: 0 */
  readonly reset_order?: Order;
  /** duration, or condition under which it stays refractory */
  readonly refractory?: Expression;
  /** integration method by Brian's name; absent: Brian's own choice */
  readonly method?: Method;
  readonly method_options?: MethodOptions;
  /** a map from name to {condition, code} */
  readonly events?: Readonly<Record<string, CustomEvent>>;
  /** constants of this group, before those of the specification */
  readonly namespace?: Namespace;
  readonly initializers?: Initializers;
  /** a map from linked parameter to group.variable, or {variable: group.variable, index: [...]} */
  readonly linked?: Readonly<Record<string, Link>>;
  /** a list of {code, dt, when, order} */
  readonly run_regularly?: readonly (RunRegularly)[];
  /** time step; absent: that of the default clock */
  readonly dt?: Quantity;
  /** order of its objects within a slot; absent: 0 */
  readonly order?: Order;
};

/** a SpatialNeuron: {morphology, model, Cm, Ri, threshold, threshold_location, …} */
export type SpatialNeuron = {
  /** number of cells; absent: 1. Elements are compartments, the first of all cells first */
  readonly N?: Size;
  readonly morphology: Morphology;
  /** equations in Brian's syntax, with Im */
  readonly model: string;
  /** specific capacitance; absent: 0.9 uF/cm**2 */
  readonly Cm?: Values;
  /** resistivity of the inside; absent: 150 ohm*cm */
  readonly Ri?: Quantity;
  readonly threshold?: Expression;
  readonly threshold_when?: When;
  readonly threshold_order?: Order;
  /** a compartment by number, or a place such as axon[10*um] */
  readonly threshold_location?: number | string;
  readonly reset?: Code;
  readonly reset_when?: When;
  readonly reset_order?: Order;
  readonly refractory?: Expression;
  readonly method?: Method;
  readonly method_options?: MethodOptions;
  /** a map from name to {condition, code} */
  readonly events?: Readonly<Record<string, CustomEvent>>;
  readonly namespace?: Namespace;
  readonly initializers?: Initializers;
  /** a map from linked parameter to group.variable, or {variable: group.variable, index: [...]} */
  readonly linked?: Readonly<Record<string, Link>>;
  /** a list of {code, dt, when, order} */
  readonly run_regularly?: readonly (RunRegularly)[];
  readonly dt?: Quantity;
  readonly order?: Order;
};

/** {sections: {name: {parent, diameter, length, n}}} */
export type Morphology = {
  /** a map from name to section, one without a parent */
  readonly sections?: Readonly<Record<string, Section>>;
  /** where the sections have numbers of compartments alone: what these are like, in the order of the sections */
  readonly compartments?: Compartments;
  /** an SWC file beside the document */
  readonly swc?: string;
};

/** numbers of compartments, as Brian calls them */
export type Compartments = {
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
};

/** a Soma, Cylinder or Section: {class, parent, diameter, length, n, x, y, z} */
export type Section = {
  /** Brian's class; absent: `Section` where there are several diameters, else `Cylinder` */
  readonly class?: "Soma" | "Cylinder" | "Section";
  /** the section at whose end it begins */
  readonly parent?: string;
  /** one, or for a `Section` those of the ends of its compartments */
  readonly diameter?: Values;
  /** of a `Cylinder` the whole, of a `Section` that of each compartment */
  readonly length?: Values;
  /** number of compartments */
  readonly n?: number;
  /** in place of `length`: where a `Cylinder` begins and ends, or compartments of a `Section` do, relative to the end of the parent. Of a `Soma` its centre */
  readonly x?: Values;
  readonly y?: Values;
  readonly z?: Values;
};

/** neurons of a few compartments: {N, compartments, couplings, threshold, reset, …} */
export type DendriticNeurons = {
  readonly N: Size;
  readonly threshold?: Expression;
  readonly threshold_when?: When;
  readonly threshold_order?: Order;
  readonly reset?: Code;
  readonly reset_when?: When;
  readonly reset_order?: Order;
  readonly refractory?: Expression;
  readonly method?: Method;
  /** a map from name to {condition, code} */
  readonly events?: Readonly<Record<string, CustomEvent>>;
  readonly namespace?: Namespace;
  readonly initializers?: Initializers;
  /** a map from linked parameter to group.variable, or {variable: group.variable, index: [...]} */
  readonly linked?: Readonly<Record<string, Link>>;
  /** a list of {code, dt, when, order} */
  readonly run_regularly?: readonly (RunRegularly)[];
  readonly dt?: Quantity;
  readonly order?: Order;
  /** a map from name to compartment */
  readonly compartments: Readonly<Record<string, DendriticCompartment>>;
  /** pairs of compartments, with a conductance, a rule or an expression */
  readonly couplings?: readonly (readonly (Quantity)[])[];
  readonly cm?: Quantity;
  readonly gl?: Quantity;
  readonly r_axial?: Quantity;
  readonly v_rest?: Quantity;
  readonly scale_factor?: Quantity;
  readonly spine_factor?: Quantity;
  /** what is run some time after a spike: {code, after} */
  readonly second_reset?: {
    readonly code: Code;
    readonly after: Quantity;
  };
  /** more equations in Brian's syntax */
  readonly equations?: string;
};

/** a compartment: {model, length, diameter, synapses, dspikes, …}, or {cm_abs, gl_abs, …} */
export type DendriticCompartment = {
  /** absent: `passive` */
  readonly model?: "passive" | "leakyIF" | "adaptiveIF" | "adex" | "cadIF";
  readonly length?: Quantity;
  readonly diameter?: Quantity;
  readonly cm?: Quantity;
  readonly gl?: Quantity;
  readonly r_axial?: Quantity;
  readonly v_rest?: Quantity;
  readonly scale_factor?: Quantity;
  readonly spine_factor?: Quantity;
  /** of the whole, in place of a shape */
  readonly cm_abs?: Quantity;
  readonly gl_abs?: Quantity;
  /** a list of {channel, tag, g, t_rise, t_decay, scale_g} */
  readonly synapses?: readonly (DendriticReceptor)[];
  /** a noisy current: {tau, sigma, mean} */
  readonly noise?: {
    readonly tau?: Quantity;
    readonly sigma?: Quantity;
    readonly mean?: Quantity;
  };
  /** a map from name to dendritic spike */
  readonly dspikes?: Readonly<Record<string, DendriticSpike>>;
  /** constants of the model, such as `tauw` and `a`, which get the suffix of the compartment */
  readonly params?: Namespace;
};

/** receptors: {channel, tag, g, t_rise, t_decay, scale_g} */
export type DendriticReceptor = {
  readonly channel: "AMPA" | "NMDA" | "GABA";
  /** the name of a pathway */
  readonly tag: string;
  readonly g: Quantity;
  /** absent: they open at once */
  readonly t_rise?: Quantity;
  readonly t_decay: Quantity;
  /** whether `g` is the peak, where there is a rise */
  readonly scale_g?: boolean;
};

/** a dendritic spike: {threshold, g_rise, g_fall, duration_rise, duration_fall, reversal_rise, reversal_fall, offset_fall, refractory} */
export type DendriticSpike = {
  readonly threshold: Quantity;
  readonly g_rise: Quantity;
  readonly g_fall: Quantity;
  readonly duration_rise: Quantity;
  readonly duration_fall: Quantity;
  /** a potential, or `E_Na`, `E_K`, `E_Ca` */
  readonly reversal_rise: Quantity;
  readonly reversal_fall: Quantity;
  readonly offset_fall?: Quantity;
  readonly refractory?: Quantity;
};

/** a PoissonGroup: {N, rates} */
export type PoissonGroup = {
  readonly N: Size;
  /** in Hz: a quantity, an expression of `t` and `i`, or a list */
  readonly rates: Values;
  readonly namespace?: Namespace;
  /** a list of {code, dt, when, order} */
  readonly run_regularly?: readonly (RunRegularly)[];
  readonly dt?: Quantity;
  readonly order?: Order;
};

/** a SpikeGeneratorGroup: {N, indices, times, period} */
export type SpikeGenerator = {
  readonly N: Size;
  /** neuron of each spike */
  readonly indices: Indices;
  /** time of each spike, as many */
  readonly times: Quantities;
  /** interval after which the spikes come again; absent: they come once */
  readonly period?: Quantity;
  readonly dt?: Quantity;
  readonly when?: When;
  readonly order?: Order;
};

/** statements, or a map from pathway name to statements */
export type PathwayCode = string | Readonly<Record<string, string>>;

/** true, a condition, or {condition, p, n} or {i, j} or {j: 'generator'} or {from, source, target} */
export type Connect = boolean | string | ConnectTable | ConnectArguments;

/** the name of a column, or its number from 0 in a table without names */
export type TableColumnName = string | number;

/** a column of indices or identifiers, or {column, group} for the cells of a group */
export type TableEnd = string | number | {
  /** the column */
  readonly column: TableColumnName;
  /** only rows of cells of this group, which are numbered within it */
  readonly group?: string;
};

/** values of a variable, or delays: {column, unit, factor, sign} */
export type TableValue = {
  /** the column of numbers */
  readonly column: TableColumnName;
  /** the unit of the numbers; absent: none */
  readonly unit?: string;
  /** a factor of the numbers; absent: 1 */
  readonly factor?: number;
  /** a column that the numbers are multiplied with */
  readonly sign?: TableColumnName;
};

/** a table of cells: {from, id, group}; its rows are the cells, in order */
export type TableCells = {
  /** a file in the folder of the document */
  readonly from: string;
  /** the column of identifiers */
  readonly id: TableColumnName;
  /** the column of groups */
  readonly group?: TableColumnName;
};

/** a table of connections: {from, source, target, cells, delay} and variables of the synapses */
export type ConnectTable = {
  /** a file in the folder of the document: CSV, TSV, npy, npz or Parquet */
  readonly from: string;
  /** the sources */
  readonly source: TableEnd;
  /** the targets */
  readonly target: TableEnd;
  /** the cells that identifiers name */
  readonly cells?: TableCells;
  readonly [part: string]: unknown;
};

/** {condition, p, n, i, j, skip_if_invalid} */
export type ConnectArguments = {
  /** a condition on i, j and variables with _pre and _post */
  readonly condition?: string | boolean;
  /** probability of each pair; absent: 1 */
  readonly p?: Expression;
  /** a whole number or an expression */
  readonly n?: number | string;
  /** source indices, or generator syntax for them */
  readonly i?: ConnectIndex;
  /** target indices, or generator syntax for them */
  readonly j?: ConnectIndex;
  /** true or false */
  readonly skip_if_invalid?: boolean;
};

/** an index, a list of indices, {$data, dtype, shape}, or generator syntax such as 'k for k in range(N_post) if rand() < 0.1' */
export type ConnectIndex = Indices | DataReference | number | string;

/** a Synapses object: {source, target, model, on_pre, on_post, connect, delay, …} */
export type Synapses = {
  /** the name of a group, or a slice of it such as P[:3200] */
  readonly source: string;
  /** the name of a group, or a slice of it such as P[:3200] */
  readonly target?: string;
  /** equations in Brian's syntax */
  readonly model?: string;
  /** statements run when a presynaptic spike arrives, or several pathways by name */
  readonly on_pre?: PathwayCode;
  /** the same for postsynaptic spikes */
  readonly on_post?: PathwayCode;
  /** the name of an event, or a map from pathway name to event */
  readonly on_event?: string | Readonly<Record<string, string>>;
  /** a quantity for the pathway pre, or a map from pathway name to quantity; heterogeneous delays are initializers of the variable delay */
  readonly delay?: string | number | Readonly<Record<string, Quantity>>;
  /** a map from pathway name to {when, order} */
  readonly pathways?: Readonly<Record<string, {
    readonly when?: When;
    readonly order?: Order;
  }>>;
  /** a map from summed variable (x_post) to {when, order} */
  readonly summed_updaters?: Readonly<Record<string, {
    readonly when?: When;
    readonly order?: Order;
  }>>;
  /** one call of connect, or a list of calls */
  readonly connect?: Connect | readonly (Connect)[];
  readonly initializers?: Initializers;
  readonly method?: Method;
  readonly method_options?: MethodOptions;
  readonly namespace?: Namespace;
  /** the name under which code reads which of the synapses of its pair a synapse is, from 0 */
  readonly multisynaptic_index?: string;
  /** a list of {code, dt, when, order} */
  readonly run_regularly?: readonly (RunRegularly)[];
  /** time step of their equations; absent: that of the default clock */
  readonly dt?: Quantity;
  readonly order?: Order;
};

/** a PoissonInput: {target, target_var, N, rate, weight} */
export type PoissonInput = {
  /** the name of a group, or a slice of it such as P[:3200] */
  readonly target: string;
  /** a variable of the target */
  readonly target_var: string;
  /** number of Poisson sources of each neuron */
  readonly N: Size;
  /** of each source, in Hz */
  readonly rate: Quantity;
  /** what each spike adds */
  readonly weight: Quantity;
  readonly when?: When;
  readonly order?: Order;
};

/** a variable, or a list of variables */
export type Variables = string | readonly (string)[];

/** true, an index, a list of indices, or a slice such as '0:10' */
export type RecordedIndices = Indices | boolean | number | string;

/** a SpikeMonitor: {source, variables, record, when, order} */
export type SpikeMonitor = {
  /** a group or a slice of it */
  readonly source: string;
  /** variables recorded at each spike */
  readonly variables?: Variables;
  readonly record?: RecordedIndices;
  /** slot in which the variables are recorded; absent: right after the event */
  readonly when?: When;
  readonly order?: Order;
};

/** an EventMonitor: {source, event, variables, record, when, order} */
export type EventMonitor = {
  readonly source: string;
  readonly event: string;
  readonly variables?: Variables;
  readonly record?: RecordedIndices;
  readonly when?: When;
  readonly order?: Order;
};

/** a StateMonitor: {source, variables, record, dt, when, order} */
export type StateMonitor = {
  /** a group, a slice of it, or synapses */
  readonly source: string;
  /** a variable, a list of variables, or true for all */
  readonly variables: string | readonly (string)[] | boolean;
  readonly record?: RecordedIndices;
  /** interval between samples; absent: every step */
  readonly dt?: Quantity;
  /** slot in which samples are taken; absent: `start` */
  readonly when?: When;
  readonly order?: Order;
};

/** a PopulationRateMonitor: {source} */
export type RateMonitor = {
  readonly source: string;
};

/** {duration: 100 ms}, {reset: true}, {initialize: {G.v: -65 mV}}, {set: {G.I: 2 nA}}, {active: {M: false}}, {set_spikes: {S: {indices: [0], times: [5 ms]}}}, {store: name} or {restore: name} */
export type Phase = {
  /** runs for this time */
  readonly duration?: Quantity;
  /** true: back to the start; what has been recorded is kept */
  readonly reset?: true;
  /** the name of what follows a reset */
  readonly segment?: string;
  /** annotations of what ends with a reset */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** a map from group.variable to its first value, now and at each reset to come */
  readonly initialize?: Readonly<Record<string, Values>>;
  /** a map from group.variable, or from a constant of the namespace, to its new value */
  readonly set?: Readonly<Record<string, Values>>;
  /** a condition on the elements that set changes */
  readonly where?: string;
  /** elements that are set or initialised, by number; synapses in the order of creation */
  readonly index?: Index;
  /** a map from a monitor or Poisson input to true or false */
  readonly active?: Readonly<Record<string, boolean>>;
  /** a map from a SpikeGeneratorGroup to its new spikes; those whose time has passed are left out */
  readonly set_spikes?: Readonly<Record<string, {
    readonly indices: Indices;
    readonly times: Quantities;
  }>>;
  /** a name */
  readonly store?: string;
  /** a name */
  readonly restore?: string;
};

/** a list of indices */
export type Indices = readonly (number)[];

/** a list of numbers */
export type Magnitudes = readonly (number | boolean)[];

/** a list of quantities */
export type QuantityList = readonly (string | number | boolean)[];

/** A Brian 2 model as data: keys are named after Brian's classes and arguments, strings use Brian's syntax. See translators/brian/README.md. */
export type BrianSpecification = {
  /** the text interneuron/brian */
  readonly format: "interneuron/brian";
  /** the number 1 */
  readonly version?: 1;
  readonly $schema?: string;
  /** a short name of the model */
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  /** a list of {name, orcid} */
  readonly authors?: readonly (Author)[];
  /** an SPDX identifier */
  readonly licence?: string;
  readonly doi?: string;
  /** where the model is published, or the program that this specification was written after */
  readonly source?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly (string)[];
  /** time step of the default clock; absent: 0.1 ms */
  readonly dt?: Quantity;
  /** a whole number of 0 or more (or the same as text), the seed for all random numbers */
  readonly seed?: number | string;
  /** constants for all groups */
  readonly namespace?: Namespace;
  /** a map from name to TimedArray */
  readonly timed_arrays?: Readonly<Record<string, TimedArray>>;
  /** a map from name to a function, given as an expression */
  readonly functions?: Readonly<Record<string, UserFunction>>;
  /** a map from name to BinomialFunction */
  readonly binomial_functions?: Readonly<Record<string, BinomialFunction>>;
  /** a map from name to NeuronGroup */
  readonly neuron_groups?: Readonly<Record<string, NeuronGroup>>;
  /** a map from name to SpatialNeuron */
  readonly spatial_neurons?: Readonly<Record<string, SpatialNeuron>>;
  /** a map from name to neurons of a few compartments */
  readonly dendritic_neurons?: Readonly<Record<string, DendriticNeurons>>;
  /** a map from name to PoissonGroup */
  readonly poisson_groups?: Readonly<Record<string, PoissonGroup>>;
  /** a map from name to SpikeGeneratorGroup */
  readonly spike_generators?: Readonly<Record<string, SpikeGenerator>>;
  /** a map from name to Synapses */
  readonly synapses?: Readonly<Record<string, Synapses>>;
  /** a map from name to PoissonInput */
  readonly poisson_inputs?: Readonly<Record<string, PoissonInput>>;
  /** a map from name to SpikeMonitor */
  readonly spike_monitors?: Readonly<Record<string, SpikeMonitor>>;
  /** a map from name to EventMonitor */
  readonly event_monitors?: Readonly<Record<string, EventMonitor>>;
  /** a map from name to StateMonitor */
  readonly state_monitors?: Readonly<Record<string, StateMonitor>>;
  /** a map from name to PopulationRateMonitor */
  readonly population_rate_monitors?: Readonly<Record<string, RateMonitor>>;
  /** a duration, or a list of phases such as {duration: 100 ms} and {set: {G.I: 2 nA}} */
  readonly run?: string | readonly (Phase)[];
  /** anything; kept unchanged */
  readonly annotations?: Readonly<Record<string, unknown>>;
};
