import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import type { ValidModel } from '../../src/model/model.js';
import { drawnModel } from '../../src/pipeline/build-program.js';
import { sourcesAlone } from '../../src/convert/sources-alone.js';
import { normalise } from '../../src/model/normalise.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { freeze } from '../../src/convert/freeze.js';
import { referenceTarget } from '../../runtime/targets/reference/target.js';
import { wasmTarget } from '../../runtime/targets/wasm/target.js';
import { brian } from '../support/brian-text.js';
import { fingerprint } from '../pipeline/fingerprint.js';
import { convertModel } from '../../src/convert/convert.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

/** The frozen model as a reader of its JSON gets it. */
function reread({ model, data }: ValidModel): ValidModel {
  const diagnostics = new Diagnostics();
  const positions = { place: (pointer: string) => ({ document: 'frozen', pointer }) };
  const again = normalise(JSON.parse(JSON.stringify(model)), positions, diagnostics, { data });
  expect(diagnostics.list).toEqual([]);
  if (!again) throw new Error('the frozen model is not valid');
  return again;
}

const fixture = (name: string): string => readFileSync(`fixtures/brian/${name}.yaml`, 'utf8');

const delaysEverywhere = brian(`
neuron_groups:
  P: { N: 40, model: "dv/dt = (1.1 - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0, method: exact, initializers: { v: rand() } }
synapses:
  S:
    source: P
    target: P
    model: "w : 1"
    on_pre: { near: v += w, far: v -= 0.5*w }
    on_post: w = clip(w + 0.01, 0, 0.2)
    connect: { p: 0.2, condition: i != j }
    initializers: { w: rand()*0.1, near.delay: 1*ms + rand()*2*ms, far.delay: 3*ms + rand()*ms, post.delay: rand()*ms }
run: 100 ms
`);

const ontoSynapses = brian(`
neuron_groups:
  P: { N: 20, model: "dv/dt = (1.2 + 0.01*i - v)/(10*ms) : 1", threshold: v > 1, reset: v = 0, method: exact }
  A: { N: 2, model: "dy/dt = (s - y)/(5*ms) : 1\\ns : 1", method: euler }
synapses:
  gather: { source: S, target: A, model: "s_post = d_pre/N_incoming : 1 (summed)", connect: { p: 0.3 } }
  reward: { source: P, target: S, on_pre: d_post += 0.01*j, connect: { p: 0.1 }, delay: 0.3 ms }
  S:
    source: P
    target: P
    model: "dd/dt = -d/(30*ms) : 1 (clock-driven)\\nw : 1"
    on_pre: w = clip(w + 0.01*d, 0, 0.1); v_post += w
    method: exact
    connect: { p: 0.2 }
    initializers: { delay: 1*ms + rand()*2*ms }
run: 50 ms
`);

const writtenSources = brian(`
neuron_groups:
  P: { N: 20, model: "f : Hz\\nx : 1", threshold: rand() < (f + x*200*Hz)*dt, reset: x = 0, initializers: { f: 50*Hz } }
  A: { N: 3, model: "dv/dt = -v/(10*ms) : 1", threshold: v > 2, reset: v = 0, method: exact }
synapses:
  S: { source: P, target: A, on_pre: v += 1, on_post: x_pre += 1, connect: { p: 0.5 } }
run: 50 ms
`);

const drawnByPhase = JSON.stringify({
  format: 'interneuron/pynn',
  rngs: { r: { type: 'NumpyRNG', seed: 12345 } },
  populations: [{ label: 'p', size: 8, cell: { type: 'IF_curr_exp' } }],
  recordings: [{ target: 'p', variables: ['spikes'] }],
  phases: [
    { run: 1 },
    { set: { target: 'p', params: { i_offset: { random: 'uniform', rng: 'r', params: { low: 0.5, high: 2 } } } } },
    { run: 100 },
  ],
});

const sourceOfSynapses = brian(`
poisson_groups:
  P: { N: 50, rates: 50*Hz }
neuron_groups:
  H: { N: 3, model: "x : 1\\ny : 1" }
synapses:
  S: { source: P, target: H, model: "r : 1", on_pre: y_post += 1, connect: true }
  T: { source: H, target: S, model: "r_post = x_pre : 1 (summed)", connect: { i: [0], j: [0] } }
spike_monitors: { m: { source: P } }
run: 100 ms
`);

const besideSums = brian(`
poisson_groups:
  P: { N: 30, rates: 50*Hz }
neuron_groups:
  H: { N: 3, model: "s : 1" }
synapses:
  S: { source: P, target: H, model: "x : 1\\ns_post = x : 1 (summed)", on_pre: x += 1, connect: true }
spike_monitors: { m: { source: P } }
run: 100 ms
`);

describe('a frozen network runs to the same bits', () => {
  test.each([
    ['vogels-abbott-cuba', fixture('vogels-abbott-cuba'), '50 ms'],
    ['heterogeneous-delays', fixture('heterogeneous-delays'), '100 ms'],
    ['song-abbott-stdp, with its Poisson trains', fixture('song-abbott-stdp'), '100 ms'],
    ['a delay for each synapse in every pathway', delaysEverywhere, '100 ms'],
    ['projections that end at drawn synapses', ontoSynapses, '50 ms'],
    ['Poisson trains beside synapses that end at synapses', sourceOfSynapses, '100 ms'],
    ['Poisson trains beside sums over synapses', besideSums, '100 ms'],
    [
      'connections between selections, distances, copies',
      readFileSync('fixtures/pynn/selections-drawn-on-the-target.json', 'utf8').replace(
        '"with_replacement": true',
        '"with_replacement": false',
      ),
      '100 ms',
    ],
    ['values that a phase draws', drawnByPhase, '100 ms'],
  ])('%s', async (_name, text, duration) => {
    const { valid } = importModel({ name: 'test.yaml', text }, text === drawnByPhase ? {} : { duration });
    const frozen = await freeze(valid, wasmTarget);
    const again = reread(frozen.valid);
    expect(await fingerprint(again)).toBe(await fingerprint(valid));
    expect(JSON.stringify(again.model)).not.toMatch(/\b(uniform|normal)\(/);
  });
});

test('spikes of sources are drawn without the rest of the network, unless it acts on them', () => {
  const text = writtenSources.replace('x_pre += 1', 'v += 0.1');
  const { valid } = importModel({ name: 'test.yaml', text }, {});
  const { model } = drawnModel(valid);
  expect(Object.keys(sourcesAlone(model, ['P'])?.populations ?? {})).toEqual(['P']);
  const protocol = [{ kind: 'set', set: { 'P.f': 20, 'A.v': 0 } }] as const;
  expect(sourcesAlone({ ...model, experiment: { ...model.experiment, protocol } }, ['P'])).toBeUndefined();
});

test('sources with variables that synapses write still spike by chance', async () => {
  const { valid } = importModel({ name: 'test.yaml', text: writtenSources }, {});
  const { valid: frozen, remaining } = await freeze(valid, wasmTarget);
  expect(reread(frozen).model.populations['P']?.type).toBe('P');
  expect(remaining).toEqual(['events of P are drawn in each step']);
  expect(await fingerprint(frozen)).toBe(await fingerprint(valid));
});

test('every engine freezes to the same model', async () => {
  const { valid } = importModel({ name: 'test.yaml', text: delaysEverywhere }, {});
  const [one, other] = await Promise.all([freeze(valid, wasmTarget), freeze(valid, referenceTarget)]);
  expect(one.valid.model).toEqual(other.valid.model);
});

test('names values that are drawn anew in each step', async () => {
  const { valid } = importModel({ name: 'test.yaml', text: fixture('noisy-group') }, { duration: '1 ms' });
  const { remaining } = await freeze(valid, wasmTarget);
  expect(remaining.join('; ')).toMatch(/the noise [\w, ]+ of G is drawn in each step/);
});

test('reports draws of synapses, operations and subexpressions that remain', async () => {
  const { valid } = importModel({
    name: 'draws.yaml',
    text: brian(`
neuron_groups:
  G:
    N: 2
    model: |
      dv/dt = (r*mV - v)/ms : volt
      r = rand() : 1 (constant over dt)
    threshold: v > 1*volt
    method: euler
    run_regularly: [{ code: "v += rand()*mV" }]
synapses:
  S:
    source: G
    target: G
    model: "w : volt"
    on_pre: "v += mV*int(rand() < 0.5)"
    on_post: "w = rand()*mV"
    connect: true
run: 1 ms
`),
  });
  const { remaining } = await freeze(valid, wasmTarget);
  expect(remaining).toEqual([
    'a derived variable of G is drawn in each step',
    'synapses of S draw at each presynaptic spike',
    'synapses of S draw at each postsynaptic spike',
    expect.stringMatching(/^the operation \w+ draws each time that it runs$/),
  ]);
});

test('first values of synapses that nobody gave are not given', async () => {
  const { valid } = importModel({
    name: 'tsodyks-markram.json',
    text: readFileSync('fixtures/pynn/tsodyks-markram.json', 'utf8'),
  });
  const { valid: frozen } = await freeze(valid, wasmTarget);
  // NEST and NEURON refuse `initialize(u=0)` of their own synapses.
  for (const { values } of Object.values(frozen.model.projections))
    expect(Object.keys(values)).not.toEqual(expect.arrayContaining(['u']));
});

test('a network of cells with structure and a place for each synapse freezes to itself', async () => {
  const options = { dt: '0.05 ms', duration: '10 ms' };
  const { valid } = importModel(readSource('fixtures/cells/network-of-cells.xml'), options);
  const again = reread((await freeze(valid, wasmTarget)).valid);
  expect(again.model.projections['excitation']!.to).toEqual(valid.model.projections['excitation']!.to);
  expect(await fingerprint(again)).toBe(await fingerprint(valid));
});

test('spikes of a run that is too long are not drawn', async () => {
  const text = brian(`
    poisson_groups: { P: { N: 10, rates: 20 Hz } }
    run: 1e9 s
  `);
  const { valid } = importModel({ name: 'm.yaml', text });
  await expect(freeze(valid, wasmTarget)).rejects.toThrow('run/too-many-steps');
});

test('delays under LEMS are times, and a frozen model has the same ones', async () => {
  const text = (delays: string): string => `<Lems>
  <Target component="s"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <spikeGenerator id="source" period="5ms"/>
  <iafCell id="cell" leakReversal="-70mV" thresh="-55mV" reset="-70mV" C="3.2pF" leakConductance="0.2nS"/>
  <expOneSynapse id="syn" gbase="5nS" erev="0mV" tauDecay="3ms"/>
  <network id="n">
    <population id="A" component="source" size="1"/><population id="B" component="cell" size="2"/>
    <projection id="p" presynapticPopulation="A" postsynapticPopulation="B" synapse="syn">${delays}</projection>
  </network>
  <Simulation id="s" length="20ms" step="0.02ms" target="n"/>
</Lems>`;
  const to = (cell: number, delay: string): string =>
    `<connectionWD id="${cell}" preCellId="../A[0]" postCellId="../B[${cell}]" weight="1" delay="${delay}"/>`;
  const model = importModel({ name: 'm.xml', text: text(to(1, '1.24ms') + to(0, '3ms')) }).valid;
  const { valid } = await freeze(model, wasmTarget);
  expect(valid.model.projections['p']?.delays).toEqual({ pre: { array: [0.00124, 0.003] } });
  expect(await fingerprint(reread(valid))).toBe(await fingerprint(model));
});

test('a frozen document of PyNN draws no sample', async () => {
  const text = `
format: interneuron/pynn
rngs: { r: { type: NumpyRNG, seed: 1 } }
populations: [{ label: a, size: 5, cell: { type: IF_curr_exp } }]
views: [{ label: some, of: a, select: { sample: 2, rng: r } }]
projections:
  - label: p
    pre: a
    post: a
    connector: { type: FixedNumberPreConnector, params: { n: 2 }, rng: r }
    synapse: { type: StaticSynapse, params: { weight: 0.1, delay: 1 } }
phases: [{ run: 1 }]
`;
  const { files } = await convertModel(importModel({ name: 'a.yaml', text }).valid, 'pynn-json', { freeze: true });
  const document: unknown = JSON.parse(files[0]?.text ?? '');
  expect(document).not.toHaveProperty('rngs');
  expect(document).not.toHaveProperty('views');
});
