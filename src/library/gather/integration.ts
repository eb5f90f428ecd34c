/** The effect of a change of integration method on a type: the same numbers, or others. */

import type { Expression } from '../../lang/ast.js';
import { foldConstants } from '../../lang/fold.js';
import { linearRate, coefficientsDecide } from '../../lang/linear.js';
import { hasRealSolution } from '../../lang/real-solution.js';
import { timeOutsideTables } from '../../lang/time-outside-tables.js';
import { drawsIn } from '../../lang/functions.js';
import { unitOf } from '../../lang/units.js';
import { decides, namesIn, readsAny, substitute } from '../../lang/walk.js';
import type { IntegrationMethod, NeuronType, SynapseType, TimingProfile } from '../../model/typed.js';

type Equations = Pick<NeuronType | SynapseType, 'derivatives' | 'derived' | 'method' | 'noise' | 'parameters'> &
  Partial<Pick<NeuronType, 'state' | 'inputs'>>;

/**
 * Returns the rates of a type with its derived variables substituted: all of them, or only the ones that change within
 * a step.
 */
export function ratesOf({ derivatives, derived }: Equations, which: 'all' | 'changing' = 'all'): readonly Expression[] {
  const values = new Map(
    Object.entries(derived).flatMap(([name, { value, held }]) =>
      which === 'changing' && held ? [] : [[name, value] as const],
    ),
  );
  return Object.values(derivatives).map(({ rate }) => {
    let e = rate;
    // Each pass goes one derived variable deeper.
    for (let pass = 0; pass < values.size && readsAny(e, values); pass++) e = substitute(e, values);
    return e;
  });
}

/** Checks whether a name in a rate stands for the same number throughout: a parameter or a unit. */
function isFixed(name: string, { parameters, state = {}, inputs = {}, derived }: Equations): boolean {
  if (Object.hasOwn(parameters, name)) return true;
  return unitOf(name) !== undefined && ![state, inputs, derived].some((map) => Object.hasOwn(map, name));
}

/**
 * Returns the method of a type on a grid, by name if other notations choose another one. Systems that are not linear
 * with fixed coefficients are integrated by exponential Euler, or by Runge and Kutta's method.
 */
export function methodOnGrid(type: Equations): IntegrationMethod {
  const equations = clockedOf(type);
  const names = Object.keys(equations.derivatives);
  if (type.method !== 'auto' || names.length === 0 || type.noise.length > 0) return type.method;
  const rates = ratesOf(equations);
  const fixed = rates.every((rate) => {
    const form = linearRate(rate, names);
    const read = form === null ? [] : [...form.coefficients.values()].flatMap((part) => [...namesIn(part)]);
    return form !== null && read.every((name) => isFixed(name, type));
  });
  const decided = ratesOf(equations, 'changing');
  const free = decided.every((rate) => !decides(rate));
  if (fixed && free) return 'auto';
  // Exponential Euler divides by an equation's own coefficient, which a choice may make zero.
  const separately = decided.every((rate, k) => {
    const own = linearRate(rate, names.slice(k, k + 1));
    return own !== null && [...own.coefficients.values()].every((part) => !decides(part));
  });
  return separately && (!fixed || names.length === 1) ? 'exponentialEuler' : 'rk4';
}

/** Returns the equations of a type that are advanced in each step. */
export const clockedOf = (type: Equations): Equations => ({
  ...type,
  derivatives: Object.fromEntries(Object.entries(type.derivatives).filter(([, { eventDriven }]) => !eventDriven)),
});

/**
 * Returns the method of a type under Brian's timing, by name if others choose another one. If no method is named, Brian
 * takes forward Euler for equations without an exact solution.
 */
export function methodInBrian(type: Equations): IntegrationMethod {
  const equations = clockedOf(type);
  const isChosen = type.method === 'auto' && type.noise.length === 0 && Object.keys(equations.derivatives).length > 0;
  return isChosen && !isSolvedInBrian(equations) ? 'euler' : methodOnGrid(type);
}

/** The method of a type by its name, under each timing profile. */
const methodUnder: Readonly<Record<TimingProfile, (type: Equations) => IntegrationMethod>> = {
  brian: methodInBrian,
  grid: methodOnGrid,
  'lems-euler': () => 'euler',
};

/**
 * Checks whether Brian finds an exact solution: of a linear system that does not read the time, and has a real
 * solution.
 */
function isSolvedInBrian(type: Equations): boolean {
  const names = Object.keys(type.derivatives);
  const isUnit = (name: string): boolean => unitOf(name) !== undefined && isFixed(name, type);
  const rates = ratesOf(type).map((rate) => foldConstants(rate, undefined, (name) => !isUnit(name)));
  const forms = rates.map((rate) => linearRate(rate, names));
  if (coefficientsDecide(rates, names) || ratesOf(type, 'changing').some(timeOutsideTables)) return false;
  return (
    forms.every((form) => form !== null) &&
    hasRealSolution(forms.map((form) => names.map((name) => form.coefficients.get(name) ?? null)))
  );
}

/** Checks whether each equation that is advanced is linear in its own variable, and reads no other that is. */
export function areSeparate(type: Equations): boolean {
  const equations = clockedOf(type);
  const names = Object.keys(equations.derivatives);
  return ratesOf(equations).every((rate, k) => {
    const form = linearRate(rate, names.slice(k, k + 1));
    return form !== null && names.every((name, n) => n === k || !namesIn(rate).has(name));
  });
}

/**
 * Checks whether forward Euler gives the same numbers, up to rounding, as the method of a type: it is that method, or
 * rates never change.
 */
export function isForwardEuler(type: Equations, timing: TimingProfile): boolean {
  if (methodUnder[timing](type) === 'euler') return true;
  if (type.noise.length > 0) return false;
  // Without noise, both methods are forward Euler.
  if (type.method === 'heun' || type.method === 'milstein') return true;
  return ratesOf(type).every((rate) => !drawsIn(rate) && [...namesIn(rate)].every((name) => isFixed(name, type)));
}

/** Checks whether a simulator that steps on a grid and chooses the method of a type itself takes the type's own. */
export function isChosenOnGrid(type: Equations, timing: TimingProfile): boolean {
  if (Object.keys(type.derivatives).length === 0) return true;
  // Rates that never change give the same numbers with any method.
  if (isForwardEuler({ ...type, method: 'exact' }, 'grid')) return true;
  const own = methodUnder[timing](type);
  if (type.noise.length > 0) return own === 'auto' || own === 'euler';
  const chosen = methodOnGrid({ ...type, method: 'auto' });
  return own === chosen || (own === 'exact' && chosen === 'auto');
}
