/** Names of PyNN that not all of its simulators have. */

import type { PynnSpecification } from '../specification.js';

/** The simulator that lacks a type of PyNN 0.13, of NEST and NEURON. */
export const lackedBy: Readonly<Record<string, 'NEST' | 'NEURON'>> = {
  BetaPSR: 'NEURON',
  SpikeSourceInhGamma: 'NEURON',
  ElectricalSynapse: 'NEST',
  MultiCompartmentNeuron: 'NEST',
  Vogels2011Rule: 'NEST',
};

/** Types in a document that NEST or NEURON lacks, sorted. */
export function lackedTypes({ populations = [], projections = [] }: PynnSpecification): readonly string[] {
  const used = new Set([
    ...populations.flatMap(({ cell }) => [cell.type, ...Object.values(cell.receptors ?? {}).map(({ type }) => type)]),
    ...projections.flatMap(({ synapse }) => [synapse?.type, synapse?.timing_dependence?.type]),
  ]);
  return Object.keys(lackedBy)
    .filter((name) => used.has(name))
    .sort();
}
