/** The interface of an engine: its inputs, and the operations of a session. */

import type { Strategy } from '../../src/codegen/schedule/strategies.js';
import type { Program, TypedArray } from '../../src/ir/program.js';

/** Whether a target can be used on this machine. */
export interface Availability {
  /** Its name. */
  readonly target: string;
  readonly available: boolean;
  /** Devices, or the platform of the target. */
  readonly devices: readonly string[];
  /** Bytes of the first device available for a model, if less than the machine's memory. */
  readonly memory?: number;
  /** Why it is not available, and the package to install. */
  readonly reason?: string;
  /** The remedy, such as a package to install. */
  readonly hint?: string;
}

/** How a program is compiled; no result depends on any of it. */
export interface CompileOptions {
  /** Worker threads; absent: as many as pay for themselves. */
  readonly threads?: number;
  /** Processes that share the work, of targets that have several; absent: one for each core. */
  readonly ranks?: number;
  /** Index of the device in the list of `probe`; absent: the first. */
  readonly device?: number;
  /** How devices spread spikes over work-items; absent: as suits each projection. */
  readonly strategy?: Strategy;
  /** Whether the host reads synapses that are no state. */
  readonly readsSynapses?: boolean;
  /** Folder of compiled programs, kept by content; absent: the user's. */
  readonly cacheDirectory?: string;
  /** Receives the program after each pass that is only for this target. */
  readonly onPass?: ((pass: string, program: Program) => void) | undefined;
}

/** Called with the completed fraction, in [0, 1]. */
export interface Progress {
  (fraction: number): void;
}

/** Everything that a run changes, so run(a + b) equals run(a), snapshot, restore, run(b), to the bit. */
export interface Snapshot {
  /** Steps done. */
  readonly step: number;
  /** Elements of every buffer of the role `state`, by name. */
  readonly buffers: ReadonlyMap<string, TypedArray>;
}

/** A program with its memory, between two calls at the beginning of a step. */
export interface Session {
  /** Steps done so far. */
  readonly step: number;
  /** True if `run` returns by itself after some tens of milliseconds, so that it accepts any number of steps. */
  readonly paced?: boolean;
  /** Runs the schedule's `initialise` list. */
  initialise(progress?: Progress): Promise<void>;
  /**
   * Runs at most `steps` steps; stops early before a step that might overflow a log, or after a fault. @returns the
   * number of completed steps
   */
  run(steps: number): Promise<number>;
  /** Runs a named procedure of the schedule. */
  call(procedure: string): Promise<void>;
  /** A copy of a buffer's elements. */
  read(buffer: string, offset?: number, length?: number): Promise<TypedArray>;
  /** Overwrites elements of a buffer, from `offset` on; the array has the type of the buffer's elements. */
  write(buffer: string, data: TypedArray, offset?: number): Promise<void>;
  /** Number of elements that a buffer has now. */
  length(buffer: string): Promise<number>;
  /** A copy of everything that a run changes. */
  snapshot(): Promise<Snapshot>;
  /** Makes everything as it was. */
  restore(snapshot: Snapshot): Promise<void>;
  /** Bytes held for buffers. */
  readonly memory: number;
  /** Ends threads and frees memory; no calls are allowed afterwards. */
  dispose(): Promise<void>;
}

/** A program compiled for one target. */
export interface Executable {
  /** Generated source by file name, for `codegen` and for reading. */
  readonly sources: ReadonlyMap<string, string>;
  /** Worker threads that its sessions use; absent: one. */
  readonly threads?: number;
  /** Choices of the target worth reporting besides those of the program. */
  readonly notes?: readonly string[];
  /** The compiler, with version and flags; absent if none is used. */
  readonly compiler?: string;
  /** Creates a session; call `initialise` first. @throws UsageError for insufficient memory */
  start(): Promise<Session>;
}

/** An engine: from programs to sessions that compute the same bits as every other. */
export interface Target {
  /** As `--target` names it. */
  readonly name: string;
  /** Whether it can use several worker threads. */
  readonly hasThreads?: boolean;
  /** Whether it can use several processes. */
  readonly hasRanks?: boolean;
  /** Whether it can be used here; quick, and never throws. */
  probe(): Promise<Availability>;
  /**
   * The same after testing the arithmetic of every device, which takes a moment; absent if `probe` does so, or if there
   * are no devices.
   */
  judge?(): Promise<Availability>;
  /**
   * Compiles a legal program.
   * @throws UsageError when a tool or device is not there or refuses
   */
  compile(program: Program, options: CompileOptions): Promise<Executable>;
}
