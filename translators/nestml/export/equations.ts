/** The equations of a model of NESTML. */

import { conditional, isZero, number, product, sum } from '../../../src/lang/build.js';
import type { Expression } from '../../../src/lang/ast.js';
import { derivative } from '../../../src/lang/derivative.js';
import { linearForm, linearRate, type LinearForm } from '../../../src/lang/linear.js';
import { namesIn } from '../../../src/lang/walk.js';
import type { CellCode } from './cell-code.js';
import type { Block } from './events.js';
import { draws } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { nestUnitOf } from './units.js';

/** Returns lines of expressions and of rates of change. */
export function equationLines(code: CellCode): readonly string[] {
  const { derived, derivatives, noise, method, state } = code.type;
  const inline = code.derived().flatMap((name) => {
    if (code.functions.has(name)) return [];
    const { unit, value } = derived[name] ?? { unit: '1', value: number(0) };
    const truth = code.isTruth(name);
    const recordable = code.cell.recorded.has(name) && !truth ? 'recordable ' : '';
    const text = code.equation(truth ? conditional(value, number(1), number(0)) : value);
    return [`${recordable}inline ${name} ${truth ? 'real' : nestUnitOf(unit).type} = ${text}`];
  });
  const rates = Object.entries(derivatives).map(([name, { rate }]) => {
    const drift = noise.length === 0 ? rate : sum(noisyRate(rate, noise).constant, noiseDrift(code, rate));
    if (draws(drift)) throw new NotInNestml('rates that draw random numbers');
    return `${name}' = ${code.equation(drift)}`;
  });
  if (rates.length > 0) noteIntegration(code, method, Object.keys(state));
  return [...inline, ...rates];
}

/** Returns blocks of derived variables that are functions. */
export function functionBlocks(code: CellCode): readonly Block[] {
  const { state, parameters, derived } = code.type;
  return [...code.functions].map(([name, read]) => {
    const { unit, value } = derived[name] ?? { unit: '1', value: number(0) };
    const typed = read.map((one) => `${one} ${nestUnitOf((state[one] ?? parameters[one])?.unit ?? '1').type}`);
    return {
      title: `function ${name}(${typed.join(', ')}) ${nestUnitOf(unit).type}`,
      body: [`return ${code.text(value)}`],
    };
  });
}

function noteIntegration(code: CellCode, method: string, variables: readonly string[]): void {
  const { derivatives, derived, noise } = code.type;
  const inlined = new Set(Object.keys(derived).filter((name) => !code.held.has(name)));
  const linear = Object.values(derivatives).every(({ rate }) => {
    const form = noise.length === 0 ? linearRate(rate, variables) : null;
    return (
      form !== null &&
      ![...namesIn(rate)].some((read) => inlined.has(read)) &&
      [...form.coefficients.values()].every((coefficient) =>
        variables.every((variable) => !namesIn(coefficient).has(variable)),
      )
    );
  });
  if (noise.length > 0)
    code.approximations.push(
      'the noise of a step is added at its end, and the rest is integrated without it; the model takes both in one step',
    );
  else if (linear && method !== 'exact' && method !== 'auto')
    code.approximations.push(`it is integrated by ${method}; NESTML integrates linear equations exactly`);
  else if (!linear)
    code.approximations.push(
      `it is integrated by ${method === 'auto' ? 'the method that suits it here' : method}; ` +
        'NEST integrates it by Runge-Kutta-Fehlberg steps that adapt to an error',
    );
}

/** Returns a rate as a drift and the coefficients of noise. */
function noisyRate(rate: Expression, noise: readonly string[]): LinearForm {
  const form = linearForm(rate, noise);
  if (form === null) throw new NotInNestml('noise that does not stand linearly in a rate');
  return form;
}

/**
 * Returns what a rate gains if its noise, meant in the sense of Stratonovich, is added at the end of each step, which
 * is the sense of Itô: half the sum of each coefficient times its derivative, over all variables with the same noise.
 *
 * dz/dt = -z/tau + z*xi   becomes   z' = -z/tau + 0.5*z, and z += z*sqrt(dt)*normal()
 */
function noiseDrift({ type: { method, noise, derivatives, derived } }: CellCode, rate: Expression): Expression {
  if (method === 'euler') return number(0);
  let drift: Expression = number(0);
  for (const source of noise) {
    const own = noisyRate(rate, noise).coefficients.get(source) ?? number(0);
    if ([...namesIn(own)].some((name) => Object.hasOwn(derived, name)))
      throw new NotInNestml('noise that depends on a derived variable');
    for (const [name, other] of Object.entries(derivatives)) {
      const slope = derivative(own, name);
      const size = noisyRate(other.rate, noise).coefficients.get(source) ?? number(0);
      if (slope === null) throw new NotInNestml(`noise that depends on ${name}, without a derivative`);
      if (!isZero(slope) && !isZero(size)) drift = sum(drift, product(number(0.5), product(size, slope)));
    }
  }
  return drift;
}
