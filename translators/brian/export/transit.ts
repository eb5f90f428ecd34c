/** How many of the values that a synapse sends may be on their way at a time, and a queue for them. */

import { NoNumber } from '../../../src/lang/evaluate.js';
import { freeName } from '../../../src/model/free-name.js';
import { knownNumbers } from '../../../src/model/arrays.js';
import { spikesEnough, type Limit } from '../../../src/library/poisson-counts.js';
import { plain, valueAt } from '../../../src/library/recognise/numbers.js';
import type { NeuronType, Population, SelectionRule, SpikeTrain, SynapseType } from '../../../src/model/model.js';
import { populationsOf } from '../../../src/model/selected.js';
import { mostWithin } from '../../../src/model/spikes-within.js';
import { refractoryInSteps } from '../../../src/model/steps.js';
import { areInFile, isPhase } from '../../../src/model/tagged.js';
import type { IdiomContext } from './idiom-context.js';
import { mostPlaces } from './several-spikes.js';

/**
 * The most spikes of one of some cells within so many steps; undefined where there are too many to have a place each.
 *
 * @param steps  the step of the last spike is one of them
 */
export function mostInTransit(of: SelectionRule, steps: number, context: IdiomContext): Limit | undefined {
  const limits = populationsOf(of).map((name) => mostOf(name, steps, context));
  const found = limits.flatMap((one) => one ?? []);
  if (found.length < limits.length || found.length === 0) return undefined;
  return {
    most: Math.max(...found.map(({ most }) => most)),
    isCertain: found.every(({ isCertain }) => isCertain),
  };
}

function mostOf(
  name: string,
  steps: number,
  { model, drawn, data, severalSpikes, changed }: IdiomContext,
): Limit | undefined {
  const certainly = (most: number | undefined): Limit | undefined =>
    most === undefined || most > mostPlaces ? undefined : { most, isCertain: true };
  const counted = severalSpikes.get(name);
  if (counted?.drawn !== undefined) return spikesEnough(counted.drawn.mean * steps, counted.drawn.draws, mostPlaces);
  // Sources that Brian cannot draw are trains there.
  const population = [model, drawn].map((one) => one?.populations[name]).find((one) => one?.spikes !== undefined);
  const { dt, protocol } = model.experiment;
  const replays = [...protocol, ...(drawn?.experiment.protocol ?? [])].flatMap((phase) =>
    isPhase(phase, 'replay') ? (phase.replay[name] ?? []) : [],
  );
  if (population?.spikes !== undefined) {
    const { spikes } = population;
    if (areInFile(spikes)) return certainly(steps);
    const trains: readonly Pick<SpikeTrain, 'indices' | 'times' | 'period'>[] = [spikes, ...replays];
    if (trains.some((one) => [one.indices, one.times].some((array) => knownNumbers(array, data) === undefined)))
      return certainly(steps);
    // Spikes of one train may still be on their way when the next begins; of those in one step Brian has one unless they
    // are counted.
    const all = trains.reduce((sum, one) => sum + mostWithin(one, (steps - 0.5) * dt, { data, dt }), 0);
    return certainly(Math.max(1, counted === undefined ? Math.min(all, steps) : all));
  }
  const own = model.populations[name];
  const type = model.neurons[own?.type ?? ''];
  const apart = own && type ? leastApart(own, type, dt, (one) => changed.has(`${name}.${one}`)) : 1;
  return certainly(Math.floor((steps - 1) / apart) + 1);
}

/** The least number of steps from one spike of a cell to the next. */
function leastApart(
  { values }: Population,
  type: NeuronType,
  dt: number,
  isChanged: (name: string) => boolean,
): number {
  const spike = type.events['spike'];
  const { for: period, suppress, rounding } = spike?.refractory ?? {};
  if (period === undefined || suppress !== true) return 1;
  try {
    const seconds = valueAt(plain(period, { has: (one) => Object.hasOwn(type.parameters, one) }), (one) => {
      const value = values[one] ?? type.parameters[one]?.value;
      if (typeof value !== 'number' || isChanged(one)) throw new RangeError(one);
      return value;
    });
    return refractoryInSteps(seconds, dt, rounding) + 1;
  } catch (error) {
    if (error instanceof RangeError || error instanceof NoNumber) return 1;
    throw error;
  }
}

/** What keeps values until they arrive: state, statements that put one more on its way, and those of its arrival. */
export interface Kept {
  readonly state: SynapseType['state'];
  readonly put: readonly string[];
  readonly arrive: readonly string[];
}

/**
 * Places for values on their way, the latest in the first: the one that arrives is the earliest.
 *
 * @param value    what is sent
 * @param arrival  the statement of an arrival, of the expression for what arrives
 */
export function keptUntilArrival(
  value: string,
  unit: string,
  places: number,
  arrival: (arriving: string) => string,
  isTaken: (name: string) => boolean,
): Kept {
  const names: string[] = [];
  const claim = (name: string): string => freeName(name, (one) => isTaken(one) || names.includes(one));
  for (let k = 1; k <= places; k++) names.push(claim(k === 1 ? 'sent' : `sent_${k}`));
  const state: Record<string, SynapseType['state'][string]> = Object.fromEntries(
    names.map((name) => [name, { unit, type: 'real', initial: 0, shared: false } as const]),
  );
  const [latest = ''] = names;
  if (places === 1) return { state, put: [`${latest} = ${value}`], arrive: [arrival(latest)] };
  const count = claim('in_transit');
  state[count] = { unit: '1', type: 'integer', initial: 0, shared: false };
  const moved = names
    .slice(1)
    .map((name, k) => `${name} = ${names[k] ?? ''}`)
    .reverse();
  const earliest = names.map((name, k) => `${name}*int(${count} == ${k + 1})`).join(' + ');
  return {
    state,
    put: [...moved, `${latest} = ${value}`, `${count} += 1`],
    arrive: [arrival(earliest), `${count} -= 1`],
  };
}
