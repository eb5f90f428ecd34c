/** Synapse types that have been recognised. */

import type { Expression } from '../../../lang/ast.js';
import type { StandardSynapse } from '../../standard-type.js';

/** The effect of a synapse type at the arrival of a spike, independent of its standard type. */
export interface Arrival {
  /** Variable of the target that is added to. */
  readonly variable: string;
  /** The amount added, as an expression of the synapse's parameters, state and draws. */
  readonly amount: Expression;
}

/** A synapse type as a standard one. */
export interface RecognisedSynapse {
  readonly standard: StandardSynapse;
  readonly name: string;
  /** Weight before the receptor's scale, as an expression of the type's parameters. */
  readonly weight: Expression;
  /**
   * Other parameters of the standard type in SI. Parameters in the unit of weights do not include the receptor's scale.
   */
  readonly parameters: Readonly<Record<string, number | Expression>>;
  /** Names of the parameters in the unit of weights. */
  readonly scaled: ReadonlySet<string>;
  /** Variables of the standard type, by variables of the given type. */
  readonly variables: ReadonlyMap<string, string>;
  readonly remarks: readonly { readonly code: string; readonly message: string }[];
  /** For a plastic synapse, the type with a dendritic delay. */
  readonly dendritic?: StandardSynapse | undefined;
}
