/**
 * The reference interpreter accepts every document that is exported as LEMS: it finds no fault with types, dimensions,
 * references and paths, and steps the model for a millisecond. `lems-export.test.ts` compares the results of some of
 * them.
 */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { recordingSpikes } from '../../src/verify/check-conversion.js';
import { peerRecords } from '../support/peer-records.js';
import { missingInterpreter, referenceComplaints, referenceOutputs } from './reference-interpreter.js';
import '../../src/notations.js';

const records = peerRecords('lems-validity');

/** Documents that are left out, with why. */
const leftOut: Readonly<Record<string, string>> = {
  'fixtures/neuroml/cells.net.nml': 'runs nothing; see neuroml-kept.test.ts',
  'fixtures/neuroml/soma.cell.nml': 'runs nothing; see neuroml-kept.test.ts',
  'fixtures/brian/brunel-2000.yaml': 'too many connections to list',
  'fixtures/brian/brunel-hakim.yaml': 'too many connections to list',
  'fixtures/brian/cobahh.yaml': 'too many connections to list',
  'fixtures/brian/song-abbott-stdp.yaml': 'too many inputs to list',
  'fixtures/brian/vogels-abbott-coba.yaml': 'too many connections to list',
  'fixtures/brian/vogels-abbott-cuba.yaml': 'too many connections to list; lems-export.test.ts has a tenth of it',
  'fixtures/model/hard/assemblies-noise.yaml':
    'a delay of no steps, which its timing does not allow: it cannot be frozen',
  'fixtures/brian/hodgkin-huxley-axon.yaml': 'cells with compartments cannot be run',
  'fixtures/model/hard/calcium-cell.yaml': 'cells with compartments cannot be run',
  'fixtures/model/hard/places-on-cells.yaml': 'cells with compartments cannot be run',
  'fixtures/model/hard/dendritic-spikes.yaml':
    'a delay of no steps, which its timing does not allow: it cannot be frozen',
  'fixtures/model/hard/onto-synapses.yaml': 'synapses onto synapses cannot be run',
  'fixtures/model/hard/recorded-synapses.yaml':
    'a delay of no steps, which its timing does not allow: it cannot be frozen',
  'fixtures/model/hard/replayed-spikes.yaml': 'its data are not given',
  'fixtures/model/hard/two-clocks.yaml': 'populations with clocks of their own cannot be run',
};

/** Of PyNN's documents, one of each kind of cell, synapse and input. */
const pynn = [
  ...[
    'if-curr-delta',
    'if-cond-exp-gsfa-grr',
    'gif-cond-exp',
    'izhikevich',
    'point-neuron',
    'current-sources',
    'electrical',
    'hh-cond-exp',
  ],
  ...[
    'multi-quantal',
    'simple-stochastic',
    'sources',
    'stdp-mixed',
    'tsodyks-markram',
    'views-and-assemblies',
    'inhomogeneous-gamma',
  ],
];

const folders = ['fixtures/neuroml', 'fixtures/brian', 'fixtures/model/hard'];
const paths = [
  ...folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(xml|nml|yaml)$/.test(name))
      .map((name) => `${folder}/${name}`),
  ),
  ...pynn.map((name) => `fixtures/pynn/${name}.json`),
];
const why = missingInterpreter();

it('lists only existing documents as left out', () => {
  for (const path of Object.keys(leftOut)) expect(paths).toContain(path);
});

describe.skipIf(why !== null)(`the reference interpreter${why === null ? '' : ` (skipped: ${why})`} takes`, () => {
  it.each(paths.filter((path) => leftOut[path] === undefined))('%s', async (path) => {
    const { valid } = importModel(readSource(path), { dt: '0.01 ms', duration: '1 ms' });
    const { files } = await convertModel(valid, 'lems', { freeze: true, origin: true });
    const exported = { name: 'exported.xml', text: files[0]?.text ?? '' };
    await referenceOutputs(records, path, [exported], 'exported.xml', () => null);
  });

  // In its own words the document would stay as it is.
  it('dimensionless currents of a document with recordings of its own', async () => {
    const { valid } = importModel(readSource('fixtures/neuroml/point-cells.xml'), { duration: '1 ms' });
    const { files } = await convertModel(recordingSpikes(valid).valid, 'lems', { name: 'exported.xml' });
    expect(files[0]?.text).toContain('extends="basePointCurrentDL"');
    await referenceOutputs(records, 'dimensionless currents', files, 'exported.xml', () => null);
  });

  it('NeuroML files with a model embedded in the simulation', async () => {
    const { valid } = importModel(readSource('fixtures/pynn/if-curr-alpha.json'));
    const { files } = await convertModel(valid, 'neuroml', { name: 'network.nml', origin: true });
    const [network, simulation] = files;
    expect(simulation?.text).toContain('interneuron:model');
    expect(await referenceComplaints(records, 'network.nml', files, network?.name ?? '')).toEqual([]);
    await referenceOutputs(records, 'network.nml', files, simulation?.name ?? '', () => null);
  });
});
