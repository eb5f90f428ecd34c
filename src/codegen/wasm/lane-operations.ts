/**
 * Prints one IR operation on vector lanes as WebAssembly text, given the text of its operands.
 *
 * Two lanes: 64-bit types fill the vector; 32-bit types use its 32-bit lanes 0 and 1, and the upper two are undefined.
 * Four lanes: only 32-bit types. A bool is a mask of all ones or zeros, as wide as the compared numbers.
 */

import { InvariantError, invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, CompareOperator, ElementType, ScalarType, UnaryOperator } from '../../ir/program.js';
import { valueType } from './operations.js';
import { i32Const } from './text.js';
import type { Wat } from './text.js';

/** Elements of a vector of 128 bits: two of 64 bits, or four of 32. */
export type Lanes = 2 | 4;
/** Bits a lane of a mask. */
export type MaskWidth = 32 | 64;

/** The interpretation of a vector that holds each scalar type. */
export const vectorShape = {
  i32: 'i32x4',
  u32: 'i32x4',
  i64: 'i64x2',
  f32: 'f32x4',
  f64: 'f64x2',
} as const satisfies Record<Exclude<ScalarType, 'bool'>, string>;

const zeroVector: Wat = ['v128.const i64x2 0 0'];

function shape(type: ScalarType): string {
  invariant(type !== 'bool', 'codegen/wasm/lanes', 'a bool has no vector of numbers');
  return vectorShape[type];
}

const isFloat = (type: ScalarType): boolean => type === 'f32' || type === 'f64';

/**
 * Bytes of `a`, then of `b`, picked by position; the pattern repeats, since the rest of the vector may hold anything.
 */
function shuffle(bytes: readonly number[], a: Wat, b: Wat = zeroVector): Wat {
  const all = Array.from({ length: 16 }, (_, k) => bytes[k % bytes.length]);
  return [`i8x16.shuffle ${all.join(' ')}`, a, b];
}

const word = (k: number): number[] => [4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3];

/** The even 32-bit lanes of a vector, moved to lanes 0 and 1. */
function narrow(a: Wat): Wat {
  return shuffle([...word(0), ...word(2)], a);
}

/** A mask in another width. */
export function maskOf(width: MaskWidth, from: MaskWidth, mask: Wat): Wat {
  if (width === from) return mask;
  return width === 64 ? ['i64x2.extend_low_i32x4_s', mask] : narrow(mask);
}

/** Returns the width of the mask from a comparison of this type. */
export function maskWidth(type: ScalarType): MaskWidth {
  return type === 'i64' || type === 'f64' ? 64 : 32;
}

/** A scalar in every lane; a bool becomes a mask that is right in any width. */
export function splatText(type: ScalarType, a: Wat): Wat {
  if (type === 'bool') return ['i32x4.splat', ['i32.sub', i32Const(0), a]];
  return [`${shape(type)}.splat`, a];
}

/** Prints one lane as a scalar. `width` is the width of a bool's mask. */
export function extractText(type: ScalarType, lane: number, a: Wat, width: MaskWidth): Wat {
  if (type === 'bool') return ['i32.and', [`i32x4.extract_lane ${width === 64 ? 2 * lane : lane}`, a], i32Const(1)];
  return [`${shape(type)}.extract_lane ${lane}`, a];
}

/** Scalars as the lanes of a vector; bools as a mask of 32 bits. */
export function combineText(type: ScalarType, scalars: readonly Wat[]): Wat {
  const inVector = type === 'bool' ? scalars.map((scalar): Wat => ['i32.sub', i32Const(0), scalar]) : scalars;
  const t = type === 'bool' ? 'i32x4' : shape(type);
  const [first, ...rest] = inVector;
  invariant(first !== undefined, 'codegen/wasm/lanes', 'a vector has lanes');
  return rest.reduce<Wat>((vector, scalar, k) => [`${t}.replace_lane ${k + 1}`, vector, scalar], [`${t}.splat`, first]);
}

/** Returns undefined if vectors lack the operation, so that each lane is computed by itself. */
export function unaryLaneText(op: UnaryOperator, type: ScalarType, a: Wat): Wat | undefined {
  switch (op) {
    case 'not':
    case 'bitNot':
      return ['v128.not', a];
    case 'abs':
      return type === 'u32' ? a : [`${shape(type)}.abs`, a];
    case 'neg':
    case 'sqrt':
    case 'floor':
    case 'ceil':
    case 'trunc':
    case 'nearest':
      return [`${shape(type)}.${op}`, a];
    case 'popcount':
    case 'ctz':
    case 'clz':
      return undefined;
  }
}

/** The upper halves of products of u32. */
function mulHighText(lanes: Lanes, a: Wat, b: Wat): Wat {
  const low: Wat = ['i64x2.extmul_low_i32x4_u', a, b];
  if (lanes === 2) return shuffle([...word(1), ...word(3)], low);
  return shuffle([...word(1), ...word(3), ...word(5), ...word(7)], low, ['i64x2.extmul_high_i32x4_u', a, b]);
}

/** Shifts are in `shiftLaneText`. Returns undefined if each lane is computed by itself. */
export function binaryLaneText(op: BinaryOperator, type: ScalarType, lanes: Lanes, a: Wat, b: Wat): Wat | undefined {
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
      return [`${shape(type)}.${op}`, a, b];
    case 'div':
      return isFloat(type) ? [`${shape(type)}.div`, a, b] : undefined;
    case 'and':
    case 'or':
    case 'xor':
      return [`v128.${op}`, a, b];
    case 'mulHigh':
      return mulHighText(lanes, a, b);
    case 'rem':
    case 'shl':
    case 'shr':
    case 'shrU':
      return undefined;
  }
}

/** Shifts all lanes by one scalar count (i32, taken modulo the width by the instruction). */
export function shiftLaneText(op: 'shl' | 'shr' | 'shrU', type: ScalarType, a: Wat, count: Wat): Wat {
  const t = shape(type);
  if (op === 'shl') return [`${t}.shl`, a, count];
  return [`${t}.shr_${op === 'shrU' || type === 'u32' ? 'u' : 's'}`, a, count];
}

/** A comparison, as a mask of all bits set or none in each lane. */
export function compareLaneText(op: CompareOperator, type: ScalarType, a: Wat, b: Wat): Wat {
  if (type === 'bool') {
    invariant(op === 'eq' || op === 'ne', 'codegen/wasm/lanes', 'bools have no order');
    const differ: Wat = ['v128.xor', a, b];
    return op === 'ne' ? differ : ['v128.not', differ];
  }
  const t = vectorShape[type];
  if (isFloat(type) || op === 'eq' || op === 'ne') return [`${t}.${op}`, a, b];
  return [`${t}.${op}_${type === 'u32' ? 'u' : 's'}`, a, b];
}

/** One of two values in each lane, by a mask. */
export function selectLaneText(mask: Wat, whenTrue: Wat, whenFalse: Wat): Wat {
  return ['v128.bitselect', whenTrue, whenFalse, mask];
}

/**
 * i64 to f64, correctly rounded: the halves as doubles 2^84 + 2^63 + high * 2^32 and 2^52 + low; the first difference
 * is exact, so only the last sum rounds. `a` is printed twice.
 */
function longToDouble(a: Wat): Wat {
  const high: Wat = [
    'v128.xor',
    ['i64x2.shr_u', a, i32Const(32)],
    ['v128.const i64x2 0x4530000080000000 0x4530000080000000'],
  ];
  const low: Wat = [
    'v128.or',
    ['v128.and', a, ['v128.const i64x2 0xffffffff 0xffffffff']],
    ['v128.const i64x2 0x4330000000000000 0x4330000000000000'],
  ];
  // 2^84 + 2^63 + 2^52
  return ['f64x2.add', ['f64x2.sub', high, ['v128.const i64x2 0x4530000080100000 0x4530000080100000']], low];
}

function boolToNumber(to: ScalarType, width: MaskWidth, mask: Wat): Wat {
  const wanted = maskWidth(to);
  const vectorOfOnes = {
    i32: 'i32x4 1 1 1 1',
    u32: 'i32x4 1 1 1 1',
    i64: 'i64x2 1 1',
    f32: 'f32x4 1 1 1 1',
    f64: 'f64x2 1 1',
    bool: '',
  }[to];
  return ['v128.and', maskOf(wanted, width, mask), [`v128.const ${vectorOfOnes}`]];
}

/** Conversions that print their operand twice, which must therefore be a local. */
export function repeatsOperand(to: ScalarType, from: ScalarType): boolean {
  return from === 'i64' && to === 'f64';
}

/** Returns undefined if each lane is computed by itself. `width` is the width of a bool's mask. */
export function convertLaneText(
  to: ScalarType,
  from: ScalarType,
  lanes: Lanes,
  a: Wat,
  width: MaskWidth,
): Wat | undefined {
  if (from === 'bool') return to === 'bool' ? a : boolToNumber(to, width, a);
  if (to === 'bool') return [`${shape(from)}.ne`, a, zeroVector];
  if (valueType[to] === valueType[from]) return a;
  const sign = from === 'u32' ? 'u' : 's';
  switch (to) {
    case 'i32':
    case 'u32': {
      const wanted = to === 'u32' ? 'u' : 's';
      if (from === 'i64') return narrow(a);
      return from === 'f64' ? [`i32x4.trunc_sat_f64x2_${wanted}_zero`, a] : [`i32x4.trunc_sat_f32x4_${wanted}`, a];
    }
    case 'i64':
      return isFloat(from) ? undefined : [`i64x2.extend_low_i32x4_${sign}`, a];
    case 'f32':
      return from === 'f64' ? ['f32x4.demote_f64x2_zero', a] : [`f32x4.convert_i32x4_${sign}`, a];
    case 'f64':
      if (from === 'i64') return longToDouble(a);
      return from === 'f32' ? ['f64x2.promote_low_f32x4', a] : [`f64x2.convert_low_i32x4_${sign}`, a];
  }
  throw new InvariantError('codegen/wasm/lanes', `conversion of ${from} on ${lanes} lanes`);
}

/** The vector at an address; `head` adds the immediate offset to an instruction. */
export function loadLanesText(
  element: ElementType,
  lanes: Lanes,
  head: (instruction: string) => string,
  address: Wat,
): Wat {
  switch (element) {
    case 'f64':
    case 'i64':
      return [head('v128.load'), address];
    case 'f32':
    case 'i32':
    case 'u32':
      return [head(lanes === 2 ? 'v128.load64_zero' : 'v128.load'), address];
    case 'u16':
    case 'i16': {
      const sign = element === 'u16' ? 'u' : 's';
      return lanes === 4
        ? [head(`v128.load16x4_${sign}`), address]
        : [`i32x4.extend_low_i16x8_${sign}`, [head('v128.load32_zero'), address]];
    }
    case 'u8':
    case 'i8': {
      const sign = element === 'u8' ? 'u' : 's';
      const bytes: Wat =
        lanes === 4 ? [head('v128.load32_zero'), address] : ['i32x4.splat', [head('i32.load16_u'), address]];
      return [`i32x4.extend_low_i16x8_${sign}`, [`i16x8.extend_low_i8x16_${sign}`, bytes]];
    }
  }
}

/** Stores a vector, cut to the element's width. */
export function storeLanesText(
  element: ElementType,
  lanes: Lanes,
  head: (instruction: string) => string,
  address: Wat,
  value: Wat,
): Wat {
  const firstWord = (bytes: readonly number[]): Wat => ['i32x4.extract_lane 0', shuffle(bytes, value)];
  switch (element) {
    case 'f64':
    case 'i64':
      return [head('v128.store'), address, value];
    case 'f32':
    case 'i32':
    case 'u32':
      return lanes === 2 ? [`${head('v128.store64_lane')} 0`, address, value] : [head('v128.store'), address, value];
    case 'u16':
    case 'i16':
      if (lanes === 2) return [head('i32.store'), address, firstWord([0, 1, 4, 5])];
      return [`${head('v128.store64_lane')} 0`, address, shuffle([0, 1, 4, 5, 8, 9, 12, 13], value)];
    case 'u8':
    case 'i8':
      return [
        head(lanes === 2 ? 'i32.store16' : 'i32.store'),
        address,
        firstWord(lanes === 2 ? [0, 4] : [0, 4, 8, 12]),
      ];
  }
}

/** One bit a lane, in the low bits of an i32. */
export function bitmaskText(lanes: Lanes, width: MaskWidth, mask: Wat): Wat {
  if (lanes === 4) return ['i32x4.bitmask', mask];
  return width === 64 ? ['i64x2.bitmask', mask] : ['i32.and', ['i32x4.bitmask', mask], i32Const(3)];
}
