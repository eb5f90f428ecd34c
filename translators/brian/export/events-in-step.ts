/** Events of cells that others hear of before they are advanced, in the slot in which Brian advances cells. */

import { wholePopulation } from '../../../src/model/selected.js';
import type { EventDefinition, Model, NeuronType } from '../../../src/model/model.js';
import { mapped } from '../../../src/model/collections.js';
import { actsBefore, type PlaceInStep } from '../event-places.js';
import { defaultSlot } from '../vocabulary.js';

/** The slot in which Brian advances cells and synapses. */
const slot = 'groups';

/** Whether pathways hear of the events of a population in the slot of the equations, after these. */
export const isHeardInStep = (population: string, { projections, synapses, populations }: Model): boolean =>
  Object.values(projections).some(
    ({ from, synapse }) =>
      wholePopulation(from.of) === population &&
      Object.values(synapses[synapse]?.pathways ?? {}).some(
        (one) => one.slot === slot && one.on.startsWith('pre.') && one.order > (populations[population]?.order ?? 0),
      ),
  );

/** A type whose events are tested, and act, one after another as before, right behind the equations of the cells. */
export function withEventsInStep(type: NeuronType): NeuronType {
  const places = Object.entries(type.events).map(([key, event]) => placesOf(key, event));
  const all = places.flatMap(({ test, act }) => [test, act]).sort((a, b) => (actsBefore(a, b) ? -1 : 1));
  const orders = new Map<string, number>();
  let last: PlaceInStep | undefined;
  for (const one of all) {
    const isSame = last?.slot === one.slot && last.order === one.order;
    orders.set(textOf(one), orders.size === 0 ? 1 : Math.max(...orders.values()) + (isSame ? 0 : 1));
    last = one;
  }
  const orderOf = (place: PlaceInStep): number => orders.get(textOf(place)) ?? 1;
  const events = mapped(type.events, (event, key): EventDefinition => {
    const { test, act } = placesOf(key, event);
    return { ...event, slot, order: orderOf(test), actionSlot: slot, actionOrder: orderOf(act) };
  });
  return { ...type, events };
}

const textOf = ({ slot: where, order }: PlaceInStep): string => `${where} ${order}`;

/** Where Brian tests an event and acts on it, by orders that count from that of the group. */
function placesOf(key: string, event: EventDefinition): { readonly test: PlaceInStep; readonly act: PlaceInStep } {
  const isSpike = key === 'spike';
  const tests = event.slot ?? (isSpike ? defaultSlot.threshold : defaultSlot.customEvent);
  const acts = event.actionSlot ?? (isSpike ? defaultSlot.reset : defaultSlot.customEventCode);
  // On a grid, the threshold has its slot for itself, whatever its order.
  const { order, actionOrder = order } = isSpike && event.slot === undefined ? { order: 0 } : event;
  return { test: { slot: tests, order, name: '' }, act: { slot: acts, order: actionOrder, name: '' } };
}
