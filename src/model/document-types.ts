/** Values and types of cells and synapses as people write them. Part of the document, see `document.ts`. */

/** A unit as text; `1` may be a number. */
export type Unit = string | number;
/** A quantity with its unit (`-70 mV`), or a number in the unit of its place. */
export type Quantity = string | number;
/** An expression; a bare number is in the unit of its place. */
export type Expression = string | number | boolean;
/** Statements in order: a list, or one text with a statement a line. */
export type Statements = string | readonly string[];
/** By name. */
export type Map<T> = Readonly<Record<string, T>>;

/** A large array kept outside the document. */
export interface DataReferenceDocument {
  /** SHA-256 of the array's little-endian bytes, in hexadecimal. */
  readonly $data: string;
  /** Type of the array's elements, which are little-endian. */
  readonly dtype: 'f64' | 'f32' | 'i64' | 'i32' | 'u32' | 'u8';
  /** Length along each dimension. */
  readonly shape: readonly number[];
  /** Unit of the values; absent: the SI unit of the place. */
  readonly unit?: Unit;
}
/** Numbers, quantities or, for two dimensions, lists of such; looked at when normalising. */
type Numbers = readonly unknown[];
/** An array of numbers in their own unit. */
interface ArrayWithUnit {
  readonly array: Numbers | DataReferenceDocument;
  readonly unit?: Unit;
  readonly pairs?: 'connected';
  readonly gaps?: ArrayDocument;
}
/** Values for each element. */
export type ArrayDocument = Numbers | DataReferenceDocument | ArrayWithUnit;
/** Values drawn while the model is built, by a named generator in the order that a notation prescribes. */
export interface DrawnValuesDocument {
  /** NumPy's legacy `RandomState`. */
  readonly generator: 'numpy-mt19937';
  /**
   * Seed of the generator, independent of the model's seed; or `model` to derive it from the model's seed and the
   * stream.
   */
  readonly seed: string | number;
  /** A method of NumPy's `RandomState`, such as `normal`. */
  readonly distribution: string;
  /** Parameters of the distribution, in the unit that the notation draws in. */
  readonly arguments: readonly number[];
  /** Tells generators with one seed apart: draws with equal seed and stream share a generator. */
  readonly stream?: string;
  /** 32-bit numbers drawn from the generator before the first of the draws here; absent: 0. */
  readonly skip?: number;
  /** Draws that share a generator happen in this order. */
  readonly order?: number;
  /** Unit that the drawn numbers are in; absent: the unit of the place. */
  readonly unit?: Unit;
  /** Drawn numbers are multiplied by ten to this power to be in SI. Normalising sets it from `unit`. */
  readonly exponent10?: number;
  /**
   * Synapses: a number for each pair of elements, connected or not, by sender and then receiver, from a copy of the
   * generator.
   */
  readonly pairs?: true;
  /** Synapses: each receiver's draws begin again from the generator as it stands. */
  readonly anew?: 'receiver';
  /** Transformation of the drawn number: an expression of `drawn` and `dt`. */
  readonly then?: Expression;
}
/** A value for each element: one for all, an expression, an array or a draw. */
export type ValueDocument = Expression | ArrayDocument | DrawnValuesDocument;

type ValueType = 'real' | 'integer' | 'boolean';
/** A parameter of the entire model, settable from outside. */
export type ModelParameterDocument = Quantity | { readonly unit?: Unit; readonly value: Quantity };
/** A parameter of a type: its default, or a map with it. */
export type ParameterDocument =
  | Expression
  | { readonly unit?: Unit; readonly type?: ValueType; readonly value?: ValueDocument; readonly shared?: boolean };
/** A state variable: its first value, or a map with it. */
export type StateDocument =
  | Expression
  | { readonly unit?: Unit; readonly type?: ValueType; readonly initial?: ValueDocument; readonly shared?: boolean };
/** A derived variable: its expression, or a map with it. */
export type DerivedDocument =
  | Expression
  | {
      readonly unit?: Unit;
      readonly type?: ValueType;
      readonly value: Expression;
      readonly shared?: boolean;
      readonly held?: boolean;
    };
/** A differential equation: the rate of change, or a map with it. */
export type DerivativeDocument = string | number | { readonly rate: Expression; readonly eventDriven?: boolean };
/** A sum that stimuli and synapses add up to within a step: its unit, or a map with it. */
type InputDocument = Unit | { readonly unit: Unit; readonly reduce?: 'sum' | 'product' };

/** Members common to neuron types, synapse types and mechanisms. */
export interface EquationSetDocument {
  /**
   * The library type that this one claims to equal, with an expression of this type's parameters for each library
   * parameter.
   */
  readonly conformsTo?: { readonly type: string; readonly where?: Map<Expression>; readonly timing?: string };
  readonly parameters?: Map<ParameterDocument>;
  readonly state?: Map<StateDocument>;
  readonly derived?: Map<DerivedDocument>;
  /** Differential equations, by state variable. */
  readonly derivatives?: Map<DerivativeDocument>;
  /** White noises (unit s**-0.5) that are not called `xi` or `xi_…`. */
  readonly noise?: readonly string[];
  /** How derivatives are integrated; absent: `auto`. */
  readonly method?: string;
  /** Order for stepwise timing profiles to advance the parts of the type; absent: it has one part. */
  readonly sequence?: readonly PartDocument[];
}

/** A part of a type, which a stepwise timing profile advances as a whole. */
export interface PartDocument {
  /** Derived variables, each computed from the values that names have at that moment. */
  readonly derived?: readonly string[];
  /** State variables that form a linear system, advanced by its matrix exponential. */
  readonly propagate?: readonly string[];
  /** State variables with rates that are evaluated together and then applied. */
  readonly state?: readonly string[];
  /** Conditions, tested in this order. */
  readonly events?: readonly string[];
  /** Whether the active regime is advanced at the end of this part. */
  readonly regimes?: boolean;
  /** State variables of other parts that this part reads as they are, not as they were shown last. */
  readonly current?: readonly string[];
}

/** Suppression of effects for a while after an event. */
export interface RefractoryDocument {
  /** How long: an expression in seconds. */
  readonly for?: Expression;
  /** Refractory as long as this condition holds. */
  readonly while?: Expression;
  /** Variables that have a rate of zero meanwhile. */
  readonly rate?: readonly string[];
  /** Whether other code may write the same variables meanwhile. */
  readonly writes?: 'block' | 'allow';
  /** Whether the event itself is suppressed meanwhile (the default). */
  readonly suppress?: boolean;
  /** Other events that are suppressed meanwhile. */
  readonly of?: readonly string[];
  /** How the duration becomes whole steps; absent: as the timing profile has it. */
  readonly rounding?: 'nearest' | 'up' | 'down';
  /** When the duration or condition is evaluated. */
  readonly evaluated?: 'atEvent' | 'eachStep';
}

/** An event: its condition and its actions. */
export interface EventDocument {
  readonly when: Expression;
  /** `level`: as long as the condition holds; `rising`: when it begins to hold. */
  readonly edge?: 'level' | 'rising';
  /** Actions; absent: it is only seen by others. */
  readonly do?: Statements;
  /** A duration, or a map; absent: none. */
  readonly refractory?: Quantity | RefractoryDocument;
  /** Slot of the timing profile; absent: the profile's own choice. */
  readonly slot?: string;
  /** Slot of the actions. */
  readonly actionSlot?: string;
  /** Order within a slot; 0 unless stated. */
  readonly order?: number;
  /** Order of the actions within their slot; absent: the same. */
  readonly actionOrder?: number;
  /** How many times the event counts; absent: once. */
  readonly multiplicity?: Expression;
  /** Name that other elements receive the event under, which several may share; null: not sent; absent: its own. */
  readonly emits?: string | null;
  /** Cells with structure: the section that the condition reads. */
  readonly section?: string;
  /** Place along that section, 0 to 1. */
  readonly fraction?: number;
}

/** A mode with derivatives and transitions of its own, as in LEMS. */
export interface RegimeDocument {
  /** The regime at the start. */
  readonly initial?: boolean;
  readonly derivatives?: Map<DerivativeDocument>;
  /** Order for stepwise profiles to apply the derivatives, one after another; absent: by name. */
  readonly order?: readonly string[];
  /** Actions when an element enters it. */
  readonly onEntry?: Statements;
  /** Ways to other regimes, tested in this order; without `to` the regime stays. */
  readonly transitions?: readonly {
    readonly when: Expression;
    readonly do?: Statements;
    readonly to?: string;
    readonly emit?: string;
  }[];
}

/** An unbranched piece of a cell, by its shape or by its capacitance and coupling. */
export interface SectionDocument {
  /** The section that it grows from, or none for the root. */
  readonly parent?: string | { readonly section: string; readonly fraction?: number };
  /** Shape: x, y, z and diameter of points along the section, in metres unless with units. */
  readonly points?: readonly (readonly Quantity[])[];
  /** Metres unless with a unit, if no points are given. */
  readonly length?: Quantity;
  /** Metres unless with a unit, if no points are given. */
  readonly diameter?: Quantity;
  /** Into how many compartments it is cut. */
  readonly divisions?: number;
  /** Per membrane area, F/m**2. */
  readonly specificCapacitance?: Quantity;
  /** Axial, of the inside, ohm*m. */
  readonly resistivity?: Quantity;
  /** Of the whole section, if no shape is given; F. */
  readonly capacitance?: Quantity;
  /** Conductance to the parent, if no shape is given; S. */
  readonly coupling?: Quantity;
  /** Membrane potential at the start, if it differs from the cell's; V. */
  readonly initial?: Quantity;
}

/** A condition on the variables of a synapse or mechanism, tested in each step. */
export interface LocalEventDocument {
  readonly when: Expression;
  /** `level`: as long as the condition holds; `rising`: when it begins to hold. */
  readonly edge?: 'level' | 'rising';
  /** Actions on the variables. */
  readonly do?: Statements;
  /** Order among the conditions; 0 unless stated. */
  readonly order?: number;
}

/** Equations on sections of a cell: a channel, a leak, a pool of an ion. */
export interface MechanismDocument extends EquationSetDocument {
  /** Sections and groups that it is on; absent: all. */
  readonly on?: string | readonly string[];
  /** Whether its currents are per area (the default). */
  readonly density?: boolean;
  /**
   * Variables that it reads from its place: `v`, `area`, `distance` (along the tree from the root), `temperature`,
   * `ca_i`, `ca_o`, `e_ca`, `i_ca`.
   */
  readonly reads?: readonly string[];
  /** Values that it adds: `i` or `i_ca` (inward current positive), `ca_i`, `ca_o` (sets the concentration). */
  readonly writes?: Map<Expression>;
  /** Conditions on the variables that it reads and on its own. */
  readonly events?: Map<LocalEventDocument>;
  /** Parameters and first values of state that are others on some sections, by section or group. */
  readonly values?: Map<Map<ValueDocument>>;
}

/** A tree of sections with mechanisms on them. */
export interface CompartmentsDocument {
  readonly sections: Map<SectionDocument>;
  /** Names for sets of sections. */
  readonly groups?: Map<readonly string[]>;
  /** Valence, concentrations (mol/m**3) and reversal potential of each ion. */
  readonly ions?: Map<{
    readonly valence: number;
    readonly inside?: Quantity;
    readonly outside?: Quantity;
    readonly reversal?: Quantity;
    /** Concentrations at the start that are others on some sections, by section or group. */
    readonly at?: Map<{ readonly inside?: Quantity; readonly outside?: Quantity }>;
  }>;
  readonly mechanisms?: Map<MechanismDocument>;
  /** Membrane potential at the start; V. */
  readonly initial?: ValueDocument;
  /** In K. */
  readonly temperature?: Quantity;
}

/** A type of neuron, by its equations. */
export interface NeuronDocument extends EquationSetDocument {
  readonly inputs?: Map<InputDocument>;
  /** Conditions, or maps with them, by name. */
  readonly events?: Map<string | EventDocument>;
  readonly regimes?: Map<RegimeDocument>;
  /** The structure of a cell that has one. */
  readonly compartments?: CompartmentsDocument;
  /** The tree that the elements are compartments of. */
  readonly cable?: CableDocument;
}

/** A tree of compartments with the type's own equations, each with one of its elements. */
export interface CableDocument {
  /** For each compartment the compartment that it is attached to at the far end; -1 for the root. */
  readonly parents: ArrayDocument;
  /** Axial conductance times resistivity, from each compartment's beginning to its centre, m. */
  readonly near: ArrayDocument;
  /** The same from its centre to its far end, m. */
  readonly far: ArrayDocument;
  /** Of the inside, ohm*m. */
  readonly resistivity: Quantity;
  /** The membrane potential, a state variable. */
  readonly voltage: string;
  /** Of each compartment, in F. */
  readonly capacitance: Expression;
  /** Through the membrane of each compartment, inward positive, in A. */
  readonly current: Expression;
  /** A state variable that is set to the change of the membrane potential in each step. */
  readonly rise?: string;
  /** Names of ranges of compartments. */
  readonly sections?: Map<{ readonly first: number; readonly count: number }>;
}

/** Actions of a synapse when an event reaches it. */
export interface PathwayDocument {
  /**
   * `pre.spike`, `post.spike` or another event of an end; absent: the spike of the side that the pathway is named
   * after.
   */
  readonly on?: string;
  /** Seconds unless with a unit; absent: 0. */
  readonly delay?: ValueDocument;
  /** Slot of the timing profile; absent: the profile's own choice. */
  readonly slot?: string;
  /** Order within a slot; absent: -1 for events of the presynaptic side, 1 for the other. */
  readonly order?: number;
  readonly do?: Statements;
}

/** A type of synapse, by its equations. */
export interface SynapseDocument extends EquationSetDocument {
  /** Actions on events of its ends, by name (`pre`, `post`, or any with `on`). */
  readonly pathways?: Map<Statements | PathwayDocument>;
  readonly events?: Map<LocalEventDocument>;
  /** Continuous part: `post.I`, `pre.I` or a port, and the expression that is added to it each step. */
  readonly contributes?: Map<Expression>;
  /**
   * `post.x` or `pre.x`, and the expression that is summed over all synapses of that element to become its value each
   * step.
   */
  readonly summed?: Map<Expression>;
  /** Slot and order of summed variables, by their names in `summed`. */
  readonly sumSlots?: Map<{ readonly slot?: string; readonly order?: number }>;
  /** Places it writes to, with their units; projections bind them to variables of the target. */
  readonly ports?: Map<Unit | { readonly unit: Unit }>;
}
