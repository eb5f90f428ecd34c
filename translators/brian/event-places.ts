/** Where in a step Brian tests for events, and which pathways run before the test of their event. */

import { objectNames } from '../../src/model/object-names.js';
import { slotsOf } from '../../src/model/steps.js';
import { defaultSlot, isBeforeThresholds } from './vocabulary.js';

/** Where an object of Brian acts: by slot, then by order, then by name. */
export interface PlaceInStep {
  readonly slot: string;
  /** Of all objects in the slot, not counted from that of a group. */
  readonly order: number;
  /** Of the object. */
  readonly name: string;
}

const rankOf = (slot: string): number => (slotsOf.brian as readonly string[]).indexOf(slot);

/** Where an event of a group is tested for. @param order  counted from that of the group */
export const testPlace = (
  group: { readonly name: string; readonly order?: number },
  event: string,
  { slot, order = 0 }: { readonly slot?: string | undefined; readonly order?: number | undefined } = {},
): PlaceInStep => ({
  slot: slot ?? (event === 'spike' ? defaultSlot.threshold : defaultSlot.customEvent),
  order: order + (group.order ?? 0),
  name: objectNames.thresholder(group.name, event),
});

/** Whether one object acts before another one. */
export function actsBefore(one: PlaceInStep, other: PlaceInStep): boolean {
  const slots = rankOf(one.slot) - rankOf(other.slot);
  if (slots !== 0) return slots < 0;
  return one.order === other.order ? one.name < other.name : one.order < other.order;
}

/**
 * Whether a pathway in a slot before the thresholds hears of an event a step later, which adds a step to its delays: it
 * runs before the event is tested for. Brian hands events over when a pathway runs.
 */
export const hearsStepLater = (pathway: PlaceInStep, test: PlaceInStep): boolean =>
  isBeforeThresholds(pathway.slot) && actsBefore(pathway, test);
