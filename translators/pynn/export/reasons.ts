/** Reasons why parts of a model are written by their equations. */

import { isLoss, type ConversionEntry } from '../../../src/model/conversion-report.js';
import { withItsTarget } from './projections.js';

/**
 * Returns the reasons why a model is written by its equations: the parts that PyNN's names would leave out, without
 * parts that depend on them.
 */
export function reasonsForEquations(missing: readonly ConversionEntry[]): readonly ConversionEntry[] {
  const own = missing.filter((entry) => isLoss(entry) && entry.pointer !== '' && entry.message !== withItsTarget);
  return (own.length > 0 ? own : missing).map(({ pointer, message }) => ({
    verdict: 'convention',
    code: 'pynn/why-native',
    pointer,
    message: `PyNN has no name for this: ${message}`,
  }));
}
