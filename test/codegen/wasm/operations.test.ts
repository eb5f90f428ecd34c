/** One row per operation: the scalar text, and the text on lanes. */

import { describe, expect, test } from 'vitest';
import {
  binaryLaneText,
  bitmaskText,
  compareLaneText,
  convertLaneText,
  loadLanesText,
  maskOf,
  selectLaneText,
  shiftLaneText,
  splatText,
  unaryLaneText,
} from '../../../src/codegen/wasm/lane-operations.js';
import {
  binaryText,
  compareText,
  constantText,
  convertText,
  numberText,
  unaryText,
} from '../../../src/codegen/wasm/operations.js';
import { commentText, renderWat } from '../../../src/codegen/wasm/text.js';
import type { Wat } from '../../../src/codegen/wasm/text.js';
import { Names } from '../../../src/codegen/wasm/names.js';

const none = { use: (name: string): string => `$helper:${name}` };
const line = (text: Wat | undefined): string =>
  text === undefined ? 'each lane by itself' : renderWat([text]).replace(/\s+/g, ' ');

describe('scalar text', () => {
  test.each([
    ['neg f64', unaryText('neg', 'f64', 'a', none), '(f64.neg a)'],
    ['neg i32', unaryText('neg', 'i32', 'a', none), '(i32.sub (i32.const 0) a)'],
    ['abs i64', unaryText('abs', 'i64', 'a', none), '(call $helper:i64.abs a)'],
    ['not', unaryText('not', 'bool', 'a', none), '(i32.eqz a)'],
    ['div f32', binaryText('div', 'f32', 'a', 'b', none), '(f32.div a b)'],
    ['div i32 by anything', binaryText('div', 'i32', 'a', 'b', none), '(call $helper:i32.div a b)'],
    ['div i32 by 3', binaryText('div', 'i32', 'a', ['i32.const 3'], none), '(i32.div_s a (i32.const 3))'],
    [
      'div i32 by -1, which may overflow',
      binaryText('div', 'i32', 'a', ['i32.const -1'], none),
      '(call $helper:i32.div a (i32.const -1))',
    ],
    ['rem u32 by 0', binaryText('rem', 'u32', 'a', ['i32.const 0'], none), '(call $helper:u32.rem a (i32.const 0))'],
    ['shr u32', binaryText('shr', 'u32', 'a', 'b', none), '(i32.shr_u a b)'],
    ['shr i64', binaryText('shr', 'i64', 'a', 'b', none), '(i64.shr_s a b)'],
    ['lt u32', compareText('lt', 'u32', 'a', 'b'), '(i32.lt_u a b)'],
    ['lt f64', compareText('lt', 'f64', 'a', 'b'), '(f64.lt a b)'],
    ['f64 to u32', convertText('u32', 'f64', 'a'), '(i32.trunc_sat_f64_u a)'],
    ['u32 to i64', convertText('i64', 'u32', 'a'), '(i64.extend_i32_u a)'],
    ['i64 to bool', convertText('bool', 'i64', 'a'), '(i64.ne a (i64.const 0))'],
    ['i32 to u32', convertText('u32', 'i32', 'a'), 'a'],
    ['u32 constant', constantText({ type: 'u32', value: 4294967295 }), '(i32.const -1)'],
    ['i64 constant', constantText({ type: 'i64', value: -(2n ** 63n) }), '(i64.const -9223372036854775808)'],
  ])('%s', (_, text, expected) => {
    expect(line(text)).toBe(expected);
  });

  test.each([
    [-0, '-0'],
    [NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [5e-324, '5e-324'],
    [1e21, '1e+21'],
    [0.1, '0.1'],
  ])('the number %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});

describe('text on lanes', () => {
  test.each([
    ['add f64', binaryLaneText('add', 'f64', 2, 'a', 'b'), '(f64x2.add a b)'],
    ['mul u32', binaryLaneText('mul', 'u32', 4, 'a', 'b'), '(i32x4.mul a b)'],
    ['div f32', binaryLaneText('div', 'f32', 4, 'a', 'b'), '(f32x4.div a b)'],
    ['div i32', binaryLaneText('div', 'i32', 4, 'a', 'b'), 'each lane by itself'],
    ['popcount', unaryLaneText('popcount', 'u32', 'a'), 'each lane by itself'],
    ['and bool', binaryLaneText('and', 'bool', 2, 'a', 'b'), '(v128.and a b)'],
    ['shr u32', shiftLaneText('shr', 'u32', 'a', 'n'), '(i32x4.shr_u a n)'],
    ['shrU i64', shiftLaneText('shrU', 'i64', 'a', 'n'), '(i64x2.shr_u a n)'],
    ['lt i64', compareLaneText('lt', 'i64', 'a', 'b'), '(i64x2.lt_s a b)'],
    ['eq bool', compareLaneText('eq', 'bool', 'a', 'b'), '(v128.not (v128.xor a b))'],
    ['select', selectLaneText('m', 'a', 'b'), '(v128.bitselect a b m)'],
    ['a wider mask', maskOf(64, 32, 'm'), '(i64x2.extend_low_i32x4_s m)'],
    ['f64 to i32', convertLaneText('i32', 'f64', 2, 'a', 32), '(i32x4.trunc_sat_f64x2_s_zero a)'],
    ['u32 to f64', convertLaneText('f64', 'u32', 2, 'a', 32), '(f64x2.convert_low_i32x4_u a)'],
    ['f64 to i64', convertLaneText('i64', 'f64', 2, 'a', 32), 'each lane by itself'],
    ['bool to f64', convertLaneText('f64', 'bool', 2, 'm', 64), '(v128.and m (v128.const f64x2 1 1))'],
    ['two i32', loadLanesText('i32', 2, (head) => `${head} offset=8`, 'a'), '(v128.load64_zero offset=8 a)'],
    ['four u16', loadLanesText('u16', 4, (head) => head, 'a'), '(v128.load16x4_u a)'],
    ['the same bool in all lanes', splatText('bool', 'a'), '(i32x4.splat (i32.sub (i32.const 0) a))'],
    ['bits of two lanes of 32', bitmaskText(2, 32, 'm'), '(i32.and (i32x4.bitmask m) (i32.const 3))'],
  ])('%s', (_, text, expected) => {
    expect(line(text)).toBe(expected);
  });
});

describe('layout of text', () => {
  test('a form that fits stays on its line, a longer one is broken, and a comment swallows no parenthesis', () => {
    const long = 'x'.repeat(70);
    expect(
      renderWat([
        ['f64.add', 'a', 'b'],
        ['f64.add', long, long],
        ['block $end', 'a', ';; last'],
      ]),
    ).toBe(['(f64.add a b)', '(f64.add', `  ${long}`, `  ${long})`, '(block $end', '  a', '  ;; last', ')'].join('\n'));
  });

  test('comments are one line of printable text', () => {
    expect(commentText('dv/dt\n= -v/τ\u202e"µS"\u0000')).toBe('dv/dt = -v/τ "µS"');
  });

  test('names never meet', () => {
    const names = new Names('$');
    expect(['a b', 'a_b', 'a b', '.low'].map((name) => names.id(name))).toEqual(['$a_b', '$a_b~2', '$a_b', '$_low']);
  });
});
