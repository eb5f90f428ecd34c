/** Steps of one equation that is linear in its own variable, x' = A x + B, with everything else held. */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import { isZero } from '../../lang/build.js';
import type { Expression } from '../../lang/ast.js';
import { conditionallyLinear } from '../../lang/linear.js';
import type { Equations } from '../context/equations.js';
import { to } from '../code/expressions.js';
import type { IntegrationScope } from '../code/expressions.js';
import { definitionOf } from '../context/invariant.js';
import { exponentialOf, isNeverZero, rateOf, signOf } from './rates.js';

/** A step: x = `x`, A = `a` (computed from `rate`), B = `b`, null if B is zero. */
interface LinearStep {
  readonly x: Ir;
  readonly h: Ir;
  readonly rate: Ir;
  readonly a: Ir;
  readonly b: Ir | null;
}

/** (x + B/A) exp(A h) - B/A, and x + h B if A is zero. */
export const exponentialStep = (
  name: string,
  equations: Equations,
  scope: IntegrationScope,
  h: Ir,
  x = to(scope.real, scope.read(name)),
): Ir => linearStep(name, equations, scope, { x, h }, exponential);

/**
 * A step of third order in z = |A h|, without an exponential; with p = 1 + z/2 + z²/6,
 *
 *     (x + h B p) / (1 + z p) for A <= 0, which lies between x and -B/A for any step length,
 *     x (1 + z p) + h B p for A > 0.
 *
 * It suffices for schemes of second order. If A is constant from step to step, the exponential is used.
 */
export const rationalStep = (name: string, equations: Equations, scope: IntegrationScope, h: Ir, x: Ir): Ir =>
  linearStep(name, equations, scope, { x, h }, (step, target) =>
    (definitionOf(step.rate) ? exponential : rational)(step, target),
  );

type Rule = (step: LinearStep, target: { readonly name: string; readonly scope: IntegrationScope }) => Ir;

function linearStep(
  name: string,
  equations: Equations,
  scope: IntegrationScope,
  { x, h }: Pick<LinearStep, 'x' | 'h'>,
  rule: Rule,
): Ir {
  const e = equations.derivatives.get(name) as Expression;
  const form = conditionallyLinear(e, name);
  const slope = form?.coefficients.get(name);
  if (!form || !slope || isZero(slope)) return folded`${x} + ${h} * ${rateOf(e, scope)}`;
  const rate = rateOf(slope, scope);
  const a = scope.block.name(`slope_${name}`, rate);
  const b = isZero(form.constant) ? null : scope.block.name(`drive_${name}`, rateOf(form.constant, scope));
  return rule({ x, h, rate, a, b }, { name, scope });
}

function exponential({ x, h, rate, a, b }: LinearStep, { name, scope }: Parameters<Rule>[1]): Ir {
  const decay = exponentialOf(folded`${a} * ${h}`);
  if (!b) return folded`${x} * ${decay}`;
  const ratio = scope.block.name(`target_${name}`, folded`${b} / ${a}`);
  const next = folded`(${x} + ${ratio}) * ${to(scope.real, decay)} - ${ratio}`;
  if (isNeverZero(rate)) return next;
  const zero = to(a.type, ir.f64(0));
  return folded`select(${a} == ${zero}, ${x} + ${h} * ${b}, ${next})`;
}

function rational({ x, h, rate, a, b }: LinearStep, { name, scope: { block } }: Parameters<Rule>[1]): Ir {
  const number = (value: number): Ir => to(a.type, ir.f64(value));
  const sign = signOf(rate);
  const change = folded`${a} * ${h}`;
  const z = block.name(`z_${name}`, sign === -1 ? folded`-${change}` : folded`abs(${change})`);
  const expression = number(1);
  const p = block.name(`p_${name}`, folded`${z} * (${z} * ${number(1 / 6)} + ${number(0.5)}) + ${expression}`);
  const growth = block.name(`growth_${name}`, folded`${z} * ${p} + ${expression}`);
  const driven = b ? folded`${h} * ${b} * ${p}` : null;
  const plus = (value: Ir): Ir => (driven ? folded`${value} + ${driven}` : value);
  const decayed = folded`${plus(x)} / ${growth}`;
  if (sign === -1) return decayed;
  return folded`select(${a} > ${number(0)}, ${plus(folded`${x} * ${growth}`)}, ${decayed})`;
}
