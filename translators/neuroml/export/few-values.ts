/** Sets of values of a population's cells or a projection's synapses: NeuroML has a component for each set. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { EquationSet } from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { Dimensions, lemsDimension } from './text/dimensions.js';
import { quantityText } from './text/quantity-text.js';
import { numberAt, type Numbers } from '../../../src/library/element-values.js';

/** The most components of one population or projection. */
export const mostSets = 32;

/** Returns the variable of a key: `v` also for `low of v`, a number of the distribution of its first values. */
export const variableOf = (key: string): string => key.replace(/^\w+ of /, '');

/** Returns the elements of each set of equal values, in the order of their first elements. */
export function elementsBySet(
  size: number,
  keys: readonly string[],
  values: ReadonlyMap<string, Numbers>,
): readonly (readonly number[])[] {
  const differing = keys.filter((key) => typeof (values.get(key) ?? 0) !== 'number');
  const sets = new Map<string, number[]>();
  for (let k = 0; k < size; k++) {
    const key = differing.map((name) => numberAt(values.get(name), k)).join(' ');
    const known = sets.get(key);
    if (known) known.push(k);
    else sets.set(key, [k]);
  }
  return [...sets.values()];
}

/**
 * Returns values that form few sets. The values of a key that leads to more sets become one value. It is reported at
 * their place (`/populations/exc/values/v`) as left out.
 *
 * @param pointer  to the population or projection
 * @param what     `a population` or `a projection`
 * @param values   in SI, by parameter or state variable
 * @param isGiven  whether components give the value of a key
 */
export function withFewSets(
  pointer: string,
  what: string,
  size: number,
  type: Pick<EquationSet, 'state' | 'parameters'>,
  values: ReadonlyMap<string, Numbers>,
  isGiven: (key: string) => boolean,
  report: ConversionReport,
): ReadonlyMap<string, Numbers> {
  const few = new Map(values);
  const differing = [...values].flatMap(([key, numbers]) =>
    typeof numbers === 'number' || !isGiven(key) ? [] : [{ key, numbers, count: new Set(numbers).size }],
  );
  const kept: string[] = [];
  for (const { key, numbers, count } of differing.sort((a, b) => a.count - b.count)) {
    if (count <= mostSets && elementsBySet(size, [...kept, key], values).length <= mostSets) {
      kept.push(key);
      continue;
    }
    few.set(key, numbers[0] ?? 0);
    const own = variableOf(key);
    const declared = type.state[own] ?? type.parameters[own];
    if (!declared) {
      const use = key === 'i' ? 'the index of a cell' : 'code for some cells of a population';
      report.missing(pointer, `${use}, since cells of NeuroML are alike in a population`);
      continue;
    }
    const text = (value: number): string =>
      quantityText(Number(value.toPrecision(4)), lemsDimension(declared.unit), new Dimensions());
    const [lowest, highest] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
    report.missing(
      child(child(pointer, 'values'), own),
      `${count.toLocaleString('en')} values of ${own} from ${text(lowest)} to ${text(highest)}, as ${what} of NeuroML has at most ${mostSets} sets of values`,
    );
  }
  return few;
}
