/** One row per expression of the IR: its C text. */

import { describe, expect, test } from 'vitest';
import { expressionText, bodyOfLocals } from '../../../src/codegen/c/body.js';
import { cDialect } from '../../../src/codegen/c/dialect.js';
import { identifierOf, Names } from '../../../src/codegen/c/names.js';
import { ProgramContext, Scope } from '../../../src/codegen/c/scope.js';
import { commentText, stringLiteral } from '../../../src/codegen/c/text.js';
import * as b from '../../../src/ir/builder.js';
import type { Expression, IrFunction, ScalarType } from '../../../src/ir/program.js';
import { buffer, program } from '../../runtime/targets/wasm/programs.js';

const local = (name: string, type: ScalarType): Expression => b.get({ name, type });
const [p, q] = [local('p', 'bool'), local('q', 'bool')];
const [i, j] = [local('i', 'i32'), local('j', 'i32')];
const [u, w] = [local('u', 'u32'), local('w', 'u32')];
const [n, m] = [local('n', 'i64'), local('m', 'i64')];
const [f, g] = [local('f', 'f32'), local('g', 'f32')];
const [x, y] = [local('x', 'f64'), local('y', 'f64')];
const unit: IrFunction = {
  name: 'unit',
  comment: '',
  parameters: [{ name: 'x', type: 'f64' }],
  locals: [],
  body: [],
  results: [{ name: 'x', type: 'f64' }],
};
const ge = buffer('exc.ge', 'f64', 10);
const flags = buffer('exc.flags', 'u8', 10);
const offsets = buffer('exc.offsets', 'i16', 10);

function cText(e: Expression): string {
  const context = new ProgramContext(
    program({ buffers: [ge, flags, offsets], kernels: [], functions: [unit] }),
    cDialect,
  );
  const scope = new Scope(context, { atomic: false, gathered: false });
  return expressionText(bodyOfLocals(scope, [], [], []), e).text;
}

describe('constants', () => {
  test.each<[Expression, string]>([
    [b.f64(0.1), '0.1'],
    [b.f64(1), '1.0'],
    [b.f64(-0), '-0.0'],
    [b.f64(1e21), '1e+21'],
    [b.f64(5e-324), '5e-324'],
    [b.f64(Infinity), '__builtin_inf()'],
    [b.f64(-Infinity), '-__builtin_inf()'],
    [b.f64(NaN), '__builtin_nan("")'],
    [b.f32(0.1), '0.10000000149011612f'],
    [b.f32(3), '3.0f'],
    [b.i32(-5), '-5'],
    [b.i32(-2147483648), '(-2147483647 - 1)'],
    [b.u32(4294967295), '4294967295u'],
    [b.i64(-7n), '-7LL'],
    [b.i64(-(2n ** 63n)), '(-9223372036854775807LL - 1)'],
    [b.bool(true), 'true'],
  ])('%#: %s', (e, text) => {
    expect(cText(e)).toBe(text);
  });
});

describe('floating point keeps the order of its operations', () => {
  test.each<[Expression, string]>([
    [b.add(b.add(x, y), x), 'x + y + x'],
    [b.add(x, b.add(y, x)), 'x + (y + x)'],
    [b.sub(x, b.sub(y, x)), 'x - (y - x)'],
    [b.mul(b.add(x, y), x), '(x + y) * x'],
    [b.div(x, b.mul(y, x)), 'x / (y * x)'],
    [b.sub(x, b.f64(-0.5)), 'x - -0.5'],
    [b.neg(b.f64(-0.5)), '-(-0.5)'],
    [b.neg(b.add(x, y)), '-(x + y)'],
    [b.neg(b.neg(x)), '-(-x)'],
    [b.unary('sqrt', x), '__builtin_sqrt(x)'],
    [b.unary('nearest', f), '__builtin_rintf(f)'],
    [b.unary('abs', f), '__builtin_fabsf(f)'],
  ])('%#: %s', (e, text) => {
    expect(cText(e)).toBe(text);
  });
});

describe('integers wrap, and division and shifts are defined for every operand', () => {
  test.each<[Expression, string]>([
    [b.add(u, w), 'u + w'],
    [b.add(i, j), 'i32_add(i, j)'],
    [b.mul(n, m), 'i64_mul(n, m)'],
    [b.neg(i), 'i32_sub(0, i)'],
    [b.unary('abs', n), 'i64_abs(n)'],
    [b.div(i, b.i32(3)), 'i / 3'],
    [b.div(i, b.i32(-1)), 'i32_div(i, -1)'],
    [b.div(u, b.u32(0)), 'u32_div(u, 0u)'],
    [b.binary('rem', n, m), 'i64_rem(n, m)'],
    [b.binary('mulHigh', u, w), 'u32_mul_high(u, w)'],
    [b.shl(u, b.u32(3)), 'u << 3u'],
    [b.shl(u, w), 'u << (w & 31)'],
    [b.shl(i, b.i32(3)), 'i32_shl(i, 3)'],
    [b.shr(i, j), 'i >> (j & 31)'],
    [b.shr(n, b.i64(12n)), 'n >> 12LL'],
    [b.binary('shrU', n, m), 'i64_shr_logical(n, m)'],
    [b.unary('popcount', i), '(int32_t)u32_popcount((uint32_t)i)'],
    [b.unary('clz', n), 'i64_clz(n)'],
    [b.xor(b.and(u, w), b.u32(1)), '(u & w) ^ 1u'],
  ])('%#: %s', (e, text) => {
    expect(cText(e)).toBe(text);
  });
});

describe('conditions, choices and conversions', () => {
  test.each<[Expression, string]>([
    [b.and(b.lt(x, y), b.not(p)), '(x < y) & !p'],
    [b.or(p, b.and(q, p)), 'p | (q & p)'],
    [b.eq(p, b.lt(i, j)), 'p == (i < j)'],
    [b.select(b.lt(x, y), b.add(x, y), b.select(p, x, y)), 'x < y ? x + y : p ? x : y'],
    [b.select(b.and(p, q), b.select(p, x, y), y), '(p & q) ? (p ? x : y) : y'],
    [b.convert('i32', x), 'i32_from_f64(x)'],
    [b.convert('u32', f), 'u32_from_f32(f)'],
    [b.convert('i64', x), 'i64_from_f64(x)'],
    [b.convert('f32', b.add(x, y)), '(float)(x + y)'],
    [b.convert('f64', b.i32(-3)), '(double)(-3)'],
    [b.convert('u32', n), '(uint32_t)n'],
    [b.convert('bool', x), 'x != 0.0'],
    [b.convert('i64', p), '(int64_t)p'],
    [b.reinterpret('i64', x), 'i64_bits_of_f64(x)'],
    [b.reinterpret('f32', u), 'f32_bits_of_u32(u)'],
    [b.call(unit, b.add(x, y)), 'fn_unit(x + y)'],
    [b.sub(b.load(ge, u), x), 'exc_ge[u] - x'],
    [b.load(flags, b.add(u, w)), '(uint32_t)exc_flags[u + w]'],
    [b.load(offsets, u), '(int32_t)exc_offsets[u]'],
    [b.mul(b.convert('f32', b.load(offsets, u)), g), '(float)(int32_t)exc_offsets[u] * g'],
  ])('%#: %s', (e, text) => {
    expect(cText(e)).toBe(text);
  });
});

describe('names', () => {
  test.each([
    ['v', 'v'],
    ['exc.ge', 'exc_ge'],
    ['double', 'double_'],
    ['half', 'half_'],
    ['I', 'I_'],
    ['NULL', 'NULL_'],
    ['INT32_MAX', 'INT32_MAX_'],
    ['C', 'C'],
    ['_v', 'x_v'],
    ['2nd', 'x2nd'],
    ['tau_', 'tau'],
    ['x); system("rm");//', 'x_system_rm'],
    ['naïve', 'na_ve'],
  ])('%s becomes %s', (name, identifier) => {
    expect(identifierOf(name)).toBe(identifier);
  });

  test('different names never meet', () => {
    const names = new Names('');
    expect(['a.b', 'a_b', 'a-b', 'a.b'].map((name) => names.id(name))).toEqual(['a_b', 'a_b_2', 'a_b_3', 'a_b']);
  });
});

describe('texts of a model', () => {
  test.each([
    ['membrane potential (V)', 'membrane potential (V)'],
    ['ends here */ int x; /*', 'ends here * / int x; / *'],
    ['two\nlines', 'two lines'],
    ['joins lines \\', 'joins lines /'],
    ['trigraph ??/', 'trigraph ? ?/'],
    ['\u202eturned', 'turned'],
    ['*\\/', '* //'],
  ])('%j is %j in a comment', (text, comment) => {
    expect(commentText(text)).toBe(comment);
    expect(commentText(text)).not.toMatch(/\*\/|\\|\n/);
  });

  test.each([
    ['exc', '"exc"'],
    ['a"b', '"a\\042b"'],
    ['a\\b', '"a\\134b"'],
    ['a?b%d', '"a\\077b\\045d"'],
    ['é\n', '"\\303\\251\\012"'],
  ])('%j is %s as a string', (text, literal) => {
    expect(stringLiteral(text)).toBe(literal);
  });
});
