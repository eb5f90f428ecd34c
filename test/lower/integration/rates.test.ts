/** Rates in fewer operations: their new form, and that they keep their value up to rounding. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as ir from '../../../src/ir/builder.js';
import { createEvaluator } from '../../../src/ir/evaluate.js';
import { libraryFunction, withCallees } from '../../../src/ir/library/index.js';
import type { Expression, IrFunction } from '../../../src/ir/program.js';
import { economical, isNeverZero } from '../../../src/lower/integration/rates.js';
import { lowered } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

const x: Expression = { kind: 'local', type: 'f64', name: 'x' };
const n = ir.f64;
const call = (name: 'exp' | 'exprel' | 'expOrdinary' | 'inverseExprel', e: Expression): Expression =>
  ir.call(libraryFunction(name, 'f64'), e);
const rewritten = (e: Expression): Expression => economical(e);

describe('the fate of a rate', () => {
  test.each<[string, Expression, Expression]>([
    ['x / 4 / 0.5', ir.div(ir.div(x, n(4)), n(0.5)), ir.mul(n(0.5), x)],
    ['3 * x / (2 * x)', ir.div(ir.mul(n(3), x), ir.mul(n(2), x)), ir.div(ir.mul(n(1.5), x), x)],
    [
      '0.5 - (x - 0.25) with a division elsewhere',
      ir.div(ir.sub(n(0.5), ir.sub(x, n(0.25))), n(2)),
      ir.mul(n(0.5), ir.sub(n(0.75), x)),
    ],
    ['-(x / 2)', ir.neg(ir.div(x, n(2))), ir.mul(n(-0.5), x)],
    ['8 / exprel(x) / 2', ir.div(ir.div(n(8), call('exprel', x)), n(2)), ir.mul(n(4), call('inverseExprel', x))],
    ['0 * x / 3 + x', ir.add(ir.div(ir.mul(n(0), x), n(3)), x), x],
    ['exp(x / 2)', call('exp', ir.div(x, n(2))), call('expOrdinary', ir.mul(n(0.5), x))],
    ['x + 1, which has nothing to save', ir.add(x, n(1)), ir.add(x, n(1))],
    [
      '1e-200 * x / 1e200, whose factor is out of range',
      ir.div(ir.mul(n(1e-200), x), n(1e200)),
      ir.div(ir.mul(n(1e-200), x), n(1e200)),
    ],
    ['floor(x / 3), which jumps', ir.unary('floor', ir.div(x, n(3))), ir.unary('floor', ir.div(x, n(3)))],
  ])('%s', (_text, before, after) => {
    expect(rewritten(before)).toEqual(after);
  });
});

test('the rate of a channel keeps its value to within a few roundings', () => {
  // alpha_m of Traub and Miles: 0.32 (13 - u) / (exp((13 - u)/4) - 1) per ms, in SI.
  const u = ir.sub(x, n(-0.063));
  const alpha = ir.div(ir.div(n(1.28), call('exprel', ir.div(ir.sub(n(0.013), u), n(0.004)))), n(0.001));
  const functions = withCallees(['exprel', 'inverseExprel'].map((name) => libraryFunction(name as 'exprel', 'f64')));
  const at = (e: Expression, v: number): number => {
    const f: IrFunction = {
      name: 'rate',
      comment: '',
      parameters: [{ name: 'x', type: 'f64' }],
      locals: [{ name: 'y', type: 'f64' }],
      body: [{ kind: 'set', local: 'y', value: e }],
      results: [{ name: 'y', type: 'f64' }],
    };
    return Number(createEvaluator([...functions, f]).call('rate', [v])[0]);
  };
  const cheap = rewritten(alpha);
  for (let v = -0.12; v < 0.06; v += 0.00137) {
    const exact = at(alpha, v);
    // Where the argument is near zero its own rounding counts, in either form.
    expect(Math.abs(at(cheap, v) / exact - 1)).toBeLessThan(1e-13);
  }
});

describe('functions that are zero nowhere', () => {
  const decay = ir.neg(call('expOrdinary', x));
  test.each<[string, Expression, boolean]>([
    ['-e^x', decay, true],
    ['-e^x - 3 / (1 + e^x)', ir.sub(decay, ir.div(n(3), ir.add(n(1), call('expOrdinary', x)))), true],
    ['1 - e^x', ir.sub(n(1), call('expOrdinary', x)), false],
    ['x', x, false],
    ['0', n(0), false],
    ['e^x that may underflow', call('exp', x), false],
  ])('%s', (_text, e, expected) => {
    expect(isNeverZero(e)).toBe(expected);
  });
});

test('rates that call functions without jumps run on vector lanes', () => {
  const { program } = lowered(readFileSync('fixtures/brian/cobahh.yaml', 'utf8'));
  const update = program.kernels.find(({ name }) => name === 'P.update' || name.endsWith('.update'));
  expect(update).toMatchObject({ shape: 'map', lanes: true });
});
