/** Stretches of a run, and those whose recordings a return to a stored state leaves. */

import type { Phase } from '../../model/model.js';
import { taggedPhase, timeAfter } from '../../model/tagged.js';

/** A stretch of a run between two changes of its clock. Times are in s. */
export interface Stretch {
  /** How many resets came before. */
  readonly segment: number;
  /** How many resets and returns to a stored state came before. */
  readonly part: number;
  /** The time at its beginning, since the beginning of its segment. */
  readonly from: number;
  /** Where it is on the clock of the whole run. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Returns the stretches of a run whose recordings are left at its end if they are part of the state. Returning to a
 * stored state discards all recordings since it was stored, or since the beginning if the name has no stored state.
 */
export function stretchesKept(protocol: readonly Phase[]): readonly Stretch[] {
  const stored = new Map<string, { readonly now: number; readonly held: readonly Stretch[] }>();
  const earlier: Stretch[] = [];
  let held: readonly Stretch[] = [];
  let [now, clock, segment, part] = [0, 0, 0, 0];
  for (const phase of protocol) {
    const tagged = taggedPhase(phase);
    switch (tagged.kind) {
      case 'run':
      case 'runUntil': {
        const time = timeAfter(now, phase) - now;
        held = [...held, { segment, part, from: now, begin: clock, end: clock + time }];
        now += time;
        clock += time;
        break;
      }
      case 'store':
        stored.set(tagged.store, { now, held });
        break;
      case 'restore':
        ({ now, held } = stored.get(tagged.restore) ?? { now: 0, held: [] });
        part += 1;
        break;
      case 'reset':
        earlier.push(...held);
        held = [];
        now = 0;
        segment += 1;
        part += 1;
        break;
      default:
    }
  }
  return [...earlier, ...held];
}
