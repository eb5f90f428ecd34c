/**
 * Given spikes of which a cell has several in a step, where Brian's own generators have one: a generator has a neuron
 * for the first, the second and each further spike of a step of a cell, and a group counts them.
 */

import { knownNumbers } from '../../../src/model/arrays.js';
import type {
  DataStore,
  Model,
  NeuronType,
  Operation,
  Phase,
  Population,
  Projection,
  SpikeTrain,
  SynapseType,
} from '../../../src/model/model.js';
import { spikeStep } from '../../../src/model/steps.js';
import { areInFile, isPhase } from '../../../src/model/tagged.js';
import { spikeCount } from '../further-spikes.js';
import { countEvents, mostPlaces } from './several-spikes.js';

/** What takes the place of a population that replays spikes. */
export interface CountedTrain {
  /** How many spikes a cell may have in a step. */
  readonly most: number;
  readonly type: NeuronType;
  readonly population: Population;
  /** The generator: its neuron `cell + k*size` has the spike after k others in the step. */
  readonly generator: Population;
}

/** A population whose cells may have several of their spikes in a step; undefined where none has, and where they are not known. */
export function countedTrain(
  name: string,
  population: Population,
  { experiment: { dt, protocol }, timing }: Model,
  data: DataStore,
): CountedTrain | undefined {
  const { spikes, size } = population;
  if (spikes === undefined || areInFile(spikes) || spikes.period !== undefined) return undefined;
  const replays = protocol.flatMap((phase) => (isPhase(phase, 'replay') && phase.replay[name] ? [phase] : []));
  if (replays.some((phase) => phase.of !== undefined)) return undefined;
  const step = (time: number): number => spikeStep(time, dt, timing);
  const trains = [spikes, ...replays.flatMap((phase) => phase.replay[name] ?? [])];
  const counts = trains.map((train) => Math.max(0, ...(ordinals(train, step, data) ?? [Infinity])) + 1);
  const most = Math.max(...counts);
  if (most <= 1 || most > mostPlaces) return undefined;
  const { spikes: _, ...rest } = population;
  return {
    most,
    type: {
      parameters: {},
      state: { [spikeCount]: { unit: '1', type: 'integer', initial: 0, shared: false } },
      derived: {},
      derivatives: {},
      noise: [],
      method: 'auto',
      inputs: {},
      // Once the spikes of the step are counted.
      events: countEvents(most, 'after_thresholds'),
      regimes: {},
    },
    population: { ...rest, type: name },
    generator: { ...rest, size: size * most, spikes: separately(spikes, size, step, data) },
  };
}

/** How many spikes of its cell in its step come before each spike of a train; undefined where it was not given. */
function ordinals(
  { indices, times }: Pick<SpikeTrain, 'indices' | 'times'>,
  step: (time: number) => number,
  data: DataStore,
): readonly number[] | undefined {
  const [cells, at] = [knownNumbers(indices, data), knownNumbers(times, data)];
  if (cells === undefined || at === undefined) return undefined;
  const seen = new Map<string, number>();
  return at.map((time, k) => {
    const key = `${cells[k] ?? 0} ${step(time)}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before;
  });
}

/** A train in which spikes of a cell in one step are those of different neurons. */
function separately<T extends Pick<SpikeTrain, 'indices' | 'times'>>(
  train: T,
  size: number,
  step: (time: number) => number,
  data: DataStore,
): T {
  const cells = knownNumbers(train.indices, data) ?? [];
  const before = ordinals(train, step, data) ?? [];
  return { ...train, indices: cells.map((cell, k) => cell + size * (before[k] ?? 0)) };
}

/** A phase that replays spikes by the generators. @param generators  by population: their names, and its size */
export function withGenerators(
  phase: Phase,
  generators: ReadonlyMap<string, { readonly generator: string; readonly size: number }>,
  { experiment: { dt }, timing }: Model,
  data: DataStore,
): Phase {
  if (!isPhase(phase, 'replay')) return phase;
  const step = (time: number): number => spikeStep(time, dt, timing);
  const replay = Object.entries(phase.replay).map(([name, train]) => {
    const found = generators.get(name);
    return found === undefined ? [name, train] : [found.generator, separately(train, found.size, step, data)];
  });
  return { ...phase, replay: Object.fromEntries(replay) as typeof phase.replay };
}

/** What counts the spikes of a generator's step in a group: synapses, and code that begins anew in each step. */
export function countingParts(
  name: string,
  generator: string,
  synapse: string,
): { readonly type: SynapseType; readonly projection: Projection; readonly operation: Operation } {
  return {
    type: {
      parameters: {},
      state: {},
      derived: {},
      derivatives: {},
      noise: [],
      method: 'auto',
      ports: {},
      summed: {},
      contributes: {},
      pathways: {
        pre: { on: 'pre.spike', slot: 'after_thresholds', order: -1, delay: 0, do: [`post.${spikeCount} += 1`] },
      },
    },
    projection: {
      from: { of: { population: generator } },
      to: { of: { population: name } },
      synapse,
      connect: [
        {
          ...{ rule: 'generator', outer: 'pre', variable: 'k', index: 'i % N_post', condition: null, copies: 1 },
          range: { from: '0', to: '1', step: '1' },
          skipInvalid: false,
        },
      ],
      receptors: {},
      values: {},
      delays: {},
      order: 0,
    },
    operation: { on: { population: name }, do: [`${spikeCount} = 0`], slot: 'end', order: 0 },
  };
}
