/** Present state of a session: its document so far, the number of performed phases, and the engine. */

import type { CompiledModel } from '../pipeline/compile-model.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import type { MemorySink } from '../pipeline/results/memory-sink.js';
import type { Synapses } from '../pipeline/synapses.js';
import { stopwatch, type AdvanceOptions, type SessionOptions, type Stopwatch } from '../pipeline/run-options.js';
import type { ProtocolWalk } from '../lower/context/protocol.js';
import type * as written from '../model/model.js';
import { typedPhases } from '../model/typed-model.js';
import { type Phase } from '../model/typed.js';
import type { RecordingPlan } from '../../runtime/record/plan.js';
import type { ProtocolEntry } from '../../runtime/record/protocol.js';
import type { Recorder, Recording } from '../../runtime/record/recorder.js';
import type { SeriesPlan } from '../../runtime/results/result.js';
import type { Session, Snapshot } from '../../runtime/targets/target.js';

/** The program and engine that a session runs on at present. */
export interface Engaged {
  readonly compiled: CompiledModel;
  /** Phases that the program was compiled for. */
  readonly known: readonly written.Phase[];
  readonly plan: RecordingPlan;
  readonly sink: MemorySink;
  readonly recorder: Recorder;
  readonly session: Session;
  readonly recording: Recording;
  readonly walk: ProtocolWalk;
  /** Synapses of projections that were asked for, by name. */
  readonly synapses: Map<string, Synapses>;
  /** Lowest and highest number that synapses have had, by buffer. */
  readonly reached: Map<string, readonly [low: number, high: number]>;
  /** Performed entries; runs have the lengths that were performed. */
  readonly performed: ProtocolEntry[];
}

/** State of a session at the end of a program that could not continue it, with its recordings. */
export interface Left extends Pick<Engaged, 'compiled' | 'plan' | 'sink' | 'recorder' | 'recording'> {
  /** Phases that were performed. */
  readonly phases: readonly written.Phase[];
  /** The same in their typed form. */
  readonly typed: readonly Phase[];
  readonly snapshot: Snapshot;
}

/** The state of a session, which its calls change. */
export interface SessionState {
  readonly options: SessionOptions;
  readonly watch: Stopwatch;
  /** The document as it was given, its own protocol with it. */
  given: RunnableModel;
  /** The present protocol: performed phases, then the remaining ones. */
  phases: written.Phase[];
  /** The same phases in their typed form. */
  typed: Phase[];
  /** How many phases were performed. */
  done: number;
  /** Null before the first call that needs an engine, and after one that the program cannot perform. */
  engaged: Engaged | null;
  /** State that the next program continues from; null: it runs from the start. */
  left: Left | null;
  closed: boolean;
  /** Steps that were computed, some of them again. */
  computed: number;
  /** Options of the call that is being performed. */
  waiting: AdvanceOptions;
  /** Steps at which that call began, and how many it takes. */
  progress: { readonly from: number; readonly steps: number };
  /** Samples of each series, and spikes of each train, that were taken. */
  readonly taken: { readonly rows: Map<string, number>; readonly spikes: Map<string, number> };
}

/** Returns a session at time 0, before its first phase. */
export const initialState = (given: RunnableModel, options: SessionOptions): SessionState => ({
  options,
  watch: stopwatch(),
  given,
  ...phasesOf(given, given.valid.model.experiment.protocol),
  done: 0,
  engaged: null,
  left: null,
  closed: false,
  computed: 0,
  waiting: {},
  progress: { from: 0, steps: 1 },
  taken: { rows: new Map(), spikes: new Map() },
});

/** Returns a document with another protocol. */
export function withProtocol(given: RunnableModel, protocol: readonly written.Phase[]): RunnableModel {
  const { model, data } = given.valid;
  return { ...given, valid: { model: { ...model, experiment: { ...model.experiment, protocol } }, data } };
}

/** Phases of a document in both forms. */
export function phasesOf(
  given: RunnableModel,
  phases: readonly written.Phase[],
): Pick<SessionState, 'phases' | 'typed'> {
  return { phases: [...phases], typed: [...typedPhases(given.valid.model, phases)] };
}

/** Checks whether two phases are equal. */
export const isSame = (a: written.Phase | undefined, b: written.Phase | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));

/** Returns a key of a series: it stays the same through changes of a session if the recording is the same. */
export const identity = ({ recording, owner, variable }: SeriesPlan): string => `${recording} ${owner} ${variable}`;
