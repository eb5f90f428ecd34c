/**
 * Synapses that a rank keeps. If the synapses of a projection only add to their targets, a rank keeps those onto its
 * own cells. It draws the targets of all of them. Where nothing else depends on the positions of synapses, it removes
 * the others then, so it draws delays and weights for its own only; otherwise it removes them when they are built.
 */

import type { ProjectionLocation } from '../../ir/manifest.js';
import type { Kernel, Program } from '../../ir/program.js';
import { accessesOf, isDivided, type Distribution, type OwnSynapses } from './distribution.js';
import { dependsOnPairsAlone, type Building, type Run } from './synapse-positions.js';

/**
 * Returns a distribution in which ranks remove synapses of other ranks, for programs with synapses that no host reads.
 */
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
  const buffersOf = new Map([...kernels.values()].map((kernel) => [kernel.name, new Set(allBuffers(program, kernel))]));
  const readers = byBuffer(
    [...later].flatMap((name) => kernels.get(name) ?? []),
    ({ name }) => buffersOf.get(name) ?? [],
  );
  const readersOf = (buffer: string): readonly Kernel[] => readers.get(buffer) ?? [];
  const runs = initialise.flatMap((one, action): readonly Run[] => {
    const kernel = one.kind === 'run' ? kernels.get(one.kernel) : undefined;
    return kernel ? [{ action, kernel, buffers: buffersOf.get(kernel.name) ?? new Set() }] : [];
  });
  const arrays = byBuffer(program.buffers, ({ length }) => (typeof length === 'object' ? [length.buffer] : []));
  const building: Building = {
    runsOf: byBuffer(runs, ({ buffers }) => buffers),
    arraysOf: new Map([...arrays].map(([counts, each]) => [counts, each.map(({ name }) => name)])),
    readersOf,
  };
  const built = (location: ProjectionLocation): readonly OwnSynapses[] => {
    const { name, targets, segments } = location;
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
    return [
      { projection: name, action, segments, segmentCount, targets, space, arrays: [...arrays], isCounted: false },
    ];
  };
  // Several projections may have joint rows.
  const byTargets = new Map<string, ProjectionLocation[]>();
  for (const location of program.manifest.projections)
    byTargets.set(location.targets, [...(byTargets.get(location.targets) ?? []), location]);
  return [...byTargets.values()].flatMap((locations): readonly OwnSynapses[] => {
    const [first] = locations;
    const [whole] = first ? built(first) : [];
    if (!whole) return [];
    const early = drawnSynapses(program, locations, whole.space, building).filter(
      ({ action }) => action < whole.action,
    );
    return [...early, whole];
  });
}

/**
 * Returns the synapses of projections with the same rows, to be removed before their delays and values are drawn; none
 * if anything depends on their positions.
 */
function drawnSynapses(
  program: Program,
  locations: readonly ProjectionLocation[],
  space: OwnSynapses['space'],
  building: Building,
): readonly OwnSynapses[] {
  const made = locations.flatMap(({ name, drawn, sources, segments }) => {
    if (!drawn) return [];
    const { rows, first, size } = drawn;
    const all = new Set([rows, ...(building.arraysOf.get(rows) ?? [])]);
    const arrays = [drawn.targets, drawn.copies].filter(
      (buffer) => buffer !== undefined && all.has(buffer),
    ) as string[];
    const actions = [rows, ...arrays].flatMap((buffer) =>
      (building.runsOf.get(buffer) ?? []).flatMap(({ action, kernel }) =>
        accessesOf(program, kernel).some((access) => access.writes && access.buffer === buffer) ? [action] : [],
      ),
    );
    const action = actions.length === 0 ? undefined : Math.max(...actions);
    if (action === undefined || !arrays.includes(drawn.targets)) return [];
    const own: OwnSynapses = {
      projection: name,
      action,
      segments: rows,
      segmentCount: sources + 1,
      targets: drawn.targets,
      space: { positions: space.positions, offset: space.offset + first, count: size },
      arrays,
      isCounted: rows !== segments,
    };
    return [{ own, all }];
  });
  if (made.length < locations.length) return [];
  // Kernels that draw the rows of one projection may run after synapses of another have been removed.
  const isLater = ({ action, buffers }: Run): boolean => {
    const touched = made.filter(({ all }) => [...buffers].some((buffer) => all.has(buffer)));
    return (touched.length > 0 ? touched : made).some(({ own }) => action > own.action);
  };
  const rows = made.map(({ own }) => own.segments);
  return dependsOnPairsAlone(building, rows, isLater) ? made.map(({ own }) => own) : [];
}

/** Returns items by each of their buffers. */
function byBuffer<Item>(
  items: readonly Item[],
  buffersOf: (item: Item) => Iterable<string>,
): ReadonlyMap<string, readonly Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items)
    for (const buffer of buffersOf(item)) {
      const known = found.get(buffer);
      if (known) known.push(item);
      else found.set(buffer, [item]);
    }
  return found;
}

/** Buffers that a kernel touches in its body or by its shape, without those of events. */
function allBuffers(program: Program, kernel: Kernel): readonly string[] {
  const own = accessesOf(program, kernel).map(({ buffer }) => buffer);
  if (kernel.shape === 'propagate')
    return [...own, kernel.segments, ...(kernel.order.kind === 'byTarget' ? [kernel.order.targets] : [])];
  const isCounted = kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count === 'object';
  return isCounted ? [...own, kernel.domain.count.buffer] : own;
}
