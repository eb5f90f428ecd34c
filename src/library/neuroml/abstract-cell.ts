/** What a neuron type is as one of NeuroML's abstract cells. */

import type { Expression } from '../../lang/ast.js';
import type { Remark } from '../recognise/cells/view.js';
import type { AbstractReceptor } from './receptors.js';

/** A neuron type as an abstract cell of NeuroML. Expressions read parameters that differ between cells. */
export interface AbstractCell {
  /** Name of the component type. */
  readonly name: string;
  /** Values in SI, by NeuroML's names; all but times of refractoriness. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Variables of the component type, and what the type's are multiplied with to be these in SI, by the type's names. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly factor: number }>;
  /** Synapses, by the variable of the type that their spikes add to. */
  readonly receptors: ReadonlyMap<string, AbstractReceptor>;
  /** Variables of the type that are the synapses'. */
  readonly responses: readonly string[];
  /** Inputs of the type that are currents into the cell in NeuroML's unit. */
  readonly inputs: readonly string[];
  /** A constant current, in A or, of cells without dimensions, a pure number; absent: none. */
  readonly drive?: Expression;
  /** Whether currents have no dimension. */
  readonly isPure: boolean;
  /** For how long v is held after a spike, in s: whole steps after that of the spike. Absent: it is not held. */
  readonly held?: Expression;
  readonly remarks: readonly Remark[];
}
