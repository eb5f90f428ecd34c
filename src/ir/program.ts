/**
 * The kernel program: what lowering produces, printers print and the reference interpreter runs.
 *
 * Every operation is total and deterministic; the meaning of each is stated here and in `docs/determinism.md`, and the
 * reference interpreter is its executable form.
 */

// --- Types ----------------------------------------------------------------------------------------------------------

/** The type of an expression or local. Integers wrap; `bool` is never stored, buffers hold it as `u8` 0 or 1. */
export type ScalarType = 'bool' | 'i32' | 'u32' | 'i64' | 'f32' | 'f64';

/**
 * The type of a buffer's elements. Narrow integers load as `u32` (unsigned) or `i32` (signed) and are cut to width when
 * stored.
 */
export type ElementType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'i64' | 'f32' | 'f64';

/** Floating point type of the model's state; `time` and network building use `f64` in either precision. */
export type Precision = 'float64' | 'float32';

/** The type that a load of each element type yields. */
export const loadedType = {
  u8: 'u32',
  i8: 'i32',
  u16: 'u32',
  i16: 'i32',
  u32: 'u32',
  i32: 'i32',
  i64: 'i64',
  f32: 'f32',
  f64: 'f64',
} as const satisfies Record<ElementType, ScalarType>;

/** Bytes per element. */
export const elementBytes = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
} as const satisfies Record<ElementType, number>;

// --- Expressions ----------------------------------------------------------------------------------------------------

/**
 * Unary operations, typed by their operand.
 * - `neg abs`: i32 i64 f32 f64 (integers wrap; `abs` of f clears the sign bit, of NaN gives NaN)
 * - `sqrt floor ceil trunc nearest`: f32 f64 (`nearest` rounds half to even)
 * - `not`: bool. `bitNot popcount ctz clz`: u32 i32 i64 (counts of zero are the width)
 */
export type UnaryOperator =
  'neg' | 'abs' | 'sqrt' | 'floor' | 'ceil' | 'trunc' | 'nearest' | 'not' | 'bitNot' | 'popcount' | 'ctz' | 'clz';

/**
 * Binary operations; both operands and the result have one type.
 * - `add sub mul`: all numbers. `div`: IEEE for floats; for integers truncating, x/0 = 0 and MIN/-1 = MIN
 * - `rem`: integers, sign of the dividend, x rem 0 = 0
 * - `mulHigh`: u32, upper half of the 64-bit product
 * - `and or xor`: bool and integers. `shl shr`: integers; the count is taken modulo the width; `shr` is arithmetic for
 *   i32 and i64, logical for u32. `shrU`: i64 only, logical
 */
export type BinaryOperator =
  'add' | 'sub' | 'mul' | 'div' | 'rem' | 'mulHigh' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'shrU';

/**
 * Comparisons of numbers or bools (`eq`, `ne`), giving bool. Comparisons with NaN are false but `ne`, which is true.
 */
export type CompareOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** A constant. `value` is a bigint for i64, a boolean for bool, a number otherwise (f32 values are already rounded). */
export interface Constant {
  readonly kind: 'const';
  readonly type: ScalarType;
  /** Of the JavaScript type that holds `type` exactly. */
  readonly value: number | bigint | boolean;
}
/** Reads a local, a parameter, or one of the implicit locals that a kernel shape defines. */
export interface LocalGet {
  readonly kind: 'local';
  readonly type: ScalarType;
  readonly name: string;
}
/** `buffer[index]`; index is u32. Reading outside the buffer is illegal: lowering must prove it absent. */
export interface Load {
  readonly kind: 'load';
  /** The type that the buffer's element type is computed in. */
  readonly type: ScalarType;
  readonly buffer: string;
  /** Position as a u32, less than the buffer's length. */
  readonly index: Expression;
}
interface UnaryOp {
  readonly kind: 'unary';
  readonly type: ScalarType;
  readonly op: UnaryOperator;
  readonly operand: Expression;
}
/** An operation on two values of one type; `BinaryOperator` says what each does at the edges. */
export interface BinaryOp {
  readonly kind: 'binary';
  /** Type of both operands and the result. */
  readonly type: ScalarType;
  readonly op: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** A comparison of two values of one type. */
export interface CompareOp {
  readonly kind: 'compare';
  readonly type: 'bool';
  readonly op: CompareOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** `condition ? whenTrue : whenFalse`, both sides evaluated (no side effects, no traps, so nobody can tell). */
interface Select {
  readonly kind: 'select';
  readonly type: ScalarType;
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}
/**
 * Value conversion. float → integer truncates and saturates, NaN → 0. integer → float rounds to nearest (i64 → f32 is
 * not allowed). i64 → 32 bits wraps; i32 ↔ u32 keeps the bits; bool → number is 0 or 1; number → bool is `≠ 0`.
 */
export interface Convert {
  readonly kind: 'convert';
  /** Type of the result. */
  readonly type: ScalarType;
  /** A value of any other type. */
  readonly operand: Expression;
}
/** Same bits, other type: f64 ↔ i64, f32 ↔ u32, f32 ↔ i32. The bits of a NaN must not be observed. */
interface Reinterpret {
  readonly kind: 'reinterpret';
  readonly type: ScalarType;
  readonly operand: Expression;
}
/**
 * An f64 as a fixed-point i64: in units of 1 / scale, rounded half to even. The scale is an f64, a power of two: a
 * constant as a rule, or a cell where a phase of the protocol changes the units. The product must be below 2^51 in
 * size; `fixed-point.ts` says what comes of others.
 */
export interface ToFixed {
  readonly kind: 'toFixed';
  readonly type: 'i64';
  /** An f64. */
  readonly operand: Expression;
  /** Units in 1, an f64. */
  readonly scale: Expression;
}
/** The f64 that a fixed-point i64 below 2^51 in size stands for, exactly: in units of `unit`, a power of two. */
export interface FromFixed {
  readonly kind: 'fromFixed';
  readonly type: 'f64';
  /** An i64. */
  readonly operand: Expression;
  /** An f64, the inverse of the scale. */
  readonly unit: Expression;
}
/** Calls an IR function that has exactly one result. */
export interface CallExpression {
  readonly kind: 'call';
  /** Type of the function's result. */
  readonly type: ScalarType;
  /** Name of the function. */
  readonly function: string;
  /** One for each parameter, of its type. */
  readonly arguments: readonly Expression[];
}

/** A value without side effects. */
export type Expression =
  | Constant
  | LocalGet
  | Load
  | UnaryOp
  | BinaryOp
  | CompareOp
  | Select
  | Convert
  | Reinterpret
  | ToFixed
  | FromFixed
  | CallExpression;

// --- Statements -----------------------------------------------------------------------------------------------------

/** Assigns a declared local. */
export interface SetLocal {
  readonly kind: 'set';
  /** Name of a local of the kernel or function. */
  readonly local: string;
  readonly value: Expression;
}
/** `buffer[index] = value`, cut to the element's width. A NaN is stored as the one NaN. */
export interface Store {
  readonly kind: 'store';
  readonly buffer: string;
  /** Position as a u32, less than the buffer's length. */
  readonly index: Expression;
  /** Of the type that the buffer's element type is computed in. */
  readonly value: Expression;
}
/**
 * `buffer[index] += value` on an i32, u32 or i64 buffer, wrapping; commutes, so parallel items may do it in any
 * order.
 */
export interface Accumulate {
  readonly kind: 'accumulate';
  readonly buffer: string;
  /** Position as a u32, less than the buffer's length. */
  readonly index: Expression;
  /** Of the buffer's own type. */
  readonly value: Expression;
}
/** Runs one of two lists of statements. */
export interface If {
  readonly kind: 'if';
  /** A bool. */
  readonly condition: Expression;
  readonly then: readonly Statement[];
  /** Empty where nothing is to be done. */
  readonly else: readonly Statement[];
}
/**
 * `for local = from; local < to; local += 1`, all u32; bounds are evaluated once; the body may not assign the local.
 */
export interface For {
  readonly kind: 'for';
  /** The counter, a u32. */
  readonly local: string;
  /** First value of the counter, a u32. */
  readonly from: Expression;
  /** The value that ends the loop; nothing runs where it is not above `from`. */
  readonly to: Expression;
  readonly body: readonly Statement[];
  /** True when its rounds are independent of each other; printers may make use of it, or not. */
  readonly lanes?: true;
}
/** Repeats its body while the condition holds. */
export interface While {
  readonly kind: 'while';
  /** A bool, evaluated before each round. */
  readonly condition: Expression;
  readonly body: readonly Statement[];
}
/** Leaves the innermost `for` or `while`. */
interface Break {
  readonly kind: 'break';
}
/** Calls an IR function with any number of results. */
export interface CallStatement {
  readonly kind: 'call';
  /** Name of the function. */
  readonly function: string;
  /** One for each parameter, of its type. */
  readonly arguments: readonly Expression[];
  /** Locals that take the results, in order. */
  readonly results: readonly string[];
}
/**
 * In a `map` over ranges or a count: sets bit `index` of the mask buffer (u32 words, 32 elements each) to `condition`.
 * Every item does it exactly once.
 */
export interface SetBit {
  readonly kind: 'setBit';
  /** Name of the mask buffer. */
  readonly mask: string;
  /** A bool. */
  readonly condition: Expression;
}
/**
 * Raises fault bits in the program's `faults` buffer (u32[1]); the session stops after the step and the host reports
 * them.
 */
export interface Fault {
  readonly kind: 'fault';
  /** Bits to raise; the manifest's `faults` says what each means. */
  readonly bits: number;
  /** A bool. */
  readonly when: Expression;
}
interface Comment {
  readonly kind: 'comment';
  readonly text: string;
}

/** A step of a kernel's or function's body. */
export type Statement =
  SetLocal | Store | Accumulate | If | For | While | Break | CallStatement | SetBit | Fault | Comment;

/** A variable of a kernel or function, or a parameter. */
export interface Local {
  /** Unique in the kernel or function. */
  readonly name: string;
  readonly type: ScalarType;
}

/** A pure function of scalars: no buffers, no recursion. Its results are the final values of the named locals. */
export interface IrFunction {
  /** Unique in the program. */
  readonly name: string;
  /** What it computes, for comments in generated code. */
  readonly comment: string;
  readonly parameters: readonly Local[];
  /** Variables beside the parameters. */
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
  /** Names of parameters or locals whose values are returned, in order. */
  readonly results: readonly Local[];
}

// --- Buffers --------------------------------------------------------------------------------------------------------

/** A number known when lowering, or the value of a u32 buffer cell that a kernel has computed by then. */
export type Extent = number | { readonly buffer: string; readonly index: number };

/** What holds the elements of a buffer on the host, in the layout of its element type. */
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
 * What makes an i64 buffer an inbox: a place for each element where contributions gather as fixed-point numbers, so
 * that the order of adding cannot show. Kernels only accumulate into it, in its units (`toFixed` of its scale, or
 * integers that are in these units already), read it as `fromFixed` of its unit, and empty it by storing zero. Sums
 * stay below 2^51 units: whoever declares an inbox chooses the units so, from bounds of all that may arrive.
 *
 * Units are 2^-exponent, for an exponent from -1000 to 1000; or what two f64 buffers of one element hold, the scale and
 * its inverse, where phases change them.
 */
export type Inbox = { readonly exponent: number } | { readonly scale: string; readonly unit: string };

/** The number that all elements of a buffer begin with; undefined where they are given one by one. */
export const fillOf = (initial: NonNullable<Buffer['initial']>): number | bigint | undefined =>
  ArrayBuffer.isView(initial) ? undefined : initial.fill;

/** Whether the units of an inbox are a power of two that holds for all runs. */
export const isFixedInbox = (inbox: Inbox): inbox is { readonly exponent: number } => 'exponent' in inbox;

/**
 * A named one-dimensional array that lives for the entire session.
 * A buffer whose length is an `Extent` of a cell is allocated (zeroed) by an `allocate` action.
 */
export interface Buffer {
  /** Unique in the program. */
  readonly name: string;
  readonly element: ElementType;
  /** Number of elements. */
  readonly length: Extent;
  /**
   * `state` buffers hold what changes while running and are what a snapshot must keep; `constant` ones never change
   * after initialisation.
   */
  readonly role: 'state' | 'constant';
  /** Of floating-point numbers: none that is ever stored is larger in size, or no number. */
  readonly atMost?: number;
  /** Present in buffers that gather contributions. */
  readonly inbox?: Inbox;
  /** Initial contents: zeros when absent. */
  readonly initial?: TypedArray | { readonly fill: number | bigint };
  /** What the elements are, with the SI unit, for comments in generated code. */
  readonly comment: string;
}

// --- Kernels --------------------------------------------------------------------------------------------------------

/**
 * Elements [begin, end) of merged populations; `begin` is a multiple of 64, so masks and threads split on words.
 */
export interface Range {
  /** First element, in the merged arrays. */
  readonly begin: number;
  /** After the last element. */
  readonly end: number;
}

/**
 * What a `map` runs over.
 * - `ranges`: implicit locals `index` (u32, position in the merged arrays), `begin` (u32), `group` (u32, ordinal of the
 *   range)
 * - `count`: implicit local `index` (u32) in [0, count)
 * - `spikes`: the elements that emitted in this very step: implicit local `index` (u32, as stored in the list)
 */
export type MapDomain =
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  | { readonly kind: 'count'; readonly count: Extent }
  | { readonly kind: 'spikes'; readonly event: string };

interface KernelBase {
  readonly name: string;
  /** What it computes, in the model's words; becomes a comment in generated code. */
  readonly comment: string;
}

/**
 * Independent items: an item may store only to elements that no other item touches, and accumulate anywhere.
 * `lanes: true` promises a body that can run on vector lanes: no loops, no `if`, no scattered store or accumulate;
 * loads and stores are at `index` itself, or at addresses that are equal for all items of a range.
 */
export interface MapKernel extends KernelBase {
  readonly shape: 'map';
  /** What it runs over. */
  readonly domain: MapDomain;
  /** Whether items may run on vector lanes. */
  readonly lanes: boolean;
  readonly locals: readonly Local[];
  /** What each item does. */
  readonly body: readonly Statement[];
}

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
 * `elements.begin <= element < elements.end`, ascending, for each position p in
 * [segments[row * D + d], segments[row * D + d + 1]) where row = element - elements.begin, D = last - first + 1, d =
 * delay - first: runs the body with implicit locals `row` (u32), `position` (u32) and `delay` (i32, steps).
 *
 * `order` says which freedom a target has:
 * - `any`: items commute and each position's own synapse is touched only by its own item; all may run at once
 * - `byTarget`: as `any`, and the body's writes go to elements given by `targets[position]`, which ascend within a
 *   segment:
 *    a worker may take a range of targets and run the items that fall in it, without atomics
 * - `byRow`: the writes of an item belong to its row (or its synapse): rows may be split over workers
 * - `sequential`: the stated order, one item after another
 */
export interface PropagateKernel extends KernelBase {
  readonly shape: 'propagate';
  /** Name of the ring whose spikes are delivered. */
  readonly event: string;
  /** Elements of that ring that have synapses here: row 0 belongs to the first. */
  readonly elements: Range;
  /** In steps, both included. */
  readonly delays: { readonly first: number; readonly last: number };
  /** u32 buffer of rows * D + 1 offsets into positions. */
  readonly segments: string;
  /** About how many positions there are, where it is known: decides how targets share out the work, and no result. */
  readonly synapses?: number;
  /** The order that results depend on. */
  readonly order:
    | { readonly kind: 'any' | 'byRow' | 'sequential' }
    | { readonly kind: 'byTarget'; readonly targets: string; readonly targetCount: number };
  readonly locals: readonly Local[];
  /** What is done for each synapse that a spike reaches. */
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
  /** Buffer of u32 words, a bit for each element that emitted in this step. */
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

/** An append-only record that the host drains: `run` stops before a step for which some log may lack room. */
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
 * What initialisation and procedures are made of. Kernels of one list run in order, each to its end. `release` gives
 * the memory of buffers back whose length is an `Extent` of a cell: they have no elements from then on.
 */
export type Action =
  | { readonly kind: 'run'; readonly kernel: string }
  | { readonly kind: 'allocate' | 'release'; readonly buffers: readonly string[] };

/** What is run when. */
export interface Schedule {
  /** Builds the network and computes first values, once. */
  readonly initialise: readonly Action[];
  /** Implicit local `step` (i32) counts from 0 in every kernel and is never rewound. */
  readonly step: readonly StepEntry[];
  /** Named lists that the host may run between steps, such as the changes that a phase of the protocol makes. */
  readonly procedures: Readonly<Record<string, readonly Action[]>>;
}

// --- Manifest: what the buffers mean in the model -------------------------------------------------------------------
/** Where one variable of a population or projection lives. */
export interface VariableLocation {
  /** The population or projection. */
  readonly owner: string;
  /** Its name in the model. */
  readonly variable: string;
  /** The array that holds it, merged with those of other populations of the type. */
  readonly buffer: string;
  /** Where its elements begin there. */
  readonly offset: number;
  /** Number of elements; a projection's is known after initialisation. */
  readonly length: Extent;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** True when it changes with time and so belongs to the fingerprint. */
  readonly state: boolean;
  /** For values kept as integers: in units of 2^-exponent. */
  readonly exponent?: number;
}

/** Where the synapses of one projection live, in storage order. */
export interface ProjectionLocation {
  /** Its name in the model, or that of a piece. */
  readonly name: string;
  /** Name in the model of the projection that it is a piece of; absent: it is that itself. */
  readonly pieceOf?: string;
  /** Number of synapses. */
  readonly count: Extent;
  /** u32 source and target index of each position, or how to find the source: from the segments. */
  readonly targets: string;
  /** u32 buffer of sources * D + 1 first positions, for D possible delays of each source. */
  readonly segments: string;
  /** Number of elements of the presynaptic end. */
  readonly sources: number;
  /** Delays that segments are made for, in steps, both included. */
  readonly delays: { readonly first: number; readonly last: number };
  /** u32 creation index of each position; absent when storage order is creation order. */
  readonly creation?: string;
  /**
   * Delays of each pathway in steps. `buffer` holds one for each position; without it, all are `first`, or are those of
   * the segments.
   */
  readonly pathways?: readonly {
    readonly name: string;
    readonly first: number;
    readonly last: number;
    readonly buffer?: string;
  }[];
}

/** One recording: which log holds it and what its columns are. */
export interface SampleLocation {
  /** Name of the recording. */
  readonly recording: string;
  /** The population or projection. */
  readonly owner: string;
  readonly variable: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** Log with a row for each sample. */
  readonly log: string;
  /** First element within a row of the log, and number of elements. */
  readonly column: number;
  /** Elements of the owner, a column for each. */
  readonly indices: Uint32Array | { readonly begin: number; readonly end: number };
  /** Type of the values in the row. */
  readonly element: ElementType;
  /** Steps between samples, and the step of the first. */
  readonly every: number;
  /** Step of the first sample. */
  readonly offset: number;
  /** Time of the sample taken in step n is (n + label) * dt. */
  readonly label: 0 | 1;
}

/** A variable whose value is recorded at each event. */
export interface EventValueLocation {
  /** Its name in the model. */
  readonly variable: string;
  /** SI unit text, `1` when dimensionless. */
  readonly unit: string;
  /** Log of f64 with a row for each row of the event's own log. */
  readonly log: string;
  /** Place of the value in a row. */
  readonly column: number;
}

/** One recording of events, or of the rate that they make (events per element and second). */
export interface EventRecordingLocation {
  /** Name of the recording. */
  readonly recording: string;
  /** Each event, or how many there are a second. */
  readonly kind: 'events' | 'rate';
  /** Whose events they are. */
  readonly population: string;
  /** Name of the event ring, whose log is drained. */
  readonly event: string;
  /** Elements of the population that are recorded. */
  readonly indices: Uint32Array | { readonly begin: number; readonly end: number };
  /** Variables whose values are recorded at the events; absent: none. */
  readonly values?: readonly EventValueLocation[];
}

/** What the arrays of a program mean in the model. */
export interface Manifest {
  /** Populations in the model's order; `event` is the ring of their spikes, null where they have none. */
  readonly populations: readonly {
    readonly name: string;
    readonly size: number;
    readonly event: string | null;
    readonly recorded: boolean;
  }[];
  /** Which ring has which event of which population. */
  readonly events: readonly {
    readonly event: string;
    readonly population: string;
    readonly name: string;
    /** Log of (step, element, how often) of those that count more than once; absent: none does. */
    readonly multiples?: string;
  }[];
  /** Where variables are kept that the host may read. */
  readonly variables: readonly VariableLocation[];
  /** Where synapses are kept. */
  readonly projections: readonly ProjectionLocation[];
  /** Where samples of recorded variables come from. */
  readonly samples: readonly SampleLocation[];
  /** Absent: the spikes of every population that says `recorded`, under the population's name. */
  readonly eventRecordings?: readonly EventRecordingLocation[];
  /** Spike time of step n is (n + spikeLabel) * dt. */
  readonly spikeLabel: 0 | 1;
  /** What each fault bit means, as a sentence. */
  readonly faults: Readonly<Record<number, string>>;
  /** Where time may be turned back: buffers that a reset leaves as they are, parameters and what follows from them. */
  readonly kept?: readonly string[];
  /** Choices worth reporting: integration method of each equation set, representation of each projection. */
  readonly notes: readonly string[];
}

/** A model as arrays and the kernels that run over them: all that an engine needs. */
export interface Program {
  /** The model's name. */
  readonly name: string;
  /** Type in which the model's numbers are computed. */
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
  /** What is run when. */
  readonly schedule: Schedule;
  /** What the arrays mean. */
  readonly manifest: Manifest;
}

/** Raised with any change of results; stored with every fingerprint. */
export const numericsVersion = 3;
