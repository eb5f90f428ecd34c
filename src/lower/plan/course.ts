/** Closed forms of event-driven variables of synapses: their course between two events. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { folded } from '../../ir/fold.js';
import type { Expression } from '../../lang/ast.js';
import { isZero } from '../../lang/build.js';
import { linearRate, type LinearForm } from '../../lang/linear.js';
import { referencesIn } from '../../lang/walk.js';
import { compileReal, library, to, type IntegrationScope } from '../code/expressions.js';
import { inlineDerived, type Equations } from '../context/equations.js';

/** A number that depends on the time since the last event, in s, and on constants. */
export type Factor = (seconds: Ir, scope: IntegrationScope) => Ir;

/** Value after some time: x * scale + driven + the sum of y * factor over other variables y at the last event. */
export interface Course {
  /** Null: 1. */
  readonly scale: Factor | null;
  /** Null: 0. */
  readonly driven: Factor | null;
  readonly driving: ReadonlyMap<string, Factor>;
}

/**
 * Returns the courses of event-driven variables with x' = a x + b + c y, where y is another event-driven variable that
 * only decays. Equal time constants are no special case. An equation without closed form gives the reason.
 */
export function coursesOf({ derivatives, derived, eventDriven }: Equations): ReadonlyMap<string, Course | string> {
  const forms = new Map<string, LinearForm>();
  for (const variable of eventDriven) {
    const e = derivatives.get(variable);
    const form = e && linearRate(inlineDerived(e, derived), eventDriven);
    if (form) forms.set(variable, form);
  }
  const decays = (name: string): boolean => {
    const own = forms.get(name);
    return own !== undefined && isZero(own.constant) && [...own.coefficients.keys()].every((key) => key === name);
  };
  const courseOf = (variable: string): Course | string => {
    const form = forms.get(variable);
    if (!form) return `is not linear in ${variable}`;
    const driving = [...form.coefficients].filter(([name]) => name !== variable);
    // State without an equation changes only in code. As in Brian, its value at the event is used.
    const changes = [form.constant, ...form.coefficients.values()]
      .flatMap(referencesIn)
      .some(({ kind, variable: read }) => kind === 'end' || read === 't' || derivatives.has(read));
    if (changes || !driving.every(([name]) => decays(name))) return 'reads something that changes at every step';
    const own = form.coefficients.get(variable);
    return {
      scale: own ? (seconds, scope) => library('exp', [exponentOf(own, seconds, scope)]) : null,
      driven: isZero(form.constant) ? null : drivenBy(form.constant, own),
      driving: new Map(
        driving.map(([name, factor]) => [name, drivenBy(factor, own, forms.get(name)?.coefficients.get(name))]),
      ),
    };
  };
  return new Map([...eventDriven].map((variable) => [variable, courseOf(variable)]));
}

/** Returns the value of a variable after some time. `valueOf`: values at the last event. */
export function valueAfterTime(
  variable: string,
  { scale, driven, driving }: Course,
  valueOf: (variable: string) => Ir,
  number: (factor: Factor) => Ir,
): Ir {
  const x = valueOf(variable);
  let value = scale ? folded`${x} * ${number(scale)}` : x;
  if (driven) value = folded`${value} + ${number(driven)}`;
  for (const [name, factor] of driving) value = folded`${value} + ${number(factor)} * ${valueOf(name)}`;
  return value;
}

/** Returns the integral of a rate that decays by itself, for a variable that decays, too; absent: it does not. */
function drivenBy(rate: Expression, own: Expression | undefined, its?: Expression): Factor {
  return (seconds, scope) => {
    const drive = folded`${to(scope.real, compileReal(rate, scope))} * ${seconds}`;
    const exponent = exponentOf(own, seconds, scope);
    if (!its) return own ? folded`${drive} * ${library('exprel', [exponent])}` : drive;
    const theirs = exponentOf(its, seconds, scope);
    const slower = folded`select(${exponent} < ${theirs}, ${theirs}, ${exponent})`;
    const apart = folded`-abs(${exponent} - ${theirs})`;
    return folded`${drive} * (${library('exp', [slower])} * ${library('exprel', [apart])})`;
  };
}

function exponentOf(coefficient: Expression | undefined, seconds: Ir, scope: IntegrationScope): Ir {
  if (!coefficient) return to(scope.real, ir.f64(0));
  return scope.block.name('exponent', folded`${to(scope.real, compileReal(coefficient, scope))} * ${seconds}`);
}
