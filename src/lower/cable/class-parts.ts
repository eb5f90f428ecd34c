/** What the neuron type of a class of compartments is made of, and what comes out. */

import type { Compartment } from '../../model/compartment-tree.js';
import type {
  Compartments,
  DataStore,
  EventDefinition,
  Input,
  NeuronType,
  Parameter,
  Value,
} from '../../model/typed.js';
import type { CableNames } from '../context/cable.js';
import type { Instance } from './mechanisms.js';

/** A parameter of a class with its value at each compartment. */
type ByCompartment = ReadonlyMap<string, readonly Value[]>;

/** The type of a class. */
export interface ClassType {
  readonly type: NeuronType;
  /** Parameters that differ between compartments of a cell. */
  readonly values: ByCompartment;
  /** For each compartment of the class, the class's names of `ca_i` or `mechanism.variable` in recordings. */
  readonly variables: readonly ReadonlyMap<string, string>[];
  readonly names: CableNames;
  /** The input that sums the conductances of synapses. */
  readonly conductance: string;
  /** Parameters linked to variables of the spike-detection site, by the model's names of these variables. */
  readonly linked: ReadonlyMap<string, string>;
}

/** The parts of a class. */
export interface ClassParts {
  readonly compartments: Compartments;
  /** Compartments of the class, with the mechanisms on each: of the same shapes in the same order. */
  readonly places: readonly { readonly compartment: Compartment; readonly instances: readonly Instance[] }[];
  /** Inputs that something adds to, and whether conductances are among it. */
  readonly inputs: Readonly<Record<string, Input>>;
  /** Whether synapses add conductances here. */
  readonly conductance: boolean;
  /** Whether other code reads the voltage in the middle of a step. */
  readonly watched: boolean;
  /** Events that are detected here. */
  readonly events: Readonly<Record<string, EventDefinition>>;
  /** Events that are detected elsewhere on the cell and received here. */
  readonly received: Readonly<Record<string, EventDefinition>>;
  /** Parameters of the cell. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly method: NeuronType['method'];
  readonly data: DataStore;
}
