/** Names of PyNN that not all of its simulators have. */

import type { PynnSpecification, Values } from '../specification.js';

/** The simulator that lacks a type of PyNN 0.13, of NEST and NEURON. */
export const lackedBy: Readonly<Record<string, 'NEST' | 'NEURON'>> = {
  BetaPSR: 'NEURON',
  SpikeSourceInhGamma: 'NEURON',
  ElectricalSynapse: 'NEST',
  MultiCompartmentNeuron: 'NEST',
  Vogels2011Rule: 'NEST',
};

/** What goes wrong with types that PyNN 0.13 has, under one simulator. */
export const failing: Readonly<Record<string, string>> = {
  GIF_cond_exp: 'NEURON hands on and records none of its spikes',
  IF_cond_exp_gsfa_grr: 'it raises an error under NEST, where the script does not run',
  IF_curr_delta: 'it raises an error under NEURON, where the script does not run',
  SpikeSourceInhGamma: 'it raises an error under NEST, too',
};

/** Synapses of PyNN 0.13 for which NEST needs an extension, which PyNN makes at its installation where NEST is there by then. */
const inExtension = ['StochasticTsodyksMarkramSynapse'];

/** Sources of PyNN 0.13 that NEST lets neither begin nor end. */
const withoutTimes = ['SpikeSourceGamma', 'SpikeSourcePoissonRefractory'];

/** What PyNN's simulators lack, or get wrong, of a document, a sentence for each type. */
export const remarksOnBackends = (document: PynnSpecification): readonly string[] => {
  const used = typesIn(document);
  return [
    ...Object.entries(lackedBy)
      .filter(([name]) => used.has(name))
      .map(([name, lacking]) => `PyNN has no ${name} for ${lacking}, where the script does not run`),
    ...withoutTimes
      .filter((name) => (document.populations ?? []).some(({ cell }) => cell.type === name && hasTimes(cell.params)))
      .map((name) => `${name} of PyNN 0.13 has no start and no duration under NEST, where the script does not run`),
    ...inExtension
      .filter((name) => used.has(name))
      .map((name) => `${name} of PyNN 0.13 runs under NEST only with PyNN's extension of it`),
    ...Object.entries(failing)
      .filter(([name]) => used.has(name))
      .map(([name, what]) => `${name} of PyNN 0.13: ${what}`),
  ].sort();
};

const hasTimes = (params: Values = {}): boolean => 'start' in params || 'duration' in params;

function typesIn({ populations = [], projections = [] }: PynnSpecification): ReadonlySet<string | undefined> {
  return new Set([
    ...populations.flatMap(({ cell }) => [cell.type, ...Object.values(cell.receptors ?? {}).map(({ type }) => type)]),
    ...projections.flatMap(({ synapse }) => [synapse?.type, synapse?.timing_dependence?.type]),
  ]);
}

/**
 * Rates of Poisson sources without zeros. Of a zero, PyNN's NEURON makes a division by zero, or an infinite interval, after which sources
 * of the population that get another rate stay silent.
 *
 * @returns undefined where there is none
 */
export function withoutZeroRates({ rate, ...others }: Values): Values | undefined {
  if (rate === 0) return { ...others, rate: almostNever };
  if (!Array.isArray(rate) || !rate.includes(0)) return undefined;
  return { ...others, rate: rate.map((one: unknown) => (one === 0 ? almostNever : one)) as Values[string] };
}

/** In Hz. */
const almostNever = 1e-9;
