/** What phases of the protocol assign: which variables of whom, and the values. */

import { assignedBy } from '../model/assigned.js';
import type { Phase, Value } from '../model/typed.js';
import { ownersOf } from '../model/typed.js';

/** Each variable that a phase sets or gives another first value, with its owner. */
function assignmentsOf(
  protocol: readonly Phase[],
): readonly { readonly owner: string; readonly variable: string; readonly value: Value }[] {
  return protocol.flatMap((phase) => {
    if (phase.kind !== 'set' && phase.kind !== 'initialise') return [];
    const { of } = phase;
    return Object.entries(phase.kind === 'set' ? phase.set : phase.initialise).flatMap(([key, value]) => {
      if (of !== undefined) return ownersOf(of).map((owner) => ({ owner, variable: key, value }));
      const { owner, variable } = assignedBy(key);
      return [{ owner, variable, value }];
    });
  });
}

/** Names that some phase sets, as `owner.name`: they must stay variables. */
export const settableNames = (protocol: readonly Phase[]): Set<string> =>
  new Set(assignmentsOf(protocol).map(({ owner, variable }) => `${owner}.${variable}`));

/** Values that phases give to a variable of an owner, or of some of its elements or synapses. */
export const valuesSet = (owner: string, variable: string, protocol: readonly Phase[]): Value[] =>
  assignmentsOf(protocol).flatMap((each) => (each.owner === owner && each.variable === variable ? [each.value] : []));
