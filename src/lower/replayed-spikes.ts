/**
 * The spikes that populations replay, the steps that they fall in, and the versions of them that phases put in force.
 */

import type { SpikeTrain } from '../model/typed.js';
import type { Context } from './context.js';
import { arrayOf } from '../model/arrays.js';
import { spikeStep } from '../model/steps.js';

/** Steps of which the times are summed one after another; what is later is reckoned from there. */
const mostSummed = 1 << 28;

/**
 * The first step whose time has come to a spike, for ascending times, where time is the sum of all steps so far: the
 * same sum, with the same rounding, as the run makes.
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

/** One spike. */
export interface ReplayedSpike {
  /** Step in which it is emitted. */
  readonly step: number;
  /** Index in the population. */
  readonly index: number;
  /** As given, in s. */
  readonly time: number;
}

/** Spikes by time, then element. */
export function replayedSpikes({ indices, times }: SpikeTrain, { data, dt, profile }: Context): ReplayedSpike[] {
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  const bySum = spikeStepsBySum(dt);
  const stepOf = (time: number): number =>
    profile.stepping === 'elements' ? bySum(time) : spikeStep(time, dt, profile.name);
  return Array.from({ length: at.length }, (_, k) => ({ time: at[k] as number, index: elements[k] as number }))
    .sort((a, b) => a.time - b.time || a.index - b.index)
    .map((spike) => ({ ...spike, step: stepOf(spike.time) }));
}

/** The first spike that an element has in a step in which it has had one already. */
export function repeatedInAStep(spikes: readonly ReplayedSpike[]): ReplayedSpike | undefined {
  const seen = new Set<string>();
  return spikes.find(({ step, index }) => {
    const key = `${step} ${index}`;
    const before = seen.has(key);
    seen.add(key);
    return before;
  });
}

/** Whether an element of a population may replay several of its spikes in one step. */
export const mayRepeatInAStep = (spikes: SpikeTrain, context: Context): boolean =>
  repeatedInAStep(replayedSpikes(spikes, context)) !== undefined;

/** The most spikes that one element of a population replays within some time (s), both ends included. */
export function mostWithin({ indices, times, period }: SpikeTrain, window: number, { data, dt }: Context): number {
  const byElement = new Map<number, number[]>();
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  for (let k = 0; k < at.length; k++) {
    const own = byElement.get(elements[k] as number) ?? [];
    own.push(at[k] as number);
    byElement.set(elements[k] as number, own);
  }
  // Of spikes that come again, whole periods within the window, and what is left of it within two of them.
  const periods = period === undefined ? 0 : Math.floor(window / period);
  const rest = window - periods * (period ?? 0);
  let most = 0;
  for (const given of byElement.values()) {
    const once = period === undefined ? given : given.filter((time) => time < period + dt);
    const own = period === undefined ? once : [...once, ...once.map((time) => time + period)];
    own.sort((a, b) => a - b);
    let first = 0;
    own.forEach((time, k) => {
      while (time - (own[first] as number) > rest) first++;
      most = Math.max(most, k - first + 1 + periods * once.length);
    });
  }
  return most;
}

/** All that a population replays in a run: what it begins with, and what phases put in its place. */
export function versionsOf(
  name: string,
  { model }: Context,
): readonly {
  /** Number of the phase; null: from the start. */
  readonly phase: number | null;
  readonly spikes: SpikeTrain;
}[] {
  const own = model.populations[name]?.spikes;
  return [
    ...(own?.kind === 'train' ? [{ phase: null, spikes: own }] : []),
    ...model.experiment.protocol.flatMap((phase, k) => {
      const spikes = phase.kind === 'replay' ? phase.replay[name] : undefined;
      return spikes ? [{ phase: k, spikes }] : [];
    }),
  ];
}
