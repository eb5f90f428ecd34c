/** Variables of synapses that are updated only at events. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { programStep } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { clockStep, step } from '../code/step-time.js';
import { to } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';
import { settled } from '../code/settled.js';
import * as messages from '../context/messages.js';
import { coursesOf, valueAfterTime } from './course.js';
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

/** Brings event-driven variables that belong to the synapse itself up to date. */
function bringUpToDate(scope: SynapseScope, context: Context): void {
  const { equations, name, owned } = scope.plan;
  const since = scope.block.name('since', code`${nowOf(scope)} - ${scope.read('last update')}`);
  const seconds = scope.block.name('elapsed', to(context.real, folded`f64(${since}) * ${programStep(context)}`));
  const courses = [...coursesOf(equations)].filter(([variable]) => owned?.variables.has(variable) !== true);
  // Writes follow one another, so values that other variables read are kept.
  const kept = new Map<string, Ir>();
  for (const [, course] of courses)
    for (const other of typeof course === 'string' ? [] : course.driving.keys())
      if (!kept.has(other)) {
        const copy = scope.block.local(`${other}_before`, context.real);
        scope.block.write`${copy} = ${to(context.real, scope.read(other))}`;
        kept.set(other, ir.get(copy));
      }
  const before = (variable: string): Ir => kept.get(variable) ?? to(context.real, scope.read(variable));
  for (const [variable, course] of courses) {
    if (typeof course === 'string') {
      context.diagnostics.add(
        messages.methodRefused(
          'event-driven',
          name,
          `the equation of ${variable} ${course}`,
          'integrate it each step instead (clock-driven)',
        ),
      );
      continue;
    }
    const value = valueAfterTime(variable, course, before, (factor) => factor(seconds, scope));
    scope.write(variable, settled(value, scope.block));
  }
}
