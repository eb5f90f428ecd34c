/** Ports at which spikes arrive at a NESTML model. */

import type { Dimension } from '../../../src/lang/ast.js';
import type { WeightKind } from '../../../src/library/standard-type.js';
import { textOf } from './expressions.js';
import { siOf } from '../../../src/library/simulators/nest-units.js';
import { nestmlQuantity, nestUnit } from './units.js';

/** Something that a spike adds to a variable. */
export interface Arrival {
  readonly variable: string;
  /** Unit of the variable in SI. */
  readonly dimension: Dimension;
  /** Amount that a weight of one adds, in SI: 1 if weights are in SI themselves. */
  readonly factor: number;
}

/** A port for spikes. */
export interface Port {
  /** As the model calls it. */
  readonly name: string;
  /** As PyNN calls it. */
  readonly receptor: string;
  /** The variable in the unit of the weights. */
  readonly variable: string;
  /** Kind of the weights, if PyNN has a name for it. */
  readonly kind: WeightKind | undefined;
  /** Unit of weights in PyNN, in our texts. */
  readonly weightUnit: string;
  readonly statements: readonly Arrival[];
  /** Whether PyNN does not scale the weights: those of models of NESTML, or without PyNN. */
  readonly isOwn: boolean;
}

/** PyNN hands weights to NEST a thousand times larger, as from nA to pA and from uS to nS. */
const perWeight = 1e-3;

/** Returns PyNN's unit of weights onto a variable. */
export function weightUnitOf(dimension: Dimension): string {
  const { own } = nestUnit(dimension);
  if (own === 'pA') return 'nA';
  return own === 'nS' ? 'uS' : own;
}

/** Returns the effect of a port on each variable. */
export function portStatements({
  name,
  statements,
  weightUnit,
  isOwn,
}: Port): readonly (readonly [variable: string, text: string])[] {
  return statements.map(({ variable, dimension, factor }) => {
    const { own } = nestUnit(dimension);
    // 1 nA arrives as 1000, which are pA. Other quantities in NEST's units would be a thousand times too large.
    const scale = isOwn || (weightUnit !== own && (own === 'pA' || own === 'nS')) ? 1 : perWeight;
    return [variable, `${variable} += ${name} * 1 s * ${unitText(scale * factor, dimension)}`.replace(/ \* 1$/, '')];
  });
}

/** Returns a number of units of NEST. */
function unitText(count: number, dimension: Dimension): string {
  const expression = nestmlQuantity(siOf(dimension), dimension);
  const text = textOf(expression);
  return text.replace(/^1(\.0)?(?= |$)/, String(count));
}
