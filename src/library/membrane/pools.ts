/** Pools of calcium: mechanisms that set its concentration, as NeuroML's concentration models. */

import type { Expression } from '../../lang/ast.js';
import { evaluate, type Functions } from '../../lang/evaluate.js';
import { foldConstants } from '../../lang/fold.js';
import { linearForm } from '../../lang/linear.js';
import type { Id } from '../../model/model.js';
import type { LocalEvent } from '../../model/typed.js';
import { NotExpressible } from '../not-expressible.js';
import { near } from '../recognise/numbers.js';
import type { LocalEquations } from './equations.js';
import { nernstPotential } from './local-values.js';
import type { Filling, Pool } from './membrane.js';

/**
 * Returns the pool of a mechanism that sets the concentration of calcium, on one section.
 *
 * @param equations with `i_ca` and `area` as free names
 * @param start of its state variables
 * @param outside the concentration outside, unless the mechanism sets it
 * @throws NotExpressible unless it is a pool that fills with the current and decays
 */
export function poolOf(
  mechanism: Id,
  equations: LocalEquations,
  start: ReadonlyMap<string, number>,
  outside: number | undefined,
): Pool {
  const { type, functions } = equations;
  const { ca_i: near, ca_o: far, ...others } = type.writes;
  const level = near && equations.of(near);
  const state = level?.kind === 'name' ? level.name : '';
  const rate = type.derivatives[state]?.rate;
  if (Object.keys(others).length > 0 || rate === undefined)
    throw new NotExpressible('a concentration that is not a state variable of its mechanism');
  const form = linearForm(equations.of(rate), ['i_ca', state]);
  if (!form) throw new NotExpressible('a concentration that does not follow its current in proportion');
  const valueOf = (e: Expression | undefined, known: ReadonlyMap<string, number> = new Map()): number =>
    e === undefined
      ? 0
      : evaluate(
          e,
          (name) => {
            const value = known.get(name);
            if (value === undefined) throw new NotExpressible(`a pool that depends on ${name}`);
            return value;
          },
          functions,
        );
  const decay = -valueOf(form.coefficients.get(state));
  if (!(decay > 0)) throw new NotExpressible('a concentration that does not decay');
  const held = new Map([...start].filter(([name]) => !Object.hasOwn(type.derivatives, name)));
  return {
    mechanism,
    state,
    rest: valueOf(form.constant) / decay,
    tau: 1 / decay,
    filling: fillingOf((area) => valueOf(form.coefficients.get('i_ca'), new Map([['area', area]]))),
    start: start.get(state) ?? 0,
    outside: far === undefined ? (outside ?? 0) : valueOf(equations.of(far), held),
  };
}

/** C/mol, in NeuroML's concentration models and currents. */
const faradayOfNeuroml = 96485.3;

/** Areas of compartments at which pools are compared, m**2. */
const areas = [1e-6, 2.3e-6, 7.1e-6] as const;

/** @param rhoAt  by how much a current fills the pool of a compartment of an area */
function fillingOf(rhoAt: (area: number) => number): Filling {
  const [rho, ...others] = areas.map(rhoAt) as [number, ...number[]];
  if (others.every((other) => near(other, rho))) return { rho };
  const [area] = areas;
  let [low, high] = [0, radiusOf(area)];
  while (low < (low + high) / 2 && (low + high) / 2 < high) {
    const middle = (low + high) / 2;
    if (shellRho(area, middle) > rho) low = middle;
    else high = middle;
  }
  const shellThickness = Number(high.toPrecision(9));
  if (!areas.every((one) => near(shellRho(one, shellThickness), rhoAt(one))))
    throw new NotExpressible('a pool that depends on the area of its compartment');
  return { shellThickness };
}

/** Returns the radius of the sphere of an area, as NeuroML computes it. */
const radiusOf = (area: number): number => Math.sqrt(area / (4 * 3.14159));

/**
 * Returns the filling factor of a shell in NeuroML's `decayingPoolConcentrationModel`, mol/(m A s), in its own
 * constants.
 */
function shellRho(area: number, thickness: number): number {
  const radius = radiusOf(area);
  const volume = (4 * 3.14159 * (radius ** 3 - (radius - thickness) ** 3)) / 3;
  return area / (2 * faradayOfNeuroml * volume);
}

/** Checks whether a condition only sets to zero a variable that has fallen below zero, as NeuroML's pools do anyway. */
export function keepsAboveZero({ when, do: actions }: LocalEvent): boolean {
  const isZero = (e: Expression): boolean => (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;
  const condition = foldConstants(when);
  if (condition.kind !== 'binary' || condition.operator !== '<' || condition.left.kind !== 'name') return false;
  const [action] = actions;
  return (
    actions.length === 1 &&
    action?.kind === 'assignment' &&
    action.operator === '=' &&
    action.target === condition.left.name &&
    isZero(condition.right) &&
    isZero(foldConstants(action.value))
  );
}

/** Returns whether an expression is the reversal potential of calcium that a pool on a section changes. */
export function isCalciumReversal(
  e: Expression,
  { outside }: Pool,
  temperature: number,
  functions: Functions,
): boolean {
  const at = (inside: number): number =>
    evaluate(e, (name) => (name === 'ca_i' ? inside : name === 'v' ? 0 : NaN), functions);
  // Constants of NeuroML differ from today's in the seventh digit.
  return [5e-5, 3.3e-4, 0.012].every((inside) => {
    const potential = nernstPotential(2, inside, outside, temperature) ?? NaN;
    return Math.abs(at(inside) - potential) <= 2e-6 * Math.abs(potential);
  });
}
