/** Distances between elements in micrometres: as code, and their bounds. */

import type { Axis, Places } from '../../draw/space/axes.js';
import type { Measure } from '../../draw/space/distances.js';
import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import type { Interval } from '../code/bounds.js';
import { fold } from '../../ir/fold.js';

/**
 * The distance in micrometres: the receiving side is shifted, then scaled; along a periodic axis the shorter way
 * counts.
 *
 * @param pre, post  coordinate of an end along an axis, float64 micrometres
 */
export function distanceCode(
  measures: readonly Measure[],
  pre: (axis: Axis) => Ir,
  post: (axis: Axis) => Ir,
  block: Block,
): Ir {
  const squares = measures.map(({ axis, scale, offset, period }) => {
    const shifted = offset === 0 ? post(axis) : code`${post(axis)} + ${offset}`;
    const other = scale === 1 ? shifted : code`${scale} * ${shifted}`;
    let difference = block.name(`d${axis}`, code`${pre(axis)} - ${other}`);
    if (period !== null) {
      const direct = block.name(`direct_${axis}`, code`abs(${difference})`);
      const around = block.name(`around_${axis}`, code`${period} - ${direct}`);
      difference = block.name(`d${axis}`, code`select(${around} < ${direct}, ${around}, ${direct})`);
    }
    return code`${difference} * ${difference}`;
  });
  const [first = ir.f64(0), ...others] = squares;
  return block.name('distance', fold(ir.unary('sqrt', others.reduce(ir.add, first))));
}

/** The least and the greatest coordinate along an axis. */
export function extentOf(places: Places, axis: Axis): Interval {
  let [low, high] = [Infinity, -Infinity];
  for (const value of places[axis]) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Bounds of the distance, in micrometres. */
export function distanceBounds(measures: readonly Measure[], pre: Places, post: Places): Interval {
  let sum = 0;
  for (const { axis, scale, offset, period } of measures) {
    const [from, into] = [extentOf(pre, axis), extentOf(post, axis)];
    const [a, b] = [scale * (into.low + offset), scale * (into.high + offset)];
    const most = Math.max(Math.abs(from.high - Math.min(a, b)), Math.abs(from.low - Math.max(a, b)));
    // On a periodic axis, the distance is at most half the period, unless positions are outside of it.
    const longest = period === null || most <= period / 2 ? most : Math.max(period / 2, Math.abs(period - most));
    sum += longest * longest;
  }
  return { low: 0, high: Math.sqrt(sum) * (1 + 1e-12) };
}
