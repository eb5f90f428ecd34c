/** Synapses that NeuroML has by name, found by their equations. */

import { assignedValue, number } from '../../../../src/lang/build.js';
import { evaluate, NoNumber, type Functions } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { constants } from '../../../../src/lang/functions.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { near } from '../../../../src/library/recognise/numbers.js';
import type { SynapseType } from '../../../../src/model/typed.js';

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

/** A type's expressions, as numbers. */
interface Arithmetic {
  readonly folded: (e: Expression) => Expression;
  /**
   * @throws NoNumber if it depends on something else
   */
  readonly at: (e: Expression, given: Readonly<Record<string, number>>) => number;
}

/**
 * @param read  names of variables of the cells
 * @param valueOf  numbers of parameters and first values, in SI
 */
export function arithmeticOf(
  type: SynapseType,
  read: readonly string[],
  valueOf: (name: string) => number,
  functions: Functions,
): Arithmetic {
  const own = [type.parameters, type.derived, type.state];
  const folded = (e: Expression): Expression =>
    foldConstants(e, undefined, (name) => read.includes(name) || own.some((one) => Object.hasOwn(one, name)));
  const at = (e: Expression, given: Readonly<Record<string, number>>): number => {
    const lookup = (name: string): number => {
      const derived = type.derived[name];
      if (derived) return evaluate(folded(derived.value), lookup, functions);
      const value = given[name] ?? (Object.hasOwn(type.parameters, name) ? valueOf(name) : constants.get(name));
      if (value === undefined) throw new NoNumber(`a value that depends on ${name}`);
      return value;
    };
    return evaluate(e, lookup, functions);
  };
  return { folded, at };
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
  const { folded, at } = arithmeticOf(type, ['post.v'], valueOf, functions);
  try {
    const pointOf = (values: readonly number[]): Record<string, number> =>
      Object.fromEntries(states.map((name, k) => [name, values[k] ?? 0]));
    const units = states.map((_, k) => states.map((_, j) => (j === k ? 1 : 0)));
    const rates = states.map((name) => folded(type.derivatives[name]?.rate ?? number(0)));
    const rateOf = (row: number, values: readonly number[]): number => at(rates[row] ?? number(0), pointOf(values));
    const matrix = rates.map((_, row) => units.map((unit) => rateOf(row, unit)));
    const total = (factors: readonly number[], values: readonly number[]): number =>
      factors.reduce((all, factor, k) => all + factor * (values[k] ?? 0), 0);
    const probe = states.map((_, k) => 0.7 - 0.4 * k);
    if (matrix.some((row, k) => !near(rateOf(k, probe), total(row, probe)))) return undefined;
    const jumps = states.map(() => 0);
    for (const statement of pathway.do) {
      const k = statement.kind === 'assignment' ? states.indexOf(statement.target) : -1;
      if (statement.kind !== 'assignment' || k < 0 || jumps[k] !== 0) return undefined;
      const after = (values: readonly number[]): number => at(folded(assignedValue(statement)), pointOf(values));
      const jump = after(states.map(() => 0));
      const isAdded = [states.map(() => jump), probe].every((values) => near(after(values), (values[k] ?? 0) + jump));
      if (!isAdded) return undefined;
      jumps[k] = jump;
    }
    const flow = folded(current.value);
    const flowAt = (values: readonly number[], v: number): number => at(flow, { ...pointOf(values), 'post.v': v });
    const shares = units.map((unit) => flowAt(unit, 0) - flowAt(unit, 1));
    const reversal = flowAt(probe, 0) / total(shares, probe);
    const isConductance = [...units, probe.map((value) => 2.5 * value)].every((values) =>
      near(flowAt(values, -0.07), total(shares, values) * (reversal + 0.07)),
    );
    return isConductance ? responseOf(matrix, jumps, shares, Number(reversal.toPrecision(14)) + 0) : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}

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
