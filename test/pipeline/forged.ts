/** Results that hold much, and a quick way to verify many edited copies of one. */

import { differenceText } from '../../runtime/results/compare.js';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import { importModel, runModel } from '../../src/pipeline/pipeline.js';
import { runAgain, verifyBy, type NewRun } from '../../src/verify/verify.js';

/** A PyNN-style document with a reset, positions, sampling intervals and metadata of people and subject. */
export const segmented = JSON.stringify({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'segmented',
  description: 'Two cells and three sources',
  licence: 'CC-BY-4.0',
  region: 'V1',
  species: 'Mus musculus',
  doi: '10.1000/182',
  authors: [{ name: 'Hodgkin, Alan', orcid: '0000-0002-1825-0097' }],
  setup: { timestep: 0.1 },
  populations: [
    { label: 'p', size: 2, cell: { type: 'IF_cond_exp', params: { i_offset: 3 } }, structure: { type: 'Line' } },
    { label: 's', size: 3, cell: { type: 'SpikeSourcePoisson', params: { rate: 1000 } } },
  ],
  recordings: [
    { target: 'p', variables: ['spikes', 'v', 'gsyn_exc'], sampling_interval: 0.5 },
    { target: 's', variables: ['spikes'] },
  ],
  phases: [{ run: 6 }, { reset: { annotations: { trial: 'first' } } }, { run: 1 }, { run: 1 }],
});

/** A Brian-like specification with whole numbers, truth values, synapses, a rate, and two clocks. */
export const clocked = JSON.stringify({
  format: 'interneuron/brian',
  name: 'clocked',
  dt: '0.1 ms',
  seed: 3,
  neuron_groups: {
    cells: {
      N: 3,
      model: 'dv/dt = (30*mV - v)/(1*ms) + 3*mV*xi*(10*ms)**-0.5 : volt\nn : integer\nb : boolean',
      method: 'euler',
      threshold: 'v > 10*mV',
      reset: 'v = 0*mV\nn += 1\nb = not b',
    },
  },
  synapses: {
    s: { source: 'cells', target: 'cells', model: 'w : 1', on_pre: 'w += 1', connect: { condition: 'i != j' } },
  },
  spike_monitors: { spikes: { source: 'cells', variables: ['v', 'n', 'b'] } },
  state_monitors: {
    m: { source: 'cells', variables: ['v', 'n', 'b'], record: [0, 2] },
    w: { source: 's', variables: ['w'], record: true, dt: '1 ms' },
  },
  population_rate_monitors: { r: { source: 'cells' } },
  run: '3 ms',
});

/** Runs a model into a file. */
export async function runInto(text: string, path: string): Promise<void> {
  const result = await runModel(importModel({ name: 'model.json', text }), {
    target: 'reference',
    outputs: [path],
    force: true,
  });
  if (result.kind === 'run') result.dispose();
}

/**
 * Verifies copies of one result: its model is run again once, since a copy with another record or model is found out
 * before.
 *
 * @returns the message about a copy; null if it has no fault
 */
export function verifierOf(stem: string): (path: string) => Promise<string | null> {
  let run: Promise<NewRun> | null = null;
  return async (path) => {
    try {
      const { verdict, stored } = await verifyBy(
        path,
        (repeatable) => (run ??= runAgain(repeatable, stem, { target: 'reference' })),
      );
      switch (verdict.verdict) {
        case 'identical':
          return null;
        case 'incomparable':
          return verdict.reason;
        case 'different':
          return [
            ...(verdict.first ? [differenceText(verdict.first, stored.dt)] : []),
            ...verdict.changes.map((change) => `${change.place}: stored ${change.stored}, expected ${change.expected}`),
          ].join('\n');
      }
    } catch (error) {
      if (error instanceof DiagnosticError)
        return error.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
      if (error instanceof UsageError) return `usage: ${error.message}`;
      throw error;
    }
  };
}
