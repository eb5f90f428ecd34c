/**
 * Instructions of WebAssembly with their codes and the form of their immediates.
 *
 * @see https://webassembly.github.io/spec/core/appendix/index-instructions.html
 */

import { unsigned } from '../../../src/platform/leb128.js';

/** Form of the immediates that follow an instruction's name. */
export type Immediates =
  | 'none'
  | 'memory'
  | 'lane'
  | 'memory and lane'
  | 'shuffle'
  | 'zero'
  | 'two zeros'
  | 'local'
  | 'global'
  | 'function'
  | 'label'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'v128';

/** An instruction of WebAssembly. */
export interface Instruction {
  /** Bytes of its code. */
  readonly code: readonly number[];
  readonly immediates: Immediates;
  /** Natural alignment in memory, as an exponent of two. */
  readonly alignment: number;
}

const comparisons = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const orders = 'eq ne lt gt le ge';
const bitwise = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const floating = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';
const laneFloating = 'abs neg - sqrt add sub mul div min max pmin pmax';

/** Codes in order: the prefix, the first code, the type and its operations. A hyphen is a code without an operation. */
const rows: readonly (readonly [prefix: number, first: number, type: string, operations: string])[] = [
  [0, 0x28, 'i32', 'load'],
  [0, 0x29, 'i64', 'load'],
  [0, 0x2a, 'f32', 'load'],
  [0, 0x2b, 'f64', 'load'],
  [0, 0x2c, 'i32', 'load8_s load8_u load16_s load16_u'],
  [0, 0x30, 'i64', 'load8_s load8_u load16_s load16_u load32_s load32_u'],
  [0, 0x36, 'i32', 'store'],
  [0, 0x37, 'i64', 'store'],
  [0, 0x38, 'f32', 'store'],
  [0, 0x39, 'f64', 'store'],
  [0, 0x3a, 'i32', 'store8 store16'],
  [0, 0x3c, 'i64', 'store8 store16 store32'],
  [0, 0x3f, 'memory', 'size grow'],
  [0, 0x45, 'i32', `eqz ${comparisons}`],
  [0, 0x50, 'i64', `eqz ${comparisons}`],
  [0, 0x5b, 'f32', orders],
  [0, 0x61, 'f64', orders],
  [0, 0x67, 'i32', bitwise],
  [0, 0x79, 'i64', bitwise],
  [0, 0x8b, 'f32', floating],
  [0, 0x99, 'f64', floating],
  [0, 0xa7, 'i32', 'wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'],
  [0, 0xac, 'i64', 'extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'],
  [0, 0xb2, 'f32', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64'],
  [0, 0xb7, 'f64', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32'],
  [0, 0xbc, 'i32', 'reinterpret_f32'],
  [0, 0xbd, 'i64', 'reinterpret_f64'],
  [0, 0xbe, 'f32', 'reinterpret_i32'],
  [0, 0xbf, 'f64', 'reinterpret_i64'],
  [0, 0xc0, 'i32', 'extend8_s extend16_s'],
  [0, 0xc2, 'i64', 'extend8_s extend16_s extend32_s'],
  [0xfc, 0, 'i32', 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'],
  [0xfc, 4, 'i64', 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'],
  [0xfc, 10, 'memory', 'copy fill'],
  [0xfd, 0, 'v128', 'load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u'],
  [0xfd, 7, 'v128', 'load8_splat load16_splat load32_splat load64_splat store const'],
  [0xfd, 13, 'i8x16', 'shuffle swizzle splat'],
  [0xfd, 16, 'i16x8', 'splat'],
  [0xfd, 17, 'i32x4', 'splat'],
  [0xfd, 18, 'i64x2', 'splat'],
  [0xfd, 19, 'f32x4', 'splat'],
  [0xfd, 20, 'f64x2', 'splat'],
  [0xfd, 21, 'i8x16', 'extract_lane_s extract_lane_u replace_lane'],
  [0xfd, 24, 'i16x8', 'extract_lane_s extract_lane_u replace_lane'],
  [0xfd, 27, 'i32x4', 'extract_lane replace_lane'],
  [0xfd, 29, 'i64x2', 'extract_lane replace_lane'],
  [0xfd, 31, 'f32x4', 'extract_lane replace_lane'],
  [0xfd, 33, 'f64x2', 'extract_lane replace_lane'],
  [0xfd, 35, 'i8x16', comparisons],
  [0xfd, 45, 'i16x8', comparisons],
  [0xfd, 55, 'i32x4', comparisons],
  [0xfd, 65, 'f32x4', orders],
  [0xfd, 71, 'f64x2', orders],
  [0xfd, 77, 'v128', 'not and andnot or xor bitselect any_true load8_lane load16_lane load32_lane load64_lane'],
  [0xfd, 88, 'v128', 'store8_lane store16_lane store32_lane store64_lane load32_zero load64_zero'],
  [0xfd, 94, 'f32x4', 'demote_f64x2_zero'],
  [0xfd, 95, 'f64x2', 'promote_low_f32x4'],
  [0xfd, 96, 'i8x16', 'abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u'],
  [0xfd, 103, 'f32x4', 'ceil floor trunc nearest'],
  [0xfd, 107, 'i8x16', 'shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u'],
  [0xfd, 116, 'f64x2', 'ceil floor'],
  [0xfd, 118, 'i8x16', 'min_s min_u max_s max_u'],
  [0xfd, 122, 'f64x2', 'trunc'],
  [0xfd, 123, 'i8x16', 'avgr_u'],
  [0xfd, 124, 'i16x8', 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u'],
  [0xfd, 126, 'i32x4', 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u'],
  [0xfd, 128, 'i16x8', 'abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u'],
  [0xfd, 135, 'i16x8', 'extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u'],
  [0xfd, 139, 'i16x8', 'shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u'],
  [0xfd, 148, 'f64x2', 'nearest'],
  [0xfd, 149, 'i16x8', 'mul min_s min_u max_s max_u - avgr_u'],
  [0xfd, 156, 'i16x8', 'extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u'],
  [0xfd, 160, 'i32x4', 'abs neg - all_true bitmask'],
  [0xfd, 167, 'i32x4', 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u'],
  [0xfd, 171, 'i32x4', 'shl shr_s shr_u add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s'],
  [0xfd, 188, 'i32x4', 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u'],
  [0xfd, 192, 'i64x2', 'abs neg - all_true bitmask'],
  [0xfd, 199, 'i64x2', 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u'],
  [0xfd, 203, 'i64x2', 'shl shr_s shr_u add - - sub - - - mul eq ne lt_s gt_s le_s ge_s'],
  [0xfd, 220, 'i64x2', 'extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u'],
  [0xfd, 224, 'f32x4', laneFloating],
  [0xfd, 236, 'f64x2', laneFloating],
  [0xfd, 248, 'i32x4', 'trunc_sat_f32x4_s trunc_sat_f32x4_u'],
  [0xfd, 250, 'f32x4', 'convert_i32x4_s convert_i32x4_u'],
  [0xfd, 252, 'i32x4', 'trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero'],
  [0xfd, 254, 'f64x2', 'convert_low_i32x4_s convert_low_i32x4_u'],
  [0xfe, 0, 'memory', 'atomic.notify atomic.wait32 atomic.wait64'],
  [0xfe, 0x10, 'i32', 'atomic.load'],
  [0xfe, 0x11, 'i64', 'atomic.load'],
  [0xfe, 0x17, 'i32', 'atomic.store'],
  [0xfe, 0x18, 'i64', 'atomic.store'],
  ...['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'].flatMap((name, k) =>
    ['i32', 'i64'].map((type, wide) => [0xfe, 0x1e + 7 * k + wide, type, `atomic.rmw.${name}`] as const),
  ),
];

/** Instructions without a type, and those with immediates of their own. */
const others: Readonly<Record<string, readonly [code: number, immediates: Immediates]>> = {
  unreachable: [0x00, 'none'],
  nop: [0x01, 'none'],
  br: [0x0c, 'label'],
  br_if: [0x0d, 'label'],
  return: [0x0f, 'none'],
  call: [0x10, 'function'],
  drop: [0x1a, 'none'],
  select: [0x1b, 'none'],
  'local.get': [0x20, 'local'],
  'local.set': [0x21, 'local'],
  'local.tee': [0x22, 'local'],
  'global.get': [0x23, 'global'],
  'global.set': [0x24, 'global'],
  'i32.const': [0x41, 'i32'],
  'i64.const': [0x42, 'i64'],
  'f32.const': [0x43, 'f32'],
  'f64.const': [0x44, 'f64'],
};

/** Form of the immediates of an operation of a type. */
function immediatesOf(type: string, operation: string): Immediates {
  if (type === 'memory' && !operation.startsWith('atomic')) return operation === 'copy' ? 'two zeros' : 'zero';
  if (type === 'memory') return 'memory';
  if (operation === 'const') return 'v128';
  if (operation === 'shuffle') return 'shuffle';
  if (/^(load|store)\d+_lane$/.test(operation)) return 'memory and lane';
  if (operation.includes('_lane')) return 'lane';
  return /^(load|store|atomic)/.test(operation) ? 'memory' : 'none';
}

/** Returns the natural alignment of an access, as an exponent of two. */
function alignmentOf(type: string, operation: string): number {
  const width = /(?:load|store|wait)(\d+)(?:x(\d))?/.exec(operation);
  const bits = width ? Number(width[1]) * Number(width[2] ?? 1) : Number(/\d+/.exec(type)?.[0] ?? 32);
  return Math.log2(bits / 8);
}

/** All instructions, by their names, except `block`, `loop` and `if`. */
export const instructions: ReadonlyMap<string, Instruction> = new Map<string, Instruction>([
  ...Object.entries(others).map(
    ([name, [code, immediates]]) => [name, { code: [code], immediates, alignment: 0 }] as const,
  ),
  ...rows.flatMap(([prefix, first, type, operations]) =>
    operations.split(' ').flatMap((operation, k) => {
      if (operation === '-') return [];
      const code = prefix === 0 ? [first + k] : [prefix, ...unsigned(first + k)];
      const immediates = immediatesOf(type, operation);
      return [[`${type}.${operation}`, { code, immediates, alignment: alignmentOf(type, operation) }] as const];
    }),
  ),
]);
