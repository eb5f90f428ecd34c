/** Delays of pathways in whole steps, and the longest of each event. */

import type { Value } from '../../model/typed.js';
import { arrayOf } from '../../model/arrays.js';
import { type Profile, rankOf } from '../context/profile.js';
import { type BoundedProjection, delayInterval } from './projection-bounds.js';
import type { Context } from '../context/context.js';
import type { DelaySteps, ProjectionPlan } from './projection.js';
import { roundDelay } from './round-delay.js';
import * as messages from '../context/messages.js';

/** Returns the least delay of a pathway in steps: zero if its slot follows the tests for events. */
export const leastDelayIn = (slot: string, profile: Profile): 0 | 1 =>
  rankOf(profile, slot) > rankOf(profile, profile.defaults.threshold) ? 0 : 1;

/** The whole steps that the delays of a pathway may take; null after a finding. */
export function delaySteps(
  delay: Value,
  least: 0 | 1,
  plan: BoundedProjection,
  phases: number,
  context: Context,
): DelaySteps | null {
  const { diagnostics } = context;
  const { name } = plan;
  // A random draw may have given no connections, and therefore no delays.
  if (typeof delay === 'object' && delay.kind === 'array' && arrayOf(delay.array, context.data).length === 0)
    return { first: least, last: least };
  const bounds = delayInterval(delay, plan, phases, context);
  if (!bounds) return null;
  noteRounding(delay, name, context);
  const steps = { first: roundDelay(bounds.low, context), last: roundDelay(bounds.high, context) };
  const span = steps.last - steps.first + 1;
  if (steps.last <= 65535 && span > 1 && Math.max(plan.pre.size, plan.post.size) * span > mostSegments) {
    diagnostics.add(
      messages.unsupportedFeature(
        `delays of projection ${name} that range over ${span} steps, from so many elements,`,
        'narrow the range of the delays, as in clip(expression, 0*ms, 20*ms)',
      ),
    );
    return null;
  }
  if (steps.last > 65535) diagnostics.add(messages.delayTooLong(name, steps.last));
  else if (steps.first < least) diagnostics.add(messages.zeroDelay(name));
  else return steps;
  return null;
}

/** Notes known delays that are not a whole number of steps. */
function noteRounding(delay: Value, projection: string, context: Context): void {
  const { dt, builder, data, profile } = context;
  // Delays in Brian are always times, and its users expect them to be rounded.
  if (profile.spikeLabel === 0) return;
  const known =
    typeof delay === 'number'
      ? [delay]
      : typeof delay === 'object' && delay.kind === 'array'
        ? arrayOf(delay.array, data)
        : [];
  const rounded = new Set<number>();
  for (let k = 0; k < known.length && rounded.size <= 3; k++) {
    const seconds = known[k] as number;
    if (Math.abs(seconds / dt - Math.round(seconds / dt)) > 1e-6) rounded.add(seconds);
  }
  if (rounded.size === 0) return;
  const ms = (seconds: number): string => String(Number((seconds * 1e3).toPrecision(6)));
  const examples = [...rounded]
    .slice(0, 3)
    .map((seconds) => `${ms(seconds)} ms becomes ${ms(roundDelay(seconds, context) * dt)} ms`);
  builder.note(
    `delays of ${projection} are not multiples of the time step and are rounded: ` +
      `${examples.join(', ')}${rounded.size > 3 ? ', …' : ''}`,
  );
}

/** Rows are indexed by delay: at most a gibibyte of offsets. */
const mostSegments = 268435456;

/** Returns the longest delay in steps for each event ring. */
export function longestDelays(plans: readonly ProjectionPlan[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const plan of plans) {
    for (const pathway of plan.pathways) {
      const end = pathway.side === 'pre' ? plan.pre : plan.post;
      const key = `${end.population}.${pathway.event}`;
      longest.set(key, Math.max(longest.get(key) ?? 0, pathway.steps.last + pathway.late));
    }
  }
  return longest;
}
