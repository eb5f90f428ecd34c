/** Multicompartment cells after the conversion of their compartments to populations. */

import type { Expression } from '../../lang/ast.js';
import type { IntegrationMethod } from '../../model/typed.js';
import type { Tree } from '../../model/compartment-tree.js';

/**
 * How voltages and gates take turns. `cable`: second order, voltages by half an implicit step and its mirror image,
 * gates half a step ahead; the others by backward Euler, one after the other. `cable-then-gates` is NEURON's order:
 * voltages, then pools by the currents of ions before the step, then gates.
 */
export type CableMethod = Extract<IntegrationMethod, 'cable' | 'cable-then-gates' | 'gates-then-cable'>;

/** Whether a method is one of cables. */
export const isCableMethod = (method: IntegrationMethod): method is CableMethod =>
  method === 'cable' || method === 'cable-then-gates' || method === 'gates-then-cable';

/** States that an implicit step advances together. */
export interface Scheme {
  readonly states: readonly string[];
  /** States as expressions of the others, by constant sums. */
  readonly conserved: ReadonlyMap<string, Expression>;
}

/** Names in the type of a class that the solver reads. */
export interface CableNames {
  /** Membrane potential, a state variable. */
  readonly voltage: string;
  /** In F. */
  readonly capacitance: Expression;
  /** Into the compartment except for axial currents, in A. */
  readonly current: Expression;
  /** Kinetic schemes of its mechanisms. */
  readonly schemes: readonly Scheme[];
  /** State variables of mechanisms that write concentrations. */
  readonly pools: readonly string[];
  /** State variable with the rise of the potential in half of the last step; absent: no code reads it. */
  readonly rise?: string;
}

/**
 * Compartments with the same equations: a neuron type with these compartments of all cells as elements, ordered by
 * compartment.
 */
export interface CompartmentClass {
  /** Name of the neuron type. */
  readonly type: string;
  /** Ordinals of the compartments in the tree. */
  readonly compartments: readonly number[];
  /** The variables of the class that the cable reads and writes. */
  readonly names: CableNames;
}

/** A type of cells with structure. */
export interface Cable {
  /** Neuron type of the cells. */
  readonly name: string;
  /** Compartments, and the points at which sections meet. */
  readonly tree: Tree;
  /** How the cable equation and the gates alternate. */
  readonly method: CableMethod;
  /** Whether its type has its own equations, which are integrated before the cable like those of a point neuron. */
  readonly ownEquations: boolean;
  /** All compartments are in one of them. */
  readonly classes: readonly CompartmentClass[];
  /** Populations of these cells: their sizes, and the population of each class. */
  readonly populations: readonly {
    readonly name: string;
    readonly size: number;
    readonly members: readonly string[];
  }[];
}

/** The synapses of a projection that a piece of it has: their numbers in order of creation. */
export interface SynapsesOf {
  /** Name in the model. */
  readonly projection: string;
  readonly numbers: Uint32Array;
}

/** Names of the program's parts that replace parts of the model, with the model's names. */
export interface ModelNames {
  /** By population of compartments. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** By projection that is a piece of one. */
  readonly pieces: ReadonlyMap<string, SynapsesOf>;
  /** Names of the model's recordings, by the names of recordings of pieces. */
  readonly recordings: ReadonlyMap<string, string>;
  /** Names of variables in recordings, by `recording variable`: mechanisms of one class may have different names. */
  readonly asked: ReadonlyMap<string, string>;
  /**
   * For each `population.parameter` linked to places of several classes: the sources, and the source of each element.
   */
  readonly links: ReadonlyMap<string, LinkedClasses>;
}

/** The sources of a linked parameter with elements that read different populations. */
export interface LinkedClasses {
  readonly sources: readonly { readonly population: string; readonly variable: string }[];
  /** Ordinal in `sources` for each element. */
  readonly which: Uint32Array;
}

/** The population in the model, and the compartments of its cells that this population contains, in order. */
export interface Origin {
  /** Name in the model. */
  readonly population: string;
  /** Number of cells. */
  readonly cells: number;
  /** Names that the model has for variables of the class. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables of the class with one value per cell for all places, by the names of the class. */
  readonly ofCell: ReadonlySet<string>;
  /** Its compartments, by number in the tree, with the names of the class for `mechanism.variable` there. */
  readonly places: readonly { readonly at: number; readonly variables: ReadonlyMap<string, string> }[];
}

/** Returns the model's name of a population. */
export const populationInModel = (name: string, { origins }: ModelNames): string =>
  origins.get(name)?.population ?? name;
