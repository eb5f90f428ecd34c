/** What a model draws while it is built. */

import { isDrawn } from '../../../src/model/tagged.js';
import { isRandom } from '../../../src/lang/functions.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { callsIn } from '../../../src/lang/walk.js';
import type { ConversionEntry } from '../../../src/model/conversion-report.js';
import { child } from '../../../src/model/pointer.js';
import type { EquationSet, Model, Projection, Value } from '../../../src/model/model.js';

const draws = (value: Value): boolean =>
  typeof value === 'string' ? callsIn(parseExpression(value)).some((call) => isRandom(call.function)) : isDrawn(value);

/** A part of a model, and what of it is drawn before a run. */
interface DrawnPart {
  readonly pointer: string;
  readonly drawn: readonly string[];
}

/** Whether a projection draws its connections. */
export const isDrawnProjection = ({ connect }: Projection): boolean =>
  connect.some(({ rule }) => rule !== 'list' && rule !== 'all' && rule !== 'oneToOne');

/** What populations and projections draw before a run: values, connections, delays. */
export function drawnParts({ neurons, synapses, populations, projections }: Model): readonly DrawnPart[] {
  const drawnValues = (type: EquationSet | undefined, given: Readonly<Record<string, Value>>): readonly string[] => {
    const own = [
      ...Object.entries(type?.parameters ?? {}).map(([name, { value }]) => [name, value] as const),
      ...Object.entries(type?.state ?? {}).map(([name, { initial }]) => [name, initial] as const),
    ];
    return Object.entries({ ...Object.fromEntries(own), ...given }).flatMap(([name, value]) =>
      draws(value) ? [name] : [],
    );
  };
  const parts = [
    ...Object.entries(populations).map(([name, { type, values }]) => ({
      pointer: child('/populations', name),
      drawn: drawnValues(neurons[type ?? ''], values),
    })),
    ...Object.entries(projections).map(([name, projection]) => {
      const type = synapses[projection.synapse];
      const delays = Object.entries(type?.pathways ?? {}).map(([key, { delay }]) => projection.delays[key] ?? delay);
      return {
        pointer: child('/projections', name),
        drawn: [
          ...(isDrawnProjection(projection) ? ['connections'] : []),
          ...drawnValues(type, projection.values),
          ...(delays.some(draws) ? ['delays'] : []),
        ],
      };
    }),
  ];
  return parts.filter(({ drawn }) => drawn.length > 0);
}

/** Whether a model lists its connections, and all its values are the same in every run. */
export const drawsNothing = (model: Model): boolean =>
  drawnParts(model).length === 0 &&
  Object.values(model.projections).every(({ connect }) => connect.every(({ rule }) => rule === 'list'));

/** What is said of the parts of a model that drew, of which lists were made. */
export function listedDraws(before: Model, after: Model): readonly ConversionEntry[] {
  const still = new Set(drawnParts(after).map(({ pointer }) => pointer));
  const entry = (pointer: string, what: string): ConversionEntry => ({
    verdict: 'equivalent',
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
      .map(({ pointer, drawn }) => entry(pointer, drawn.join(', '))),
  ];
}
