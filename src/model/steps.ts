/** Times as whole steps, as each timing profile rounds them. */

import { timingProperties, type TimingProfile } from './timing-properties.js';

/** Times that differ from a whole number of steps by less are one: neither time nor step is exact in binary. */
const tolerance = 1e-6;

/** Checks whether a time falls between two steps. */
export const isBetween = (seconds: number, dt: number): boolean =>
  Math.abs(seconds / dt - Math.round(seconds / dt)) > tolerance;

/**
 * Returns the whole steps of a duration in s. The reference interpreter of LEMS takes the nearest number. Other
 * profiles count the steps that begin before the end; a difference within 1e-4 of a step is ignored. @source jLEMS,
 * Sim; Brian 2, brian2.core.clocks
 */
export function stepsOf(seconds: number, dt: number, timing: TimingProfile): number {
  const exact = seconds / dt;
  const nearest = Math.floor(exact + 0.5 + tolerance);
  return timingProperties[timing].addsUpTime || Math.abs(exact - nearest) <= 1e-4 ? nearest : Math.ceil(exact);
}

/** Returns the first step that does not begin before a time. */
export const stepFrom = (seconds: number, dt: number): number => Math.ceil(seconds / dt - tolerance);

/**
 * Returns the step that emits a spike at `time`: floor with a tolerance of a thousandth of a step.
 *
 * @source Brian 2, brian2.input.spikegeneratorgroup
 */
const spikeStepByStart = (time: number, dt: number): number => Math.trunc((time + 1e-3 * dt) / dt);

/**
 * Returns the step with the end at which a spike is due, for profiles that label spikes by ends: the nearest one.
 * Spikes due before the first step are emitted in it.
 */
const spikeStepByEnd = (time: number, dt: number): number => Math.max(0, Math.round(time / dt) - 1);

const isLabelledByBeginning = (timing: TimingProfile): boolean => timingProperties[timing].label === 'beginning';

/** Returns the step that emits a spike due at `time` (s). */
export const spikeStep = (time: number, dt: number, timing: TimingProfile): number =>
  isLabelledByBeginning(timing) ? spikeStepByStart(time, dt) : spikeStepByEnd(time, dt);

/** Returns the time (s) in results of a spike emitted in a step. */
export const spikeTime = (step: number, dt: number, timing: TimingProfile): number =>
  (isLabelledByBeginning(timing) ? step : step + 1) * dt;

/**
 * Number added to a delay in steps before rounding down: half a step. On the grid, halves count as halves even if
 * division gives a little less, as for 0.15 ms in steps of 0.1 ms.
 *
 * @source Brian 2, brian2.synapses.spikequeue; NEST 3.10, measured
 */
export const delayRounding = { brian: 0.5, grid: 0.5 + tolerance } as const;

/** Returns the steps after which a spike with this delay (s) arrives. */
export function delayInSteps(seconds: number, dt: number, timing: TimingProfile): number {
  const roundings: Readonly<Partial<Record<TimingProfile, number>>> = delayRounding;
  const rounding = roundings[timing];
  return rounding === undefined ? stepFrom(seconds, dt) : Math.floor(seconds / dt + rounding);
}

/** Returns a delay (s) as the time of the steps after which a spike with it arrives. */
export const wholeDelay = (seconds: number, dt: number, timing: TimingProfile): number =>
  Number((delayInSteps(seconds, dt, timing) * dt).toPrecision(12));

/** Returns the number of steps of a refractory period (s). */
export function refractoryInSteps(seconds: number, dt: number, rounding: 'nearest' | 'up' | 'down' = 'down'): number {
  const exact = seconds / dt;
  switch (rounding) {
    case 'nearest':
      return Math.round(exact);
    case 'up':
      return Math.ceil(exact - 1e-3);
    case 'down':
      return Math.trunc(exact + 1e-3);
    default:
      return rounding satisfies never;
  }
}

const surrounded = (names: readonly string[]): string[] =>
  names.flatMap((name) => [`before_${name}`, name, `after_${name}`]);

/**
 * The slots of a step, in order, by timing. Brian's eighteen: a spike acts in its own step, before the reset. On the
 * grid of PyNN, NEST and NEURON: integrate, deliver, threshold, reset, sample. @source Brian 2, brian2.core.network
 * (schedule)
 */
export const slotsOf = {
  brian: surrounded(['start', 'groups', 'thresholds', 'synapses', 'resets', 'end']),
  grid: surrounded(['start', 'groups', 'synapses', 'thresholds', 'resets', 'end']),
} as const;
