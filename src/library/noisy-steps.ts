/**
 * Steps of Heun's and Milstein's methods, for equations with noise that is multiplied by their variables, as equations:
 * what they add to a step of forward Euler follows from the values that they predict.
 *
 * @source Kloeden & Platen (1992), in the sense of Stratonovich; Brian 2's state updaters
 */

import type { Expression } from '../lang/ast.js';
import { binary, difference, integer, name as nameOf, number, product, quotient, sum } from '../lang/build.js';
import { linearForm } from '../lang/linear.js';
import { namesIn, substitute } from '../lang/walk.js';
import { ownNames } from '../model/declared-names.js';
import { UniqueNames } from '../model/free-name.js';
import type { NeuronType, SynapseType } from '../model/model.js';
import type { Rates, StepVariable } from './runge-kutta.js';

const dt = nameOf('dt');

/** The unit of white noise, and of what is multiplied in its place. */
const perRoot = 's**-0.5';

/**
 * Rates of which a step of forward Euler is one of a method for noise; undefined where its noise is none that the method
 * takes.
 *
 * @param step  in s
 */
export function noisySteps(
  method: 'heun' | 'milstein',
  type: NeuronType | SynapseType,
  rates: ReadonlyMap<string, Expression>,
  step: number,
): Rates | undefined {
  const forms = new Map([...rates].map(([name, rate]) => [name, linearForm(rate, type.noise)] as const));
  const names = new UniqueNames(ownNames(type));
  const derived: StepVariable[] = [];
  const define = (wanted: string, unit: string, value: Expression): Expression => {
    const name = names.take(wanted);
    derived.push({ name, unit, value });
    return nameOf(name);
  };
  const unitOf = (name: string): string => type.state[name]?.unit ?? '1';
  /** Values that are predicted from rates, and from what noise is multiplied by, of which dimensions are left out. */
  const predicted = (
    rateOf: (name: string) => Expression,
    noisyRateOf: (name: string) => Expression,
  ): ReadonlyMap<string, Expression> =>
    new Map(
      [...rates.keys()].map((name) => {
        const value = sum(sum(nameOf(name), product(dt, rateOf(name))), product(number(step), noisyRateOf(name)));
        return [name, value.kind === 'name' ? value : define(`${name}_predicted`, unitOf(name), value)] as const;
      }),
    );
  const noiseOf = (name: string): readonly (readonly [string, Expression])[] => [
    ...(forms.get(name)?.coefficients ?? []),
  ];
  if ([...forms.values()].includes(null)) return undefined;
  const drift = (name: string): Expression => forms.get(name)?.constant ?? integer(0);
  if (method === 'heun') {
    const later = predicted(
      () => integer(0),
      (name) =>
        noiseOf(name)
          .map(([xi, factor]) => product(factor, nameOf(xi)))
          .reduce<Expression>(sum, integer(0)),
    );
    const mean = (factor: Expression): Expression => {
      const then = substitute(factor, later);
      return then === factor ? factor : quotient(sum(factor, then), integer(2));
    };
    const rateOf = (name: string): Expression =>
      noiseOf(name).reduce((all, [xi, factor]) => sum(all, product(mean(factor), nameOf(xi))), drift(name));
    return { derived, rates: new Map([...rates.keys()].map((name) => [name, rateOf(name)])) };
  }
  const all = [...rates.keys()].flatMap((name) => noiseOf(name).map(([xi]) => xi));
  if (new Set(all).size < all.length || [...rates.keys()].some((name) => noiseOf(name).length > 1)) return undefined;
  const root = Math.sqrt(step);
  const steady = define('noise_of_prediction', perRoot, number(1 / root));
  const later = predicted(drift, (name) =>
    noiseOf(name).reduce<Expression>((sofar, [, factor]) => sum(sofar, product(factor, steady)), integer(0)),
  );
  const rateOf = (name: string): Expression =>
    noiseOf(name).reduce((sofar, [xi, factor]) => {
      const noisy = sum(sofar, product(factor, nameOf(xi)));
      if (![...namesIn(factor)].some((one) => rates.has(one))) return noisy;
      const square = define(
        `square_of_${xi}`,
        perRoot,
        product(number(root / 2), binary('**', nameOf(xi), integer(2))),
      );
      return sum(noisy, product(difference(substitute(factor, later), factor), square));
    }, drift(name));
  const found = new Map([...rates.keys()].map((name) => [name, rateOf(name)]));
  const read = new Set([...found.values(), ...derived.map(({ value }) => value)].flatMap((e) => [...namesIn(e)]));
  return { derived: derived.filter(({ name }) => read.has(name)), rates: found };
}
