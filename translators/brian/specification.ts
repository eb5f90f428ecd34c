/**
 * The Brian-like specification as written, in TypeScript: what `schemas/brian.schema.json` describes, checked against
 * it before use.
 */

/** A number, or text such as `-60 mV`, `5*ms`, `60*0.27/10*mV`, or an expression of constants. */
type QuantityText = string | number;
/** Several quantities: a list of them, or numbers with one unit. */
export type Quantities =
  readonly (string | number | boolean)[] | { readonly values: readonly (number | boolean)[]; readonly unit?: string };
/** What a variable can be set to. */
export type Values = number | string | boolean | Quantities;
/** One index, several, or a slice such as `0:10`. */
export type Index = number | string | readonly number[];

export interface PartialInitializer {
  readonly value: Values;
  readonly where?: string;
  readonly index?: Index;
}

export type Initializers =
  | Readonly<Record<string, Values | PartialInitializer | readonly PartialInitializer[]>>
  | readonly (PartialInitializer & { readonly variable: string })[];

export interface RunRegularly {
  readonly code: string;
  readonly dt?: QuantityText;
  readonly when?: string;
  readonly order?: number;
  readonly name?: string;
}

export interface EventSpecification {
  readonly condition: string | number | boolean;
  readonly code?: string;
  readonly when?: string;
  readonly order?: number;
  readonly condition_when?: string;
}

export interface NeuronGroup {
  readonly N: number | string;
  readonly model: string;
  readonly threshold?: string | number | boolean;
  readonly reset?: string;
  readonly refractory?: string | number | boolean;
  readonly method?: string;
  readonly events?: Readonly<Record<string, EventSpecification>>;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly initializers?: Initializers;
  readonly run_regularly?: readonly RunRegularly[];
  readonly dt?: QuantityText;
  readonly order?: number;
}

export interface PoissonGroup {
  readonly N: number | string;
  readonly rates: Values;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly run_regularly?: readonly RunRegularly[];
  readonly dt?: QuantityText;
  readonly order?: number;
}

export interface SpikeGenerator {
  readonly N: number | string;
  readonly indices: readonly number[];
  readonly times: Quantities;
  readonly period?: QuantityText;
  readonly dt?: QuantityText;
  readonly order?: number;
}

export interface ConnectArguments {
  readonly condition?: string | boolean;
  readonly p?: string | number | boolean;
  readonly n?: number | string;
  readonly i?: number | string | readonly number[];
  readonly j?: number | string | readonly number[];
  readonly skip_if_invalid?: boolean;
}

export type Connect = boolean | string | ConnectArguments;

export interface SynapsesSpecification {
  readonly source: string;
  readonly target?: string;
  readonly model?: string;
  readonly on_pre?: string | Readonly<Record<string, string>>;
  readonly on_post?: string | Readonly<Record<string, string>>;
  readonly on_event?: string | Readonly<Record<string, string>>;
  readonly delay?: QuantityText | Readonly<Record<string, QuantityText>>;
  readonly pathways?: Readonly<Record<string, { readonly when?: string; readonly order?: number }>>;
  readonly connect?: Connect | readonly Connect[];
  readonly initializers?: Initializers;
  readonly method?: string;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly run_regularly?: readonly RunRegularly[];
  readonly order?: number;
}

export interface PoissonInput {
  readonly target: string;
  readonly target_var: string;
  readonly N: number | string;
  readonly rate: QuantityText;
  readonly weight: QuantityText;
  readonly when?: string;
  readonly order?: number;
}

export type RecordedIndices = boolean | number | string | readonly number[];

export interface SpikeMonitor {
  readonly source: string;
  readonly event?: string;
  readonly variables?: string | readonly string[];
  readonly record?: RecordedIndices;
}

export interface StateMonitor {
  readonly source: string;
  readonly variables: string | readonly string[] | boolean;
  readonly record?: RecordedIndices;
  readonly dt?: QuantityText;
  readonly when?: string;
  readonly order?: number;
}

export interface PhaseSpecification {
  readonly duration?: QuantityText;
  readonly set?: Readonly<Record<string, Values>>;
  readonly where?: string;
  readonly active?: Readonly<Record<string, boolean>>;
  readonly store?: string;
  readonly restore?: string;
}

export interface TimedArray {
  readonly values: readonly (number | string | readonly (number | string)[])[];
  readonly unit?: string;
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
  readonly source?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly string[];
  readonly dt?: QuantityText;
  readonly seed?: number | string;
  readonly namespace?: Readonly<Record<string, QuantityText>>;
  readonly timed_arrays?: Readonly<Record<string, TimedArray>>;
  readonly neuron_groups?: Readonly<Record<string, NeuronGroup>>;
  readonly poisson_groups?: Readonly<Record<string, PoissonGroup>>;
  readonly spike_generators?: Readonly<Record<string, SpikeGenerator>>;
  readonly synapses?: Readonly<Record<string, SynapsesSpecification>>;
  readonly poisson_inputs?: Readonly<Record<string, PoissonInput>>;
  readonly spike_monitors?: Readonly<Record<string, SpikeMonitor>>;
  readonly event_monitors?: Readonly<Record<string, SpikeMonitor & { readonly event: string }>>;
  readonly state_monitors?: Readonly<Record<string, StateMonitor>>;
  readonly population_rate_monitors?: Readonly<Record<string, { readonly source: string }>>;
  readonly run?: string | readonly PhaseSpecification[];
  readonly annotations?: Readonly<Record<string, unknown>>;
}
