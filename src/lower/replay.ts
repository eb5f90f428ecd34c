/** The spikes that a population replays, in whole steps. */

import type { ArrayValue } from '../model/model.js';
import type { Context } from './context.js';
import { arrayOf } from './context.js';

/**
 * Step in which a spike at `time` is emitted: floor with a tolerance of a thousandth of a step (`brian.md`, section
 * 7.3).
 */
const spikeStep = (time: number, dt: number): number => Math.trunc((time + 1e-3 * dt) / dt);

/**
 * Step at whose end the spike is due, for profiles that label spikes so: the nearest; what is due before the first step
 * is emitted in it.
 */
const spikeStepByEnd = (time: number, dt: number): number => Math.max(0, Math.round(time / dt) - 1);

/** One spike, or several of one element in one step. */
export interface ReplayedSpike {
  readonly step: number;
  readonly index: number;
  readonly time: number;
  readonly count: number;
}

/** Spikes by step, then element; those of one element in one step are counted. */
export function replayedSpikes(
  { indices, times }: { readonly indices: ArrayValue; readonly times: ArrayValue },
  { data, dt, profile }: Context,
): ReplayedSpike[] {
  const stepOf = profile.spikeLabel === 1 ? spikeStepByEnd : spikeStep;
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  const spikes = Array.from({ length: at.length }, (_, k) => {
    const time = at[k] as number;
    return { step: stepOf(time, dt), index: elements[k] as number, time, count: 1 };
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

/** All that a population replays in a run: what it begins with, and what phases put in its place. */
export function versionsOf(
  name: string,
  { model }: Context,
): readonly {
  readonly phase: number | null;
  readonly spikes: { readonly indices: ArrayValue; readonly times: ArrayValue; readonly period?: number };
}[] {
  const own = model.populations[name]?.spikes;
  return [
    ...(own && !('file' in own) ? [{ phase: null, spikes: own }] : []),
    ...model.experiment.protocol.flatMap((phase, k) => {
      const spikes = 'replay' in phase ? phase.replay[name] : undefined;
      return spikes ? [{ phase: k, spikes }] : [];
    }),
  ];
}
