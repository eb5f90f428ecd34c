/**
 * Synapses that do not receive all events in flight when a session begins, such as synapses created after these events.
 * Each has the range of emission steps that it receives.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Context } from '../context/context.js';
import type { PathwayCode } from './pathways.js';

/**
 * Names of the arrays (i32, by position) of the first emission step that a synapse receives, and of the step after the
 * last.
 */
export const receivedStepBuffers = (key: string): { readonly from: string; readonly until: string } => ({
  from: `${key}.heard_from`,
  until: `${key}.heard_until`,
});

/** Whether the synapse at a position receives an event sent in an i32 step; null if all synapses do. */
export function receives(
  { plan, pathway, connectivity }: Pick<PathwayCode, 'plan' | 'pathway' | 'connectivity'>,
  position: Ir,
  emission: Ir,
  { builder, pendingDelivery: { pathways, step } }: Context,
): Ir | null {
  const key = `${plan.name}.${pathway.window?.of ?? pathway.name}`;
  if (!pathways.has(key) || (pathway.window?.version ?? 0) > 0) return null;
  const buffer = (name: string, comment: string): Buffer => {
    const stepBuffer = builder.buffer(name, 'i32', connectivity.count, `${comment} of ${key}`);
    if (typeof connectivity.count !== 'number') builder.allocate(stepBuffer);
    return stepBuffer;
  };
  const { from, until } = receivedStepBuffers(key);
  const since = ir.load(buffer(from, 'first emission step that each synapse receives'), position);
  const end = ir.load(buffer(until, 'step after the last emission step that each synapse receives'), position);
  return code`${emission} >= ${step}i | ${emission} >= ${since} & ${emission} < ${end}`;
}
