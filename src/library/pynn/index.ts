/** PyNN 0.13's standard types by name. */

import { cells } from './cells.js';
import { sources } from './sources.js';
import type { StandardCell } from '../standard-type.js';

export { ionChannels, type IonChannel } from './ion-channels.js';
export { response } from './receptors.js';
export { gifCell } from './cells.js';
export { composedCell, membraneOf, neuronParts, pointNeuron, receptorsOf, responseParts } from './point-neuron.js';
export { stdpName, stdpSynapse, timingRules, weightDependences } from './plasticity.js';
export { electricalSynapse, synapsesFor } from './synapses.js';
export { inhomogeneousGamma } from './sources.js';

/** Cells with their own type, by name, without SpikeSourceArray. */
export const standardCells: ReadonlyMap<string, StandardCell> = new Map(
  [...cells, ...sources].map((cell) => [cell.name, cell]),
);
