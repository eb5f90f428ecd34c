/** Delays of the connections of a projection. */

import { second } from '../../../src/lang/dimension.js';
import { isGiven } from '../../../src/model/tagged.js';
import { numbersOf } from '../../../src/model/arrays.js';
import { child } from '../../../src/model/pointer.js';
import { delayInSteps, wholeDelay } from '../../../src/model/steps.js';
import type { DataStore, Projection, SynapseType, Value } from '../../../src/model/model.js';
import type { ExportContext } from './context.js';
import { keptTexts, quantityText } from './quantity-text.js';
import { numberAt, type Numbers } from './values.js';

/** The share of a step by which delays are shorter: LEMS adds up its time, and would else come to some a step late. */
const slack = 0.01;

/**
 * A delay in s as LEMS is to read it so that as many whole steps pass as in the model. Where a model has LEMS's own
 * timing, it is what it was.
 *
 * @param exactly  false: the whole steps as people write them; they may take one step more
 */
export function delayText(
  seconds: number,
  { model, dt, dimensions }: Pick<ExportContext, 'model' | 'dt' | 'dimensions'>,
  exactly = true,
): string {
  if (model.timing === 'lems-euler') return quantityText(seconds, second, dimensions, true);
  const steps = delayInSteps(seconds, dt, model.timing);
  return quantityText(
    Number(((exactly && steps > 0 ? steps - slack : steps) * dt).toPrecision(12)),
    second,
    dimensions,
  );
}

/** A delay in s as the whole steps that pass in the model; what it was where a model has LEMS's own timing. */
export const inWholeSteps = (seconds: number, { model, dt }: Pick<ExportContext, 'model' | 'dt'>): number =>
  model.timing === 'lems-euler' ? seconds : wholeDelay(seconds, dt, model.timing);

/** The text of the delay of each connection; see `delayText` for `exactly`. */
export function delayTexts(
  delays: Numbers,
  context: Parameters<typeof delayText>[1],
  exactly = true,
): (connection: number) => string {
  const textOf = keptTexts((seconds) => delayText(seconds, context, exactly));
  return (connection) => textOf(numberAt(delays, connection));
}

/** The shortest delay of a pathway, in s; undefined where it is drawn or computed. */
export function shortestDelay(value: Value, data: DataStore): number | undefined {
  if (typeof value === 'number') return value;
  return isGiven(value)
    ? numbersOf(value.array, data).reduce((least, one) => Math.min(least, one), Infinity)
    : undefined;
}

type NamedDelay = readonly [pathway: string | undefined, delay: Value | undefined];
const noPathway: NamedDelay = [undefined, undefined];

const delayOf = (name: string, { delays }: Projection, { pathways }: SynapseType): NamedDelay => [
  name,
  delays[name] ?? pathways[name]?.delay,
];

/** The pathway by which a spike of the source arrives first; where delays are not numbers, the first of them. */
function firstOf(projection: Projection, type: SynapseType): NamedDelay {
  const own = Object.keys(type.pathways).filter((id) => type.pathways[id]?.on.startsWith('pre.') === true);
  const all = own.map((id) => delayOf(id, projection, type));
  const numbers = all.flatMap(([id, delay]) => (typeof delay === 'number' ? [[id, delay] as const] : []));
  if (numbers.length < all.length) return all[0] ?? noPathway;
  return [...numbers].sort(([, a], [, b]) => a - b)[0] ?? noPathway;
}

/** The delay with which a spike of the source arrives first. */
export const firstDelay = (projection: Projection, type: SynapseType): Value | undefined =>
  firstOf(projection, type)[1];

/** Whether a pathway acts when a spike of the source first arrives, not later. */
export const isFirst = (name: string, projection: Projection, type: SynapseType): boolean =>
  JSON.stringify(delayOf(name, projection, type)[1]) === JSON.stringify(firstDelay(projection, type));

/** Whether spikes of the source act at several times. */
export const actsLater = (projection: Projection, type: SynapseType): boolean =>
  Object.entries(type.pathways).some(([name, { on }]) => on.startsWith('pre.') && !isFirst(name, projection, type));

/** Delays in s of what spikes of the source do first, or of the pathway `of`. */
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

/** Delays in s of what happens at events of the target, by pathway. */
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

/** The value of a synapse that is its delay after events of its target. */
export const postDelay = (pathway: string): string => `delay of ${pathway}`;
export const isPostDelay = (key: string): boolean => key.startsWith(postDelay(''));

/**
 * What is left of delays of single synapses, in s, when a synapse learns of its cell's events: one step after them.
 *
 * @param late  pathways that act as much later
 */
export const ownPostDelays = (
  delays: ReadonlyMap<string, Numbers>,
  { dt, model }: Pick<ExportContext, 'dt' | 'model'>,
  late: readonly string[] = [],
): readonly (readonly [string, Numbers])[] =>
  [...delays].flatMap(([pathway, all]) => {
    if (typeof all === 'number') return [];
    const left = all.map((delay) =>
      Math.max(0, delayInSteps(delay, dt, model.timing) - (late.includes(pathway) ? 0 : 1)),
    );
    return [[postDelay(pathway), left.map((steps) => Number((steps * dt).toPrecision(12)))] as const];
  });
