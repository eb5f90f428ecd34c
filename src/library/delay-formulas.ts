/** Delays that are computed from the numbers of cells, in steps. */

import { drawsIn } from '../lang/functions.js';
import { namesIn } from '../lang/walk.js';
import type { Model, Projection } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { delayInSteps } from '../model/steps.js';
import { plain, valueAt } from './recognise/numbers.js';

/** Most connections for which a formula is evaluated; with more connections, some may differ. */
const mostComputed = 1e5;

/**
 * Checks whether PyNN's simulators may get other steps for a formula of `i` and `j`. They differ from Brian in half steps that
 * division leaves a little below. Other formulas are assumed to have no such values.
 *
 * @param formula  s
 */
export function differsInSteps(
  formula: string,
  { from, to }: Pick<Projection, 'from' | 'to'>,
  { timing, populations, experiment: { dt } }: Model,
): boolean {
  const e = plain(formula, { has: (name) => name === 'i' || name === 'j' });
  const read = namesIn(e);
  if (drawsIn(e) || ![...read].every((name) => name === 'i' || name === 'j')) return false;
  const sizeOf = (end: Projection['from']): number => populations[populationOf(end.of) ?? '']?.size ?? Infinity;
  const [sources, targets] = [read.has('i') ? sizeOf(from) : 1, read.has('j') ? sizeOf(to) : 1];
  if (sources * targets > mostComputed) return true;
  for (let k = 0; k < sources * targets; k++) {
    const seconds = valueAt(e, (name) => (name === 'i' ? Math.floor(k / targets) : k % targets));
    if (delayInSteps(seconds, dt, 'grid') !== delayInSteps(seconds, dt, timing)) return true;
  }
  return false;
}
