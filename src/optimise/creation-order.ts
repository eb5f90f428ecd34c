/**
 * Removes the order in which the synapses of a projection were created, four bytes for each synapse, if no kernel reads
 * it. Projections whose synapses have state keep it, because the fingerprint reads that state in this order.
 */

import type { Action, Kernel, Program, Statement } from '../ir/program.js';
import { accessesOf, bodyOf } from '../ir/walk.js';
import type { Pass } from './pass.js';

function withoutOrders(program: Program): Program {
  const { manifest, kernels, schedule, buffers } = program;
  const withState = new Set(manifest.variables.filter(({ state }) => state).map(({ owner }) => owner));
  const read = new Set(kernels.flatMap((kernel) => [...accessesOf(bodyOf(kernel)).reads]));
  const drawn = new Set(buffers.filter(({ length }) => typeof length !== 'number').map(({ name }) => name));
  const gone = new Set(
    manifest.projections.flatMap(({ name, creation }) =>
      typeof creation === 'string' && drawn.has(creation) && !withState.has(name) && !read.has(creation)
        ? [creation]
        : [],
    ),
  );
  if (gone.size === 0) return program;
  const kept = (actions: readonly Action[]): readonly Action[] =>
    actions.flatMap((action): Action[] => {
      if (action.kind === 'run') return [action];
      const left = action.buffers.filter((name) => !gone.has(name));
      return left.length === 0 ? [] : [{ ...action, buffers: left }];
    });
  return {
    ...program,
    buffers: buffers.filter(({ name }) => !gone.has(name)),
    kernels: kernels.map((kernel) => withoutStores(kernel, gone)),
    schedule: { ...schedule, initialise: kept(schedule.initialise) },
    manifest: {
      ...manifest,
      projections: manifest.projections.map((projection) =>
        typeof projection.creation === 'string' && gone.has(projection.creation)
          ? { ...projection, creation: null }
          : projection,
      ),
    },
  };
}

/** A kernel without its stores to some buffers. */
function withoutStores(kernel: Kernel, buffers: ReadonlySet<string>): Kernel {
  if (kernel.shape === 'compact' || ![...accessesOf(kernel.body).writes].some((name) => buffers.has(name)))
    return kernel;
  const all = (statements: readonly Statement[]): Statement[] =>
    statements.flatMap((s): Statement[] => {
      if (s.kind === 'store' && buffers.has(s.buffer)) return [];
      if (s.kind === 'if') return [{ ...s, then: all(s.then), else: all(s.else) }];
      return s.kind === 'for' || s.kind === 'while' ? [{ ...s, body: all(s.body) }] : [s];
    });
  return { ...kernel, body: all(kernel.body) };
}

/** Removes the order of creation if no kernel reads it. */
export const creationOrder: Pass = { name: 'creation-order', audience: 'every engine', run: withoutOrders };
