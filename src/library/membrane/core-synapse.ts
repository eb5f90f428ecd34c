/** Synapses that NeuroML has by name, found by their equations. */

import type { Expression } from '../../lang/ast.js';
import { assignedValue, integer } from '../../lang/build.js';
import { evaluate, NoNumber, type Functions } from '../../lang/evaluate.js';
import { linearRate } from '../../lang/linear.js';
import { LocalEquations } from './equations.js';
import { NotExpressible } from '../not-expressible.js';
import { near } from '../recognise/numbers.js';
import type { SynapseType } from '../../model/typed.js';

/** A conductance that a spike opens. */
export interface CoreSynapse {
  readonly name: 'expOneSynapse' | 'alphaSynapse' | 'expTwoSynapse';
  /** Of the decay, in s. */
  readonly tau: number;
  /** Of the rise of an expTwoSynapse, in s. */
  readonly tauRise?: number;
  /** In V. */
  readonly reversal: number;
  /** Of this synapse, in S. */
  readonly weight: number;
}

/**
 * Returns the equations of a synapse type over its state and variables of its cells.
 *
 * @param read  names of variables of the cells
 * @param valueOf  numbers of parameters, in SI
 */
export function equationsOf(
  type: SynapseType,
  read: readonly string[],
  valueOf: (name: string) => number,
  functions: Functions,
): LocalEquations {
  const numbers = new Map(Object.keys(type.parameters).map((name) => [name, valueOf(name)] as const));
  const whole = { ...type, events: {}, density: false, reads: read, writes: {} };
  return new LocalEquations(whole, numbers, [], functions, new Map(read.map((name) => [name, NaN])));
}

/**
 * Returns one synapse of a type by NeuroML's name, or undefined if NeuroML has none. Its conductance is a sum of states
 * with linear rates, one or two of them, which grow by constants at a spike.
 *
 * @param valueOf numbers of its parameters and first values, in SI
 * @source NeuroML 2.3, Synapses.xml
 */
export function coreSynapse(
  type: SynapseType,
  valueOf: (name: string) => number,
  functions: Functions,
): CoreSynapse | undefined {
  const [pathway, ...pathways] = Object.values(type.pathways);
  const [current, ...currents] = type.contributes;
  const states = Object.keys(type.state);
  const others = [type.summed, type.events ?? {}].some((one) => Object.keys(one).length > 0);
  if (pathway?.on.end !== 'pre' || pathway.on.event !== 'spike' || pathways.length + currents.length > 0 || others)
    return undefined;
  if (current === undefined || type.noise.length > 0 || states.length < 1 || states.length > 2) return undefined;
  if (states.some((name) => valueOf(name) !== 0)) return undefined;
  const equations = equationsOf(type, ['post.v'], valueOf, functions);
  /** Returns the factors of states in a sum of them, and the constant; undefined if it is no such sum. */
  const sumOf = (e: Expression): { readonly factors: readonly number[]; readonly constant: number } | undefined => {
    const form = linearRate(e, states);
    const number = (part: Expression = integer(0)): number => evaluate(part, unknown, functions);
    if (!form) return undefined;
    return { factors: states.map((name) => number(form.coefficients.get(name))), constant: number(form.constant) };
  };
  try {
    const matrix = states.map((name) => sumOf(equations.of(type.derivatives[name]?.rate ?? integer(0))));
    const jumps = states.map(() => 0);
    for (const statement of pathway.do) {
      const k = statement.kind === 'assignment' ? states.indexOf(statement.target) : -1;
      if (statement.kind !== 'assignment' || k < 0 || jumps[k] !== 0) return undefined;
      const after = sumOf(equations.of(assignedValue(statement)));
      if (!after?.factors.every((factor, j) => factor === (j === k ? 1 : 0))) return undefined;
      jumps[k] = after.constant;
    }
    const flow = linearRate(equations.of(current.value), ['post.v']);
    const [slope, offset] = [flow?.coefficients.get('post.v'), flow?.constant].map((e) => e && sumOf(e));
    if (!slope || !offset || ![...matrix, slope, offset].every((sum) => sum?.constant === 0)) return undefined;
    const shares = slope.factors.map((factor) => -factor);
    const main = shares.findIndex((share) => share !== 0);
    const reversal = (offset.factors[main] ?? NaN) / (shares[main] ?? NaN);
    const isConductance = shares.every((share, k) => near(offset.factors[k] ?? 0, share * reversal));
    const rows = matrix.map((row) => row?.factors ?? []);
    return isConductance ? responseOf(rows, jumps, shares, Number(reversal.toPrecision(14)) + 0) : undefined;
  } catch (error) {
    if (error instanceof NoNumber || error instanceof NotExpressible) return undefined;
    throw error;
  }
}

/** Rejects a name. @throws NoNumber */
const unknown = (name: string): never => {
  throw new NoNumber(`a value that depends on ${name}`);
};

/**
 * Returns the synapse with a response to one spike.
 *
 * @param matrix  of the linear rates of its states, 1/s
 * @param jumps  by which its states grow at a spike
 * @param shares  of its states in the conductance
 */
function responseOf(
  matrix: readonly (readonly number[])[],
  jumps: readonly number[],
  shares: readonly number[],
  reversal: number,
): CoreSynapse | undefined {
  const tau = (k: number): number => Number((-1 / (matrix[k]?.[k] ?? 0)).toPrecision(14));
  const steps = jumps.map((jump, k) => jump * (shares[k] ?? 0));
  if (matrix.some((_, k) => !(tau(k) > 0))) return undefined;
  if (matrix.length === 1) return { name: 'expOneSynapse', tau: tau(0), reversal, weight: steps[0] ?? 0 };
  // The first state drives the second one, or neither drives the other.
  const [first, second] = matrix[0]?.[1] === 0 ? [0, 1] : [1, 0];
  const drive = (matrix[second]?.[first] ?? 0) * (jumps[first] ?? 0) * (shares[second] ?? 0);
  if (matrix[first]?.[second] !== 0) return undefined;
  if (near(tau(first), tau(second))) {
    const isAlpha = near(steps[first] ?? 0, -(steps[second] ?? 0));
    return isAlpha
      ? { name: 'alphaSynapse', tau: tau(first), reversal, weight: (drive * tau(first)) / Math.E }
      : undefined;
  }
  const driven = drive / (1 / tau(second) - 1 / tau(first));
  const amplitudes = [(steps[first] ?? 0) + driven, (steps[second] ?? 0) - driven];
  const [rising, decaying] = tau(first) < tau(second) ? [first, second] : [second, first];
  const amplitude = amplitudes[decaying === first ? 0 : 1] ?? 0;
  if (!near(amplitude, -(amplitudes[decaying === first ? 1 : 0] ?? 0))) return undefined;
  const [tauRise, tau2] = [tau(rising), tau(decaying)];
  const peak = (Math.log(tau2 / tauRise) * tauRise * tau2) / (tau2 - tauRise);
  const weight = Number((amplitude * (Math.exp(-peak / tau2) - Math.exp(-peak / tauRise))).toPrecision(14));
  return { name: 'expTwoSynapse', tauRise, tau: tau2, reversal, weight };
}
