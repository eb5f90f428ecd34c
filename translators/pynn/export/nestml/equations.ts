/** The equations of a model of NESTML. */

import { conditional, number } from '../../../../src/lang/build.js';
import { linearForm, linearRate } from '../../../../src/lang/linear.js';
import { namesIn } from '../../../../src/lang/walk.js';
import type { CellCode } from './cell-code.js';
import { draws, nestmlExpression, textOf } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { nestUnitOf } from './units.js';

/** Returns lines of expressions and of rates of change. */
export function equationLines(code: CellCode): readonly string[] {
  const { derived, derivatives, noise, method, state } = code.type;
  const inline = code.derived().flatMap((name) => {
    const { unit, value } = derived[name] ?? { unit: '1', value: number(0) };
    const truth = code.isTruth(name);
    const text = nestmlExpression(code.withTables(value), code.rateNames);
    const recordable = code.cell.recorded.has(name) && !truth ? 'recordable ' : '';
    const written = truth ? conditional(text, number(1), number(0)) : text;
    return [`${recordable}inline ${name} ${truth ? 'real' : nestUnitOf(unit).type} = ${textOf(written)}`];
  });
  const rates = Object.entries(derivatives).map(([name, { rate }]) => {
    const drift = noise.length === 0 ? rate : (linearForm(rate, noise)?.constant ?? refusedNoise());
    if (draws(drift)) throw new NotInNestml('rates that draw random numbers');
    return `${name}' = ${code.text(drift, code.rateNames)}`;
  });
  if (rates.length > 0) noteIntegration(code, method, Object.keys(state));
  return [...inline, ...rates];
}

function noteIntegration(code: CellCode, method: string, variables: readonly string[]): void {
  const { derivatives, derived, noise } = code.type;
  const inlined = new Set(Object.keys(derived).filter((name) => !code.held.has(name)));
  const linear = Object.values(derivatives).every(({ rate }) => {
    const form = noise.length === 0 ? linearRate(rate, variables) : null;
    return (
      form !== null &&
      ![...namesIn(rate)].some((read) => inlined.has(read)) &&
      [...form.coefficients.values()].every((one) => variables.every((variable) => !namesIn(one).has(variable)))
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

const refusedNoise = (): never => {
  throw new NotInNestml('noise that does not stand linearly in a rate');
};
