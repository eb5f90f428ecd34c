/** Synapses that NeuroML has by name, found by their equations. */

import { assignedValue } from '../../../../src/lang/build.js';
import { evaluate, NoNumber, type Functions } from '../../../../src/lang/evaluate.js';
import { foldConstants } from '../../../../src/lang/fold.js';
import { constants } from '../../../../src/lang/functions.js';
import { parseExpression, parseStatements } from '../../../../src/lang/parse.js';
import type { Expression } from '../../../../src/lang/ast.js';
import { near } from '../../../../src/library/recognise/numbers.js';
import type { Projection, SynapseType } from '../../../../src/model/model.js';

/** A conductance that a spike opens. */
export interface CoreSynapse {
  readonly name: 'expOneSynapse' | 'alphaSynapse';
  /** In s. */
  readonly tau: number;
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
      if (derived) return evaluate(folded(parseExpression(derived.value)), lookup, functions);
      const value = given[name] ?? (Object.hasOwn(type.parameters, name) ? valueOf(name) : constants.get(name));
      if (value === undefined) throw new NoNumber(`a value that depends on ${name}`);
      return value;
    };
    return evaluate(e, lookup, functions);
  };
  return { folded, at };
}

/**
 * Returns one synapse of a type by NeuroML's name, or undefined if NeuroML has none.
 *
 * @param valueOf numbers of its parameters and first values, in SI
 */
export function coreSynapse(
  type: SynapseType,
  { receptors }: Projection,
  valueOf: (name: string) => number,
  functions: Functions,
): CoreSynapse | undefined {
  const [pathway, ...pathways] = Object.values(type.pathways);
  const [current, ...currents] = Object.values(type.contributes);
  const states = Object.keys(type.state);
  const [text, ...more] = pathway?.do ?? [];
  const others = [type.summed, type.events ?? {}, receptors].some((one) => Object.keys(one).length > 0);
  if (pathway?.on !== 'pre.spike' || pathways.length + currents.length + more.length > 0 || others) return undefined;
  if (current === undefined || text === undefined || type.noise.length > 0) return undefined;
  if (states.some((name) => valueOf(name) !== 0)) return undefined;
  const [statement] = parseStatements(text);
  if (statement?.kind !== 'assignment') return undefined;
  const first = statement.target;
  const { folded, at } = arithmeticOf(type, ['post.v'], valueOf, functions);
  try {
    const rateOf = (name: string): Expression => folded(parseExpression(type.derivatives[name]?.rate ?? '0'));
    const after = (before: number): number => at(folded(assignedValue(statement)), { [first]: before });
    const weight = after(0);
    if (!near(after(1), 1 + weight) || !near(after(weight), 2 * weight)) return undefined;
    const last = states.length === 2 ? states.find((name) => name !== first) : first;
    if (last === undefined || states.length > 2 || !states.includes(first)) return undefined;
    const flow = folded(parseExpression(current));
    const flowAt = (g: number, v: number): number =>
      at(flow, { ...(last === first ? {} : { [first]: 0.3 }), [last]: g, 'post.v': v });
    const scale = flowAt(1, 0) - flowAt(1, 1);
    const reversal = flowAt(1, 0) / scale;
    const isConductance =
      flowAt(0, 0.3) === 0 && scale > 0 && near(flowAt(2.5, -0.07), scale * 2.5 * (reversal + 0.07));
    const decay = at(rateOf(first), { [first]: 1, ...(last === first ? {} : { [last]: 0.7 }) });
    const tau = -1 / decay;
    const decays = near(at(rateOf(first), { [first]: 2.5, ...(last === first ? {} : { [last]: 0.1 }) }), 2.5 * decay);
    if (!isConductance || !decays || !(tau > 0)) return undefined;
    const found = { tau: Number(tau.toPrecision(14)), reversal: Number(reversal.toPrecision(14)) + 0 };
    if (last === first) return { name: 'expOneSynapse', ...found, weight: weight * scale };
    const rise = (y: number, g: number): number => at(rateOf(last), { [first]: y, [last]: g });
    const isAlpha =
      near(rise(1, 0), Math.E / tau) && near(rise(0, 1), decay) && near(rise(2, 0.5), 2 * rise(1, 0) + decay / 2);
    return isAlpha ? { name: 'alphaSynapse', ...found, weight: weight * scale } : undefined;
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
}
