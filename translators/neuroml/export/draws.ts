/** Lists in LEMS for values that a model draws while it is built. */

import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { drawnParts } from '../../../src/model/drawn-parts.js';
import type { Model, Projection } from '../../../src/model/model.js';
import { child } from '../../../src/model/pointer.js';

/** Checks whether a projection has a rule that LEMS lists. */
export const isByRule = ({ connect }: Projection): boolean =>
  connect.some(({ rule }) => rule !== 'list' && rule !== 'all' && rule !== 'oneToOne');

/** Checks whether a model lists its connections, and all its values are the same in every run. */
export const drawsNothing = (model: Model): boolean =>
  drawnParts(model).length === 0 &&
  Object.values(model.projections).every(({ connect }) => connect.every(({ rule }) => rule === 'list'));

/**
 * Reports the parts of a model with draws that became lists.
 *
 * @param entries  the report of the document. A first value that is drawn when the simulation starts is not listed.
 */
export function listedDraws(
  before: Model,
  after: Model,
  entries: readonly ConversionEntry[],
): readonly ConversionEntry[] {
  const anew = new Set(entries.flatMap(({ code, pointer }) => (code === 'lems/drawn-start' ? [pointer] : [])));
  const still = new Set(drawnParts(after).map(({ pointer }) => pointer));
  const entry = (pointer: string, what: string): ConversionEntry => ({
    verdict: 'convention',
    code: 'lems/drawn',
    pointer,
    message: `listed as they are with this seed, since LEMS cannot draw them: ${what}`,
  });
  const replayed = Object.entries(after.populations).flatMap(([name, { spikes }]) =>
    spikes !== undefined && before.populations[name]?.type !== undefined ? [child('/populations', name)] : [],
  );
  return [
    ...replayed.map((pointer) => entry(pointer, 'spikes')),
    ...drawnParts(before)
      .filter(({ pointer }) => !still.has(pointer) && !replayed.includes(pointer))
      .flatMap(({ pointer, drawn }) => {
        const listed = drawn.filter((name) => !anew.has(child(child(pointer, 'values'), name)));
        return listed.length > 0 ? [entry(pointer, listed.join(', '))] : [];
      }),
  ];
}
