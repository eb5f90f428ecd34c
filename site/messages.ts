/** What the page and its worker tell each other. */

import type { Diagnostic } from '../src/diagnostics/diagnostic.js';
import type { Metadata } from '../src/model/model.js';
import type { AxisUnit } from '../src/pictures/axis-unit.js';
import type { Diagram } from '../src/pictures/network-diagram.js';
import type { TargetNotation } from '../src/convert/target-notations.js';
import type { Notation } from '../src/pipeline/read/notation.js';
import type { ImportOptions } from '../src/pipeline/read/import-options.js';

/** A model: its files by path, the document among them, and changes while it is read. */
export interface GivenModel {
  readonly files: readonly (readonly [path: string, bytes: Uint8Array])[];
  readonly main: string;
  readonly options: Pick<ImportOptions, 'set' | 'seed' | 'dt' | 'duration' | 'from' | 'timing'>;
}

/** Changes that readers make: values of parameters by their names, as `--set` takes them, seed and duration. */
export interface Changes {
  readonly set: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly duration?: string;
}

/** A parameter that can be set, with its value. */
export interface Parameter {
  /** As `--set` names it. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Range of values that make a difference. */
  readonly low: number;
  readonly high: number;
  /** Whether its values are 0 and 1. */
  readonly isSwitch: boolean;
}

/** A model that was read. */
export interface ReadModel {
  readonly name: string;
  readonly notation: Notation;
  readonly metadata: Metadata;
  /** Number of cells. */
  readonly cells: number;
  /** The hash of its experiment. */
  readonly experiment: string;
  readonly parameters: readonly Parameter[];
  readonly seed: string;
  /** With a unit. */
  readonly duration: string;
  /** Whether the model states no duration, so that the page chose one. */
  readonly needsDuration: boolean;
  /** Populations and projections. */
  readonly diagram: Diagram;
  /** Whether the diagram would be a single box. */
  readonly isPlain: boolean;
}

/** A model as people read it. */
export interface Described {
  /** Sections in HTML. */
  readonly html: string;
  /** Populations and projections with their numbers of synapses. */
  readonly diagram: Diagram;
  /** The cells and synapses that the sections count. */
  readonly caption: string;
  /** Number of all synapses, also those of inputs. */
  readonly synapses: number;
}

/** Samples of cells that were chosen, by series. */
export type ChosenSamples = readonly {
  readonly cells: readonly number[];
  readonly steps: Int32Array;
  readonly values: Float64Array;
}[];

/** The end of a run. */
export interface RunEnd {
  readonly fingerprint: string;
  readonly outcome: string;
  readonly steps: number;
  readonly seconds: number;
  readonly rows: readonly { readonly name: string; readonly size: number; readonly spikes: number }[];
  /** What the condition found, if one was given. */
  readonly judged?: TaskState;
}

/** The state of a task: a sentence, and whether its condition holds. */
export interface TaskState {
  readonly text: string;
  readonly holds: boolean;
}

/** A file to download. */
export interface MadeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A conversion: its files, and a sentence for each difference. */
export interface Converted {
  readonly files: readonly MadeFile[];
  readonly outcome: string;
  readonly differences: readonly string[];
}

/** Files that were opened, unpacked, and the paths of those that can be documents, best first. */
export interface OpenedFiles {
  readonly files: GivenModel['files'];
  readonly documents: readonly string[];
  /** Curves of the first table of a sweep. */
  readonly curves: ShownCurves | undefined;
  /** Paths of results. */
  readonly results: readonly string[];
  /** Files that are no models, with a command or a sentence for each. */
  readonly others: readonly {
    readonly path: string;
    readonly title: string;
    readonly instead: string | undefined;
  }[];
}

/** Curves of files without a run, such as channels and the tables of sweeps. */
export interface ShownCurves {
  /** The plots as an SVG. */
  readonly svg: string;
  readonly caption: string;
  /** Tables in HTML. */
  readonly html: string;
}

/** A result that was opened, as a run of the page. */
export interface ShownResult {
  readonly begin: BeginMessage;
  readonly live: LiveMessage;
  /** Its content, or how it differs from the run of the page or from the result before it. */
  readonly text: string;
  /** Whether it is compared with what the page shows. */
  readonly isUnder: boolean;
}

/** Calls of the worker, by name. */
export interface Calls {
  /** Takes the trees of HDF5 files that the page holds (`src/hdf5/held-trees.ts`). */
  hold(trees: string): Promise<void>;
  open(files: GivenModel['files']): Promise<OpenedFiles>;
  /** Reads a result, and compares it with the last run or the result before it. */
  result(file: GivenModel['files'][number]): Promise<ShownResult>;
  read(model: GivenModel): Promise<ReadModel>;
  /** The curves of the channels in a document without a run; undefined for other files. */
  curves(path: string): Promise<ShownCurves | undefined>;
  /** The rate of a single cell against its current; undefined for other models. */
  currentCurve(): Promise<ShownCurves | undefined>;
  /** Parameters by how much the last run changes with them; undefined after long runs. */
  reactions(): Promise<readonly string[] | undefined>;
  /** Runs the model. @param check  a condition on its spikes (`src/verify/expect/task.ts`) */
  run(check: string | undefined): Promise<RunEnd>;
  /** Builds the network to count its synapses. */
  describe(): Promise<Described>;
  /** Samples of the last run. @param first  the first cell of each series that is shown */
  samples(first: number): Promise<ChosenSamples>;
  /** The result of the last run as NWB. */
  nwb(): Promise<MadeFile>;
  /** The model with the last run as a bundle, and what it lacks, a sentence for each. @param hasNwb  false: no run */
  bundle(hasNwb: boolean): Promise<{ readonly file: MadeFile; readonly remarks: readonly string[] }>;
  stop(): Promise<void>;
  convert(to: TargetNotation): Promise<Converted>;
  /** The verdict on a conversion, and its figures. Reading a model or another verdict ends it. */
  verdict(to: TargetNotation): Promise<readonly string[]>;
}

/** A call. */
export interface CallMessage {
  readonly id: number;
  readonly call: keyof Calls;
  readonly given: unknown;
}

/** The answer to a call, or why it has none. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly answer?: unknown;
  readonly findings: readonly Diagnostic[];
  readonly failed: boolean;
}

/** Recordings of a part of a run. */
export interface LiveMessage {
  readonly kind: 'live';
  readonly done: number;
  readonly spikes: readonly { readonly train: number; readonly steps: Uint32Array; readonly cells: Uint32Array }[];
  readonly samples: readonly { readonly series: number; readonly steps: Int32Array; readonly values: Float64Array }[];
}

/** What a run records. */
export interface BeginMessage {
  readonly kind: 'begin';
  readonly steps: number;
  readonly dt: number;
  /** `population` is the number of their population in the model. */
  readonly trains: readonly { readonly name: string; readonly size: number; readonly population: number }[];
  /** Columns of values are those of `cells`. */
  readonly series: readonly {
    readonly name: string;
    /** Unit of the axis for values of each decade from `firstDecade` on. */
    readonly units: readonly AxisUnit[];
    readonly cells: readonly number[];
    /** Number of recorded cells. */
    readonly size: number;
  }[];
}

/** A module of a library: its name, by which later ones import it, and its text. */
export type Module = readonly [name: string, text: string];

/** A part of the program that is loaded on demand: a library. */
export type Part = 'hdf5';

/** Asks for a part of the program that is loaded on demand. */
export interface PartMessage {
  readonly kind: 'part';
  readonly part: Part;
}

export type FromWorker = AnswerMessage | BeginMessage | LiveMessage | PartMessage;
/** The modules of a part, or the address of a file that has it. */
export interface PartAnswer {
  readonly kind: 'part';
  readonly part: Part;
  readonly modules: string | readonly Module[];
}

export type ToWorker = CallMessage | PartAnswer;
