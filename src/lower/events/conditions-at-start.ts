/**
 * Pass: conditions of time before the first step.
 *
 * If times are labelled by the end of a step, conditions are tested at its end. A condition without an event, such as
 * the delay of a current generator, may already hold at time 0. Its effects then apply from time 0.
 */

import { bool } from '../../ir/builder.js';
import { code } from '../../ir/template.js';
import { drawsIn } from '../../lang/functions.js';
import { expressionsOf, namesIn } from '../../lang/walk.js';
import { Block } from '../code/block.js';
import type { Context } from '../context/context.js';
import { ElementScope, rangesAddress } from '../scopes/element-scope.js';
import { inlineDerived, type EventCode } from '../context/equations.js';
import { to } from '../code/expressions.js';
import type { Group } from '../context/groups.js';
import type { SilentEvents } from './modes.js';
import { initialSample } from '../context/protocol.js';
import { eventCondition } from '../integration/refractoriness.js';
import { groupKernel } from '../scopes/step-scope.js';
import { step } from '../code/step-time.js';

/**
 * Tests conditions of time that emit no event as at the end of the step before the first one, before the first sample
 * of the state.
 *
 * @param silent conditions that emit no event, by type
 * @param links kernels that read the variables that elements are linked to
 */
export function testFirst(
  groups: readonly Group[],
  silent: SilentEvents,
  links: readonly string[],
  context: Context,
): void {
  const { builder, dt, profile } = context;
  if (profile.spikeLabel === 0) return;
  const tests = groups.flatMap((group) => {
    const events = group.events.filter(
      (event) => silent.get(group.name)?.has(event.name) === true && isOfTime(event, group),
    );
    if (events.length === 0) return [];
    const block = new Block();
    const scope = new ElementScope(context, group, rangesAddress, block, null);
    // Sessions may begin in the middle.
    const before = block.name('step_before', code`${step} - 1i`);
    scope.overrides = new Map([
      ['t', code`f64(${before}) * ${dt}`],
      ['t_in_timesteps', before],
    ]);
    const conditions = events.map((event) => block.name(`${event.name}_holds`, eventCondition(event, scope)));
    events.forEach((event, k) => {
      scope.execute(event.do, ({ variable }, value) => {
        if (!group.storage.has(variable)) return scope.write(variable, value);
        const before = scope.readTarget(variable);
        scope.write(variable, code`select(${conditions[k] ?? bool(false)}, ${to(before.type, value)}, ${before})`);
      });
    });
    scope.storeAll();
    return [groupKernel(group, 'first_conditions', `conditions at time 0: ${group.name}`, block, context)];
  });
  if (tests.length === 0) return;
  builder.procedure(initialSample, ...[...links, ...tests].map((kernel) => ({ kind: 'run' as const, kernel })));
}

/** Whether a condition depends on the time, and its event draws no random numbers. */
function isOfTime({ when, do: actions }: EventCode, { equations }: Group): boolean {
  const whole = inlineDerived(when, equations.derived);
  return namesIn(whole).has('t') && ![whole, ...actions.flatMap(expressionsOf)].some(drawsIn);
}
