/** Segments of a protocol: a reset ends one, and time begins again at 0. */

import type { Phase } from '../../model/model.js';
import { phaseKind, taggedPhase, timeAfter } from '../../model/tagged.js';

/** Returns how long each segment is, in s. */
export function segmentTimes(protocol: readonly Phase[]): readonly number[] {
  const times = [0];
  for (const phase of protocol) {
    if (phaseKind(phase) === 'reset') times.push(0);
    else times.push(timeAfter(times.pop() ?? 0, phase));
  }
  return times;
}

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
 * Returns the stretches of a run that Brian's monitors still hold at its end. Returning to a stored state discards all
 * recordings since it was stored, or since the beginning if the name has no stored state.
 *
 * @source https://brian2.readthedocs.io/en/stable/user/running.html#checkpointing
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
