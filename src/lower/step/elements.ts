/**
 * Pass: a whole step element by element, for timing profiles of this kind. Deliveries that are due come first. Then
 * each population steps its elements in order, each after the synapses onto it. Events without delay act at once.
 */

import { expressionsOf, namesIn } from '../../lang/walk.js';
import type { Context } from '../context/context.js';
import { Block } from '../code/block.js';
import { timeBuffer } from '../code/step-time.js';
import type { Member } from '../context/groups.js';
import { multiplesKernel } from '../events/multiplicity.js';
import { changesFirstValues, deriveAgain } from '../protocol/phases.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { creationSort } from '../synapses/indices.js';
import type { Deliveries } from '../elements/deliveries.js';
import { deliveriesOf } from '../elements/deliveries.js';
import type { Network, SteppedGroup } from '../elements/layout.js';
import {
  projectionsByEnd,
  recordedGroup,
  recordedProjection,
  stepGroups,
  steppingOrder,
  stepProjection,
} from '../elements/layout.js';
import { firstRegime, populationKernel, stepKernels } from '../elements/populations.js';
import { poissonBeforeElements } from '../projections/deliver.js';
import { lowerOperations } from '../protocol/operations.js';
import { replayKernel } from '../events/replay.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import { timeNow } from '../elements/element-code.js';
import { noModes } from '../events/modes.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import type { BuiltNetwork, Recorded, Schedule } from './schedule.js';

/** The schedule of profiles that step by elements. */
export const elements: Schedule = {
  prepare: (model) => ({ model, modes: noModes }),
  populations: () => [],
  steps: (built, run) =>
    run('steps', (context) => {
      const network = networkOf(built, context);
      const deliveries = deliveriesOf(network);
      return { entries: stepsOf(network, deliveries), delays: deliveries.delays, recorded: recordedOf(network) };
    }).recorded,
  finish: () => [],
};

/** The network as its elements are stepped; synapses onto each element are sorted by creation. */
function networkOf({ groups, plans, projections: built, rings }: BuiltNetwork, context: Context): Network {
  const { builder } = context;
  const steppedGroups = stepGroups(groups, plans, context);
  const projections = inOrder(built.map((projection) => stepProjection(projection, context)));
  const network: Network = {
    context,
    groups: steppedGroups,
    projections,
    projectionsAt: projectionsByEnd(projections),
    rings,
    time: timeBuffer(context),
    timeBefore: plans.some(readsTime) ? builder.buffer('time.before', 'f64', 1, 'time of the step before (s)') : null,
  };
  for (const { plan, connectivity } of network.projections)
    if (connectivity.columns && connectivity.creation)
      builder.initially(creationSort(`${plan.name}.by_creation`, connectivity.columns, connectivity.creation, context));
  return network;
}

/** Returns the kernels of every step, and adds the kernels that compute the state before the first. */
function stepsOf(network: Network, deliveries: Deliveries): readonly PlacedEntry[] {
  const { context, rings } = network;
  const { builder, profile } = context;
  const groups = network.groups.map(({ group }) => group);
  const entries = [
    ...network.groups.flatMap(({ noise }) => noise.entries),
    inStep(timeKernel(network), { slot: profile.defaults.operation, order: 'first' }),
    ...deliveries.due(),
    ...lowerOperations(groups, [], context),
    ...poissonBeforeElements(groups, context),
  ];
  const { integrate: slot } = profile.defaults;
  const populations = steppingOrder(context);
  populations.forEach((name, order) => {
    const steppedMemberOfName = steppedMember(name, network);
    const kernels = steppedMemberOfName
      ? stepKernels(network, steppedMemberOfName.stepped, steppedMemberOfName.member, deliveries)
      : [replay(network, name, deliveries)];
    // Entries of one order run in the order of their addition.
    entries.push(...kernels.map((kernel) => inStep(kernel, { slot, order })));
  });
  for (const source of rings.values()) {
    const { ring, population, event } = source;
    const listed = `lists the elements of ${population} that emit ${event}`;
    const kernels = [builder.compact(`${ring.name}.compact`, listed, ring.name)];
    if (source.times) kernels.push(multiplesKernel(source, context));
    entries.push(...kernels.map((kernel) => inStep(kernel, { slot, order: populations.length })));
  }
  const starting = (stage: 'derive' | 'enter'): string[] =>
    populations.flatMap((name) => {
      const steppedMemberOfName = steppedMember(name, network);
      if (!steppedMemberOfName || (stage === 'enter' && firstRegime(steppedMemberOfName.stepped) < 0)) return [];
      return (
        populationKernel(network, steppedMemberOfName.stepped, steppedMemberOfName.member, stage, deliveries) ?? []
      );
    });
  // Initial values may depend on other populations, so they are computed twice.
  const derive = starting('derive');
  if (changesFirstValues(context.model.experiment.protocol))
    builder.procedure(deriveAgain, ...derive.map((kernel) => ({ kind: 'run' as const, kernel })));
  for (const kernel of [...derive, ...starting('enter'), ...derive]) builder.initially(kernel);
  return entries;
}

/** A population with its group; null for one that replays spikes. */
function steppedMember(name: string, { groups }: Network): { stepped: SteppedGroup; member: Member } | null {
  for (const stepped of groups) {
    const member = stepped.group.members.find((candidate) => candidate.name === name);
    if (member) return { stepped, member };
  }
  return null;
}

/** The view of recordings and phases on the network. */
function recordedOf(network: Network): Recorded {
  return {
    groups: network.groups.map(recordedGroup),
    projections: network.projections.map(recordedProjection),
    copies: new Map(
      [
        ...network.groups.map(({ group, shown }) => ({ storage: group.storage, shown })),
        ...network.projections,
      ].flatMap(({ storage, shown }) =>
        [...shown].flatMap(([name, copy]) => {
          const stored = storage.get(name);
          return stored?.kind === 'array' ? [[stored.buffer.name, copy] as const] : [];
        }),
      ),
    ),
  };
}

/** Adds populations that replay given spikes; immediate effects run at the emission. */
function replay(network: Network, name: string, deliveries: Deliveries): string {
  const { context, rings } = network;
  const source = rings.get(`${name}.spike`);
  invariant(source, 'lower/step/elements', `${name} emits nothing`);
  return replayKernel(name, source, context, (element, block) =>
    deliveries.emit({ name }, 'spike', element, block, timeNow(network, block)),
  );
}

const inOrder = <T extends { readonly plan: ProjectionPlan }>(projections: readonly T[]): T[] =>
  [...projections].sort(
    (a, b) => a.plan.projection.order - b.plan.projection.order || (a.plan.name < b.plan.name ? -1 : 1),
  );

/** Whether the effect of some event on synapses depends on the time. */
const readsTime = ({ pathways }: ProjectionPlan): boolean =>
  pathways.some(({ pathway }) =>
    pathway.do.some((statement) => expressionsOf(statement).some((e) => namesIn(e).has('t'))),
  );

/** Time is a sum; its rounding decides in which step an event is due. */
function timeKernel({ time, timeBefore, context }: Network): string {
  const block = new Block();
  if (timeBefore) block.write`${timeBefore}[0u] = ${time}[0u]`;
  block.write`${time}[0u] = ${time}[0u] + ${context.dt}`;
  return context.builder.sequential('time.advance', 'the time at the end of this step', block);
}
