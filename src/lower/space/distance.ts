/** Distances between elements: of a projection's space in micrometres, as code and as numbers. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Projection } from '../../model/typed.js';
import type { Block } from '../block.js';
import type { Interval } from '../bounds.js';
import { fold } from '../fold.js';
import { inMicrometres } from './micrometres.js';
import type { Axis, Places } from './axes.js';
import { axes } from './axes.js';

/** How distances are measured along one axis, in micrometres. */
interface Measure {
  readonly axis: Axis;
  readonly scale: number;
  readonly offset: number;
  /** Length of the axis where it closes on itself. */
  readonly period: number | null;
}

/** The axes that a projection's distances are taken over. */
export function measuresOf(space: Projection['space']): readonly Measure[] {
  return axes.flatMap((axis, k) => {
    if (space && !space.axes.includes(axis)) return [];
    const interval = space?.periodic[k] ?? null;
    return [
      {
        axis,
        scale: space?.scale[k] ?? 1,
        offset: inMicrometres(space?.offset[k] ?? 0),
        period: interval ? inMicrometres(interval[1]) - inMicrometres(interval[0]) : null,
      },
    ];
  });
}

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
    const shifted = offset === 0 ? post(axis) : ir.add(post(axis), ir.f64(offset));
    const other = scale === 1 ? shifted : ir.mul(ir.f64(scale), shifted);
    let difference = block.name(`d${axis}`, ir.sub(pre(axis), other));
    if (period !== null) {
      const direct = block.name(`direct_${axis}`, ir.unary('abs', difference));
      const around = block.name(`around_${axis}`, ir.sub(ir.f64(period), direct));
      difference = block.name(`d${axis}`, ir.select(ir.lt(around, direct), around, direct));
    }
    return ir.mul(difference, difference);
  });
  const [first = ir.f64(0), ...others] = squares;
  return block.name('distance', fold(ir.unary('sqrt', others.reduce(ir.add, first))));
}

/** The same distances as numbers, of all elements of the sending side to one of the receiving side. */
export function distancesTo(
  measures: readonly Measure[],
  pre: Places,
  post: Places,
  j: number,
  result: Float64Array,
): void {
  result.fill(0);
  for (const { axis, scale, offset, period } of measures) {
    const [from, to] = [pre[axis], scale * ((post[axis][j] as number) + offset)];
    for (let i = 0; i < result.length; i++) {
      let difference = (from[i] as number) - to;
      if (period !== null) {
        const direct = Math.abs(difference);
        const around = period - direct;
        difference = around < direct ? around : direct;
      }
      result[i] = (result[i] as number) + difference * difference;
    }
  }
  for (let i = 0; i < result.length; i++) result[i] = Math.sqrt(result[i] as number);
}

/** The distances of one element of the sending side from all of the receiving side. */
export function distancesFrom(
  measures: readonly Measure[],
  pre: Places,
  i: number,
  post: Places,
  result: Float64Array,
): void {
  result.fill(0);
  for (const { axis, scale, offset, period } of measures) {
    const [from, into] = [pre[axis][i] as number, post[axis]];
    for (let j = 0; j < result.length; j++) {
      let difference = from - scale * ((into[j] as number) + offset);
      if (period !== null) {
        const direct = Math.abs(difference);
        const around = period - direct;
        difference = around < direct ? around : direct;
      }
      result[j] = (result[j] as number) + difference * difference;
    }
  }
  for (let j = 0; j < result.length; j++) result[j] = Math.sqrt(result[j] as number);
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
    // Around, the way is at most half the period, unless places lie outside of it.
    const longest = period === null || most <= period / 2 ? most : Math.max(period / 2, Math.abs(period - most));
    sum += longest * longest;
  }
  return { low: 0, high: Math.sqrt(sum) * (1 + 1e-12) };
}
