/**
 * Integration with sub-steps that adapt to the equations: the pair of Dormand and Prince, orders 5 and 4, once or
 * several times within a time step.
 *
 * A sub-step h is accepted when the estimated error of every variable is at most 1e-6 times |x| + |h x'| (with
 * x' at both its ends, so a variable at rest at zero may begin to move). Sub-steps are halved when it is not and
 * doubled when there is much room, so they are binary fractions of the time step and no root is needed.
 */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Expression as Ir, Local } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { namesIn } from '../../lang/walk.js';
import type { Block } from '../code/block.js';
import type { Equations } from '../context/equations.js';
import type { IntegrationScope } from '../code/expressions.js';
import { to } from '../code/expressions.js';
import { rateOf } from './rates.js';
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
/**
 * The part of a time step below which sub-steps are not made shorter. Single precision needs it because of rounding.
 * Double precision needs it where a table of the time jumps to its next entry, for which no sub-step is short enough;
 * its part is 2⁻³⁰.
 */
const leastPart = { f32: 1 / 256, f64: 1 / 1_073_741_824 };

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
  for (const name of names) outer.write`${x.get(name) as Local} = ${to(real, scope.read(name))}`;
  outer.write`
    ${left} = ${whole}
    ${size} = ${whole}
    ${attempts} = 0u`;
  evaluateSlopes(0, new Map(names.map((name) => [name, valueOf(x, name)])), outer, integration);
  const runaway = resets.length === 0 ? null : watchFor(resets, integration);
  // The remainder after the last sub-step is rounding error.
  const unfinished = code`${left} > ${number(scope.context.dt * 1e-6, real)}`;
  outer.write`
    while ${unfinished} & ${attempts} < ${mostAttempts}u {
      ${size} = select(${size} < ${left}, ${size}, ${left})
      ${attempts} = ${attempts} + 1u
      ${(_, inner) => {
        let values = new Map<string, Ir>();
        for (let stage = 1; stage < nodes.length; stage++) {
          values = stageValues(stage, inner, integration);
          evaluateSlopes(stage, values, inner, integration);
        }
        estimateError(error, inner, integration);
        acceptOrHalve(error, values, inner, integration);
        if (runaway)
          inner.write`
            if ${runaway.isOne} {
              ${runaway.found} = 1u
              ${attempts} = ${mostAttempts}u
            }`;
      }}
    }`;
  if (runaway)
    outer.write`
      if ${runaway.found} == 1u {
        ${(_, inner) => {
          for (const [name, value] of runaway.euler) inner.write`${x.get(name) as Local} = ${value}`;
        }}
        ${left} = ${number(0, real)}
      }`;
  outer.write`fault ${fault} when ${unfinished}`;
  return new Map(names.map((name) => [name, valueOf(x, name)]));
}

/** Largest accepted change of a variable in a step, relative to its value and to its change under Euler's method. */
const most = 1000;

/**
 * Whether a variable is far from its previous value and would move many times farther in another step, and the values
 * after the step by Euler's method instead.
 */
function watchFor(
  resets: readonly string[],
  { names, x, slopes, scope }: Integration,
): { readonly isOne: Ir; readonly found: Local; readonly euler: ReadonlyMap<string, Ir> } {
  const { real, block } = scope;
  const h = number(scope.context.dt, real);
  const factor = number(most, real);
  const diverged = block.local('ran_away', 'u32');
  block.write`${diverged} = 0u`;
  const euler = new Map(
    names.map((name) => [
      name,
      block.name(`euler_${name}`, code`${valueOf(x, name)} + ${h} * ${valueOf(slopes[0], name)}`),
    ]),
  );
  const isOne = resets
    .map((name) => {
      const [now, slope] = [valueOf(x, name), valueOf(slopes[0], name)];
      const reach = code`${factor} * (abs(${now}) + abs(${euler.get(name) as Ir}))`;
      const bound = block.name(`reach_of_${name}`, reach);
      return code`abs(${now}) > ${bound} & abs(${h} * ${slope}) > ${factor} * abs(${now})`;
    })
    .reduce((a, b) => code`${a} | ${b}`);
  return { isOne, found: diverged, euler };
}

const number = (value: number, real: IntegrationScope['real']): Ir => to(real, ir.f64(value));

const valueOf = (locals: ReadonlyMap<string, Local> | undefined, name: string): Ir =>
  ir.get(locals?.get(name) as Local);

/** Evaluates the slopes of a stage with the variables at `values`. */
function evaluateSlopes(stage: number, values: ReadonlyMap<string, Ir>, block: Block, integration: Integration): void {
  const { names, equations, active, scope, slopes, left, size, readsTime, course } = integration;
  const [before, outer] = [scope.overrides, scope.block];
  const { real, context } = scope;
  const { dt } = context;
  const node = nodes[stage] as number;
  const time = folded`${scope.read('t')} + (${dt} - f64(${left}) + ${node} * f64(${size}))`;
  scope.block = block;
  // Twice the time since the beginning of the step, relative to the step, less 1.
  const since = folded`${number(dt, real)} - ${left} + ${number(node, real)} * ${size}`;
  const others = course(block.name('place', folded`${since} * ${number(2 / dt, real)} - ${number(1, real)}`));
  scope.overrides = new Map([...before, ...values, ...others, ...(readsTime ? [['t', time] as const] : [])]);
  for (const name of names) {
    const rate = rateOf(equations.derivatives.get(name) as Expression, scope);
    const condition = active.get(name);
    const slope = condition ? code`select(${condition}, ${rate}, ${number(0, real)})` : rate;
    block.write`${slopes[stage]?.get(name) as Local} = ${slope}`;
  }
  scope.overrides = before;
  scope.block = outer;
}

/** Slopes of the stages of a variable, added up with weights. */
function weighted(factors: readonly number[], name: string, { slopes, scope }: Integration): Ir {
  return factors
    .map((weight, k) => (weight === 0 ? null : code`${number(weight, scope.real)} * ${valueOf(slopes[k], name)}`))
    .filter((term) => term !== null)
    .reduce((a, b) => code`${a} + ${b}`);
}

/** Values of the variables at which a stage takes its slopes. */
function stageValues(stage: number, block: Block, integration: Integration): Map<string, Ir> {
  const { names, x, size } = integration;
  const valueAt = (name: string): Ir =>
    code`${valueOf(x, name)} + ${size} * ${weighted(weights[stage] as readonly number[], name, integration)}`;
  return new Map(names.map((name) => [name, block.name(`stage_${name}`, valueAt(name))]));
}

/**
 * Sets `error` to the largest error of a variable, relative to its tolerance. A tolerance of zero with an error of zero
 * is not an error, though 0/0 is NaN; other NaNs must count as one.
 */
function estimateError(error: Local, block: Block, integration: Integration): void {
  const { names, x, slopes, size, scope } = integration;
  const zero = number(0, scope.real);
  const tolerance = number(adaptiveTolerance, scope.real);
  block.write`${error} = ${zero}`;
  for (const name of names) {
    const [first, last] = [valueOf(slopes[0], name), valueOf(slopes.at(-1), name)];
    block.write`
      let off = abs(${size} * ${weighted(errorWeights, name, integration)})
      let allowed = ${tolerance} * (abs(${valueOf(x, name)}) + ${size} * (abs(${first}) + abs(${last})))
      let ratio = select(off == ${zero}, ${zero}, off / allowed)
      ${error} = select(ratio <= ${error}, ${error}, ratio)`;
  }
}

/** Advances to the end of the sub-step and lengthens the next one if the error allows, or retries with half of it. */
function acceptOrHalve(
  error: Local,
  values: ReadonlyMap<string, Ir>,
  block: Block,
  { names, x, slopes, left, size, scope }: Integration,
): void {
  const { real } = scope;
  const small = code`${error} <= ${number(1, real)}`;
  const least = number(scope.context.dt * leastPart[real], real);
  const accepted = code`${small} | ${size} <= ${least} & ${error} < ${number(Infinity, real)}`;
  block.write`
    if ${accepted} {
      ${(_, inner) => {
        for (const name of names)
          inner.write`
            ${x.get(name) as Local} = ${values.get(name) as Ir}
            ${slopes[0]?.get(name) as Local} = ${valueOf(slopes.at(-1), name)}`;
      }}
      ${left} = ${left} - ${size}
      ${size} = select(${error} < ${number(smallest, real)}, ${size} + ${size}, ${size})
    } else {
      ${size} = ${size} * ${number(0.5, real)}
    }`;
}
