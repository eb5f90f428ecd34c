/** What either way of stepping must provide; the rest of lowering is the same for both. */

import type { Model } from '../../model/typed.js';
import type { Context, LoweringDiagnostics } from '../context.js';
import type { EventSource } from '../events/events.js';
import type { Group } from '../groups.js';
import type { Modes } from '../events/modes.js';
import type { Copies } from '../protocol/phases.js';
import type { Found } from '../manifest.js';
import type { Profile } from './profile.js';
import type { PlacedEntry } from './place.js';
import type { ProjectionPlan } from '../projections/projection.js';
import type { BuiltProjection } from '../code/synapse-scope.js';

/** Populations and what they emit, as far as lowering has understood them. */
export interface Populations {
  /** All groups of the model. */
  readonly groups: readonly Group[];
  /** By `population.event`. */
  readonly rings: ReadonlyMap<string, EventSource>;
}

/** A network whose synapses exist. */
export interface BuiltNetwork extends Populations {
  /** All projections, also those whose connectivity could not be built. */
  readonly plans: readonly ProjectionPlan[];
  /** Those with connectivity. */
  readonly projections: readonly BuiltProjection[];
}

/** Groups and projections as recordings read them. */
export interface Recorded {
  readonly groups: readonly Group[];
  readonly projections: readonly BuiltProjection[];
  /** What others see of variables that phases may set. */
  readonly copies: Copies;
}

/** What a pass gives, beside what its builder holds. */
interface Passed extends Partial<Found> {
  /** Kernels of each step. */
  readonly entries?: readonly PlacedEntry[];
}

/**
 * Runs a pass, by a name of its own: it gets a builder of its own, and what it has added then belongs to the program.
 */
export type RunPass = <T extends object>(name: string, pass: (context: Context) => T & Passed) => T;

/** A way to step. */
export interface Schedule {
  /**
   * The model as this schedule steps it, and what its types had that they lack then.
   */
  readonly prepare: (
    model: Model,
    profile: Profile,
    diagnostics: LoweringDiagnostics,
  ) => { readonly model: Model; readonly modes: Modes };
  /** What populations do by themselves in a step; first values, which connecting may read, are there already. */
  readonly populations: (populations: Populations, modes: Modes, context: Context) => readonly PlacedEntry[];
  /** Passes for the rest of a step, once synapses exist. */
  readonly steps: (network: BuiltNetwork, run: RunPass) => Recorded;
  /** Kernels of a step that must come after all code that reads variables. */
  readonly finish: (populations: Populations, context: Context) => readonly PlacedEntry[];
}
