/** Names in Brian that count the spikes of a source with several spikes in a step. */

import type { NeuronType } from '../../src/model/model.js';

/** The variable of a group that holds the number of spikes in the step. */
export const spikeCount = 'n_spikes';

/** Returns the event of the second spike of a step, of the third and so on. */
export const furtherSpike = (k: number): string => `spike_${k}`;

/** Events of a type that are its second and further spikes of a step. */
export function furtherSpikesOf({
  state,
  derived,
  events,
}: Pick<NeuronType, 'state' | 'derived' | 'events'>): readonly string[] {
  if (![state, derived].some((map) => Object.hasOwn(map, spikeCount))) return [];
  const names = Object.keys(events).map((_, k) => furtherSpike(k + 2));
  return names.filter((name, k) => events[name]?.when === `${spikeCount} > ${k + 1}`);
}
