/**
 * The spikes that populations replay, the steps that they fall in, and the versions of them that phases put in force.
 */

import type { SpikeTrain } from '../../model/typed.js';
import type { Context } from '../context/context.js';
import { arrayOf } from '../../model/arrays.js';
import { spikeStep } from '../../model/steps.js';

/** Largest number of steps to sum one after another; later times are computed from this sum. */
const mostSummed = 1 << 28;

/**
 * Returns a function from ascending spike times to the first step that has reached each. The time is the sum of all
 * steps so far, with the same rounding as in the run.
 */
function spikeStepsBySum(dt: number): (time: number) => number {
  let [step, sum] = [0, dt];
  return (time) => {
    while (sum < time && step < mostSummed) {
      step++;
      sum += dt;
    }
    return sum < time ? Math.min(0x7ffffffe, step + Math.ceil((time - sum) / dt)) : step;
  };
}

/** Spikes by time, then element, in columns. */
export interface ReplayedSpikes {
  /** Steps of their emission. */
  readonly steps: Float64Array;
  /** Indices in the population. */
  readonly elements: Uint32Array;
  /** As given, in s. */
  readonly times: Float64Array;
}

/** The spikes of a train with the steps that they fall in. */
export function replayedSpikes({ indices, times }: SpikeTrain, { data, dt, profile }: Context): ReplayedSpikes {
  const [given, at] = [arrayOf(indices, data), arrayOf(times, data)];
  const compare = (a: number, b: number): number =>
    (at[a] as number) - (at[b] as number) || (given[a] as number) - (given[b] as number);
  const count = at.length;
  const order = new Uint32Array(count);
  let isSorted = true;
  for (let k = 0; k < count; k++) {
    order[k] = k;
    isSorted &&= k === 0 || compare(k - 1, k) <= 0;
  }
  if (!isSorted) order.sort(compare);
  const bySum = spikeStepsBySum(dt);
  const spikes = {
    steps: new Float64Array(count),
    elements: new Uint32Array(count),
    times: new Float64Array(count),
  };
  for (let k = 0; k < count; k++) {
    const place = order[k] as number;
    const time = at[place] as number;
    spikes.times[k] = time;
    spikes.elements[k] = given[place] as number;
    spikes.steps[k] = profile.stepping === 'elements' ? bySum(time) : spikeStep(time, dt, profile.name);
  }
  return spikes;
}

/** Returns the index of the first repeated spike of an element in one step, or -1. */
export function repeatedInAStep({ steps, elements }: ReplayedSpikes): number {
  const last = new Map<number, number>();
  return steps.findIndex((step, k) => {
    const element = elements[k] as number;
    const before = last.get(element) === step;
    last.set(element, step);
    return before;
  });
}

/** Whether an element of a population may replay several of its spikes in one step. */
export const mayRepeatInAStep = (spikes: SpikeTrain, context: Context): boolean =>
  repeatedInAStep(replayedSpikes(spikes, context)) >= 0;

/** All spike trains that a population replays in a run: the initial one, and replacements by phases. */
export function versionsOf(
  name: string,
  { model }: Context,
): readonly {
  /** Number of the phase; null: from the start. */
  readonly phase: number | null;
  readonly spikes: SpikeTrain;
}[] {
  const initialSpikes = model.populations[name]?.spikes;
  return [
    ...(initialSpikes?.kind === 'train' ? [{ phase: null, spikes: initialSpikes }] : []),
    ...model.experiment.protocol.flatMap((phase, k) => {
      const spikes = phase.kind === 'replay' ? phase.replay[name] : undefined;
      return spikes ? [{ phase: k, spikes }] : [];
    }),
  ];
}
