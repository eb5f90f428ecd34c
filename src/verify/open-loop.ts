/**
 * Opens the loop of a network: the spikes of one run become listed inputs of its projections, so that no difference is
 * fed back and amplified.
 */

import { entryOf } from '../diagnostics/entry.js';
import type { Reference } from '../lang/ast.js';
import { referencesIn, writtenBy } from '../lang/walk.js';
import { freeze } from '../convert/freeze.js';
import { numbersOf } from '../model/arrays.js';
import type { Became } from '../model/rewriting/became.js';
import { freeName } from '../model/free-name.js';
import { drawnParts } from '../model/drawn-parts.js';
import type { Phase, SpikeTrain, ValidModel, Value } from '../model/model.js';
import { populationsOf } from '../model/selected.js';
import { areInFile, isGiven, isPhase, timeAfter } from '../model/tagged.js';
import { remainingDraws } from '../model/remaining-draws.js';
import { expressionsIn, ownersOf } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import type { Target } from '../../runtime/targets/target.js';
import type { SpikesByPopulation } from './compare-spikes.js';

/** Returns populations with projections that transmit more than their recorded spikes. */
export function coupledContinuously(
  { model: written }: ValidModel,
  events: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const model = typedModel(written);
  const found = new Set<string>();
  for (const { synapse, from } of Object.values(model.projections)) {
    const { parameters: _, state: __, ...type } = entryOf(new Map(Object.entries(model.synapses)), synapse);
    const pathways = Object.values(type.pathways);
    const isOfSource = (reference: Reference): boolean => reference.kind === 'end' && reference.end === 'pre';
    const isCoupled =
      expressionsIn(type).flatMap(referencesIn).some(isOfSource) ||
      [...type.contributes, ...type.summed].some(({ to }) => isOfSource(to)) ||
      [...writtenBy(pathways.flatMap(({ do: actions }) => actions))].some((target) => target.startsWith('pre.'));
    for (const population of ownersOf(from.of)) {
      const hearsOther = pathways.some(({ on: { end, event } }) => {
        const name = event === 'spike' ? (from.event ?? 'spike') : event;
        return end === 'pre' && name !== events.get(population);
      });
      if (isCoupled || hearsOther) found.add(population);
    }
  }
  return found;
}

/**
 * Returns a model whose projections receive listed spikes in place of those of its populations.
 *
 * @param spikes  of the populations to replace
 */
export function openLoop({ model, data }: ValidModel, spikes: ReadonlyMap<string, SpikeTrain>): ValidModel {
  const populations = { ...model.populations };
  const sources = new Map<string, string>();
  const sourceOf = (population: string): string => {
    const train = spikes.get(population);
    const known = sources.get(population);
    if (train === undefined || known !== undefined) return known ?? population;
    const { size = 0, positions, order = 0 } = model.populations[population] ?? {};
    const name = freeName(`${population}_given`, (taken) => Object.hasOwn(populations, taken));
    populations[name] = { size, values: {}, spikes: train, order, ...(positions ? { positions } : {}) };
    sources.set(population, name);
    return name;
  };
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([name, projection]) => {
      const [population, ...more] = populationsOf(projection.from.of);
      const { event: _, ...from } = projection.from;
      if (population === undefined || more.length > 0 || !spikes.has(population)) return [name, projection];
      return [name, { ...projection, from: { ...from, of: { ...from.of, population: sourceOf(population) } } }];
    }),
  );
  return { model: { ...model, populations, projections }, data };
}

/** Returns spikes of cells as a list. @param elements  cell of each element */
export function listedSpikes(trains: readonly (readonly number[])[], elements?: readonly number[]): SpikeTrain {
  const cells = elements ?? trains.map((_, cell) => cell);
  const all = cells
    .flatMap((cell, element) => (trains[cell] ?? []).map((time) => [Number(time.toPrecision(12)), element] as const))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { times: all.map(([time]) => time), indices: all.map(([, element]) => element) };
}

/** Returns a model whose projections receive the spikes of a run. @param there  its populations in the run */
export function openedBy(valid: ValidModel, trains: SpikesByPopulation, there: PartsThere): ValidModel {
  const given = [...there].flatMap(([name, { population, cells }]) => {
    const own = trains.get(population);
    return own === undefined ? [] : [[name, listedSpikes(own, cells)] as const];
  });
  return openLoop(valid, new Map(given));
}

/** Returns a model with its draws made and its connections listed. */
export const listed = async (valid: ValidModel, target: Target): ReturnType<typeof freeze> => {
  const { model } = valid;
  const draws = drawnParts(model, { seeded: true }).length + remainingDraws(typedModel(model)).length;
  const isListed = Object.values(model.projections).every(
    ({ connect: [rule, ...more] }) => rule?.rule === 'list' && more.length === 0,
  );
  return draws === 0 && isListed ? { valid, remaining: [] } : freeze(valid, target);
};

/**
 * Returns a model with its draws made. Drawn spikes of a cell in one step are moved to the next one, and drawn
 * delays are whole steps, since not all notations list others.
 */
export async function drawnOnce(valid: ValidModel, target: Target): ReturnType<typeof freeze> {
  const { valid: frozen, remaining } = await listed(valid, target);
  const { model, data } = frozen;
  const { dt } = model.experiment;
  const populations = Object.fromEntries(
    Object.entries(model.populations).map(([name, population]) => {
      const { spikes } = population;
      if (spikes === undefined || areInFile(spikes) || valid.model.populations[name]?.spikes) return [name, population];
      const trains: number[][] = Array.from({ length: population.size }, () => []);
      const indices = numbersOf(spikes.indices, data);
      numbersOf(spikes.times, data).forEach((time, k) => {
        const train = trains[indices[k] ?? 0]!;
        train.push(Math.max(time, (train.at(-1) ?? -dt) + dt));
      });
      return [name, { ...population, spikes: { ...spikes, ...listedSpikes(trains) } }];
    }),
  );
  const onGrid = (delay: Value): Value =>
    isGiven(delay)
      ? {
          ...delay,
          array: numbersOf(delay.array, data).map((seconds) => Number((Math.round(seconds / dt) * dt).toPrecision(12))),
        }
      : delay;
  const drawn = new Set(
    drawnParts(valid.model, { seeded: true }).flatMap(({ pointer, drawn: members }) =>
      members.includes('delays') ? [pointer] : [],
    ),
  );
  const projections = Object.fromEntries(
    Object.entries(model.projections).map(([name, projection]) => {
      if (!drawn.has(`/projections/${name}`)) return [name, projection];
      const delays = Object.fromEntries(Object.entries(projection.delays).map(([key, delay]) => [key, onGrid(delay)]));
      return [name, { ...projection, delays }];
    }),
  );
  return { valid: { model: { ...model, populations, projections }, data }, remaining };
}

/** Returns a model with another step in s. */
export const withStep = ({ model, data }: ValidModel, dt: number): ValidModel => ({
  model: { ...model, experiment: { ...model.experiment, dt } },
  data,
});

/** Returns a model that runs until a time in s or its first reset. */
export function firstPart({ model, data }: ValidModel, until: number): ValidModel {
  const protocol: Phase[] = [];
  let time = 0;
  for (const phase of model.experiment.protocol) {
    if (time >= until || isPhase(phase, 'reset') || isPhase(phase, 'restore')) break;
    const after = timeAfter(time, phase);
    protocol.push(after > until ? { run: until - time } : phase);
    time = after;
  }
  return { model: { ...model, experiment: { ...model.experiment, protocol } }, data };
}

/** Returns a model with another protocol. */
export const withProtocol = ({ model, data }: ValidModel, protocol: readonly Phase[]): ValidModel => ({
  model: { ...model, experiment: { ...model.experiment, protocol } },
  data,
});

/** Populations of a target, by name, with the population and the cells of the source that their elements are. */
export type PartsThere = ReadonlyMap<string, { readonly population: string; readonly cells: readonly number[] }>;

/** Returns the target's populations for the populations of a source. */
export function partsThere({ model: source }: ValidModel, { model: target }: ValidModel, became: Became): PartsThere {
  const found = new Map<string, { readonly population: string; readonly cells: readonly number[] }>();
  /** A population of compartments has the first compartments of all cells first. */
  const add = (name: string, population: string, cells: readonly number[]): void => {
    const { size = 0, type = '' } = target.populations[name] ?? {};
    const length = target.neurons[type]?.cable ? size : Math.min(size, cells.length);
    const elements = Array.from({ length }, (_, element) => cells[element % cells.length] ?? 0);
    found.set(name, { population, cells: elements });
  };
  for (const [population, { size }] of Object.entries(source.populations)) {
    const parts = new Map<string, number[]>();
    for (let cell = 0; cell < size; cell += 1) {
      const after = became.population(population, cell);
      if (after !== undefined) parts.set(after.population, [...(parts.get(after.population) ?? []), cell]);
    }
    for (const [name, cells] of parts) if (Object.hasOwn(target.populations, name)) add(name, population, cells);
  }
  return found;
}
