/** Izhikevich's cells, as NeuroML has them: with fixed constants and pure numbers, and with a capacitance. */

import type { Expression } from '../../lang/ast.js';
import { difference, negated, number, product, quotient, sum } from '../../lang/build.js';
import type { NeuronType } from '../../model/model.js';
import { constantOf, everywhere, fold, near } from '../recognise/numbers.js';
import { keyOf } from '../recognise/polynomial.js';
import { responsesOf, wireAny } from '../recognise/cells/responses.js';
import { refractoryPeriod, spikingOf } from '../recognise/cells/spiking.js';
import {
  checkTerms,
  coefficient,
  inverse,
  isNought,
  refuse,
  viewOf,
  zero,
  type CellUse,
} from '../recognise/cells/view.js';
import { receptorsOf } from './receptors.js';
import type { AbstractCell } from './abstract-cell.js';

/** Coefficients of 0.04*v**2 + 5*v + 140 in mV and ms, in V and s. */
const fixed = { square: 4e4, slope: 5e3, constant: 140 };

/** A cell whose rate is quadratic in v; undefined for others. */
export function quadraticCell(type: NeuronType, use: CellUse): AbstractCell | undefined {
  const view = viewOf(type, use);
  const { v, polynomials } = view;
  const rate = polynomials.get(v) ?? refuse('no rate');
  const spike = type.events['spike'];
  if (!rate.terms.has(keyOf(v, v)) || rate.atoms.size > 0 || spike === undefined) return undefined;
  const spiking = spikingOf(view, spike);
  const recovery = [...polynomials].filter(
    ([name, one]) => name !== v && (one.terms.has(v) || spiking.jumps.has(name)) && rate.terms.has(name),
  );
  const [[u, own] = refuse('it has no variable of recovery'), ...others] = recovery;
  if (others.length > 0 || u === undefined) return refuse('it has several variables of recovery');
  const odd = [...own.terms.keys()].filter((key) => !['', v, u].includes(key));
  if (odd.length > 0) refuse(`its recovery depends on ${odd.join(', ')}`);
  if ([...spiking.jumps.keys()].some((name) => name !== u)) refuse('a spike changes more than its recovery');
  if (spike.refractory !== undefined && constantOf(refractoryPeriod(view, spike, use)) !== 0)
    refuse("Izhikevich's cells are not refractory");
  const responses = responsesOf(
    view,
    [...polynomials.keys()].filter((name) => name !== v && name !== u),
  );
  const inputs = Object.keys(type.inputs).filter((name) => !isNought(coefficient(rate, name)));
  checkTerms(rate, view, [...responses.map(({ variable }) => variable), ...inputs, keyOf(v)], u, keyOf(v, v));
  const square = coefficient(rate, v, v);
  const slope = coefficient(rate, v);
  const constant = coefficient(rate);
  const reset = spiking.reset ?? refuse('its potential is not reset after a spike');
  const strength = fold(negated(coefficient(rate, u)));
  const decay = fold(negated(coefficient(own, u)));
  const gain = coefficient(own, v);
  const jump = spiking.jumps.get(u) ?? zero;
  const isFixed =
    near(constantOf(square) ?? NaN, fixed.square) &&
    near(constantOf(slope) ?? NaN, fixed.slope) &&
    isNought(coefficient(own)) &&
    responses.length === 0 &&
    inputs.every((name) => type.inputs[name]?.unit === '1' && near(constantOf(coefficient(rate, name)) ?? 0, 1)) &&
    type.state[u]?.unit !== 'A';
  const pure = (e: Expression, unit: number): Expression => fold(quotient(e, number(unit)));
  if (isFixed) {
    const factor = everywhere(strength) ?? refuse('its recovery has a different scale in each cell');
    const drive = fold(difference(constant, number(fixed.constant)));
    return {
      name: 'izhikevichCell',
      parameters: {
        thresh: spiking.threshold,
        a: pure(decay, 1e3),
        b: fold(quotient(product(gain, number(factor)), product(decay, number(1e3)))),
        c: pure(reset, 1e-3),
        d: fold(product(number(factor), jump)),
      },
      variables: new Map([
        [v, { name: 'v', factor: view.volts }],
        [u, { name: 'U', factor }],
      ]),
      receptors: new Map(),
      responses: [],
      inputs,
      ...(near(constantOf(drive) ?? NaN, 0, 140) ? {} : { drive }),
      isPure: true,
      remarks: [],
    };
  }
  const wired = wireAny(view, type, use, responses);
  const capacitance = type.state[u]?.unit === 'A' ? inverse(strength) : wired.cm;
  if (!near(everywhere(quotient(capacitance, wired.cm)) ?? NaN, 1) && (responses.length > 0 || inputs.length > 0))
    refuse('its currents are no currents of its capacitance');
  if (inputs.some((name) => type.inputs[name]?.unit !== 'A')) refuse('its inputs are no currents');
  const factor =
    everywhere(product(strength, capacitance)) ?? refuse('its recovery has a different scale in each cell');
  const [low, high, drive] = isNought(gain)
    ? [...rootsOf(square, slope, constant), zero]
    : restOf(square, slope, constant, fold(negated(quotient(coefficient(own), gain))));
  const current = fold(product(drive, capacitance));
  return {
    name: 'izhikevich2007Cell',
    parameters: {
      C: capacitance,
      k: fold(product(square, capacitance)),
      vr: low,
      vt: high,
      vpeak: spiking.threshold,
      a: decay,
      b: fold(quotient(product(gain, number(factor)), decay)),
      c: reset,
      d: fold(product(number(factor), jump)),
    },
    variables: new Map([
      [v, { name: 'v', factor: view.volts }],
      [u, { name: 'u', factor }],
    ]),
    receptors: receptorsOf(wired.ports, wired.parameters),
    responses: responses.flatMap(({ variable, entry }) => [...new Set([variable, entry])]),
    inputs,
    ...(isNothing(drive, product(square, product(low, high))) ? {} : { drive: current }),
    isPure: false,
    remarks: [],
  };
}

type Rest = readonly [low: Expression, high: Expression, drive: Expression];

/** Both zeros of the rate where one is known, and what is left of its constant. */
function restOf(square: Expression, slope: Expression, constant: Expression, rest: Expression): Rest {
  const other = fold(difference(negated(quotient(slope, square)), rest));
  return [rest, other, fold(difference(constant, product(square, product(rest, other))))];
}

/** Zeros of a quadratic rate. */
function rootsOf(square: Expression, slope: Expression, constant: Expression): readonly [Expression, Expression] {
  const [a, b, c] = [square, slope, constant].map((e) => constantOf(e) ?? NaN) as [number, number, number];
  const root = Math.sqrt(b * b - 4 * a * c);
  if (!Number.isFinite(root)) refuse('its rate is zero nowhere, or elsewhere in each cell');
  return [number((-b - root) / (2 * a)), number((-b + root) / (2 * a))];
}

/** Whether what is left is rounding of what was taken away. */
const isNothing = (e: Expression, size: Expression): boolean => {
  const [a, b] = [everywhere(e), everywhere(sum(size, zero))];
  return a !== undefined && Math.abs(a) <= 1e-9 * Math.abs(b ?? 1);
};
