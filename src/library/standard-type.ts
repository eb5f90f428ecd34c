/** A named type of the library: the canonical type, and the notation's names of its parts. */

import type { NeuronDocument, SynapseDocument } from '../model/document.generated.js';

/** The kind of input at a receptor: it determines the unit and the sign of weights. */
export type WeightKind = 'current' | 'conductance' | 'voltage';

/** Units of weights as PyNN has them. */
export const weightUnits: Readonly<Record<WeightKind, string>> = { current: 'nA', conductance: 'uS', voltage: 'mV' };

const kindsByUnit: Readonly<Record<string, WeightKind>> = { A: 'current', S: 'conductance', V: 'voltage' };

/** Returns the kind of weights onto a variable with this base unit; undefined for other units. */
export const weightKindOf = (unit: string): WeightKind | undefined =>
  Object.hasOwn(kindsByUnit, unit) ? kindsByUnit[unit] : undefined;

/** A receptor, through which synapses act on a cell. */
export interface Receptor {
  /** The variable that arriving weights are added to. */
  readonly variable: string;
  /** Kind of the weights: currents, conductances, or steps of a potential. */
  readonly kind: WeightKind;
  /** The parameter with the receptor's decay time constant, if it has one. */
  readonly timeConstant?: string;
}

/** A place on a cell with compartments. */
export interface CellPlace {
  readonly section: string;
  /** 0 at its start, 1 at its end. */
  readonly fraction: number;
}

/** The parts of a cell with compartments that connections, currents and recordings refer to. */
export interface CellStructure {
  /** Section at which spikes are detected. */
  readonly soma: string;
  /** Sections that a label stands for: a section, or a group of them. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Receptors by name: their places, and the synapse's own part of their response. */
  readonly receptors: Readonly<Record<string, PlacedReceptor>>;
}

/** A receptor at places on a cell. */
export interface PlacedReceptor {
  readonly places: readonly CellPlace[];
  /** The variable of the response that arriving weights are added to. */
  readonly variable: string;
  /** Equations of the response, which a synapse at a place has itself. */
  readonly response: {
    readonly parameters: NonNullable<SynapseDocument['parameters']>;
    readonly state: NonNullable<SynapseDocument['state']>;
    readonly derivatives: NonNullable<SynapseDocument['derivatives']>;
    readonly current: string;
  };
}

/** A cell type by name. Parameters are called as in the notation and are in its units. */
export interface StandardCell {
  /** As the notation names it. */
  readonly name: string;
  /** The canonical type, in document form. */
  readonly neuron: NeuronDocument;
  /** Receptors by name, in the notation's order. */
  readonly receptors: Readonly<Record<string, Receptor>>;
  /** Recordable variables, by the notation's name. */
  readonly recordable: Readonly<Record<string, string>>;
  /** Variables with settable first values, by the notation's name. */
  readonly initial: Readonly<Record<string, string>>;
  /** The input that current sources add to; none for sources of spikes. */
  readonly injectable?: string;
  /**
   * Parameters with a list as value, which has one number for each component of the type, and the components' own
   * names.
   */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Cells with compartments. */
  readonly structure?: CellStructure;
  /** Events other than spikes that can be recorded and that synapses can react to. */
  readonly events?: readonly string[];
  /** Whether the name is the document's own: values are in SI or carry their units. */
  readonly native?: true;
}

/** A synapse type by name. */
export interface StandardSynapse {
  /** As the notation names it. */
  readonly name: string;
  /** The canonical type, in document form. */
  readonly synapse: SynapseDocument;
  /** State with settable first values, by the notation's name. */
  readonly initial: Readonly<Record<string, string>>;
  /** Whether the name is the document's own: values are in SI or carry their units. */
  readonly native?: true;
}

/** Returns the parameters of a type that are the notation's own, each as itself. */
export function identityOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/**
 * Returns unit and value that a type itself gives to a parameter or state variable; the value is undefined for other
 * names.
 */
export function declaredIn(
  { parameters, state }: NeuronDocument | SynapseDocument,
  name: string,
): { readonly unit: string; readonly value: unknown } {
  const parameter = parameters?.[name];
  const variable = state?.[name];
  const declared = parameter ?? variable;
  if (typeof declared !== 'object') return { unit: '1', value: declared };
  const value = typeof parameter === 'object' ? parameter.value : typeof variable === 'object' ? variable.initial : 0;
  return { unit: declared.unit === undefined ? '1' : String(declared.unit), value: value ?? 0 };
}
