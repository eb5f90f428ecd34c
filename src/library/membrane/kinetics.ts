/** Gates of channels: state variables with linear rates that depend on only the potential and calcium. */

import { addendsOf } from '../../lang/addends.js';
import type { Expression } from '../../lang/ast.js';
import { difference, negated, number, quotient, sum } from '../../lang/build.js';
import { linearForm } from '../../lang/linear.js';
import { equalExpressions, namesIn, readsAny } from '../../lang/walk.js';
import type { LocalEquations } from './equations.js';
import type { Kinetics } from './membrane.js';

/** Returns the kinetics of a state variable; undefined if its rate is not linear in it, or reads other variables. */
export function kineticsOf(name: string, equations: LocalEquations): Kinetics | undefined {
  const own = equations.type.derivatives[name]?.rate;
  if (own === undefined) return undefined;
  const rate = equations.of(own);
  const form = linearForm(rate, [name]);
  const coefficient = form?.coefficients.get(name);
  if (!form || !coefficient || [...namesIn(rate)].some((one) => !['v', 'ca_i', name].includes(one))) return undefined;
  const opening = form.constant;
  const leaving = negated(coefficient);
  const closing = closingRate(coefficient, opening);
  const written = approach(rate, name) ?? { steady: quotient(opening, leaving), tau: quotient(number(1), leaving) };
  return { opening, closing, leaving, ...written };
}

/** Returns the rate at which open gates close, if the coefficient is the sum of it and the opening rate. */
function closingRate(coefficient: Expression, opening: Expression): Expression | undefined {
  const parts = addendsOf(coefficient);
  const own = parts.findIndex(({ sign, value }) => sign === -1 && equalExpressions(value, opening));
  const rest = parts.filter((_, k) => k !== own);
  return own < 0 || rest.length === 0
    ? undefined
    : rest.reduce<Expression>(
        (total, { sign, value }) => (sign === -1 ? sum(total, value) : difference(total, value)),
        number(0),
      );
}

/** `(steady - x)/tau`, as it is written. */
function approach(rate: Expression, name: string): Pick<Kinetics, 'steady' | 'tau'> | undefined {
  if (rate.kind !== 'binary' || rate.operator !== '/' || rate.left.kind !== 'binary') return undefined;
  const { left, right: tau } = rate;
  const isName = left.right.kind === 'name' && left.right.name === name;
  const own = { has: (one: string) => one === name };
  return left.operator === '-' && isName && !readsAny(left.left, own) && !readsAny(tau, own)
    ? { steady: left.left, tau }
    : undefined;
}
