/**
 * Contents of LEMS documents, after reading and before building: dimensions, units, component types with resolved
 * inheritance, and the tree of components. Components have their types, and parameter values in SI. The reader makes
 * them, and the builder of networks and the flattening of types use them. No type of NeuroML is known by name.
 *
 * Source: LEMS (Cannon et al. 2014), schema 0.7.6.
 */

import type { Place } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import type { XmlElement } from '../../../src/xml/element.js';

/** A unit: SI = (value + offset) * scale * 10**power. */
export interface LemsUnit {
  /** As written after a number, such as `mV`. */
  readonly symbol: string;
  readonly dimension: Dimension;
  readonly power: number;
  /** Factor in addition to the power of ten; 1 for most. */
  readonly scale: number;
  /** 0 except for temperatures: 273.15 for `degC`. */
  readonly offset: number;
}

/** An expression of a type, in SI, with LEMS's own functions and operators already put into the common ones. */
export interface LemsExpression {
  /** As written. */
  readonly text: string;
  readonly tree: Expression;
  readonly place: Place;
  /** A syntax error was reported; `tree` is a placeholder. */
  readonly malformed?: true;
}

/** A named member of a component type. */
export interface Named {
  readonly name: string;
  /** Of its definition in the user's text. */
  readonly place: Place;
}
/** A named member with a dimension. */
export interface Dimensioned extends Named {
  /** Null: any dimension (`*`). */
  readonly dimension: Dimension | null;
}

/** `Parameter`: a value that components give. */
export interface ParameterDefinition extends Dimensioned {
  /** Value in SI that the type fixes (`Fixed`). */
  readonly fixed?: number;
}
/** `DerivedParameter`: a value computed once from others, or taken from a path. */
export interface DerivedParameterDefinition extends Dimensioned {
  readonly value?: LemsExpression;
  /** Path; absent: it has a value. */
  readonly select?: string;
}
interface PropertyDefinition extends Dimensioned {
  readonly defaultValue?: number;
}
/** `Constant`: a value that the type or the file gives. */
export interface ConstantDefinition extends Dimensioned {
  /** In SI. */
  readonly value: number;
}
/** A possible child of a component: a single one by its name, or a list. */
export interface ChildDefinition extends Named {
  /** The component type that they must inherit from. */
  readonly type: string;
  /** Least and greatest number of children, if a list states them. */
  readonly min?: number;
  readonly max?: number;
}
/** `ComponentReference`: an attribute that is the id of a component. */
export interface ReferenceDefinition extends Named {
  /** The component type that it must inherit from. */
  readonly type: string;
  /** Whether it is looked for among the siblings first. */
  readonly local: boolean;
  /** Whether a component without it is wrong. */
  readonly required: boolean;
}
interface PortDefinition extends Named {
  readonly direction: 'in' | 'out';
}

/** `StateVariable`: a value that dynamics change. */
export interface StateVariableDefinition extends Dimensioned {
  /** Name under which others see it; absent: nobody does. */
  readonly exposure?: string;
}
/** `value`, or `select` with `reduce`, or cases. The first true case holds (zero if there is none). */
export interface DerivedVariableDefinition extends Dimensioned {
  /** Name under which others see it; absent: nobody does. */
  readonly exposure?: string;
  readonly value?: LemsExpression;
  /** Path to the exposures that it is made of. */
  readonly select?: string;
  /** How several values become one. */
  readonly reduce?: 'add' | 'multiply';
  /** False: a missing target counts as 0 (add) or 1 (multiply). */
  readonly required: boolean;
  readonly cases?: readonly { readonly condition: LemsExpression | null; readonly value: LemsExpression }[];
}
/** `TimeDerivative`: the rate of a state variable. */
export interface TimeDerivativeDefinition {
  readonly variable: string;
  readonly value: LemsExpression;
  readonly place: Place;
}

/** An action of an `OnStart`, `OnCondition`, `OnEvent` or `OnEntry`. */
export type ActionDefinition =
  | { readonly kind: 'assign'; readonly variable: string; readonly value: LemsExpression; readonly place: Place }
  | { readonly kind: 'emit'; readonly port: string; readonly place: Place }
  | { readonly kind: 'transition'; readonly regime: string; readonly place: Place };
/** `OnCondition`. */
export interface ConditionDefinition {
  readonly test: LemsExpression;
  /** In order, while the condition holds. */
  readonly actions: readonly ActionDefinition[];
}
/** `OnEvent`. */
export interface HandlerDefinition {
  /** Port on which the event comes in. */
  readonly port: string;
  readonly actions: readonly ActionDefinition[];
  readonly place: Place;
}
/** `Regime`: dynamics with one active regime at a time. */
export interface RegimeDefinition extends Named {
  /** Whether instances begin in it. */
  readonly initial: boolean;
  readonly stateVariables: readonly StateVariableDefinition[];
  readonly derivedVariables: readonly DerivedVariableDefinition[];
  readonly timeDerivatives: readonly TimeDerivativeDefinition[];
  readonly onEntry: readonly ActionDefinition[];
  /** Tested while it is active. */
  readonly onConditions: readonly ConditionDefinition[];
  /** Events that it handles while it is active. */
  readonly onEvents: readonly HandlerDefinition[];
}
/** `KineticScheme`: states with occupancies that flow along transitions. Values are names of members. */
export interface KineticSchemeDefinition extends Named {
  /** Children that are the states. */
  readonly nodes: string;
  /** Children that are the transitions. */
  readonly edges: string;
  /** Variable of a state that is its occupancy. */
  readonly stateVariable: string;
  /** Reference of a transition to the state that it leaves. */
  readonly edgeSource: string;
  /** Reference of a transition to the state that it enters. */
  readonly edgeTarget: string;
  /** Exposure of a transition that is its rate, in Hz. */
  readonly forwardRate: string;
  /** The same for the way back. */
  readonly reverseRate: string;
}
/** `Dynamics` of a component type, including the inherited ones. */
export interface DynamicsDefinition {
  readonly stateVariables: readonly StateVariableDefinition[];
  readonly derivedVariables: readonly DerivedVariableDefinition[];
  readonly timeDerivatives: readonly TimeDerivativeDefinition[];
  /** Actions that give first values. */
  readonly onStart: readonly ActionDefinition[];
  /** In the order of their tests. */
  readonly onConditions: readonly ConditionDefinition[];
  readonly onEvents: readonly HandlerDefinition[];
  readonly regimes: readonly RegimeDefinition[];
  readonly kineticSchemes: readonly KineticSchemeDefinition[];
}

/** `Assign`: a property that an instance gets when it is made. */
export interface AssignDefinition {
  /** Name of the property. */
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
      /** Name of a reference, or of a component type if `byType`. */
      readonly component: string;
      readonly byType: boolean;
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
 * `Simulation` section of a type: the attributes with the target, recordings and outputs. Values are names of
 * attributes.
 */
export interface SimulationDefinition {
  /** `Run`: the target, with time step and length. */
  readonly runs: readonly {
    readonly component: string;
    readonly variable: string;
    readonly increment: string;
    readonly total: string;
  }[];
  /** `Record`: quantities to be sampled. */
  readonly records: readonly {
    readonly quantity: string;
    readonly scale?: string;
    readonly timeScale?: string;
    readonly color?: string;
  }[];
  /** `EventRecord`: quantities with recorded events. */
  readonly eventRecords: readonly { readonly quantity: string; readonly eventPort: string }[];
  /** `DataDisplay`: plots. */
  readonly dataDisplays: readonly { readonly title: string }[];
  /** `DataWriter`: files of samples. */
  readonly dataWriters: readonly { readonly path?: string; readonly fileName: string }[];
  /** `EventWriter`: files of events. */
  readonly eventWriters: readonly { readonly path?: string; readonly fileName: string; readonly format: string }[];
}

/**
 * A component type with everything that it inherits; members of the type itself replace inherited ones of the same
 * name.
 */
export interface ComponentType extends Named {
  /** The type that it inherits from; absent: none. */
  readonly extends?: string;
  /** An ancestor is not defined, which was reported, so inherited members are missing. */
  readonly incomplete?: true;
  /** The type and its ancestors, nearest first. */
  readonly lineage: readonly string[];
  /** Values that components give. */
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  /** Values that structures count with. */
  readonly indexParameters: ReadonlyMap<string, Named>;
  readonly derivedParameters: ReadonlyMap<string, DerivedParameterDefinition>;
  /** Values that instances get when they are made or connected. */
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  /** Variables of an instance that other instances can read. */
  readonly exposures: ReadonlyMap<string, Dimensioned>;
  /** Variables that enclosing components must expose. */
  readonly requirements: ReadonlyMap<string, Dimensioned>;
  /** Requirements of the nearest type with dynamics, of which instances have copies. An extension may declare more. */
  readonly copied: ReadonlySet<string>;
  /** References that enclosing components must have. */
  readonly componentRequirements: ReadonlyMap<string, Named>;
  /** Instances that whoever makes one must provide, as tunnels do. */
  readonly instanceRequirements: ReadonlyMap<string, ChildDefinition>;
  /** Single components within, by name. */
  readonly child: ReadonlyMap<string, ChildDefinition>;
  /** Lists of components within, by name. */
  readonly children: ReadonlyMap<string, ChildDefinition>;
  readonly references: ReadonlyMap<string, ReferenceDefinition>;
  /** References to components among the siblings. */
  readonly links: ReadonlyMap<string, ChildDefinition>;
  /** Attributes that are paths. */
  readonly paths: ReadonlyMap<string, Named>;
  /** Attributes that are any text. */
  readonly texts: ReadonlyMap<string, Named>;
  /** Lists that instances are added to while a network is built. */
  readonly attachments: ReadonlyMap<string, ChildDefinition>;
  /** Where events come in and go out. */
  readonly ports: ReadonlyMap<string, PortDefinition>;
  /** Null if it has no behaviour of its own. */
  readonly dynamics: DynamicsDefinition | null;
  /** Instances that it makes of components, in order. */
  readonly structure: readonly StructureDefinition[];
  /** Null if it is not a simulation. */
  readonly simulation: SimulationDefinition | null;
}

/** Component types by name. */
export type ComponentTypes = Pick<ReadonlyMap<string, ComponentType>, 'get' | 'has' | 'keys' | 'values'>;

/**
 * A component as written, with its type decided and its children placed. Networks have millions of components, so rare
 * fields are absent, and values are made from the attributes on demand.
 */
export interface Component {
  /** Empty if none is written. */
  readonly id: string;
  readonly type: ComponentType;
  /** Name of the element or of the list or child that it is in (`gates`, `morphology`); empty at top level. */
  readonly role: string;
  readonly parent: Component | null;
  /**
   * Attributes as written, after prototypes (`extends`) are merged in; without `id` and `type`. Attributes of long
   * lists (the connections of a projection) are read from the text at each access. So read the record once, and then
   * its members. Values in SI: `values.ts`.
   */
  readonly attributes: Readonly<Record<string, string>>;
  /** Children in document order. */
  readonly children: readonly Component[];
  readonly place: Place;
  /** Elements without a member in LEMS that must not be lost: notes, annotation, property and their contents. */
  readonly kept?: readonly unknown[];
}

/** Everything read, all inclusions in. */
export interface LemsModel {
  /** By name. */
  readonly dimensions: ReadonlyMap<string, Dimension>;
  /** By symbol. */
  readonly units: ReadonlyMap<string, LemsUnit>;
  /** Constants at file level, in SI. */
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  /** Component types by name, each read when it is first asked for. */
  readonly types: ComponentTypes;
  /** Top-level components in document order. */
  readonly components: readonly Component[];
  /** Top-level components by id. */
  readonly byId: ReadonlyMap<string, Component>;
  /** The component that `Target` names, or else the default one; null if there is none. */
  readonly target: Component | null;
  /** Elements of the main document besides its components: notes, annotation, property (`XmlElement`s). */
  readonly kept?: readonly unknown[];
  /** The elements of all documents; absent if there was no text. */
  readonly source?: LemsSource;
}

/** The elements of documents, inclusions in. */
export interface LemsSource {
  /** Of the main document. */
  readonly root: XmlElement;
  /** Top-level elements that are not core types, in document order. */
  readonly elements: readonly XmlElement[];
  /** Files of core types that were included, in the order of inclusion. */
  readonly core: readonly string[];
}
