/**
 * Fixed-point sums: how many digits they keep, how they round, and that no order shows (`docs/determinism.md`, sums).
 */

import { describe, expect, test } from 'vitest';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import * as ir from '../../../src/ir/builder.js';
import { scaleOf, unitOf } from '../../../src/ir/fixed-point.js';
import { powerOfTwo } from '../../../src/ir/power-of-two.js';
import type { Program } from '../../../src/ir/program.js';
import { exponentFor, exponentOfSum, isCoarse, quantise, type Arriving } from '../../../src/lower/projections/inbox.js';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import type { Target } from '../../../runtime/targets/target.js';
import { wasmTarget } from '../../../runtime/targets/wasm/target.js';
import { gcc } from '../../runtime/targets/c/compilers.js';
import { lowered, startSession } from '../../support/simulate.js';

const evaluator = createEvaluator([]);
const quantised = (value: number, exponent: number): bigint =>
  evaluator.evaluate(quantise(ir.f64(value), scaleOf(exponent))) as bigint;
const valued = (sum: bigint, exponent: number): number =>
  evaluator.evaluate(ir.fromFixed(ir.i64(sum), unitOf(exponent))) as number;

describe('the exponent', () => {
  test.each([
    [1, 50],
    [2, 49],
    [1.5, 49],
    [0.5, 51],
    [0.75, 50],
    [1e-9, 79],
    [2 ** 50, 0],
    [2 ** 60, -10],
    [0, 0],
  ])('a sum of at most %f counts in units of 2^-%i', (bound, exponent) => {
    expect(exponentFor(bound)).toBe(exponent);
  });

  test.each([1e-300, 1e-12, 0.3, 7, 1e6, 1e15, 1e200])(
    'the sum stays within 2^50 units, and one digit more would not: %f',
    (bound) => {
      const s = exponentFor(bound);
      if (s < 1000) expect(bound * powerOfTwo(s) * 2).toBeGreaterThan(2 ** 50);
      expect(bound * powerOfTwo(s)).toBeLessThanOrEqual(2 ** 50);
    },
  );

  test('powers of two are exact', () => {
    for (const n of [0, 1, -1, 50, -50, 1000, -1000]) expect(powerOfTwo(n)).toBe(2 ** n);
  });
});

describe('rounding', () => {
  test.each([
    [0, 0n],
    [-0, 0n],
    [1, 1n],
    [-1, -1n],
    [2.4, 2n],
    [2.6, 3n],
    [-2.4, -2n],
    [-2.6, -3n],
    // Half to even.
    [0.5, 0n],
    [1.5, 2n],
    [2.5, 2n],
    [-0.5, 0n],
    [-1.5, -2n],
    [-2.5, -2n],
    [2 ** 50, 2n ** 50n],
    [-(2 ** 50), -(2n ** 50n)],
    [2 ** 51 - 1, 2n ** 51n - 1n],
  ])('%f is %s units of 1', (value, units) => {
    expect(quantised(value, 0)).toBe(units);
  });

  test('a value and its sum are off by at most half a unit', () => {
    for (const exponent of [50, 79, -4]) {
      const unit = 2 ** -exponent;
      for (let k = 1; k < 200; k += 1) {
        const value = Math.sin(k * 12.9898) * unit * 2 ** 40;
        expect(Math.abs(valued(quantised(value, exponent), exponent) - value)).toBeLessThanOrEqual(unit / 2);
      }
    }
  });

  test.each([0n, 1n, -1n, 2n ** 50n, -(2n ** 50n), 2n ** 51n - 1n, 123456789n])('%s comes back as it is', (sum) => {
    expect(valued(sum, 0)).toBe(Number(sum));
    expect(valued(sum, 30)).toBe(Number(sum) / 2 ** 30);
  });
});

test('sums of doubles depend on the order, sums of units do not', () => {
  const weights = Array.from({ length: 1000 }, (_, k) => Math.sin(k * k) * 1e-3);
  const exponent = exponentFor(1);
  const backwards = [...weights].reverse();
  const sum = (list: readonly number[]): bigint => list.reduce((total, w) => total + quantised(w, exponent), 0n);
  expect(sum(backwards)).toBe(sum(weights));
  const plain = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  expect(plain(backwards)).not.toBe(plain(weights));
  expect(valued(sum(weights), exponent)).toBeCloseTo(plain(weights), 12);
});

describe('digits of the largest contribution', () => {
  const one = (most: number, arrivals: number, likely = arrivals): Arriving => ({ most, arrivals, likely });
  test.each<[string, Arriving[], number, number]>([
    // 2^50 units for all that may arrive.
    ['few arrivals', [one(1, 1000)], 40, 0],
    ['2^20 arrivals of 1 leave 30 digits', [one(1, 1048576, 100)], 30, 0],
    ['more leave fewer, which a guard restores', [one(1, 1048577, 100)], 30, 1],
    ['45 million', [one(1, 45_000_000, 3000)], 30, 6],
    ['other sizes', [one(0.25, 45_000_000, 3000), one(1, 20_000_000, 2000)], 30, 5],
    ['so many may really arrive', [one(1, 45_000_000)], 24, 0],
    ['three million are likely', [one(1, 45_000_000, 3_000_000)], 28, 4],
    ['sums that could wrap around', [one(1, 1e12, 100)], 22, 12],
    ['nothing', [], 0, 0],
  ])('%s', (_, arriving, exponent, extra) => {
    expect(exponentOfSum(arriving)).toEqual({ exponent, extra });
  });

  test('fewer digits than single precision has deserve a remark', () => {
    expect(isCoarse(2 ** 24)).toBe(false);
    expect(isCoarse(2 ** 24 - 1)).toBe(true);
    expect(isCoarse(0)).toBe(false);
  });
});

/** Cells that all emit at once, with many synapses onto others, drawn or between the pairs of a list. */
const meeting = (connect: string, sources: number): string => `
interneuron: 1
name: meeting
neurons:
  source: { state: { u: { unit: 1, initial: 1 } }, derivatives: { u: 0/s }, events: { spike: { when: u > 0.5, do: [u = 0] } } }
  target: { state: { v: 1 }, derivatives: { v: 0/s } }
synapses: { plain: { parameters: { w: 0 }, ports: { port: '1' }, pathways: { pre: port += w } } }
populations: { a: { type: source, size: ${sources} }, b: { type: target, size: 20 } }
projections:
  p: { from: a, to: b, synapse: plain, receptor: v, connect: ${connect}, values: { w: 'uniform(0.05, 0.1)' }, delay: 0.1 ms }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 0.5 ms }] }
`;
const tooMuch = 'more arrived at v of target in a step than its sums hold';
const exponentsOf = ({ buffers }: Program): unknown[] => buffers.flatMap(({ inbox }) => (inbox ? [inbox] : []));
const valuesOf = async (program: Program, target: Target): Promise<Float64Array> => {
  const session = await startSession(program, { target: 'wasm', threads: 1, use: target });
  await session.run(5);
  const v = await session.read('target.v');
  await session.dispose();
  return Float64Array.from(v.subarray(0, 20) as Float64Array);
};

test('two million drawn synapses keep 30 digits, and every engine has the same sums', async () => {
  const { program } = lowered(meeting('{ rule: fixedTotal, n: 2000000, replace: true, self: true }', 30));
  // 2^50 units for two million arrivals of 0.1 would be units of 2^-32.
  expect(exponentsOf(program)).toEqual([{ exponent: 34 }]);
  expect(Object.values(program.manifest.faults).map(({ says }) => says)).toContain(tooMuch);
  const values = await valuesOf(program, wasmTarget);
  expect(await valuesOf(program, cTargetWith(gcc === undefined ? {} : { compiler: gcc }))).toEqual(values);
  const sum = values.reduce((a, b) => a + b, 0);
  expect(sum / 2e6).toBeGreaterThan(0.0749);
  expect(sum / 2e6).toBeLessThan(0.0751);
});

test('a sum that guarded units do not hold ends the run', async () => {
  const { program } = lowered(meeting('{ rule: fixedTotal, n: 2000000, replace: true, self: true }', 30));
  const inbox = program.buffers.find((buffer) => buffer.inbox)?.name ?? '';
  for (const [sum, fault] of [
    [2n ** 51n - 1n, false],
    [-(2n ** 51n), false],
    [2n ** 51n, true],
    [-(2n ** 51n) - 1n, true],
    [2n ** 62n, true],
  ] as const) {
    const session = await startSession(program, { target: 'wasm', threads: 1 });
    await session.write(inbox, BigInt64Array.of(sum), 3);
    await session.run(1);
    const faults = program.manifest.faults[Number((await session.read('faults'))[0])];
    expect(faults?.says).toBe(fault ? tooMuch : undefined);
    await session.dispose();
  }
});

test('usual networks are not guarded, and listed pairs have the units of drawn ones', () => {
  const drawn = lowered(meeting('{ rule: probability, p: 0.5 }', 1000)).program;
  const sources = Array.from({ length: 999 }, (_, k) => k);
  const listed = lowered(
    meeting(`{ rule: list, sources: [${sources.join()}], targets: [${sources.map(() => 0).join()}] }`, 1000),
  );
  expect(Object.values(drawn.manifest.faults)).not.toContain(tooMuch);
  expect(exponentsOf(drawn)).toEqual([{ exponent: 43 }]);
  expect(exponentsOf(listed.program)).toEqual([{ exponent: 43 }]);
});
