/** Numbers of arrays in units: their decimal text is scaled and rounded once. */

import { expect, test } from 'vitest';
import { parseUnit } from '../../../src/lang/units.js';
import { scaler } from '../../../src/model/normalise/arrays.js';

test('numbers of few decimals, and all others, equal the value of their scaled text', () => {
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  for (const [unit, exponent] of [
    ['ms', -3],
    ['uS', -6],
    ['nA', -9],
    ['pA', -12],
  ] as const) {
    const scaled = scaler(parseUnit(unit));
    const numbers = Array.from({ length: 20_000 }, () => {
      const number = (random() - 0.5) * 10 ** Math.round(20 * random() - 8);
      const decimals = Math.floor(5 * random());
      return decimals === 4 ? number : Number(number.toFixed(decimals));
    });
    const expected = (number: number): number => {
      const [digits = '', power = '0'] = String(number).split('e');
      return Number(`${digits}e${Number(power) + exponent}`);
    };
    const all = [0, -0, 1, 0.1, 2.675, 1e15, 999999999999999, 1e22, 5e-324, ...numbers];
    expect(all.filter((number) => !Object.is(scaled(number), expected(number)))).toEqual([]);
  }
});
