/**
 * The model as people write it: what `schemas/model.schema.json` describes, with shorthands and units as typed. Only
 * the schema check yields these types, only normalising reads them; everything downstream takes the normalised `Model`.
 */

/** A unit as text; `1` may be a number. */
type Unit = string | number;
type Quantity = string | number;
export type Expression = string | number | boolean;
type Statements = string | readonly string[];
type Map<T> = Readonly<Record<string, T>>;

export interface DataReferenceDocument {
  readonly $data: string;
  readonly dtype: 'f64' | 'f32' | 'i64' | 'i32' | 'u32' | 'u8';
  readonly shape: readonly number[];
  readonly unit?: Unit;
}
type Numbers = readonly unknown[];
interface ArrayWithUnit {
  readonly array: Numbers | DataReferenceDocument;
  readonly unit?: Unit;
  readonly pairs?: 'connected';
  readonly gaps?: ArrayDocument;
}
export type ArrayDocument = Numbers | DataReferenceDocument | ArrayWithUnit;
export interface DrawnValuesDocument {
  readonly generator: 'numpy-mt19937';
  readonly seed: string | number;
  readonly distribution: string;
  readonly arguments: readonly number[];
  readonly stream?: string;
  readonly order?: number;
  readonly unit?: Unit;
  readonly exponent10?: number;
  readonly pairs?: true;
  readonly anew?: 'receiver';
  readonly then?: Expression;
}
export type ValueDocument = Expression | ArrayDocument | DrawnValuesDocument;

type ValueType = 'real' | 'integer' | 'boolean';
export type ModelParameterDocument = Quantity | { readonly unit?: Unit; readonly value: Quantity };
export type ParameterDocument =
  | Expression
  | { readonly unit?: Unit; readonly type?: ValueType; readonly value?: ValueDocument; readonly shared?: boolean };
export type StateDocument =
  | Expression
  | { readonly unit?: Unit; readonly type?: ValueType; readonly initial?: ValueDocument; readonly shared?: boolean };
export type DerivedDocument =
  | Expression
  | {
      readonly unit?: Unit;
      readonly type?: ValueType;
      readonly value: Expression;
      readonly shared?: boolean;
      readonly held?: boolean;
    };
export type DerivativeDocument = string | number | { readonly rate: Expression; readonly eventDriven?: boolean };
type InputDocument = Unit | { readonly unit: Unit; readonly reduce?: 'sum' | 'product' };

export interface EquationSetDocument {
  readonly conformsTo?: { readonly type: string; readonly where?: Map<Expression>; readonly timing?: string };
  readonly parameters?: Map<ParameterDocument>;
  readonly state?: Map<StateDocument>;
  readonly derived?: Map<DerivedDocument>;
  readonly derivatives?: Map<DerivativeDocument>;
  readonly noise?: readonly string[];
  readonly method?: string;
  readonly sequence?: readonly PartDocument[];
}

export interface PartDocument {
  readonly derived?: readonly string[];
  readonly propagate?: readonly string[];
  readonly state?: readonly string[];
  readonly events?: readonly string[];
  readonly regimes?: boolean;
}

export interface RefractoryDocument {
  readonly for?: Expression;
  readonly while?: Expression;
  readonly rate?: readonly string[];
  readonly writes?: 'block' | 'allow';
  readonly suppress?: boolean;
  readonly of?: readonly string[];
  readonly rounding?: 'nearest' | 'up' | 'down';
  readonly evaluated?: 'atEvent' | 'eachStep';
}

export interface EventDocument {
  readonly when: Expression;
  readonly edge?: 'level' | 'rising';
  readonly do?: Statements;
  readonly refractory?: Quantity | RefractoryDocument;
  readonly slot?: string;
  readonly actionSlot?: string;
  readonly order?: number;
  readonly multiplicity?: Expression;
  readonly emits?: string | null;
  readonly section?: string;
  readonly fraction?: number;
}

export interface RegimeDocument {
  readonly initial?: boolean;
  readonly derivatives?: Map<DerivativeDocument>;
  readonly order?: readonly string[];
  readonly onEntry?: Statements;
  readonly transitions?: readonly {
    readonly when: Expression;
    readonly do?: Statements;
    readonly to?: string;
    readonly emit?: string;
  }[];
}

export interface SectionDocument {
  readonly parent?: string | { readonly section: string; readonly fraction?: number };
  readonly points?: readonly (readonly Quantity[])[];
  readonly length?: Quantity;
  readonly diameter?: Quantity;
  readonly divisions?: number;
  readonly specificCapacitance?: Quantity;
  readonly resistivity?: Quantity;
  readonly capacitance?: Quantity;
  readonly coupling?: Quantity;
  readonly initial?: Quantity;
}

export interface MechanismDocument extends EquationSetDocument {
  readonly on?: string | readonly string[];
  readonly density?: boolean;
  readonly reads?: readonly string[];
  readonly writes?: Map<Expression>;
}

export interface CompartmentsDocument {
  readonly sections: Map<SectionDocument>;
  readonly groups?: Map<readonly string[]>;
  readonly ions?: Map<{
    readonly valence: number;
    readonly inside?: Quantity;
    readonly outside?: Quantity;
    readonly reversal?: Quantity;
  }>;
  readonly mechanisms?: Map<MechanismDocument>;
  readonly initial?: ValueDocument;
  readonly temperature?: Quantity;
}

export interface NeuronDocument extends EquationSetDocument {
  readonly inputs?: Map<InputDocument>;
  readonly events?: Map<string | EventDocument>;
  readonly regimes?: Map<RegimeDocument>;
  readonly compartments?: CompartmentsDocument;
}

export interface PathwayDocument {
  readonly on?: string;
  readonly delay?: ValueDocument;
  readonly slot?: string;
  readonly order?: number;
  readonly do?: Statements;
}

export interface SynapseEventDocument {
  readonly when: Expression;
  readonly edge?: 'level' | 'rising';
  readonly do?: Statements;
  readonly order?: number;
}

export interface SynapseDocument extends EquationSetDocument {
  readonly pathways?: Map<Statements | PathwayDocument>;
  readonly events?: Map<SynapseEventDocument>;
  readonly contributes?: Map<Expression>;
  readonly summed?: Map<Expression>;
  readonly ports?: Map<Unit | { readonly unit: Unit }>;
}

interface StructureDocument {
  readonly structure: string;
  readonly arguments?: Map<ValueDocument>;
  readonly fillOrder?: 'sequential' | 'random';
  readonly generator?: DrawnValuesDocument;
}

export interface PopulationDocument {
  readonly type?: string;
  readonly size: number | string;
  readonly values?: Map<ValueDocument>;
  readonly linked?: Map<{ readonly population: string; readonly variable: string; readonly index?: ValueDocument }>;
  readonly positions?: ArrayDocument | StructureDocument;
  readonly spikes?:
    | { readonly indices: ArrayDocument; readonly times: ArrayDocument; readonly period?: Quantity }
    | { readonly file: string; readonly population?: string };
  readonly clock?: string;
  readonly order?: number;
}

export interface SelectionMap {
  readonly population?: string;
  readonly projection?: string;
  readonly assembly?: readonly SelectionDocument[];
  readonly slice?: readonly (number | string)[];
  readonly indices?: ArrayDocument;
  readonly mask?: ArrayDocument;
  readonly sample?: number | string;
  readonly within?: ArrayDocument;
  readonly pick?: ArrayDocument;
  readonly from?: SelectionDocument;
  readonly only?: string;
  readonly name?: string;
  readonly generator?: DrawnValuesDocument;
}
export type SelectionDocument = string | SelectionMap;
export interface EndMap {
  readonly of: SelectionDocument;
  readonly event?: string;
  readonly section?: string;
  readonly fraction?: number;
}
export type EndDocument = SelectionDocument | EndMap;

interface PairOptions {
  readonly condition?: string | boolean | null;
  readonly copies?: Expression;
}
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
  | { readonly rule: 'hostDrawn' | 'csa'; readonly arguments?: Map<unknown> };
export type ConnectionDocument = 'all' | 'oneToOne' | ConnectionMap;

export interface ProjectionDocument {
  readonly from: EndDocument;
  readonly to: EndDocument;
  readonly synapse: string;
  readonly connect: ConnectionDocument | readonly ConnectionDocument[];
  readonly receptor?: string;
  readonly receptors?: Map<string>;
  readonly values?: Map<ValueDocument>;
  readonly delay?: ValueDocument;
  readonly delays?: Map<ValueDocument>;
  readonly delayRange?: {
    readonly min?: Quantity;
    readonly max?: Quantity;
    readonly outOfRange?: 'clip' | 'redraw' | 'error';
  };
  readonly space?: {
    readonly axes?: string;
    readonly scale?: number | readonly number[];
    readonly offset?: Quantity | readonly Quantity[];
    readonly periodic?: readonly (readonly Quantity[] | null)[];
  };
  readonly order?: number;
}

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
    };

export interface OperationDocument {
  readonly on: SelectionDocument;
  readonly do: Statements;
  readonly every?: Quantity;
  readonly slot?: string;
  readonly order?: number;
}

export interface TableDocument {
  readonly dt: Quantity;
  readonly unit?: Unit;
  readonly values: ArrayDocument;
  readonly columns?: number | null;
}

export interface RecordingDocument {
  readonly of: SelectionDocument;
  readonly events?: string;
  readonly variables?: string | readonly string[];
  readonly every?: Quantity;
  readonly rate?: true;
  readonly slot?: string;
  readonly order?: number;
  readonly section?: string;
  readonly fraction?: number;
  readonly name?: string;
}

export interface PhaseDocument {
  readonly run?: Quantity;
  readonly runUntil?: Quantity;
  readonly set?: Map<ValueDocument>;
  readonly where?: Expression;
  readonly of?: SelectionDocument;
  readonly numbered?: 'selection';
  readonly initialise?: Map<ValueDocument>;
  readonly delays?: Map<ValueDocument>;
  readonly currents?: Map<Expression>;
  readonly replay?: Map<NonNullable<PopulationDocument['spikes']>>;
  readonly attach?: string;
  readonly detach?: string;
  readonly record?: string;
  readonly on?: boolean;
  readonly reset?: true;
  readonly segment?: string;
  readonly annotations?: Map<unknown>;
  readonly store?: string;
  readonly restore?: string;
}

export interface MetadataDocument {
  readonly title?: string;
  readonly description?: string;
  readonly authors?: readonly (string | { readonly name: string; readonly orcid?: string })[];
  readonly licence?: string;
  readonly doi?: string;
  readonly species?: string;
  readonly region?: string;
  readonly terms?: readonly string[];
}

/** A whole model as written. */
export interface ModelDocument {
  readonly interneuron: 1;
  readonly name?: string;
  readonly metadata?: MetadataDocument;
  readonly parameters?: Map<ModelParameterDocument>;
  readonly neurons?: Map<NeuronDocument>;
  readonly synapses?: Map<SynapseDocument>;
  readonly tables?: Map<TableDocument>;
  readonly populations?: Map<PopulationDocument>;
  readonly projections?: Map<ProjectionDocument>;
  readonly stimuli?: Map<StimulusDocument>;
  readonly operations?: Map<OperationDocument>;
  readonly clocks?: Map<Quantity | { readonly dt: Quantity }>;
  readonly record?: readonly RecordingDocument[];
  readonly recordings?: readonly RecordingDocument[];
  readonly timing?: 'brian' | 'grid' | 'lems-euler';
  readonly experiment?: {
    readonly dt?: Quantity;
    readonly seed?: number | string;
    readonly duration?: Quantity;
    readonly protocol?: readonly PhaseDocument[];
  };
  readonly annotations?: Map<unknown>;
}
