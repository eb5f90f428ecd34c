/**
 * What LEMS documents say, after reading and before anything is built: dimensions, units, component types with what
 * they inherit resolved, and the tree of components with their types and parameter values in SI. Reading makes these,
 * the builder of networks and the flattening of types take them. Nothing here knows a type of NeuroML by name.
 *
 * Source: LEMS (Cannon et al. 2014), schema 0.7.6.
 */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import type { XmlElement } from '../xml/element.js';

/** A unit: SI = (value + offset) * scale * 10**power. */
export interface LemsUnit {
  readonly symbol: string;
  readonly dimension: Dimension;
  readonly power: number;
  readonly scale: number;
  readonly offset: number;
}

/** An expression of a type, in SI, with LEMS's own functions and operators already put into the common ones. */
export interface LemsExpression {
  readonly text: string;
  readonly tree: Expression;
  readonly place: Place;
}

export interface Named {
  readonly name: string;
  readonly place: Place;
}
export interface Dimensioned extends Named {
  /** Null: any dimension (`*`). */
  readonly dimension: Dimension | null;
}

export interface ParameterDefinition extends Dimensioned {
  /** Value in SI that the type fixes (`Fixed`). */
  readonly fixed?: number;
}
export interface DerivedParameterDefinition extends Dimensioned {
  readonly value?: LemsExpression;
  readonly select?: string;
}
interface PropertyDefinition extends Dimensioned {
  readonly defaultValue?: number;
}
export interface ConstantDefinition extends Dimensioned {
  /** In SI. */
  readonly value: number;
}
export interface ChildDefinition extends Named {
  readonly type: string;
  /** How many there are at least and at most, where that is said of a list. */
  readonly min?: number;
  readonly max?: number;
}
export interface ReferenceDefinition extends Named {
  readonly type: string;
  readonly local: boolean;
  readonly required: boolean;
}
interface PortDefinition extends Named {
  readonly direction: 'in' | 'out';
}

export interface StateVariableDefinition extends Dimensioned {
  readonly exposure?: string;
}
/** `value`, or `select` with `reduce`, or cases of which the first true one holds (zero where none is). */
export interface DerivedVariableDefinition extends Dimensioned {
  readonly exposure?: string;
  readonly value?: LemsExpression;
  readonly select?: string;
  readonly reduce?: 'add' | 'multiply';
  /** False: a missing target counts as 0 (add) or 1 (multiply). */
  readonly required: boolean;
  readonly cases?: readonly { readonly condition: LemsExpression | null; readonly value: LemsExpression }[];
}
export interface TimeDerivativeDefinition {
  readonly variable: string;
  readonly value: LemsExpression;
  readonly place: Place;
}

export type ActionDefinition =
  | { readonly kind: 'assign'; readonly variable: string; readonly value: LemsExpression; readonly place: Place }
  | { readonly kind: 'emit'; readonly port: string; readonly place: Place }
  | { readonly kind: 'transition'; readonly regime: string; readonly place: Place };
export interface ConditionDefinition {
  readonly test: LemsExpression;
  readonly actions: readonly ActionDefinition[];
}
export interface HandlerDefinition {
  readonly port: string;
  readonly actions: readonly ActionDefinition[];
  readonly place: Place;
}
export interface RegimeDefinition extends Named {
  readonly initial: boolean;
  readonly stateVariables: readonly StateVariableDefinition[];
  readonly derivedVariables: readonly DerivedVariableDefinition[];
  readonly timeDerivatives: readonly TimeDerivativeDefinition[];
  readonly onEntry: readonly ActionDefinition[];
  readonly onConditions: readonly ConditionDefinition[];
  readonly onEvents: readonly HandlerDefinition[];
}
export interface KineticSchemeDefinition extends Named {
  readonly nodes: string;
  readonly edges: string;
  readonly stateVariable: string;
  readonly edgeSource: string;
  readonly edgeTarget: string;
  readonly forwardRate: string;
  readonly reverseRate: string;
}
export interface DynamicsDefinition {
  readonly stateVariables: readonly StateVariableDefinition[];
  readonly derivedVariables: readonly DerivedVariableDefinition[];
  readonly timeDerivatives: readonly TimeDerivativeDefinition[];
  readonly onStart: readonly ActionDefinition[];
  readonly onConditions: readonly ConditionDefinition[];
  readonly onEvents: readonly HandlerDefinition[];
  readonly regimes: readonly RegimeDefinition[];
  readonly kineticSchemes: readonly KineticSchemeDefinition[];
}

export interface AssignDefinition {
  readonly property: string;
  readonly value: LemsExpression;
  readonly place: Place;
}
/** Elements of `Structure`, in order. Texts are the attributes as written: names of parameters, references, paths. */
export type StructureDefinition =
  | { readonly kind: 'childInstance'; readonly component: string; readonly place: Place }
  | {
      readonly kind: 'multiInstantiate';
      readonly number: string;
      readonly component: string;
      readonly assigns: readonly AssignDefinition[];
      readonly place: Place;
    }
  | {
      readonly kind: 'with';
      readonly instance?: string;
      readonly list?: string;
      readonly index?: string;
      readonly as: string;
      readonly place: Place;
    }
  | {
      readonly kind: 'forEach';
      readonly instances: string;
      readonly as: string;
      readonly body: readonly StructureDefinition[];
      readonly place: Place;
    }
  | {
      readonly kind: 'eventConnection';
      readonly from: string;
      readonly to: string;
      readonly sourcePort?: string;
      readonly targetPort?: string;
      readonly receiver?: string;
      readonly receiverContainer?: string;
      readonly delay?: string;
      readonly assigns: readonly AssignDefinition[];
      readonly place: Place;
    }
  | {
      readonly kind: 'tunnel';
      readonly name: string;
      readonly endA: string;
      readonly endB: string;
      readonly componentA: string;
      readonly componentB: string;
      readonly assigns: readonly AssignDefinition[];
      readonly place: Place;
    };

/**
 * `Simulation` section of a type: which attributes say what to run, record and write. Values are names of attributes.
 */
export interface SimulationDefinition {
  readonly runs: readonly {
    readonly component: string;
    readonly variable: string;
    readonly increment: string;
    readonly total: string;
  }[];
  readonly records: readonly {
    readonly quantity: string;
    readonly scale?: string;
    readonly timeScale?: string;
    readonly color?: string;
  }[];
  readonly eventRecords: readonly { readonly quantity: string; readonly eventPort: string }[];
  readonly dataDisplays: readonly { readonly title: string }[];
  readonly dataWriters: readonly { readonly path?: string; readonly fileName: string }[];
  readonly eventWriters: readonly { readonly path?: string; readonly fileName: string; readonly format: string }[];
}

/**
 * A component type with everything that it inherits; members of the type itself replace inherited ones of the same
 * name.
 */
export interface ComponentType extends Named {
  readonly extends?: string;
  /** The type and its ancestors, nearest first. */
  readonly lineage: readonly string[];
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly indexParameters: ReadonlyMap<string, Named>;
  readonly derivedParameters: ReadonlyMap<string, DerivedParameterDefinition>;
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  readonly exposures: ReadonlyMap<string, Dimensioned>;
  readonly requirements: ReadonlyMap<string, Dimensioned>;
  readonly componentRequirements: ReadonlyMap<string, Named>;
  readonly instanceRequirements: ReadonlyMap<string, ChildDefinition>;
  readonly child: ReadonlyMap<string, ChildDefinition>;
  readonly children: ReadonlyMap<string, ChildDefinition>;
  readonly references: ReadonlyMap<string, ReferenceDefinition>;
  readonly links: ReadonlyMap<string, ChildDefinition>;
  readonly paths: ReadonlyMap<string, Named>;
  readonly texts: ReadonlyMap<string, Named>;
  readonly attachments: ReadonlyMap<string, ChildDefinition>;
  readonly ports: ReadonlyMap<string, PortDefinition>;
  readonly dynamics: DynamicsDefinition | null;
  readonly structure: readonly StructureDefinition[];
  readonly simulation: SimulationDefinition | null;
}

/**
 * A component as written, with its type decided and its children placed. Networks have millions of these: fields that
 * most do not have are absent, and values are made from the attributes on demand.
 */
export interface Component {
  /** Empty where none is written. */
  readonly id: string;
  readonly type: ComponentType;
  /** Name of the element or of the list or child that it stands in (`gates`, `morphology`); empty at top level. */
  readonly role: string;
  readonly parent: Component | null;
  /**
   * Attributes as written, after prototypes (`extends`) are merged in; `id` and `type` left out. Those of long lists
   * (the connections of a projection) are read from the text at each access: take the record once, and what is needed
   * of it. Values in SI: `values.ts`.
   */
  readonly attributes: Readonly<Record<string, string>>;
  /** Children in document order. */
  readonly children: readonly Component[];
  readonly place: Place;
  /** Elements that LEMS has no member for and that must not be lost: notes, annotation, property and what they hold. */
  readonly kept?: readonly unknown[];
}

/** Everything read, all inclusions in. */
export interface LemsModel {
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly units: ReadonlyMap<string, LemsUnit>;
  /** Constants at file level, in SI. */
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  readonly types: ReadonlyMap<string, ComponentType>;
  /** Top-level components in document order. */
  readonly components: readonly Component[];
  /** Top-level components by id. */
  readonly byId: ReadonlyMap<string, Component>;
  /** The component that `Target` names, or else what runs by default; null where there is none. */
  readonly target: Component | null;
  /** What the main document says beside its components: notes, annotation, property (`XmlElement`s). */
  readonly kept?: readonly unknown[];
  /** The elements that all was read from; absent where there was no text. */
  readonly source?: LemsSource;
}

/** The elements of documents, inclusions in. */
export interface LemsSource {
  /** Of the main document. */
  readonly root: XmlElement;
  /** Those at top level that are not core types, in document order. */
  readonly elements: readonly XmlElement[];
  /** Files of core types that were included, in the order of inclusion. */
  readonly core: readonly string[];
}
