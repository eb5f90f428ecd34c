/** Interface of a session of a model. */

import type { RunnableModel } from '../pipeline/read/imported-model.js';
import type { Rows } from '../pipeline/results/memory-sink.js';
import type { AdvanceOptions, Engine, RunResult } from '../pipeline/run-options.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { TypedArray } from '../ir/program.js';
import type * as written from '../model/model.js';
import type { Elements, SegmentSpan } from '../../runtime/results/result.js';

/** Spikes of a population since they were last taken. */
export interface TakenSpikes {
  /** Name in the model. */
  readonly population: string;
  /** `spike`, or the name of another event. */
  readonly event: string;
  /** Step of each spike, counted from the start of the run through all segments; ascending. */
  readonly steps: Uint32Array;
  /** Index of the cell of each spike. */
  readonly cells: Uint32Array;
  /** Variables that are recorded at the spikes, with a value for each. */
  readonly variables: readonly TakenAtSpikes[];
}

/** A variable's values at spikes, in SI. */
interface TakenAtSpikes {
  /** The variable, with the recording's name if recordings take it at several points of a step. */
  readonly name: string;
  /** SI unit; `1` when dimensionless. */
  readonly unit: string;
  /** One for each spike. */
  readonly values: Float64Array;
}

/** Samples of a recorded variable since they were last taken. */
export interface TakenSamples extends Rows {
  /** Name of the series, unique in the session. */
  readonly name: string;
  /** Name of the recording in the model. */
  readonly recording: string;
  /** The population or projection. */
  readonly owner: string;
  readonly variable: string;
  /** SI unit; `1` when dimensionless. */
  readonly unit: string;
  /** Which elements the columns are; null for one value of the whole owner. */
  readonly elements: Elements | null;
  /** 1 when a sample is of the end of its step, 0 when it is of the beginning. */
  readonly label: 0 | 1;
  /** Steps from one sample to the next. */
  readonly every: number;
}

/** Data recorded since it was last taken. */
export interface Taken {
  /** Steps done since the start of the run. */
  readonly steps: number;
  /** A spike of step n is at (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** Stretches that resets part; steps are counted on through all of them. */
  readonly segments: readonly SegmentSpan[];
  /** One for each event of a population that is recorded, silent or not. */
  readonly spikes: readonly TakenSpikes[];
  /** One for each recorded variable. */
  readonly samples: readonly TakenSamples[];
}

/** Synapses of a projection, in order of creation. */
export interface TakenSynapses {
  /** Element of the presynaptic end of each. */
  readonly sources: Uint32Array;
  /** Element of the postsynaptic end of each. */
  readonly targets: Uint32Array;
  /** Delay of each in steps. */
  readonly delays: Uint32Array;
}

/** A place on cells with compartments; without a section, the spike-detection site. */
export interface Place {
  readonly section?: string;
  /** From 0, the beginning of the section, to 1; absent: its middle. */
  readonly fraction?: number;
}

/** A number in SI for all elements that a key names, or one for each. */
export type GivenNumbers = Readonly<Record<string, number | ArrayLike<number>>>;

/** A running model. Calls wait for earlier calls. */
export interface ModelSession {
  /** Tells it from a model that was only imported. */
  readonly kind: 'session';
  /** Seconds a step. */
  readonly dt: number;
  /** The engine; null before the first call that needs one. */
  engine(): Engine | null;
  /** Time in s since the start or the last reset. */
  time(): number;
  /** Steps done since the start, through all segments. */
  steps(): number;
  /** Number of computed steps, which exceeds the steps done if a change had steps computed again. */
  computed(): number;
  /**
   * Lets time pass.
   *
   * @param seconds  absent: the rest of the model's own protocol
   * @returns false if it was stopped early
   * @throws DiagnosticError for parts that cannot be lowered, and for faults while running
   */
  run(seconds?: number, options?: AdvanceOptions): Promise<boolean>;
  /**
   * Sets values from now on. Keys are `population.variable`, `population[1, 3].variable` or `projection.variable`;
   * numbers are in SI, one for all or one for each element.
   *
   * @param atOnce  only if the running program can take them; otherwise the session is as it was
   */
  set(values: GivenNumbers, atOnce?: boolean): Promise<void>;
  /** Gives first values: they are taken now, and at each reset that follows. */
  initialise(values: GivenNumbers): Promise<void>;
  /** Records a variable, or `spike`, of a population from now on; `every` in s. */
  record(population: string, variable: string, every?: number, place?: Place): Promise<void>;
  /** Back to time 0 and first values, in a new segment of a name; annotations are those of the segment that ends. */
  reset(annotations?: Readonly<Record<string, unknown>>, segment?: string): Promise<void>;
  /** Keeps all that changes under a name. */
  snapshot(name: string): Promise<void>;
  /** Returns to a kept state, in a new segment. */
  restore(name: string): Promise<void>;
  /**
   * Continues with a longer document. Its additional parts are built, and its further phases are left to `run()`.
   * Phases must begin with the session's own.
   *
   * @param later  whether its additional parts act only from now on, so that past steps need not run again
   */
  extend(model: RunnableModel, later?: boolean): Promise<void>;
  /** Takes the data recorded since the last call. */
  take(): Promise<Taken>;
  /**
   * Reads a variable now, in SI: one number for each cell, or each synapse in order of creation. `lastspike`,
   * `not_refractory` and a projection's `lastupdate` can be read if the program keeps them.
   */
  read(owner: string, variable: string): Promise<TypedArray>;
  /** The synapses of a projection. */
  synapses(projection: string): Promise<TakenSynapses>;
  /** How many synapses a projection has. */
  synapseCount(projection: string): Promise<number>;
  /** The model with the protocol as it was performed. */
  model(): written.ValidModel;
  /** Populations with their sizes, as the engine has them. */
  populations(): readonly { readonly name: string; readonly size: number }[];
  /** Returns warnings and notes about the engine, the recordings so far, and the present state of populations. */
  findings(): Promise<readonly Diagnostic[]>;
  /** Writes the files of the run so far; the session goes on. Disposing of the result frees the data that it holds. */
  write(): Promise<RunResult>;
  /**
   * Ends the session and returns complete results, which equal the results of its document run as one. Files are
   * written now.
   */
  finish(): Promise<RunResult>;
  /** Ends the engine. Safe at any time. */
  dispose(): Promise<void>;
}
