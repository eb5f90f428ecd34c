/**
 * Synapses that a rank keeps. Every rank builds a projection whole. If its synapses only add to their targets, the rank
 * then keeps those onto its own cells, and releases the memory of the others before the next projection is built.
 */

import type { Kernel, Program } from '../../ir/program.js';
import { accessesOf, isDivided, type Distribution, type OwnSynapses } from './distribution.js';

/** Returns a distribution in which ranks remove synapses of other ranks, for programs with synapses that no host reads. */
export const withOwnSynapses = (program: Program, distribution: Distribution): Distribution => ({
  ...distribution,
  ownSynapses: ownSynapses(program, distribution),
});

function ownSynapses(program: Program, { spaces }: Distribution): readonly OwnSynapses[] {
  const { initialise, step, procedures } = program.schedule;
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const lengths = new Map(program.buffers.map(({ name, length }) => [name, length]));
  const isDrawn = (buffer: string): boolean => typeof lengths.get(buffer) === 'object';
  const later = new Set([
    ...step.map(({ kernel }) => kernel),
    ...Object.values(procedures).flatMap((actions) =>
      actions.flatMap((action) => (action.kind === 'run' ? [action.kernel] : [])),
    ),
  ]);
  const running = [...later].flatMap((name) => kernels.get(name) ?? []);
  const buffersOf = new Map([...kernels.values()].map((kernel) => [kernel.name, new Set(allBuffers(program, kernel))]));
  const readersOf = (buffer: string): readonly Kernel[] =>
    running.filter(({ name }) => buffersOf.get(name)?.has(buffer) === true);
  const seen = new Set<string>();
  return program.manifest.projections.flatMap(({ name, targets, segments }): readonly OwnSynapses[] => {
    // Several projections may have joint rows.
    if (seen.has(targets)) return [];
    seen.add(targets);
    const deliveries = readersOf(targets);
    const space = spaces.get(deliveries[0]?.name ?? '');
    const segmentCount = lengths.get(segments);
    const hasState = program.manifest.variables.some(({ owner, state }) => owner === name && state);
    if (hasState || !space || typeof segmentCount !== 'number' || !isDrawn(targets)) return [];
    const isDelivery = (kernel: Kernel): boolean =>
      kernel.shape === 'propagate' &&
      kernel.order.kind === 'byTarget' &&
      kernel.order.targets === targets &&
      kernel.segments === segments &&
      isDivided(spaces.get(kernel.name)) &&
      JSON.stringify(spaces.get(kernel.name)) === JSON.stringify(space);
    const arrays = new Set([targets]);
    for (const kernel of deliveries)
      for (const { buffer, atPosition } of accessesOf(program, kernel)) if (atPosition) arrays.add(buffer);
    const isOwn = [...arrays, segments].every((buffer) =>
      readersOf(buffer).every(
        (kernel) =>
          isDelivery(kernel) &&
          accessesOf(program, kernel).every(
            (access) => access.buffer !== buffer || (access.atPosition && !access.writes),
          ),
      ),
    );
    if (!isOwn || ![...arrays].every(isDrawn)) return [];
    const all = new Set([...arrays, segments]);
    const action = initialise.findLastIndex((one) =>
      one.kind === 'run'
        ? [...(buffersOf.get(one.kernel) ?? [])].some((buffer) => all.has(buffer))
        : one.buffers.some((buffer) => all.has(buffer)),
    );
    return [{ projection: name, action, segments, segmentCount, targets, space, arrays: [...arrays] }];
  });
}

/** Buffers that a kernel touches in its body or by its shape, without those of events. */
function allBuffers(program: Program, kernel: Kernel): readonly string[] {
  const own = accessesOf(program, kernel).map(({ buffer }) => buffer);
  if (kernel.shape === 'propagate')
    return [...own, kernel.segments, ...(kernel.order.kind === 'byTarget' ? [kernel.order.targets] : [])];
  const isCounted = kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count === 'object';
  return isCounted ? [...own, kernel.domain.count.buffer] : own;
}
