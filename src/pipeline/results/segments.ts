/** Segments of a protocol: a reset ends one, and time begins again at 0. */

import type { Phase } from '../../model/model.js';
import { phaseKind, timeAfter } from '../../model/tagged.js';

/** Returns how long each segment is, in s. */
export function segmentTimes(protocol: readonly Phase[]): readonly number[] {
  const times = [0];
  for (const phase of protocol) {
    if (phaseKind(phase) === 'reset') times.push(0);
    else times.push(timeAfter(times.pop() ?? 0, phase));
  }
  return times;
}
