/** Types of a document's own: a type without a name in PyNN is written by its equations. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConversion } from '../../support/check-conversion.js';
import { convertModel } from '../../../src/convert/convert.js';
import { isLeftOut } from '../../../src/model/conversion-report.js';
import { exportPynn } from '../../../translators/pynn/export.js';
import { importModel, readSource, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import { root } from '../../support/import-graph.js';
import { documentOf, findings } from './support.js';
import '../../../translators/brian/road.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

const fixture = (name: string): ImportedModel => importModel(readSource(join(root, 'fixtures', name)));

/** With events other than spikes, noise, code between steps and linked cells. */
const unnamed = [
  'brian/custom-event.yaml',
  'brian/events-of-every-kind.yaml',
  'brian/noisy-group.yaml',
  'brian/run-regularly.yaml',
  'brian/summed.yaml',
];

/** With regimes, channels and graded synapses. */
const components = [
  'neuroml/own-types.xml',
  'neuroml/soma.cell.nml',
  'neuroml/contacts.xml',
  'neuroml/inputs.xml',
  'neuroml/channels.xml',
];

it.each(unnamed)('%s is written whole, and read again as the same model', async (name) => {
  const { valid, hashes } = fixture(name);
  const { outcome, files, report } = await convertModel(valid, 'pynn-json');
  expect(outcome).toBe('not measured');
  const codes = report.filter(({ verdict }) => verdict === 'convention').map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['pynn/native', 'pynn/why-native']));
  const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' });
  expect([again.hashes.model, again.hashes.experiment]).toEqual([hashes.model, hashes.experiment]);
});

it.each(components)('%s is written in few equations, and has the same values', async (name) => {
  const { valid } = fixture(name);
  const { outcome, files, report } = await convertModel(valid, 'pynn-json');
  expect(outcome).toBe('not measured');
  expect(report.map(({ code }) => code)).toEqual(expect.arrayContaining(['pynn/native', 'pynn/few-equations']));
  const text = files[0]?.text ?? '';
  expect(text.slice(0, text.indexOf('"annotations"'))).not.toContain('biophysicalProperties_');
  if (valid.model.experiment.protocol.length === 0) return;
  const check = await checkConversion(valid, 'pynn-json', { seconds: 0.05 });
  expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
  for (const { largest, range } of check.variables ?? []) expect(largest).toBeLessThanOrEqual(1e-9 * range);
});

it('only a part without a name is a reason, its dependents are not', async () => {
  const { valid } = fixture('brian/summed.yaml');
  const { report } = await convertModel(valid, 'pynn-json');
  const reasons = report.filter(({ code }) => code === 'pynn/why-native').map(({ pointer }) => pointer);
  expect(new Set(reasons).size).toBe(reasons.length);
  expect(reasons.filter((pointer) => !/^\/(populations|projections)\//.test(pointer))).toEqual([]);
});

describe('recordings that PyNN lacks', () => {
  const text = `
format: interneuron/brian
version: 1
run: 20*ms
neuron_groups:
  G:
    N: 2
    model: |
      dv/dt = (1.5 - v)/(5*ms) : 1
      q : 1
    method: euler
    threshold: v > 1
    reset: v = 0
    run_regularly: [{ name: H_later, code: q += 1, dt: 1*ms }]
state_monitors:
  after: { source: G, variables: [v, q], when: after_thresholds, dt: 1*ms }
  ordered: { source: G, variables: [v], order: 2 }
  later: { source: G, variables: [q] }
spike_monitors:
  spikes: { source: G, variables: [v, q] }
`;

  it('slots, orders, names that decide, and values at events are read again', async () => {
    const { valid } = importModel({ name: 'model.yaml', text });
    const { outcome, files } = await convertModel(valid, 'pynn-json');
    expect(outcome).toBe('not measured');
    const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' });
    const byName = (model: ImportedModel): readonly unknown[] =>
      [...model.valid.model.recordings].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(again)).toMatchObject(byName(importModel({ name: 'model.yaml', text })));
  });

  it('some synapses of a projection are read again, and scripts state that they record all', async () => {
    const { valid } = fixture('brian/song-abbott-stdp.yaml');
    const { files } = await convertModel(valid, 'pynn-json');
    const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' });
    expect(again.valid.model.recordings.find(({ name }) => name === 'S_weight')).toMatchObject({
      of: { projection: 'S', indices: [0, 1] },
    });
    const { report } = await convertModel(valid, 'pynn');
    expect(report.find(({ code }) => code === 'pynn/recording')).toMatchObject({ verdict: 'convention' });
  });

  it('events of regimes are recorded by scripts', async () => {
    const { outcome, files } = await convertModel(fixture('neuroml/own-types.xml').valid, 'pynn');
    expect(outcome).toBe('not measured');
    expect(files[0]?.text).toContain('sim.native.record(pacers, "fires", name="pacers_fires")');
    expect(files[0]?.text).toContain('"size", name="pacers_followers_push_size", indices=[1]');
  });

  it('scripts leave them to the backend', async () => {
    const { report, files } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn');
    expect(report.filter(({ verdict }) => verdict !== 'convention')).toEqual([]);
    const lines = (files[0]?.text ?? '').split('\n').filter((line) => line.includes('sim.native.record('));
    expect(lines).toEqual([
      'spikes = sim.native.record(G, "spikes", values=["v", "q"], name="spikes")',
      'after = sim.native.record(',
      'ordered = sim.native.record(G, "v", order=2, name="ordered")',
      'later = sim.native.record(G, "q", name="later")',
    ]);
  });
});

it('scripts keep all of recordings that only have a name, by which files of results call them', async () => {
  const { valid } = fixture('neuroml/channels.xml');
  const { document } = await exportPynn(valid);
  expect(document.recordings?.some(({ native }) => native?.name !== undefined)).toBe(true);
  const { report } = await convertModel(valid, 'pynn');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible' || verdict === 'different')).toEqual([]);
});

it('equations are text, parameters and first values are quantities with units', async () => {
  const { files } = await convertModel(fixture('neuroml/point-cells.xml').valid, 'pynn-json');
  const { native } = JSON.parse(files[0]?.text ?? '') as {
    native: { cells: Record<string, { equations: readonly string[]; parameters: Record<string, unknown> }> };
  };
  expect(native.cells['iafCell']?.equations).toContain('dv/dt = I_m/C : V');
  expect(native.cells['iafCell']?.parameters).toMatchObject({ thresh: '-50 mV', leakConductance: '10 nS' });
});

it('values that synapses read besides their own variables are recorded', async () => {
  const text = `
format: interneuron/brian
neuron_groups: { G: { N: 3, model: "dv/dt = (g + 1 - v)/ms : 1\\ng : 1" } }
synapses:
  gap:
    source: G
    target: G
    model: "w : 1\\ng_post = w*(v_pre - v_post) : 1 (summed)"
    connect: true
state_monitors:
  M: { source: gap, variables: [v_pre, v_post, w], record: [0] }
  C: { source: G, variables: [v, i], record: true }
run: 1 ms`;
  const { valid, hashes } = importModel({ name: 'model.yaml', text });
  const { files, outcome } = await convertModel(valid, 'pynn-json');
  expect(outcome).toBe('not measured');
  const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' });
  expect(again.hashes.experiment).toBe(hashes.experiment);
  expect(
    again.valid.model.recordings.map((recording) => ('variables' in recording ? recording.variables : [])),
  ).toEqual([
    ['pre.v', 'post.v', 'w'],
    ['v', 'i'],
  ]);
});

it('the rate of cells without spikes is left out, and reported', async () => {
  const text = `
format: interneuron/brian
neuron_groups: { G: { N: 3, model: "dv/dt = -v**3/ms : 1" } }
population_rate_monitors: { R: { source: G } }
run: 1 ms`;
  const { outcome, report } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn-json');
  expect(outcome).toBe('not measured');
  expect(report.filter(({ verdict }) => verdict === 'notExpressible').map(({ pointer }) => pointer)).toEqual([
    '/recordings/0',
  ]);
});

it('changes of standard types between runs keep their units next to types of its own', async () => {
  const lif = { type: 'IF_cond_exp', params: { i_offset: 0.4 } };
  const synapse = { type: 'StaticSynapse', params: { weight: 0.01, delay: 1.5 } };
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [
      { label: 'cells', size: 3, cell: lif },
      { label: 'others', size: 2, cell: { type: 'native:own' } },
    ],
    views: [{ label: 'some', of: 'cells', select: { indices: [0, 2] } }],
    projections: [
      {
        label: 'links',
        pre: 'cells',
        post: 'cells',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse,
      },
    ],
    phases: [
      { run: 5 },
      { set: { target: 'cells', params: { i_offset: 0.8, tau_m: 15 } } },
      { set: { target: 'some', params: { i_offset: [1.2, 1.4] } } },
      { initialize: { target: 'some', values: { v: -52 } } },
      { set_projection: { target: 'links', params: { weight: 0.03 } } },
      { run: 5 },
    ],
    native: { cells: { own: { equations: ['dv/dt = sin(v/mV)*mV/(5*ms) : V'] } } },
  });
  const { valid, hashes } = importModel({ name: 'model.json', text });
  const { files } = await convertModel(valid, 'pynn-json');
  expect(files[0]?.text).toContain('native');
  const again = importModel({ name: 'model.json', text: files[0]?.text ?? '' });
  expect(again.valid.model.experiment.protocol).toEqual(valid.model.experiment.protocol);
  expect(again.hashes.experiment).toBe(hashes.experiment);
});

it('phases set quantities with units', async () => {
  const { valid } = importModel(readSource('fixtures/brian/single-hh.yaml'));
  const [script] = (await convertModel(valid, 'pynn')).files;
  expect(script?.text).toContain('sim.native.phase(set={"G.I": "10 uA/cm**2"})');
});

const cell = (population: object, own: object): object => ({
  format: 'interneuron/pynn',
  populations: [{ label: 'p', size: 2, ...population }],
  native: { cells: { own } },
  phases: [{ run: 1 }],
});

describe('parts of a native type that are something else', () => {
  const wrong = [null, 5, 'x', [], [null], { a: null }, { a: [] }];
  const parts = [
    'parameters',
    'initial',
    'state',
    'derived',
    'derivatives',
    'events',
    'regimes',
    'inputs',
    'compartments',
    'cable',
  ];

  it.each(parts)('%s are refused or ignored, without an internal error', (part) => {
    for (const value of wrong) {
      const own = { equations: ['dv/dt = -v/(5*ms) : V'], [part]: value };
      const found = findings(cell({ cell: { type: 'native:own' } }, own) as Readonly<Record<string, unknown>>);
      for (const text of found) expect(text).toMatch(/^[a-z]+\/[a-z-]+ /);
    }
  });
});

describe('mistakes in a native type have their place', () => {
  it.each([
    ['an unknown one', cell({ cell: { type: 'native:other' } }, {}), 'pynn/unknown-reference /populations/0/cell/type'],
    [
      'a line that is no equation',
      cell({ cell: { type: 'native:own' } }, { equations: ['dv/dt = -v/(10*ms)'] }),
      'pynn/wrong-value /native/cells/own/equations',
    ],
    [
      'a value that it has not',
      cell({ cell: { type: 'native:own', values: { w: 1 } } }, { equations: ['v : V'] }),
      'pynn/unknown-parameter /populations/0/cell/values/w',
    ],
  ])('%s', (_, document, expected) => {
    const found = findings(document as Readonly<Record<string, unknown>>).map((text) => text.replace(/: .*/s, ''));
    expect(found).toContain(expected);
  });
});

it('synapses of PyNN act on receptors that a native cell names', () => {
  const { valid } = importModel({
    name: 'model.json',
    text: JSON.stringify({
      ...cell(
        { cell: { type: 'native:own', values: { tau: '20 ms' } } },
        {
          equations: 'dv/dt = (El - v)/tau + g/tau : V\ndg/dt = -g/(5*ms) : V  # a kick that decays',
          parameters: { El: '-65 mV', tau: '10 ms' },
          events: { spike: 'v > -50*mV' },
          receptors: { excitatory: { variable: 'g', kind: 'voltage' } },
        },
      ),
      projections: [
        {
          label: 'x',
          pre: 'p',
          post: 'p',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { weight: 2, delay: 1 } },
        },
      ],
    }),
  });
  expect(valid.model.projections['x']).toMatchObject({ receptors: { port: 'g' }, values: { weight: 0.002 } });
  expect(valid.model.populations['p']?.values).toEqual({ tau: 0.02 });
});

describe('a network in standard types, with some recordings that PyNN lacks', () => {
  const lems = (synapse: string): ImportedModel =>
    importModel({
      name: 'model.xml',
      text: `<Lems><Target component="run"/>
        <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
        <iafCell id="cell" leakConductance="0.01uS" leakReversal="-65mV" thresh="-50mV" reset="-65mV" C="0.2nF"/>
        <spikeGenerator id="source" period="20ms"/>
        ${synapse}
        <network id="net">
          <population id="sources" component="source" size="1"/><population id="cells" component="cell" size="1"/>
          <projection id="p" presynapticPopulation="sources" postsynapticPopulation="cells" synapse="syn">
            <connection id="0" preCellId="../sources[0]" postCellId="../cells[0]"/></projection>
        </network>
        <Simulation id="run" length="100ms" step="0.01ms" target="net">
          <OutputFile id="o" fileName="o.dat"><OutputColumn id="v" quantity="cells[0]/v"/>
            <OutputColumn id="t" quantity="sources[0]/tsince"/></OutputFile>
        </Simulation></Lems>`,
    });
  it('is written by name without them, with a line for each', async () => {
    const model = lems('<expOneSynapse id="syn" gbase="5nS" erev="0mV" tauDecay="3ms"/>');
    const { outcome, files, report } = await convertModel(model.valid, 'pynn-json');
    expect(outcome).toBe('not measured');
    const { populations } = JSON.parse(files[0]?.text ?? '') as { populations: { cell: { type: string } }[] };
    expect(populations.map(({ cell }) => cell.type)).toEqual(['SpikeSourceArray', 'IF_cond_exp']);
    expect(report.filter(isLeftOut).map(({ pointer }) => pointer)).toEqual(['/recordings/1']);
  });

  it('a synapse with constant resources is no depressing one', async () => {
    const model = lems('<stdpSynapse id="syn" gbase="0.1nS" erev="0mV" tauRise="0.1ms" tauDecay="2ms"/>');
    const { files } = await convertModel(model.valid, 'pynn-json');
    expect(files[0]?.text).not.toContain('TsodyksMarkram');
  });
});

it('numbers for a parameter that cells share are in SI units, as its others are', () => {
  const cell = {
    equations: 'dv/dt = (El - v)/tau : V',
    parameters: { El: '12 mV (shared)', tau: '10 ms' },
  };
  const text = documentOf({
    native: { cells: { relaxing: cell } },
    populations: [{ label: 'a', size: 2, cell: { type: 'native:relaxing', values: { El: 0.015, tau: 0.02 } } }],
    phases: [{ run: 1 }, { native: { set: { 'a.El': 0.02 } } }, { run: 1 }],
  });
  const { populations, neurons, experiment } = importModel({ name: 'm.json', text }).valid.model;
  expect(neurons['relaxing']?.parameters['El']).toMatchObject({ value: 0.012, shared: true });
  expect(populations['a']?.values).toEqual({ El: 0.015, tau: 0.02 });
  expect(experiment.protocol[1]).toEqual({ set: { 'a.El': 0.02 } });
});

it.each(['true', 'false'])(
  'a unit differs from the variables that have its name, in a parameter that is shared: %s',
  async (shared) => {
    const { valid } = importModel({
      name: 'm.yaml',
      text:
        'interneuron: 1\nneurons: { cell: { parameters: { R: { unit: ohm*m, value: 0.354, shared: ' +
        `${shared} } }, state: { m: 0.5 }, derivatives: { m: -m**3*R/(1*ohm*metre*ms) } } }\n` +
        'populations: { p: { type: cell, size: 1 } }\ntiming: grid\nexperiment: { duration: 1 ms }',
    });
    const { files } = await convertModel(valid, 'pynn-json');
    const back = importModel({ name: 'm.json', text: files[0]?.text ?? '' }).valid.model;
    const [type] = Object.values(back.neurons);
    expect(type?.parameters['R']).toEqual(valid.model.neurons['cell']?.parameters['R']);
  },
);

it('has lists of spikes at their turn among cells that are advanced one after another', async () => {
  const text = `<Lems>
    <Target component="run"/>
    <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
    <iafRefCell id="cell" leakReversal="-67mV" thresh="-50mV" reset="-66mV" C="73pF" leakConductance="4nS" refract="0.4ms"/>
    <expOneSynapse id="syn" gbase="1nS" erev="0mV" tauDecay="5ms"/>
    <timedSynapticInput id="timed" synapse="syn" spikeTarget="./syn">
      <spike id="0" time="0.0816ms"/><spike id="1" time="0.0912ms"/>
    </timedSynapticInput>
    <network id="net">
      <population id="cells" component="cell" size="1"/>
      <explicitInput target="cells[0]" input="timed" destination="synapses"/>
    </network>
    <Simulation id="run" length="2ms" step="0.01ms" target="net"/>
  </Lems>`;
  const { valid } = importModel({ name: 'timed.xml', text });
  const ordersOf = ({ model }: typeof valid): readonly (readonly [string, number])[] =>
    Object.entries(model.populations).map(([name, { order }]) => [name, order]);
  // Spikes come before the input that they drive, and go to its synapse after it.
  expect(ordersOf(valid).map(([, order]) => order)).toEqual([0, 1, 2, 3]);
  const { files } = await convertModel(valid, 'pynn-json');
  expect(ordersOf(importModel(files[0]!).valid)).toEqual(ordersOf(valid));
});
