/** Timing profiles as data: the order of slots within a step and the labels of times (see `docs/architecture.md`). */

import type { SlotDocument as Slot } from '../../model/document.generated.js';
import type { IntegrationMethod, TimingProfile } from '../../model/typed.js';
import { delayRounding, slotsOf } from '../../model/steps.js';
import type { CableMethod } from './cable.js';
import type { Ties } from './place.js';

/** Methods after `auto` is decided. */
export type Method = Exclude<IntegrationMethod, 'auto' | CableMethod>;

/** The order of a step, and how its times are labelled. */
export interface Profile {
  readonly name: TimingProfile;
  /**
   * `slots`: one slot after another over all elements at once. `elements`: one element after another, each after the
   * synapses onto it, with its parts in the order of its type. This means forward Euler, and events that act at once or
   * when the sum of steps has reached their time. Derived variables keep the value of the previous step until they are
   * computed again.
   */
  readonly stepping: 'slots' | 'elements';
  /** Slots in the order of a step. */
  readonly slots: readonly string[];
  /** Resolves ties of one slot and order: by names as in Brian, or by phases. */
  readonly ties: Ties;
  /** When linked parameters read their source: at each use, or at the start of a step. */
  readonly links: 'live' | 'held';
  /** Default places. */
  readonly defaults: Readonly<
    Record<
      | 'sample'
      | 'operation'
      | 'hold'
      | 'summed'
      | 'integrate'
      | 'threshold'
      | 'deliver'
      | 'reset'
      | 'event'
      | 'eventAction'
      | 'rate',
      Slot
    >
  >;
  /** A spike of step n has time (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /**
   * A sample taken in step n has time (n + sampleLabel) * dt; with 1 there is also one of the initial state at t = 0.
   */
  readonly sampleLabel: 0 | 1;
  /** Candidate integration methods if the model names none; the first that accepts the equations is used. */
  readonly methods: readonly Method[];
  /** Whether `exact` is skipped, if no method is named, for systems that Brian 2's `exact` rejects. */
  readonly exactLikeBrian: boolean;
  /** Default order of the cable equation and the gates of cells with compartments. */
  readonly cableMethod: CableMethod;
  /** Added to a delay in steps before it is rounded down. */
  readonly delayRounding: number;
}

const brian: Profile = {
  name: 'brian',
  stepping: 'slots',
  slots: slotsOf.brian,
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
  ties: 'name',
  links: 'live',
  spikeLabel: 0,
  sampleLabel: 0,
  // Brian's order of preference.
  methods: ['exact', 'euler', 'heun'],
  exactLikeBrian: true,
  cableMethod: 'gates-then-cable',
  delayRounding: delayRounding.brian,
};

/** The grid of PyNN, NEST and NEURON: integrate, deliver, threshold, reset, sample. */
const grid: Profile = {
  name: 'grid',
  stepping: 'slots',
  slots: slotsOf.grid,
  defaults: { ...brian.defaults, sample: 'end' },
  ties: 'phase',
  links: 'held',
  spikeLabel: 1,
  sampleLabel: 1,
  // The most accurate that accepts.
  methods: ['exact', 'exponentialEuler', 'rk4', 'euler', 'heun'],
  exactLikeBrian: false,
  cableMethod: 'cable',
  delayRounding: delayRounding.grid,
};

/**
 * The reference interpreter of LEMS: times are labelled by the end of a step, as for `grid`, and deliveries that are
 * due come first.
 */
const lemsEuler: Profile = { ...grid, name: 'lems-euler', stepping: 'elements', methods: ['euler'] };

/** By name. */
export const profiles: Readonly<Record<TimingProfile, Profile>> = { brian, grid, 'lems-euler': lemsEuler };

/** Position of a slot within a step. */
export const rankOf = (profile: Profile, slot: string): number => profile.slots.indexOf(slot);
