/** Given spikes of two models, at all times of their protocols. */

import { numbersOf } from '../../model/arrays.js';
import { areInFile } from '../../model/tagged.js';
import type { ValidModel } from '../../model/model.js';
import { isAtOneStep, type CellPair, type StateComparison, type StateDifference } from './cell-pair.js';

/** Returns the given spikes of each element of a population until a time in s; undefined if it has others. */
function givenTrains(
  { model, data }: ValidModel,
  name: string,
  until: number,
): readonly (readonly number[])[] | undefined {
  const { type, spikes, size = 0 } = model.populations[name] ?? {};
  if (type !== undefined || spikes === undefined || areInFile(spikes)) return undefined;
  const trains: number[][] = Array.from({ length: size }, () => []);
  const times = numbersOf(spikes.times, data);
  numbersOf(spikes.indices, data).forEach((element, k) => times[k]! < until && trains[element]?.push(times[k]!));
  return trains.map((train) => train.sort((a, b) => a - b));
}

/** Compares the times of given spikes. Returns the populations of the source with given spikes in both models, too. */
export function comparedTrains(
  source: ValidModel,
  target: ValidModel,
  cells: readonly CellPair[],
  untilOf: (population: string) => number,
): Pick<StateComparison, 'differences' | 'close'> & { readonly given: ReadonlySet<string> } {
  const { dt } = source.model.experiment;
  const trains = new Map<string, ReturnType<typeof givenTrains>>();
  const trainsOf = (valid: ValidModel, name: string, seconds: number): ReturnType<typeof givenTrains> => {
    const key = `${valid === source ? 'source' : 'target'} ${name}`;
    const known = trains.get(key) ?? givenTrains(valid, name, seconds - dt);
    trains.set(key, known);
    return known;
  };
  const differences: StateDifference[] = [];
  let close: StateComparison['close'];
  const [found, given] = [new Set<string>(), new Set<string>()];
  for (const { population, cell, there, element } of cells) {
    const [own, other] = [
      trainsOf(source, population, untilOf(population))?.[cell],
      trainsOf(target, there, untilOf(population))?.[element],
    ];
    if (!own || !other) continue;
    given.add(population);
    if (found.has(population)) continue;
    const add = (quantity: string, values: StateDifference['values'], unit: string): void => {
      found.add(population);
      differences.push({ population, cell, quantity, values, unit });
    };
    if (own.length !== other.length) add('number of spikes', [own.length, other.length], '1');
    else
      for (const [k, time] of own.entries()) {
        const values = [time, other[k]!] as const;
        if (Math.abs(values[1] - time) > dt * 0.51) {
          add(`spike ${k}`, values, 's');
          break;
        }
        if (isAtOneStep(source, target) && Math.abs(values[1] - time) > dt * 1e-6)
          close ??= { what: 'times of spikes', values };
      }
  }
  return { differences, given, ...(close ? { close } : {}) };
}
