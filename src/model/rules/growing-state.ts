import type { Expression } from '../../lang/ast.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression } from '../../lang/parse.js';
import { childrenOf } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { EquationSet, Id, Model, NeuronType, Value } from '../model.js';
import { child } from '../pointer.js';
import { constantsOf, valueOf } from './known-values.js';
import type { Rule } from './rule.js';

/**
 * States that grow without bound since they are to decay with a time constant that is negative: `-v/tau` and
 * `(E - v)/tau`, with `tau` a number before the run.
 */
export const growingState: Rule = (model, { report }) => {
  const reported = new Set<string>();
  const check = (
    type: EquationSet & Pick<NeuronType, 'conformsTo'>,
    at: string,
    values: Readonly<Record<Id, Value>>,
    owner: string,
  ): void => {
    // PyNN's cells have rules of their own for their parameters.
    if (type.conformsTo?.type.startsWith('pynn/')) return;
    const constants = constantsOf(model, type, values);
    for (const [name, { rate }] of Object.entries(type.derivatives)) {
      const e = parseExpression(rate);
      const divisor = divisors(e).find(({ left, by }) => {
        const value = valueOf(by, constants);
        const slope = linearForm(left, [name])?.coefficients.get(name);
        const sign = slope && valueOf(slope, constants);
        return value !== undefined && value < 0 && sign !== undefined && sign < 0;
      });
      const coefficient = divisor && linearForm(e, [name])?.coefficients.get(name);
      const growth = coefficient && valueOf(coefficient, constants);
      if (growth === undefined || !(growth > 0) || divisor?.by.kind !== 'name') continue;
      const tau = divisor.by.name;
      const pointer = Object.hasOwn(values, tau) ? child(`${owner}/values`, tau) : definitionOf(tau, type, at, model);
      if (reported.has(`${pointer} ${name}`)) continue;
      reported.add(`${pointer} ${name}`);
      const { unit } = type.parameters[tau] ?? type.derived[tau] ?? model.parameters[tau] ?? { unit: '1' };
      const value = String(valueOf(divisor.by, constants));
      report(messages.growingState(name, tau, unit === '1' ? value : `${value} ${unit}`), pointer);
    }
  };
  for (const [name, population] of Object.entries(model.populations)) {
    const type = model.neurons[population.type ?? ''];
    if (type) check(type, child('/neurons', population.type ?? ''), population.values, child('/populations', name));
  }
  for (const [name, { synapse, values }] of Object.entries(model.projections)) {
    const type = model.synapses[synapse];
    if (type) check(type, child('/synapses', synapse), values, child('/projections', name));
  }
};

/**
 * Returns the pointer to the definition of a name: a parameter or derived variable of the type, or a parameter of the
 * model.
 */
function definitionOf(name: string, type: EquationSet, at: string, model: Model): string {
  for (const part of ['parameters', 'derived'] as const)
    if (Object.hasOwn(type[part], name)) return child(`${at}/${part}`, name);
  return Object.hasOwn(model.parameters, name) ? child('/parameters', name) : at;
}

interface Quotient {
  readonly left: Expression;
  readonly by: Expression;
}

/** Returns all quotients in an expression. */
function divisors(e: Expression): readonly Quotient[] {
  const own = e.kind === 'binary' && e.operator === '/' ? [{ left: e.left, by: e.right }] : [];
  return [...own, ...childrenOf(e).flatMap(divisors)];
}
