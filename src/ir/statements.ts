/** Types, expressions, statements and functions of the kernel program, for the bodies of kernels. */

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
/** An operation on two values of one type; `BinaryOperator` defines each at the edges of its range. */
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
/**
 * `condition ? whenTrue : whenFalse`, with both sides evaluated (without observable effect: no side effects, no traps).
 */
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
 * An f64 as a fixed-point i64: in units of 1 / scale, rounded half to even. The scale is an f64, a power of two:
 * usually a constant, or a cell if a phase of the protocol changes the units. The product must be below 2^51 in size;
 * `fixed-point.ts` defines the results of others.
 */
export interface ToFixed {
  readonly kind: 'toFixed';
  readonly type: 'i64';
  /** An f64. */
  readonly operand: Expression;
  /** Units in 1, an f64. */
  readonly scale: Expression;
}
/** The f64 value of a fixed-point i64 below 2^51 in size, exactly: in units of `unit`, a power of two. */
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
  /** Empty for no statements. */
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
  /** The value that ends the loop; a value not above `from` gives no turns. */
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
 * In a `map` over ranges or a count: sets bit `index` of the mask buffer (u32 values of 32 elements each) to
 * `condition`. Every item does it exactly once.
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
  /** Bits to raise; the manifest's `faults` has their messages. */
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
  /** Its purpose, for comments in generated code. */
  readonly comment: string;
  readonly parameters: readonly Local[];
  /** Variables other than the parameters. */
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
  /** Names of parameters or locals with the returned values, in order. */
  readonly results: readonly Local[];
}

/** A number known when lowering, or the value of a u32 buffer cell that a kernel has computed by then. */
export type Extent = number | { readonly buffer: string; readonly index: number };
