/** The spikes that populations replay, and the versions of them that phases put in force. */

import type { SpikeTrain } from '../model/typed.js';
import type { Context } from './context.js';
import { arrayOf } from '../model/arrays.js';
import { spikeStep } from '../model/steps.js';

/** One spike, or several of one element in one step. */
export interface ReplayedSpike {
  readonly step: number;
  readonly index: number;
  readonly time: number;
  readonly count: number;
}

/** Spikes by step, then element; those of one element in one step are counted. */
export function replayedSpikes({ indices, times }: SpikeTrain, { data, dt, profile }: Context): ReplayedSpike[] {
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  const spikes = Array.from({ length: at.length }, (_, k) => {
    const time = at[k] as number;
    return { step: spikeStep(time, dt, profile.name), index: elements[k] as number, time, count: 1 };
  }).sort((a, b) => a.step - b.step || a.index - b.index);
  const merged: ReplayedSpike[] = [];
  for (const spike of spikes) {
    const last = merged.at(-1);
    if (last?.step === spike.step && last.index === spike.index)
      merged[merged.length - 1] = { ...last, count: last.count + 1 };
    else merged.push(spike);
  }
  return merged;
}

/** The most spikes that one element of a population replays within some time (s), both ends included. */
export function mostWithin({ indices, times }: SpikeTrain, window: number, { data }: Context): number {
  const byElement = new Map<number, number[]>();
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  for (let k = 0; k < at.length; k++) {
    const own = byElement.get(elements[k] as number) ?? [];
    own.push(at[k] as number);
    byElement.set(elements[k] as number, own);
  }
  let most = 0;
  for (const own of byElement.values()) {
    own.sort((a, b) => a - b);
    let first = 0;
    own.forEach((time, k) => {
      while (time - (own[first] as number) > window) first++;
      most = Math.max(most, k - first + 1);
    });
  }
  return most;
}

/** Whether an element of a population may replay several of its spikes in one step. */
export const mayRepeatInAStep = (spikes: SpikeTrain, context: Context): boolean =>
  context.profile.stepping === 'slots'
    ? replayedSpikes(spikes, context).some(({ count }) => count > 1)
    : mostWithin(spikes, context.dt, context) > 1;

/** All that a population replays in a run: what it begins with, and what phases put in its place. */
export function versionsOf(
  name: string,
  { model }: Context,
): readonly {
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
