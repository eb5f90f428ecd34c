/** The consequences of an element's events for its later events and rates: tests, times and refractory periods. */

import { invariant } from '../../diagnostics/diagnostic.js';
import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import { drawsIn } from '../../lang/functions.js';
import { namesIn } from '../../lang/walk.js';
import { Block } from '../code/block.js';
import { ElementScope, notRefractory, rangesAddress, refractorySteps } from '../scopes/element-scope.js';
import type { EventCode } from '../context/equations.js';
import { compileCondition, to } from '../code/expressions.js';
import { inputsOf, rangesOf } from '../context/groups.js';
import { onceAndAfterSet } from './exact.js';
import { isConstant } from './integrate.js';
import { begins } from './rising-edge.js';
import { step } from '../code/step-time.js';

/** Where refractoriness is stored, it is decided at the start of the update and holds until the next. */
export function updateRefractoriness(scope: ElementScope): void {
  const { block, group, place } = scope;
  for (const event of group.events) {
    const stored = group.notRefractory.get(event.name);
    const last = group.lastEvent.get(event.name);
    if (!stored || !last) continue;
    let free: Ir;
    if (event.refractoryWhile) {
      const holds = compileCondition(event.refractoryWhile, scope);
      free = code`${to('bool', ir.load(stored, place))} | ${folded`!${holds}`}`;
    } else {
      invariant(event.refractoryFor, 'lower/refractoriness', 'a refractory period has a duration or a condition');
      free = code`${step} - ${last}[${place}] >= ${periodAtUpdate(event, scope)}`;
    }
    block.write`${stored}[${place}] = ${to('u32', block.name('free', free))}`;
  }
}

/**
 * i32 steps of the refractory period at an update. A period of parameters alone is computed at the start and after each
 * `set`, which saves a division for each element and step.
 */
function periodAtUpdate(event: EventCode, scope: ElementScope): Ir {
  const { context, group, place } = scope;
  const { derived } = group.equations;
  const period = event.refractoryFor;
  const holds =
    period !== null &&
    !drawsIn(period) &&
    isConstant(period, group.equations, inputsOf(group)) &&
    [...namesIn(period)].every((name) => !derived.has(name));
  if (!holds) return refractorySteps(event, scope);
  const what = `refractory period of ${event.name} of ${group.name} in steps`;
  const name = `${group.name}.period_${event.name}`;
  const buffer = context.builder.buffer(name, 'i32', group.length, what);
  const block = new Block();
  const steps = refractorySteps(event, new ElementScope(context, group, rangesAddress, block, null));
  block.write`${buffer}[index] = ${steps}`;
  const kernel = context.builder.map(name, what, rangesOf(group), false, block);
  onceAndAfterSet(kernel, group.name, context);
  return ir.load(buffer, place);
}

/** Whether the rate of each variable is in force, for the variables that some event freezes. */
export function activity(scope: ElementScope): Map<string, Ir> {
  const { address, block, group } = scope;
  const active = new Map<string, Ir>();
  for (const { name: event, definition } of group.events) {
    const { refractory } = definition;
    if (!refractory || refractory.rate.length === 0) continue;
    const free = block.name(`active_${event}`, notRefractory(group, event, address, scope));
    for (const name of refractory.rate) {
      const other = active.get(name);
      active.set(name, other ? code`${other} & ${free}` : free);
    }
  }
  return active;
}

/** Whether an element emits an event: its condition holds, or begins to, and no refractory period suppresses it. */
export function eventCondition(event: EventCode, scope: ElementScope): Ir {
  const { address, block, context, group, place } = scope;
  let condition = compileCondition(event.when, scope);
  if (event.definition.edge === 'rising') {
    const watched = { name: `${group.name}.${event.name}`, length: group.length, index: place, block };
    condition = begins(condition, watched, context);
  }
  for (const other of group.events) {
    const { refractory } = other.definition;
    const suppressed = other.name === event.name ? refractory?.suppress : refractory?.of?.includes(event.name);
    if (suppressed) condition = folded`${condition} & ${notRefractory(group, other.name, address, scope)}`;
  }
  return condition;
}

/** Notes an event of an element, before its actions run; a refractory period begins. */
export function noteEvent({ name, ...event }: EventCode, scope: ElementScope): void {
  const { block, group, place } = scope;
  noteTime(name, scope);
  const stored = group.notRefractory.get(name);
  if (stored) block.write`${stored}[${place}] = 0u`;
  const fixed = group.refractorySteps.get(name);
  if (fixed) block.write`${fixed}[${place}] = ${refractorySteps({ name, ...event }, scope)}`;
}

/** Stores the step of an event's time. If events are labelled by the end of a step, refractory periods begin there. */
export function noteTime(event: string, { block, context, group, place }: ElementScope): void {
  const last = group.lastEvent.get(event);
  if (last) block.write`${last}[${place}] = ${context.profile.spikeLabel === 1 ? code`${step} + 1i` : step}`;
}
