// Generated from schemas/pynn.schema.json by scripts/build-schemas.mjs; do not edit.
/** a name, or {name, orcid} */
export type Author = string | {
  readonly name: string;
  readonly orcid?: string;
};

/** a time in ms, or auto */
export type DelayLimit = "auto" | number;

/** a random number generator */
export type Rng = {
  readonly type: "NumpyRNG" | "NativeRNG";
  /** a whole number, 0 or more */
  readonly seed?: number;
  /** 32-bit words that were drawn from the generator before; default: 0 */
  readonly skip?: number;
  /** whether draws are independent of how cells are spread over processes */
  readonly parallel_safe?: boolean;
};

export type Numbers = readonly (number | readonly (unknown)[] | boolean | null)[];

export type Random = {
  /** name of a distribution */
  readonly random: string;
  /** numbers; limits may be "inf" or "-inf" */
  readonly params: Readonly<Record<string, Limit>>;
  /** a generator from rngs; default: drawn during the run, from the seed of the model */
  readonly rng?: string | null;
};

export type Formula = {
  /** in Python, with NumPy's functions */
  readonly expr: string;
  /** its arguments: distance, index, both indices, coordinates of a cell, or d[0] to d[2] from one cell to another */
  readonly of?: "d" | "i" | "ij" | "xyz" | "displacement";
};

export type Sequence = {
  readonly sequence: Numbers;
};

export type Sequences = {
  readonly sequences: Numbers;
};

export type DataReference = {
  /** SHA-256 of the array's little-endian bytes, in hexadecimal */
  readonly $data: string;
  readonly dtype: "f64" | "f32" | "i64" | "i32" | "u32" | "u8";
  /** length along each dimension */
  readonly shape: readonly (number)[];
};

/** a number, a list with one number for each cell, or a map with random, expr, sequence, sequences or $data */
export type Value = number | boolean | null | Numbers | Random | Formula | DataReference | Sequences | Sequence | readonly (unknown)[];

/** a cell type with its parameters */
export type Cell = {
  /** class name of a standard cell */
  readonly type: string;
  /** in place of `type`: a file in NESTML in the folder of the document */
  readonly nestml?: string;
  /** with `nestml`: the model of a file that has several */
  readonly name?: string;
  readonly params?: Values;
  /** PointNeuron only: the membrane */
  readonly neuron?: Neuron;
  /** PointNeuron and MultiCompartmentNeuron only: a map from name to receptor */
  readonly receptors?: Readonly<Record<string, Receptor>>;
  /** native types only: values of parameters, in SI units or with a unit */
  readonly values?: Readonly<Record<string, unknown>>;
  /** MultiCompartmentNeuron only: its shape, by name of the section */
  readonly sections?: Readonly<Record<string, Section>>;
  /** MultiCompartmentNeuron only: names for sets of sections */
  readonly groups?: Readonly<Record<string, readonly (string)[]>>;
  /** MultiCompartmentNeuron only: channels by name */
  readonly ion_channels?: Readonly<Record<string, IonChannel>>;
  /** MultiCompartmentNeuron only: ions by name */
  readonly ionic_species?: Readonly<Record<string, {
    readonly reversal_potential?: Distribution;
    /** mM */
    readonly internal_concentration?: number | null;
    /** mM */
    readonly external_concentration?: number | null;
  }>>;
  /** `MultiCompartmentNeuron`: specific capacitance in uF/cm**2; 1 unless stated */
  readonly cm?: Distribution;
  /** MultiCompartmentNeuron only: axial resistivity in ohm*cm; default: 35.4 */
  readonly Ra?: number;
};

/** how cells are placed in space */
export type Structure = {
  /** class name of a structure */
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** who draws; null or absent: the simulator's own */
  readonly rng?: string | null;
};

/** a population of cells */
export type Population = {
  /** a name */
  readonly label: string;
  /** number of cells, or cells along each axis */
  readonly size: number | readonly (number)[];
  readonly cell: Cell;
  readonly structure?: Structure;
  /** [x, y, z] of each cell in um */
  readonly positions?: Numbers;
  /** first values of variables, by PyNN's name */
  readonly initial_values?: Values;
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** parts without an equivalent in PyNN, as in the canonical model */
  readonly native?: Readonly<Record<string, unknown>>;
};

/** a part of a population */
export type View = {
  /** a name */
  readonly label: string;
  /** label of a population or another view */
  readonly of: string;
  /** one of slice, indices, mask, sample */
  readonly select: {
    /** start, stop and step */
    readonly slice?: readonly (number | null)[];
    readonly indices?: readonly (number)[];
    readonly mask?: readonly (boolean)[];
    readonly sample?: number;
    readonly rng?: string | null;
  };
};

/** several populations or views */
export type Assembly = {
  /** a name */
  readonly label: string;
  /** labels of its populations and views */
  readonly of: readonly (string)[];
};

/** which cells are connected */
export type Connector = {
  /** class name of a connector */
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** who draws; null or absent: the simulator's own */
  readonly rng?: string | null;
  /** whether weights and delays are checked */
  readonly safe?: boolean;
};

/** a class with its arguments */
export type Part = {
  /** PyNN's name of the class */
  readonly type: string;
  /** absent: PyNN's defaults */
  readonly params?: Values;
};

/** a synapse type with its parameters */
export type Synapse = {
  /** class name of a synapse type */
  readonly type: string;
  readonly params?: Values;
  readonly timing_dependence?: TimingDependence;
  readonly weight_dependence?: WeightDependence;
  readonly voltage_dependence?: Readonly<Record<string, unknown>> | null;
  /** share of the delay that is dendritic, 0 to 1; absent: 1 */
  readonly dendritic_delay_fraction?: number;
  /** native types only: values of parameters, in SI units or with a unit */
  readonly values?: Readonly<Record<string, unknown>>;
  /** native types only: delay of each pathway, in s or with its unit */
  readonly delays?: Readonly<Record<string, unknown>>;
};

/** how distances are measured */
export type Space = {
  /** axes that count, such as `xy`; null: all */
  readonly axes?: string | null;
  /** factor for the positions of the target */
  readonly scale_factor?: number;
  /** added to the positions of the target before scaling, in µm */
  readonly offset?: number | readonly (number)[];
  /** for each axis the interval in µm after which space repeats, or null */
  readonly periodic_boundaries?: readonly (readonly (number)[] | null)[] | null;
};

/** synapses of one type between two populations */
export type Projection = {
  /** a name */
  readonly label?: string;
  /** label of the presynaptic cells */
  readonly pre: string;
  /** label of the postsynaptic cells */
  readonly post: string;
  /** receptor of the target; null or absent: by the sign of the weight */
  readonly receptor_type?: string | null;
  readonly source?: string | null;
  readonly connector: Connector;
  readonly synapse?: Synapse;
  readonly space?: Space;
  /** first values of synaptic state */
  readonly initial_values?: Values;
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** parts without an equivalent in PyNN, as in the canonical model */
  readonly native?: Readonly<Record<string, unknown>>;
  /** onto cells with compartments: where synapses are; a list has a place for each connection */
  readonly location?: Locations;
};

/** a current that flows into cells */
export type CurrentSource = {
  /** a name */
  readonly label: string;
  /** class name of a current source */
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** who draws the noise; PyNN's simulators do not ask it */
  readonly rng?: string | null;
  /** labels of populations, views and assemblies */
  readonly inject_into?: readonly (string)[];
  readonly record?: boolean;
  /** where on cells with compartments; absent: the soma */
  readonly location?: Location;
};

/** a variable, a list of them, or null for none */
export type Variables = string | readonly (string)[] | null;

/** a recording of a population */
export type Recording = {
  readonly target: string;
  /** by PyNN's names; null: recording ends */
  readonly variables: Variables;
  /** ms between samples; default: every time step */
  readonly sampling_interval?: number | null;
  readonly to_file?: string | null;
  /** where on cells with compartments; absent: the soma */
  readonly locations?: Locations;
  /** what PyNN has no words for: variables that are recorded at events; which synapses of a projection, by `indices` or a `slice`; when in a step values are taken, a slot and an order in it, as canonical recordings have them; among what has the same, timing `brian` goes by name */
  readonly native?: {
    readonly variables?: readonly (string)[];
    readonly slot?: string;
    readonly order?: number;
    readonly name?: string;
    readonly indices?: readonly (number)[];
    readonly slice?: readonly (number)[];
  };
};

export type TargetValues = {
  readonly target: string;
  readonly params: Values;
};

/** one of run, run_until, set, set_source, set_projection, initialize, record, reset, get_data, native */
export type Phase = {
  /** runs for this time in ms */
  readonly run?: number;
  /** runs until this time in ms */
  readonly run_until?: number;
  /** parameters of cells */
  readonly set?: TargetValues;
  /** parameters of a current source */
  readonly set_source?: {
    readonly target: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
  /** values of synapses */
  readonly set_projection?: TargetValues;
  /** first values of variables, taken at once and at each reset */
  readonly initialize?: {
    readonly target: string;
    readonly values: Values;
  };
  readonly record?: Recording;
  /** back to time 0, in a new segment */
  readonly reset?: {
    readonly annotations?: Readonly<Record<string, unknown>>;
  };
  /** where a script reads what was recorded */
  readonly get_data?: {
    readonly target?: string;
    readonly clear?: boolean;
  };
  /** a phase of the canonical model */
  readonly native?: Readonly<Record<string, unknown>>;
};

/** equations as text, with parameters and initial values */
export type NativeType = {
  /** one equation per line, such as dv/dt = (El - v)/tau : V */
  readonly equations?: string | readonly (string)[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly initial?: Readonly<Record<string, unknown>>;
  /** receptors for PyNN's own synapses: the variable, and the kind of weights */
  readonly receptors?: Readonly<Record<string, {
    readonly variable: string;
    readonly kind: "current" | "conductance" | "voltage";
  }>>;
  readonly [part: string]: unknown;
};

/** sections, as a label of one or of several */
export type Label = string | readonly (string)[];

/** a number, or a map from which each section of a cell has its own */
export type Distribution = number | {
  /** one number, on some sections */
  readonly uniform?: number;
  /** a formula in d, the distance from the root along the tree, in um */
  readonly by_distance?: string;
  /** a formula in d, the diameter of the section's beginning, in um */
  readonly by_diameter?: string;
  /** the first of these that is not absent */
  readonly any?: readonly (Distribution)[];
  /** a number for each section */
  readonly by_section?: Readonly<Record<string, number>>;
  readonly on?: Label;
  /** the value elsewhere; default: 0 */
  readonly absence?: number;
};

/** the middle of a section or of each of a group, or a map with section and fraction */
export type Location = string | {
  readonly section: string;
  /** 0 at the section's start, 1 at its end; default: 0.5 */
  readonly fraction?: number;
};

/** a place on cells with compartments, or several */
export type Locations = unknown | Location;

/** a map from parameter to value */
export type Values = Readonly<Record<string, Value>>;

/** parts without an equivalent in PyNN, as in the canonical model */
export type Native = {
  /** the timing profile; grid unless stated */
  readonly timing?: string;
  /** cell types by name; a population refers to one as native:NAME */
  readonly cells?: Readonly<Record<string, NativeType>>;
  /** synapse types by name; a projection refers to one as native:NAME */
  readonly synapses?: Readonly<Record<string, NativeType>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tables?: Readonly<Record<string, unknown>>;
  readonly clocks?: Readonly<Record<string, unknown>>;
  readonly projections?: Readonly<Record<string, unknown>>;
  readonly stimuli?: Readonly<Record<string, unknown>>;
  readonly operations?: Readonly<Record<string, unknown>>;
};

/** an unbranched piece of a cell */
export type Section = {
  /** the section at whose end it begins; none for the root */
  readonly parent?: string;
  /** [x, y, z, diameter] of points along it in um */
  readonly points: readonly (readonly (number)[])[];
  /** number of compartments; default: PyNN's rule */
  readonly divisions?: number;
};

/** a number, or a limit that is none */
export type Limit = "inf" | "-inf" | number;

/** the membrane of a PointNeuron */
export type Neuron = {
  /** name of a class of PyNN */
  readonly type: string;
  readonly params?: Values;
};

/** a receptor with its parameters */
export type Receptor = {
  /** name of a class of PyNN */
  readonly type: string;
  readonly params?: Values;
  readonly locations?: Locations;
};

/** an ion channel with its parameters */
export type IonChannel = {
  /** class name of an ion channel */
  readonly type: string;
  /** a map from parameter to value */
  readonly params?: Readonly<Record<string, Distribution>>;
};

/** rule of a plastic synapse for pairs of spikes */
export type TimingDependence = {
  /** PyNN's name of the class */
  readonly type: string;
  /** absent: PyNN's defaults */
  readonly params?: Values;
};

/** how changes depend on the weight */
export type WeightDependence = {
  /** PyNN's name of the class */
  readonly type: string;
  /** absent: PyNN's defaults */
  readonly params?: Values;
};

/** a volume that a RandomStructure fills */
export type Boundary = {
  /** name of a class of PyNN */
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** A PyNN network and its simulation protocol as data. Types are PyNN's class names, parameters have PyNN's names and units (ms, mV, nA, uS, nF, Hz), and omitted values have PyNN's defaults. See translators/pynn/README.md. */
export type PynnSpecification = {
  /** the text interneuron/pynn */
  readonly format: "interneuron/pynn";
  /** the number 1 */
  readonly version?: 1;
  readonly $schema?: string;
  /** the version of PyNN that defines the meaning of the document, such as 0.13 */
  readonly pynn?: string;
  /** the text pynn: all numbers are in PyNN's units */
  readonly units?: "pynn";
  /** a short name of the model */
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  /** a list of names or {name, orcid} */
  readonly authors?: readonly (Author)[];
  /** an SPDX identifier */
  readonly licence?: string;
  readonly doi?: string;
  readonly source?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly (string)[];
  /** seed for draws without a generator: a whole number, or the same as text */
  readonly seed?: number | string;
  /** the arguments of setup() */
  readonly setup?: {
    /** time step in ms; 0.1 unless stated */
    readonly timestep?: number;
    readonly min_delay?: DelayLimit;
    readonly max_delay?: DelayLimit;
    /** arguments of setup() that only some simulators use */
    readonly extra?: Readonly<Record<string, unknown>>;
    /** simulator that the script imports, if min_delay and spike_precision have effects there that are not part of the model */
    readonly simulator?: "nest";
    /** a map from population to the time in ms by which PyNN sends its listed spikes to NEST earlier, if it is not the timestep */
    readonly sent_early?: Readonly<Record<string, number>>;
    /** a map from current source to the time in ms by which NEST has its current later than stated */
    readonly late_currents?: Readonly<Record<string, number>>;
  };
  /** a map from name to random number generator */
  readonly rngs?: Readonly<Record<string, Rng>>;
  /** a list of populations */
  readonly populations?: readonly (Population)[];
  /** a list of parts of populations */
  readonly views?: readonly (View)[];
  /** a list of unions of populations and views */
  readonly assemblies?: readonly (Assembly)[];
  /** a list of projections */
  readonly projections?: readonly (Projection)[];
  /** a list of current sources */
  readonly current_sources?: readonly (CurrentSource)[];
  /** a list of recordings from the start */
  readonly recordings?: readonly (Recording)[];
  /** a list of the actions of the script, in order */
  readonly phases?: readonly (Phase)[];
  /** anything else, kept */
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly native?: Native;
};
