/**
 * The contents of every result, and the interfaces of writers and readers.
 *
 * A run is described before it starts (`RunSetup`), delivers blocks of samples while it runs, and is closed with its
 * record (`RunRecord`) and its spike trains. Formats depend only on these types, not on sessions or buffers.
 */

import { invariant } from '../../src/diagnostics/diagnostic.js';
import { itemAt } from '../../src/diagnostics/entry.js';
import type { ElementType, Precision, TypedArray } from '../../src/ir/program.js';

// --- Provenance -----------------------------------------------------------------------------------------------------

/**
 * The three identities of a model: the model itself, with its experiment, and the document as written. SHA-256,
 * hexadecimal.
 */
interface ModelHashes {
  readonly model: string;
  readonly experiment: string;
  readonly document: string;
}

/** The facts known before the first step. */
export interface RunHeader {
  /** The model's name. */
  readonly name: string;
  /** Canonical JSON (RFC 8785) of the normalised model; enough to run it again. */
  readonly model: string;
  /** Hashes of the model's three parts, hexadecimal. */
  readonly hashes: ModelHashes;
  /** 64-bit numbers are text, since JSON numbers lose bits. */
  readonly seed: string;
  /** Seconds a step. */
  readonly dt: number;
  /** Floating-point type of the model's numbers. */
  readonly precision: Precision;
  /** Version of the library's arithmetic; only results with equal versions are comparable. */
  readonly numericsVersion: number;
  /** Engine by name. */
  readonly target: string;
  /** The device of the engine. */
  readonly device: string;
  /** Worker threads. */
  readonly threads: number;
  /** Version by name: interneuron, node, and the software of the target. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * The date in files, ISO 8601 in UTC (`Z`). It is not that of the run, since equal runs give equal files, but
   * `SOURCE_DATE_EPOCH` or `defaultDate`.
   */
  readonly date: string;
  /** Information on the subject given in addition to the model, by NWB's names. */
  readonly subject?: Readonly<Record<string, string>>;
  /** Unit of times in text formats; absent: s. */
  readonly times?: WrittenUnit;
  /** Where the run began; absent: at time 0, with the model's own first values. */
  readonly start?: RecordedStart;
  /** Further facts about the machine and the command. */
  readonly environment: Environment;
}

/**
 * The state of a run that begins at a later time, besides the values of variables, which belong to the model. Arrays
 * are stored separately and referred to by the SHA-256 of their bytes.
 */
export interface RecordedStart {
  /** Steps before the first one. */
  readonly step: number;
  /** Events that delays had still to bring, by `population.event`: the step and the cell of each. */
  readonly events: Readonly<Record<string, { readonly steps: string; readonly cells: string }>>;
  /** Step of the last event of each element, by `population.event`. */
  readonly lastEvents: Readonly<Record<string, string>>;
  /** 1 for each element that was not refractory, by `population.event`. */
  readonly free: Readonly<Record<string, string>>;
  /** Step of the last update of each synapse, in order of creation, by projection. */
  readonly lastUpdates: Readonly<Record<string, string>>;
  /** Emission steps [from, until) that each synapse receives, by `projection.pathway`; others receive all. */
  readonly received?: Readonly<Record<string, { readonly from: string; readonly until: string }>>;
}

/** The date in files without `SOURCE_DATE_EPOCH`. */
export const defaultDate = '2000-01-01T00:00:00Z';

/** The environment of a run. It describes the run, and affects no result. */
export interface Environment {
  /** The file as it was given, and the SHA-256 of its text, hexadecimal. */
  readonly source?: { readonly path: string; readonly sha256: string };
  /** Words of the command, without the names of its output files. */
  readonly command?: readonly string[];
  /** Operating system, its version, and the architecture. */
  readonly system?: string;
  /** As the system names it. */
  readonly processor?: string;
  /** The compiler of the program, with its version and flags. */
  readonly compiler?: string;
  /** The run of another simulator. */
  readonly simulator?: SimulatorRun;
}

/** How another simulator ran a model. */
export interface SimulatorRun {
  /** Its name, as `--on` takes it. */
  readonly name: string;
  readonly ranks: number;
  /** Whether all draws of the model were listed in the document. */
  readonly frozen: boolean;
  /** Whether parts of the model were left out. */
  readonly partial: boolean;
  /** Name and SHA-256 of the document that ran. */
  readonly document: { readonly name: string; readonly sha256: string };
  /** Verdict on the conversion. */
  readonly verdict: string;
}

/** A unit of written numbers, and its multiple in one SI unit. */
export interface WrittenUnit {
  /** Such as `mV`. */
  readonly unit: string;
  /** 1000 for `mV`. */
  readonly perSI: number;
}

/** Digest of one population's spikes and of its final state, variable by variable. SHA-256, hexadecimal. */
export interface PopulationDigest {
  /** Over the digests of the spikes and of the variables. */
  readonly digest: string;
  /** Number of spikes, and the digest of all of them in order of (step, cell). */
  readonly spikes: { readonly count: number; readonly digest: string };
  /** Digest of each variable that is recorded at its events; absent: none is. */
  readonly recorded?: Readonly<Record<string, string>>;
  /** Digest of each time-varying variable at the end. */
  readonly state: Readonly<Record<string, string>>;
}

/** Digest of the final state of a projection's synapses. SHA-256, hexadecimal. */
export interface ProjectionDigest {
  /** Over the digests of the variables. */
  readonly digest: string;
  /** Digest of each time-varying variable at the end, in order of creation. */
  readonly state: Readonly<Record<string, string>>;
}

/** Equal for equal runs on every target; laid out in `docs/determinism.md`. */
export interface Fingerprint {
  readonly numericsVersion: number;
  readonly precision: Precision;
  /** Over all of the following: the identity of a run. */
  readonly total: string;
  readonly populations: Readonly<Record<string, PopulationDigest>>;
  /** Only projections that have time-varying state. */
  readonly projections: Readonly<Record<string, ProjectionDigest>>;
}

/** A stretch of steps [begin, end) of the protocol. */
export interface PhaseSpan {
  readonly name: string;
  /** Name of the segment that it belongs to; segments part a protocol at resets. */
  readonly segment: string;
  /** First step, counted from the start of the run. */
  readonly begin: number;
  /** After the last step. */
  readonly end: number;
}

/**
 * A range of steps in which time increases: a reset ends it and begins another. Steps are counted over all segments.
 */
export interface SegmentSpan {
  readonly name: string;
  /** Steps [begin, end), counted from the start of the run. */
  readonly begin: number;
  /** After the last step. */
  readonly end: number;
  /** First step in the segment's own time: 0, or the step of a restored state. */
  readonly start: number;
  /** Annotations given by the reset; absent: none. */
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Time in s, in a segment's own count, of a step that is counted from the start of the run. */
export function segmentTime({ begin, start }: SegmentSpan, step: number, label: 0 | 1, dt: number): number {
  return timeOf(step - begin + start, label, dt);
}

/** Returns the segments of a run: by default one for the whole run. */
export function segmentsOf(run: { readonly segments?: readonly SegmentSpan[] }, steps: number): readonly SegmentSpan[] {
  return run.segments ?? [{ name: 'run', begin: 0, end: steps, start: 0 }];
}

/** Why a run ended. */
export type Outcome = 'complete' | 'stopped' | 'fault';

/** Everything about a run but its spikes and samples. */
export interface RunRecord extends RunHeader {
  readonly format: 'interneuron/run';
  /** Layout of the record and of the files around it (`recordVersion`); older ones are read as far as possible. */
  readonly version: number;
  /** Steps done. */
  readonly steps: number;
  /** Steps of the entire protocol. */
  readonly expectedSteps: number;
  /** Whether the entire protocol was carried out. */
  readonly complete: boolean;
  /** Why the run ended. */
  readonly outcome: Outcome;
  /** Sentences about faults that ended the run. */
  readonly faults: readonly string[];
  /** Digests of all spikes and the final state. */
  readonly fingerprint: Fingerprint;
  /** All of the model, with their numbers of elements and of spikes. */
  readonly populations: readonly { readonly name: string; readonly size: number; readonly spikes: number }[];
  /** Steps of each phase that was begun. */
  readonly phases: readonly PhaseSpan[];
  /** Where time was turned back; absent: one segment. */
  readonly segments?: readonly SegmentSpan[];
  /** A spike of step n is at (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** The plans of the series and trains in this result. */
  readonly series: readonly SeriesPlan[];
  readonly trains: readonly TrainsPlan[];
  /** Choices made when lowering and compiling, as sentences. */
  readonly notes: readonly string[];
  /** SHA-256 of each field's canonical JSON, by the field's name (`record-digests.ts`). */
  readonly digests: Readonly<Record<string, string>>;
  /** SHA-256 of the canonical JSON of `digests` without the environment's: the digest of the record. */
  readonly digest: string;
}

/** Version of the layout that is written: raised whenever any format writes anything otherwise. */
export const recordVersion = 3;

/** Information on people and the subject, only as given by the user. */
export interface RunMetadata {
  readonly description?: string;
  /** Names of persons, one each. */
  readonly experimenters?: readonly string[];
  readonly institution?: string;
  readonly laboratory?: string;
  readonly keywords?: readonly string[];
  /** DOIs or citations. */
  readonly publications?: readonly string[];
  /** Facts of the model without a field of their own: licence, brain region, identifiers of persons. */
  readonly notes?: readonly string[];
  /** The same by name, for formats that hold annotations. */
  readonly annotations?: Readonly<Record<string, string | readonly string[]>>;
  /** Text for some of `subjectFields`. */
  readonly subject?: Readonly<Record<string, string>>;
}

/** NWB's fields of a subject that are text. `age` is a duration of ISO 8601 (`P90D`), `sex` one of M, F, U and O. */
export const subjectFields: readonly string[] = [
  'subject_id',
  'species',
  'sex',
  'age',
  'description',
  'strain',
  'genotype',
  'weight',
];

// --- Spikes and samples ---------------------------------------------------------------------------------------------

/** Elements of an owner: a contiguous range [begin, end), or a list. */
export type Elements = { readonly begin: number; readonly end: number } | { readonly list: readonly number[] };

/** Whether elements are listed rather than a range. */
export const areListed = (elements: Elements): elements is Extract<Elements, { readonly list: unknown }> =>
  'list' in elements;

/** Number of elements. */
export function elementCount(elements: Elements): number {
  return areListed(elements) ? elements.list.length : elements.end - elements.begin;
}

/** The element in place `position`. */
export function elementAt(elements: Elements, position: number): number {
  return areListed(elements) ? itemAt(elements.list, position) : elements.begin + position;
}

/** Returns the index of an element in a selection; -1 if it is not selected. */
export function positionOf(index: number, elements: Elements): number {
  if (areListed(elements)) return elements.list.indexOf(index);
  return index >= elements.begin && index < elements.end ? index - elements.begin : -1;
}

/** The trains of one population (or of another of its events). */
export interface TrainsPlan {
  /** Name in the model. */
  readonly population: string;
  /** `spike`, or the name of another event of the population. */
  readonly event: string;
  /** Cells that have a train, ascending; silent ones too. */
  readonly cells: Elements;
  /** Stretches of steps [begin, end) that were observed; absent: all. */
  readonly observed?: readonly (readonly [number, number])[];
  /** Variables with a value at each spike; absent: no variables. */
  readonly variables?: readonly SpikeVariable[];
}

/** A variable of a cell that is recorded at each of its spikes, as 64-bit floating-point numbers. */
export interface SpikeVariable {
  /** Unique among the variables of the trains: the variable, with the recording's name if needed. */
  readonly name: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** The unit of the values in files; absent: `unit`. */
  readonly written?: WrittenUnit;
}

/** Consecutive spikes, by step, then cell. */
export interface SpikeBlock {
  /** Step of each. */
  readonly steps: Uint32Array;
  /** Cell of each. */
  readonly cells: Uint32Array;
  /** Of each variable of the plan, its value at each spike. */
  readonly values: readonly Float64Array[];
}

/**
 * The trains themselves, a row for each cell of the plan. Times are steps; a spike of step n is at (n + spikeLabel) *
 * dt.
 */
export interface SpikeTrains {
  /** The population of the trains. */
  readonly plan: TrainsPlan;
  /** Spikes of each row. */
  readonly counts: Uint32Array;
  /** Steps of rows [begin, end), row after row, ascending within a row. */
  read(begin: number, end: number): Uint32Array;
  /** Values of a variable of the plan, by its index there, at the spikes of `read`. */
  values(variable: number, begin: number, end: number): Float64Array;
  /** All spikes, sorted by step, then cell. */
  inOrder(): Iterable<SpikeBlock>;
}

/** One recorded variable: [sample, element]. */
export interface SeriesPlan {
  /** Unique in the result: `owner_variable`, with the recording's name if needed. */
  readonly name: string;
  /** Name of the recording in the model. */
  readonly recording: string;
  /** The population or projection. */
  readonly owner: string;
  readonly ownerKind: 'population' | 'projection';
  /** Its name in the model, or `rate`. */
  readonly variable: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** The unit of the samples in files; absent: `unit`. */
  readonly written?: WrittenUnit;
  /** Type of the samples. */
  readonly element: ElementType;
  /** Which elements the columns are; null for one value of the whole owner, such as its rate. */
  readonly elements: Elements | null;
  /** Sample k is taken in step offset + k * every, and its time is that step plus label, times dt. */
  readonly every: number;
  readonly offset: number;
  readonly label: 0 | 1;
  /** True if the recording is switched on or off within a segment, so that samples have individual times. */
  readonly gaps: boolean;
}

/** Columns of a series. */
export function columnCount(plan: SeriesPlan): number {
  return plan.elements === null ? 1 : elementCount(plan.elements);
}

/** Consecutive samples of one series. */
export interface SampleBlock {
  /** Position in `RunSetup.series`. */
  readonly series: number;
  /**
   * Step of each row, counted from the start of the run; the sample of a segment's first state has the step before its
   * first.
   */
  readonly steps: Int32Array;
  /** Which segment the rows belong to; absent: the first. */
  readonly segment?: number;
  /** Row-major [rows, columns], owned by the receiver. */
  readonly values: TypedArray;
}

// --- Writers and readers --------------------------------------------------------------------------------------------

/** The facts that a writer needs before the first sample. */
export interface RunSetup {
  readonly header: RunHeader;
  /** All of the model. */
  readonly populations: readonly {
    readonly name: string;
    readonly size: number;
    /** [size, 3] in m. */
    readonly positions?: Float64Array;
  }[];
  readonly trains: readonly TrainsPlan[];
  readonly series: readonly SeriesPlan[];
  /** A spike of step n is at (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** Where time will be turned back; absent: never. */
  readonly segments?: readonly SegmentSpan[];
  /** Steps of the entire protocol. */
  readonly expectedSteps: number;
  readonly metadata: RunMetadata;
  /** Large arrays that the model refers to by digest. */
  readonly data: ReadonlyMap<string, TypedArray>;
}

/** Receives samples while a run goes on. */
export interface SampleSink {
  /** Rows arrive in order for each series. */
  samples(block: SampleBlock): void;
  /** Every sample taken before `step` has been delivered, for every series. */
  advance(step: number): void;
  /** Resolves once more samples can be taken without too many waiting in memory; absent: always. */
  ready?(): Promise<void>;
}

/** Writes one result. Its files have temporary names until `close`. */
export interface ResultWriter extends SampleSink {
  /** @throws UsageError when the output cannot be written */
  open(setup: RunSetup): Promise<void>;
  /**
   * Completes the files and renames them to the result's name, or to one with `.incomplete` for an incomplete run.
   *
   * @returns paths of the files written
   * @throws UsageError if the output cannot be written; no file then has the name of a result
   */
  close(record: RunRecord, trains: readonly SpikeTrains[]): Promise<readonly string[]>;
  /** Removes all written files. Safe at any time. */
  abandon(): Promise<void>;
}

/** One series of a stored result. */
export interface StoredSeries {
  /** The recording's plan. */
  readonly plan: SeriesPlan;
  /** Number of samples. */
  readonly samples: number;
  /** Steps of samples [begin, end). */
  steps(begin: number, end: number): Int32Array;
  /** Row-major values of samples [begin, end), in the type they were recorded in and the unit they were written in. */
  read(begin: number, end: number): TypedArray;
}

/** The parts of a result needed to run its model again. */
export interface StoredRecord {
  /** The file, or the folder of a result of several files. */
  readonly path: string;
  readonly record: RunRecord;
  /** Large arrays that the model refers to by digest. */
  readonly data: ReadonlyMap<string, TypedArray>;
}

/** A result read back. */
export interface StoredResult extends StoredRecord {
  readonly trains: readonly SpikeTrains[];
  readonly series: readonly StoredSeries[];
  /** Closes its files; no reads are possible afterwards. */
  close(): void;
}

/** Values of a variable at spikes, as files hold them. */
export const writtenAtSpikes = ({ written }: SpikeVariable, values: Float64Array): Float64Array =>
  !written || written.perSI === 1 ? values : values.map((value) => value * written.perSI);

/** Returns samples as stored in files: if the unit differs from the model's, with one multiplication, rounded once. */
export function writtenValues({ written, element }: SeriesPlan, values: TypedArray): TypedArray {
  if (!written || written.perSI === 1 || !(values instanceof Float64Array || values instanceof Float32Array))
    return values;
  invariant(element === 'f64' || element === 'f32', 'results', `samples of type ${element} have a unit`);
  return values.map((value) => value * written.perSI);
}

/** The time step in the unit that text formats have times in. */
export function writtenDt({ dt, times }: Pick<RunHeader, 'dt' | 'times'>): number {
  return times ? dt * times.perSI : dt;
}

/** Time in s of a step: one multiplication of whole steps, never a running sum, so it rounds once. */
export function timeOf(step: number, label: 0 | 1, dt: number): number {
  return (step + label) * dt;
}

/** Returns the step of a time. Inverts `timeOf` exactly for fewer than 2^51 steps. */
export function stepOf(time: number, label: 0 | 1, dt: number): number {
  return Math.round(time / dt) - label;
}
