/** How many of the spikes that a population replays are near one another. */

import { arrayOf } from '../../model/arrays.js';
import type { DataStore, SpikeTrain } from '../../model/typed.js';

/** Returns the most spikes that one element of a population replays within some time (s), both ends included. */
export function mostWithin(
  { indices, times, period }: Pick<SpikeTrain, 'indices' | 'times' | 'period'>,
  window: number,
  { data, dt }: { readonly data: DataStore; readonly dt: number },
): number {
  const byElement = new Map<number, number[]>();
  const [elements, at] = [arrayOf(indices, data), arrayOf(times, data)];
  for (let k = 0; k < at.length; k++) {
    const own = byElement.get(elements[k] as number) ?? [];
    own.push(at[k] as number);
    byElement.set(elements[k] as number, own);
  }
  // Periodic spikes: counts whole periods within the window, and searches two periods for the rest of the window.
  const periods = period === undefined ? 0 : Math.floor(window / period);
  const rest = window - periods * (period ?? 0);
  let most = 0;
  for (const given of byElement.values()) {
    const once = period === undefined ? given : given.filter((time) => time < period + dt);
    const own = period === undefined ? once : [...once, ...once.map((time) => time + period)];
    own.sort((a, b) => a - b);
    let first = 0;
    own.forEach((time, k) => {
      while (time - (own[first] as number) > rest) first++;
      most = Math.max(most, k - first + 1 + periods * once.length);
    });
  }
  return most;
}
