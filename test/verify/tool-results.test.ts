/** Files that simulators write of a converted model, read as spikes and samples. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { brianResults, lemsResults, makeFolders, pynnResults, type Recorded } from '../../src/verify/tool-results.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-results-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const document = `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  <iafTauCell id="cell" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>
  <network id="net"><population id="cells" component="cell" size="2"/></network>
  <Simulation id="run" length="10ms" step="0.1ms" target="net">
    <OutputFile id="o" fileName="results/some.dat">
      <OutputColumn id="b" quantity="cells[1]/v"/><OutputColumn id="a" quantity="cells[0]/v"/>
    </OutputFile>
    <EventOutputFile id="e" fileName="results/some.spikes" format="TIME_ID">
      <EventSelection id="7" select="cells[1]" eventPort="spike"/>
    </EventOutputFile>
  </Simulation>
</Lems>`;

const { model } = importModel({ name: 'model.xml', text: document }).valid;
const recorded: Recorded = {
  model,
  spikes: new Map([['check_0', 'cells']]),
  samples: new Map([['check_of_0', { population: 'cells', variable: 'v', cells: 2 }]]),
};
const json = (content: object): string => {
  const path = join(folder, 'results.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const expected = {
  spikes: new Map([['cells', [[], [0.002, 0.004]]]]),
  samples: new Map([['check_of_0', { times: Float64Array.of(0, 1e8), values: [-0.05, -0.07, -0.06, -0.08] }]]),
};

test('monitors of Brian: rows of cells become rows of times', () => {
  const monitors = {
    check_0: { i: [1, 1], t: [0.004, 0.002] },
    check_of_0: { t: [0, 1e-4], v: [[-0.05, -0.06], [-0.07, -0.08]] }, // prettier-ignore
  };
  expect(brianResults(json(monitors), recorded)).toEqual(expected);
});

test("blocks of PyNN, in its units and in the order of its signal's cells", () => {
  const [v] = [{ cells: [1, 0], times: [0, 0.1], values: [[-70, -50], [-80, -60]] }]; // prettier-ignore
  const populations = { cells: [{ spikes: { '1': [2, 4] }, signals: { v } }] };
  const { spikes, samples } = pynnResults(json({ populations }), recorded);
  expect(spikes).toEqual(expected.spikes);
  expect([...(samples.get('check_of_0')?.times ?? [])]).toEqual([0, 1e8]);
  Array.from(samples.get('check_of_0')?.values ?? []).forEach((value, k) => {
    expect(Number(value)).toBeCloseTo([-0.05, -0.07, -0.06, -0.08][k] ?? NaN, 12);
  });
});

test("files of LEMS under their author's names, with folders that are made before", () => {
  mkdirSync(join(folder, 'lems'));
  makeFolders(join(folder, 'lems'), model);
  writeFileSync(join(folder, 'lems/results/some.dat'), '0.0\t-0.07\t-0.05\t\n1.0E-4\t-0.08\t-0.06\t\n');
  writeFileSync(join(folder, 'lems/results/some.spikes'), '0.004\t7\n0.002\t7\n');
  expect(lemsResults(join(folder, 'lems'), model, recorded)).toEqual(expected);
});

test('a value that is no number in the text of Python is NaN here', () => {
  const path = join(folder, 'named.json');
  writeFileSync(path, '{"NaN": {"t": [0]}, "check_of_0": {"t": [0, 0.0001], "v": [[NaN, -0.06], [-Infinity, -0.08]]}}');
  expect(brianResults(path, recorded).samples.get('check_of_0')?.values).toEqual([NaN, -Infinity, -0.06, -0.08]);
});

test('a run of Brian that returns to a stored state goes on at the time of the run here', () => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '1 ms',
    neuron_groups: { cells: { N: 1, model: 'dv/dt = 1/ms : 1', threshold: 'v > 2', reset: 'v = 0' } },
    run: [{ duration: '10 ms', store: 'a' }, { duration: '20 ms' }, { restore: 'a', duration: '5 ms' }],
  });
  const { model: returning } = importModel({ name: 'model.json', text }).valid;
  const samples = new Map([['check_of_0', { population: 'cells', variable: 'v', cells: 1 }]]);
  // Brian's monitors keep no data of the 20 ms after the stored state.
  const monitors = { check_0: { i: [0, 0], t: [0.009, 0.01] }, check_of_0: { t: [0.009, 0.01], v: [[1, 2]] } };
  const found = brianResults(json(monitors), { model: returning, spikes: new Map([['check_0', 'cells']]), samples });
  expect(found.spikes.get('cells')?.[0]?.map((time) => Math.round(time * 1e3))).toEqual([9, 30]);
  expect([...(found.samples.get('check_of_0')?.times ?? [])]).toEqual([9e9, 30e9 + 1e12]);
});
