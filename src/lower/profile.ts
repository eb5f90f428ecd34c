/** Timing profiles as data: the order of slots within a step and how times are labelled (see `docs/architecture.md`). */

import type { TimingProfile } from '../model/model.js';

export interface Profile {
  readonly name: TimingProfile;
  /** Slots in the order of a step. */
  readonly slots: readonly string[];
  /** Where things go when the model does not say. */
  readonly defaults: Readonly<
    Record<
      'sample' | 'operation' | 'hold' | 'summed' | 'integrate' | 'threshold' | 'deliver' | 'reset' | 'event' | 'eventAction' | 'rate',
      string
    >
  >;
  /** A spike of step n has time (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** A sample taken in step n has time (n + sampleLabel) * dt; with 1 there is also one of the initial state at t = 0. */
  readonly sampleLabel: 0 | 1;
  /** How delays become whole steps: the nearest, with halves up or to the even one. */
  readonly delayRounding: 'halfUp' | 'halfEven';
}

const surrounded = (names: readonly string[]): string[] => names.flatMap((name) => [`before_${name}`, name, `after_${name}`]);

/** Brian's eighteen slots, `brian.md` section 5: a spike acts in its own step, before the reset. */
const brian: Profile = {
  name: 'brian',
  slots: surrounded(['start', 'groups', 'thresholds', 'synapses', 'resets', 'end']),
  defaults: {
    sample: 'start',
    operation: 'start',
    hold: 'before_start',
    summed: 'groups',
    integrate: 'groups',
    threshold: 'thresholds',
    deliver: 'synapses',
    reset: 'resets',
    event: 'after_thresholds',
    eventAction: 'after_resets',
    rate: 'end',
  },
  spikeLabel: 0,
  sampleLabel: 0,
  delayRounding: 'halfUp',
};

/** The grid of PyNN, NEST and NEURON: integrate, deliver, threshold, reset, sample. */
const grid: Profile = {
  name: 'grid',
  slots: surrounded(['start', 'groups', 'synapses', 'thresholds', 'resets', 'end']),
  defaults: {
    sample: 'end',
    operation: 'start',
    hold: 'before_start',
    summed: 'groups',
    integrate: 'groups',
    threshold: 'thresholds',
    deliver: 'synapses',
    reset: 'resets',
    event: 'after_thresholds',
    eventAction: 'after_resets',
    rate: 'end',
  },
  spikeLabel: 1,
  sampleLabel: 1,
  delayRounding: 'halfEven',
};

export const profiles: Readonly<Record<'brian' | 'grid', Profile>> = { brian, grid };

/** Position of a slot within a step. */
export const rankOf = (profile: Profile, slot: string): number => profile.slots.indexOf(slot);
