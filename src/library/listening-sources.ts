/**
 * Sources of given spikes with synapses on them, as for plasticity between given trains. They become cells that fire at these
 * times, for notations with sources of spikes that cannot have synapses.
 */

import { numbersOf } from '../model/arrays.js';
import { freeName } from '../model/free-name.js';
import type { DataStore, NeuronType, Population, SpikeTrain, ValidModel } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { areInFile, endOf, isPhase } from '../model/tagged.js';
import { timingProperties } from '../model/timing-properties.js';
import { beforeStep } from './gather/step-times.js';

/** Longer trains would be conditions that nobody reads, and that take longer to test than all else. */
const mostSpikes = 2000;

/**
 * Returns a model with cells in place of sources of given spikes with synapses on them. Returns the same model if there are no
 * such sources.
 */
export function withListeningSources(valid: ValidModel): ValidModel {
  const { model, data } = valid;
  const { dt, protocol } = model.experiment;
  if (timingProperties[model.timing].label !== 'beginning') return valid;
  const targets = new Set(Object.values(model.projections).map(({ to }) => populationOf(to.of)));
  const changed = new Set(protocol.flatMap((phase) => (isPhase(phase, 'replay') ? Object.keys(phase.replay) : [])));
  const length = endOf(protocol);
  const [neurons, populations] = [{ ...model.neurons }, { ...model.populations }];
  for (const [name, population] of Object.entries(model.populations)) {
    const { spikes, ...rest } = population;
    if (!spikes || areInFile(spikes) || !targets.has(name) || changed.has(name)) continue;
    const when = firing(stepsOf(spikes, population, dt, length, data), dt);
    if (when === undefined) continue;
    const type = freeName(name, (taken) => Object.hasOwn(neurons, taken));
    neurons[type] = cellThatFires(when);
    populations[name] = { ...rest, type };
  }
  return { data, model: { ...model, neurons, populations } };
}

/** Returns the steps in which each element fires. */
function stepsOf(
  { indices, times, period }: SpikeTrain,
  { size }: Population,
  dt: number,
  length: number,
  data: DataStore,
): readonly ReadonlySet<number>[] {
  const steps = Array.from({ length: size }, () => new Set<number>());
  const [elements, moments] = [numbersOf(indices, data), numbersOf(times, data)];
  const repeats = period === undefined ? 1 : Math.ceil(length / period);
  for (let again = 0; again < repeats; again++)
    moments.forEach((time, k) =>
      // As a generator of Brian's finds the step of a time.
      steps[elements[k] ?? 0]?.add(Math.trunc((time + again * (period ?? 0) + 1e-3 * dt) / dt)),
    );
  return steps;
}

/** Returns the firing of elements as a condition of `t` and `i`; undefined if they fire too often. */
function firing(steps: readonly ReadonlySet<number>[], dt: number): string | undefined {
  if (steps.reduce((sum, { size }) => sum + size, 0) > mostSpikes) return undefined;
  const time = (step: number): string => beforeStep(Number((step * dt).toPrecision(12)));
  const inSteps = (own: ReadonlySet<number>): string =>
    [...own]
      .sort((a, b) => a - b)
      .map((step) => `t > ${time(step)} and t < ${time(step + 1)}`)
      .join(' or ');
  if (steps.length === 1) return inSteps(steps[0] ?? new Set()) || 'False';
  const elements = steps.flatMap((own, i) => (own.size === 0 ? [] : [`i == ${i} and (${inSteps(own)})`]));
  return elements.join(' or ') || 'False';
}

const cellThatFires = (when: string): NeuronType => ({
  parameters: {},
  state: {},
  derived: {},
  derivatives: {},
  noise: [],
  method: 'auto',
  inputs: {},
  events: { spike: { when, edge: 'level', do: [], order: 0 } },
  regimes: {},
});
