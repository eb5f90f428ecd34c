/**
 * Integration of a set of equations over one step.
 *
 * Every method computes all new values from old ones. Noise `xi` is a normal number a step divided by sqrt(dt), one for
 * each noise name and element. Sources: Brian 2's documentation of its state updaters; Kloeden & Platen (1992) for Heun
 * and Milstein.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import { isZero } from '../../lang/build.js';
import { functions } from '../../lang/functions.js';
import { conditionallyLinear, linearForm, linearRate } from '../../lang/linear.js';
import { growsFast } from '../../lang/divergence.js';
import { callsIn, namesIn } from '../../lang/walk.js';
import { timeOutsideTables } from '../../lang/time-outside-tables.js';
import type { Method } from '../context/profile.js';
import type { Equations } from '../context/equations.js';
import { drawsIn } from '../../lang/functions.js';
import { compileReal, to } from '../code/expressions.js';
import type { IntegrationScope } from '../code/expressions.js';
import { adaptiveValues, type Course } from './adaptive.js';
import { orEulerStep } from './blow-up.js';
import { folded } from '../../ir/fold.js';
import { exponentialStep } from './linear-step.js';
import { rateOf } from './rates.js';

/** Why a method cannot integrate a set of equations, or null when it can. */
type Refusal = string | null;

/** Right-hand sides of the equations that are integrated each step. */
export const steppedDerivatives = (equations: Equations): ReadonlyMap<string, Expression> =>
  new Map([...equations.derivatives].filter(([name]) => !equations.eventDriven.has(name)));

const hasNoise = (e: Expression, equations: Equations): boolean => equations.noise.some((xi) => namesIn(e).has(xi));

/** Whether a value may change within a run other than by `set`: states, inputs, time. */
function varies(name: string, equations: Equations): boolean {
  return (
    equations.state.has(name) ||
    equations.derived.get(name)?.held === true ||
    name === 't' ||
    name === 't_in_timesteps' ||
    name === 'lastspike' ||
    name === 'not_refractory'
  );
}

/**
 * Whether a coefficient is the same until some phase changes it.
 *
 * @param inputs names with external values in each step
 */
export const isConstant = (coefficient: Expression, equations: Equations, inputs: ReadonlySet<string>): boolean =>
  !timeOutsideTables(coefficient) &&
  [...namesIn(coefficient)].every((name) => !inputs.has(name) && !name.includes('.') && !varies(name, equations)) &&
  callsIn(coefficient).every((call) => functions.has(call.function));

/** A linear system: matrix entries and terms are constant over a step. */
export interface LinearSystem {
  /** Whether a matrix entry changes from step to step, so that each step has its own propagators. */
  readonly changing: boolean;
  /** State variables: rows and columns of the matrix. */
  readonly names: readonly string[];
  /** In 1/s and ratios of units; null: 0. */
  readonly matrix: readonly (readonly (Expression | null)[])[];
  /** Constant part of each rate; null: 0. */
  readonly terms: readonly (Expression | null)[];
}

/** Why equations are not a linear system; `input`: the external name that makes a coefficient change. */
interface NotLinear {
  readonly kind: 'refused';
  readonly why: string;
  readonly input: string | null;
}

/**
 * Returns the equations as a linear system, or the reason why they are not linear.
 *
 * @param inputs names with external values in each step
 */
export function linearSystem(
  equations: Equations,
  inputs: ReadonlySet<string>,
): ({ readonly kind: 'system' } & LinearSystem) | NotLinear {
  const derivatives = steppedDerivatives(equations);
  const names = [...derivatives.keys()];
  const matrix: (Expression | null)[][] = [];
  const terms: (Expression | null)[] = [];
  let outside: NotLinear | null = null;
  let changing = false;
  const refused = (why: string, input: string | null = null): NotLinear => ({ kind: 'refused', why, input });
  for (const [name, e] of derivatives) {
    if (hasNoise(e, equations)) return refused(`the equation of ${name} has noise`);
    if (drawsIn(e)) return refused(`the equation of ${name} draws random numbers`);
    const form = linearRate(e, names);
    if (!form) return refused(`the equation of ${name} is not linear`);
    const row = names.map((column) => {
      const coefficient = form.coefficients.get(column);
      return coefficient === undefined || isZero(coefficient) ? null : coefficient;
    });
    for (const coefficient of row) {
      if (!coefficient) continue;
      if (timeOutsideTables(coefficient)) return refused(`a coefficient in the equation of ${name} reads the time`);
      const used = [...namesIn(coefficient)];
      const input = used.find((other) => inputs.has(other) || other.includes('.'));
      if (input !== undefined)
        outside ??= refused(`a coefficient in the equation of ${name} changes with ${input}`, input);
      changing ||= used.some((other) => varies(other, equations));
      changing ||= callsIn(coefficient).some((call) => !functions.has(call.function));
    }
    // Explicit time outside a table is not constant over a step.
    if (timeOutsideTables(form.constant)) return refused(`the equation of ${name} reads the time`);
    matrix.push(row);
    terms.push(isZero(form.constant) ? null : form.constant);
  }
  return outside ?? { kind: 'system', changing, names, matrix, terms };
}

/**
 * Why a method other than `exact` rejects the equations.
 *
 * @param asBrian whether exponential Euler accepts all separable equations and freezes functions of a variable, as in
 * Brian 2 or if the model names it. By default it is chosen only for equations that it solves exactly one by one.
 */
export function refusal(method: Method, equations: Equations, asBrian: boolean): Refusal {
  const derivatives = [...steppedDerivatives(equations)];
  const noisy = derivatives.filter(([, e]) => hasNoise(e, equations));
  switch (method) {
    case 'exact':
      return null;
    case 'exponentialEuler':
      if (noisy.length > 0) return 'they have noise';
      for (const [name, e] of derivatives)
        if (!(asBrian ? conditionallyLinear(e, name) : linearRate(e, [name])))
          return `the equation of ${name} is not linear in ${name}`;
      return null;
    case 'rk2':
    case 'rk4':
    case 'adaptive':
      return noisy.length > 0 ? 'they have noise' : null;
    case 'euler': {
      for (const [name, e] of noisy) {
        const form = linearForm(e, equations.noise);
        if (!form) return `the equation of ${name} is not linear in its noise`;
        for (const factor of form.coefficients.values()) {
          if ([...namesIn(factor)].some((used) => equations.derivatives.has(used)) || timeOutsideTables(factor))
            return `the noise of ${name} is multiplicative`;
        }
      }
      return null;
    }
    case 'heun':
    case 'milstein': {
      const seen = new Set<string>();
      for (const [name, e] of noisy) {
        if (!linearForm(e, equations.noise)) return `the equation of ${name} is not linear in its noise`;
        if (method === 'heun') continue;
        const noisesOfRate = equations.noise.filter((xi) => namesIn(e).has(xi));
        if (noisesOfRate.length > 1 || noisesOfRate.some((xi) => seen.has(xi))) return 'the noise is not diagonal';
        for (const xi of noisesOfRate) seen.add(xi);
      }
      return null;
    }
  }
}

/** Conditions under which rates apply, for variables with such a condition. */
type Activity = ReadonlyMap<string, Ir>;

/** Constraints on variables during integration. */
interface Restraints {
  readonly active?: Activity;
  /** Variables that may diverge within a step of `rk4`, see `blow-up.ts`. */
  readonly watched?: readonly string[];
  /** Variables that an event resets at a large value. */
  readonly resets?: readonly string[];
  /** Variables that are solved apart, as `rk4` and `adaptive` read them within the step. */
  readonly course?: Course;
}

/**
 * Returns new values of all variables by a method other than `exact`, as named locals. Stores no variable. Methods with
 * several stages hold variables with inactive rates through all stages, since others may read them.
 */
export function newValues(
  method: Exclude<Method, 'exact'>,
  equations: Equations,
  scope: IntegrationScope,
  noise: ReadonlyMap<string, Ir>,
  { active = new Map(), watched = [], resets = [], course = () => new Map() }: Restraints = {},
): Map<string, Ir> {
  const names = [...steppedDerivatives(equations).keys()];
  const dt = scope.context.dt;
  const h = to(scope.real, ir.f64(dt));
  switch (method) {
    case 'exponentialEuler':
      return new Map(
        names.map((name) => [name, scope.block.name(`next_${name}`, exponentialStep(name, equations, scope, h))]),
      );
    case 'euler': {
      const parts = withoutNoise(equations);
      return new Map(
        names.map((name) => [name, scope.block.name(`next_${name}`, eulerStep(name, parts, scope, h, noise))]),
      );
    }
    case 'rk2':
      return rungeKutta2(names, equations, scope, dt, active);
    case 'rk4':
      return rungeKutta4(names, equations, scope, dt, { active, watched, course });
    case 'adaptive':
      return adaptiveValues(
        names,
        equations,
        active,
        scope.context.builder.faultBit(
          `the equations of ${names.join(', ')} cannot be integrated: they need ever smaller sub-steps`,
        ),
        resets,
        course,
        scope,
      );
    case 'heun':
      return heun(names, equations, scope, h, noise);
    case 'milstein':
      return milstein(names, equations, scope, h, noise);
  }
}

type Diffusion = ReadonlyMap<string, ReadonlyMap<string, Expression>>;

/** Rates without noise, and the factors of noise in them. */
interface Parts {
  readonly drift: ReadonlyMap<string, Expression>;
  readonly diffusion: Diffusion;
}

/** Splits each right-hand side into drift and the factors of its noises. */
export function withoutNoise(equations: Equations): Parts {
  const drift = new Map<string, Expression>();
  const diffusion = new Map<string, ReadonlyMap<string, Expression>>();
  for (const [name, e] of steppedDerivatives(equations)) {
    if (!hasNoise(e, equations)) {
      drift.set(name, e);
      diffusion.set(name, new Map());
      continue;
    }
    const form = linearForm(e, equations.noise);
    drift.set(name, form?.constant ?? e);
    diffusion.set(name, new Map([...(form?.coefficients ?? [])].filter(([, factor]) => !isZero(factor))));
  }
  return { drift, diffusion };
}

function eulerStep(
  name: string,
  { drift, diffusion }: Parts,
  scope: IntegrationScope,
  h: Ir,
  noise: ReadonlyMap<string, Ir>,
): Ir {
  const x = to(scope.real, scope.read(name));
  const next = folded`${x} + ${h} * ${rateOf(drift.get(name) as Expression, scope)}`;
  return withNoise(next, diffusion.get(name), scope, noise);
}

/** Returns a new value with the contributions of noise over the step. */
export function withNoise(
  value: Ir,
  factors: ReadonlyMap<string, Expression> = new Map(),
  scope: IntegrationScope,
  noise: ReadonlyMap<string, Ir>,
): Ir {
  return [...factors].reduce(
    (next, [xi, factor]) => folded`${next} + ${compileReal(factor, scope)} * ${noise.get(xi) as Ir}`,
    value,
  );
}

/** Evaluates expressions with the variables replaced and the time moved on. */
function at<T>(scope: IntegrationScope, values: ReadonlyMap<string, Ir>, later: number, evaluate: () => T): T {
  const time = later === 0 ? [] : [['t', folded`${scope.read('t')} + ${later}`] as const];
  const before = scope.overrides;
  scope.overrides = new Map([...before, ...values, ...time]);
  const result = evaluate();
  scope.overrides = before;
  return result;
}

const axpy = (scope: IntegrationScope, name: string, x: Ir, factor: number, slope: Ir): Ir =>
  scope.block.name(name, folded`${x} + ${to(scope.real, ir.f64(factor))} * ${slope}`);

/**
 * Returns the rate of a variable at a stage. If the model names the method, an overflowing rate is infinite, as in
 * other simulators. The value after the step, often NaN, then decides whether there is a spike.
 */
function slopeOf(name: string, equations: Equations, scope: IntegrationScope): Ir {
  const rate = equations.derivatives.get(name) as Expression;
  return equations.method !== 'auto' && growsFast(rate, name) ? compileReal(rate, scope) : rateOf(rate, scope);
}

function slopes(
  names: readonly string[],
  equations: Equations,
  scope: IntegrationScope,
  stage: string,
  active: Activity,
): Map<string, Ir> {
  return new Map(
    names.map((name) => {
      const rate = slopeOf(name, equations, scope);
      const condition = active.get(name);
      return [
        name,
        scope.block.name(
          `${stage}_${name}`,
          condition ? folded`select(${condition}, ${rate}, ${to(rate.type, ir.f64(0))})` : rate,
        ),
      ];
    }),
  );
}

function rungeKutta2(
  names: readonly string[],
  equations: Equations,
  scope: IntegrationScope,
  dt: number,
  active: Activity,
): Map<string, Ir> {
  const x = new Map(names.map((name) => [name, to(scope.real, scope.read(name))]));
  const k1 = slopes(names, equations, scope, 'k1', active);
  const middle = new Map(
    names.map((name) => [name, axpy(scope, `middle_${name}`, x.get(name) as Ir, dt / 2, k1.get(name) as Ir)]),
  );
  const k2 = at(scope, middle, dt / 2, () => slopes(names, equations, scope, 'k2', active));
  return new Map(names.map((name) => [name, axpy(scope, `next_${name}`, x.get(name) as Ir, dt, k2.get(name) as Ir)]));
}

function rungeKutta4(
  names: readonly string[],
  equations: Equations,
  scope: IntegrationScope,
  dt: number,
  { active, watched, course }: Required<Pick<Restraints, 'active' | 'watched' | 'course'>>,
): Map<string, Ir> {
  const x = new Map(names.map((name) => [name, to(scope.real, scope.read(name))]));
  const stage = (label: string, slope: ReadonlyMap<string, Ir>, factor: number): Map<string, Ir> =>
    new Map(
      names.map((name) => [name, axpy(scope, `${label}_${name}`, x.get(name) as Ir, factor, slope.get(name) as Ir)]),
    );
  const slopesAt = (label: string, values: ReadonlyMap<string, Ir>, later: number): Map<string, Ir> =>
    at(scope, new Map([...values, ...course((2 * later) / dt - 1)]), later, () =>
      slopes(names, equations, scope, label, active),
    );
  const k1 = slopesAt('k1', new Map(), 0);
  const k2 = slopesAt('k2', stage('second', k1, dt / 2), dt / 2);
  const k3 = slopesAt('k3', stage('third', k2, dt / 2), dt / 2);
  const k4 = slopesAt('k4', stage('fourth', k3, dt), dt);
  const next = new Map(
    names.map((name) => {
      const [a, b, c, d] = [k1, k2, k3, k4].map((k) => k.get(name) as Ir) as [Ir, Ir, Ir, Ir];
      const inner = folded`${b} + ${c}`;
      const sum = folded`${a} + (${inner} + ${inner}) + ${d}`;
      return [name, axpy(scope, `next_${name}`, x.get(name) as Ir, dt / 6, sum)];
    }),
  );
  return orEulerStep(watched, { first: k1, last: k4, next }, scope, dt);
}

/** Σ over noises of factor * dW. */
function noiseTerm(
  name: string,
  diffusion: Diffusion,
  scope: IntegrationScope,
  noise: ReadonlyMap<string, Ir>,
): Ir | null {
  let sum: Ir | null = null;
  for (const [xi, factor] of diffusion.get(name) ?? []) {
    const term = folded`${compileReal(factor, scope)} * ${noise.get(xi) as Ir}`;
    sum = sum ? folded`${sum} + ${term}` : term;
  }
  return sum === null ? null : scope.block.name(`noise_${name}`, sum);
}

/** Stratonovich: x̂ = x + g dW, x' = x + h f + (g(x) + g(x̂, t + dt)) dW / 2. */
function heun(
  names: readonly string[],
  equations: Equations,
  scope: IntegrationScope,
  h: Ir,
  noise: ReadonlyMap<string, Ir>,
): Map<string, Ir> {
  const { drift, diffusion } = withoutNoise(equations);
  const x = new Map(names.map((name) => [name, to(scope.real, scope.read(name))]));
  const first = new Map(names.map((name) => [name, noiseTerm(name, diffusion, scope, noise)]));
  const drifted = new Map(
    names.map((name) => [name, scope.block.name(`drift_${name}`, rateOf(drift.get(name) as Expression, scope))]),
  );
  const predicted = new Map(
    names.map((name) => {
      const term = first.get(name);
      return [
        name,
        term ? scope.block.name(`predicted_${name}`, folded`${x.get(name) as Ir} + ${term}`) : (x.get(name) as Ir),
      ];
    }),
  );
  const second = at(
    scope,
    predicted,
    scope.context.dt,
    () => new Map(names.map((name) => [name, noiseTerm(name, diffusion, scope, noise)])),
  );
  return new Map(
    names.map((name) => {
      let next = folded`${x.get(name) as Ir} + ${h} * ${drifted.get(name) as Ir}`;
      const [a, b] = [first.get(name), second.get(name)];
      if (a && b) next = folded`${next} + ${to(scope.real, ir.f64(0.5))} * (${a} + ${b})`;
      return [name, scope.block.name(`next_${name}`, next)];
    }),
  );
}

/**
 * Derivative-free Milstein for diagonal noise, Stratonovich: x̂ = x + h f + sqrt(h) g, and (g(x̂) - g(x)) dW² / (2
 * sqrt(h)) on top of Euler.
 */
function milstein(
  names: readonly string[],
  equations: Equations,
  scope: IntegrationScope,
  h: Ir,
  noise: ReadonlyMap<string, Ir>,
): Map<string, Ir> {
  const { drift, diffusion } = withoutNoise(equations);
  const root = Math.sqrt(scope.context.dt);
  const x = new Map(names.map((name) => [name, to(scope.real, scope.read(name))]));
  const drifted = new Map(
    names.map((name) => [
      name,
      scope.block.name(
        `drift_${name}`,
        folded`${x.get(name) as Ir} + ${h} * ${rateOf(drift.get(name) as Expression, scope)}`,
      ),
    ]),
  );
  const factors = new Map<string, { xi: string; factor: Expression; value: Ir }>();
  for (const name of names) {
    for (const [xi, factor] of diffusion.get(name) ?? [])
      factors.set(name, { xi, factor, value: scope.block.name(`factor_${name}`, compileReal(factor, scope)) });
  }
  const support = new Map(
    names.map((name) => {
      const noiseFactor = factors.get(name);
      return [
        name,
        noiseFactor
          ? axpy(scope, `support_${name}`, drifted.get(name) as Ir, root, noiseFactor.value)
          : (drifted.get(name) as Ir),
      ];
    }),
  );
  return new Map(
    names.map((name) => {
      const noiseFactor = factors.get(name);
      if (!noiseFactor) return [name, drifted.get(name) as Ir];
      const dW = noise.get(noiseFactor.xi) as Ir;
      const shifted = at(scope, support, scope.context.dt, () => compileReal(noiseFactor.factor, scope));
      const { value } = noiseFactor;
      const correction = folded`(${shifted} - ${value}) * (${dW} * ${dW}) * ${to(scope.real, ir.f64(1 / (2 * root)))}`;
      const euler = folded`${drifted.get(name) as Ir} + ${value} * ${dW}`;
      return [name, scope.block.name(`next_${name}`, folded`${euler} + ${correction}`)];
    }),
  );
}
