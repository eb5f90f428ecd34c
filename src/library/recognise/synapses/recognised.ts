/** Synapse types that have been recognised. */

import type { Expression } from '../../../lang/ast.js';
import type { StandardSynapse } from '../../standard-type.js';

/** What a synapse type does at the arrival of a spike, apart from which standard type it is. */
export interface Arrival {
  /** Variable of the target that is added to. */
  readonly variable: string;
  /** What is added, as an expression of the synapse's parameters, state and draws. */
  readonly amount: Expression;
}

/** A synapse type as a standard one. */
export interface RecognisedSynapse {
  readonly standard: StandardSynapse;
  readonly name: string;
  /** Weight before the receptor's scale, as an expression of the type's parameters. */
  readonly weight: Expression;
  /** Other parameters of the standard type in SI; those in the unit of weights are before the receptor's scale. */
  readonly parameters: Readonly<Record<string, number | Expression>>;
  /** Which of these are in the unit of weights. */
  readonly scaled: ReadonlySet<string>;
  /** Variables of the standard type, by those of the type. */
  readonly variables: ReadonlyMap<string, string>;
  readonly remarks: readonly { readonly code: string; readonly message: string }[];
  /** Of a plastic synapse, the type whose delay lies behind the synapse. */
  readonly dendritic?: StandardSynapse | undefined;
}
