/**
 * Small functions for operations with operators that are not total or have undefined cases. Only used helpers are
 * printed.
 */

import type { Dialect } from './dialect.js';

type Maker = (dialect: Dialect) => string;

/** Signed integers wrap: the sum is computed with unsigned ones. */
const wrapping =
  (type: 'i32' | 'i64', name: string, operator: string): Maker =>
  ({ inlineFunction, types }) => {
    const cType = types[type];
    const wide = types[type === 'i32' ? 'u32' : 'u64'];
    return (
      `${inlineFunction} ${cType} ${type}_${name}(${cType} a, ${cType} b) { return (${cType})((${wide})a ${operator} ` +
      `(${wide})b); }`
    );
  };

const binary =
  (type: 'i32' | 'u32' | 'i64', name: string, value: (own: string, wide: string) => string): Maker =>
  ({ inlineFunction, types }) => {
    const cType = types[type];
    const wide = types[type === 'i64' ? 'u64' : 'u32'];
    return `${inlineFunction} ${cType} ${type}_${name}(${cType} a, ${cType} b) { return ${value(cType, wide)}; }`;
  };

const unary =
  (type: 'i32' | 'u32' | 'i64', name: string, value: (dialect: Dialect) => string): Maker =>
  (dialect) =>
    `${dialect.inlineFunction} ${dialect.types[type]} ${type}_${name}(${dialect.types[type]} a) { return ` +
    `${value(dialect)}; }`;

/** Truncates and saturates; NaN becomes 0. A cast is reached only by values that fit. */
const saturating =
  (to: 'i32' | 'u32' | 'i64', from: 'f32' | 'f64'): Maker =>
  ({ inlineFunction, types, longSuffix }) => {
    const suffix = from === 'f32' ? 'f' : '';
    const limits = {
      i32: { above: '2147483648.0', most: '2147483647', below: '-2147483648.0', least: '(-2147483647 - 1)' },
      u32: { above: '4294967296.0', most: '4294967295u', below: '0.0', least: '0u' },
      i64: {
        above: '9223372036854775808.0',
        most: `9223372036854775807${longSuffix}`,
        below: '-9223372036854775808.0',
        least: `(-9223372036854775807${longSuffix} - 1)`,
      },
    } as const;
    const { above, most, below, least } = limits[to];
    const cType = types[to];
    return [
      `${inlineFunction} ${cType} ${to}_from_${from}(${types[from]} a)`,
      `{ return a >= ${above}${suffix} ? ${most} : a >= ${below}${suffix} ? (${cType})a : a < 0.0${suffix} ? ` +
        `${least} : 0; }`,
    ].join('\n');
  };

/** Same bits, other type. */
const bits =
  (to: 'i32' | 'u32' | 'i64' | 'f32' | 'f64', from: 'i32' | 'u32' | 'i64' | 'f32' | 'f64'): Maker =>
  ({ inlineFunction, types, copyBits }) =>
    `${inlineFunction} ${types[to]} ${to}_bits_of_${from}(${types[from]} a) { ${types[to]} b; ` +
    `${copyBits('b', 'a', types[to])} return b; }`;

const addTo =
  (element: 'i32' | 'u32' | 'i64'): Maker =>
  ({ inlineFunction, types, atomicAdd, shared }) =>
    [
      `${inlineFunction} void ${element}_add_shared(${shared}${types[element]} *address, ${types[element]} value)`,
      '{',
      atomicAdd(element),
      '}',
    ].join('\n');

/** Helper name → its text; a helper follows the helpers that it uses. */
const makers = {
  i32_add: wrapping('i32', 'add', '+'),
  i32_sub: wrapping('i32', 'sub', '-'),
  i32_mul: wrapping('i32', 'mul', '*'),
  i64_add: wrapping('i64', 'add', '+'),
  i64_sub: wrapping('i64', 'sub', '-'),
  i64_mul: wrapping('i64', 'mul', '*'),
  // Division by zero gives 0, and MIN / -1 gives MIN.
  i32_div: binary('i32', 'div', (own, wide) => `b == 0 ? 0 : b == -1 ? (${own})(0u - (${wide})a) : a / b`),
  i32_rem: binary('i32', 'rem', () => 'b == 0 || b == -1 ? 0 : a % b'),
  u32_div: binary('u32', 'div', () => 'b == 0u ? 0u : a / b'),
  u32_rem: binary('u32', 'rem', () => 'b == 0u ? 0u : a % b'),
  i64_div: binary('i64', 'div', (own, wide) => `b == 0 ? 0 : b == -1 ? (${own})(0u - (${wide})a) : a / b`),
  i64_rem: binary('i64', 'rem', () => 'b == 0 || b == -1 ? 0 : a % b'),
  // Counts of shifts are taken modulo the width.
  i32_shl: binary('i32', 'shl', (own, wide) => `(${own})((${wide})a << (b & 31))`),
  i64_shl: binary('i64', 'shl', (own, wide) => `(${own})((${wide})a << (b & 63))`),
  i64_shr_logical: binary('i64', 'shr_logical', (own, wide) => `(${own})((${wide})a >> (b & 63))`),
  u32_mul_high: ({ inlineFunction, types: { u32, u64 } }) =>
    `${inlineFunction} ${u32} u32_mul_high(${u32} a, ${u32} b) { return (${u32})(((${u64})a * b) >> 32); }`,
  i32_abs: unary('i32', 'abs', ({ types }) => `a < 0 ? (${types.i32})(0u - (${types.u32})a) : a`),
  i64_abs: unary('i64', 'abs', ({ types }) => `a < 0 ? (${types.i64})(0u - (${types.u64})a) : a`),
  u32_popcount: unary('u32', 'popcount', ({ types, bitCounts }) => `(${types.u32})${bitCounts.popcount.u32}(a)`),
  u32_ctz: unary('u32', 'ctz', ({ types, bitCounts }) => `a == 0u ? 32u : (${types.u32})${bitCounts.ctz.u32}(a)`),
  u32_clz: unary('u32', 'clz', ({ types, bitCounts }) => `a == 0u ? 32u : (${types.u32})${bitCounts.clz.u32}(a)`),
  i64_popcount: unary(
    'i64',
    'popcount',
    ({ types, bitCounts }) => `(${types.i64})${bitCounts.popcount.u64}((${types.u64})a)`,
  ),
  i64_ctz: unary(
    'i64',
    'ctz',
    ({ types, bitCounts }) => `a == 0 ? 64 : (${types.i64})${bitCounts.ctz.u64}((${types.u64})a)`,
  ),
  i64_clz: unary(
    'i64',
    'clz',
    ({ types, bitCounts }) => `a == 0 ? 64 : (${types.i64})${bitCounts.clz.u64}((${types.u64})a)`,
  ),
  i32_from_f64: saturating('i32', 'f64'),
  u32_from_f64: saturating('u32', 'f64'),
  i64_from_f64: saturating('i64', 'f64'),
  i32_from_f32: saturating('i32', 'f32'),
  u32_from_f32: saturating('u32', 'f32'),
  i64_from_f32: saturating('i64', 'f32'),
  f64_bits_of_i64: bits('f64', 'i64'),
  i64_bits_of_f64: bits('i64', 'f64'),
  f32_bits_of_u32: bits('f32', 'u32'),
  f32_bits_of_i32: bits('f32', 'i32'),
  u32_bits_of_f32: bits('u32', 'f32'),
  i32_bits_of_f32: bits('i32', 'f32'),
  i32_add_shared: addTo('i32'),
  u32_add_shared: addTo('u32'),
  i64_add_shared: addTo('i64'),
} as const satisfies Record<string, Maker>;

/** A helper function, by its operation and operand type. */
export type HelperName = keyof typeof makers;

/** All names that helpers may have. */
export const helperNames = Object.keys(makers) as readonly HelperName[];

/** Helpers called by a helper. */
const callees: Readonly<Partial<Record<HelperName, readonly HelperName[]>>> = {
  i32_add_shared: ['i32_add'],
  i64_add_shared: ['i64_add'],
};

/** The text of the helpers used, in their own order. */
export function helpersText(used: ReadonlySet<HelperName>, dialect: Dialect): string[] {
  const all = new Set([...used].flatMap((name) => [name, ...(callees[name] ?? [])]));
  return helperNames.filter((name) => all.has(name)).map((name) => makers[name](dialect));
}
