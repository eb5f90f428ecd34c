/** Delays of the connections of a projection. */

import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { child } from '../../../src/model/pointer.js';
import type { Projection, SynapseType } from '../../../src/model/model.js';
import type { ExportContext } from './context.js';
import { type Numbers } from './values.js';

/** Delays in s of what spikes of the source do, or of the pathway `of`. */
export function delaysOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  count: number,
  { data, report }: Pick<ExportContext, 'data' | 'report'>,
  of?: string,
): Numbers {
  const [[pathway, definition] = []] = Object.entries(type.pathways).filter(([id, { on }]) =>
    of === undefined ? on.startsWith('pre.') : id === of,
  );
  if (pathway === undefined || !definition) return 0;
  const value = projection.delays[pathway] ?? definition.delay;
  if (typeof value === 'number') return value;
  if (isGiven(value)) {
    const numbers = numbersOf(value.array, data);
    return Array.from({ length: count }, (_, k) => numbers[k] ?? 0);
  }
  report.missing(
    `${child('/projections', name)}/delays/${pathway}`,
    'delays that are drawn or computed; freeze the model first',
  );
  return 0;
}

/** Delays of what happens at events of the target: one for all synapses of a projection. */
export function postDelaysOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  count: number,
  context: Pick<ExportContext, 'data' | 'report'>,
): ReadonlyMap<string, number> {
  const delays = new Map<string, number>();
  for (const [pathway, { on }] of Object.entries(type.pathways)) {
    if (!on.startsWith('post.')) continue;
    const all = delaysOf(name, projection, type, count, context, pathway);
    if (typeof all !== 'number' && all.some((delay) => delay !== all[0]))
      context.report.missing(
        `${child('/projections', name)}/delays/${pathway}`,
        'delays after events of the target that differ between synapses',
      );
    delays.set(pathway, typeof all === 'number' ? all : (all[0] ?? 0));
  }
  return delays;
}
