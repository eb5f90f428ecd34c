/** Comments of documents, which go with their subject into every notation. */

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();

const yaml = `# A network after somebody.
# Of ten cells.
format: interneuron/brian
dt: 0.1 ms
neuron_groups:
  # Cells of layer 4.
  exc:
    N: 10
    model: |
      dv/dt = (El - v + ge)/(10*ms) : volt
      dge/dt = -ge/(5*ms) : volt   # synaptic input
    threshold: v > -50*mV
    reset: v = -60*mV
    namespace: { El: -49*mV } # above threshold
    initializers: { v: '"#1" and no comment' }
synapses:
  # Everybody to everybody.
  s: { source: exc, target: exc, on_pre: 'ge += 0.1*mV', connect: true } # dense
spike_monitors:
  all: { source: exc }
run: 10 ms # short
`.replace(`'"#1" and no comment'`, '-60 mV');

const comments = {
  '': 'A network after somebody.\nOf ten cells.',
  '/populations/exc': 'Cells of layer 4.',
  '/neurons/exc/derivatives/ge': 'synaptic input',
  '/neurons/exc/parameters/El': 'above threshold',
  '/projections/s': 'Everybody to everybody.\ndense',
  '/experiment/runs/0': 'short',
};

const read = (name: string, text: string) => importModel({ name, text });

test('comments after constants from which other constants are made keep their names', () => {
  const text = `format: interneuron/brian
namespace:
  order: 5 # scales the network
  eta: 2*order # outside rate
  tau: 10 ms # of the membrane
neuron_groups:
  G: { N: order, model: 'dv/dt = -v/tau : 1' }
run: 1 ms
`;
  expect(Object.values(read('network.yaml', text).valid.model.annotations['comments'] as object).join('\n')).toBe(
    'order: scales the network\neta: outside rate\nof the membrane',
  );
});

test('comments of YAML are annotations with pointers, which no hash depends on', () => {
  const { valid, hashes } = read('network.yaml', yaml);
  expect(valid.model.annotations['comments']).toEqual(comments);
  expect(hashes).toEqual(read('network.yaml', yaml.replace(/#[^'\n]*$/gm, '')).hashes);
});

test('they come back from the canonical form, and from documents of Brian and PyNN', async () => {
  const { valid } = read('network.yaml', yaml);
  for (const to of ['canonical', 'brian-json', 'pynn-json'] as const) {
    const [file] = (await convertModel(valid, to)).files;
    expect(read('again.json', file?.text ?? '').valid.model.annotations['comments'], to).toEqual(comments);
  }
});

const scripts = {
  brian: [
    '"""\n\n# A network after somebody.\n# Of ten cells.\n\nfrom',
    '\nEl = -49 * mV  # above threshold\n',
    '# Cells of layer 4.\nexc = NeuronGroup(',
    ': volt  # synaptic input\n',
    '# Everybody to everybody.\n# dense\ns = Synapses(',
    '# --- Run\n# short\nrun(',
  ],
  pynn: [
    '"""\n\n# A network after somebody.\n# Of ten cells.\n\nfrom',
    '# Cells of layer 4.\n# ge: synaptic input\n# El: above threshold\nexc = sim.Population(',
    '# Everybody to everybody.\n# dense\ns = sim.Projection(',
    '# --- Run\n\n# short\nsim.run(',
  ],
  lems: [
    '<!-- A network after somebody.\n       Of ten cells. -->\n  <Target',
    '<!-- Cells of layer 4. -->\n    <population id="exc"',
    '<!-- Everybody to everybody.\n         dense -->\n    <projection id="s"',
    '<!-- short -->\n  <Simulation',
  ],
} as const;

test.each(['brian', 'pynn', 'lems'] as const)('%s has them before, or after, their subject', async (to) => {
  const [file] = (await convertModel(read('network.yaml', yaml).valid, to)).files;
  for (const text of scripts[to]) expect(file?.text).toContain(text);
});

test('comments of XML come back, even if two hyphens are not allowed there', async () => {
  const text = `<!-- Before all. -->
<Lems>
  <!-- first -->
  <Target component="sim"/>
  <Include file="Simulation.xml"/><Include file="Cells.xml"/><Include file="Networks.xml"/>
  <izhikevichCell id="cell" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-65" d="6"/>
  <network id="net">
    <!--
      Two cells
      of a kind.
    -->
    <population id="cells" component="cell" size="2"/>
  </network>
  <Simulation id="sim" length="10ms" step="0.1ms" target="net"/>
</Lems>`;
  const { valid } = read('LEMS_cells.xml', text);
  const found = { '': 'Before all.\nfirst', '/populations/cells': 'Two cells\nof a kind.' };
  expect(valid.model.annotations['comments']).toEqual(found);
  const hyphens = { ...found, '': 'a -- b ---' };
  const model = { ...valid.model, annotations: { ...valid.model.annotations, comments: hyphens } };
  const [file] = (await convertModel({ ...valid, model }, 'lems')).files;
  expect(read('LEMS_again.xml', file?.text ?? '').valid.model.annotations['comments']).toEqual({
    ...found,
    '': 'a - - b - - -',
  });
});

test('comments of included files stay there', () => {
  const network = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="a">
    <!-- an old note -->
    <izhikevichCell id="cell" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-65" d="6"/>
    <network id="net">
      <!-- a note on the population -->
      <population id="cells" component="cell" size="2"/>
    </network>
  </neuroml>`;
  const text = `<Lems>
    <!-- of this file -->
    <Target component="sim"/>
    <Include file="Simulation.xml"/><Include file="Cells.xml"/><Include file="Networks.xml"/>
    <Include file="a.net.nml"/>
    <Simulation id="sim" length="10ms" step="0.1ms" target="net"/>
  </Lems>`;
  writeFileSync(folder.file('a.net.nml'), network);
  const name = folder.file('LEMS_a.xml');
  expect(read(name, text).valid.model.annotations['comments']).toEqual({ '': 'of this file' });
});

test('comments of JSON and of scripts are found outside strings only', () => {
  const json = `{ // with comments
  "interneuron": 1, "name": "a // b",
  "neurons": { "cell": { "state": { "v": { "unit": "1" } }, "derivatives": { "v": "-v/(1*s)" } } },
  "populations": { /* a pair */ "cells": { "type": "cell", "size": 2 } },
  "experiment": { "dt": "0.1 ms", "duration": "1 ms" } }`;
  expect(read('model.json', json).valid.model.annotations['comments']).toEqual({
    '': 'with comments',
    '/populations/cells': 'a pair',
  });
  const script = {
    name: 'model.py',
    text: `#!/usr/bin/env python\n# --- Cells\nexc = NeuronGroup(1, "# no")  # one\n`,
  };
  const one = yaml.replaceAll(/#[^'\n]*$/gm, '');
  const { valid } = importModel({ name: 'network.yaml', text: one, script });
  expect(valid.model.annotations['comments']).toEqual({ '/populations/exc': 'one' });
});

test('comments on phases stand before their own runs', async () => {
  const text = `format: interneuron/brian
neuron_groups: { G: { N: 2, model: 'v : 1' } }
run:
  # rest
  - duration: 5 ms
  # a step
  - set: { G.v: 1 }
    duration: 10 ms
`;
  const lines = async (to: 'brian' | 'pynn'): Promise<string> => {
    const [file] = (await convertModel(read('network.yaml', text).valid, to)).files;
    return file?.text.replace(/^[^]*# --- Run\n+/, '') ?? '';
  };
  expect(await lines('brian')).toBe('# rest\nrun(5 * ms)\n# a step\nG.v = 1\nrun(10 * ms)\n');
  expect(await lines('pynn')).toMatch(/^# rest\nsim\.run\(5\)\n# a step\n.*\nsim\.run\(10\)\n/);
});

test('a model without a name is not called so in its docstring', async () => {
  const text = 'format: interneuron/brian\nneuron_groups: { G: { N: 2, model: "v : 1" } }\nrun: 1 ms\n';
  const [file] = (await convertModel(read('network.yaml', text).valid, 'brian')).files;
  expect(file?.text).toMatch(/^"""A network"""\n/);
});
