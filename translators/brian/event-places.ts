/** Places of Brian's tests for events in a step, and pathways that run before the test for their event. */

import { objectNames } from '../../src/model/object-names.js';
import { slotsOf } from '../../src/model/steps.js';
import { defaultSlot, isBeforeThresholds } from './vocabulary.js';

/** Place of an object of Brian in a step: by slot, then by order, then by name. */
export interface PlaceInStep {
  readonly slot: string;
  /** Order among all objects in the slot, not counted from the order of a group. */
  readonly order: number;
  /** Name of the object. */
  readonly name: string;
}

const rankOf = (slot: string): number => (slotsOf.brian as readonly string[]).indexOf(slot);

/** Returns the place of the test for an event of a group. @param order  counted from the order of the group */
export const testPlace = (
  group: { readonly name: string; readonly order?: number },
  event: string,
  { slot, order = 0 }: { readonly slot?: string | undefined; readonly order?: number | undefined } = {},
): PlaceInStep => ({
  slot: slot ?? (event === 'spike' ? defaultSlot.threshold : defaultSlot.customEvent),
  order: order + (group.order ?? 0),
  name: objectNames.thresholder(group.name, event),
});

/** Checks whether one object acts before another one. */
export function actsBefore(step: PlaceInStep, other: PlaceInStep): boolean {
  const slots = rankOf(step.slot) - rankOf(other.slot);
  if (slots !== 0) return slots < 0;
  return step.order === other.order ? step.name < other.name : step.order < other.order;
}

/**
 * Checks whether a pathway that runs before the thresholds receives an event one step later, which adds a step to its
 * delays. It does if it runs before the test for the event, because Brian delivers events when a pathway runs.
 */
export const hearsStepLater = (pathway: PlaceInStep, test: PlaceInStep): boolean =>
  isBeforeThresholds(pathway.slot) && actsBefore(pathway, test);
