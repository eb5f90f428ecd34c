/** One operation of the IR as text, given the text of its operands. */

import { InvariantError, invariant } from '../../diagnostics/diagnostic.js';
import type { BinaryOperator, CompareOperator, Constant, ScalarType, UnaryOperator } from '../../ir/program.js';
import type { Dialect } from './dialect.js';
import type { HelperName } from './helpers.js';
import { bitwise, call, cast, choose, infix, precedence, prefixed, primary, within } from './term.js';
import type { Term } from './term.js';

/** The context of printing operations: the language, and a record of the called helpers. */
export interface Language {
  readonly dialect: Dialect;
  /**
   * Notes that a helper is called.
   * @returns its name in the source
   */
  readonly use: (helper: HelperName) => string;
}

const pass = 'codegen/c/operations';
const isFloat = (type: ScalarType): type is 'f32' | 'f64' => type === 'f32' || type === 'f64';

function illegal(what: string, type: ScalarType): InvariantError {
  return new InvariantError(pass, `${what} of ${type}`);
}

/** A literal that may begin with a sign. */
const signed = (text: string): Term => ({
  text,
  precedence: text.startsWith('-') ? precedence.unary : precedence.primary,
});

function floatText(type: 'f32' | 'f64', value: number, dialect: Dialect): Term {
  const { infinity, nan } = dialect.notNumbers[type];
  if (Number.isNaN(value)) return primary(nan);
  if (value === Infinity) return primary(infinity);
  if (value === -Infinity) return prefixed('-', primary(infinity));
  const digits = Object.is(value, -0) ? '-0' : String(value);
  // The shortest decimal that a reader rounds to this value; a literal without a point or exponent would be an integer.
  return signed(`${/[.e]/.test(digits) ? digits : `${digits}.0`}${type === 'f32' ? 'f' : ''}`);
}

/** A literal. The least integers are not literals in C, but differences. */
export function constantText(
  { type, value }: Pick<Constant, 'type' | 'value'>,
  { dialect }: Pick<Language, 'dialect'>,
): Term {
  switch (type) {
    case 'bool':
      return primary(value === true ? 'true' : 'false');
    case 'u32':
      return primary(`${Number(value) >>> 0}u`);
    case 'i32': {
      const whole = Number(value) | 0;
      return whole === -2147483648 ? primary('(-2147483647 - 1)') : signed(String(whole));
    }
    case 'i64': {
      const whole = BigInt.asIntN(64, BigInt(value));
      const suffix = dialect.longSuffix;
      return whole === -(2n ** 63n) ? primary(`(-9223372036854775807${suffix} - 1)`) : signed(`${whole}${suffix}`);
    }
    case 'f32':
    case 'f64':
      return floatText(type, Number(value), dialect);
  }
}

function integerUnary(op: UnaryOperator, type: ScalarType, a: Term, { dialect, use }: Language): Term {
  invariant(type === 'i32' || type === 'u32' || type === 'i64', pass, `${op} of ${type}`);
  switch (op) {
    case 'neg':
      if (type === 'u32') throw illegal(op, type);
      return call(use(`${type}_sub`), signed('0'), a);
    case 'abs':
      return type === 'u32' ? a : call(use(`${type}_abs`), a);
    case 'bitNot':
      return prefixed('~', a);
    case 'popcount':
    case 'ctz':
    case 'clz':
      if (type !== 'i32') return call(use(`${type}_${op}`), a);
      return cast(dialect.types.i32, call(use(`u32_${op}`), cast(dialect.types.u32, a)));
    default:
      throw illegal(op, type);
  }
}

/** A unary operation. */
export function unaryText(op: UnaryOperator, type: ScalarType, a: Term, language: Language): Term {
  if (op === 'not') return prefixed('!', a);
  if (!isFloat(type)) return integerUnary(op, type, a, language);
  switch (op) {
    case 'neg':
      return prefixed('-', a);
    case 'abs':
    case 'sqrt':
    case 'floor':
    case 'ceil':
    case 'trunc':
    case 'nearest':
      return call(language.dialect.math[op][type], a);
    default:
      throw illegal(op, type);
  }
}

const symbols: Readonly<Partial<Record<BinaryOperator, { readonly sign: string; readonly level: number }>>> = {
  add: { sign: '+', level: precedence.add },
  sub: { sign: '-', level: precedence.add },
  mul: { sign: '*', level: precedence.multiply },
  div: { sign: '/', level: precedence.multiply },
  rem: { sign: '%', level: precedence.multiply },
  and: { sign: '&', level: precedence.bits },
  or: { sign: '|', level: precedence.bits },
  xor: { sign: '^', level: precedence.bits },
  shl: { sign: '<<', level: precedence.bits },
  shr: { sign: '>>', level: precedence.bits },
};

function symbolText(op: BinaryOperator, a: Term, b: Term): Term {
  const symbol = symbols[op];
  invariant(symbol !== undefined, pass, `${op} has no sign`);
  return symbol.level === precedence.bits ? bitwise(symbol.sign, a, b) : infix(symbol.sign, symbol.level, a, b);
}

/** Division needs no guard if the divisor is a literal other than 0 and -1. */
const isSafeDivisor = ({ text }: Term): boolean =>
  /^-?\d+(?:u|L|LL)?$/.test(text) && !/^(?:-1|0)(?:u|L|LL)?$/.test(text);

/** Shift counts are taken modulo the width; the checker keeps literal ones below it. */
function shiftCount(b: Term, width: 32 | 64): Term {
  return /^\d+(?:u|L|LL)?$/.test(b.text) ? b : bitwise('&', b, primary(String(width - 1)));
}

const isLiteral = ({ text }: Term, value: 0 | 1): boolean =>
  text === `${value}` || text === `${value}u` || text === `${value}LL`;

/** Simplifies an integer operation without effect, such as x + 0 or x * 1, for readable code. */
function unchanged(op: BinaryOperator, a: Term, b: Term): Term | undefined {
  switch (op) {
    case 'add':
    case 'or':
    case 'xor':
      return isLiteral(b, 0) ? a : isLiteral(a, 0) ? b : undefined;
    case 'sub':
    case 'shl':
    case 'shr':
    case 'shrU':
      return isLiteral(b, 0) ? a : undefined;
    case 'mul':
      return isLiteral(b, 1) ? a : isLiteral(a, 1) ? b : undefined;
    case 'div':
      return isLiteral(b, 1) ? a : undefined;
    default:
      return undefined;
  }
}

/** A binary operation. */
export function binaryText(op: BinaryOperator, type: ScalarType, a: Term, b: Term, { dialect, use }: Language): Term {
  if (type === 'bool') return symbolText(op, a, b);
  const operand = isFloat(type) ? undefined : unchanged(op, a, b);
  if (operand !== undefined) return operand;
  if (isFloat(type)) {
    if (op !== 'add' && op !== 'sub' && op !== 'mul' && op !== 'div') throw illegal(op, type);
    const callee = dialect.floatFunctions?.[op]?.[type];
    return callee === undefined ? symbolText(op, a, b) : call(callee, a, b);
  }
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
      return type === 'u32' ? symbolText(op, a, b) : call(use(`${type}_${op}`), a, b);
    case 'div':
    case 'rem':
      return isSafeDivisor(b) ? symbolText(op, a, b) : call(use(`${type}_${op}`), a, b);
    case 'mulHigh':
      return call(use('u32_mul_high'), a, b);
    case 'and':
    case 'or':
    case 'xor':
      return symbolText(op, a, b);
    case 'shl':
      return type === 'u32' ? symbolText(op, a, shiftCount(b, 32)) : call(use(`${type}_shl`), a, b);
    case 'shr':
      return symbolText(op, a, shiftCount(b, type === 'i64' ? 64 : 32));
    case 'shrU':
      return call(use('i64_shr_logical'), a, b);
  }
}

const comparisons: Readonly<Record<CompareOperator, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
};

/** A comparison; comparisons of comparisons stand in parentheses. */
export function compareText(op: CompareOperator, a: Term, b: Term): Term {
  const level = op === 'eq' || op === 'ne' ? precedence.equal : precedence.compare;
  return { text: `${within(a, precedence.add)} ${comparisons[op]} ${within(b, precedence.add)}`, precedence: level };
}

/** A choice; both values are free of side effects, so it does not matter which are computed. */
export const selectText = choose;

/** A conversion of values. */
export function convertText(to: ScalarType, from: ScalarType, a: Term, { dialect, use }: Language): Term {
  if (to === from) return a;
  if (to === 'bool') {
    invariant(from !== 'bool', pass, 'a bool is converted to itself');
    return compareText('ne', a, constantText({ type: from, value: 0 }, { dialect }));
  }
  if (isFloat(from) && !isFloat(to)) return call(use(`${to}_from_${from}`), a);
  if (from === 'i64' && to === 'f32') throw illegal('conversion to f32', from);
  return cast(dialect.types[to], a);
}

/** The same bits as another type. */
export function reinterpretText(to: ScalarType, from: ScalarType, a: Term, { use }: Pick<Language, 'use'>): Term {
  if (to === 'f64' && from === 'i64') return call(use('f64_bits_of_i64'), a);
  if (to === 'i64' && from === 'f64') return call(use('i64_bits_of_f64'), a);
  if (to === 'f32' && (from === 'u32' || from === 'i32')) return call(use(`f32_bits_of_${from}`), a);
  if ((to === 'u32' || to === 'i32') && from === 'f32') return call(use(`${to}_bits_of_f32`), a);
  throw illegal(`reinterpretation to ${to}`, from);
}
