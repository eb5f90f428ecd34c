/**
 * A PyNN-style document, as `schemas/pynn.schema.json` describes it. Times are in ms, other numbers in PyNN's units.
 */

type Map<T> = Readonly<Record<string, T>>;

export interface Random {
  readonly random: string;
  readonly params: Map<number>;
  readonly rng?: string | null;
}
export interface Formula {
  readonly expr: string;
  readonly of?: 'd' | 'i' | 'ij' | 'xyz' | 'displacement';
}
interface Sequence {
  readonly sequence: readonly unknown[];
}
interface Sequences {
  readonly sequences: readonly unknown[];
}
export interface DataReference {
  readonly $data: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}
export type Value =
  number | boolean | null | readonly unknown[] | Random | Formula | Sequence | Sequences | DataReference;
export type Values = Map<Value>;

export interface Rng {
  readonly type: 'NumpyRNG' | 'NativeRNG';
  readonly seed?: number;
  readonly parallel_safe?: boolean;
}

export interface Part {
  readonly type: string;
  readonly params?: Values;
}

export interface Cell extends Part {
  readonly neuron?: Part;
  readonly receptors?: Map<Part>;
}

export interface Structure {
  readonly type: string;
  readonly params?: Map<unknown>;
  readonly rng?: string | null;
}

export interface Population {
  readonly label: string;
  readonly size: number | readonly number[];
  readonly cell: Cell;
  readonly structure?: Structure;
  readonly positions?: readonly unknown[];
  readonly initial_values?: Values;
  readonly annotations?: Map<unknown>;
}

export interface View {
  readonly label: string;
  readonly of: string;
  readonly select: {
    readonly slice?: readonly (number | null)[];
    readonly indices?: readonly number[];
    readonly mask?: readonly boolean[];
    readonly sample?: number;
    readonly rng?: string | null;
  };
}

export interface Assembly {
  readonly label: string;
  readonly of: readonly string[];
}

export interface Connector {
  readonly type: string;
  readonly params?: Map<unknown>;
  readonly rng?: string | null;
  readonly safe?: boolean;
}

export interface Synapse {
  readonly type: string;
  readonly params?: Values;
  readonly timing_dependence?: Part;
  readonly weight_dependence?: Part;
  readonly voltage_dependence?: unknown;
  readonly dendritic_delay_fraction?: number;
}

export interface Space {
  readonly axes?: string | null;
  readonly scale_factor?: number;
  readonly offset?: number | readonly number[];
  readonly periodic_boundaries?: readonly (readonly number[] | null)[] | null;
}

export interface Projection {
  readonly label?: string;
  readonly pre: string;
  readonly post: string;
  readonly receptor_type?: string | null;
  readonly source?: string | null;
  readonly connector: Connector;
  readonly synapse?: Synapse;
  readonly space?: Space;
  readonly initial_values?: Values;
  readonly annotations?: Map<unknown>;
}

export interface CurrentSource {
  readonly label: string;
  readonly type: string;
  readonly params?: Map<unknown>;
  readonly rng?: string | null;
  readonly inject_into?: readonly string[];
  readonly record?: boolean;
}

export interface Recording {
  readonly target: string;
  readonly variables: string | readonly string[] | null;
  readonly sampling_interval?: number | null;
  readonly to_file?: string | null;
}

export interface Phase {
  readonly run?: number;
  readonly run_until?: number;
  readonly set?: { readonly target: string; readonly params: Values };
  readonly set_source?: { readonly target: string; readonly params: Map<unknown> };
  readonly set_projection?: { readonly target: string; readonly params: Values };
  readonly initialize?: { readonly target: string; readonly values: Values };
  readonly record?: Recording;
  readonly reset?: { readonly annotations?: Map<unknown> };
  readonly get_data?: { readonly target?: string; readonly clear?: boolean };
}

/** A whole document. */
export interface PynnSpecification {
  readonly format: 'interneuron/pynn';
  readonly version?: 1;
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
  readonly seed?: number | string;
  readonly setup?: {
    readonly timestep?: number;
    readonly min_delay?: number | 'auto';
    readonly max_delay?: number | 'auto';
    readonly extra?: Map<unknown>;
  };
  readonly rngs?: Map<Rng>;
  readonly populations?: readonly Population[];
  readonly views?: readonly View[];
  readonly assemblies?: readonly Assembly[];
  readonly projections?: readonly Projection[];
  readonly current_sources?: readonly CurrentSource[];
  readonly recordings?: readonly Recording[];
  readonly phases?: readonly Phase[];
  readonly annotations?: Map<unknown>;
}
