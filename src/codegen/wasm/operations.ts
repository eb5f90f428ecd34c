/**
 * One IR operation on scalars as WebAssembly text, given the text of its operands. Shared by the scalar and the lane
 * printer.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, CompareOperator, Constant, ScalarType, UnaryOperator } from '../../ir/program.js';
import type { HelperName } from './helpers.js';
import { i32Const } from './text.js';
import type { Wat } from './text.js';

/** The WebAssembly type that holds each scalar type; a bool is 0 or 1. */
export const valueType = {
  bool: 'i32',
  i32: 'i32',
  u32: 'i32',
  i64: 'i64',
  f32: 'f32',
  f64: 'f64',
} as const satisfies Record<ScalarType, string>;

/** Remembers which helpers the text so far calls. */
export interface HelperUse {
  /**
   * Notes that a helper is called.
   * @returns its identifier
   */
  use(name: HelperName): string;
}

/** A number as WebAssembly text reads it, exactly. A NaN is the one NaN. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A constant; u32 and bool are i32 in WebAssembly. */
export function constantText(constant: Pick<Constant, 'type' | 'value'>): Wat {
  const { type, value } = constant;
  switch (type) {
    case 'bool':
      return i32Const(value === true ? 1 : 0);
    case 'i32':
    case 'u32':
      return i32Const(Number(value));
    case 'i64':
      return [`i64.const ${BigInt.asIntN(64, BigInt(value))}`];
    case 'f32':
    case 'f64':
      return [`${type}.const ${numberText(Number(value))}`];
  }
}

const isFloat = (type: ScalarType): boolean => type === 'f32' || type === 'f64';

/** An operation on a value of the given type. */
export function unaryText(op: UnaryOperator, type: ScalarType, a: Wat, use: HelperUse): Wat {
  const t = valueType[type];
  switch (op) {
    case 'neg':
      return isFloat(type) ? [`${t}.neg`, a] : [`${t}.sub`, [`${t}.const 0`], a];
    case 'abs':
      if (isFloat(type)) return [`${t}.abs`, a];
      return type === 'u32' ? a : [`call ${use.use(type === 'i64' ? 'i64.abs' : 'i32.abs')}`, a];
    case 'sqrt':
    case 'floor':
    case 'ceil':
    case 'trunc':
    case 'nearest':
      return [`${t}.${op}`, a];
    case 'not':
      return ['i32.eqz', a];
    case 'bitNot':
      return [`${t}.xor`, a, [`${t}.const -1`]];
    case 'popcount':
      return [`${t}.popcnt`, a];
    case 'ctz':
    case 'clz':
      return [`${t}.${op}`, a];
  }
}

/** Division needs no guard if the divisor is a constant that cannot trap. */
function isSafeDivisor(divisor: Wat): boolean {
  const match = typeof divisor === 'string' ? null : /^i(?:32|64)\.const (-?\d+)$/.exec(divisor[0]);
  return match !== null && match[1] !== '0' && match[1] !== '-1';
}

function quotientText(op: 'div' | 'rem', type: ScalarType, a: Wat, b: Wat, use: HelperUse): Wat {
  if (isSafeDivisor(b)) return [`${valueType[type]}.${op}_${type === 'u32' ? 'u' : 's'}`, a, b];
  invariant(type === 'i32' || type === 'u32' || type === 'i64', 'codegen/wasm/operations', `${op} of ${type}`);
  return [`call ${use.use(`${type}.${op}`)}`, a, b];
}

/** An operation on two values of the given type. */
export function binaryText(op: BinaryOperator, type: ScalarType, a: Wat, b: Wat, use: HelperUse): Wat {
  const t = valueType[type];
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'and':
    case 'or':
    case 'xor':
    case 'shl':
      return [`${t}.${op}`, a, b];
    case 'div':
      return isFloat(type) ? [`${t}.div`, a, b] : quotientText('div', type, a, b, use);
    case 'rem':
      return quotientText('rem', type, a, b, use);
    case 'mulHigh':
      return [
        'i32.wrap_i64',
        ['i64.shr_u', ['i64.mul', ['i64.extend_i32_u', a], ['i64.extend_i32_u', b]], ['i64.const 32']],
      ];
    case 'shr':
      return [`${t}.shr_${type === 'u32' ? 'u' : 's'}`, a, b];
    case 'shrU':
      return ['i64.shr_u', a, b];
  }
}

/** A comparison of two values of the given type, as i32. */
export function compareText(op: CompareOperator, type: ScalarType, a: Wat, b: Wat): Wat {
  const t = valueType[type];
  const sign = isFloat(type) || op === 'eq' || op === 'ne' ? '' : type === 'u32' || type === 'bool' ? '_u' : '_s';
  return [`${t}.${op}${sign}`, a, b];
}

/** One of two values, both evaluated. */
export function selectText(condition: Wat, whenTrue: Wat, whenFalse: Wat): Wat {
  return ['select', whenTrue, whenFalse, condition];
}

/** A conversion as the IR defines it: truncating and saturating, with no traps. */
export function convertText(to: ScalarType, from: ScalarType, a: Wat): Wat {
  if (to === from) return a;
  const source = valueType[from];
  const sign = from === 'u32' || from === 'bool' ? 'u' : 's';
  switch (to) {
    case 'bool':
      return [`${source}.ne`, a, [`${source}.const 0`]];
    case 'i32':
    case 'u32':
      if (source === 'i32') return a;
      return source === 'i64' ? ['i32.wrap_i64', a] : [`i32.trunc_sat_${source}_${to === 'u32' ? 'u' : 's'}`, a];
    case 'i64':
      return source === 'i32' ? [`i64.extend_i32_${sign}`, a] : [`i64.trunc_sat_${source}_s`, a];
    case 'f32':
      return source === 'f64' ? ['f32.demote_f64', a] : [`f32.convert_${source}_${sign}`, a];
    case 'f64':
      return source === 'f32' ? ['f64.promote_f32', a] : [`f64.convert_${source}_${sign}`, a];
  }
}

/** The same bits as another type. */
export function reinterpretText(to: ScalarType, from: ScalarType, a: Wat): Wat {
  const target = valueType[to];
  const source = valueType[from];
  return target === source ? a : [`${target}.reinterpret_${source}`, a];
}
