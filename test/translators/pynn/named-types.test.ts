/** Cells of PyNN's documents by models in NESTML: numbers and weights count NEST's units. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import '../../../translators/nestml/road.js';
import '../../../translators/pynn/road.js';
import { DiagnosticError } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const model = (inhibitory: string): string => `model cell:
    state:
        ${inhibitory} real = 0
    equations:
        kernel K = exp(-t / tau)
        inline I_exc pA = convolve(K, exc) * pA
        inline I_inh pA = convolve(K, inh) * pA
    parameters:
        tau ms = 5 ms
    input:
        exc <- excitatory spike
        inh <- inhibitory spike
    update:
        integrate_odes()
`;

const network = (nestml: string, weights: readonly number[]): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1, min_delay: 0.1 },
    populations: [
      { label: 'source', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [1] } } } },
      { label: 'cells', size: 1, cell: { nestml, name: 'cell', params: { tau: 2 } } },
    ],
    projections: ['excitatory', 'inhibitory'].map((receptor, k) => ({
      pre: 'source',
      post: 'cells',
      receptor_type: receptor,
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: weights[k], delay: 1 } },
    })),
    recordings: [{ target: 'cells', variables: ['I_exc', 'I_inh'] }],
    phases: [{ run: 5 }],
  });

/** Returns currents in pA, 1 ms after the spike of the source has arrived. */
async function currents(nestml: string, weights: readonly number[]): Promise<readonly number[]> {
  const session = openModel(importModel({ name: 'network.json', text: network(nestml, weights) }));
  await session.run();
  const { samples } = await session.take();
  await session.dispose();
  return samples.map(
    ({ steps, label, values }) => Number(values[[...steps].findIndex((step) => step + label === 30)]) * 1e12,
  );
}

test('currents of negative weights arrive as positive numbers at inhibitory ports', async () => {
  const [excitatory, inhibitory] = await currents(model('x'), [0.3, -0.2]);
  expect(excitatory).toBeCloseTo(300 * Math.exp(-0.5), 9);
  expect(inhibitory).toBeCloseTo(200 * Math.exp(-0.5), 9);
});

test('weights of models with conductances are positive', async () => {
  const [excitatory, inhibitory] = await currents(model('g_leak'), [0.3, 0.2]);
  expect(excitatory).toBeCloseTo(300 * Math.exp(-0.5), 9);
  expect(inhibitory).toBeCloseTo(200 * Math.exp(-0.5), 9);
});

test('mistakes have places in the model, and files are named', () => {
  const found = (nestml: string): readonly string[] => {
    try {
      importModel({ name: 'network.json', text: network(nestml, [0, 0]) });
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code, place }) => `${code} ${place?.document} ${place?.line}:${place?.column}`);
    }
  };
  expect(found(model('x').replace('5 ms', '5 mV'))[0]).toBe('nestml/units cell.nestml 9:18');
  expect(found('no.nestml')[0]).toMatch(/^nestml\/file network.json/);
});

test('editors accept a file in place of a type, and the program and they refuse both and neither', () => {
  const schema = JSON.parse(readFileSync('schemas/pynn.schema.json', 'utf8')) as Record<string, unknown>;
  const accepts = new Ajv2020({ strict: false }).compile(schema);
  const rejected = (cell: object): readonly (string | undefined)[] => {
    const document = {
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      populations: [{ label: 'a', size: 1, cell }],
    };
    const errors = accepts(document) ? 0 : 1;
    try {
      importModel({ name: 'network.json', text: JSON.stringify(document) });
      return [`${errors}`];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return [`${errors}`, ...error.diagnostics.map(({ code, message }) => `${code}: ${message}`)];
    }
  };
  expect(rejected({ nestml: model('x'), name: 'cell', params: { tau: 2 } })).toEqual(['0']);
  expect(rejected({ type: 'IF_curr_exp', nestml: model('x') })).toEqual(['1', expect.stringContaining('nestml')]);
  expect(rejected({ params: { tau: 2 } })).toEqual(['1', expect.stringContaining('type')]);
});
