/**
 * A PyNN-style document, as `schemas/pynn.schema.json` describes it. Times are in ms, other numbers in PyNN's units.
 */

import type { Receptor } from '../../src/library/standard-type.js';
import type { NativeType } from './native/equations.js';

type Map<T> = Readonly<Record<string, T>>;

/** A number, or a limit that is none. */
export type Limit = number | 'inf' | '-inf';

/** `RandomDistribution`. */
export interface Random {
  /** Name of the distribution, such as `normal_clipped`. */
  readonly random: string;
  /** By PyNN's names; JSON has no infinite numbers. */
  readonly params: Map<Limit>;
  /** Name of a generator; null or absent: the simulator's own. */
  readonly rng?: string | null;
}
/** A value computed from the distance or indices of a connection, or the place of a cell. */
export interface Formula {
  /** In Python, with NumPy's functions. */
  readonly expr: string;
  /** Which names it reads; absent: as its place suggests. */
  readonly of?: 'd' | 'i' | 'ij' | 'xyz' | 'displacement';
}
/** A list as one value. */
export interface Sequence {
  readonly sequence: readonly unknown[];
}
/** A list for each cell. */
export interface Sequences {
  readonly sequences: readonly unknown[];
}
/** A large array kept beside the document. */
export interface DataReference {
  /** SHA-256 of the array's little-endian bytes, in hexadecimal. */
  readonly $data: string;
  readonly dtype: string;
  /** Length along each dimension. */
  readonly shape: readonly number[];
}
/** A value of each cell or connection, in PyNN's units. */
export type Value =
  number | boolean | null | readonly unknown[] | Random | Formula | Sequence | Sequences | DataReference;
/** Values by PyNN's name of the parameter or variable. */
export type Values = Map<Value>;

/** A random number generator. */
export interface Rng {
  readonly type: 'NumpyRNG' | 'NativeRNG';
  /** Absent: that of the document. */
  readonly seed?: number;
  /** 32-bit words that were drawn before the document's first draw; absent: 0. */
  readonly skip?: number;
  /** Whether draws are independent of how cells are spread over processes. */
  readonly parallel_safe?: boolean;
}

/** A class with its arguments. */
export interface Part {
  /** PyNN's name of the class. */
  readonly type: string;
  /** Absent: PyNN's defaults. */
  readonly params?: Values;
}

/** A cell type, or PyNN's `PointNeuron` with its parts. */
export interface Cell extends Part {
  /** Native types only: values as in the canonical model, in SI or with their units. */
  readonly values?: Map<unknown>;
  /** The membrane of a `PointNeuron`. */
  readonly neuron?: Part;
  /** Receptors of a `PointNeuron` or `MultiCompartmentNeuron` by name. */
  readonly receptors?: Map<Part & { readonly locations?: Locations }>;
  /** `MultiCompartmentNeuron`: its shape, by name of the section. */
  readonly sections?: Map<Section>;
  /** `MultiCompartmentNeuron`: names for sets of sections. */
  readonly groups?: Map<readonly string[]>;
  /** `MultiCompartmentNeuron`: channels by name, with values that may differ between sections. */
  readonly ion_channels?: Map<{ readonly type: string; readonly params?: Map<Distribution> }>;
  /** `MultiCompartmentNeuron`: ions by name; potentials in mV, concentrations in mM. */
  readonly ionic_species?: Map<{
    readonly reversal_potential?: Distribution;
    readonly internal_concentration?: number | null;
    readonly external_concentration?: number | null;
  }>;
  /** `MultiCompartmentNeuron`: specific capacitance in uF/cm**2; 1 unless stated. */
  readonly cm?: Distribution;
  /** `MultiCompartmentNeuron`: axial resistivity in ohm*cm; 35.4 unless stated. */
  readonly Ra?: number;
}

/** An unbranched piece of a cell. */
export interface Section {
  /** The section at whose end it begins; absent: it is the root. */
  readonly parent?: string;
  /** x, y, z and diameter of points along it, in um. */
  readonly points: readonly (readonly number[])[];
  /** How many compartments; absent: by PyNN's rule, a tenth of the length constant at 100 Hz each. */
  readonly divisions?: number;
}

/** Sections, as a label of one or of several. */
export type Label = string | readonly string[];
/**
 * A value that may differ between sections: one for all; one on some sections; a formula in `d`, the distance along the
 * tree from the root to where the section begins, or the diameter there, in um; the first of several that is not
 * absent; a number for each section.
 */
export type Distribution = number | DistributionMap;
/** Exactly one of its members but `on` and `absence`, which are for the first three and `any`. */
interface DistributionMap {
  readonly uniform?: number;
  readonly by_distance?: string;
  readonly by_diameter?: string;
  readonly any?: readonly Distribution[];
  readonly by_section?: Map<number>;
  /** Absent: everywhere. */
  readonly on?: Label;
  /** The value elsewhere; absent: none. */
  readonly absence?: number;
}

/** A place on a cell: the middle of a section, or of each of a group, or elsewhere along a section. */
export type Location = string | { readonly section: string; readonly fraction?: number };
/** One place, or several. */
export type Locations = Location | readonly Location[];

/** A layout of cells in space. */
export interface Structure {
  /** Such as `Grid2D`. */
  readonly type: string;
  readonly params?: Map<unknown>;
  /** Who draws; null or absent: the simulator's own. */
  readonly rng?: string | null;
}

/** A population: cells of one type. */
export interface Population {
  /** Unique in the document. */
  readonly label: string;
  /** Number of cells, or cells along each axis. */
  readonly size: number | readonly number[];
  readonly cell: Cell;
  readonly structure?: Structure;
  /** x, y and z of each cell in µm, instead of a structure. */
  readonly positions?: readonly unknown[];
  /** First values of variables, by PyNN's name. */
  readonly initial_values?: Values;
  /** What PyNN has no words for, as in the canonical model: `linked`, `clock`, `order`, `positions`. */
  readonly native?: Map<unknown>;
  readonly annotations?: Map<unknown>;
}

/** A `PopulationView`. */
export interface View {
  /** Unique in the document. */
  readonly label: string;
  /** Label of a population or another view. */
  readonly of: string;
  /** One of slice, indices, mask and sample. */
  readonly select: {
    readonly slice?: readonly (number | null)[];
    readonly indices?: readonly number[];
    readonly mask?: readonly boolean[];
    readonly sample?: number;
    readonly rng?: string | null;
  };
}

/** Several populations and views as one. */
export interface Assembly {
  readonly label: string;
  /** Labels of its populations and views. */
  readonly of: readonly string[];
}

/** Which cells are connected. */
export interface Connector {
  /** PyNN's name of the class. */
  readonly type: string;
  readonly params?: Map<unknown>;
  /** Who draws; null or absent: the simulator's own. */
  readonly rng?: string | null;
  /** Whether weights and delays are checked. */
  readonly safe?: boolean;
}

/** A synapse type; `STDPMechanism` with its rules. */
export interface Synapse {
  readonly type: string;
  readonly params?: Values;
  /** Native types only: values as in the canonical model, in SI or with their units. */
  readonly values?: Map<unknown>;
  /** Native types only: delay of each pathway. */
  readonly delays?: Map<unknown>;
  /** Rule of a plastic synapse for pairs of spikes. */
  readonly timing_dependence?: Part;
  /** How changes depend on the weight. */
  readonly weight_dependence?: Part;
  readonly voltage_dependence?: unknown;
  /** Share of the delay that is dendritic, 0 to 1; absent: 1. */
  readonly dendritic_delay_fraction?: number;
}

/** How distances are measured. */
export interface Space {
  /** Axes that count, such as `xy`; null: all. */
  readonly axes?: string | null;
  /** Factor for the positions of the target. */
  readonly scale_factor?: number;
  /** Added to the positions of the target before scaling, in µm. */
  readonly offset?: number | readonly number[];
  /** For each axis the interval in µm after which space repeats, or null. */
  readonly periodic_boundaries?: readonly (readonly number[] | null)[] | null;
}

/** Synapses between two populations, views or assemblies. */
export interface Projection {
  /** Absent: made of the labels of its ends. */
  readonly label?: string;
  /** Label of the presynaptic cells. */
  readonly pre: string;
  /** Label of the postsynaptic cells. */
  readonly post: string;
  /** Receptor of the target; null or absent: by the sign of the weight. */
  readonly receptor_type?: string | null;
  readonly source?: string | null;
  /** Onto cells with compartments: where synapses are; a list has a place for each connection. */
  readonly location?: Locations;
  readonly connector: Connector;
  readonly synapse?: Synapse;
  readonly space?: Space;
  /** First values of synaptic state. */
  readonly initial_values?: Values;
  /** What PyNN has no words for, as in the canonical model: `from`, `to`, `connect`, `receptors`, `delayRange`, ... */
  readonly native?: Map<unknown>;
  readonly annotations?: Map<unknown>;
}

/** A source of current, and what it is injected into. */
export interface CurrentSource {
  readonly label: string;
  /** Such as `DCSource`. */
  readonly type: string;
  readonly params?: Map<unknown>;
  /** Who draws the noise; PyNN's simulators do not ask it. */
  readonly rng?: string | null;
  /** Labels of populations, views and assemblies. */
  readonly inject_into?: readonly string[];
  /** Where on cells with compartments; absent: the soma. */
  readonly location?: Location;
  readonly record?: boolean;
}

/** What is recorded of a label's cells. */
export interface Recording {
  readonly target: string;
  /** By PyNN's names; null: recording ends. */
  readonly variables: string | readonly string[] | null;
  /** In ms; absent or null: every step. */
  readonly sampling_interval?: number | null;
  /** Where on cells with compartments; absent: the soma. */
  readonly locations?: Locations;
  readonly to_file?: string | null;
  /** Variables recorded at events, which synapses, when in a step values are taken, and a name, as canonical recordings have them. */
  readonly native?: {
    readonly variables?: readonly string[];
    readonly indices?: readonly number[];
    readonly slice?: readonly [number, number, number];
    readonly slot?: string;
    readonly order?: number;
    readonly name?: string;
  };
}

/** One thing that happens in the run. */
export interface Phase {
  /** Runs for this time in ms. */
  readonly run?: number;
  /** Runs until this time in ms. */
  readonly run_until?: number;
  /** Parameters of cells. */
  readonly set?: { readonly target: string; readonly params: Values };
  /** Parameters of a current source. */
  readonly set_source?: { readonly target: string; readonly params: Map<unknown> };
  /** Values of synapses. */
  readonly set_projection?: { readonly target: string; readonly params: Values };
  /** First values of variables, taken at once and at each reset. */
  readonly initialize?: { readonly target: string; readonly values: Values };
  readonly record?: Recording;
  /** Populations and projections, by label, that are not there before. */
  readonly create?: { readonly populations?: readonly string[]; readonly projections?: readonly string[] };
  /** Back to time 0, in a new segment. */
  readonly reset?: { readonly annotations?: Map<unknown> };
  /** Where a script reads what was recorded. */
  readonly get_data?: { readonly target?: string; readonly clear?: boolean };
  /** A phase of the canonical model. */
  readonly native?: Map<unknown>;
}

/** What has no name in PyNN, in the words of the canonical model. */
export interface Native {
  /** Timing profile; absent: `grid`. */
  readonly timing?: string;
  /** Cell types by name; a population names one as `native:NAME`. */
  readonly cells?: Map<NativeType & { readonly receptors?: Map<Receptor> }>;
  /** Synapse types by name; a projection names one as `native:NAME`. */
  readonly synapses?: Map<NativeType>;
  readonly parameters?: Map<unknown>;
  readonly tables?: Map<unknown>;
  readonly clocks?: Map<unknown>;
  readonly projections?: Map<unknown>;
  readonly stimuli?: Map<unknown>;
  readonly operations?: Map<unknown>;
}

/** An entire document. */
export interface PynnSpecification {
  readonly format: 'interneuron/pynn';
  readonly version?: 1;
  /** Version of PyNN whose meaning the document has, such as `0.13`. */
  readonly pynn?: string;
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly unknown[];
  readonly licence?: string;
  readonly doi?: string;
  readonly source?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly string[];
  /** Seed of what no generator of the document draws; absent: 0. */
  readonly seed?: number | string;
  /** Arguments of `setup`, in ms. */
  readonly setup?: {
    readonly timestep?: number;
    readonly min_delay?: number | 'auto';
    readonly max_delay?: number | 'auto';
    readonly extra?: Map<unknown>;
  };
  /** Generators by name. */
  readonly rngs?: Map<Rng>;
  readonly populations?: readonly Population[];
  readonly views?: readonly View[];
  readonly assemblies?: readonly Assembly[];
  readonly projections?: readonly Projection[];
  readonly current_sources?: readonly CurrentSource[];
  readonly recordings?: readonly Recording[];
  /** What happens, in order. */
  readonly phases?: readonly Phase[];
  readonly native?: Native;
  /** Anything else, kept. */
  readonly annotations?: Map<unknown>;
}
