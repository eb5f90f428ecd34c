/** Files that simulators write of a converted model, read as spikes and samples. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { importModel } from '../../src/pipeline/pipeline.js';
import { columnsIn } from '../../src/simulators/columns.js';
import { lemsColumns, makeFolders } from '../../src/simulators/lems-results.js';
import { rowsOf, type Recorded } from '../../src/simulators/recorded-columns.js';
import { toolResults, type ToolResults } from '../../src/verify/tool-results.js';
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
  samples: new Map([
    ['check_of_0', { population: 'cells', variable: 'v', cells: 2, of: { recording: '', elements: [0, 1] } }],
  ]),
};
type Rank = readonly (readonly [facts: object, columns: Readonly<Record<string, readonly number[]>>])[];

/** Writes columns as the runner of scripts does, and returns them. */
function columns(...ranks: readonly Rank[]): ReturnType<typeof columnsIn> {
  const results = mkdtempSync(join(folder, 'columns-'));
  ranks.forEach((listed, rank) => {
    const lines = listed.map(([facts, own], k) => {
      const files = Object.entries(own).map(([name, values]) => {
        const file = `${rank}-${k}-${name}.bin`;
        writeFileSync(join(results, file), new Uint8Array(Float64Array.from(values).buffer));
        return [name, file] as const;
      });
      return JSON.stringify({
        segment: 0,
        rows: (own['times'] ?? []).length,
        ...facts,
        files: Object.fromEntries(files),
      });
    });
    writeFileSync(join(results, `columns-${rank}.jsonl`), [...lines, '{"kind":"end"}', ''].join('\n'));
  });
  return columnsIn(results, ranks.length);
}

const spikesOf = (of: string, times: readonly number[], cells: readonly number[], unit = 's'): Rank[number] => [
  { kind: 'spikes', of, unit },
  { times, cells },
];
const samplesOf = (facts: object, times: readonly number[], values: readonly number[]): Rank[number] => [
  { kind: 'samples', variable: 'v', unit: null, time_unit: 's', ...facts },
  { times, values },
];
const expectClose = ({ spikes, samples }: ToolResults): void => {
  expect(spikes).toEqual(expected.spikes);
  expect([...(samples.get('check_of_0')?.times ?? [])]).toEqual([0, 1e8]);
  Array.from(samples.get('check_of_0')?.values ?? []).forEach((value, k) => {
    expect(Number(value)).toBeCloseTo([-0.05, -0.07, -0.06, -0.08][k] ?? NaN, 12);
  });
};
const expected = {
  spikes: new Map([['cells', [[], [0.002, 0.004]]]]),
  samples: new Map([['check_of_0', { times: Float64Array.of(0, 1e8), values: [-0.05, -0.07, -0.06, -0.08] }]]),
};

test('monitors of Brian have the names of recordings', () => {
  const found = columns([
    spikesOf('check_0', [0.002, 0.004], [1, 1]),
    samplesOf({ of: 'check_of_0', cells: [0, 1] }, [0, 1e-4], [-0.05, -0.07, -0.06, -0.08]),
  ]);
  expect(toolResults(found, recorded)).toEqual(expected);
});

const ofPynn = { of: 'cells', unit: 'mV', time_unit: 'ms' };

test("populations of PyNN, in its units and in the order of its signal's cells", () => {
  const found = columns([
    spikesOf('cells', [2, 4], [1, 1], 'ms'),
    samplesOf({ ...ofPynn, cells: [1, 0] }, [0, 0.1], [-70, -50, -80, -60]),
  ]);
  expectClose(toolResults(found, recorded));
});

test('ranks have some of the cells each', () => {
  const found = columns(
    [spikesOf('cells', [2], [1], 'ms'), samplesOf({ ...ofPynn, cells: [1] }, [0, 0.1], [-70, -80])],
    [spikesOf('cells', [4], [1], 'ms'), samplesOf({ ...ofPynn, cells: [0] }, [0, 0.1], [-50, -60])],
  );
  expectClose(toolResults(found, recorded));
});

test.each([
  ['the simulator recorded none', []],
  ['1 of 2 cells have samples', [samplesOf({ ...ofPynn, cells: [1] }, [0, 0.1], [-70, -80])]],
  [
    'the simulator does not state their unit',
    [samplesOf({ ...ofPynn, unit: 'dimensionless', cells: [0, 1] }, [0], [1, 2])],
  ],
  [
    'their cells have different numbers of samples',
    [samplesOf({ ...ofPynn, cells: [0] }, [0], [1]), samplesOf({ ...ofPynn, cells: [1] }, [0, 0.1], [1, 2])],
  ],
] as const)('samples are not read, with the reason: %s', (reason, rank) => {
  expect(rowsOf('check_of_0', recorded, columns(rank))).toBe(reason);
});

test('a run whose list has no end has failed', () => {
  const results = mkdtempSync(join(folder, 'unfinished-'));
  writeFileSync(join(results, 'columns-0.jsonl'), '');
  expect(() => columnsIn(results)).toThrow('it ended without all of its results');
});

test("files of LEMS under their author's names, with folders that are made before", () => {
  mkdirSync(join(folder, 'lems'));
  makeFolders(join(folder, 'lems'), model);
  writeFileSync(join(folder, 'lems/results/some.dat'), '0.0\t-0.07\t-0.05\t\n1.0E-4\t-0.08\t-0.06\t\n');
  writeFileSync(join(folder, 'lems/results/some.spikes'), '0.004\t7\n0.002\t7\n');
  expect(toolResults(lemsColumns(join(folder, 'lems'), model, recorded.spikes), recorded)).toEqual(expected);
});

test('a run of Brian that returns to a stored state goes on at the time of the run here', () => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '1 ms',
    neuron_groups: { cells: { N: 1, model: 'dv/dt = 1/ms : 1', threshold: 'v > 2', reset: 'v = 0' } },
    run: [{ duration: '10 ms', store: 'a' }, { duration: '20 ms' }, { restore: 'a', duration: '5 ms' }],
  });
  const { model: returning } = importModel({ name: 'model.json', text }).valid;
  // Brian's monitors keep no data of the 20 ms after the stored state.
  const found = toolResults(
    columns([
      spikesOf('check_0', [0.009, 0.01], [0, 0]),
      samplesOf({ of: 'check_of_0', cells: [0] }, [0.009, 0.01], [1, 2]),
    ]),
    {
      model: returning,
      spikes: new Map([['check_0', 'cells']]),
      samples: new Map([
        ['check_of_0', { population: 'cells', variable: 'v', cells: 1, of: { recording: '', elements: [0] } }],
      ]),
    },
  );
  expect(found.spikes.get('cells')?.[0]?.map((time) => Math.round(time * 1e3))).toEqual([9, 30]);
  expect([...(found.samples.get('check_of_0')?.times ?? [])]).toEqual([9e9, 30e9 + 1e12]);
});
