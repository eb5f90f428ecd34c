/** Izhikevich's cell. */

import type { Expression } from '../../../lang/ast.js';
import { negated, quotient, product, number, difference } from '../../../lang/build.js';
import { keyOf } from '../polynomial.js';
import { constantOf, near, fold } from '../numbers.js';
import { type Family, coefficient, refuse, isNought, checkTerms, zero, cell } from './view.js';
import { spikingOf, refractoryPeriod } from './spiking.js';

/** Izhikevich's quadratic cell. */
export const izhikevich: Family = {
  fits: ({ polynomials, v }) => polynomials.get(v)?.terms.has(keyOf(v, v)) === true && polynomials.size === 2,
  solve(view, spike, use, type) {
    const rate = view.polynomials.get(view.v);
    const [u = ''] = [...view.polynomials.keys()].filter((name) => name !== view.v);
    const constant = (e: Expression): number => constantOf(e) ?? NaN;
    const square = constant(coefficient(rate, view.v, view.v));
    const slope = constant(coefficient(rate, view.v));
    if (!near(square, 4e4) || !near(slope, 5e3))
      refuse("its quadratic rate is not that of PyNN's Izhikevich, 0.04*v**2 + 5*v + 140 in mV and ms");
    const factor = -constant(coefficient(rate, u));
    if (!(factor > 0) || spike === undefined) return refuse("it is not PyNN's Izhikevich");
    const inputs = Object.keys(type.inputs).filter((name) => !isNought(coefficient(rate, name)));
    checkTerms(rate ?? refuse('no rate'), view, [...inputs, keyOf(view.v)], u, undefined);
    const own = view.polynomials.get(u);
    const spiking = spikingOf(view, spike);
    if (!near(constantOf(spiking.threshold) ?? NaN, 0.03)) refuse('it does not spike at 30 mV');
    if (spike.refractory !== undefined && constantOf(refractoryPeriod(view, spike, use)) !== 0)
      refuse("PyNN's Izhikevich is not refractory");
    const a = fold(negated(coefficient(own, u)));
    const parameters: Record<string, Expression> = {
      a,
      b: fold(quotient(product(coefficient(own, view.v), number(factor)), a)),
      c: spiking.reset ?? refuse('its potential is not reset after a spike'),
      d: fold(product(number(factor), spiking.jumps.get(u) ?? zero)),
      // Currents act as on 1 pF; 140 mV/ms are part of the cell.
      i_offset: fold(product(difference(coefficient(rate), number(140)), number(1e-12))),
    };
    return {
      standard: cell('Izhikevich'),
      parameters,
      variables: new Map([
        [view.v, { name: 'v', factor: view.volts }],
        [u, { name: 'u', factor }],
      ]),
      ports: new Map([[view.v, { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts }]]),
      remarks: [],
    };
  },
};
