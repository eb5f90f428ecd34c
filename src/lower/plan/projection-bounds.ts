/**
 * Bounds of values in code of a projection: parameters, also as set by phases, variables of ends, distances, delays.
 */

import { type ConnectionRule, type Value, formulaOf } from '../../model/typed.js';
import { arrayOf } from '../../model/arrays.js';
import { measuresOf } from '../../draw/space/distances.js';
import { referenceOf } from '../../lang/reference.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import { namesIn } from '../../lang/walk.js';
import type { ProjectionPlan } from './projection.js';
import type { Context } from '../context/context.js';
import { assignmentsOf } from '../code/assignments.js';
import {
  type Interval,
  boundsOf,
  hull,
  everything,
  exactly,
  isBounded,
  isBoundedThroughout,
  functionBounds,
} from '../code/bounds.js';
import { valueBounds, coordinateBounds, firstBounds } from '../space/initial-bounds.js';
import { distanceBounds } from '../space/distance.js';
import * as messages from '../context/messages.js';

/** A projection with its ends, from which bounds are computed. */
export type BoundedProjection = Pick<ProjectionPlan, 'name' | 'stream' | 'projection' | 'equations' | 'pre' | 'post'>;

/**
 * Returns the values that the first phases of the protocol assign to a variable of a projection, or to some of its
 * synapses.
 */
function valuesSet({ name, stream }: BoundedProjection, variable: string, phases: number, context: Context): Value[] {
  return assignmentsOf(context.model.experiment.protocol)
    .filter((entry) => entry.phase < phases && entry.variable === variable)
    .filter(({ owner }) => owner === name || owner === stream)
    .map(({ value }) => value);
}

/** Phases that set variables of a projection's synapses, ascending. */
export const phasesSetting = ({ name, stream }: BoundedProjection, context: Context): readonly number[] =>
  assignmentsOf(context.model.experiment.protocol)
    .filter(({ owner }) => owner === name || owner === stream)
    .map(({ phase }) => phase);

/**
 * Returns the interval of a variable of a projection after a number of phases. It covers the initial value and the
 * values set by phases, which may read the previous value.
 */
export function variableBounds(
  plan: BoundedProjection,
  { variable, first, phases }: { readonly variable: string; readonly first: Value; readonly phases: number },
  lookup: (name: string) => Interval | undefined,
  context: Context,
): Interval {
  return valuesSet(plan, variable, phases, context).reduce(
    (before, value) =>
      hull(
        before,
        valueBounds(value, (name) => (name === variable ? before : lookup(name)), context),
      ),
    valueBounds(first, lookup, context),
  );
}

/** Every phase of a protocol. */
export const allPhases = Infinity;

/**
 * Returns the intervals of a projection's parameters and indices, for use in delays and weights. Parameters cover their
 * initial values and the values set by the first phases. Network construction uses initial values: zero phases.
 *
 * @param ofDelays whether variables of the ends have bounds, too
 */
export function parameterBounds(
  plan: BoundedProjection,
  context: Context,
  phases = 0,
  ofDelays = false,
): (name: string) => Interval | undefined {
  const { projection, equations, pre, post } = plan;
  const cache = new Map<string, Interval>();
  const lookup = (name: string): Interval | undefined => {
    const known = cache.get(name);
    if (known) return known;
    const parameter = equations.parameters.get(name);
    // A parameter that its own value reads has no bounds.
    if (parameter) cache.set(name, everything);
    const interval = parameter
      ? variableBounds(
          plan,
          { variable: name, first: projection.values[name] ?? parameter.value, phases },
          lookup,
          context,
        )
      : indexBounds(name);
    if (interval) cache.set(name, interval);
    return interval;
  };
  const indexBounds = (name: string): Interval | undefined => {
    switch (name) {
      case 'dt':
        return exactly(context.dt);
      case 'i':
      case 'j':
        return (
          (ofDelays && listedBounds(projection.connect, name, context)) || {
            low: 0,
            high: Math.max(0, (name === 'i' ? pre : post).named - 1),
          }
        );
      case 'N_pre':
        return exactly(pre.named);
      case 'N_post':
        return exactly(post.named);
      case 'N_incoming':
      case 'N_outgoing':
        // The synapse itself is one of them; a guess at the most would cost sums their precision.
        return { low: 1, high: Infinity };
      case 'copy':
        return { low: 0, high: mostSynapsesOfAPair(projection.connect, lookup, context) - 1 };
      case 'pi':
        return exactly(Math.PI);
      case 'e':
        return exactly(Math.E);
      case 'distance':
        return distanceInterval(plan, context);
      default:
        return endInterval(name, plan, ofDelays ? phases : null, context);
    }
  };
  return lookup;
}

/** Returns the least and greatest index of the sources or targets of lists; undefined if there are other rules. */
function listedBounds(rules: readonly ConnectionRule[], index: 'i' | 'j', { data }: Context): Interval | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const rule of rules) {
    if (rule.rule !== 'list') return undefined;
    const places = arrayOf(index === 'i' ? rule.sources : rule.targets, data);
    for (let k = 0; k < places.length; k++) {
      low = Math.min(low, places[k] ?? low);
      high = Math.max(high, places[k] ?? high);
    }
  }
  return low <= high ? { low, high } : undefined;
}

/** Returns the largest number of synapses of a pair over all rules; 65536 if it is unknown. */
function mostSynapsesOfAPair(
  rules: readonly ConnectionRule[],
  lookup: (name: string) => Interval | undefined,
  { data }: Context,
): number {
  const most = rules.reduce((sum, rule) => {
    switch (rule.rule) {
      case 'all':
      case 'oneToOne':
        return sum + 1;
      case 'pairs':
        return sum + (typeof rule.copies === 'number' ? rule.copies : boundsOf(rule.copies, lookup).high);
      case 'list':
        return sum + mostOfAPair(arrayOf(rule.sources, data), arrayOf(rule.targets, data));
      case 'generator':
      case 'fixedInDegree':
      case 'fixedOutDegree':
      case 'fixedTotal':
      case 'smallWorld':
      case 'clone':
      case 'hostDrawn':
      case 'csa':
        return Infinity;
      default:
        return rule satisfies never;
    }
  }, 0);
  return Math.min(Math.max(1, Math.ceil(most)), 65536);
}

/** Returns the number of occurrences of the most frequent pair in a list. */
function mostOfAPair(sources: ArrayLike<number>, targets: ArrayLike<number>): number {
  const pairs = Float64Array.from(sources, (source, k) => source * 4294967296 + (targets[k] ?? 0)).sort();
  let [most, times] = [0, 0];
  pairs.forEach((pair, k) => {
    times = pair === pairs[k - 1] ? times + 1 : 1;
    most = Math.max(most, times);
  });
  return most;
}

/** Bounds of the distance of two elements, in m. */
function distanceInterval({ projection, pre, post }: BoundedProjection, context: Context): Interval | undefined {
  const [from, into] = [context.places.get(pre.population), context.places.get(post.population)];
  return from && into && inMetres(distanceBounds(measuresOf(projection.space), from, into));
}

/**
 * Returns the bounds of a variable of one end, or of a coordinate in m. Network construction uses initial values.
 * Later, only variables that never change have bounds.
 *
 * @param phases number of phases passed; null: for weights, so that their sums keep the bits that they have without
 * these bounds
 */
function endInterval(
  name: string,
  { pre, post }: BoundedProjection,
  phases: number | null,
  context: Context,
): Interval | undefined {
  const reference = referenceOf(name);
  if (reference.kind !== 'end') return undefined;
  const { end, variable } = reference;
  const { population, group } = end === 'pre' ? pre : post;
  const { type } = group ?? {};
  const isState = type !== undefined && Object.hasOwn(type.state, variable);
  const isSet = isState || context.settable.has(`${population}.${variable}`);
  if (phases !== null && phases > 0 && isSet) return undefined;
  const isVariable = isState || (type !== undefined && Object.hasOwn(type.parameters, variable));
  if (!isVariable) return coordinateBounds(population, variable, context);
  return phases === null ? undefined : firstBounds(population, variable, context);
}

const inMetres = ({ low, high }: Interval): Interval => ({
  low: low / micrometresPerMetre,
  high: high / micrometresPerMetre,
});

/** Whether a parameter of a projection is certainly a number, for any draw. */
export function isSurelyNumber(plan: BoundedProjection, name: string, context: Context): boolean {
  const { equations, projection } = plan;
  const parameter = equations.parameters.get(name);
  if (!parameter) return false;
  const lookup = parameterBounds(plan, context, allPhases);
  const values = [projection.values[name] ?? parameter.value, ...valuesSet(plan, name, allPhases, context)];
  return values.every((value) => {
    const e = formulaOf(value);
    if (!e) return isBounded(valueBounds(value, lookup, context));
    return (
      isBoundedThroughout(e, lookup) &&
      [...namesIn(e)].every(
        (used) => used === name || !equations.parameters.has(used) || isSurelyNumber(plan, used, context),
      )
    );
  });
}

/**
 * Interval of a pathway's delays (s), once they are clipped or drawn again; null after a finding.
 *
 * @param phases  of the protocol that have passed when they are computed
 */
export function delayInterval(
  delay: Value,
  plan: BoundedProjection,
  phases: number,
  context: Context,
): Interval | null {
  const { diagnostics } = context;
  const { name, projection } = plan;
  let bounds = valueBounds(delay, parameterBounds(plan, context, phases, true), context, functionBounds);
  const range = projection.delayRange;
  if (range?.outOfRange === 'clip' || range?.outOfRange === 'redraw') {
    const clipped = (seconds: number): number => Math.min(Math.max(seconds, range.min ?? 0), range.max ?? Infinity);
    if (range.outOfRange === 'redraw' && (bounds.high < (range.min ?? 0) || bounds.low > (range.max ?? Infinity))) {
      diagnostics.add(messages.delayNeverInRange(name, bounds.low, bounds.high));
      return null;
    }
    bounds = { low: clipped(bounds.low), high: clipped(bounds.high) };
  }
  if (!Number.isFinite(bounds.low) || !Number.isFinite(bounds.high)) {
    diagnostics.add(messages.unboundedDelay(name));
    return null;
  }
  if (bounds.low < 0) {
    diagnostics.add(messages.negativeDelay(name, bounds.low, bounds.high));
    return null;
  }
  return bounds;
}
