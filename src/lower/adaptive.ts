/**
 * Integration with sub-steps that adapt to the equations: the pair of Dormand and Prince, orders 5 and 4 (Journal of Computational and
 * Applied Mathematics 6 (1980) 19), once or several times within a time step.
 *
 * A sub-step h is accepted when the estimated error of every variable is at most `tolerance` times |x| + |h x'| (with x' at both its ends,
 * so that a variable at rest at zero may begin to move). Sub-steps are halved when it is not and doubled when there is much room, so that
 * they are binary fractions of the time step and no root is needed.
 */

import * as ir from '../ir/builder.js';
import type { Expression as Ir, Local } from '../ir/program.js';
import type { Expression } from '../lang/ast.js';
import { namesIn } from '../lang/walk.js';
import type { Equations } from './equations.js';
import type { IntegrationScope } from './expressions.js';
import { to } from './expressions.js';
import { rateOf } from './rates.js';
import { fold } from './fold.js';

/** Relative error that a sub-step may make. */
const tolerance = 1e-6;
/** An error below this lets the next sub-step be twice as long: it would make 32 times the error. */
const room = 1 / 64;
/** Attempts in one time step; what needs more cannot be integrated. */
const mostAttempts = 1000;

const nodes: readonly number[] = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
const weights: readonly (readonly number[])[] = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  // The last stage is the solution of order 5: its slope is the first of the next sub-step.
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Solution of order 5 less that of order 4. */
const errorWeights: readonly number[] = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/**
 * New values of all variables after one time step.
 *
 * @param names   the variables that are integrated
 * @param active  conditions under which the rate of a variable is in force, where it is not always
 * @param fault   bits raised when the sub-steps become too many
 */
export function adaptiveValues(
  names: readonly string[],
  equations: Equations,
  active: ReadonlyMap<string, Ir>,
  fault: number,
  scope: IntegrationScope,
): Map<string, Ir> {
  const { real } = scope;
  const outer = scope.block;
  const number = (value: number): Ir => to(real, ir.f64(value));
  const local = (name: string): Local => outer.local(name, real);
  const readsTime = [...equations.derivatives.values(), ...[...equations.derived.values()].map(({ expression }) => expression)].some((e) =>
    namesIn(e).has('t'),
  );
  const whole = scope.context.dt;
  const x = new Map(names.map((name) => [name, local(`x_${name}`)]));
  const slopes = nodes.map((_, stage) => new Map(names.map((name) => [name, local(`k${stage + 1}_${name}`)])));
  const [left, size, error] = [local('time_left'), local('substep'), local('error')];
  const attempts = outer.local('attempts', 'u32');
  const get = (map: ReadonlyMap<string, Local> | undefined, name: string): Ir => ir.get(map?.get(name) as Local);
  /** Evaluates the slopes of a stage with the variables at `values`. */
  const evaluate = (stage: number, values: ReadonlyMap<string, Ir>, block: typeof outer): void => {
    const [before, place] = [scope.overrides, scope.block];
    const time = fold(
      ir.add(
        scope.read('t'),
        fold(
          ir.add(
            fold(ir.sub(ir.f64(whole), to('f64', ir.get(left)))),
            fold(ir.mul(ir.f64(nodes[stage] as number), to('f64', ir.get(size)))),
          ),
        ),
      ),
    );
    scope.overrides = new Map([...before, ...values, ...(readsTime ? [['t', time] as const] : [])]);
    scope.block = block;
    for (const name of names) {
      const rate = rateOf(equations.derivatives.get(name) as Expression, scope);
      const condition = active.get(name);
      block.emit(ir.set(slopes[stage]?.get(name) as Local, condition ? ir.select(condition, rate, number(0)) : rate));
    }
    scope.overrides = before;
    scope.block = place;
  };
  for (const name of names) outer.emit(ir.set(x.get(name) as Local, to(real, scope.read(name))));
  outer.emit(ir.set(left, number(whole)), ir.set(size, number(whole)), ir.set(attempts, ir.u32(0)));
  evaluate(0, new Map(names.map((name) => [name, get(x, name)])), outer);
  const attempt = outer.nested((inner) => {
    inner.emit(
      ir.set(size, ir.select(ir.lt(ir.get(size), ir.get(left)), ir.get(size), ir.get(left))),
      ir.set(attempts, ir.add(ir.get(attempts), ir.u32(1))),
    );
    let values = new Map<string, Ir>();
    for (let stage = 1; stage < nodes.length; stage++) {
      values = new Map(
        names.map((name) => {
          const sum = (weights[stage] as readonly number[])
            .map((weight, k) => (weight === 0 ? null : ir.mul(number(weight), get(slopes[k], name))))
            .filter((term) => term !== null);
          return [
            name,
            inner.name(
              `stage_${name}`,
              ir.add(
                get(x, name),
                ir.mul(
                  ir.get(size),
                  sum.reduce((a, b) => ir.add(a, b)),
                ),
              ),
            ),
          ];
        }),
      );
      evaluate(stage, values, inner);
    }
    const last = slopes.at(-1);
    inner.emit(ir.set(error, number(0)));
    for (const name of names) {
      const sum = errorWeights
        .map((weight, k) => (weight === 0 ? null : ir.mul(number(weight), get(slopes[k], name))))
        .filter((term) => term !== null)
        .reduce((a, b) => ir.add(a, b));
      const off = inner.name('off', ir.unary('abs', ir.mul(ir.get(size), sum)));
      const moves = ir.mul(ir.get(size), ir.add(ir.unary('abs', get(slopes[0], name)), ir.unary('abs', get(last, name))));
      const allowed = inner.name('allowed', ir.mul(number(tolerance), ir.add(ir.unary('abs', get(x, name)), moves)));
      // Where nothing may be off, nothing is: 0/0 must not count. What is not a number must.
      const ratio = inner.name('ratio', ir.select(ir.eq(off, number(0)), number(0), ir.div(off, allowed)));
      inner.emit(ir.set(error, ir.select(ir.le(ratio, ir.get(error)), ir.get(error), ratio)));
    }
    inner.emit(
      ir.when(
        ir.le(ir.get(error), number(1)),
        [
          ...names.flatMap((name) => [
            ir.set(x.get(name) as Local, values.get(name) as Ir),
            ir.set(slopes[0]?.get(name) as Local, get(last, name)),
          ]),
          ir.set(left, ir.sub(ir.get(left), ir.get(size))),
          ir.set(size, ir.select(ir.lt(ir.get(error), number(room)), ir.add(ir.get(size), ir.get(size)), ir.get(size))),
        ],
        [ir.set(size, ir.mul(ir.get(size), number(0.5)))],
      ),
    );
  });
  // What is left after the last sub-step is nothing but rounding.
  outer.emit(
    ir.whilst(ir.and(ir.gt(ir.get(left), number(whole * 1e-6)), ir.lt(ir.get(attempts), ir.u32(mostAttempts))), attempt),
    ir.fault(fault, ir.gt(ir.get(left), number(whole * 1e-6))),
  );
  return new Map(names.map((name) => [name, get(x, name)]));
}
