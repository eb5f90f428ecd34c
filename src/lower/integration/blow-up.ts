/**
 * Variables that diverge to infinity in finite time, such as the potential of an exponential integrate-and-fire neuron
 * above its threshold. The time to divergence may be shorter than a step.
 *
 * Later stages of a Runge-Kutta method then evaluate the equations out of their range, and spread values of any size or
 * NaN to the other variables. Such a step is taken by Euler's method from the slope at its beginning. It ends above the
 * threshold, as the solution does. The error in the other variables is that of a single Euler step, like the error of
 * the spike time.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { growsFast, mostChange } from '../../lang/divergence.js';
import type { Equations } from '../context/equations.js';
import { to, type IntegrationScope } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';

/** Returns the integrated variables that occur in their own rate under a function that grows faster than any power. */
export function divergingVariables(names: readonly string[], { derivatives }: Equations): readonly string[] {
  return names.filter((name) => {
    const rate: Expression | undefined = derivatives.get(name);
    return rate !== undefined && growsFast(rate, name);
  });
}

/** Slopes at the beginning and at the last stage of a step, by variable, and the values after the step. */
interface Step {
  readonly first: ReadonlyMap<string, Ir>;
  readonly last: ReadonlyMap<string, Ir>;
  readonly next: ReadonlyMap<string, Ir>;
}

/** Returns the values of a step, or Euler's if one of `watched` diverged in it. */
export function orEulerStep(
  watched: readonly string[],
  { first, last, next }: Step,
  scope: IntegrationScope,
  dt: number,
): Map<string, Ir> {
  if (watched.length === 0) return new Map(next);
  const h = to(scope.real, ir.f64(dt));
  const before = (name: string): Ir => to(scope.real, scope.read(name));
  const size = (value: Ir): Ir => folded`abs(${value})`;
  const change = (slopes: ReadonlyMap<string, Ir>, name: string): Ir => folded`${h} * ${slopes.get(name) ?? h}`;
  const euler = new Map(
    [...next.keys()].map((name) => [
      name,
      scope.block.name(`euler_${name}`, folded`${before(name)} + ${change(first, name)}`),
    ]),
  );
  let sound: Ir | null = null;
  for (const name of watched) {
    const around = folded`${size(before(name))} + ${size(euler.get(name) ?? h)}`;
    const most = to(scope.real, ir.f64(mostChange));
    // Comparisons with NaN are false.
    const small = code`${size(change(last, name))} <= ${folded`${most} * ${around}`}`;
    sound = sound ? code`${sound} & ${small}` : small;
  }
  const holds = scope.block.name('within_reach', sound ?? code`${h} <= ${h}`);
  return new Map(
    [...next].map(([name, value]) => [
      name,
      scope.block.name(`held_${name}`, folded`select(${holds}, ${value}, ${euler.get(name) ?? value})`),
    ]),
  );
}
