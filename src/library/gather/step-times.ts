/** The time as LEMS has it: a sum of steps, by whose rounding conditions of the time hold a step earlier or later. */

import { second } from '../../lang/dimension.js';
import { inSI } from '../../lang/print.js';
import { tidy } from '../recognise/numbers.js';

/** Steps that are summed one by one; in longer runs rounding is not followed. */
const mostSummed = 10_000_000;

/**
 * The first step at whose end the summed time is no less than a time.
 *
 * @param time  in s
 * @param dt    in s
 */
export function stepReaching(time: number, dt: number): number {
  if (time / dt > mostSummed) return Math.round(time / dt);
  let step = 0;
  for (let sum = 0; sum < time; sum += dt) step++;
  return step;
}

/**
 * The ends of the steps in which LEMS does what is due at times: the first ones at which its summed time is no less.
 *
 * @param times  in s, in any order
 * @param dt     in s
 * @returns in s, in the order of the times
 */
export function endsOfSteps(times: readonly number[], dt: number): readonly number[] {
  const ends = new Map<number, number>();
  let [step, sum] = [1, dt];
  for (const time of [...times].sort((a, b) => a - b)) {
    for (; sum < time && step < mostSummed; step++) sum += dt;
    const late = sum < time ? Math.ceil((time - sum) / dt) : 0;
    ends.set(time, tidy(Number(((step + late) * dt).toPrecision(12))));
  }
  return times.map((time) => ends.get(time) ?? time);
}

/**
 * A time as a border of `t > …` for steps of a grid that are those of LEMS. One that is nearer to the middle of a step than
 * to its ends is that of the end, so that rounding does not matter.
 *
 * @param time  in s
 * @param lead  how many steps earlier than LEMS's time its effect is seen: 1 where the time is that of a step's end
 * @returns `0.005*second - dt/2`, or with the steps by which the sum is late or early
 */
export function borderText(time: number, dt: number, lead: number): string {
  const step = stepReaching(time, dt);
  const whole = Math.round(time / dt);
  const isBetween = Math.abs(time / dt - whole) > 0.25;
  const half = 0.5 - (isBetween ? 0 : step - whole) + lead;
  const least = inSI(isBetween ? tidy(Number((step * dt).toPrecision(12))) : time, second);
  if (Math.abs(half) === 0.5) return `${least} ${half > 0 ? '-' : '+'} dt/2`;
  return half > 0 ? `${least} - ${half}*dt` : `${least} + ${-half}*dt`;
}

/**
 * What the time is above from the step at a time on: half a step before it, so that rounding does not matter.
 *
 * @param time   in s
 * @param names  of the scope, which may be those of units; absent: any
 * @returns `0.005*s - dt/2`
 */
export const beforeStep = (time: number, names?: ReadonlySet<string>): string =>
  `${inSI(time, second, names && ((name) => names.has(name)))} - dt/2`;
