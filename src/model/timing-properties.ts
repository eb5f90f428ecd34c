/** Properties of the timing profiles, which code reads by name. @source docs/timing-profiles.md */

import type { ModelDocument } from './document.generated.js';

/** Order of actions in a step, and labels of times: docs/timing-profiles.md. */
export type TimingProfile = NonNullable<ModelDocument['timing']>;

interface TimingProperties {
  /** The simulators that have it, as messages name them. */
  readonly simulator: string;
  /** End of the step that gives a spike its time. */
  readonly label: 'beginning' | 'end';
  /** Whether time is a sum of steps, so that its rounding decides when a time has come. */
  readonly addsUpTime: boolean;
  /** Whether elements take their steps one after another, and events act at once. */
  readonly takesTurns: boolean;
  /** Whether conditions, and code that runs at events, read derived variables of the step before. */
  readonly readsStaleVariables: boolean;
  /** Integration of equations that have no exact solution and a type without a named method. */
  readonly integration: 'forward Euler' | 'chosen by equations';
  /** Whether steps have named slots, which objects can be moved between. */
  readonly hasSlots: boolean;
}

export const timingProperties: Readonly<Record<TimingProfile, TimingProperties>> = {
  brian: {
    simulator: 'Brian',
    label: 'beginning',
    addsUpTime: false,
    takesTurns: false,
    readsStaleVariables: false,
    integration: 'forward Euler',
    hasSlots: true,
  },
  grid: {
    simulator: 'PyNN',
    label: 'end',
    addsUpTime: false,
    takesTurns: false,
    readsStaleVariables: false,
    integration: 'chosen by equations',
    hasSlots: false,
  },
  'lems-euler': {
    simulator: 'LEMS',
    label: 'end',
    addsUpTime: true,
    takesTurns: true,
    readsStaleVariables: true,
    integration: 'forward Euler',
    hasSlots: false,
  },
};
