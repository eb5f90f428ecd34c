/** Conversions into a file called `.nml`: a NeuroML document, and the LEMS document in the same folder that runs it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { convertModel, type ConvertedModel } from '../../../../src/convert/convert.js';
import { importModel, readSource, type Source } from '../../../../src/pipeline/pipeline.js';
import {
  missingInterpreter,
  runReference,
  validateByReference,
} from '../../../interoperability/reference-interpreter.js';
import { missingEnvironment, python } from '../../../support/python.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';
import '../../../../translators/pynn/road.js';

const convert = (source: Source, name: string): Promise<ConvertedModel> =>
  convertModel(importModel(source).valid, 'neuroml', { name });

/** Returns whether the validator of jNeuroML takes the first file, if it is installed; the model hash of the second. */
async function judged(
  { files }: ConvertedModel,
  run = false,
): Promise<{ hash: string; complaints: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-nml-'));
  try {
    mkdirSync(join(folder, 'results'));
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    const [neuroml, simulation] = files.map(({ name }) => name);
    const { hashes } = importModel(readSource(join(folder, simulation ?? '')));
    const complaints = missingInterpreter() === null ? await validateByReference(folder, neuroml ?? '') : [];
    if (run && missingInterpreter() === null) await runReference(folder, simulation ?? '');
    return { hash: hashes.model, complaints };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('holds the network, with a second file for its simulation', async () => {
  const source = readSource('fixtures/neuroml/contacts.xml');
  const converted = await convert(source, 'small-one.net.nml');
  const [neuroml, simulation] = converted.files;
  expect(converted.files.map(({ name }) => name)).toEqual(['small-one.net.nml', 'LEMS_small-one.xml']);
  expect(neuroml?.text).toMatch(/^<neuroml [^>]* id="small_one">/);
  expect(neuroml?.text).not.toMatch(/<Simulation|<Include/);
  expect(simulation?.text).toMatch(/<Include file="small-one.net.nml"\/>\s*<Simulation/);
  expect(await judged(converted, true)).toEqual({ hash: importModel(source).hashes.model, complaints: [] });
});

it('runs a network that came from a file without a simulation', async () => {
  const text = `<neuroml id="alone"><notes>One cell.</notes>
    <IF_curr_exp id="cell" cm="1" i_offset="1" tau_m="20" tau_refrac="5" tau_syn_E="5" tau_syn_I="5"
      v_init="-65" v_reset="-65" v_rest="-65" v_thresh="-50"/>
    <network id="net"><population id="cells" component="cell" size="2"/></network></neuroml>`;
  const { valid } = importModel({ name: 'alone.net.nml', text });
  expect((await convertModel(valid, 'lems', { name: 'x.xml' })).files[0]?.text).toMatch(/^<neuroml /);
  const experiment = { ...valid.model.experiment, dt: 1e-4, protocol: [{ run: 0.05 }] };
  const running = { ...valid, model: { ...valid.model, experiment } };
  const { files, report } = await convertModel(running, 'lems', { name: 'x.xml' });
  expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
  expect(files[0]?.text).toContain('<IF_curr_exp id="cell" cm="1"');
  expect(importModel({ name: 'x.xml', text: files[0]?.text ?? '' }).valid.model.experiment).toEqual(experiment);
  const apart = await convertModel(running, 'neuroml', { name: 'y.nml' });
  expect(apart.files.map(({ name }) => name)).toEqual(['y.nml', 'LEMS_y.xml']);
  expect((await judged(apart, true)).complaints).toEqual([]);
});

it('has types of its own in a third file', async () => {
  const { name, text } = readSource('fixtures/brian/hodgkin-huxley-axon.yaml');
  // A rate that NeuroML lacks.
  const source = { name, text: text.replace('betam = 4*exp(-v/(18*mV))/ms', 'betam = 4/(1 + (v/(18*mV))**2)/ms') };
  const converted = await convertModel(importModel(source).valid, 'neuroml', { name: 'axon.cell.nml' });
  expect(converted.files.map((file) => file.name)).toEqual(['axon.cell.nml', 'LEMS_axon.xml', 'axon_types.xml']);
  expect(converted.files[0]?.text).toContain('<include href="axon_types.xml"/>');
  expect(converted.files[2]?.text).toMatch(
    /^<neuroml [^]*<ComponentType [^]*value="4 \/ \(1 \+ \(v \/ mV \/ 18\)\^2\) \* per_ms"/,
  );
  expect((await judged(converted)).complaints).toEqual([]);
});

it('has populations of one component', async () => {
  const converted = await convert(readSource('fixtures/pynn/connector-from-list.json'), 'x.nml');
  expect(converted.files).toHaveLength(2);
  // The cells differ in their constant currents.
  expect(converted.files[0]?.text).toMatch(/<population id="cells" component="cells_cells" size="8"\/>/);
  expect(converted.files[0]?.text.match(/<inputW /g)).toHaveLength(8);
  expect(converted.report.map(({ code }) => code)).not.toContain('lems/one-by-one');
  expect((await judged(converted, true)).complaints).toEqual([]);
});

it('has a population for each set of first values', async () => {
  const source = {
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      populations: [
        {
          label: 'cells',
          size: 4,
          cell: { type: 'IF_cond_exp', params: {} },
          initial_values: { v: [-60, -62, -64, -66] },
        },
        { label: 'rest', size: 3, cell: { type: 'IF_cond_exp', params: {} }, initial_values: { v: [-65, -65, -50] } },
      ],
      recordings: [{ target: 'cells', variables: ['spikes'] }],
      phases: [{ run: 5 }],
    }),
  };
  const converted = await convert(source, 'x.nml');
  const [neuroml] = converted.files;
  expect(neuroml?.text.match(/<population .*/g)).toEqual([
    ...[1, 2, 3, 4].map((n) => `<population id="cells_${n}" component="cells_${n}_cells" size="1"/>`),
    '<population id="rest_1" component="rest_1_cells" size="2"/>',
    '<population id="rest_2" component="rest_2_cells" size="1"/>',
  ]);
  expect(neuroml?.text.match(/v_init="[^"]*"/g)).toEqual([-60, -62, -64, -66, -65, -50].map((v) => `v_init="${v}"`));
  expect(converted.report.filter(({ code }) => code === 'lems/one-by-one').map(({ pointer }) => pointer)).toEqual([
    '/populations/cells',
    '/populations/rest',
  ]);
  expect((await judged(converted, true)).complaints).toEqual([]);
});

it('has cells and synapses of its own types under names of the schema', async () => {
  const source = readSource('fixtures/brian/run-regularly.yaml');
  const converted = await convert(source, 'x.nml');
  const [network, , types] = converted.files;
  expect(network?.text).toContain('<include href="x_types.xml"/>');
  expect(types?.text).toMatch(/^<neuroml [^]*<baseCell type="G_cell" id="G_1_cells" tau="5ms" [^>]*\/>/);
  expect(types?.text).toContain('<silentSynapse type="S_synapse" id="S_synapses"/>');
  expect((await judged(converted, true)).complaints).toEqual([]);
});

it('has channels with gates of its own in the file of types', async () => {
  const gate = `<ComponentType name="slowGate" extends="gateHHtauInf"/>`;
  const text = `<Lems><Target component="run"/><Include file="Cells.xml"/><Include file="Networks.xml"/>
    <Include file="Simulation.xml"/>${gate}<notes>One</notes><notes>Two</notes>
    <ionChannelHH id="k" conductance="10pS" species="k"><slowGate id="n" instances="1">
      <timeCourse type="fixedTimeCourse" tau="5ms"/>
      <steadyState type="HHSigmoidVariable" rate="1" midpoint="-40mV" scale="5mV"/></slowGate></ionChannelHH>
    <cell id="c"><morphology id="m"><segment id="0" name="soma">
      <proximal x="0" y="0" z="0" diameter="10"/><distal x="0" y="0" z="10" diameter="10"/></segment></morphology>
      <biophysicalProperties id="b"><membraneProperties>
        <channelDensity id="all" ionChannel="k" condDensity="1mS_per_cm2" erev="-80mV" ion="k"/>
        <spikeThresh value="0mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/>
      </membraneProperties><intracellularProperties><resistivity value="0.1kohm_cm"/></intracellularProperties>
      </biophysicalProperties></cell>
    <network id="net"><population id="p" component="c" size="1"/></network>
    <Simulation id="run" length="1ms" step="0.01ms" target="net"/></Lems>`;
  const source = { name: 'own.xml', text };
  const converted = await convert(source, 'x.nml');
  const [network, , types] = converted.files;
  expect(network?.text).toMatch(/<notes>One\s+Two<\/notes>/);
  expect(network?.text).not.toContain('ionChannelHH');
  expect(types?.text).toMatch(/<ionChannelHH [^]*<slowGate [^]*<ComponentType name="slowGate"/);
  expect(await judged(converted, true)).toEqual({ hash: importModel(source).hashes.model, complaints: [] });
});

it('has files for channels, synapses and cells on request', async () => {
  const source = readSource('fixtures/neuroml/network.xml');
  const { valid, hashes } = importModel(source);
  const converted = await convertModel(valid, 'neuroml', { name: 'x.net.nml', split: true });
  const names = converted.files.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['x.net.nml', 'LEMS_x.xml']);
  expect(names).toEqual(expect.arrayContaining(['na.channel.nml', 'soma.cell.nml', 'ampa.synapse.nml']));
  const text = (name: string): string => converted.files.find((file) => file.name === name)?.text ?? '';
  expect(text('x.net.nml')).toMatch(/<include href="soma.cell.nml"\/>[^]*<network /);
  expect(text('x.net.nml')).not.toMatch(/<ionChannel|<cell |<expTwoSynapse|na.channel.nml/);
  expect(text('soma.cell.nml')).toContain('<include href="na.channel.nml"/>');
  expect(await judged(converted, true)).toEqual({ hash: hashes.model, complaints: [] });
  const folder = mkdtempSync(join(tmpdir(), 'interneuron-split-'));
  try {
    for (const { name, text } of converted.files) writeFileSync(join(folder, name), text);
    if (missingInterpreter() === null)
      for (const name of names.filter((one) => one.endsWith('.nml')))
        expect(await validateByReference(folder, name)).toEqual([]);
    if (missingEnvironment('.venv-pynn') === null) {
      const script = [
        'import sys, neuroml.loaders as loaders',
        'document = loaders.read_neuroml2_file(sys.argv[1], include_includes=True)',
        'print(sorted(c.id for c in document.cells), sorted(p.id for p in document.networks[0].populations))',
      ].join('\n');
      expect(await python('.venv-pynn', ['-c', script, join(folder, 'x.net.nml')])).toBe("['soma'] ['exc', 'inh']\n");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('leaves out by name parts that NeuroML has no element for, which LEMS can express', async () => {
  const source = readSource('fixtures/brian/custom-event.yaml');
  const { files, report, outcome } = await convert(source, 'x.nml');
  expect(outcome).toBe('incomplete');
  expect(files.map(({ name }) => name)).toEqual(['x.nml', 'LEMS_x.xml', 'x_types.xml']);
  expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([
    expect.objectContaining({
      pointer: '/projections/S',
      message: expect.stringContaining('the event half') as string,
    }),
  ]);
  expect((await convertModel(importModel(source).valid, 'lems', { name: 'x.xml' })).outcome).not.toBe('incomplete');
});

it('refuses more sets of values than components are read at a glance', async () => {
  const cells = (label: string): object => ({
    label,
    size: 101,
    cell: { type: 'IF_curr_exp', params: { tau_m: { random: 'uniform', params: { low: 10, high: 20 } } } },
  });
  const projection = {
    pre: 'a',
    post: 'b',
    connector: { type: 'AllToAllConnector' },
    synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
  };
  const source = {
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      populations: [cells('a'), cells('b')],
      projections: [projection],
      recordings: [{ target: 'b', variables: ['spikes'] }],
      phases: [{ run: 5 }],
    }),
  };
  const { files, report } = await convert(source, 'x.nml');
  expect(files[0]?.text.match(/<(population|projection) /g)).toEqual(['<population ', '<population ', '<projection ']);
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer)).toEqual([
    '/populations/a/values/tau_m',
    '/populations/b/values/tau_m',
  ]);
});

it('gates of several kinds, and attributes of own types, are as the schema has them', async () => {
  const source = readSource('fixtures/neuroml/channels.xml');
  const { hash, complaints } = await judged(await convert(source, 'channels.nml'));
  expect(complaints).toEqual([]);
  expect(hash).toBe(importModel(source).hashes.model);
});

it('a kept document has its explanations in the order of the schema', async () => {
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="order">
  <iafCell id="iaf" leakReversal="-60mV" thresh="-50mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>
  <network id="net"><population id="p" component="iaf" size="1"><annotation><property tag="color" value="1 0 0"/></annotation><property tag="region" value="L5"/></population></network></neuroml>`;
  const { files } = await convert({ name: 'order.nml', text }, 'order.nml');
  // The order of Standalone in NeuroML_v2.3.1.xsd: notes, property, annotation.
  expect(files[0]?.text).toMatch(/<population[^>]*>\s*<property tag="region"[^>]*>\s*<annotation>/);
});
