/**
 * Integration with sub-steps that adapt to the equations: the pair of Dormand and Prince, orders 5 and 4, once or several
 * times within a time step.
 *
 * A sub-step h is accepted when the estimated error of every variable is at most 1e-6 times |x| + |h x'| (with
 * x' at both its ends, so a variable at rest at zero may begin to move). Sub-steps are halved when it is not and
 * doubled when there is much room, so they are binary fractions of the time step and no root is needed.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir, Local, Statement } from '../../ir/program.js';
import type { Expression } from '../../lang/ast.js';
import { namesIn } from '../../lang/walk.js';
import type { Block } from '../code/block.js';
import type { Equations } from '../context/equations.js';
import type { IntegrationScope } from '../code/expressions.js';
import { to } from '../code/expressions.js';
import { rateOf } from './rates.js';
import { fold } from '../../ir/fold.js';
import {
  adaptiveTolerance,
  dormandPrinceError,
  dormandPrinceNodes,
  dormandPrinceStages,
  type Fraction,
} from '../../model/dormand-prince.js';

/** An error below this lets the next sub-step be twice as long: it would make 32 times the error. */
const smallest = 1 / 64;
/** Largest number of attempts in one time step; more raise a fault. */
const mostAttempts = 1000;
/** In single precision, the part of a time step below which sub-steps are not made shorter. */
const leastPart = 1 / 256;

const valuesOf = (fractions: readonly Fraction[]): readonly number[] =>
  fractions.map(([above, below]) => above / below);

const nodes = valuesOf(dormandPrinceNodes);
const weights = dormandPrinceStages.map(valuesOf);
const errorWeights = valuesOf(dormandPrinceError);

/** Values of variables that are solved apart, at a place within the step, from -1 at its beginning to 1 at its end. */
export type Course = (place: Ir | number) => ReadonlyMap<string, Ir>;

/** Locals and settings shared by the code of all stages. */
interface Integration {
  readonly names: readonly string[];
  readonly equations: Equations;
  readonly active: ReadonlyMap<string, Ir>;
  readonly scope: IntegrationScope;
  /** Values at the beginning of the sub-step, by variable. */
  readonly x: ReadonlyMap<string, Local>;
  /** Slopes of each stage, by variable. */
  readonly slopes: readonly ReadonlyMap<string, Local>[];
  /** Time in s that is left of the time step, and length of the sub-step. */
  readonly left: Local;
  readonly size: Local;
  readonly readsTime: boolean;
  /** Variables that are solved apart. */
  readonly course: Course;
}

/**
 * Returns new values of all variables after one time step.
 *
 * @param names the variables that are integrated
 * @param active conditions under which rates apply, for variables with such a condition
 * @param fault bits raised after too many sub-steps
 * @param resets variables that an event resets at a large value. If one of them diverges, as Izhikevich's potential
 * does in long steps, Euler's method takes the step (`blow-up.ts`)
 * @param course variables that are solved apart
 */
export function adaptiveValues(
  names: readonly string[],
  equations: Equations,
  active: ReadonlyMap<string, Ir>,
  fault: number,
  resets: readonly string[],
  course: Course,
  scope: IntegrationScope,
): Map<string, Ir> {
  const { real, block: outer } = scope;
  const local = (name: string): Local => outer.local(name, real);
  const readsTime = [
    ...equations.derivatives.values(),
    ...[...equations.derived.values()].map(({ expression }) => expression),
  ].some((e) => namesIn(e).has('t'));
  const x = new Map(names.map((name) => [name, local(`x_${name}`)]));
  const slopes = nodes.map((_, stage) => new Map(names.map((name) => [name, local(`k${stage + 1}_${name}`)])));
  const [left, size, error] = [local('time_left'), local('substep'), local('error')];
  const attempts = outer.local('attempts', 'u32');
  const integration: Integration = { names, equations, active, scope, x, slopes, left, size, readsTime, course };
  const whole = number(scope.context.dt, real);
  for (const name of names) outer.emit(ir.set(x.get(name) as Local, to(real, scope.read(name))));
  outer.emit(ir.set(left, whole), ir.set(size, whole), ir.set(attempts, ir.u32(0)));
  evaluateSlopes(0, new Map(names.map((name) => [name, valueOf(x, name)])), outer, integration);
  const runaway = resets.length === 0 ? null : watchFor(resets, integration);
  const attempt = outer.nested((inner) => {
    inner.emit(
      ir.set(size, ir.select(ir.lt(ir.get(size), ir.get(left)), ir.get(size), ir.get(left))),
      ir.set(attempts, ir.add(ir.get(attempts), ir.u32(1))),
    );
    let values = new Map<string, Ir>();
    for (let stage = 1; stage < nodes.length; stage++) {
      values = stageValues(stage, inner, integration);
      evaluateSlopes(stage, values, inner, integration);
    }
    estimateError(error, inner, integration);
    inner.emit(acceptOrHalve(error, values, integration));
    if (runaway)
      inner.emit(ir.when(runaway.isOne, [ir.set(runaway.found, ir.u32(1)), ir.set(attempts, ir.u32(mostAttempts))]));
  });
  // The remainder after the last sub-step is rounding error.
  const rounding = number(scope.context.dt * 1e-6, real);
  const unfinished = ir.gt(ir.get(left), rounding);
  outer.emit(ir.whilst(ir.and(unfinished, ir.lt(ir.get(attempts), ir.u32(mostAttempts))), attempt));
  if (runaway)
    outer.emit(ir.when(ir.eq(ir.get(runaway.found), ir.u32(1)), [...runaway.euler, ir.set(left, number(0, real))]));
  outer.emit(ir.fault(fault, unfinished));
  return new Map(names.map((name) => [name, valueOf(x, name)]));
}

/** Largest accepted change of a variable in a step, relative to its value and to its change under Euler's method. */
const most = 1000;

/**
 * Whether a variable is far from its previous value and would move many times farther in another step, and the
 * statements that take the step by Euler's method instead.
 */
function watchFor(
  resets: readonly string[],
  { names, x, slopes, scope }: Integration,
): { readonly isOne: Ir; readonly found: Local; readonly euler: readonly Statement[] } {
  const { real, block } = scope;
  const h = number(scope.context.dt, real);
  const abs = (value: Ir): Ir => ir.unary('abs', value);
  const diverged = block.local('ran_away', 'u32');
  block.emit(ir.set(diverged, ir.u32(0)));
  const euler = new Map(
    names.map((name) => [
      name,
      block.name(`euler_${name}`, ir.add(valueOf(x, name), ir.mul(h, valueOf(slopes[0], name)))),
    ]),
  );
  const isOne = resets
    .map((name) => {
      const reach = ir.add(abs(valueOf(x, name)), abs(euler.get(name) as Ir));
      const bound = block.name(`reach_of_${name}`, ir.mul(number(most, real), reach));
      const [now, next] = [abs(valueOf(x, name)), abs(ir.mul(h, valueOf(slopes[0], name)))];
      return ir.and(ir.gt(now, bound), ir.gt(next, ir.mul(number(most, real), now)));
    })
    .reduce((a, b) => ir.or(a, b));
  return { isOne, found: diverged, euler: [...euler].map(([name, value]) => ir.set(x.get(name) as Local, value)) };
}

const number = (value: number, real: IntegrationScope['real']): Ir => to(real, ir.f64(value));

const valueOf = (locals: ReadonlyMap<string, Local> | undefined, name: string): Ir =>
  ir.get(locals?.get(name) as Local);

/** Evaluates the slopes of a stage with the variables at `values`. */
function evaluateSlopes(stage: number, values: ReadonlyMap<string, Ir>, block: Block, integration: Integration): void {
  const { names, equations, active, scope, slopes, left, size, readsTime, course } = integration;
  const [before, outer] = [scope.overrides, scope.block];
  const begin = fold(ir.sub(ir.f64(scope.context.dt), to('f64', ir.get(left))));
  const within = fold(ir.mul(ir.f64(nodes[stage] as number), to('f64', ir.get(size))));
  const time = fold(ir.add(scope.read('t'), fold(ir.add(begin, within))));
  scope.block = block;
  // Twice the time since the beginning of the step, relative to the step, less 1.
  const since = fold(ir.sub(to(scope.real, ir.f64(scope.context.dt)), ir.get(left)));
  const now = fold(ir.add(since, fold(ir.mul(number(nodes[stage] as number, scope.real), ir.get(size)))));
  const place = fold(ir.sub(fold(ir.mul(now, number(2 / scope.context.dt, scope.real))), number(1, scope.real)));
  const others = course(block.name('place', place));
  scope.overrides = new Map([...before, ...values, ...others, ...(readsTime ? [['t', time] as const] : [])]);
  for (const name of names) {
    const rate = rateOf(equations.derivatives.get(name) as Expression, scope);
    const condition = active.get(name);
    block.emit(
      ir.set(slopes[stage]?.get(name) as Local, condition ? ir.select(condition, rate, number(0, scope.real)) : rate),
    );
  }
  scope.overrides = before;
  scope.block = outer;
}

/** Slopes of the stages of a variable, added up with weights. */
function weighted(factors: readonly number[], name: string, { slopes, scope }: Integration): Ir {
  return factors
    .map((weight, k) => (weight === 0 ? null : ir.mul(number(weight, scope.real), valueOf(slopes[k], name))))
    .filter((term) => term !== null)
    .reduce((a, b) => ir.add(a, b));
}

/** Values of the variables at which a stage takes its slopes. */
function stageValues(stage: number, block: Block, integration: Integration): Map<string, Ir> {
  const { names, x, size } = integration;
  const valueAt = (name: string): Ir =>
    ir.add(valueOf(x, name), ir.mul(ir.get(size), weighted(weights[stage] as readonly number[], name, integration)));
  return new Map(names.map((name) => [name, block.name(`stage_${name}`, valueAt(name))]));
}

/** Sets `error` to the largest error of a variable, relative to its tolerance. */
function estimateError(error: Local, block: Block, integration: Integration): void {
  const { names, x, slopes, size, scope } = integration;
  const zero = number(0, scope.real);
  block.emit(ir.set(error, zero));
  for (const name of names) {
    const off = block.name('off', ir.unary('abs', ir.mul(ir.get(size), weighted(errorWeights, name, integration))));
    const ends = ir.add(ir.unary('abs', valueOf(slopes[0], name)), ir.unary('abs', valueOf(slopes.at(-1), name)));
    const reach = ir.add(ir.unary('abs', valueOf(x, name)), ir.mul(ir.get(size), ends));
    const allowed = block.name('allowed', ir.mul(number(adaptiveTolerance, scope.real), reach));
    // A tolerance of zero with an error of zero is not an error, though 0/0 is NaN; other NaNs must count as one.
    const ratio = block.name('ratio', ir.select(ir.eq(off, zero), zero, ir.div(off, allowed)));
    block.emit(ir.set(error, ir.select(ir.le(ratio, ir.get(error)), ir.get(error), ratio)));
  }
}

/** Advances to the end of the sub-step and lengthens the next one if the error allows, or retries with half of it. */
function acceptOrHalve(
  error: Local,
  values: ReadonlyMap<string, Ir>,
  { names, x, slopes, left, size, scope }: Integration,
): Statement {
  const accepted = names.flatMap((name) => [
    ir.set(x.get(name) as Local, values.get(name) as Ir),
    ir.set(slopes[0]?.get(name) as Local, valueOf(slopes.at(-1), name)),
  ]);
  const twice = ir.add(ir.get(size), ir.get(size));
  const small = ir.le(ir.get(error), number(1, scope.real));
  const least = ir.le(ir.get(size), number(scope.context.dt * leastPart, scope.real));
  const isNumber = ir.lt(ir.get(error), number(Infinity, scope.real));
  return ir.when(
    scope.real === 'f32' ? ir.or(small, ir.and(least, isNumber)) : small,
    [
      ...accepted,
      ir.set(left, ir.sub(ir.get(left), ir.get(size))),
      ir.set(size, ir.select(ir.lt(ir.get(error), number(smallest, scope.real)), twice, ir.get(size))),
    ],
    [ir.set(size, ir.mul(ir.get(size), number(0.5, scope.real)))],
  );
}
