/** First values that differ from cell to cell, for populations in NeuroML with one value for all cells. */

import { NoNumber, type Functions } from '../../../src/lang/evaluate.js';
import type { DataStore, Model, NeuronType, Population } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';
import { isStructured } from './cells/network.js';
import type { ExportContext } from './context.js';
import { Dimensions, lemsDimension } from './text/dimensions.js';
import { cellNames } from './network-values.js';
import { quantityText } from './text/quantity-text.js';
import { ElementValues } from './values.js';

/**
 * Returns the model with one first value of each variable in each population: the one that most cells have, else the
 * mean. Each is reported as approximated, at the place of the values (`/populations/exc/values/v`).
 *
 * Cells with compartments, and values that are known only in a run, stay as they are.
 */
export function withOneStart(given: Pick<ExportContext, 'model' | 'data' | 'functions' | 'report'>): Model {
  const { model } = given;
  const populations = Object.entries(model.populations).map(([name, population]) => {
    const type = model.neurons[population.type ?? ''];
    if (!type || isStructured(type)) return [name, population] as const;
    const found = startsOf(population, type, model.experiment.dt, given);
    for (const [variable, { one, lowest, highest, isMean }] of found) {
      const text = textIn(type, variable);
      given.report.approximated(
        'lems/one-start',
        child(child(child('/populations', name), 'values'), variable),
        `a population of NeuroML has one first value of ${variable}: ${population.size.toLocaleString('en')} values from ` +
          `${text(lowest)} to ${text(highest)} are written as ` +
          `${isMean ? 'their mean' : 'the one that most cells have'}, ${text(one)}`,
      );
    }
    const starts = Object.fromEntries([...found].map(([variable, { one }]) => [variable, one]));
    return [name, { ...population, values: { ...population.values, ...starts } }] as const;
  });
  return { ...model, populations: Object.fromEntries(populations) };
}

interface Start {
  readonly one: number;
  readonly lowest: number;
  readonly highest: number;
  readonly isMean: boolean;
}

/** Returns variables with first values that differ within a population. */
function startsOf(
  { values: given, size }: Population,
  type: NeuronType,
  dt: number,
  context: { readonly data: DataStore; readonly functions: Functions },
): ReadonlyMap<string, Start> {
  const found = new Map<string, Start>();
  const elements = new ElementValues(type, given, size, context, cellNames(size, dt));
  for (const variable of Object.keys(type.state)) {
    try {
      const values = elements.of(variable);
      if (typeof values !== 'number') found.set(variable, oneOf(values));
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
    }
  }
  return found;
}

/** Returns one value for all: the value of more than half of the cells, else the mean to four digits. */
function oneOf(values: readonly number[]): Start {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const lowest = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most && most[1] > values.length / 2) return { one: most[0], lowest, highest, isMean: false };
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  // Rounding may not lead out of the range.
  const one = Math.min(highest, Math.max(lowest, Number(mean.toPrecision(4))));
  return { one, lowest, highest, isMean: true };
}

/** Returns values of a variable to four digits, in a unit that suits them. */
const textIn =
  (type: NeuronType, variable: string) =>
  (value: number): string =>
    quantityText(Number(value.toPrecision(4)), lemsDimension(type.state[variable]?.unit ?? '1'), new Dimensions());
