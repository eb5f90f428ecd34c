/** Options and result of a run. */

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { NotNumbers } from '../../runtime/record/fingerprint.js';
import type { StoredCheckpoint } from '../../runtime/record/recording-state.js';
import type { Precision, Program } from '../ir/program.js';
import type { ResultWriter, RunRecord, SpikeTrains } from '../../runtime/results/result.js';
import type { Repeated } from './results/provenance.js';
import type { FileUnits } from './results/written-units.js';
import type { StartState } from './start-state.js';

/** The stages of a run that may take long. */
export type RunStage = 'connect' | 'run' | 'write';

/** How to run a model. */
export interface RunOptions {
  /** Engine by name; `auto` (the default) takes the fastest that is at hand. */
  readonly target?: string;
  /** Type of the model's numbers in computations; absent: f64. */
  readonly precision?: Precision;
  /** Worker threads; the result does not depend on it. Absent: as many as pay for themselves. */
  readonly threads?: number;
  /** Processes of the target `mpi`; the result does not depend on it. Absent: one for each core. */
  readonly ranks?: number;
  /**
   * Device of the engine: its number in the list of `interneuron targets`, or a part of its name. Absent: the first.
   */
  readonly device?: string;
  /**
   * How devices spread spikes over work-items: `auto` (the default) by the cost model, or the name of a strategy. No
   * result depends on it.
   */
  readonly strategy?: string;
  /** Files to write; the suffix selects the format. None: results are only returned. */
  readonly outputs?: readonly string[];
  /** Folder for the text files that the model itself names; absent: they are not written. */
  readonly outputFolder?: string;
  /** Replaces files that this program did not write. */
  readonly force?: boolean;
  /** About the subject, for results that hold it: text by NWB's name of the field. */
  readonly subject?: Readonly<Record<string, string>>;
  /** Other receivers of recorded data. */
  readonly writers?: readonly ResultWriter[];
  /** Stops after so many steps, as if the protocol ended there. */
  readonly steps?: number;
  /** Stops after so many steps, as a signal would: the run is then incomplete, unless its protocol ends there. */
  readonly stopAfter?: number;
  /** Units of files; absent: the usual units of the model's notation. */
  readonly units?: FileUnits;
  /** Words of the command, for results to hold. */
  readonly command?: readonly string[];
  /** Whether results hold the path of the model, the command and the machine. Default: true. */
  readonly environment?: boolean;
  /** Data that results copy from the run that this one repeats. */
  readonly repeated?: Repeated;
  /** Told of each stage how much of it is done, in [0, 1]. */
  readonly onProgress?: (stage: RunStage, fraction: number) => void;
  /** When it aborts, the run stops; data recorded until then is kept and marked incomplete. */
  readonly signal?: AbortSignal;
  /** Rewrites the program before it is compiled. */
  readonly extend?: (program: Program) => Program;
  /** Receives the text of the program after each pass. */
  readonly dumpIr?: (pass: string, text: string) => void;
  /** Leaves a checkpoint in a folder, after each so many seconds of wall time. */
  readonly checkpoint?: { readonly folder: string; readonly seconds: number };
  /** Continues from a checkpoint of the same model on the same target. */
  readonly from?: StoredCheckpoint;
  /** Folder of compiled programs, kept by content. */
  readonly cacheDirectory?: string;
}

/** Wall time in s of each stage of a run. */
export interface StageTimes {
  /** From the model to its program. */
  readonly lower: number;
  /** From the program to code of the engine. */
  readonly compile: number;
  /** Building the network on the engine. */
  readonly connect: number;
  /** The protocol's steps. */
  readonly run: number;
  /** Closing files. */
  readonly write: number;
}

/** The engine that runs a program. */
export interface Engine {
  /** Name of the target. */
  readonly target: string;
  /** Hardware that the target uses. */
  readonly device: string;
  /** Worker threads. */
  readonly threads: number;
}

/** Result of a run. */
export interface RunResult {
  readonly kind: 'run';
  /** The engine that ran it. */
  readonly engine: Engine;
  readonly program: Program;
  /** Everything about the run but its spikes and samples. */
  readonly record: RunRecord;
  /** Recorded spikes, readable until `dispose`. */
  readonly trains: readonly SpikeTrains[];
  /** Files written. */
  readonly outputs: readonly string[];
  /** Wall time of each stage. */
  readonly seconds: StageTimes;
  /** Variables that are not finite at the end. */
  readonly notNumbers: readonly NotNumbers[];
  /** The fault that ended the run early, if any, and oddities of its final state. */
  readonly diagnostics: readonly Diagnostic[];
  /** Removes temporary files. */
  dispose(): void;
}

/** Result of the target `null`: generated source, without a run. */
export interface GeneratedResult {
  readonly kind: 'generated';
  readonly engine: Engine;
  readonly program: Program;
  /** Generated source by file name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly seconds: StageTimes;
}

/** Measures stages that follow each other. */
export interface Stopwatch {
  /** Assigns the time since the last call to a stage. */
  end(stage: keyof StageTimes): void;
  /** Times measured so far. */
  seconds(): StageTimes;
}

/** Returns a stopwatch that runs. */
export function stopwatch(): Stopwatch {
  const seconds = { lower: 0, compile: 0, connect: 0, run: 0, write: 0 };
  let began = performance.now();
  return {
    end(stage) {
      const now = performance.now();
      seconds[stage] += (now - began) / 1000;
      began = now;
    },
    seconds: () => ({ ...seconds }),
  };
}

/** How a session is run; files are written when it is finished. */
export type SessionOptions = Omit<RunOptions, 'steps' | 'stopAfter' | 'dumpIr' | 'extend' | 'onProgress' | 'signal'> & {
  /** Where it begins; absent: at time 0. First values are the document's. */
  readonly start?: StartState;
};

/** Options of one call of `run`. */
export interface AdvanceOptions {
  /** When it aborts, the call returns early; steps done until then are kept, and the session can go on. */
  readonly signal?: AbortSignal;
  /** Told how much of the call is done, in [0, 1]. */
  readonly onProgress?: (fraction: number) => void;
}
