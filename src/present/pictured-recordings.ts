/** Recordings that pictures add to a model. They change neither its spikes nor its fingerprint. */

import type { Model } from '../model/model.js';
import { isRecording } from '../model/tagged.js';

/** Most cells of a model of which the potential is recorded. */
export const fewCells = 4;
/** Cells of a larger model that records nothing. */
const firstCells = 3;

/**
 * Returns the recordings that a model needs for its pictures, as `--record` takes them: the potential of few cells, and
 * of a model that records nothing the spikes and the potential of its first cells.
 */
export function picturedRecordings({ populations, neurons, recordings }: Model): readonly string[] {
  if (recordings.some((one) => isRecording(one, 'variables'))) return [];
  const cells = Object.values(populations).reduce((sum, { size }) => sum + size, 0);
  if (recordings.length > 0 && cells > fewCells) return [];
  const own = Object.entries(populations).flatMap(([name, { type, size }]) => {
    const neuron = neurons[type ?? ''];
    return neuron && size > 0 ? [{ name, size, neuron }] : [];
  });
  const spikes = own.flatMap(({ name, neuron }) =>
    recordings.length === 0 && Object.hasOwn(neuron.events, 'spike') ? [`${name}:spikes`] : [],
  );
  const potentials = own.flatMap(({ name, size, neuron }) =>
    neuron.compartments || Object.hasOwn(neuron.state, 'v') ? [`${name}[0:${Math.min(size, firstCells)}]:v`] : [],
  );
  return [...spikes, ...potentials.slice(0, fewCells)];
}
