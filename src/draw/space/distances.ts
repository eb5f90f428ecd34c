/** Distances between elements as numbers, and the axes that a projection measures them along. */

import type { Projection } from '../../model/typed.js';
import { axes, type Axis, type Places } from './axes.js';
import { inMicrometres } from './micrometres.js';

/** How distances are measured along one axis, in micrometres. */
export interface Measure {
  readonly axis: Axis;
  /** Factor for the coordinates of the target. */
  readonly scale: number;
  /** Added to the coordinates of the target before scaling. */
  readonly offset: number;
  /** Length of a periodic axis. */
  readonly period: number | null;
}

/** The axes that a projection's distances are taken over: the receiving side is shifted, then scaled. */
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

/** Distances, in micrometres, of all elements of the sending side to one of the receiving side. */
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
