/**
 * Linear equations that are solved exactly beside others, which are integrated numerically: receptors, and adaptation
 * currents and conductances, beside a potential.
 *
 * A decay is a variable of a homogeneous linear system with constant coefficients that reads no other variable:
 *
 *     g' = (e*y - g)/tau,  y' = -y/tau
 *
 * Decays are multiplied by their propagator over the step, whatever their time constants. The other equations read them
 * as a line in time with the same integral and the same first moment over the step, mean + tilt (2 s/h - 1) for s from
 * 0 to h. It is the projection of the exact course onto Legendre's polynomials P0 and P1, so a method of fourth order
 * stays one. |tilt| is at most |mean|: lines keep the sign of their mean.
 *
 * If each other equation is linear in its own variable and reads no other, v' = a(t) v + b(t), it takes two exponential
 * steps of h/2 with the decays at mean - 2/3 tilt and mean + 2/3 tilt: the commutator-free Magnus method of fourth
 * order for lines. Each such step ends between v and -b/a for any step length.
 *
 * @source Blanes & Moan, Applied Numerical Mathematics 56 (2006) 1519, for the commutator-free method
 */

import * as ir from '../../ir/builder.js';
import { foldCall, folded } from '../../ir/fold.js';
import { libraryFunction } from '../../ir/library/index.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import { isZero, number } from '../../lang/build.js';
import { drawsIn } from '../../lang/functions.js';
import { linearRate, reach } from '../../lang/linear.js';
import { namesIn } from '../../lang/walk.js';
import type { Equations } from '../context/equations.js';
import { to, type IntegrationScope } from '../code/expressions.js';
import type { Course } from './adaptive.js';
import { propagated } from './exact.js';
import { isConstant, steppedDerivatives } from './integrate.js';
import { storedPropagators, type Site } from './propagators.js';
import { rateOf } from './rates.js';

/** Decays and the other equations of a set. */
export interface Separated {
  /** Equations of the decays. */
  readonly decays: Equations;
  /** All others. */
  readonly rest: Equations;
  /** Whether the others take two exponential steps. */
  readonly isExponential: boolean;
}

/**
 * Separates the decays from the other equations.
 *
 * @param inputs names of values that change from step to step, besides states
 * @param held variables with rates that are zero for a while
 * @returns null if there are no decays, or no other equations
 */
export function separateDecays(
  equations: Equations,
  inputs: ReadonlySet<string>,
  held: ReadonlySet<string>,
): Separated | null {
  const rates = steppedDerivatives(equations);
  let names = [...rates.keys()].filter((name) => !held.has(name));
  for (;;) {
    const kept = names.filter((name) => decays(rates.get(name) as Expression, names, equations, inputs));
    if (kept.length === names.length) break;
    names = kept;
  }
  if (names.length === 0 || names.length === rates.size) return null;
  const part = (isDecay: boolean): Equations => ({
    ...equations,
    derivatives: new Map([...rates].filter(([name]) => names.includes(name) === isDecay)),
  });
  const rest = part(false);
  return { decays: part(true), rest, isExponential: takesExponentialSteps(rest, names) };
}

function decays(e: Expression, names: readonly string[], equations: Equations, inputs: ReadonlySet<string>): boolean {
  const form = drawsIn(e) ? null : linearRate(e, names);
  return (
    form !== null &&
    isZero(form.constant) &&
    [...form.coefficients.values()].every((coefficient) => isConstant(coefficient, equations, inputs))
  );
}

/**
 * Whether each equation is v' = a v + b, with a and b linear in the decays and free of other variables and the time.
 */
function takesExponentialSteps({ derivatives }: Equations, decaying: readonly string[]): boolean {
  return [...derivatives].every(([name, e]) => {
    const used = namesIn(e);
    if (drawsIn(e) || used.has('t') || [...derivatives.keys()].some((other) => other !== name && used.has(other)))
      return false;
    const form = linearRate(e, [name]);
    const slope = form?.coefficients.get(name);
    return (
      form !== null &&
      slope !== undefined &&
      linearRate(slope, decaying) !== null &&
      linearRate(form.constant, decaying) !== null
    );
  });
}

/** Decays after a step, and their course in it. */
export interface Decayed {
  readonly values: ReadonlyMap<string, Ir>;
  readonly course: Course;
  /** Kernels that compute the propagators, to be run at initialisation and after a `set`. */
  readonly kernels: readonly string[];
}

/** Writes code for the decays: their values after the step, and their course as the other equations read it. */
export function decayed({ decays: equations, rest }: Separated, site: Site, scope: IntegrationScope): Decayed {
  const names = [...equations.derivatives.keys()];
  const read = names.filter((name) => [...rest.derivatives.values()].some((e) => namesIn(e).has(name)));
  const perStep = (factor: number): Expression => number(factor / scope.context.dt);
  // mean' = g/h and tilt' = 3 g/h - 6 mean/h, both from 0, give mean = J/h and tilt = 3 J/h - 6 K/h^2 with the
  // integrals J of g and K of (h - s) g over the step.
  const rows = [
    ...names.map((name) => coefficients(equations.derivatives.get(name) as Expression, names, read)),
    ...read.map((name) => coefficients(null, names, read, [[name, perStep(1)]])),
    ...read.map((name) =>
      coefficients(null, names, read, [
        [name, perStep(3)],
        [meanOf(name), perStep(-6)],
      ]),
    ),
  ];
  const system = {
    changing: false,
    names: [...names, ...read.map(meanOf), ...read.map(tiltOf)],
    matrix: rows,
    terms: rows.map(() => null),
  };
  const propagators = storedPropagators(
    {
      names: system.names,
      rows,
      closed: reach(rows.map((row) => row.map((entry) => entry !== null))),
      held: system.terms,
      frozen: new Set(),
      columns: names.length,
    },
    site,
  );
  const valueOf = (i: number, label: string): Ir =>
    scope.block.name(label, propagated(i, system, propagators, system.terms, scope));
  const values = new Map(names.map((name, i) => [name, valueOf(i, `next_${name}`)]));
  const lines = new Map(
    read.map((name, k) => {
      const mean = valueOf(names.length + k, `mean_${name}`);
      const tilt = valueOf(names.length + read.length + k, `tilt_${name}`);
      const most = scope.block.name(`most_${name}`, folded`abs(${mean})`);
      const limited = folded`select(${tilt} < -${most}, -${most}, select(${tilt} > ${most}, ${most}, ${tilt}))`;
      return [name, { mean, tilt: scope.block.name(`tilt_${name}`, limited) }] as const;
    }),
  );
  const course: Course = (place) => {
    const factor = typeof place === 'number' ? to(scope.real, ir.f64(place)) : place;
    return new Map(
      [...lines].map(([name, { mean, tilt }]) => [name, place === 0 ? mean : folded`${mean} + ${factor} * ${tilt}`]),
    );
  };
  return { values, course, kernels: propagators.kernels };
}

const meanOf = (name: string): string => `${name}.mean`;
const tiltOf = (name: string): string => `${name}.tilt`;

/** A row of the matrix of decays, their means and their tilts. */
function coefficients(
  rate: Expression | null,
  names: readonly string[],
  read: readonly string[],
  others: readonly (readonly [string, Expression])[] = [],
): (Expression | null)[] {
  const row = new Map([...((rate && linearRate(rate, names)?.coefficients) ?? []), ...others]);
  return [...names, ...read.map(meanOf), ...read.map(tiltOf)].map((name) => {
    const entry = row.get(name);
    return entry === undefined || isZero(entry) ? null : entry;
  });
}

/** New values of equations that are linear in their own variable, by two exponential steps of half a step. */
export function exponentialSteps({ rest }: Separated, course: Course, scope: IntegrationScope): Map<string, Ir> {
  const half = to(scope.real, ir.f64(scope.context.dt / 2));
  const before = scope.overrides;
  const result = new Map<string, Ir>();
  for (const [name, e] of rest.derivatives) {
    const slope = linearRate(e, [name])?.coefficients.get(name) as Expression;
    let x = to(scope.real, scope.read(name));
    for (const place of [-2 / 3, 2 / 3]) {
      scope.overrides = new Map([...before, ...course(place), [name, x]]);
      const z = scope.block.name(`z_${name}`, folded`${half} * ${rateOf(slope, scope)}`);
      const change = scope.block.name(`change_${name}`, folded`${half} * ${rateOf(e, scope)}`);
      x = scope.block.name(`next_${name}`, folded`${x} + ${change} * ${exprelOf(z)}`);
    }
    scope.overrides = before;
    result.set(name, x);
  }
  return result;
}

/** (e^x - 1)/x. */
function exprelOf(x: Ir): Ir {
  const callee = libraryFunction('exprel', x.type as 'f64' | 'f32');
  return foldCall(callee, [x], ir.call(callee, x));
}
