/** Distances between two runs. */

import type { Quantity } from '../probe.js';
import { keptTrace, largestDistance, spikesOf, traceOf } from '../results.js';

/** Lag of each simulator's traces, in samples: Brian 2 shows arrivals at a step one sample later. */
const lag = { neuron: 0, nest: 0, brian2: 1, exact: 0 } as const;
/** The shift of spike times, in steps: Brian 2 labels a spike with the beginning of its step. */
const label = { neuron: 0, nest: 0, brian2: 1, exact: 0 } as const;

/** Largest distance of traces `population.variable`, sample by sample. */
export const traces = (unit: string, ...names: readonly string[]): Quantity => ({
  unit,
  distance: (ours, theirs, against) =>
    Math.max(
      ...names.map((name) => {
        const [population = '', ...variable] = name.split('.');
        const a = traceOf(ours, population, variable.join('.'));
        const b = keptTrace(theirs, population, variable.join('.'));
        const late = lag[against];
        return largestDistance(a.slice(0, a.length - late), b.slice(late));
      }),
    ),
});

/** Largest distance of spikes of all given populations' first cells, in steps; infinite if their numbers differ. */
export const spikes = (dt: number, ...populations: readonly string[]): Quantity => ({
  unit: 'steps',
  distance: (ours, theirs, against) =>
    Math.max(
      ...populations.map((population) => {
        const a = spikesOf(ours, population).map((time) => Math.round(time / dt));
        const b = spikesOf(theirs, population).map((time) => Math.round(time / dt) + label[against]);
        return largestDistance(a, b);
      }),
    ),
});

/** Largest distance of the first spikes from given times, in ms. */
export const firstSpikes = (times: readonly number[], found: readonly number[]): number =>
  found.length < times.length ? Infinity : largestDistance(times, found.slice(0, times.length));

/** Largest distance of all cells' traces, over all segments. */
export const everyTrace = (unit: string, ...population: readonly string[]): Quantity => ({
  unit,
  distance: (ours, theirs) =>
    Math.max(
      ...population.flatMap((name) =>
        (ours.populations[name] ?? []).flatMap(({ signals }, segment) =>
          Object.entries(signals).flatMap(([variable, { cells, values }]) =>
            cells.map((index) => {
              const there =
                theirs.populations[name]?.[segment]?.signals[variable] === undefined
                  ? []
                  : keptTrace(theirs, name, variable, index, segment);
              return values.length === 0 ? 0 : largestDistance(traceOf(ours, name, variable, index, segment), there);
            }),
          ),
        ),
      ),
    ),
});
