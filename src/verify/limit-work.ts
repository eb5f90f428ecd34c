/** The work of a verdict on two models, estimated before its runs. */

import { operationsPerStep } from '../ir/operations.js';
import { lengthOf } from '../model/arrays.js';
import type { ValidModel } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { areInFile } from '../model/tagged.js';
import { buildProgram } from '../pipeline/build-program.js';
import type { SpikesByPopulation } from './compare-spikes.js';

/** Usual work of a verdict, and seconds that it takes on a usual processor. */
export const [usualWork, usualSeconds] = [3e10, 10];

/** Returns the work of a time in s. It makes every machine stop at the same step. */
export const workIn = (seconds: number = usualSeconds): number => (usualWork * seconds) / usualSeconds;

/**
 * Operations of each cell, estimated before there is a program; of synapses and steps, of spikes, and of compiling a
 * population or projection.
 */
export const operations = { cell: 100, step: 2e4, synapse: 100, arrival: 50, listed: 1e4, part: 6e6 } as const;

/**
 * Halvings of the step before a verdict within the budget if all was compared at states, and usually; before a verdict
 * by a few units; and the most of them in the usual work.
 */
export const halvings = { ofStates: 3, least: 4, few: 6, most: 8 } as const;

/** Returns the number of cells and compartments. */
export const cellsOf = ({ model }: ValidModel): number =>
  Object.values(model.populations).reduce((sum, { type = '', size }) => {
    const sections = Object.values(model.neurons[type]?.compartments?.sections ?? {});
    const parts = sections.reduce((all, { divisions }) => all + divisions, 0);
    return sum + size * Math.max(1, parts);
  }, 0);

/** Returns the number of cells, compartments and synapses with equations, times the steps of a run. */
export const workOf = (valid: ValidModel, seconds: number): number =>
  ((cellsOf(valid) + steppedSynapses(valid)) * seconds) / valid.model.experiment.dt;

/** Returns the number of listed synapses that are computed in each step. */
const steppedSynapses = ({ model }: Pick<ValidModel, 'model'>): number =>
  Object.values(model.projections).reduce((sum, { synapse, connect: [rule] }) => {
    const { derivatives = {}, contributes = {} } = model.synapses[synapse] ?? {};
    const isStepped =
      Object.keys(contributes).length > 0 || Object.values(derivatives).some(({ eventDriven }) => !eventDriven);
    return sum + (isStepped && rule?.rule === 'list' ? lengthOf(rule.sources) : 0);
  }, 0);

/** Returns the number of populations and projections that are compiled. */
export const partsOf = ({ model: { populations, projections } }: ValidModel): number =>
  Object.keys(populations).length + Object.keys(projections).length;

/** Returns the number of spikes that a model lists. */
export const listedIn = ({ model }: ValidModel): number =>
  Object.values(model.populations).reduce(
    (sum, { spikes }) => sum + (spikes && !areInFile(spikes) ? lengthOf(spikes.times) : 0),
    0,
  );

/** Returns the operations of a step of a model; a program does not state those of synapses with equations. */
export const operationsOf = (valid: ValidModel): number =>
  operations.step +
  operationsPerStep(buildProgram(valid, { precision: 'float64' })) +
  operations.synapse * steppedSynapses(valid);

/** Returns the number of spikes that arrive at synapses in a run, by the mean number of spikes of a source. */
export function arrivals({ model }: ValidModel, spikes: SpikesByPopulation): number {
  const mean = (trains: readonly (readonly number[])[]): number =>
    trains.reduce((sum, { length }) => sum + length, 0) / Math.max(1, trains.length);
  return Object.values(model.projections).reduce((sum, { from, connect: [rule] }) => {
    const { size = 1, spikes: listed } = model.populations[populationOf(from.of) ?? ''] ?? {};
    const count = rule?.rule === 'list' ? lengthOf(rule.sources) : 0;
    const own =
      listed && !areInFile(listed)
        ? lengthOf(listed.times) / size
        : mean(spikes.get(populationOf(from.of) ?? '') ?? []);
    return sum + count * own;
  }, 0);
}
