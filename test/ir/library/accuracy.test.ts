/**
 * Every mathematical function against decimal.js: over its whole range, near zero, near the joints of its algorithm and
 * among subnormal numbers. The bounds are from docs/determinism.md, in units in the last place.
 */

import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { type LibraryName, libraryFunction, withCallees } from '../../../src/ir/library/index.js';
import {
  Exact,
  type FloatType,
  type Spread,
  erf,
  exact,
  expm1,
  log1p,
  points,
  rounded,
  repeatable,
  ulpError,
} from '../../support/ulp.js';
import { someOf } from '../../support/effort.js';

const types: readonly FloatType[] = ['f64', 'f32'];

function evaluatorOf(name: LibraryName, type: FloatType): (...args: number[]) => number {
  const f = libraryFunction(name, type);
  const evaluator = createEvaluator(withCallees([f]));
  return (...args) => Number(evaluator.call(f.name, args)[0]);
}

interface Case {
  readonly name: LibraryName;
  readonly bound: number;
  readonly reference: (x: Exact) => Exact;
  readonly spreads: Readonly<Record<FloatType, readonly Spread[]>>;
  readonly count?: number;
}

const both = (...spreads: Spread[]): Case['spreads'] => ({ f64: spreads, f32: spreads });
const tiny: Spread = { powers: [-60, 0] };
const positive: Case['spreads'] = {
  f64: [
    { powers: [-1074, 1023], positive: true },
    { from: 0.5, to: 2 },
    { around: [1], width: 0.01 },
    { around: [Math.SQRT1_2, Math.SQRT2], width: 1e-3 },
  ],
  f32: [
    { powers: [-149, 127], positive: true },
    { from: 0.5, to: 2 },
    { around: [1], width: 0.01 },
    { around: [Math.SQRT1_2, Math.SQRT2], width: 1e-3 },
  ],
};
const angles: Case['spreads'] = {
  f64: [
    { from: -10, to: 10 },
    { powers: [-30, 20] },
    { around: [Math.PI / 4, Math.PI / 2, Math.PI, 1e5 * Math.PI], width: 1e-6 },
  ],
  f32: [
    { from: -10, to: 10 },
    { powers: [-20, 11] },
    { around: [Math.PI / 4, Math.PI / 2, Math.PI, 500 * Math.PI], width: 1e-3 },
  ],
};
const unit = both(
  { from: -1, to: 1 },
  { powers: [-40, -1] },
  { around: [-0.5, 0.5], width: 1e-3 },
  { from: 0.99, to: 1 },
  { from: -1, to: -0.99 },
);

const cases: readonly Case[] = [
  {
    name: 'exp',
    bound: 1,
    reference: (x) => x.exp(),
    spreads: {
      f64: [{ from: -745, to: 709.7 }, { from: -745.2, to: -700 }, { from: -2, to: 2 }, tiny],
      f32: [{ from: -103, to: 88.7 }, { from: -104, to: -80 }, { from: -2, to: 2 }, tiny],
    },
  },
  {
    name: 'expm1',
    bound: 1,
    reference: expm1,
    spreads: {
      f64: [{ from: -50, to: 709 }, { from: -2, to: 2 }, { from: 34, to: 40 }, { powers: [-1074, 0] }],
      f32: [{ from: -20, to: 88 }, { from: -2, to: 2 }, { from: 14, to: 18 }, { powers: [-149, 0] }],
    },
  },
  {
    name: 'exprel',
    bound: 2,
    reference: (x) => expm1(x).div(x),
    spreads: {
      f64: [{ from: -1000, to: 716 }, { from: -2, to: 2 }, { powers: [-1000, 9] }],
      f32: [{ from: -1000, to: 93 }, { from: -2, to: 2 }, { powers: [-149, 6] }],
    },
  },
  {
    name: 'expOrdinary',
    bound: 1,
    reference: (x) => x.exp(),
    spreads: {
      f64: [{ from: -708, to: 709 }, { from: -2, to: 2 }, tiny],
      f32: [{ from: -87, to: 88 }, { from: -2, to: 2 }, tiny],
    },
  },
  {
    name: 'inverseExprel',
    bound: 2,
    reference: (x) => x.div(expm1(x)),
    spreads: {
      f64: [{ from: -1000, to: 700 }, { from: -2, to: 2 }, { powers: [-1000, 9] }],
      f32: [{ from: -1000, to: 80 }, { from: -2, to: 2 }, { powers: [-149, 6] }],
    },
  },
  {
    name: 'sinh',
    bound: 2,
    reference: (x) => x.exp().minus(x.neg().exp()).div(2),
    spreads: {
      f64: [
        { from: -710, to: 710 },
        { from: -2, to: 2 },
        { around: [-1, 1], width: 1e-3 },
      ],
      f32: [
        { from: -89, to: 89 },
        { from: -2, to: 2 },
        { around: [-1, 1], width: 1e-3 },
      ],
    },
  },
  {
    name: 'cosh',
    bound: 2,
    reference: (x) => x.exp().plus(x.neg().exp()).div(2),
    spreads: {
      f64: [{ from: -710, to: 710 }, { from: -2, to: 2 }, tiny],
      f32: [{ from: -89, to: 89 }, { from: -2, to: 2 }, tiny],
    },
  },
  {
    name: 'tanh',
    bound: 2,
    reference: (x) => {
      const e = expm1(x.times(2));
      return e.div(e.plus(2));
    },
    spreads: both({ from: -25, to: 25 }, { from: -2, to: 2 }, { powers: [-100, 1] }),
  },
  { name: 'log', bound: 1, reference: (x) => x.ln(), spreads: positive },
  {
    name: 'logOrdinary',
    bound: 1,
    reference: (x) => x.ln(),
    spreads: {
      f64: [
        { powers: [-1022, 1023], positive: true },
        { from: 0.5, to: 2 },
      ],
      f32: [
        { powers: [-126, 127], positive: true },
        { from: 0.5, to: 2 },
      ],
    },
  },
  { name: 'log2', bound: 2, reference: (x) => x.log(2), spreads: positive },
  { name: 'log10', bound: 2, reference: (x) => x.log(10), spreads: positive },
  {
    name: 'log1p',
    bound: 1,
    reference: log1p,
    spreads: {
      f64: [
        { from: -1, to: 4 },
        { powers: [-1074, -1] },
        { powers: [0, 1023], positive: true },
        { around: [Math.SQRT1_2 - 1, Math.SQRT2 - 1], width: 1e-3 },
      ],
      f32: [
        { from: -1, to: 4 },
        { powers: [-149, -1] },
        { powers: [0, 127], positive: true },
        { around: [Math.SQRT1_2 - 1, Math.SQRT2 - 1], width: 1e-3 },
      ],
    },
  },
  { name: 'sin', bound: 1, reference: (x) => x.sin(), spreads: angles },
  { name: 'cos', bound: 1, reference: (x) => x.cos(), spreads: angles },
  { name: 'tan', bound: 2, reference: (x) => x.sin().div(x.cos()), spreads: angles },
  { name: 'asin', bound: 2, reference: (x) => x.asin(), spreads: unit },
  { name: 'acos', bound: 2, reference: (x) => x.acos(), spreads: unit },
  {
    name: 'atan',
    bound: 1,
    reference: (x) => x.atan(),
    spreads: both(
      { from: -5, to: 5 },
      { powers: [-100, 100] },
      { around: [7 / 16, 11 / 16, 19 / 16, 39 / 16], width: 1e-3 },
    ),
  },
  {
    name: 'erf',
    bound: 2,
    reference: erf,
    count: 150,
    spreads: both({ from: -6, to: 6 }, { around: [-1, 1], width: 0.1 }, { powers: [-100, -1] }),
  },
];

describe.each(someOf(cases, 3, 'functions'))('$name', ({ name, bound, reference, spreads, count = 250 }) => {
  it.each(types)(`in %s stays below ${bound} ulp`, (type) => {
    const f = evaluatorOf(name, type);
    let worst = { error: 0, at: 0 };
    for (const x of points(type, spreads[type], count)) {
      const error = ulpError(type, f(x), reference(exact(x)));
      if (!(error <= worst.error)) worst = { error, at: x };
    }
    expect(worst.error, `worst at ${worst.at}`).toBeLessThan(bound);
    // The reference is only valid if rounding by itself already costs half a unit.
    expect(worst.error).toBeGreaterThan(0.4);
  });
});

describe('sin, cos and tan of huge angles', () => {
  const Wide = Exact.clone({ precision: 380 });
  it.each([...(['sin', 'cos'] as const).map((name) => ({ name, bound: 1 })), { name: 'tan' as const, bound: 2 }])(
    '$name reduces them exactly',
    ({ name, bound }) => {
      for (const type of types) {
        const f = evaluatorOf(name, type);
        const spread: Spread = { powers: type === 'f64' ? [20, 1023] : [11, 127] };
        // Beyond random ones, the double closest to a multiple of pi/2 (6381956970095103 * 2^797).
        const hardest = type === 'f64' ? [6381956970095103 * 2 ** 797, 2 ** 1023] : [rounded(type, 16367173 * 2 ** 72)];
        for (const x of [...points(type, [spread], 12), ...hardest]) {
          const angle = exact(x, Wide);
          const value = name === 'tan' ? angle.sin().div(angle.cos()) : angle[name]();
          expect(ulpError(type, f(x), new Exact(value)), `${name}(${x}) in ${type}`).toBeLessThan(bound);
        }
      }
    },
  );
});

describe('pow', () => {
  it.each(types)('in %s stays below 2 ulp', (type) => {
    const f = evaluatorOf('pow', type);
    const next = repeatable(7);
    const [reach, powers] = type === 'f64' ? [709, [-1074, 1023] as const] : [88, [-149, 127] as const];
    const bases = points(
      type,
      [
        { powers, positive: true },
        { from: 0.5, to: 2 },
        { around: [1], width: 1e-4 },
      ],
      250,
    );
    for (const x of bases) {
      const logarithm = Math.log(x);
      if (logarithm === 0) continue;
      const y = rounded(type, ((2 * next() - 1) * reach) / logarithm);
      const reference = exact(x).ln().times(exact(y)).exp();
      expect(ulpError(type, f(x, y), reference), `${x} ** ${y}`).toBeLessThan(2);
    }
  });

  it('gives whole powers of two exactly', () => {
    const f = evaluatorOf('pow', 'f64');
    for (let n = -1074; n <= 1023; n += 7) expect(f(2, n)).toBe(2 ** n);
    expect(f(3, 5)).toBe(243);
    expect(f(-3, 5)).toBe(-243);
    expect(f(10, 15)).toBe(1e15);
  });
});

describe('atan2', () => {
  it.each(types)('in %s stays below 2 ulp in all quadrants', (type) => {
    const f = evaluatorOf('atan2', type);
    const ys = points(type, [{ powers: [-20, 20] }, { from: -2, to: 2 }], 200, 3);
    const xs = points(type, [{ powers: [-20, 20] }, { from: -2, to: 2 }], 200, 4);
    const pi = Exact.acos(-1);
    ys.forEach((y, k) => {
      const x = xs[k] ?? 1;
      const slope = exact(y).div(exact(x)).atan();
      const reference = x > 0 ? slope : y > 0 ? slope.plus(pi) : slope.minus(pi);
      expect(ulpError(type, f(y, x), reference), `atan2(${y}, ${x})`).toBeLessThan(2);
    });
  });
});

describe('logarithms of powers', () => {
  it.each(types)('in %s, logOrdinary has the bits of log, and expOrdinary those of exp', (type) => {
    const [log, logOrdinary] = [evaluatorOf('log', type), evaluatorOf('logOrdinary', type)];
    const [exp, expOrdinary] = [evaluatorOf('exp', type), evaluatorOf('expOrdinary', type)];
    for (const x of points(
      type,
      [
        { from: 0, to: 1 },
        { powers: [-53, 100], positive: true },
      ],
      500,
    )) {
      expect(logOrdinary(x), `log ${x}`).toBe(log(x));
      expect(expOrdinary(-Math.abs(log(x))), `exp of log ${x}`).toBe(exp(-Math.abs(log(x))));
    }
  });

  it('log2 gives the exponent of a power of two, and log10 the exponent of a power of ten', () => {
    const log2 = evaluatorOf('log2', 'f64');
    const log10 = evaluatorOf('log10', 'f64');
    for (let n = -1074; n <= 1023; n++) expect(log2(2 ** n)).toBe(n);
    for (let n = 0; n <= 22; n++) expect(log10(Number(`1e${n}`))).toBe(n);
  });
});

describe('sinCosTurn', () => {
  const Wide = Exact.clone({ precision: 60 });
  const turn = Wide.acos(-1).times(2);
  it.each(types)('in %s gives sine and cosine of a fraction of a turn below 2 ulp', (type) => {
    const f = libraryFunction('sinCosTurn', type);
    const evaluator = createEvaluator(withCallees([f]));
    for (const u of points(
      type,
      [
        { from: 0, to: 1 },
        { around: [0.125, 0.25, 0.5, 0.75, 1], width: 1e-4 },
        { powers: [-60, -2], positive: true },
      ],
      300,
    )) {
      const [sine, cosine] = evaluator.call(f.name, [u]).map(Number);
      expect(ulpError(type, sine ?? NaN, turn.times(exact(u, Wide)).sin()), `sine of ${u}`).toBeLessThan(2);
      expect(ulpError(type, cosine ?? NaN, turn.times(exact(u, Wide)).cos()), `cosine of ${u}`).toBeLessThan(2);
    }
  });

  it('is exact at quarters', () => {
    const evaluator = createEvaluator(withCallees([libraryFunction('sinCosTurn', 'f64')]));
    const at = (u: number): number[] => evaluator.call('sinCosTurn_f64', [u]).map((value) => Number(value) + 0);
    expect([0, 0.25, 0.5, 0.75].map(at)).toEqual([
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
    ]);
  });
});
