/** Scripts with cells with compartments as we write them: under NEURON, and read by PyNN's interneuron backend. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { peerRecords } from '../support/peer-records.js';
import { missingEnvironment, python } from '../support/python.js';
import { simulate } from '../support/simulate.js';
import { failed, missingPynn, runThere } from './pynn/backend.js';

const dt = 0.0025;
const sampling = { sampling_interval: 0.5 };
/** Pairs in the order in which PyNN makes them: by the receiver. */
const pairs = (size: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 * size }, (_, k) => [k % 2, Math.floor(k / 2)]);
const on = (post: string, size: number, receptor: string, location: string): object => ({
  label: `${location} of ${post}`,
  pre: 'input',
  post,
  receptor_type: receptor,
  location,
  connector: { type: 'FromListConnector', params: { conn_list: pairs(size), column_names: [] } },
  synapse: { type: 'StaticSynapse', params: { weight: 0.003, delay: 1 } },
});
const pulse = (cell: number, more: object): object => ({
  label: `pulse ${cell}`,
  type: 'DCSource',
  params: { start: 20, stop: 35, amplitude: 0.3 },
  inject_into: [`cell ${cell}`],
  ...more,
});

/** Three branched cells with all of PyNN's channels, receptors and currents at places, and one cylinder with a leak. */
const document = {
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  setup: { timestep: dt },
  populations: [
    {
      label: 'cells',
      size: 3,
      initial_values: { v: [-65, -65, -62] },
      cell: {
        type: 'MultiCompartmentNeuron',
        cm: 1.2,
        Ra: 150,
        sections: {
          soma: { points: [[18.8, 0, 0, 18.8], [0, 0, 0, 18.8]] }, // prettier-ignore
          trunk: { parent: 'soma', points: [[0, 0, 0, 3], [-200, 0, 0, 2]] }, // prettier-ignore
          left: { parent: 'trunk', points: [[-200, 0, 0, 1], [-300, 80, 0, 0.8]] }, // prettier-ignore
          right: { parent: 'trunk', points: [[-200, 0, 0, 1.2], [-350, -90, 0, 0.6]] }, // prettier-ignore
        },
        groups: { thick: ['soma', 'trunk'] },
        ionic_species: { na: { reversal_potential: 50 }, k: { reversal_potential: -77 } },
        ion_channels: {
          pas: {
            type: 'PassiveLeak',
            params: { conductance_density: { by_section: { soma: 0.0003, trunk: 0.0001, left: 0.0001, right: 0.0001 } }, e_rev: -54.3 }, // prettier-ignore
          },
          na: { type: 'NaChannel', params: { conductance_density: { uniform: 0.12, on: 'thick' } } },
          kdr: { type: 'KdrChannel', params: { conductance_density: { by_section: { soma: 0.0356, trunk: 0.0309 } } } },
        },
        receptors: {
          AMPA: { type: 'CondExpPostSynapticResponse', params: { tau_syn: 2 }, locations: ['left', 'right'] },
          GABA: { type: 'CondAlphaPostSynapticResponse', params: { e_syn: -75, tau_syn: 6 }, locations: 'trunk' },
        },
      },
    },
    {
      label: 'cylinder',
      size: 1,
      cell: {
        type: 'MultiCompartmentNeuron',
        sections: { soma: { points: [[0, 0, 0, 4], [400, 0, 0, 4]] } }, // prettier-ignore
        ion_channels: { pas: { type: 'PassiveLeak' } },
        receptors: { syn: { type: 'CurrExpPostSynapticResponse' } },
      },
    },
    {
      label: 'input',
      size: 2,
      cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [5, 12, 13] } } },
    },
  ],
  views: [0, 1].map((cell) => ({ label: `cell ${cell}`, of: 'cells', select: { indices: [cell] } })),
  projections: [
    on('cells', 3, 'AMPA', 'left'),
    on('cells', 3, 'AMPA', 'right'),
    on('cells', 3, 'GABA', 'trunk'),
    on('cylinder', 1, 'syn', 'soma'),
  ],
  current_sources: [pulse(0, {}), pulse(1, { location: 'left' })],
  recordings: [
    { target: 'cells', variables: ['spikes'] },
    { target: 'cells', variables: ['v'], locations: ['soma', 'right'], ...sampling },
    { target: 'cells', variables: ['na.h', 'kdr.n'], locations: ['trunk'], ...sampling },
    { target: 'cylinder', variables: ['v'], ...sampling },
  ],
  phases: [{ run: 40 }],
};

const missing = missingPynn() ?? missingEnvironment('.venv-pynn');
const records = peerRecords('pynn-compartments');
const folder = temporaryFolder();
const imported = importModel({ name: 'model.json', text: JSON.stringify(document) });

describe.skipIf(missing !== null)(`cells with compartments${missing === null ? '' : ` (${missing})`}`, () => {
  test('have the spikes and samples of NEURON', async () => {
    const [outcome] = await runThere(records, 'neuron', [{ what: 'branched cells', valid: imported.valid }]);
    if (outcome === undefined || failed(outcome)) throw new Error(outcome?.error);
    const here = await simulate(JSON.stringify(document), { engines: [{ target: 'wasm', threads: 1 }] });
    const spikes = (here.events.get('cells.spike') ?? []).map(([step, cell]) => [cell, (step + 1) * dt] as const);
    const { spikes: theirs, signals } = outcome.populations['cells']![0]!;
    expect(spikes.map(([cell]) => cell)).toEqual([0, 1, 2, 0, 1]);
    for (const cell of [0, 1, 2]) {
      const own = spikes.flatMap(([one, time]) => (one === cell ? [time] : []));
      expect(theirs[cell]!.length).toBe(own.length);
      // NEURON's steps are of first order.
      own.forEach((time, k) => expect(Math.abs(time - theirs[cell]![k]!)).toBeLessThan(0.01));
    }
    const cylinder = outcome.populations['cylinder']![0]!.signals;
    for (const [ours, values, within] of [
      // Spikes are up to 0.01 ms apart, in which they rise by 3 mV.
      ['cells_soma_v/v', signals['soma.v']?.values, [1e3, 2]],
      ['cells_right_v/v', signals['right.v']?.values, [1e3, 0.5]],
      ['cells_trunk_signals/na.h', signals['trunk.na.h']?.values, [1, 0.02]],
      ['cells_trunk_signals/kdr.n', signals['trunk.kdr.n']?.values, [1, 0.02]],
      ['cylinder_v/v', cylinder['v']?.values, [1e3, 0.002]],
    ] as const) {
      const own = here.samples.get(ours)!.map((row) => row.map((value) => value * within[0]));
      expect([ours, own.length]).toEqual([ours, values?.length]);
      const apart = own.flatMap((row, k) => row.map((value, cell) => Math.abs(value - values![k]![cell]!)));
      expect(Math.max(...apart), ours).toBeLessThan(within[1]);
    }
  });

  const seed = JSON.parse(readFileSync(join(root, 'test/fuzz/seeds/pynn/compartments.json'), 'utf8')) as object;
  test.each([
    ['branched', document],
    ['seed', seed],
  ])('have the same fingerprint when interneuron reads the script: %s', async (name, of) => {
    const text = JSON.stringify(of);
    const own = folder.file(name);
    mkdirSync(own);
    const { files } = await convertModel(importModel({ name: 'model.json', text }).valid, 'pynn', { name: 'model.py' });
    for (const file of files) writeFileSync(join(own, file.name), file.text);
    const words = ['-W', 'ignore', '-m', 'interneuron', 'run', join(own, 'model.py')];
    const variables = { INTERNEURON_PROGRAM: inject('program'), INTERNEURON_NODE: process.execPath };
    const here = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    expect(await python('.venv-pynn', words, variables)).toContain(`fingerprint  ${here.fingerprint}`);
  });
});
