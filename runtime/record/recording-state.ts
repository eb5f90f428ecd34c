/** A run between two steps, and what stores it (`checkpoint.ts`). */

import type { Program } from '../../src/ir/program.js';
import type { Outcome } from '../results/result.js';
import type { Snapshot } from '../targets/target.js';
import type { LogRows } from './drain.js';
import type { TimelineState } from './timeline.js';

/** One call of a recording's intake. */
export type IntakeCall =
  | { readonly kind: 'absorb'; readonly rows: readonly LogRows[]; readonly step: number }
  | { readonly kind: 'switch'; readonly recording: string; readonly on: boolean }
  | { readonly kind: 'restart'; readonly own: number; readonly step: number };

/** A phase that was begun: steps [begin, end) of the run. `named`: the name of its segment, if it was given one. */
export interface RecordedPhase {
  readonly name: string;
  readonly named: string | null;
  /** Number of its segment. */
  readonly ordinal: number;
  readonly begin: number;
  readonly end: number;
}

/** A run between two steps. */
export interface RecordingState {
  /** Number of the protocol's entry that is being performed. */
  readonly entry: number;
  /** Steps that were done when the entry began. */
  readonly begin: number;
  /** Steps done since the start of the run. */
  readonly steps: number;
  readonly phases: readonly RecordedPhase[];
  /** Name of the current segment, if it was given one. */
  readonly segment: string | null;
  readonly timeline: TimelineState;
  readonly session: Snapshot;
}

/** Stores the data for continuing a run. */
export interface Checkpoint {
  /** Appends to the recorded rows. */
  append(call: IntakeCall): void;
  /** Whether the time of the next checkpoint has come. */
  isDue(): boolean;
  /** Makes a checkpoint. @throws UsageError when it cannot be written */
  store(state: RecordingState): void;
  /** Ends with the run; removes the checkpoint unless the run can be continued. */
  end(outcome: Outcome): void;
}

/** A checkpoint to continue from. */
export interface StoredCheckpoint {
  /** Contents of `run.json`. */
  readonly run: unknown;
  readonly state: RecordingState;
  /** The calls of the intake up to the checkpoint. */
  calls(program: Program): Iterable<IntakeCall>;
  /**
   * Continues in the same folder; rows recorded after the checkpoint are dropped.
   *
   * @throws UsageError while another process writes to it
   */
  resume(seconds: number): Checkpoint;
}
