/**
 * x = quadrant * pi/2 + r with |r| <= pi/4, r as a pair of floats.
 *
 * Up to a bound by pi/2 in four parts (Cody and Waite 1980); beyond it by an integer product with a window of the bits
 * of 2/pi (Payne and Hanek 1983).
 */

import { add, and, binary, convert, f64, i32, i64, lt, mul, or, select, shl, shr, sub, u32 } from '../builder.js';
import type { Expression } from '../program.js';
import { code } from '../template.js';
import { type Body, type FloatType, define, once, perType } from './define.js';
import { abs, bitsOf, exponentBits, fastTwoSum, formatOf, twoProduct, twoSum } from './formats.js';
import { powerOfTwo } from '../power-of-two.js';

interface ReductionConstants {
  readonly twoOverPi: number;
  /** pi/2 in parts; the product of a quotient below the bound and any part but the last is exact. */
  readonly halfPi: readonly [number, number, number, number];
  readonly bound: number;
}

const constants: Readonly<Record<FloatType, ReductionConstants>> = {
  f64: {
    twoOverPi: 0.6366197723675814,
    halfPi: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32],
    bound: 1.6e6,
  },
  f32: {
    twoOverPi: 0.6366197466850281,
    halfPi: [1.570556640625, 0.0002396702766418457, 1.5890691429376602e-8, 2.5633440682570896e-12],
    bound: 3000,
  },
};

/** 2/pi in groups of 32 bits, the first just after the point, preceded by two groups of zeros. */
const twoOverPiWords: readonly number[] = [
  0, 0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561, 0xb7246e3a,
  0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41,
  0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf,
  0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08,
  0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d,
];

/** Quadrant (i32; only its value modulo 4 counts), r and its low part. NaN for infinity and NaN. */
export const reduceHalfPi = perType((type) =>
  define(`reduceHalfPi_${type}`, 'x = quadrant pi/2 + r + rLow', { x: type }, (body, { x }) => {
    const format = formatOf(type);
    const { number: n } = format;
    const { bound, twoOverPi, halfPi } = constants[type];
    const shifted = body.name('shifted', add(mul(x, n(twoOverPi)), n(format.magic)));
    const k = body.name('k', sub(shifted, n(format.magic)));
    const first = sub(x, mul(k, n(halfPi[0])));
    const second = twoSum(body, body.name('first', first), mul(k, n(-halfPi[1])));
    const third = twoSum(body, second.high, mul(k, n(-halfPi[2])));
    const low = sub(add(second.low, third.low), mul(k, n(halfPi[3])));
    const r = fastTwoSum(body, third.high, body.name('low', low));
    const at = body.write`
      var quadrant = i32(${bitsOf(shifted)})
      var r = ${r.high}
      var rLow = ${r.low}
      if abs(x) > ${n(bound)} {
        ${reduceLarge()}(f64(x)) -> (wideQuadrant, wideR, wideLow)
        quadrant = wideQuadrant
        r = ${(at) => convert(type, at('wideR'))}
        rLow = ${(at) => (type === 'f64' ? at('wideLow') : code`f32(${at('wideR')} - f64(${at('r')}))`)}
      }`;
    return { quadrantOut: at('quadrant'), rOut: at('r'), rLowOut: at('rLow') };
  }),
);

/** Word `index` of 2/pi, counted from the two leading zeros. */
const twoOverPiWord = once(() =>
  define('twoOverPiWord', '32 of the bits of 2/pi', { index: 'u32' }, (body, { index }) => {
    const at = body.write`var word = 0u`;
    const word = at('word');
    const search = (from: number, to: number, inner: Body): void => {
      const middle = (from + to) >> 1;
      if (to - from === 1) inner.write`${word} = ${twoOverPiWords[from] ?? 0}u`;
      else
        inner.write`
          if ${index} < ${middle}u {
            ${(_, lower) => search(from, middle, lower)}
          } else {
            ${(_, upper) => search(middle, to, upper)}
          }`;
    };
    search(0, twoOverPiWords.length, body);
    return word;
  }),
);

const low32 = (x: Expression): Expression => and(x, i64(0xffffffffn));
const high32 = (x: Expression): Expression => binary('shrU', x, i64(32n));

/**
 * Returns the fraction of m * 2^(e-2) * 2/pi with x = m * 2^e, to 128 bits as two i64. It multiplies the two u32 parts
 * of m by six u32 parts of 2/pi, from the first bit that does not contribute whole turns.
 */
function turnFraction(body: Body, x: Expression): { readonly upper: Expression; readonly lower: Expression } {
  const format = formatOf('f64');
  const bits = body.name('bits', bitsOf(abs(x)));
  const significand = body.name('significand', or(and(bits, i64((1n << 52n) - 1n)), i64(1n << 52n)));
  // e - 2 + 64 leading zeros.
  const offset = body.name('offset', convert('u32', sub(exponentBits(format, bits), i64(BigInt(1023 + 52 + 2 - 64)))));
  const index = body.name('index', shr(offset, u32(5)));
  const shift = body.name('shift', convert('i64', and(offset, u32(31))));
  const table = [0, 1, 2, 3, 4, 5, 6].map((k) => {
    const word: Expression = {
      kind: 'call',
      type: 'u32',
      function: twoOverPiWord().name,
      arguments: [add(index, u32(k))],
    };
    return body.name('table', convert('i64', word));
  });
  const window = [0, 1, 2, 3, 4, 5].map((k) => {
    const both = or(shl(table[k] as Expression, i64(32n)), table[k + 1] as Expression);
    return body.name('window', low32(binary('shrU', both, sub(i64(32n), shift))));
  });
  const m0 = body.name('m0', low32(significand));
  const m1 = body.name('m1', high32(significand));
  // Column c of the product has the weight of window entry c; products with m1 belong to the next higher column.
  let carry: Expression = i64(0n);
  const columns: Expression[] = [];
  for (let c = 5; c >= 0; c--) {
    const low = body.name('low', mul(window[c] as Expression, m0));
    const next = c < 5 ? body.name('next', mul(window[c + 1] as Expression, m1)) : i64(0n);
    const sum = body.name('column', add(add(low32(low), low32(next)), carry));
    carry = body.name('carry', add(add(high32(low), high32(next)), high32(sum)));
    columns[c] = low32(sum);
  }
  const join = (a: number): Expression => or(shl(columns[a] as Expression, i64(32n)), columns[a + 1] as Expression);
  return { upper: body.name('upper', join(0)), lower: body.name('lower', join(2)) };
}

/** The same as `reduceHalfPi` for |x| above its bound. */
const reduceLarge = once(() =>
  define('reduceLarge', 'x = quadrant * pi/2 + r + rLow for large x', { x: 'f64' }, (body, { x }) => {
    const { upper, lower } = turnFraction(body, x);
    // Quarter turns; the signed remainder is between -1/2 and 1/2 of a quarter.
    const rest = body.name('rest', or(shl(upper, i64(2n)), binary('shrU', lower, i64(62n))));
    const restLow = body.name('restLow', shl(lower, i64(2n)));
    const rounded = body.name('rounded', add(binary('shrU', upper, i64(62n)), binary('shrU', rest, i64(63n))));
    const part = (bits: Expression, exponent: number): Expression =>
      mul(convert('f64', bits), f64(powerOfTwo(exponent)));
    const top = twoSum(body, part(shr(rest, i64(32n)), -32), part(low32(rest), -64));
    const bottom = body.name('bottom', add(part(high32(restLow), -96), part(low32(restLow), -128)));
    const fraction = twoSum(body, top.high, body.name('tail', add(top.low, bottom)));
    const [high, low] = [1.5707963267948966, 6.123233995736766e-17];
    const product = twoProduct(body, formatOf('f64'), fraction.high, f64(high));
    const productLow = add(product.low, add(mul(fraction.high, f64(low)), mul(fraction.low, f64(high))));
    const r = fastTwoSum(body, product.high, body.name('productLow', productLow));
    const sign = body.name('sign', select(lt(x, f64(0)), f64(-1), f64(1)));
    const quadrant = body.name('quarter', convert('i32', rounded));
    const finite = body.name('finite', lt(abs(x), f64(Infinity)));
    return {
      quadrant: select(lt(x, f64(0)), sub(i32(0), quadrant), quadrant),
      r: select(finite, mul(sign, r.high), f64(NaN)),
      rLow: select(finite, mul(sign, r.low), f64(0)),
    };
  }),
);
