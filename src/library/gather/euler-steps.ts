/** Steps that are short enough for forward Euler. */

import { NoNumber } from '../../lang/evaluate.js';
import { linearRate } from '../../lang/linear.js';
import type { DataStore, NeuronType, Population, ValidModel } from '../../model/model.js';
import { mapped } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import { knownNumbers } from '../../model/arrays.js';
import { isGiven } from '../../model/tagged.js';
import { hasExponentials, inFineSteps, stepForGates } from './fine-steps.js';
import { isForwardEuler, ratesOf } from './integration.js';
import { plain, valueAt } from '../recognise/numbers.js';
import { environmentOf, withNumbers } from '../recognise/values.js';

/** Steps longer than this part of a time constant are cut, to a tenth of it: forward Euler would all but jump. */
const coarse = 0.5;

/**
 * The model in shorter steps, where forward Euler would not follow its cells in its own: those with exponentials of the
 * potential, and those that decay within a step or two. Undefined where its steps are short enough, or where it has
 * forward Euler's results itself.
 */
export function stepsForEuler(
  valid: ValidModel,
): { readonly valid: ValidModel; readonly step: number; readonly why: string } | undefined {
  const { populations, timing, experiment } = valid.model;
  const why = new Set<string>();
  const fine = inFineSteps(valid, (type, name) => {
    if (isForwardEuler(type, timing)) return undefined;
    if (hasExponentials(type)) {
      why.add('follows exponentials of the potential in short steps alone');
      return stepForGates;
    }
    const decays = Object.values(populations).flatMap((one) =>
      one.type === name ? (fastestDecay(type, one, valid.data) ?? []) : [],
    );
    const [fastest] = decays.sort((a, b) => a.time - b.time);
    if (fastest === undefined || experiment.dt <= coarse * fastest.time) return undefined;
    const time = `${Number((fastest.time * 1e3).toPrecision(3))} ms`;
    why.add(`would cross the time constant of ${fastest.variable} in ${name} (${time}) in a step or two`);
    return fastest.time / 10;
  });
  return fine && { ...fine, why: [...why].join(', and ') };
}

/** Of larger populations, only so many cells are looked at. */
const mostCells = 1000;

/** A variable with its time constant, in s. */
interface Decay {
  readonly variable: string;
  readonly time: number;
}

/**
 * The variable of a population that decays fastest at the start of a run, among those whose rate is linear in
 * themselves with a coefficient that is a number then; undefined where there is none.
 */
function fastestDecay(type: NeuronType, population: Population, data: DataStore): Decay | undefined {
  const { parameters, state } = type;
  const defaults = {
    ...mapped(parameters, ({ value }) => value),
    ...mapped(state, ({ initial }) => initial),
  };
  const { numbers, varying } = environmentOf({ ...defaults, ...population.values }, data);
  const clocked = Object.entries(type.derivatives).filter(([, { eventDriven }]) => !eventDriven);
  const rates = ratesOf({ ...type, derivatives: Object.fromEntries(clocked) });
  const decays = clocked.flatMap(([variable], k): readonly Decay[] => {
    const rate = rates[k];
    const coefficient = rate && linearRate(rate, [variable])?.coefficients.get(variable);
    if (!coefficient) return [];
    const e = withNumbers(plain(coefficient, ownNames(type)), numbers);
    const ofCell = (cell: number): number =>
      valueAt(e, (name) => {
        const value = varying.get(name);
        if (typeof value === 'string')
          return valueAt(plain(value, new Set(['i'])), (one) => (one === 'i' ? cell : NaN));
        const list = typeof value === 'object' && isGiven(value) ? knownNumbers(value.array, data) : undefined;
        return list?.[cell] ?? NaN;
      });
    try {
      const cells = varying.size === 0 ? 1 : Math.min(population.size, mostCells);
      const each = Array.from({ length: cells }, (_, cell) => -1 / ofCell(cell)).filter((time) => time > 0);
      return each.length === 0 ? [] : [{ variable, time: Math.min(...each) }];
    } catch (error) {
      if (error instanceof NoNumber) return [];
      throw error;
    }
  });
  return decays.sort((a, b) => a.time - b.time)[0];
}
