/** Circuits of cells with shapes that we read, and that we write, against BMTK on NEURON at the same step. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import type { ValidModel } from '../../src/model/model.js';
import { temporaryFolder } from '../support/command.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';
import { simulateModel } from '../support/simulate.js';
import {
  circuitOfCells,
  copiedTexts,
  drawnPlaces,
  membraneInNeuroml,
  writeCells,
} from '../translators/sonata/cells.js';
import { branched, finer, spiking } from '../translators/sonata/written-cells.js';
import '../../translators/nmodl/road.js';
import '../../translators/sonata/road.js';

interface Found {
  /** In mV at each step, by population and node id. */
  readonly potentials: Readonly<Record<string, readonly number[]>>;
  readonly spikes: readonly (readonly [population: string, id: number, time: number])[];
  readonly sections: Readonly<
    Record<string, readonly { readonly name: string; readonly divisions: number; readonly length: number }[]>
  >;
}

const records = peerRecords('sonata-cells');
const writtenRecords = peerRecords('sonata-written-cells');
const runner = 'test/interoperability/python/run_bionet.py';
const folder = temporaryFolder();

/** The populations of ours, with the nodes of BMTK that are their cells. */
const nodes = { cells_tall: [0, 2], cells_small: [1] } as const;

/** A population of cells without sections, which BMTK lets spike between steps. */
const points = { cells_IntFire1: [3] } as const;

describe.each([
  ['files of parameters', {}],
  ['a file in NeuroML', membraneInNeuroml],
  ['files of parameters and drawn places of synapses', drawnPlaces],
])('a circuit of cells with shapes and membranes in %s', (what, changes) => {
  let bmtk: Found;
  let valid: ValidModel;

  beforeAll(async () => {
    bmtk = await records.output<Found>(
      peers.bionet,
      {
        what: `circuit of cells with ${what}`,
        texts: [JSON.stringify({ ...circuitOfCells, ...changes }), ...copiedTexts()],
        runners: [runner],
      },
      async () => {
        const path = await writeCells(folder.file(`bmtk ${what}`), changes);
        return JSON.parse((await python('.venv-sonata', [runner, path])).trim().split('\n').at(-1)!) as Found;
      },
    );
    ({ valid } = importModel(readSource(await writeCells(folder.file(`own ${what}`), changes))));
  });

  it('has the sections of NEURON, in the order in which edges count them', () => {
    for (const [population, ids] of Object.entries(nodes)) {
      const { compartments } = valid.model.neurons[valid.model.populations[population]!.type!]!;
      expect(Object.entries(compartments!.sections).map(([name, { divisions }]) => [name, divisions])).toEqual(
        bmtk.sections[`cells ${ids[0]}`]!.map(({ name, divisions }) => [name.replace(/\[(\d+)\]/, '_$1'), divisions]),
      );
    }
  });

  it('has the spikes of BMTK, and its potentials within 1e-7 mV', async () => {
    const { events, samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
    const spikes = Object.entries({ ...nodes, ...points }).flatMap(([population, ids]) =>
      (events.get(`${population}.spike`) ?? []).map(
        ([step, cell]) => ['cells', ids[cell]!, Number(((step + 1) * 0.05).toFixed(4))] as const,
      ),
    );
    expect(bmtk.spikes.length).toBeGreaterThan(20);
    expect(spikes.sort(([, i, s], [, j, t]) => i - j || s - t)).toEqual(
      bmtk.spikes.map(([name, id, time]) => [
        name,
        id,
        id === 3 ? Number((Math.round(time / 0.05) * 0.05).toFixed(4)) : time,
      ]),
    );
    for (const [population, ids] of Object.entries(nodes))
      for (const [cell, id] of ids.entries()) {
        const own = samples.get(`v_${population}/v`)!.map((row) => row[cell]! * 1e3);
        expect(own.length).toBeGreaterThan(2000);
        const error = own.map((v, k) => Math.abs(v - bmtk.potentials[`cells ${id}`]![k]!));
        expect(Math.max(...error)).toBeLessThan(1e-7);
      }
  });
});

describe.each([
  ['sections divided by dL', branched],
  ['a section for each compartment', finer()],
  ['channels in NMODL', spiking()],
])('a written circuit with %s', (what, document) => {
  it('has the spikes of the model in BMTK, and its potentials within 1e-6 mV', async () => {
    const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(document) });
    const { files } = await convertModel(valid, 'sonata');
    const texts = [JSON.stringify(document), ...files.map(({ name, text }) => `${name} ${text}`)];
    const bmtk = await writtenRecords.output<Found>(
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
