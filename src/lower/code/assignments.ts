/** Variables assigned by phases of the protocol, by the names of owners and variables. */

import { assignedBy } from '../../model/assigned.js';
import type { Phase, Value } from '../../model/typed.js';
import { ownersOf } from '../../model/typed.js';

/** An assignment of a phase to a variable of an owner, or of some of its elements. */
interface Assignment {
  /** Number of the phase. */
  readonly phase: number;
  readonly owner: string;
  readonly variable: string;
  readonly value: Value;
}

/** All that the phases of a protocol set, in order. */
export const assignmentsOf = (protocol: readonly Phase[]): readonly Assignment[] =>
  protocol.flatMap((entry, phase): Assignment[] => {
    if (entry.kind !== 'set' && entry.kind !== 'initialise') return [];
    const { of } = entry;
    return Object.entries(entry.kind === 'set' ? entry.set : entry.initialise).flatMap(([key, value]) => {
      if (of !== undefined) return ownersOf(of).map((owner) => ({ phase, owner, variable: key, value }));
      const { owner, variable } = assignedBy(key);
      return [{ phase, owner, variable, value }];
    });
  });

/** Names that some phase sets, as `owner.name`: they must stay variables. */
export const settableNames = (protocol: readonly Phase[]): Set<string> =>
  new Set(assignmentsOf(protocol).map(({ owner, variable }) => `${owner}.${variable}`));
