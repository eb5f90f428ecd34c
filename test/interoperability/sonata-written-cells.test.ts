/** Circuits of cells with a shape that we write, run by BMTK on NEURON and read by libsonata. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';
import { simulateModel } from '../support/simulate.js';
import { branched, finer } from '../translators/sonata/written-cells.js';
import '../../translators/sonata/road.js';

interface Found {
  /** In mV at each step, by population and node id. */
  readonly potentials: Readonly<Record<string, readonly number[]>>;
  readonly spikes: readonly (readonly [population: string, id: number, time: number])[];
}

const records = peerRecords('sonata-written-cells');
const runner = 'test/interoperability/python/run_bionet.py';
const folder = temporaryFolder();

describe.each([
  ['sections divided by dL', branched],
  ['a section for each compartment', finer()],
])('a written circuit with %s', (what, document) => {
  it('has the spikes of the model in BMTK, and its potentials within 1e-6 mV', async () => {
    const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(document) });
    const { files } = await convertModel(valid, 'sonata');
    const texts = [JSON.stringify(document), ...files.map(({ name, text }) => `${name} ${text}`)];
    const bmtk = await records.output<Found>(
      peers.bionet,
      { what: `written circuit with ${what}`, texts, runners: [runner] },
      async () => {
        const base = folder.file(`bmtk ${what}`);
        mkdirSync(join(base, 'components/mechanisms/modfiles'), { recursive: true });
        for (const { name, text, bytes } of files) {
          mkdirSync(dirname(join(base, name)), { recursive: true });
          writeFileSync(join(base, name), bytes ?? text);
        }
        const output = await python('.venv-sonata', [runner, join(base, files[0]!.name)]);
        return JSON.parse(output.trim().split('\n').at(-1)!) as Found;
      },
    );
    const { events, samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    const spikes = events.get('cells.spike')!.map(([step, cell]) => `${cell} ${((step + 1) * 0.025).toFixed(3)}`);
    expect(spikes.length).toBeGreaterThan(2);
    expect(spikes.sort()).toEqual(bmtk.spikes.map(([, cell, time]) => `${cell} ${time.toFixed(3)}`).sort());
    for (const cell of [0, 1]) {
      const own = samples.get('v_soma/v')!.map((row) => row[cell]! * 1e3);
      const error = own.map((v, k) => Math.abs(v - bmtk.potentials[`cells ${cell}`]![k]!));
      expect(error.length).toBe(2401);
      expect(Math.max(...error)).toBeLessThan(1e-6);
    }
  });
});
