/** One value for all cells of a population, or all synapses of a projection, where NeuroML has one component for all. */

import type { ConversionReport } from '../../../src/model/conversion-report.js';
import type { EquationSet } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { Dimensions, lemsDimension } from './text/dimensions.js';
import { quantityText } from './text/quantity-text.js';
import type { Numbers } from './values.js';

/**
 * Returns values with one number for each of the keys: the one that most elements have, else the mean. Each is
 * reported as approximated, at the place of the values (`/populations/exc/values/v`).
 *
 * @param pointer  to the population or projection
 * @param what     `a population` or `a projection`
 * @param values   in SI, by parameter or state variable
 */
export function withOneValue(
  pointer: string,
  what: string,
  type: Pick<EquationSet, 'state' | 'parameters'>,
  values: ReadonlyMap<string, Numbers>,
  isOne: (key: string) => boolean,
  report: ConversionReport,
): ReadonlyMap<string, Numbers> {
  return new Map(
    [...values].map(([key, numbers]) => {
      if (typeof numbers === 'number' || !isOne(key)) return [key, numbers] as const;
      const { one, lowest, highest, isMean } = commonValue(numbers);
      const declared = type.state[key] ?? type.parameters[key];
      if (!declared) {
        const use = key === 'i' ? 'the index of a cell' : 'code for some cells of a population';
        report.missing(pointer, `${use}, since cells of NeuroML are alike in a population`);
        return [key, one] as const;
      }
      const text = (value: number): string =>
        quantityText(Number(value.toPrecision(4)), lemsDimension(declared.unit), new Dimensions());
      report.approximated(
        'lems/one-value',
        child(child(pointer, 'values'), key),
        `${what} of NeuroML has one value of ${key}: ${numbers.length.toLocaleString('en')} values from ` +
          `${text(lowest)} to ${text(highest)} are written as ` +
          `${isMean ? 'their mean' : 'the one that most have'}, ${text(one)}`,
      );
      return [key, one] as const;
    }),
  );
}

interface CommonValue {
  readonly one: number;
  readonly lowest: number;
  readonly highest: number;
  readonly isMean: boolean;
}

/** Returns one value for all: the value of more than half of the cells, else the mean to four digits. */
function commonValue(values: readonly number[]): CommonValue {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const lowest = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most && (most[1] > values.length / 2 || counts.size === 1))
    return { one: most[0], lowest, highest, isMean: false };
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  // Rounding may not lead out of the range.
  const one = Math.min(highest, Math.max(lowest, Number(mean.toPrecision(4))));
  return { one, lowest, highest, isMean: true };
}
