/**
 * The kernel program: the output of lowering, and the input of printers and the reference interpreter.
 *
 * Every operation is total and deterministic. Its meaning is stated here and in `docs/determinism.md`; the reference
 * interpreter is the executable form.
 */

import type { Manifest } from './manifest.js';
import type { ElementType, Extent, IrFunction, Local, Precision, Statement } from './statements.js';

export * from './statements.js';
export type * from './manifest.js';

// --- Buffers --------------------------------------------------------------------------------------------------------

/** Host arrays for the elements of a buffer, in the layout of its element type. */
export type TypedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/**
 * Declares an i64 buffer as an inbox: it collects fixed-point contributions for each element, so that the order of
 * addition has no effect. Kernels only accumulate into it, in its units (`toFixed` of its scale, or integers in these
 * units), read it as `fromFixed` of its unit, and empty it by storing zero. Sums stay below 2^51 units: the pass that
 * declares an inbox chooses the units by bounds of all contributions.
 *
 * Units are 2^-exponent, for an exponent from -1000 to 1000. If phases change them, they are in two f64 buffers of one
 * element, the scale and its inverse.
 */
export type Inbox = { readonly exponent: number } | { readonly scale: string; readonly unit: string };

/** Returns the initial number of all elements of a buffer; undefined if they are given one by one. */
export const fillOf = (initial: NonNullable<Buffer['initial']>): number | bigint | undefined =>
  ArrayBuffer.isView(initial) ? undefined : initial.fill;

/** Whether the units of an inbox are a power of two that holds for all runs. */
export const isFixedInbox = (inbox: Inbox): inbox is { readonly exponent: number } => 'exponent' in inbox;

/**
 * A named one-dimensional array that lives for the entire session. A buffer with the `Extent` of a cell as its length
 * is allocated (zeroed) by an `allocate` action.
 */
export interface Buffer {
  /** Unique in the program. */
  readonly name: string;
  readonly element: ElementType;
  /** Number of elements. */
  readonly length: Extent;
  /**
   * `state` buffers may change during a run and belong to a snapshot; `constant` ones never change after
   * initialisation.
   */
  readonly role: 'state' | 'constant';
  /** Of floating-point numbers: none that is ever stored is larger in size, or no number. */
  readonly atMost?: number;
  /** Present in buffers that collect contributions. */
  readonly inbox?: Inbox;
  /** Initial contents: zeros when absent. */
  readonly initial?: TypedArray | { readonly fill: number | bigint };
  /** Description of the elements, with the SI unit, for comments in generated code. */
  readonly comment: string;
}

// --- Kernels --------------------------------------------------------------------------------------------------------

/**
 * Elements [begin, end) of merged populations; `begin` is a multiple of 64, so that masks and threads split at u32
 * boundaries.
 */
export interface Range {
  /** First element, in the merged arrays. */
  readonly begin: number;
  /** After the last element. */
  readonly end: number;
}

/**
 * The items of a `map`.
 * - `ranges`: implicit locals `index` (u32, position in the merged arrays), `begin` (u32), `group` (u32, ordinal of the
 *   range)
 * - `count`: implicit local `index` (u32) in [0, count)
 * - `spikes`: the elements that emitted in this step: implicit local `index` (u32, as stored in the list)
 */
export type MapDomain =
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  | { readonly kind: 'count'; readonly count: Extent }
  | { readonly kind: 'spikes'; readonly event: string };

interface KernelBase {
  readonly name: string;
  /** Its purpose in the model's terms; becomes a comment in generated code. */
  readonly comment: string;
}

/**
 * Independent items: an item may store only to elements that no other item touches, and accumulate anywhere.
 * `lanes: true` promises a body that can run on vector lanes: no loops, no `if`, no scattered store or accumulate;
 * loads and stores are at `index` itself, or at addresses that are equal for all items of a range.
 */
export interface MapKernel extends KernelBase {
  readonly shape: 'map';
  /** Its items. */
  readonly domain: MapDomain;
  /** Whether items may run on vector lanes. */
  readonly lanes: boolean;
  /**
   * Set if each item is the work of a team: work-items of a device that share memory and wait for each other. All of
   * them run the body, but share the rounds of each `lanes` loop and synchronise after it. Only these loops change
   * memory. They are not inside one another, an `if` or a `while`; locals set inside one are not read outside.
   */
  readonly team?: true;
  readonly locals: readonly Local[];
  /** The code of each item. */
  readonly body: readonly Statement[];
  /**
   * The same bits for devices with thousands of simultaneous work-items: with smaller items, or items shared by teams.
   * It writes the same buffers. Passes leave kernels with this form unchanged, and other engines ignore it.
   */
  readonly finer?: FinerMap;
}

/** The work of a map kernel in smaller pieces. */
export type FinerMap = Pick<MapKernel, 'domain' | 'team' | 'locals' | 'body'>;

/** One work item. */
export interface SequentialKernel extends KernelBase {
  readonly shape: 'sequential';
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
}

/**
 * Reads the mask of `event` over its elements and writes this step's slot of the event's ring: the ascending list and
 * its count. When the event has a log, appends (step, element) pairs to it.
 */
export interface CompactKernel extends KernelBase {
  readonly shape: 'compact';
  /** Name of the event ring. */
  readonly event: string;
}

/**
 * For each delay from `delays.last` down to `delays.first`, for each spike of `event` emitted that many steps ago with
 * `elements.begin <= element < elements.end`, ascending, for each position p in [segments[row * D + d], segments[row *
 * D + d + 1]) with row = element - elements.begin, D = last - first + 1, d = delay - first: runs the body with implicit
 * locals `row` (u32), `position` (u32) and `delay` (i32, steps).
 *
 * `order` defines the freedom of a target:
 * - `any`: items commute, and only its own item reads or writes the synapse at a position; all may run at once
 * - `byTarget`: as `any`, and the body's writes go to elements given by `targets[position]`, which ascend within a
 *   segment:
 *    a worker may take a range of targets and run their items, without atomics
 * - `byRow`: the writes of an item belong to its row (or its synapse): rows may be split over workers
 * - `sequential`: the stated order, one item after another
 */
export interface PropagateKernel extends KernelBase {
  readonly shape: 'propagate';
  /** Name of the ring with the delivered spikes. */
  readonly event: string;
  /** Elements of that ring that have synapses here: row 0 belongs to the first. */
  readonly elements: Range;
  /** In steps, both included. */
  readonly delays: { readonly first: number; readonly last: number };
  /** u32 buffer of rows * D + 1 offsets into positions. */
  readonly segments: string;
  /** Approximate number of positions, if known: affects the distribution of work over work-items, but no result. */
  readonly synapses?: number;
  /** The order that results depend on. */
  readonly order:
    | { readonly kind: 'any' | 'byRow' | 'sequential' }
    | { readonly kind: 'byTarget'; readonly targets: string; readonly targetCount: number };
  readonly locals: readonly Local[];
  /** The code for each synapse that a spike reaches. */
  readonly body: readonly Statement[];
}

/** A piece of work of a step or of initialisation, by the shape of its parallelism. */
export type Kernel = MapKernel | SequentialKernel | CompactKernel | PropagateKernel;

// --- Events, logs, schedule -----------------------------------------------------------------------------------------

/**
 * Spikes of one population (or another event of it). Elements are numbered from 0 in the population; bit i of the mask
 * is at bit `maskBegin + i` of the mask buffer (`maskBegin` is a multiple of 64).
 */
export interface EventRing {
  /** `population.event`. */
  readonly name: string;
  /** Number of elements. */
  readonly size: number;
  /** Buffer of u32 values with a bit for each element that emitted in this step. */
  readonly mask: string;
  /** Bit of the mask that is element 0. */
  readonly maskBegin: number;
  /** u32[slots * size]: slot of step n is n mod slots. */
  readonly list: string;
  /** u32[slots]. */
  readonly counts: string;
  /** A power of two greater than the longest delay in use. */
  readonly slots: number;
  /** Log that receives every spike as a (step, element) pair. */
  readonly log?: string;
}

/** An append-only record that the host drains: `run` stops before a step that might overflow a log. */
export interface Log {
  readonly name: string;
  /** Array of `capacity` rows of `rowLength` elements. */
  readonly buffer: string;
  /** u32 cell holding the number of rows used. */
  readonly cursor: { readonly buffer: string; readonly index: number };
  /** Elements a row. */
  readonly rowLength: number;
  /** Rows that fit. */
  readonly capacity: number;
  /** Room that a step needs at the most. */
  readonly maxRowsPerStep: number;
}

/** One entry of a step: runs when `(step - offset) mod every == 0` and step >= offset. */
export interface StepEntry {
  readonly kernel: string;
  /** Steps from one run to the next. */
  readonly every: number;
  /** Step of the first run. */
  readonly offset: number;
  /** Slot of the timing profile that it belongs to, for readers of the code. */
  readonly slot: string;
}

/**
 * Actions of initialisation and procedures. The kernels of a list run in order, each to its end. `release` frees the
 * memory of buffers with the `Extent` of a cell as their length: they have no elements from then on.
 */
export type Action =
  | { readonly kind: 'run'; readonly kernel: string }
  | { readonly kind: 'allocate' | 'release'; readonly buffers: readonly string[] };

/** The lists of kernels and their order. */
export interface Schedule {
  /** Builds the network and computes first values, once. */
  readonly initialise: readonly Action[];
  /** Implicit local `step` (i32) counts from 0 in every kernel and is never rewound. */
  readonly step: readonly StepEntry[];
  /** Named lists that the host may run between steps, such as the changes that a phase of the protocol makes. */
  readonly procedures: Readonly<Record<string, readonly Action[]>>;
}

/** A model as arrays and the kernels that run over them: all that an engine needs. */
export interface Program {
  /** The model's name. */
  readonly name: string;
  /** Floating-point type of the model's numbers. */
  readonly precision: Precision;
  /** Seconds a step. */
  readonly dt: number;
  /** See `numericsVersion`. */
  readonly numericsVersion: number;
  /** Functions that kernels call. */
  readonly functions: readonly IrFunction[];
  /** All arrays of the session. */
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly Kernel[];
  /** Rings of events that synapses, recordings or others read. */
  readonly events: readonly EventRing[];
  /** Records that the host drains. */
  readonly logs: readonly Log[];
  /** The lists of kernels and their order. */
  readonly schedule: Schedule;
  /** The meaning of the arrays. */
  readonly manifest: Manifest;
}

/** Raised with any change of results; stored with every fingerprint. */
export const numericsVersion = 11;
