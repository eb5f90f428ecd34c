/** Stepping by slots: one slot after another, each over all elements at once. */

import { Block } from '../code/block.js';
import { lowerCable } from '../cable/solve.js';
import { atTicks, onClock, onClockOf } from '../code/clocks.js';
import type { Context } from '../context/context.js';
import { lowerCurrents } from '../protocol/currents.js';
import { lowerDeliveries } from '../projections/deliver.js';
import { clearMasks } from '../events/events.js';
import { testFirst } from '../events/conditions-at-start.js';
import { lowerLinks } from '../links.js';
import { withoutModes } from '../events/modes.js';
import { multiplesKernel } from '../events/multiplicity.js';
import { enterFirstRegimes, lowerGroup } from '../neurons.js';
import { lowerOperations } from '../protocol/operations.js';
import { pathwayCodes } from '../projections/pathways.js';
import { orderByTime, replayKernel } from '../events/replay.js';
import { lowerContinuousSynapses } from '../projections/sums.js';
import { synapseGroups } from '../projections/synapse-ends.js';
import { keepInputs } from './input-copies.js';
import { inStep, type PlacedEntry, type StepPhase } from '../context/place.js';
import type { Populations, Schedule } from './schedule.js';

/** The schedule of profiles that step by slots. */
export const slots: Schedule = {
  prepare: withoutModes,
  populations({ groups, rings }, { entries, silent }, context) {
    const { diagnostics, cables } = context;
    const groupEntries = groups.flatMap((group) =>
      diagnostics.within(`/neurons/${group.name}`, () => lowerGroup(group, rings, onClock(group.clock, context))),
    );
    const solved = cables.flatMap((cable) =>
      diagnostics.within(`/neurons/${cable.name}`, () => lowerCable(cable, groups, context)),
    );
    enterFirstRegimes(groups, entries, context);
    const links = lowerLinks(groups, context);
    const reading = links.map(({ entry }) => entry.kernel);
    testFirst(groups, silent, reading, context);
    return [...groupEntries, ...quietSteps(rings, context), ...solved, ...links, ...replayInSlots(rings, context)];
  },
  steps({ groups, projections, rings }, run) {
    // The work of synapses in each step and at events, in the order of the delivery slots.
    run('deliveries', (context) => {
      const lowered = projections.map((built) =>
        context.diagnostics.within(`/synapses/${built.plan.projection.synapse}`, () => ({
          entries: lowerContinuousSynapses(built, context),
          codes: pathwayCodes(built, context),
        })),
      );
      const codes = lowered.flatMap((each) => each.codes);
      return {
        entries: [
          ...lowered.flatMap(({ entries }) => entries),
          ...lowerDeliveries(codes, [...groups, ...synapseGroups(projections)], rings, context),
        ],
      };
    });
    // Stimuli and operations.
    run('operations', (context) => ({
      entries: [...lowerOperations(groups, projections, context), ...lowerCurrents(groups, context)],
    }));
    return { groups, projections, copies: new Map() };
  },
  finish: ({ groups }, context) => keepInputs(groups, context),
};

/** Populations with a clock emit no events between its ticks, so the last events are cleared. */
function quietSteps(rings: Populations['rings'], context: Context): readonly PlacedEntry[] {
  const clocked = [...rings.values()].filter(({ population }) => onClockOf(population, context).every > 1);
  if (clocked.length === 0) return [];
  const block = new Block();
  clearMasks(clocked, block);
  const kernel = context.builder.sequential('quiet', 'forgets the events of the step before', block);
  return [inStep(kernel, { slot: context.profile.slots[0] ?? context.profile.defaults.hold, order: 'first' })];
}

/** Populations that replay given spikes emit them in the slot of thresholds. */
const replayInSlots = (rings: Populations['rings'], context: Context): readonly PlacedEntry[] =>
  Object.entries(context.model.populations)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { type, order, slot }]) => {
      const source = rings.get(`${name}.spike`);
      if (type !== undefined || !source) return [];
      const { builder, profile } = context;
      const at = (kernel: string, phase: StepPhase): PlacedEntry =>
        inStep(kernel, { slot: slot ?? profile.defaults.threshold, order, phase, name });
      const populationContext = onClockOf(name, context);
      const replayed = atTicks([at(replayKernel(name, source, populationContext), 'main')], populationContext);
      const listed = builder.compact(
        `${name}.spike.compact`,
        `lists the elements of ${name} that spike`,
        source.ring.name,
      );
      const ordered = orderByTime(name, source, populationContext);
      return [
        ...replayed,
        at(listed, 'list'),
        ...(ordered === null ? [] : [at(ordered, 'list')]),
        ...(source.times ? [at(multiplesKernel(source, context), 'log multiples')] : []),
      ];
    });
