/** Variables of synapses that are updated only at events. */

import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { linearRate, type LinearForm } from '../../lang/linear.js';
import { referencesIn } from '../../lang/walk.js';
import { programStep } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { clockStep, step } from '../code/step-time.js';
import { inlineDerived } from '../context/equations.js';
import { compileReal, library, to } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';
import { settled } from '../code/settled.js';
import * as messages from '../context/messages.js';
import type { SynapseScope } from './synapse-scope.js';

/** Writes the effect of an event on a synapse, after an update of its event-driven variables. */
export function upToDate(scope: SynapseScope, write: () => void): void {
  const isEventDriven = scope.owner.storage.has('last update');
  if (isEventDriven) bringUpToDate(scope, scope.context);
  write();
  if (isEventDriven) scope.write('last update', nowOf(scope));
}

/** i32 step of the program for the time in code of a synapse. */
const nowOf = ({ context }: SynapseScope): Ir =>
  context.every === 1 ? step : code`${clockStep(context)} * ${context.every}i`;

/**
 * Event-driven variables in closed form since the synapse was last brought up to date: x' = a x + b + c y, where y is
 * another event-driven variable that only decays. Equal time constants are no special case.
 */
function bringUpToDate(scope: SynapseScope, context: Context): void {
  const { equations, name } = scope.plan;
  const since = scope.block.name('since', code`${nowOf(scope)} - ${scope.read('last update')}`);
  const seconds = scope.block.name('elapsed', to(context.real, folded`f64(${since}) * ${programStep(context)}`));
  const forms = new Map<string, LinearForm>();
  for (const variable of equations.eventDriven) {
    const e = equations.derivatives.get(variable);
    const form = e && linearRate(inlineDerived(e, equations.derived), equations.eventDriven);
    if (form) forms.set(variable, form);
  }
  const number = (e: Expression): Ir => to(context.real, compileReal(e, scope));
  const exponentOf = (coefficient: Expression | undefined): Ir =>
    coefficient
      ? scope.block.name('exponent', folded`${number(coefficient)} * ${seconds}`)
      : to(context.real, code`0.0`);
  // Writes follow one another, so values that other variables read are kept.
  const kept = new Map<string, Ir>();
  for (const [variable, { coefficients }] of forms)
    for (const other of coefficients.keys())
      if (other !== variable && !kept.has(other))
        kept.set(other, scope.block.name(`${other}_before`, to(context.real, scope.read(other))));
  const before = (variable: string): Ir => kept.get(variable) ?? to(context.real, scope.read(variable));
  for (const variable of equations.eventDriven) {
    const form = forms.get(variable);
    if (!form) {
      context.diagnostics.add(
        messages.methodRefused(
          'event-driven',
          name,
          `the equation of ${variable} is not linear in ${variable}`,
          'integrate it each step instead (clock-driven)',
        ),
      );
      continue;
    }
    const others = [form.constant, ...form.coefficients.values()].flatMap(referencesIn);
    const driving = [...form.coefficients].filter(([name]) => name !== variable);
    const decays = (name: string): boolean => {
      const own = forms.get(name);
      return own !== undefined && isNothing(own.constant) && [...own.coefficients.keys()].every((key) => key === name);
    };
    // State without an equation changes only in code. As in Brian, its value at the event is used.
    if (
      others.some(
        (reference) =>
          reference.kind === 'end' || reference.variable === 't' || equations.derivatives.has(reference.variable),
      ) ||
      !driving.every(([name]) => decays(name))
    ) {
      context.diagnostics.add(
        messages.methodRefused(
          'event-driven',
          name,
          `the equation of ${variable} reads something that changes at every step`,
          'integrate it each step instead (clock-driven)',
        ),
      );
      continue;
    }
    const coefficient = form.coefficients.get(variable);
    const x = before(variable);
    const exponent = exponentOf(coefficient);
    let value: Ir = coefficient ? folded`${x} * ${library('exp', [exponent])}` : x;
    if (!isNothing(form.constant)) {
      const drive = folded`${number(form.constant)} * ${seconds}`;
      const driven = coefficient ? folded`${drive} * ${library('exprel', [exponent])}` : drive;
      value = folded`${value} + ${driven}`;
    }
    for (const [name, factor] of driving) {
      const theirs = exponentOf(forms.get(name)?.coefficients.get(name));
      const slower = folded`select(${exponent} < ${theirs}, ${theirs}, ${exponent})`;
      const apart = folded`-abs(${exponent} - ${theirs})`;
      const size = folded`${number(factor)} * ${seconds} * ${before(name)}`;
      value = folded`${value} + ${size} * (${library('exp', [slower])} * ${library('exprel', [apart])})`;
    }
    scope.write(variable, settled(value, scope.block));
  }
}

const isNothing = (e: Expression): boolean => (e.kind === 'number' || e.kind === 'quantity') && e.value === 0;
