/** Stepping by slots: one slot after another, each over all elements at once. */

import { lowerCable } from '../cable/solve.js';
import type { Context } from '../context.js';
import { lowerCurrents } from '../currents.js';
import { lowerDeliveries } from '../deliver.js';
import { lowerLinks } from '../links.js';
import { withoutModes } from '../modes.js';
import { multiplesKernel } from '../multiples.js';
import { enterFirstRegimes, lowerGroup } from '../neurons.js';
import { lowerOperations } from '../operations.js';
import { pathwayCodes } from '../pathways.js';
import { replayKernel } from '../replay.js';
import { lowerContinuousSynapses } from '../sums.js';
import { keepInputs } from '../used-inputs.js';
import type { StepPhase } from './place.js';
import type { Populations, Schedule } from './schedule.js';

/** The schedule of profiles that go by slots. */
export const slots: Schedule = {
  prepare: withoutModes,
  populations({ groups, rings }, entries, context) {
    for (const group of groups)
      context.diagnostics.within(`/neurons/${group.name}`, () => lowerGroup(group, rings, context));
    for (const cable of context.cables)
      context.diagnostics.within(`/neurons/${cable.name}`, () => lowerCable(cable, groups, context));
    enterFirstRegimes(groups, entries, context);
    lowerLinks(groups, context);
    replayInSlots(rings, context);
  },
  steps({ groups, projections, rings }, context, done) {
    // What synapses do in each step and at events, in the order of the delivery slots.
    const codes = projections.flatMap(({ plan, connectivity, storage }) =>
      context.diagnostics.within(`/synapses/${plan.projection.synapse}`, () => {
        lowerContinuousSynapses(plan, connectivity, storage, context);
        return pathwayCodes(plan, connectivity, storage, context);
      }),
    );
    lowerDeliveries(codes, groups, rings, context);
    done('deliveries');
    // Stimuli and operations.
    lowerOperations(groups, context);
    lowerCurrents(groups, context);
    done('operations');
    return { groups, projections, copies: new Map() };
  },
  finish: ({ groups }, context) => keepInputs(groups, context),
};

/** Populations that replay given spikes emit them in the slot of thresholds. */
function replayInSlots(rings: Populations['rings'], context: Context): void {
  const { builder, model, profile } = context;
  for (const [name, { type, order }] of Object.entries(model.populations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = rings.get(`${name}.spike`);
    if (type !== undefined || !source) continue;
    const each = (kernel: string, phase: StepPhase): void =>
      builder.each(kernel, { slot: profile.defaults.threshold, order, phase });
    each(replayKernel(name, source, context), 'main');
    const listed = `lists the elements of ${name} that spike`;
    each(builder.compact(`${name}.spike.compact`, listed, source.ring.name), 'list');
    if (source.times) each(multiplesKernel(source, context), 'log multiples');
  }
}
