/**
 * The differences between the languages of the C family: keywords, literals, address spaces, built-in functions,
 * atomics.
 */

import type { ElementType, ScalarType } from '../../ir/program.js';

/** Operations that every language has under its own name; all are exact or correctly rounded. */
type MathFunction = 'sqrt' | 'floor' | 'ceil' | 'trunc' | 'nearest' | 'abs';

/** One language. All other printers of this folder are independent of the language. */
export interface Dialect {
  /** As messages and comments name it. */
  readonly name: string;
  /** Types of locals. */
  readonly types: Readonly<Record<ScalarType | 'u64', string>>;
  /** Types of buffers' elements. */
  readonly elementTypes: Readonly<Record<ElementType, string>>;
  /** After a 64-bit integer's digits; 32-bit unsigned ones end with `u` everywhere. */
  readonly longSuffix: string;
  /** Expressions for infinity and the one NaN. */
  readonly notNumbers: Readonly<Record<'f64' | 'f32', { readonly infinity: string; readonly nan: string }>>;
  /** Prefix of a function that is small enough to be inlined everywhere. */
  readonly inlineFunction: string;
  /** Prefix of a kernel with all calls inlined, so that its items run on vector lanes. */
  readonly flatFunction: string;
  /** Before any other kernel. */
  readonly kernelFunction: string;
  /** A line before a loop with independent items. */
  readonly independentLoop: (reductions: readonly string[]) => string;
  /** Type of a pointer to an unaliased buffer; `shared`: other code changes it while the kernel runs. */
  readonly bufferPointer: (element: ElementType, readOnly: boolean, shared?: boolean) => string;
  /** Names of built-in functions. */
  readonly math: Readonly<Record<MathFunction, Readonly<Record<'f64' | 'f32', string>>>>;
  /** Counts of bits of a u32 and of a u64; counts of zeros may be undefined for zero. */
  readonly bitCounts: Readonly<Record<'popcount' | 'ctz' | 'clz', Readonly<Record<'u32' | 'u64', string>>>>;
  /** A statement that copies the bits of one local to another of the same size, of the given type. */
  readonly copyBits: (to: string, from: string, type: string) => string;
  /** Functions that replace `+ - * /` if a language might contract them or round differently. */
  readonly floatFunctions?: Readonly<
    Partial<Record<'add' | 'sub' | 'mul' | 'div', Readonly<Record<'f64' | 'f32', string | undefined>>>>
  >;
  /** Body of a function that adds `value` to `*address`, wrapping, while other threads may do the same. */
  readonly atomicAdd: (element: 'i32' | 'u32' | 'i64') => string;
  /** Address space of the memory that all threads share, as a prefix. */
  readonly shared: string;
  /** Names of the language that its printed text uses, which no buffer or local may hide. */
  readonly reserved: readonly string[];
}

const bothWidths = (name: string): Readonly<Record<'f64' | 'f32', string>> => ({ f64: name, f32: `${name}f` });

/**
 * C11 with the extensions that gcc and clang share. `floor`, `ceil`, `trunc`, `rint`, `fabs` and `sqrt` are the only
 * functions of the C library that are used, and all of them are exact or correctly rounded wherever they come from.
 */
export const cDialect: Dialect = {
  name: 'C',
  types: {
    bool: 'bool',
    i32: 'int32_t',
    u32: 'uint32_t',
    i64: 'int64_t',
    u64: 'uint64_t',
    f32: 'float',
    f64: 'double',
  },
  elementTypes: {
    u8: 'uint8_t',
    i8: 'int8_t',
    u16: 'uint16_t',
    i16: 'int16_t',
    u32: 'uint32_t',
    i32: 'int32_t',
    i64: 'int64_t',
    f32: 'float',
    f64: 'double',
  },
  longSuffix: 'LL',
  notNumbers: {
    f64: { infinity: '__builtin_inf()', nan: '__builtin_nan("")' },
    f32: { infinity: '__builtin_inff()', nan: '__builtin_nanf("")' },
  },
  inlineFunction: 'static inline',
  flatFunction: 'static __attribute__((flatten, noinline))',
  kernelFunction: 'static __attribute__((noinline))',
  independentLoop: (reductions) =>
    `#pragma omp simd${reductions.length === 0 ? '' : ` reduction(| : ${reductions.join(', ')})`}`,
  bufferPointer: (element, readOnly) => `${readOnly ? 'const ' : ''}${cDialect.elementTypes[element]} *restrict const`,
  math: {
    sqrt: bothWidths('__builtin_sqrt'),
    floor: bothWidths('__builtin_floor'),
    ceil: bothWidths('__builtin_ceil'),
    trunc: bothWidths('__builtin_trunc'),
    nearest: bothWidths('__builtin_rint'),
    abs: bothWidths('__builtin_fabs'),
  },
  bitCounts: {
    popcount: { u32: '__builtin_popcount', u64: '__builtin_popcountll' },
    ctz: { u32: '__builtin_ctz', u64: '__builtin_ctzll' },
    clz: { u32: '__builtin_clz', u64: '__builtin_clzll' },
  },
  copyBits: (to, from) => `memcpy(&${to}, &${from}, sizeof ${to});`,
  atomicAdd: (element) =>
    [
      '#ifdef _OPENMP',
      '  __atomic_fetch_add(address, value, __ATOMIC_RELAXED);',
      '#else',
      element === 'u32' ? '  *address += value;' : `  *address = ${element}_add(*address, value);`,
      '#endif',
    ].join('\n'),
  shared: '',
  reserved: [],
};
