/** Cells with the sodium and potassium channels of Traub and Miles. */

import type { Expression } from '../../../lang/ast.js';
import { negated, product, quotient, number } from '../../../lang/build.js';
import type { NeuronType } from '../../../model/model.js';
import { valueAt, constantOf, fold } from '../numbers.js';
import { type View, type Family, refuse, coefficient, zero, type Remark, cell } from './view.js';
import { responsesOf, wire, type Response } from './responses.js';
import { splitCurrent } from './integrate-and-fire.js';
import { spikingOf } from './spiking.js';

/** Gates of the sodium and the potassium current: those that stand as m**3*h and n**4. */
function gatesOf({ polynomials, v }: View): { readonly m: string; readonly h: string; readonly n: string } | undefined {
  const keys = [...(polynomials.get(v)?.terms.keys() ?? [])].map((key) => key.split('*'));
  const powers = (key: readonly string[]): Map<string, number> => {
    const count = new Map<string, number>();
    for (const name of key) if (name !== v) count.set(name, (count.get(name) ?? 0) + 1);
    return count;
  };
  const all = keys.map(powers);
  const sodium = all.find((one) => one.size === 2 && [...one.values()].sort((a, b) => a - b).join() === '1,3');
  const potassium = all.find((one) => one.size === 1 && [...one.values()][0] === 4);
  if (sodium === undefined || potassium === undefined) return undefined;
  const [m = ''] = [...sodium].flatMap(([name, power]) => (power === 3 ? [name] : []));
  const [h = ''] = [...sodium].flatMap(([name, power]) => (power === 1 ? [name] : []));
  return { m, h, n: [...potassium.keys()][0] ?? '' };
}

/** HH_cond_exp, with the channels of Traub and Miles. */
export const hodgkinHuxley: Family = {
  fits: (view) => gatesOf(view) !== undefined,
  solve(view, spike, use, type) {
    const gates = gatesOf(view) ?? refuse('it has no gates');
    const { m, h, n } = gates;
    const { v } = view;
    const rate = view.polynomials.get(v);
    const rest = [...view.polynomials.keys()].filter((name) => ![v, m, h, n].includes(name));
    const responses = responsesOf(view, rest);
    const wired = wire(view, type, use, responses, capacitanceOfChannels(type, responses));
    const { cm } = wired;
    if (wired.family === 'curr' || (wired.family === 'cond' && wired.shape === 'alpha'))
      refuse("PyNN's Hodgkin–Huxley cells have exponential conductances only");
    const channel = (...names: readonly string[]): readonly [Expression, Expression] => {
      const conductance = fold(negated(coefficient(rate, ...names, v)));
      return [fold(product(conductance, cm)), fold(quotient(coefficient(rate, ...names), conductance))];
    };
    const [sodium, sodiumReversal] = channel(m, m, m, h);
    const [potassium, potassiumReversal] = channel(n, n, n, n);
    const leak = fold(negated(coefficient(rate, v)));
    const current = splitCurrent(view, type, use, coefficient(rate), coefficient(rate, v), cm);
    // beta_n = 0.5/ms*exp((10 mV - (v - v_offset))/(40 mV)) is minus the rate of n at n = 1.
    const at = -0.05;
    const beta = -valueAt(view.rates.get(n) ?? zero, (name) => (name === v ? at : name === n ? 1 : NaN));
    const offset = at - 0.01 + 0.04 * Math.log(beta / 500);
    if (!Number.isFinite(offset)) refuse('its gates are not those of Traub and Miles');
    const remarks: Remark[] = [];
    if (spike !== undefined) {
      const { threshold, reset, jumps } = spikingOf(view, spike);
      if (reset !== undefined || jumps.size > 0) refuse("PyNN's Hodgkin–Huxley cells have no reset");
      const mV = 1e3 * (constantOf(threshold) ?? 0);
      const crosses = spike.edge === 'rising';
      if (mV !== 0 || !crosses)
        remarks.push({
          verdict: 'approximated',
          code: 'spike-detection',
          message:
            `a spike is counted where v exceeds ${mV} mV${crosses ? '' : ', again after the refractory time'}; ` +
            'PyNN counts upward crossings of 0 mV',
        });
    }
    return {
      standard: cell('HH_cond_exp'),
      parameters: {
        gbar_Na: sodium,
        gbar_K: potassium,
        g_leak: fold(product(leak, cm)),
        cm,
        v_offset: number(Number(offset.toPrecision(10))),
        e_rev_Na: sodiumReversal,
        e_rev_K: potassiumReversal,
        e_rev_leak: current.rest,
        i_offset: current.offset,
        ...wired.parameters,
      },
      variables: new Map([
        [v, { name: 'v', factor: view.volts }],
        [m, { name: 'gate_m', factor: 1 }],
        [h, { name: 'gate_h', factor: 1 }],
        [n, { name: 'gate_n', factor: 1 }],
        ...wired.variables,
      ]),
      ports: wired.ports,
      remarks,
    };
  },
};

/** The capacitance where the model names one: what scales conductances of channels to siemens. */
function capacitanceOfChannels(type: NeuronType, responses: readonly Response[]): Expression | undefined {
  if (responses.some(({ variable }) => ['S', 'A'].includes(type.state[variable]?.unit ?? ''))) return undefined;
  const [capacitance] = Object.values(type.parameters).flatMap(({ unit, value }) =>
    unit === 'F' && typeof value === 'number' ? [number(value)] : [],
  );
  return capacitance;
}
