/** Durations under an accumulated clock: LEMS adds the time step up, so rounding decides when a time has come. */

/** Longer runs, in steps, are not followed. */
const mostSteps = 2_000_000;

/**
 * Returns a test whether a duration in s takes its nearest whole number of steps from each step of a run.
 *
 * @param dt     in s
 * @param steps  of the run
 * @source jLEMS, Sim: an event is delivered in the first step at or after the time of the event plus the delay
 */
export function wholeStepsOf(dt: number, steps: number): (duration: number) => boolean {
  const followed = Math.min(steps, mostSteps);
  let times = new Float64Array(1);
  return (duration) => {
    const whole = Math.round(duration / dt);
    if (whole > mostSteps) return true;
    if (times.length <= followed + whole) times = sumsOf(dt, followed + whole);
    for (let n = 0; n <= followed; n++) {
      const due = (times[n] ?? 0) + duration;
      if ((times[n + whole] ?? Infinity) < due || (whole > 0 && (times[n + whole - 1] ?? 0) >= due)) return false;
    }
    return true;
  };
}

/** Returns the sums of 0, 1, 2 … steps, in s. */
function sumsOf(dt: number, steps: number): Float64Array<ArrayBuffer> {
  const times = new Float64Array(steps + 1);
  for (let k = 1; k <= steps; k++) times[k] = (times[k - 1] ?? 0) + dt;
  return times;
}
