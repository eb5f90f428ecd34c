/** Context shared by the parts of an export. */

import { elementsIn, populationOf } from '../../../src/model/selected.js';
import { isSelection } from '../../../src/model/tagged.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import type { DataStore, Form, SelectionRule, ValidModel } from '../../../src/model/model.js';
import type { Model } from '../../../src/model/typed.js';
import type { Dimensions } from './text/dimensions.js';
import type { PassContext } from '../../../src/model/rewriting/rewriting.js';
import type { NeuromlReceptor } from '../../../src/library/neuroml/cells.js';
import type { Functions } from '../../../src/lang/evaluate.js';
import { UniqueNames } from '../../../src/model/free-name.js';

/** Something that attachments of a cell do to it in each step. */
export interface Channel {
  /** The variable of the cell. */
  readonly variable: string;
  /** Added to the variable once, or summed into the variable. */
  readonly kind: 'jump' | 'sum';
  /** Of the variable. */
  readonly dimension: Dimension;
  /** Under this name attachments expose their share. */
  readonly exposure: string;
  /** Exposed for one ampere, of currents that are pure numbers; absent: they have the variable's dimension. */
  readonly scale?: number;
}

/** A neuron type as a component type. */
export interface CellPlan {
  /** Name of the neuron type in the model. */
  readonly type: string;
  /** Name of the component type. */
  readonly componentType: string;
  /** The type of possible attachments, in a list called `synapses`. */
  readonly attachment: string;
  /** Possible effects of attachments on a cell. */
  readonly channels: readonly Channel[];
  /** Receptors of a cell by NeuroML's name, by the variable that spikes add to: synapses have these responses. */
  readonly responses?: ReadonlyMap<string, NeuromlReceptor>;
  /** Parameters and state variables that differ within a population: values of each element. */
  readonly varying: ReadonlySet<string>;
  /** The cell's variables by the names of the model. */
  readonly visible: ReadonlyMap<string, { readonly name: string; readonly dimension: Dimension }>;
  /** Where first values of state variables are given, by the variable. */
  readonly starts: ReadonlyMap<string, string>;
  /** Set if attachments need not expose a current. */
  readonly withoutCurrent?: true;
  /**
   * Set if connections have to name the port of spikes. The reference interpreter makes a port of each action that
   * emits. Without a name it connects the first one, but the last one of a name sends.
   */
  readonly namesPort?: true;
}

/** The key of the plan of sources of spikes with synapses, which have no neuron type. */
export const spikeSource = '';

/** Time at which an operation takes place once, in s, and its elements: an expression of `i` and their variables. */
export interface Change {
  readonly at: number;
  readonly where?: Expression;
}

/** Facts about a model while it is rewritten. */
export interface RewritingContext extends PassContext {
  readonly model: Model;
  /** Operations of the model that take place once, and when. */
  readonly changes: Map<string, Change>;
  /** Arrays that the model refers to. */
  readonly data: DataStore;
  /** Tables of the model as functions of LEMS. */
  readonly functions: Functions;
  /** Time step in s. */
  readonly dt: number;
  /** Set if networks have only NeuroML's elements if possible. */
  readonly plain?: boolean;
  /** The model before its draws were listed. */
  readonly undrawn?: Model | undefined;
}

/** Facts about a model while its parts are written. */
export interface ExportContext extends RewritingContext {
  /** Names of dimensions and units. */
  readonly dimensions: Dimensions;
  /** Names that are taken in the document. */
  readonly ids: Ids;
}

/**
 * Checks whether some cells have compartments. Simulators of such cells read the document instead of LEMS's
 * interpreter, and its times are the model's.
 */
export const hasCompartments = ({ neurons }: Pick<Model, 'neurons'>): boolean =>
  Object.values(neurons).some(({ compartments }) => compartments !== undefined);

/** Names that are once in a document. */
export class Ids {
  readonly #names = new UniqueNames();

  /** Returns a free id like the one wanted, which is taken from now on. */
  claim(wanted: string): string {
    return this.#names.take(wanted.replace(/\W/g, '_').replace(/^(?=\d)/, '_') || '_');
  }
}

/** Returns elements of a population that a selection names, or a message if they are not known before a run. */
export function elementsOf<F extends Form>(
  rule: SelectionRule<F>,
  { model, data }: ValidModel<F>,
): readonly number[] | string {
  const elements = elementsIn(rule, model.populations[populationOf(rule) ?? '']?.size ?? 0, data);
  if (elements) return elements;
  return isSelection(rule, 'sample')
    ? 'a selection that is drawn; freeze the model first'
    : 'a selection of several populations';
}
