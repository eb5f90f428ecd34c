/** Waiting times under an accumulated clock: LEMS adds the time step up, so that rounding decides when a time has come. */

/** Longer runs, in steps, are not followed. */
const mostSteps = 2_000_000;

/**
 * Whether a duration takes its nearest whole number of steps from each step of a run, if time is accumulated.
 *
 * @param duration  in s
 * @param dt        in s
 * @param steps     of the run
 * @source jLEMS, Sim: an event is delivered in the first step whose time has reached the time of the event plus the delay
 */
export function takesWholeSteps(duration: number, dt: number, steps: number): boolean {
  const whole = Math.round(duration / dt);
  if (whole > mostSteps) return true;
  const times = accumulatedTimes(dt, Math.min(steps, mostSteps) + whole);
  for (let n = 0; n + whole < times.length; n++) {
    const due = (times[n] ?? 0) + duration;
    if ((times[n + whole] ?? Infinity) < due || (whole > 0 && (times[n + whole - 1] ?? 0) >= due)) return false;
  }
  return true;
}

let known: { readonly dt: number; readonly times: Float64Array } | undefined;

/** The sums of 0, 1, 2 … steps, in s. */
function accumulatedTimes(dt: number, steps: number): Float64Array {
  if (known?.dt === dt && known.times.length > steps) return known.times.subarray(0, steps + 1);
  const times = new Float64Array(steps + 1);
  for (let k = 1; k <= steps; k++) times[k] = (times[k - 1] ?? 0) + dt;
  known = { dt, times };
  return times;
}
