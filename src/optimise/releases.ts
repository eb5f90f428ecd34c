/** Arrays that only building the network needs are given back as soon as the last kernel that uses them has run. */

import type { Action, Buffer, Kernel, Manifest, Program } from '../ir/program.js';
import { bodyOf, buffersOf } from '../ir/walk.js';
import type { Pass } from './pass.js';

/** Buffers that a kernel uses and that may be long. */
export function usedBy(kernel: Kernel): Set<string> {
  const used = new Set(buffersOf(bodyOf(kernel)));
  if (kernel.shape === 'propagate') {
    used.add(kernel.segments);
    if (kernel.order.kind === 'byTarget') used.add(kernel.order.targets);
  }
  if (kernel.shape === 'map' && kernel.domain.kind === 'count' && typeof kernel.domain.count !== 'number')
    used.add(kernel.domain.count.buffer);
  return used;
}

/** Buffers that readers of results look into. */
function namedBy(manifest: Manifest): readonly string[] {
  return [
    ...manifest.variables.map(({ buffer }) => buffer),
    ...manifest.projections.flatMap(({ targets, segments, creation, pathways = [] }) => [
      targets,
      segments,
      ...(typeof creation === 'string' ? [creation] : []),
      ...pathways.flatMap(({ buffer }) => (buffer === undefined ? [] : [buffer])),
    ]),
  ];
}

function withReleases(program: Program): Program {
  const { buffers, kernels, schedule, manifest, logs, events } = program;
  const uses = new Map(kernels.map((kernel) => [kernel.name, usedBy(kernel)]));
  const kept = new Set(namedBy(manifest));
  const later = [
    ...schedule.step,
    ...Object.values(schedule.procedures).flatMap((list) => list.filter((action) => action.kind === 'run')),
  ];
  for (const { kernel } of later) for (const name of uses.get(kernel) ?? []) kept.add(name);
  for (const { buffer } of logs) kept.add(buffer);
  for (const action of schedule.initialise)
    if (action.kind === 'release') for (const name of action.buffers) kept.add(name);
  for (const { list, counts, mask } of events) for (const name of [list, counts, mask]) kept.add(name);
  const isTemporary = ({ name, length }: Buffer): boolean => typeof length !== 'number' && !kept.has(name);
  const temporary = new Set(buffers.filter(isTemporary).map(({ name }) => name));
  const lastUse = new Map<string, number>();
  schedule.initialise.forEach((action, k) => {
    for (const name of action.kind === 'run' ? (uses.get(action.kernel) ?? []) : action.buffers)
      if (temporary.has(name)) lastUse.set(name, k);
  });
  const done = new Map<number, string[]>();
  for (const [name, last] of lastUse) done.set(last, [...(done.get(last) ?? []), name]);
  if (done.size === 0) return program;
  const initialise = schedule.initialise.flatMap((action, k): Action[] => {
    const released = done.get(k);
    return released === undefined ? [action] : [action, { kind: 'release', buffers: released }];
  });
  return { ...program, schedule: { ...schedule, initialise } };
}

/** Arrays that only building needs are given back. */
export const releases: Pass = {
  name: 'releases',
  audience: 'every engine',
  run: withReleases,
};
