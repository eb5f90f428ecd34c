/**
 * ISI-distance (Kreuz et al. 2007, J. Neurosci. Methods 165:151) and SPIKE-distance (Kreuz et al. 2013, J.
 * Neurophysiol. 109:1457). Both are means over time of a profile that is constant, or linear, between the spikes of
 * both trains.
 */

import { intervalAt, withoutRepeats, type Interval, type Train } from './train.js';

/**
 * Returns spikes of a train with one auxiliary spike at each end: at the edge of the observation, or further out if the
 * adjacent interval is longer. A train without spikes has spikes at both edges. Interval k is from `knots[k]` to
 * `knots[k + 1]`; the outer ones may lie outside the observation.
 */
function withEdges(train: Train, { begin, end }: Interval): { readonly knots: Train; readonly train: Train } {
  const spikes = train.length === 0 ? Float64Array.of(begin, end) : withoutRepeats(train);
  const { length } = spikes;
  const knots = new Float64Array(length + 2);
  knots.set(spikes, 1);
  knots[0] = length > 1 ? Math.min(begin, 2 * spikes[0]! - spikes[1]!) : begin;
  knots[length + 1] = length > 1 ? Math.max(end, 2 * spikes[length - 1]! - spikes[length - 2]!) : end;
  return { knots, train: spikes };
}

/** Calls `visit` for each stretch of the observation between two spikes of either train. */
function forStretches(
  first: Float64Array,
  second: Float64Array,
  { begin, end }: Interval,
  visit: (from: number, to: number, first: number, second: number) => void,
): void {
  let [i, j, from] = [0, 0, begin];
  while (from < end) {
    while (i + 2 < first.length && first[i + 1]! <= from) i += 1;
    while (j + 2 < second.length && second[j + 1]! <= from) j += 1;
    const to = Math.min(end, first[i + 1]!, second[j + 1]!);
    visit(from, to, i, j);
    if (to <= from) break;
    from = to;
  }
}

/**
 * Returns the ISI-distance: mean over time of |x − y| / max(x, y), with the current intervals x and y of both trains.
 */
export function isiDistance(first: Train, second: Train, interval: Interval): number {
  const [a, b] = [withEdges(first, interval).knots, withEdges(second, interval).knots];
  let sum = 0;
  forStretches(a, b, interval, (from, to, i, j) => {
    const [x, y] = [intervalAt(a, i), intervalAt(b, j)];
    sum += ((to - from) * Math.abs(x - y)) / Math.max(x, y);
  });
  return sum / (interval.end - interval.begin);
}

/**
 * SPIKE-distance: mean over time of the distances of the surrounding spikes to the nearest spikes of the other train.
 */
export function spikeDistance(first: Train, second: Train, interval: Interval): number {
  const [left, right] = [withEdges(first, interval), withEdges(second, interval)];
  const [a, b] = [left.knots, right.knots];
  const [nearA, nearB] = [nearest(left.train, b), nearest(right.train, a)];
  let sum = 0;
  forStretches(a, b, interval, (from, to, i, j) => {
    const [x, y] = [intervalAt(a, i), intervalAt(b, j)];
    const at = (time: number): number => {
      const [s, t] = [between(nearA, a, i, time), between(nearB, b, j, time)];
      return (2 * (s * y + t * x)) / (x + y) ** 2;
    };
    sum += ((to - from) * (at(from) + at(to))) / 2;
  });
  return sum / (interval.end - interval.begin);
}

/** Returns the linear interpolation of values at knots, at a time in interval k. */
function between(values: Float64Array, knots: Float64Array, k: number, time: number): number {
  return (values[k]! * (knots[k + 1]! - time) + values[k + 1]! * (time - knots[k]!)) / intervalAt(knots, k);
}

/**
 * Returns the distance of each spike to the nearest one of the other train. Auxiliary spikes have the distance of the
 * adjacent spike.
 */
function nearest(train: Train, others: Float64Array): Float64Array {
  const distances = new Float64Array(train.length + 2);
  let at = 0;
  for (const [k, time] of train.entries()) {
    while (at + 1 < others.length && Math.abs(others[at + 1]! - time) <= Math.abs(others[at]! - time)) at += 1;
    distances[k + 1] = Math.abs(others[at]! - time);
  }
  distances[0] = distances[1]!;
  distances[train.length + 1] = distances[train.length]!;
  return distances;
}
