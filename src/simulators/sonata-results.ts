/** Results of circuits of SONATA, in terms of the model that was written as one. */

import { memberOf } from '../diagnostics/member.js';
import type { Model } from '../model/model.js';
import type { ToolColumns } from './columns.js';
import type { Recorded } from './recorded-columns.js';

/** Populations of a model, with the ids of their elements in runs, by node population. */
type Nodes = Readonly<
  Record<string, readonly (readonly [population: string, runs: readonly (readonly [first: number, count: number])[]])[]>
>;

/** Returns the populations that the nodes of a circuit are. @param read  the circuit as it is read */
export function nodesOf({ annotations, populations }: Model): Nodes {
  const stated = memberOf(annotations['sonata'], 'nodes');
  const found: Record<string, [string, readonly (readonly [number, number])[]][]> = {};
  for (const [name, { size }] of Object.entries(populations)) {
    const own = memberOf(stated, name);
    const ids = memberOf(own, 'ids');
    const runs = Array.isArray(ids) ? (ids as readonly (readonly [number, number])[]) : [[0, size] as const];
    const population = memberOf(own, 'population');
    (found[typeof population === 'string' ? population : name] ??= []).push([name, runs]);
  }
  return found;
}

/** Returns columns of reports with the cells numbered by their place in the recording, as monitors have them. */
export const inOrderOfRecordings = (
  columns: readonly ToolColumns[],
  samples: Recorded['samples'],
): readonly ToolColumns[] =>
  columns.map((one) => {
    const indices = one.kind === 'samples' ? samples.get(one.of)?.part?.indices : undefined;
    if (one.kind !== 'samples' || indices === undefined) return one;
    const places = new Map(indices.map((element, k) => [element, k]));
    return { ...one, cells: one.cells.map((cell) => places.get(cell) ?? -1) };
  });
