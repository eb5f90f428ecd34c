/** exp and log of draws equal the IR's to the bit. */

import { expect, test } from 'vitest';
import { createEvaluator } from '../../src/ir/evaluate.js';
import { libraryFunction, withCallees } from '../../src/ir/library/index.js';
import { ordinaryExp, ordinaryLog } from '../../src/numpy/fast-functions.js';
import { MersenneTwister } from '../../src/numpy/mersenne-twister.js';

const exp = libraryFunction('exp', 'f64');
const log = libraryFunction('log', 'f64');
const evaluator = createEvaluator(withCallees([exp, log]));
const words = new MersenneTwister(11);
const uniform = (): number => words.word() / 4294967296 + words.word() / 18446744073709551616;

test('exp, over its ordinary range', () => {
  for (let k = 0; k < 20000; k++) {
    const x = (k % 2 === 0 ? 1400 : 4) * (uniform() - 0.5);
    if (x < 709) expect(ordinaryExp(x)).toBe(evaluator.call(exp.name, [x])[0]);
  }
  for (const x of [0, -0, 1, -1, 0.34657359027997264, 708.999, -699.999])
    expect(ordinaryExp(x)).toBe(evaluator.call(exp.name, [x])[0]);
});

test('log, over all normal numbers and near 1', () => {
  const raw = new DataView(new ArrayBuffer(8));
  for (let k = 0; k < 20000; k++) {
    raw.setUint32(
      0,
      k % 2 === 0 ? 0x00100000 + Math.floor(uniform() * 0x7fdfffff) : 0x3fe00000 + Math.floor(uniform() * 0x200000),
    );
    raw.setUint32(4, words.word());
    const x = raw.getFloat64(0);
    expect(ordinaryLog(x)).toBe(evaluator.call(log.name, [x])[0]);
  }
  for (const x of [
    1,
    Math.SQRT1_2,
    Math.SQRT2,
    2 ** -53,
    0.7071067811865475,
    0.7071067811865477,
    2.2250738585072014e-308,
    Number.MAX_VALUE,
  ])
    expect(ordinaryLog(x)).toBe(evaluator.call(log.name, [x])[0]);
});

test('leaves special values to the interpreter', () => {
  for (const x of [-700, 709, 800, -Infinity, NaN]) expect(ordinaryExp(x)).toBeUndefined();
  for (const x of [0, -0, -1, Infinity, NaN, 1e-310]) expect(ordinaryLog(x)).toBeUndefined();
});
