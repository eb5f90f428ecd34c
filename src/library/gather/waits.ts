/** How many steps LEMS waits, whose time is a sum: rounding decides alike for long stretches of a run. */

import { beforeStep } from './step-times.js';

/** From a spike at the end of a step on, counted from 1, LEMS waits so many steps. */
interface Stretch {
  readonly from: number;
  readonly steps: number;
}

/** Runs of more steps, and longer waits, are not followed. */
const mostSteps = 2_000_000;

/** More stretches are too many to write down. */
const mostStretches = 24;

/**
 * The steps that LEMS waits after a spike, in the order of a run: until the sum of all steps is no less than that at the
 * spike plus a duration.
 *
 * @param duration  in s
 * @param dt        in s
 * @param strict    whether the sum has to be greater, not equal
 * @param most      steps of the run
 * @returns undefined where the run is too long, or the number changes too often
 */
export function stretchesOf(
  duration: number,
  dt: number,
  strict: boolean,
  most: number,
): readonly Stretch[] | undefined {
  const whole = Math.ceil(duration / dt);
  if (most + whole > mostSteps) return undefined;
  const times = new Float64Array(most + whole + 3);
  for (let k = 1; k < times.length; k++) times[k] = (times[k - 1] ?? 0) + dt;
  const found: Stretch[] = [];
  for (let n = 1; n <= most; n++) {
    const due = (times[n] ?? 0) + duration;
    let steps = Math.max(1, whole - 2);
    for (;;) {
      const time = times[n + steps] ?? Infinity;
      if (strict ? time > due : time >= due) break;
      steps++;
    }
    if (found[found.length - 1]?.steps === steps) continue;
    if (found.length >= mostStretches) return undefined;
    found.push({ from: n, steps });
  }
  return found;
}

/**
 * The condition that a time belongs to stretches with a number of steps.
 *
 * @param time   name of the time of the spike, by the beginning of its step, or a time that is some steps later
 * @param later  how many steps later
 * @param names  of the scope, which may be those of units
 * @returns undefined where it belongs to all stretches
 */
export function during(
  stretches: readonly Stretch[],
  steps: number,
  {
    time,
    later,
    dt,
    names,
  }: { readonly time: string; readonly later: number; readonly dt: number; readonly names: ReadonlySet<string> },
): string | undefined {
  if (stretches.every((one) => one.steps === steps)) return undefined;
  const border = (from: number): string => beforeStep(Number(((from - 1 + later) * dt).toPrecision(12)), names);
  return stretches
    .flatMap((one, k) => {
      if (one.steps !== steps) return [];
      const next = stretches[k + 1];
      const bounds = [
        ...(k === 0 ? [] : [`${time} > ${border(one.from)}`]),
        ...(next === undefined ? [] : [`${time} < ${border(next.from)}`]),
      ];
      return [bounds.join(' and ')];
    })
    .join(' or ');
}
