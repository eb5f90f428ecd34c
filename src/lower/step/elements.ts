/**
 * Pass: a whole step element by element, for timing profiles that step so. First what is due is delivered; then each
 * population in order, its elements in order, each after the synapses onto it; what is emitted without delay acts at
 * once.
 */

import * as ir from '../../ir/builder.js';
import { expressionsOf, namesIn } from '../../lang/walk.js';
import type { Context } from '../context.js';
import { timeBuffer } from '../step-time.js';
import type { Group } from '../groups.js';
import { multiplesKernel } from '../multiples.js';
import { changesFirstValues, deriveAgain } from '../phases.js';
import type { ProjectionPlan } from '../projection.js';
import { creationSort } from '../synapses/indices.js';
import type { Deliveries } from '../elements/deliveries.js';
import { deliveriesOf } from '../elements/deliveries.js';
import type { Network, SteppedGroup } from '../elements/layout.js';
import {
  projectionsByEnd,
  shownGroup,
  shownProjection,
  stepGroups,
  steppingOrder,
  stepProjection,
} from '../elements/layout.js';
import { firstRegime, populationKernel, stepKernels } from '../elements/populations.js';
import { poissonBeforeElements } from '../deliver.js';
import { lowerOperations } from '../operations.js';
import { replayKernel } from '../replay.js';
import { invariant } from '../../diagnostics/diagnostic.js';
import { timeNow } from '../elements/element-code.js';
import { noEntries } from '../modes.js';
import type { BuiltNetwork, Recorded, Schedule } from './schedule.js';

/** The schedule of profiles that go by elements. */
export const elements: Schedule = {
  prepare: (model) => ({ model, entries: noEntries }),
  populations: () => undefined,
  steps: (network, context, done) => {
    const recorded = lowerSteps(network, context);
    done('steps');
    return recorded;
  },
  finish: () => undefined,
};

/** Adds the kernels of every step, and those that make the state before the first. */
function lowerSteps({ groups, plans, projections: built, rings }: BuiltNetwork, context: Context): Recorded {
  const { builder, profile } = context;
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
  const deliveries = deliveriesOf(network);
  const start = profile.defaults.operation;
  builder.each(timeKernel(network), { slot: start, order: 'first' });
  deliveries.schedule();
  lowerOperations(groups, context);
  poissonBeforeElements(groups, context);
  const populations = steppingOrder(context);
  const memberOf = (name: string): { stepped: SteppedGroup; member: Group['members'][number] } | null => {
    for (const stepped of network.groups) {
      const member = stepped.group.members.find((candidate) => candidate.name === name);
      if (member) return { stepped, member };
    }
    return null;
  };
  const slot = profile.defaults.integrate;
  populations.forEach((name, order) => {
    const found = memberOf(name);
    const kernels = found
      ? stepKernels(network, found.stepped, found.member, deliveries)
      : [replay(network, name, deliveries)];
    // Entries of one order run in the order in which they are added.
    for (const kernel of kernels) builder.each(kernel, { slot, order });
  });
  for (const source of rings.values()) {
    const { ring, population, event } = source;
    const kernel = builder.compact(
      `${ring.name}.compact`,
      `lists the elements of ${population} that emit ${event}`,
      ring.name,
    );
    builder.each(kernel, { slot, order: populations.length });
    if (source.times) builder.each(multiplesKernel(source, context), { slot, order: populations.length });
  }
  const starting = (stage: 'derive' | 'enter'): string[] =>
    populations.flatMap((name) => {
      const found = memberOf(name);
      if (!found || (stage === 'enter' && firstRegime(found.stepped) < 0)) return [];
      return populationKernel(network, found.stepped, found.member, stage, deliveries) ?? [];
    });
  // First values may depend on those of other populations, so they are computed twice.
  const derive = starting('derive');
  if (changesFirstValues(context.model.experiment.protocol))
    builder.procedure(deriveAgain).push(...derive.map((kernel) => ({ kind: 'run' as const, kernel })));
  for (const kernel of [...derive, ...starting('enter'), ...derive]) builder.initially(kernel);
  return {
    groups: network.groups.map(shownGroup),
    projections: network.projections.map(shownProjection),
    copies: new Map(
      [
        ...network.groups.map(({ group, shown }) => ({ storage: group.storage, shown })),
        ...network.projections,
      ].flatMap(({ storage, shown }) =>
        [...shown].flatMap(([name, copy]) => {
          const own = storage.get(name);
          return own?.kind === 'array' ? [[own.buffer.name, copy] as const] : [];
        }),
      ),
    ),
  };
}

/** Populations that replay given spikes; what the spikes do at once is done as they are emitted. */
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

/** Whether what some event does to synapses depends on the time. */
const readsTime = ({ pathways }: ProjectionPlan): boolean =>
  pathways.some(({ pathway }) =>
    pathway.do.some((statement) => expressionsOf(statement).some((e) => namesIn(e).has('t'))),
  );

/** Time is a sum: its rounding decides in which step something falls due. */
function timeKernel({ time, timeBefore, context }: Network): string {
  const now = ir.load(time, ir.u32(0));
  return context.builder.sequential('time.advance', 'the time at the end of this step', [
    ...(timeBefore ? [ir.store(timeBefore, ir.u32(0), now)] : []),
    ir.store(time, ir.u32(0), ir.add(now, ir.f64(context.dt))),
  ]);
}
