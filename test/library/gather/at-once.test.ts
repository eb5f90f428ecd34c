/** Parts that LEMS advances one after another, in strict conversion for Brian, which advances all at once. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import { root } from '../../support/import-graph.js';
import { expectSameRun } from '../../support/same-run.js';

/** A cell with three variables and an inner part that reads the potential, in an order of parts. */
const ordered = (sequence: string, when: string, code: string): string => `interneuron: 1
timing: lems-euler
neurons:
  cell:
    parameters: { drive: 900 mV/s }
    state: { v: -65 mV, w: 0, m: 0 }
    derived:
      seen: { unit: V, value: v }
      target: { unit: '1', value: 1/(1 + exp(-(seen + 55*mV)/(4*mV))) }
      pull: { unit: V/s, value: m*(v + 80*mV)/(20*ms) }
    derivatives:
      m: (target - m)/(3*ms)
      w: ((v + 65*mV)/(10*mV) - w)/(20*ms)
      v: drive - pull - w*100*mV/s - (v + 65*mV)/(10*ms)
    events: { spike: { when: '${when}', do: '${code}' } }
    sequence: ${sequence}
populations: { cells: { type: cell, size: 3, values: { drive: { array: [4, 5, 7] } } } }
recordings: [{ of: { population: cells }, events: spike }, { of: { population: cells }, variables: [v, w, m] }]
experiment: { dt: 0.05 ms, protocol: [{ run: 500 ms }] }
`;

test.each([
  [
    'the inner part reads the potential of the step before',
    '[{ derived: [target], state: [m] }, { derived: [seen] }, { derived: [pull], state: [v, w], events: [spike] }]',
    'v > -50*mV',
    'v = -68*mV',
  ],
  [
    'of two steps before',
    '[{ derived: [pull] }, { derived: [target], state: [m] }, { state: [v, w], events: [spike] }, { derived: [seen] }]',
    'v > -50*mV',
    'v = -68*mV',
  ],
  [
    'a later part reads the new potential',
    '[{ derived: [seen, target], state: [m] }, { derived: [pull], state: [w] }, { state: [v], events: [spike] }]',
    'v > -50*mV',
    'v = -68*mV',
  ],
  [
    'rates read what earlier parts have advanced',
    '[{ derived: [seen, target], state: [m] }, { state: [w] }, { derived: [pull], state: [v], events: [spike] }]',
    'v > -50*mV',
    'v = -68*mV',
  ],
  [
    'an event reads what was computed before the step',
    '[{ derived: [seen, target, pull], state: [m, v, w], events: [spike] }]',
    'seen > -50*mV',
    'v = -68*mV',
  ],
  [
    'an event is tested before a variable is advanced',
    '[{ derived: [seen, target, pull], state: [m], events: [spike] }, { state: [v, w] }]',
    'm > 0.2 and v > -62*mV',
    'm = 0',
  ],
])('%s: the same spikes and samples', async (_, sequence, when, code) => {
  const { valid } = importModel({ name: 'model.yaml', text: ordered(sequence, when, code) });
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  expectSameRun(check, 3);
  expect(check.variables).toHaveLength(3);
});

test.each(['channels.xml', 'densities.xml'])(
  'cells of NeuroML with channels follow the potential as late as in LEMS: %s',
  async (file) => {
    const { valid } = importModel(readSource(join(root, 'fixtures/neuroml', file)));
    const { report } = await convertModel(valid, 'brian-json', { strict: true });
    expect(report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
    const { variables = [] } = await checkConversion(valid, 'brian-json', { strict: true });
    const stored = variables.filter(({ variable }) => /^v$|_[mhn]_q$/.test(variable));
    expect(stored.length).toBeGreaterThan(1);
    for (const { largest, range } of stored) expect(largest).toBeLessThan(1e-6 * range);
  },
);

test('what changes behind the back of its readers stays approximate', async () => {
  const sequence = '[{ derived: [seen, target], state: [m], events: [spike] }, { derived: [pull], state: [v, w] }]';
  const { valid } = importModel({ name: 'model.yaml', text: ordered(sequence, 'v > -50*mV', 'v = -68*mV') });
  const { report } = await convertModel(valid, 'brian-json', { strict: true });
  expect(report).toContainEqual(expect.objectContaining({ verdict: 'approximated', code: 'brian/parts' }));
});

test('plastic synapses send what they computed before the step', async () => {
  const text = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafCell id="cell" leakReversal="-65mV" thresh="-50mV" reset="-70mV" C="0.1nF" leakConductance="5nS"/>
  <blockingPlasticSynapse id="dep" gbase="8nS" erev="0mV" tauRise="1ms" tauDecay="5ms">
    <plasticityMechanism type="tsodyksMarkramDepMechanism" initReleaseProb="0.5" tauRec="120ms"/>
  </blockingPlasticSynapse>
  <spikeGenerator id="clock" period="7.8125ms"/>
  <network id="net">
    <population id="clocks" component="clock" size="1"/>
    <population id="cells" component="cell" size="2"/>
    <projection id="p" presynapticPopulation="clocks" postsynapticPopulation="cells" synapse="dep">
      <connectionWD id="0" preCellId="../clocks[0]" postCellId="../cells[0]" weight="4" delay="3.90625ms"/>
      <connectionWD id="1" preCellId="../clocks[0]" postCellId="../cells[1]" weight="7" delay="3.90625ms"/>
    </projection>
  </network>
  <Simulation id="run" length="500ms" step="0.06103515625ms" target="net">
    <OutputFile id="out" fileName="out.dat"><OutputColumn id="v" quantity="cells[0]/v"/></OutputFile>
  </Simulation>
</Lems>`;
  const { valid } = importModel({ name: 'model.xml', text });
  const { outcome } = await convertModel(valid, 'brian-json', { strict: true });
  expect(outcome).toBe('equivalent');
  const check = await checkConversion(valid, 'brian-json', { strict: true });
  expect(check.populations.find(({ population }) => population === 'cells')?.spikes[0]).toBeGreaterThan(5);
  expectSameRun(check, 5);
});
