/** Integrate-and-fire cells, with an exponential term and adaptation or without. */

import { call, negated, number, product, name as nameOf, difference, quotient, sum } from '../../../lang/build.js';
import type { Expression } from '../../../lang/ast.js';
import { printExpression } from '../../../lang/print.js';
import type { NeuronType } from '../../../model/model.js';
import { type ReceptorChoice, pointNeuron } from '../../pynn/point-neuron.js';
import type { StandardCell } from '../../standard-type.js';
import { constantOf, everywhere, near, fold } from '../numbers.js';
import { type Polynomial, polynomialOf } from '../polynomial.js';
import { withNumbers } from '../values.js';
import {
  type Family,
  refuse,
  coefficient,
  isNought,
  inverse,
  checkTerms,
  type Remark,
  zero,
  cell,
  type RecognisedCell,
  type View,
  type CellUse,
  slopeOf,
} from './view.js';
import { spikingOf, refractoryPeriod, type Spiking } from './spiking.js';
import { responsesOf, wireAny } from './responses.js';

/** A threshold that no cell reaches, in V. */
const neverReached = 1e3;

/** IF_cond_*, IF_curr_*, EIF_*, adaptive and generalised ones, and membranes with receptors of their own. */
export const integrateAndFire: Family = {
  fits: () => true,
  solve(view, spike, use, type) {
    const rate = view.polynomials.get(view.v);
    if (rate === undefined) return refuse(`${view.v} has no rate`);
    const exponential = exponentialOf(view, rate);
    const jumps = spike === undefined ? undefined : spikingOf(view, spike);
    const adaptation = adaptationOf(view, jumps);
    const rest = [...view.polynomials.keys()].filter((name) => name !== view.v && name !== adaptation);
    const responses = responsesOf(view, rest);
    const leak = coefficient(rate, view.v);
    const tau = isNought(leak) ? refuse('its potential does not leak') : fold(negated(inverse(leak)));
    const inputs = Object.keys(type.inputs).filter((name) => !isNought(coefficient(rate, name)));
    checkTerms(rate, view, [...responses.map(({ variable }) => variable), ...inputs], adaptation, exponential?.key);
    const wired = wireAny(view, type, use, responses);
    const { cm, receptors } = wired;
    const constant = coefficient(rate);
    const entered = use.signs.get(view.v);
    const delta = wired.family === 'none' && receptors === undefined && entered !== undefined && entered.size > 0;
    if (!delta && entered !== undefined && entered.size > 0)
      refuse(`synapses act on ${view.v} and on another of its variables`);
    const spiking = jumps ?? {
      threshold: number(neverReached),
      reset: undefined,
      jumps: new Map<string, Expression>(),
      remarks: [],
    };
    const remarks: Remark[] = [...spiking.remarks];
    if (spike === undefined)
      remarks.push({
        verdict: 'equivalent',
        code: 'never-spikes',
        message: `it has no threshold; that of the PyNN cell, ${neverReached} V, is never reached`,
      });
    else if (spiking.reset === undefined) refuse('its potential is not reset after a spike');
    const current = splitCurrent(view, type, use, constant, leak, cm);
    const common: Record<string, Expression> = {
      tau_m: tau,
      v_rest: current.rest,
      cm,
      i_offset: current.offset,
      v_thresh: spiking.threshold,
      v_reset: spiking.reset ?? current.rest,
      tau_refrac: spike === undefined ? zero : refractoryPeriod(view, spike, use),
      ...wired.parameters,
    };
    const variables = new Map([[view.v, { name: 'v', factor: view.volts }], ...wired.variables]);
    const ports = new Map(wired.ports);
    if (exponential === undefined && adaptation === undefined) {
      const others = [...spiking.jumps.keys()];
      if (others.length > 0) refuse(`a spike changes ${others.join(', ')}`);
      if (receptors !== undefined) return composed(receptors, common, variables, ports, remarks);
      const family = wired.family === 'none' ? 'curr' : wired.family;
      const name = delta ? 'IF_curr_delta' : `IF_${family}_${wired.shape}`;
      if (delta) ports.set(view.v, { kind: 'voltage', positive: 'v', negative: 'v', factor: view.volts });
      const equal =
        wired.family === 'none' && !delta ? sameWithoutSynapses(['IF_curr_alpha', 'IF_cond_exp', 'IF_cond_alpha']) : {};
      return { standard: cell(name), parameters: common, variables, ports, remarks, ...equal };
    }
    if (wired.family === 'curr' || delta) refuse('PyNN has no adaptive exponential cell with currents');
    const { w, adapted } = adaptationParameters(view, adaptation, spiking, common, cm, constant, leak);
    const exponent = exponential ?? { key: '', slope: number(1), at: zero, strength: zero };
    const sharp = exponential === undefined ? zero : exponent.slope;
    const threshold = exponential === undefined ? spiking.threshold : exponentialThreshold(exponent, tau);
    if (w !== undefined) variables.set(w.name, { name: 'w', factor: w.factor });
    const adaptive = { ...common, ...adapted, delta_T: sharp, v_spike: spiking.threshold, v_thresh: threshold };
    if (receptors !== undefined)
      return { ...composed(receptors, adaptive, variables, ports, remarks), standard: membrane('AdExp', receptors) };
    return {
      standard: cell(`EIF_cond_${wired.shape}_isfa_ista`),
      parameters: adaptive,
      variables,
      ports,
      remarks,
      ...(wired.family === 'none' ? sameWithoutSynapses(['EIF_cond_alpha_isfa_ista']) : {}),
    };
  },
};

/** What is said of cells that only synapses would tell apart. */
const sameWithoutSynapses = (names: readonly string[]): Pick<RecognisedCell, 'others'> => ({
  others: `${names.join(', ')} would be the same, since no synapses reach it; the first in PyNN's list is taken`,
});

const membrane = (name: string, receptors: readonly ReceptorChoice[]): StandardCell =>
  pointNeuron(name, receptors) ?? refuse(`PyNN has no membrane ${name}`);

/**
 * A cell of a leaky membrane and receptors. NEST has alpha and beta functions with its adaptive exponential membrane
 * alone, of which a leaky one is the case without exponential and adaptation.
 */
function composed(
  receptors: readonly ReceptorChoice[],
  parameters: Readonly<Record<string, Expression>>,
  variables: RecognisedCell['variables'],
  ports: RecognisedCell['ports'],
  remarks: readonly Remark[],
): RecognisedCell {
  const types = new Set(receptors.map(({ type }) => type));
  const [type] = types;
  const adaptive = types.size === 1 && (type === 'AlphaPSR' || type === 'BetaPSR');
  return {
    standard: membrane(adaptive ? 'AdExp' : 'LIF', receptors),
    parameters: adaptive
      ? { ...parameters, a: zero, b: zero, delta_T: zero, v_spike: parameters['v_thresh'] ?? zero }
      : parameters,
    variables,
    ports,
    remarks,
  };
}

/** The exponential of the potential in a rate: strength*exp((v - at)/slope). */
interface Exponential {
  readonly key: string;
  readonly slope: Expression;
  readonly at: Expression;
  readonly strength: Expression;
}

function exponentialOf(view: View, rate: Polynomial): Exponential | undefined {
  if (rate.atoms.size === 0) return undefined;
  const [[key, e] = ['', zero]] = [...rate.atoms];
  if (rate.atoms.size > 1 || e.kind !== 'call' || e.function !== 'exp' || !rate.terms.has(key))
    return refuse(
      `PyNN has no cell with ${[...rate.atoms.values()].map(shortly).join(', ')} in the ` + 'rate of its potential',
    );
  const argument = polynomialOf(e.arguments[0] ?? zero, view.names);
  if ([...argument.terms.keys()].some((one) => one !== '' && one !== view.v))
    return refuse('the exponential in its rate depends on more than the potential');
  const slope = inverse(coefficient(argument, view.v));
  return {
    key,
    slope,
    at: fold(negated(product(coefficient(argument), slope))),
    strength: rate.terms.get(key) ?? zero,
  };
}

/** The threshold of strength*exp((v - at)/slope) = slope/tau*exp((v - threshold)/slope). */
function exponentialThreshold({ at, slope, strength }: Exponential, tau: Expression): Expression {
  const ratio = quotient(product(strength, tau), slope);
  const known = everywhere(ratio);
  if (known !== undefined && near(known, 1)) return at;
  return fold(difference(at, product(slope, known === undefined ? call('log', [ratio]) : number(Math.log(known)))));
}

/** The text of an expression, cut where it is long. */
function shortly(e: Expression): string {
  const text = printExpression(e);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The variable that reads the potential, or that a spike adds to: adaptation. */
function adaptationOf(view: View, spiking: Spiking | undefined): string | undefined {
  const found = [...view.polynomials].filter(
    ([name, polynomial]) => name !== view.v && (polynomial.terms.has(view.v) || spiking?.jumps.has(name) === true),
  );
  if (found.length > 1) refuse(`several variables of it adapt: ${found.map(([name]) => name).join(', ')}`);
  return found[0]?.[0];
}

/** Resting potential and constant current from the constant part of a rate. */
export function splitCurrent(
  view: View,
  type: NeuronType,
  { environment }: CellUse,
  constant: Expression,
  leak: Expression,
  cm: Expression,
): { readonly rest: Expression; readonly offset: Expression } {
  for (const [name, { unit }] of Object.entries(type.parameters)) {
    const value = environment.numbers.get(name);
    // NeuroML has PyNN's cells with numbers of PyNN's units.
    const scale = unit === 'A' ? 1 : name === 'i_offset' && unit === '1' ? 1e-9 : undefined;
    if (scale === undefined || (value === undefined && !environment.varying.has(name))) continue;
    const slope = slopeOf(type, view, name);
    if (slope === undefined || !near((everywhere(product(slope, cm)) ?? 0) / scale, 1)) continue;
    const current: Expression = value === undefined ? nameOf(name) : number(value);
    const without = fold(withNumbers(difference(constant, product(slope, current)), new Map([[name, 0]])));
    const rest = fold(negated(quotient(without, leak)));
    const known = everywhere(rest);
    if (known !== undefined || value === undefined)
      return { rest: known === undefined ? rest : number(known + 0), offset: fold(product(current, number(scale))) };
  }
  return { rest: fold(negated(quotient(constant, leak))), offset: zero };
}

function adaptationParameters(
  view: View,
  adaptation: string | undefined,
  spiking: Spiking,
  common: Readonly<Record<string, Expression>>,
  cm: Expression,
  constant: Expression,
  leak: Expression,
): { readonly w?: { name: string; factor: number }; readonly adapted: Record<string, Expression> } {
  if (adaptation === undefined) return { adapted: { a: zero, b: zero } };
  const rate = view.polynomials.get(view.v);
  const own = view.polynomials.get(adaptation);
  const odd = [...(own?.terms.keys() ?? [])].filter((key) => !['', view.v, adaptation].includes(key));
  if (odd.length > 0) refuse(`PyNN has no cell with ${odd.join(', ')} in the rate of its adaptation`);
  const factor =
    everywhere(negated(product(coefficient(rate, adaptation), cm))) ??
    refuse('its adaptation has a different scale in each cell');
  const tau = fold(negated(inverse(coefficient(own, adaptation))));
  const slope = fold(product(product(coefficient(own, view.v), tau), number(factor)));
  const others = [...spiking.jumps.keys()].filter((name) => name !== adaptation);
  if (others.length > 0) refuse(`a spike changes ${others.join(', ')}`);
  const jump = spiking.jumps.get(adaptation) ?? zero;
  const adapted: Record<string, Expression> = {
    a: slope,
    b: fold(product(number(factor), jump)),
    tau_w: tau,
  };
  // w' = (a*(v - v_rest) - w)/tau_w has the same v_rest as the leak; what is left of the constant is a current.
  const origin = coefficient(own);
  if (!isNought(coefficient(own, view.v))) {
    const rest = fold(negated(quotient(origin, coefficient(own, view.v))));
    const [a, b] = [constantOf(rest), constantOf(common['v_rest'] ?? zero)];
    if (a !== undefined && b !== undefined && !near(a, b)) {
      adapted['v_rest'] = rest;
      adapted['i_offset'] = fold(product(sum(constant, product(leak, rest)), cm));
    }
  } else if (!isNought(origin)) refuse('its adaptation has its own drive');
  return { w: { name: adaptation, factor }, adapted };
}
