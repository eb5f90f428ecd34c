/** Which integration method a set of equations gets. */

import { limits } from '../../diagnostics/limits.js';
import type { Expression } from '../../lang/ast.js';
import { coefficientsDecide, linearRate, neighbours, reachedFrom } from '../../lang/linear.js';
import { hasRealSolution } from '../../lang/real-solution.js';
import { callsIn, namesIn } from '../../lang/walk.js';
import type { Context } from '../context/context.js';
import type { Equations } from '../context/equations.js';
import { linearSystem, refusal, steppedDerivatives } from './integrate.js';
import type { LinearSystem } from './integrate.js';
import * as messages from '../context/messages.js';
import type { Method } from '../context/profile.js';

/** A method, with the system that `exact` solves. */
export type Chosen =
  { readonly method: 'exact'; readonly system: LinearSystem } | { readonly method: Exclude<Method, 'exact'> };

/** Further criteria for the choice of a method, besides the equations. */
interface MethodChoice {
  /** Names other than states that change from step to step; absent: only states change. */
  readonly inputs?: ReadonlySet<string>;
  /** Why the owner cannot use `exact` for any equations; absent: it can. */
  readonly elsewhere?: string | null;
  /** Candidates in order if the type names no method; absent: the profile's. */
  readonly methods?: readonly Method[];
}

/**
 * Returns the method that a type names or, by default, the first method of the profile that accepts its equations.
 *
 * @returns null after a diagnostic
 * @diagnostic lower/method-refused
 */
export function chooseMethod(
  owner: string,
  equations: Equations,
  { inputs = new Set(), elsewhere = null, methods }: MethodChoice,
  context: Context,
): Chosen | null {
  const named = equations.method === 'auto' ? null : (equations.method as Method);
  const candidates = named ? [named] : (methods ?? context.profile.methods);
  const rates = steppedDerivatives(equations);
  const reasons: string[] = [];
  for (const method of candidates) {
    if (method !== 'exact') {
      const why = refusal(method, equations, named !== null || context.profile.exactLikeBrian);
      if (why === null) return { method };
      reasons.push(why);
      continue;
    }
    if (named === null && context.profile.exactLikeBrian && coefficientsDecide(rates.values(), rates.keys())) {
      reasons.push('a coefficient of their variables depends on a comparison');
      continue;
    }
    const linear = linearSystem(equations, inputs);
    const crowded = linear.kind === 'system' ? tooCoupled(linear) : null;
    if (
      named === null &&
      linear.kind === 'system' &&
      crowded === null &&
      context.profile.exactLikeBrian &&
      !hasRealSolution(linear.matrix)
    ) {
      reasons.push('their solution is complex, or their matrix is singular');
      continue;
    }
    const table = tableWithinSteps(equations, named !== null, context);
    const why = elsewhere ?? (linear.kind === 'refused' ? linear.why : table) ?? crowded;
    const changes = linear.kind === 'system' ? linear.changing : linear.input !== null;
    // Exponential Euler also solves a single equation exactly if its coefficients are constant during a step.
    if (named === null && changes && elsewhere === null && table === null && separate(equations))
      return { method: 'exponentialEuler' };
    if (why === null && linear.kind === 'system') return { method, system: linear };
    reasons.push(why ?? '');
    if (named !== null) continue;
    const reason =
      linear.kind === 'refused' && linear.input !== null ? messages.changingCoefficient(linear.input) : crowded;
    if (reason !== null) context.diagnostics.add(messages.notSolvedExactly(owner, reason));
  }
  context.diagnostics.add(
    messages.methodRefused(
      candidates.join(', '),
      owner,
      reasons.join('; '),
      equations.noise.length > 0
        ? 'use heun or milstein for multiplicative noise'
        : 'use euler, rk2 or rk4, or leave the method out',
    ),
  );
  return null;
}

/** Returns why too many variables depend on each other for propagators; null if they do not. */
export function tooCoupled({ names, matrix }: Pick<LinearSystem, 'names' | 'matrix'>): string | null {
  const pattern = matrix.map((row) => row.map((entry) => entry !== null));
  const out = neighbours(pattern);
  const into = neighbours(pattern.map((_, column) => pattern.map((row) => row[column] === true)));
  let products = 0;
  for (const k of names.keys()) {
    products += reachedFrom(k, out).size * reachedFrom(k, into).size;
    if (products > limits.propagatorProducts)
      return `its ${names.length} variables are coupled so closely that the exact solution has too many terms`;
  }
  return null;
}

/** Whether no equation reads the variable of another. */
function separate(equations: Equations): boolean {
  const derivatives = [...steppedDerivatives(equations)];
  const isOwn = ([name, e]: readonly [string, Expression]): boolean =>
    linearRate(e, [name]) !== null && derivatives.every(([other]) => other === name || !namesIn(e).has(other));
  return derivatives.every(isOwn);
}

/**
 * Why a table may change within a step: its interval is shorter than the step, or not a multiple of it. Brian 2 has
 * this rule in `TimedArray.is_locally_constant`, with a quotient of doubles that must be an integer. If the model names
 * the method, rounding errors of the quotient are tolerated.
 */
function tableWithinSteps(equations: Equations, named: boolean, context: Context): string | null {
  for (const [name, e] of steppedDerivatives(equations))
    for (const { function: called } of callsIn(e)) {
      const table = context.model.tables[called];
      if (!table) continue;
      const steps = table.dt / context.dt;
      const off = Math.abs(steps - Math.round(steps));
      if (steps < 0.5 || off > (named ? 1e-6 : 0))
        return `the equation of ${name} reads ${called}, whose interval is not a multiple of the time step`;
    }
  return null;
}
