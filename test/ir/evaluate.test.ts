import { fc } from '../support/property.js';
import { describe, expect, it } from 'vitest';

import * as ir from '../../src/ir/builder.js';
import { createEvaluator } from '../../src/ir/evaluate.js';
import { binaryTypes, compareTypes, convertible, integerBits, unaryTypes } from '../../src/ir/operators.js';
import type { BinaryOperator, Expression, IrFunction, ScalarType, UnaryOperator } from '../../src/ir/program.js';
import { type FloatType, bits64, formats, fromBits64, rational, round, roundings } from '../support/exact.js';

const evaluator = createEvaluator([]);
const evaluate = (e: Expression): number | bigint | boolean => evaluator.evaluate(e);

type IntegerType = keyof typeof integerBits;
const integerTypes: readonly IntegerType[] = ['i32', 'u32', 'i64'];
const floatTypes: readonly FloatType[] = ['f32', 'f64'];

/** The integer modulo 2^width, in the range of the type: two's complement, or unsigned. */
const wrap = (type: IntegerType, x: bigint): bigint =>
  type === 'u32' ? BigInt.asUintN(32, x) : BigInt.asIntN(integerBits[type], x);

const integer = (type: IntegerType, x: bigint): Expression =>
  type === 'i64' ? ir.i64(x) : ir.constant(type, Number(x));
const float = (type: FloatType, x: number): Expression => ir.constant(type, x);

const integerEdges: Readonly<Record<IntegerType, readonly bigint[]>> = {
  i32: [
    0n,
    1n,
    -1n,
    2n,
    -2n,
    7n,
    -7n,
    31n,
    32n,
    33n,
    65535n,
    65537n,
    0x12345678n,
    0x7fffffffn,
    -0x7fffffffn,
    -0x80000000n,
  ],
  u32: [
    0n,
    1n,
    2n,
    3n,
    31n,
    32n,
    33n,
    65535n,
    65536n,
    0x12345678n,
    0x7fffffffn,
    0x80000000n,
    0xd2511f53n,
    0xfffffffen,
    0xffffffffn,
  ],
  i64: [
    0n,
    1n,
    -1n,
    2n,
    -3n,
    63n,
    64n,
    65n,
    0xffffffffn,
    0x100000000n,
    -0x100000000n,
    0x123456789abcdefn,
    0x20000000000001n,
    0x7fffffffffffffffn,
    -0x7fffffffffffffffn,
    -0x8000000000000000n,
  ],
};

/** Results from the definitions, over the mathematical integers. */
const integerBinary: Readonly<Partial<Record<BinaryOperator, (a: bigint, b: bigint, type: IntegerType) => bigint>>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  rem: (a, b) => (b === 0n ? 0n : a % b),
  mulHigh: (a, b) => (a * b) >> 32n,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, type) => a << (BigInt.asUintN(64, b) % BigInt(integerBits[type])),
  shr: (a, b, type) => a >> (BigInt.asUintN(64, b) % BigInt(integerBits[type])),
  shrU: (a, b) => BigInt.asUintN(64, a) >> (BigInt.asUintN(64, b) % 64n),
};

const digits = (type: IntegerType, x: bigint): string =>
  BigInt.asUintN(integerBits[type], x).toString(2).padStart(integerBits[type], '0');

const integerUnary: Readonly<Partial<Record<UnaryOperator, (x: bigint, type: IntegerType) => bigint>>> = {
  neg: (x) => -x,
  abs: (x) => (x < 0n ? -x : x),
  bitNot: (x) => -x - 1n,
  popcount: (x, type) => BigInt(digits(type, x).replaceAll('0', '').length),
  clz: (x, type) => BigInt(`${digits(type, x)}1`.indexOf('1')),
  ctz: (x, type) => BigInt([...digits(type, x)].reverse().concat('1').indexOf('1')),
};

describe.each(integerTypes)("%s: two's complement of the mathematical result", (type) => {
  const binary = Object.entries(integerBinary).filter(([op]) => binaryTypes[op as BinaryOperator].includes(type));
  it.each(binary)('%s', (op, define) => {
    for (const a of integerEdges[type]) {
      for (const b of integerEdges[type]) {
        const found = evaluate(ir.binary(op as BinaryOperator, integer(type, a), integer(type, b)));
        expect(found, `${op}(${a}, ${b})`).toBe(
          type === 'i64' ? wrap(type, define(a, b, type)) : Number(wrap(type, define(a, b, type))),
        );
      }
    }
  });

  const unary = Object.entries(integerUnary).filter(([op]) => unaryTypes[op as UnaryOperator].includes(type));
  it.each(unary)('%s', (op, define) => {
    for (const x of integerEdges[type]) {
      const found = evaluate(ir.unary(op as UnaryOperator, integer(type, x)));
      expect(found, `${op}(${x})`).toBe(
        type === 'i64' ? wrap(type, define(x, type)) : Number(wrap(type, define(x, type))),
      );
    }
  });

  it('compares as integers do', () => {
    for (const a of integerEdges[type]) {
      for (const b of integerEdges[type]) {
        const found = (['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).map((op) =>
          evaluate(ir.compare(op, integer(type, a), integer(type, b))),
        );
        expect(found).toEqual([a === b, a !== b, a < b, a <= b, a > b, a >= b]);
      }
    }
  });
});

it('covers every operation that exists for integers', () => {
  expect(Object.keys(integerBinary).sort()).toEqual(Object.keys(binaryTypes).sort());
  const ofIntegers = Object.entries(unaryTypes)
    .filter(([, types]) => types.includes('i64'))
    .map(([op]) => op);
  expect(Object.keys(integerUnary).sort()).toEqual(ofIntegers.sort());
});

const floatEdges: Readonly<Record<FloatType, readonly number[]>> = {
  f64: [
    0,
    1,
    1.5,
    2,
    3,
    10,
    0.1,
    1 / 3,
    2 ** -53,
    1 + 2 ** -52,
    2 ** 52 - 0.5,
    2 ** 52 + 1,
    2 ** 53,
    1e-300,
    1e300,
    5e-324,
    2.2250738585072014e-308,
    2.225073858507201e-308,
    Number.MAX_VALUE,
  ].flatMap((x) => [x, -x]),
  f32: [
    0,
    1,
    1.5,
    2,
    3,
    10,
    Math.fround(0.1),
    Math.fround(1 / 3),
    2 ** -24,
    1 + 2 ** -23,
    2 ** 23 - 0.5,
    2 ** 23 + 1,
    2 ** 24,
    2 ** -149,
    2 ** -126,
    2 ** -126 - 2 ** -149,
    Math.fround(1e-30),
    Math.fround(1e30),
    (2 - 2 ** -23) * 2 ** 127,
  ].flatMap((x) => [x, -x]),
};

const isMinus = (x: number): boolean => bits64(x) >> 63n === 1n;

/** The sum, difference, product or quotient of finite numbers, rounded once; signs of zeros as IEEE 754-2019, 6.3. */
function exactly(op: 'add' | 'sub' | 'mul' | 'div', a: number, b: number, type: FloatType): number {
  const x = rational(a);
  const y = rational(op === 'sub' ? -b : b);
  const minus = isMinus(a) !== isMinus(b);
  if (op === 'mul') {
    const result = round({ n: x.n * y.n, d: x.d * y.d }, type);
    return result === 0 && minus ? -0 : result;
  }
  if (op === 'div') {
    if (b === 0) return a === 0 ? NaN : minus ? -Infinity : Infinity;
    const sign = y.n < 0n ? -1n : 1n;
    const result = round({ n: sign * x.n * y.d, d: sign * x.d * y.n }, type);
    return result === 0 && minus ? -0 : result;
  }
  const result = round({ n: x.n * y.d + y.n * x.d, d: x.d * y.d }, type);
  const bothMinus = isMinus(a) && isMinus(op === 'sub' ? -b : b);
  return result === 0 && bothMinus ? -0 : result;
}

describe.each(floatTypes)('%s: IEEE 754, one rounding to nearest even', (type) => {
  it.each(['add', 'sub', 'mul', 'div'] as const)('%s of finite numbers is the rounded exact result', (op) => {
    for (const a of floatEdges[type]) {
      for (const b of floatEdges[type]) {
        expect(evaluate(ir.binary(op, float(type, a), float(type, b))), `${op}(${a}, ${b})`).toBe(
          exactly(op, a, b, type),
        );
      }
    }
  });

  it.each(['add', 'sub', 'mul', 'div'] as const)('%s of any finite numbers', (op) => {
    const any =
      type === 'f64'
        ? fc.double({ noNaN: true, noDefaultInfinity: true })
        : fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(evaluate(ir.binary(op, float(type, a), float(type, b)))).toBe(exactly(op, a, b, type));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['add', Infinity, -Infinity, NaN],
    ['sub', Infinity, Infinity, NaN],
    ['mul', Infinity, 0, NaN],
    ['div', Infinity, Infinity, NaN],
    ['div', 0, 0, NaN],
    ['add', Infinity, -1, Infinity],
    ['mul', -Infinity, 2, -Infinity],
    ['div', 1, -Infinity, -0],
    ['div', -1, 0, -Infinity],
    ['add', NaN, 1, NaN],
    ['sub', 0, 0, 0],
    ['sub', -0, 0, -0],
    ['add', -0, 0, 0],
  ] as const)('%s(%d, %d) = %d', (op, a, b, expected) => {
    expect(evaluate(ir.binary(op, float(type, a), float(type, b)))).toBe(expected);
  });

  it('sqrt lies nearest to the root: (r − ulp/2)² < x < (r + ulp/2)²', () => {
    for (const x of floatEdges[type].filter((value) => value > 0)) {
      const root = Number(evaluate(ir.unary('sqrt', float(type, x))));
      expect(round(rational(root), type)).toBe(root);
      const r = rational(root);
      const exponent = Number((bits64(root) >> 52n) & 0x7ffn) - 1023;
      const half = rational(2 ** (exponent - formats[type].precision));
      const low = { n: r.n * half.d - half.n * r.d, d: r.d * half.d };
      const high = { n: r.n * half.d + half.n * r.d, d: r.d * half.d };
      const { n, d } = rational(x);
      expect(low.n * low.n * d <= n * low.d * low.d, `sqrt(${x}) too large`).toBe(true);
      expect(high.n * high.n * d >= n * high.d * high.d, `sqrt(${x}) too small`).toBe(true);
    }
    expect(
      ['sqrt', 'sqrt', 'sqrt', 'sqrt'].map((_, k) =>
        evaluate(ir.unary('sqrt', float(type, [-0, 4, Infinity, -1][k] ?? 0))),
      ),
    ).toEqual([-0, 2, Infinity, NaN]);
  });

  it.each(['floor', 'ceil', 'trunc', 'nearest'] as const)('%s keeps the sign of zero and whole numbers', (op) => {
    const fractions = [0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 4.75, 2147483647.5, 1e9 + 0.5]
      .flatMap((x) => [x, -x])
      .map((x) => (type === 'f32' ? Math.fround(x) : x));
    for (const x of [...floatEdges[type], ...fractions]) {
      const whole = Number(roundings(rational(x))[op]);
      const expected = whole === 0 && isMinus(x) ? -0 : whole;
      expect(evaluate(ir.unary(op, float(type, x))), `${op}(${x})`).toBe(expected);
    }
    expect(evaluate(ir.unary(op, float(type, Infinity)))).toBe(Infinity);
    expect(evaluate(ir.unary(op, float(type, NaN)))).toBe(NaN);
  });

  it('neg flips the sign bit, abs clears it', () => {
    for (const x of [...floatEdges[type], Infinity, -Infinity]) {
      expect(bits64(Number(evaluate(ir.neg(float(type, x)))))).toBe(bits64(x) ^ (1n << 63n));
      expect(bits64(Number(evaluate(ir.unary('abs', float(type, x)))))).toBe(bits64(x) & ~(1n << 63n));
    }
  });

  it('comparisons with NaN are false but ne; zeros are equal', () => {
    const all = (a: number, b: number): unknown[] =>
      (['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).map((op) =>
        evaluate(ir.compare(op, float(type, a), float(type, b))),
      );
    expect(all(NaN, 1)).toEqual([false, true, false, false, false, false]);
    expect(all(NaN, NaN)).toEqual([false, true, false, false, false, false]);
    expect(all(-0, 0)).toEqual([true, false, false, true, false, true]);
    expect(all(-Infinity, 1)).toEqual([false, true, true, true, false, false]);
  });
});

describe('bool', () => {
  const pairs = [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const;
  it.each([
    ['and', [false, false, false, true]],
    ['or', [false, true, true, true]],
    ['xor', [false, true, true, false]],
  ] as const)('%s', (op, expected) => {
    expect(pairs.map(([a, b]) => evaluate(ir.binary(op, ir.bool(a), ir.bool(b))))).toEqual(expected);
  });
  it('not, eq, ne', () => {
    expect([true, false].map((x) => evaluate(ir.not(ir.bool(x))))).toEqual([false, true]);
    expect(pairs.map(([a, b]) => evaluate(ir.eq(ir.bool(a), ir.bool(b))))).toEqual([true, false, false, true]);
    expect(pairs.map(([a, b]) => evaluate(ir.ne(ir.bool(a), ir.bool(b))))).toEqual([false, true, true, false]);
    expect(compareTypes.lt).not.toContain('bool');
  });
});

describe('convert', () => {
  const limits: Readonly<Record<IntegerType, readonly [bigint, bigint]>> = {
    i32: [-(2n ** 31n), 2n ** 31n - 1n],
    u32: [0n, 2n ** 32n - 1n],
    i64: [-(2n ** 63n), 2n ** 63n - 1n],
  };
  const value = (type: ScalarType, x: bigint): number | bigint => (type === 'i64' ? x : Number(x));

  it.each(integerTypes.flatMap((to) => floatTypes.map((from) => [from, to] as const)))(
    '%s → %s truncates and saturates',
    (from, to) => {
      const near = [2 ** 31, 2 ** 32, 2 ** 63]
        .flatMap((x) => [x - 1, x - 0.5, x, x + 1, x * (1 - 2 ** -24), x * (1 + 2 ** -23)])
        .flatMap((x) => [x, -x]);
      for (const x of [...floatEdges[from], ...near, 0.99, -0.99, 1e19, -1e19].map((y) =>
        from === 'f32' ? Math.fround(y) : y,
      )) {
        const [least, largest] = limits[to];
        const whole = roundings(rational(x)).trunc;
        const expected = whole < least ? least : whole > largest ? largest : whole;
        expect(evaluate(ir.convert(to, float(from, x))), `${x}`).toBe(value(to, expected));
      }
      expect([NaN, Infinity, -Infinity].map((x) => evaluate(ir.convert(to, float(from, x))))).toEqual(
        [0n, limits[to][1], limits[to][0]].map((x) => value(to, x)),
      );
    },
  );

  it.each(
    integerTypes.flatMap((from) => floatTypes.filter((to) => convertible(from, to)).map((to) => [from, to] as const)),
  )('%s → %s rounds once', (from, to) => {
    const more =
      from === 'i64'
        ? [2n ** 53n + 1n, 2n ** 53n + 3n, 2n ** 62n + 2n ** 9n + 1n, -(2n ** 62n) - 2n ** 9n]
        : [16777217n, 16777219n, 0x7fffff81n];
    for (const x of [...integerEdges[from], ...more]) {
      expect(evaluate(ir.convert(to, integer(from, x))), `${x}`).toBe(round({ n: x, d: 1n }, to));
    }
  });

  it.each(integerTypes.flatMap((from) => integerTypes.filter((to) => to !== from).map((to) => [from, to] as const)))(
    '%s → %s wraps',
    (from, to) => {
      for (const x of integerEdges[from])
        expect(evaluate(ir.convert(to, integer(from, x)))).toBe(value(to, wrap(to, x)));
    },
  );

  it('f64 → f32 rounds to nearest even, f32 → f64 is exact', () => {
    for (const x of [
      ...floatEdges.f64,
      1 + 2 ** -24,
      1 + 3 * 2 ** -24,
      2 ** -150,
      2 ** -150 * 1.0000001,
      3.4028235677973366e38,
    ]) {
      const rounded = round(rational(x), 'f32');
      expect(evaluate(ir.convert('f32', ir.f64(x))), `${x}`).toBe(rounded === 0 && isMinus(x) ? -0 : rounded);
    }
    for (const x of floatEdges.f32) expect(evaluate(ir.convert('f64', ir.f32(x)))).toBe(x);
  });

  it('bool → number is 0 or 1, number → bool is ≠ 0', () => {
    expect(integerTypes.concat().map((to) => evaluate(ir.convert(to, ir.bool(true))))).toEqual([1, 1, 1n]);
    expect(floatTypes.map((to) => evaluate(ir.convert(to, ir.bool(false))))).toEqual([0, 0]);
    expect([0, -0, 0.1, NaN].map((x) => evaluate(ir.convert('bool', ir.f64(x))))).toEqual([false, false, true, true]);
    expect([0n, -1n, 1n << 40n].map((x) => evaluate(ir.convert('bool', ir.i64(x))))).toEqual([false, true, true]);
  });

  it('i64 → f32 and bool → bool do not exist', () => {
    expect(convertible('i64', 'f32')).toBe(false);
    expect(convertible('bool', 'bool')).toBe(false);
    expect(() => evaluate(ir.convert('f32', ir.i64(1n)))).toThrow('convert of i64 to f32');
  });
});

describe('reinterpret keeps the bits', () => {
  it('f64 ↔ i64', () => {
    for (const x of floatEdges.f64) {
      expect(evaluate(ir.reinterpret('i64', ir.f64(x)))).toBe(BigInt.asIntN(64, bits64(x)));
      expect(evaluate(ir.reinterpret('f64', ir.i64(bits64(x))))).toBe(x);
    }
    expect(evaluate(ir.reinterpret('f64', ir.i64(0x3ff0000000000000n)))).toBe(1);
  });
  it('f32 ↔ u32 and i32', () => {
    const view = new DataView(new ArrayBuffer(4));
    for (const x of floatEdges.f32) {
      view.setFloat32(0, x);
      expect(evaluate(ir.reinterpret('u32', ir.f32(x)))).toBe(view.getUint32(0));
      expect(evaluate(ir.reinterpret('i32', ir.f32(x)))).toBe(view.getInt32(0));
      expect(evaluate(ir.reinterpret('f32', ir.u32(view.getUint32(0))))).toBe(x);
      expect(evaluate(ir.reinterpret('f32', ir.i32(view.getInt32(0))))).toBe(x);
    }
  });
  it('a NaN shows the bits of the one NaN', () => {
    expect(evaluate(ir.reinterpret('i64', ir.f64(fromBits64(0xfff8000000000001n))))).toBe(0x7ff8000000000000n);
    expect(evaluate(ir.reinterpret('u32', ir.div(ir.f32(0), ir.f32(0))))).toBe(0x7fc00000);
  });
});

describe('select', () => {
  it.each([
    [ir.select(ir.bool(true), ir.f64(1), ir.f64(2)), 1],
    [ir.select(ir.bool(false), ir.f64(1), ir.f64(2)), 2],
    [ir.select(ir.bool(false), ir.i64(1n), ir.i64(2n)), 2n],
    [ir.select(ir.bool(true), ir.bool(false), ir.bool(true)), false],
  ])('%#', (e, expected) => {
    expect(evaluate(e)).toBe(expected);
  });
});

describe('functions', () => {
  const n = { name: 'n', type: 'u32' } as const;
  const m = { name: 'm', type: 'u32' } as const;

  /** Greatest common divisor, after Euclid. */
  const gcd: IrFunction = (() => {
    const locals = new ir.Locals();
    const rest = locals.fresh('rest', 'u32');
    const body = [
      ir.whilst(ir.ne(ir.get(m), ir.u32(0)), [
        ir.set(rest, ir.binary('rem', ir.get(n), ir.get(m))),
        ir.set(n, ir.get(m)),
        ir.set(m, ir.get(rest)),
      ]),
    ];
    return { name: 'gcd', comment: '', parameters: [n, m], locals: locals.declared, body, results: [n] };
  })();

  /** Smallest divisor above 1 and its cofactor; leaves the loop early. */
  const factor: IrFunction = (() => {
    const locals = new ir.Locals();
    const divisor = locals.fresh('divisor', 'u32');
    const k = locals.fresh('k', 'u32');
    const cofactor = locals.fresh('cofactor', 'u32');
    const body = [
      ir.set(divisor, ir.get(n)),
      ir.loop(k, ir.u32(2), ir.get(n), [
        ir.comment('the first that divides'),
        ir.when(ir.eq(ir.binary('rem', ir.get(n), ir.get(k)), ir.u32(0)), [ir.set(divisor, ir.get(k)), ir.leave]),
      ]),
      ir.set(cofactor, ir.div(ir.get(n), ir.get(divisor))),
    ];
    return {
      name: 'factor',
      comment: '',
      parameters: [n],
      locals: locals.declared,
      body,
      results: [divisor, cofactor],
    };
  })();

  /** gcd of the two parts of `factor`. */
  const common: IrFunction = (() => {
    const locals = new ir.Locals();
    const a = locals.fresh('a', 'u32');
    const b = locals.fresh('b', 'u32');
    const body = [ir.invoke(factor, [ir.get(n)], [a, b]), ir.set(a, ir.call(gcd, ir.get(a), ir.get(b)))];
    return { name: 'common', comment: '', parameters: [n], locals: locals.declared, body, results: [a] };
  })();

  // The caller first: order does not matter.
  const euclid = createEvaluator([common, factor, gcd]);

  it.each([
    ['gcd', [12, 18], [6]],
    ['gcd', [17, 5], [1]],
    ['gcd', [7, 0], [7]],
    ['factor', [91], [7, 13]],
    ['factor', [97], [97, 1]],
    ['factor', [64], [2, 32]],
    ['common', [12], [2]],
    ['common', [49], [7]],
    ['common', [15], [1]],
  ])('%s(%j) = %j', (name, args, results) => {
    expect(euclid.call(name, args)).toEqual(results);
  });

  it('a call may stand in an argument of the same function', () => {
    expect(
      euclid.evaluate(ir.call(gcd, ir.call(gcd, ir.u32(48), ir.u32(36)), ir.call(gcd, ir.u32(20), ir.u32(32)))),
    ).toBe(4);
  });

  it('takes arguments from outside at their type: f32 rounds', () => {
    const x = { name: 'x', type: 'f32' } as const;
    const same = createEvaluator([{ name: 'same', comment: '', parameters: [x], locals: [], body: [], results: [x] }]);
    expect(same.call('same', [0.1])).toEqual([Math.fround(0.1)]);
    expect(() => same.call('same', [1n])).toThrow('bigint given for f32');
    expect(() => same.call('same', [])).toThrow('same takes 1 arguments, not 0');
  });

  it('a counter counts to its end, also above 2^31, and holds the end afterwards', () => {
    const locals = new ir.Locals();
    const k = locals.fresh('k', 'u32');
    const turns = locals.fresh('turns', 'u32');
    const body = [
      ir.set(turns, ir.u32(0)),
      ir.loop(k, ir.get(n), ir.get(m), [ir.set(turns, ir.add(ir.get(turns), ir.u32(1)))]),
    ];
    const count = createEvaluator([
      { name: 'count', comment: '', parameters: [n, m], locals: locals.declared, body, results: [turns, k] },
    ]);
    expect(count.call('count', [0xfffffff0, 0xffffffff])).toEqual([15, 0xffffffff]);
    expect(count.call('count', [5, 3])).toEqual([0, 5]);
  });

  it('refuses recursion and missing callees', () => {
    const call: Expression = { kind: 'call', type: 'u32', function: 'again', arguments: [ir.get(n)] };
    const again: IrFunction = {
      name: 'again',
      comment: '',
      parameters: [n],
      locals: [],
      body: [ir.set(n, call)],
      results: [n],
    };
    expect(() => createEvaluator([again])).toThrow('again calls itself');
    expect(() => createEvaluator([{ ...again, name: 'other' }])).toThrow('other calls again, which does not exist');
  });
});

describe('fixed-point numbers', () => {
  it('are the nearest multiples of their unit, halves to even, and stand for them exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -970, max: 1000 }), fc.bigInt(-(2n ** 50n), 2n ** 50n), (exponent, n) => {
        const unit = 2 ** -exponent;
        expect(evaluate(ir.fromFixed(ir.i64(n), ir.f64(unit)))).toBe(Number(n) * unit);
        expect(evaluate(ir.toFixed(ir.f64(Number(n) * unit), ir.f64(1 / unit)))).toBe(n);
      }),
    );
    for (const [x, n] of [
      [0.5, 0n],
      [1.5, 2n],
      [2.5, 2n],
      [-0.5, 0n],
      [-1.5, -2n],
      [0.75, 1n],
    ] as const)
      expect(evaluate(ir.toFixed(ir.f64(x * 8), ir.f64(1 / 8)))).toBe(n);
  });
});
