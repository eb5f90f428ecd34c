/** The contract of an engine: what it needs to be told, and what a session can do. */

import type { Strategy } from '../../src/codegen/schedule/strategies.js';
import type { Program, TypedArray } from '../../src/ir/program.js';

export interface Availability {
  readonly target: string;
  readonly available: boolean;
  /** Devices, or what the target runs on. */
  readonly devices: readonly string[];
  /** Bytes that the first device has for a model, where that is less than what the machine has. */
  readonly memory?: number;
  /** Why it is not available, and what to install. */
  readonly reason?: string;
  readonly hint?: string;
}

export interface CompileOptions {
  readonly threads?: number;
  /** Which of the devices that `probe` lists; absent: the first. */
  readonly device?: number;
  /** How devices spread spikes over work-items; absent: as suits each projection. */
  readonly strategy?: Strategy;
  readonly cacheDirectory?: string;
  /** Receives the program after each pass that is for this target alone. */
  readonly onPass?: ((pass: string, program: Program) => void) | undefined;
}

export interface Progress {
  (fraction: number): void;
}

/** Everything that a run changes, so that run(a + b) equals run(a), snapshot, restore, run(b), to the bit. */
export interface Snapshot {
  readonly step: number;
  readonly buffers: ReadonlyMap<string, TypedArray>;
}

export interface Session {
  /** Steps done so far. */
  readonly step: number;
  /**
   * True where `run` comes back by itself after some tens of milliseconds, so that it may be asked for any number of
   * steps.
   */
  readonly paced?: boolean;
  /** Runs the schedule's `initialise` list. */
  initialise(progress?: Progress): Promise<void>;
  /**
   * Runs at most `steps` steps; stops early before a step for which a log may lack room, or after a fault. @returns
   * steps done
   */
  run(steps: number): Promise<number>;
  /** Runs a named procedure of the schedule. */
  call(procedure: string): Promise<void>;
  /** A copy of a buffer's elements. */
  read(buffer: string, offset?: number, length?: number): Promise<TypedArray>;
  write(buffer: string, data: TypedArray, offset?: number): Promise<void>;
  /** Number of elements that a buffer has now. */
  length(buffer: string): Promise<number>;
  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): Promise<void>;
  /** Bytes held for buffers. */
  readonly memory: number;
  dispose(): Promise<void>;
}

export interface Executable {
  /** Generated source by file name, for `codegen` and for reading. */
  readonly sources: ReadonlyMap<string, string>;
  /** Worker threads that its sessions use; absent: one. */
  readonly threads?: number;
  /** Choices of the target worth reporting beside those of the program. */
  readonly notes?: readonly string[];
  /** What compiled it, with version and flags; absent where no compiler is called. */
  readonly compiler?: string;
  start(): Promise<Session>;
}

export interface Target {
  readonly name: string;
  probe(): Promise<Availability>;
  /**
   * The same after trying the arithmetic of every device, which takes a moment; absent where `probe` does, or where
   * there are no devices.
   */
  judge?(): Promise<Availability>;
  compile(program: Program, options: CompileOptions): Promise<Executable>;
}
