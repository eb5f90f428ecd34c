/** Delays of the connections of a projection. */

import { second } from '../../../../src/lang/dimension.js';
import { isGiven } from '../../../../src/model/tagged.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { child } from '../../../../src/model/pointer.js';
import { timingProperties } from '../../../../src/model/timing-properties.js';
import { delayInSteps, wholeDelay } from '../../../../src/model/steps.js';
import type { Projection, SynapseType, Value } from '../../../../src/model/model.js';
import type { ExportContext } from '../context.js';
import { keptTexts, quantityText } from '../text/quantity-text.js';
import { numberAt, type Numbers } from '../values.js';

/** Returns the text of the delay of each connection, from delays in s. */
export function delayTexts(
  delays: Numbers,
  { model, dimensions }: Pick<ExportContext, 'model' | 'dimensions'>,
): (connection: number) => string {
  const textOf = keptTexts((seconds) =>
    quantityText(seconds, second, dimensions, timingProperties[model.timing].addsUpTime),
  );
  return (connection) => textOf(numberAt(delays, connection));
}

/** Returns a delay in s as whole steps; models with LEMS's own timing keep it. */
export const inWholeSteps = (seconds: number, { model, dt }: Pick<ExportContext, 'model' | 'dt'>): number =>
  timingProperties[model.timing].addsUpTime ? seconds : wholeDelay(seconds, dt, model.timing);

type NamedDelay = readonly [pathway: string | undefined, delay: Value | undefined];
const noPathway: NamedDelay = [undefined, undefined];

const delayOf = (name: string, { delays }: Projection, { pathways }: SynapseType): NamedDelay => [
  name,
  delays[name] ?? pathways[name]?.delay,
];

/** Returns the delay of the first pathway that spikes of the source take; connections of LEMS have one delay. */
function firstOf(projection: Projection, type: SynapseType): NamedDelay {
  const [id] = Object.keys(type.pathways).filter((one) => type.pathways[one]?.on.startsWith('pre.') === true);
  return id === undefined ? noPathway : delayOf(id, projection, type);
}

/** Checks whether a pathway has the delay of connections. */
export const hasDelayOfConnection = (name: string, projection: Projection, type: SynapseType): boolean =>
  JSON.stringify(delayOf(name, projection, type)[1]) === JSON.stringify(firstOf(projection, type)[1]);

/** Delays in s of connections, or of the pathway `of`. */
export function delaysOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  count: number,
  { data, report }: Pick<ExportContext, 'data' | 'report'>,
  of?: string,
): Numbers {
  const [pathway, value] = of === undefined ? firstOf(projection, type) : delayOf(of, projection, type);
  if (pathway === undefined || value === undefined) return 0;
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

/** Returns delays in s of actions at events of the target, by pathway. */
export function postDelaysOf(
  name: string,
  projection: Projection,
  type: SynapseType,
  count: number,
  context: Pick<ExportContext, 'data' | 'report'>,
): ReadonlyMap<string, Numbers> {
  const own = Object.entries(type.pathways).filter(([, { on }]) => on.startsWith('post.'));
  return new Map(
    own.map(([pathway]) => {
      const all = delaysOf(name, projection, type, count, context, pathway);
      return [pathway, typeof all !== 'number' && all.every((one) => one === all[0]) ? (all[0] ?? 0) : all];
    }),
  );
}

/** Returns the value of a synapse that is its delay after events of its target. */
export const postDelay = (pathway: string): string => `delay of ${pathway}`;
export const isPostDelay = (key: string): boolean => key.startsWith(postDelay(''));

/** Returns the delays of single synapses in s that remain when a synapse detects its cell's event, one step after it. */
export const ownPostDelays = (
  delays: ReadonlyMap<string, Numbers>,
  { dt, model }: Pick<ExportContext, 'dt' | 'model'>,
): readonly (readonly [string, Numbers])[] =>
  [...delays].flatMap(([pathway, all]) => {
    if (typeof all === 'number') return [];
    const left = all.map((delay) => Math.max(0, delayInSteps(delay, dt, model.timing) - 1));
    return [[postDelay(pathway), left.map((steps) => Number((steps * dt).toPrecision(12)))] as const];
  });
