/** The interface of both ways of stepping; the rest of lowering is the same for both. */

import type { Model } from '../../model/typed.js';
import type { Context, LoweringDiagnostics } from '../context/context.js';
import type { EventSource } from '../events/events.js';
import type { Group } from '../context/groups.js';
import type { Modes } from '../events/modes.js';
import type { Copies } from '../protocol/phases.js';
import type { Found } from '../manifest.js';
import type { Profile } from '../context/profile.js';
import type { PlacedEntry } from '../context/place.js';
import type { ProjectionPlan } from '../plan/projection.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';

/** Populations and their events, as known so far. */
export interface Populations {
  /** All groups of the model. */
  readonly groups: readonly Group[];
  /** By `population.event`. */
  readonly rings: ReadonlyMap<string, EventSource>;
}

/** A network with built synapses. */
export interface BuiltNetwork extends Populations {
  /** All projections, including projections with failed connectivity. */
  readonly plans: readonly ProjectionPlan[];
  /** The projections with connectivity. */
  readonly projections: readonly BuiltProjection[];
}

/** Groups and projections as recordings read them. */
export interface Recorded {
  readonly groups: readonly Group[];
  readonly projections: readonly BuiltProjection[];
  /** Copies that other elements read, for variables that phases may set. */
  readonly copies: Copies;
}

/** The result of a pass, besides the part in its builder. */
interface Passed extends Partial<Found> {
  /** Kernels of each step. */
  readonly entries?: readonly PlacedEntry[];
}

/** Runs a pass with a unique name and a new builder, and adds its part to the program. */
export type RunPass = <T extends object>(name: string, pass: (context: Context) => T & Passed) => T;

/** A way to step. */
export interface Schedule {
  /** Prepares the model for this schedule, and returns the parts that its types lost. */
  readonly prepare: (
    model: Model,
    profile: Profile,
    diagnostics: LoweringDiagnostics,
  ) => { readonly model: Model; readonly modes: Modes };
  /**
   * Returns the kernels of populations by themselves in a step. Initial values, which connecting may read, already
   * exist.
   */
  readonly populations: (populations: Populations, modes: Modes, context: Context) => readonly PlacedEntry[];
  /** Passes for the rest of a step, once synapses exist. */
  readonly steps: (network: BuiltNetwork, run: RunPass) => Recorded;
  /** Kernels of a step that must come after all code that reads variables. */
  readonly finish: (populations: Populations, context: Context) => readonly PlacedEntry[];
}
