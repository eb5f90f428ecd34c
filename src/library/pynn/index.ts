/** PyNN 0.13's standard types by name. */

import { cells } from './cells.js';
import { sources } from './sources.js';
import type { StandardCell } from '../standard-type.js';

export { gifCell } from './cells.js';
export { pointNeuron, neuronParts, responseParts, type ReceptorChoice } from './point-neuron.js';
export { stdpName, stdpSynapse, timingRules, weightDependences, type StdpTiming } from './plasticity.js';
export { synapsesFor } from './synapses.js';

/** The version of PyNN whose types these are. */
export const pynnVersion = '0.13';

/** Cells with a type of their own, by name; SpikeSourceArray has none. */
export const standardCells: ReadonlyMap<string, StandardCell> = new Map([...cells, ...sources].map((cell) => [cell.name, cell]));

/** Types of PyNN that only other machinery could build, each with what it is. */
export const missingTypes: Readonly<Record<string, string>> = {
  SpikeSourceInhGamma: 'a gamma process whose shape changes in time',
  ElectricalSynapse: 'gap junctions',
  MultiCompartmentNeuron: 'a cell with compartments',
};
