/** How many spikes of a cell may be on their way at a time. */

import { foldConstants } from '../../../src/lang/fold.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { delayInSteps, refractoryInSteps } from '../../../src/model/steps.js';
import { mostWithin } from '../../../src/model/spikes-within.js';
import { populationsOf } from '../../../src/model/selected.js';
import type { Model, NeuronType, Population, SelectionRule, Value } from '../../../src/model/model.js';
import { areInFile, isGiven, isPhase } from '../../../src/model/tagged.js';
import type { ExportContext } from './context.js';
import { shortestDelay } from './delays.js';
import { mostOfSource } from './several-spikes.js';
import type { Numbers } from './values.js';

type TransitContext = Parameters<typeof mostOfSource>[2];

/** The longest of some delays, in s. */
export const longest = (delays: Numbers): number =>
  typeof delays === 'number' ? delays : delays.reduce((most, one) => Math.max(most, one), 0);

/** The longest of the delays that a value says, in s; undefined where they are drawn or computed. */
export function longestIn(value: Value | undefined, { data }: Pick<ExportContext, 'data'>): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'object' && isGiven(value) ? longest([...numbersOf(value.array, data)]) : undefined;
}

/**
 * The most spikes of one of some cells that may be on their way at a time: those of given trains are counted, other cells
 * spike once a step at most, and Poisson sources hardly ever more often than their turns tell.
 *
 * @param delay  in s
 */
export function mostInTransit(of: SelectionRule, delay: number, context: TransitContext): number {
  const { model, data, dt } = context;
  const steps = delayInSteps(delay, dt, model.timing);
  const replays = model.experiment.protocol.some((phase) => isPhase(phase, 'replay'));
  const counts = populationsOf(of).map((name) => {
    const spikes = model.populations[name]?.spikes;
    if (spikes === undefined || areInFile(spikes) || spikes.period !== undefined || replays)
      return mostOfSource(name, steps, context) ?? steps;
    return mostWithin(spikes, (steps + 0.5) * dt, { data, dt });
  });
  return Math.max(0, ...counts);
}

/**
 * Like `mostInTransit`, for what is put under way before that of just as long ago has arrived: cells do not spike while
 * they are refractory.
 */
export function mostAtATime(of: SelectionRule, delay: number, context: TransitContext): number {
  const { model, data, dt } = context;
  const steps = delayInSteps(delay, dt, model.timing);
  const replays = model.experiment.protocol.some((phase) => isPhase(phase, 'replay'));
  const counts = populationsOf(of).map((name) => {
    const population = model.populations[name];
    const spikes = population?.spikes;
    if (spikes !== undefined && !areInFile(spikes) && !replays)
      return mostWithin(spikes, (steps + 0.5) * dt, { data, dt });
    return mostOfSource(name, steps + 1, context) ?? 1 + Math.floor(steps / leastInterval(population, context));
  });
  return Math.max(0, ...counts);
}

/** The least number of steps between two spikes of an element. */
function leastInterval(
  population: Population | undefined,
  { model, data, dt }: Pick<ExportContext, 'model' | 'data' | 'dt'>,
): number {
  const type = model.neurons[population?.type ?? ''];
  const { refractory } = type?.events['spike'] ?? {};
  if (!type || !refractory?.suppress || refractory.for === undefined || Object.keys(type.regimes).length > 0) return 1;
  const duration = foldConstants(parseExpression(refractory.for), undefined, (name) => name in type.parameters);
  const seconds =
    duration.kind === 'quantity'
      ? duration.value
      : duration.kind === 'name'
        ? shortestOf(duration.name, type, population, model, data)
        : undefined;
  if (seconds === undefined) return 1;
  return Math.max(1, refractoryInSteps(seconds, dt, refractory.rounding));
}

/** The least value of a parameter in a population; undefined where it is computed, or code may change it. */
function shortestOf(
  parameter: string,
  type: NeuronType,
  population: Population | undefined,
  { operations, experiment }: Model,
  data: ExportContext['data'],
): number | undefined {
  const changes = [
    ...[...Object.values(operations), ...Object.values(type.events)].flatMap((one) => one.do.map(String)),
    ...experiment.protocol.map((phase) => JSON.stringify(phase)),
  ];
  if (changes.some((text) => new RegExp(`\\b${parameter}\\b`).test(text))) return undefined;
  const value = population?.values[parameter] ?? type.parameters[parameter]?.value;
  return value === undefined ? undefined : shortestDelay(value, data);
}
