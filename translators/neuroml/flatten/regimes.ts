/** Regimes of one instance: the check whether canonical regimes can express them, and its rates in each. */

import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { integer, quantity } from '../../../src/lang/build.js';
import type { ComponentType, LemsExpression, RegimeDefinition } from '../lems/definitions.js';
import { inRegime } from './actions.js';
import { choose } from './expressions.js';

/** Returns the number of the regime that an instance begins in. */
export const firstOf = (regimes: readonly RegimeDefinition[]): number =>
  Math.max(
    0,
    regimes.findIndex(({ initial }) => initial),
  );

/** Checks whether regimes change only at their own conditions and emit at most one event, as canonical regimes do. */
export function haveCanonicalRegimes({ dynamics }: ComponentType): boolean {
  const regimes = dynamics?.regimes ?? [];
  const several = regimes.some(
    ({ onEntry, onConditions }) =>
      onEntry.some(({ kind }) => kind !== 'assign') ||
      onConditions.some(({ actions }) => actions.filter(({ kind }) => kind === 'emit').length > 1),
  );
  const outer = [...(dynamics?.onConditions ?? []), ...(dynamics?.onEvents ?? [])];
  const jumps = outer.some(({ actions }) => actions.some(({ kind }) => kind === 'transition'));
  return !several && !jumps && regimes.every(({ onEvents }) => onEvents.length === 0);
}

/** Variables that have a rate in some regime. */
export const integratedIn = (regimes: readonly RegimeDefinition[]): readonly string[] => [
  ...new Set(regimes.flatMap(({ timeDerivatives }) => timeDerivatives.map(({ variable }) => variable))),
];

/**
 * Returns the rate of a variable as a choice by the regime that `held` is the number of; zero in regimes without one.
 *
 * @param rateOf a right side in canonical names
 */
export function rateInRegimes(
  held: string,
  regimes: readonly RegimeDefinition[],
  variable: string,
  dimension: Dimension | null,
  rateOf: (value: LemsExpression) => Expression,
): Expression {
  const cases = regimes.flatMap(({ timeDerivatives }, index) =>
    timeDerivatives
      .filter((derivative) => derivative.variable === variable)
      .map(({ value }) => ({ condition: inRegime(held, index), value: rateOf(value) })),
  );
  return choose(cases, dimension ? quantity(0, dimension) : integer(0));
}
