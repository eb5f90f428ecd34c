/** Variables of synapses that are updated only at events. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { linearRate } from '../../lang/linear.js';
import { referencesIn } from '../../lang/walk.js';
import { programStep } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { clockStep, step } from '../code/step-time.js';
import { inlineDerived } from '../context/equations.js';
import { compileReal, library, to } from '../code/expressions.js';
import { fold } from '../../ir/fold.js';
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

/** Event-driven variables: x' = a x + b in closed form since the synapse was last brought up to date. */
function bringUpToDate(scope: SynapseScope, context: Context): void {
  const { equations, name } = scope.plan;
  const since = scope.block.name('since', code`${nowOf(scope)} - ${scope.read('last update')}`);
  const seconds = scope.block.name('elapsed', to(context.real, fold(code`f64(${since}) * ${programStep(context)}`)));
  for (const variable of equations.eventDriven) {
    const e = equations.derivatives.get(variable);
    const form = e && linearRate(inlineDerived(e, equations.derived), [variable]);
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
    // State without an equation changes only in code. As in Brian, its value at the event is used.
    if (
      others.some((read) => read.kind === 'end' || read.variable === 't' || equations.derivatives.has(read.variable))
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
    const x = to(context.real, scope.read(variable));
    const exponent = coefficient
      ? scope.block.name('exponent', fold(code`${to(context.real, compileReal(coefficient, scope))} * ${seconds}`))
      : to(context.real, ir.f64(0));
    let value: Ir = coefficient ? fold(code`${x} * ${library('exp', [exponent])}`) : x;
    if (!((form.constant.kind === 'number' || form.constant.kind === 'quantity') && form.constant.value === 0)) {
      const drive = fold(code`${to(context.real, compileReal(form.constant, scope))} * ${seconds}`);
      const driven = coefficient ? fold(code`${drive} * ${library('exprel', [exponent])}`) : drive;
      value = fold(code`${value} + ${driven}`);
    }
    scope.write(variable, settled(value, scope.block));
  }
}
