/** Scripts with types of a document's own, and their equations on PyNN's backend. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { spikesOf } from '../../src/verify/check-conversion.js';
import { convertModel } from '../../src/convert/convert.js';
import type { ValidModel } from '../../src/model/model.js';
import { importModel, readSource, type ImportedModel } from '../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, recordsOf } from '../support/python.js';

const fixture = (name: string): ImportedModel => importModel(readSource(join(root, 'fixtures', name)));

/** The engine draws connections of synapses without a name, in scripts as elsewhere. */
const mixed = `
format: interneuron/brian
version: 1
seed: 5
neuron_groups:
  cells:
    N: 8
    model: |
      dv/dt = (10*nS*(-60*mV - v) + ge*(0*mV - v) + 0.15*nA)/(200*pF) : volt (unless refractory)
      dge/dt = -ge/(5*ms) : siemens
    threshold: v > -50*mV
    reset: v = -60*mV
    refractory: 2*ms
    method: rk4
    initializers: { v: -60*mV + i*mV }
synapses:
  own: { source: cells, target: cells, on_pre: "ge += 1*nS; v += 0.1*mV", connect: { p: 0.4 } }
spike_monitors: { spikes: { source: cells } }
run: 100 ms`;

/**
 * A ramp that passes 0.5 in its 50th step and 1 in its 100th; a count that grows by 1 every ms; sources that repeat.
 */
const ramp = `
format: interneuron/brian
version: 1
dt: 0.1 ms
neuron_groups:
  ramp:
    N: 2
    model: |
      dv/dt = 0.1/ms : 1
      count : 1
    method: euler
    threshold: v > 0.999
    reset: v = 0
    events: { half: { condition: v > 0.495 and v < 0.505, code: "" } }
    run_regularly: [{ code: count += 1, dt: 1 ms }]
spike_generators:
  metronome: { N: 2, indices: [0, 1], times: [1 ms, 2.5 ms], period: 5 ms }
spike_monitors:
  spikes: { source: ramp, variables: [count] }
  beats: { source: metronome }
event_monitors:
  halves: { source: ramp, event: half }
state_monitors:
  late: { source: ramp, variables: [v], record: [1], when: end, dt: 5 ms }
run: 20 ms`;

const missing = missingEnvironment('.venv-pynn');
const folder = temporaryFolder();
/** Of a segment, in ms and PyNN's units: spike times by cell, and signals, a row of all cells for each time. */
interface Segment {
  readonly spikes: Readonly<Record<string, readonly number[]>>;
  readonly signals: Readonly<Record<string, { readonly values: readonly (readonly number[])[] }>>;
}

/** Segments by population, and samples of synapses by projection and variable: [sample][synapse]. */
interface Results {
  readonly populations: Readonly<Record<string, readonly Segment[]>>;
  readonly synapses: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
  /** Contents of the backend's own recordings, by name, then by event or variable: times in ms, values in SI. */
  readonly recordings?: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>>
  >;
}

/** Returns the results that a model's script writes under PyNN's backend. */
async function resultsOf(name: string, valid: ValidModel): Promise<Results> {
  const own = folder.file(name.replaceAll('/', '-'));
  mkdirSync(own);
  const { files } = await convertModel(valid, 'pynn', { name: 'model.py' });
  for (const file of files) writeFileSync(join(own, file.name), file.text);
  const variables = {
    INTERNEURON_PROGRAM: inject('program'),
    INTERNEURON_NODE: process.execPath,
    INTERNEURON_CACHE: folder.file('cache'),
  };
  return (await recordsOf('.venv-pynn', 'pynn', join(own, 'model.py'), [], variables)) as Results;
}

describe.skipIf(missing !== null)(
  `scripts under PyNN's backend${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each<[string, () => ImportedModel]>([
      ...['brian/custom-event.yaml', 'brian/stdp-pair.yaml', 'neuroml/network.xml'].map(
        (name): [string, () => ImportedModel] => [name, () => fixture(name)],
      ),
      ['a standard cell with synapses of its own', () => importModel({ name: 'model.yaml', text: mixed })],
    ])('%s spikes as it does here', async (name, read) => {
      const { valid } = read();
      const { populations } = await resultsOf(name, valid);
      const here = await spikesOf(valid);
      let compared = 0;
      for (const [population, [segment]] of Object.entries(populations))
        for (const [index, times] of Object.entries(segment?.spikes ?? {})) {
          const expected = here.get(population)?.[Number(index)] ?? [];
          expect(times.map((time) => Number(time.toFixed(6)))).toEqual(
            expected.map((t) => Number((t * 1e3).toFixed(6))),
          );
          compared += times.length;
        }
      expect(compared).toBeGreaterThan(5);
    });

    it('events, values at events and samples within a step follow the equations', async () => {
      const { populations, recordings = {} } = await resultsOf(
        'ramp',
        importModel({ name: 'model.yaml', text: ramp }).valid,
      );
      const rounded = (values: readonly unknown[] = []): readonly number[] =>
        values.map((x) => Number(Number(x).toFixed(9)));
      const { half } = recordings['ramp_half'] ?? {};
      expect([rounded(half?.['times']), half?.['cells']]).toEqual([
        [4.9, 4.9, 14.9, 14.9],
        [0, 1, 0, 1],
      ]);
      const { spikes } = recordings['spikes'] ?? {};
      expect([rounded(spikes?.['times']), spikes?.['count']]).toEqual([
        [9.9, 9.9, 19.9, 19.9],
        [10, 10, 20, 20],
      ]);
      // At the end of its step a sample has grown already.
      const { v } = recordings['late'] ?? {};
      expect([
        rounded(v?.['times']),
        (v?.['values'] ?? []).flatMap((row) => rounded(row as readonly number[])),
      ]).toEqual([
        [0, 5, 10, 15],
        [0.01, 0.51, 0.01, 0.51],
      ]);
      expect(populations['metronome']?.[0]?.spikes).toEqual({ 0: [1, 6, 11, 16], 1: [2.5, 7.5, 12.5, 17.5] });
    });

    it('synapses of types of a script’s own are recorded as they are here', async () => {
      const name = 'neuroml/synapses.xml';
      const { recordings = {} } = await resultsOf(name, fixture(name).valid);
      const here = folder.file('synapses.csv');
      expect(
        (await runCommand(['run', join(root, 'fixtures', name), '-o', here, '--output-dir', folder.path])).code,
      ).toBe(0);
      const rows = readFileSync(folder.file('synapses.toOne_g.csv'), 'utf8').trim().split('\n').slice(1);
      const siemens = rows.map((row) => row.split(',').slice(1).map(Number));
      // The first and the third synapse, as the document has it.
      const recorded = (recordings['toOne_g']?.['g']?.['values'] ?? []) as readonly (readonly number[])[];
      expect(recorded.length).toBe(siemens.length);
      expect(recorded[0]?.length).toBe(2);
      expect(Math.max(...siemens.flat())).toBeGreaterThan(1e-10);
      const apart = recorded.flatMap((row, at) => row.map((value, k) => Math.abs(value - (siemens[at]?.[k] ?? NaN))));
      expect(apart.filter((difference) => !(difference < 1e-20))).toEqual([]);
    });

    it('parameters are recorded, in PyNN’s units and with values set between runs', async () => {
      const text = `
format: interneuron/brian
neuron_groups:
  G:
    N: 2
    model: "dv/dt = (I*R*tanh(v/mV + 1) - v)/tau : volt\\nI : amp\\nk : 1\\nC : farad (shared)"
    method: euler
    namespace: { tau: 10 ms, R: 100 Mohm }
    initializers: { I: 0.2*nA + 0.1*nA*i, k: i + 1, C: 200 pF }
state_monitors: { trace: { source: G, variables: [I, k, C] } }
run: [{ duration: 0.2 ms }, { set: { G.I: 0.5 nA }, duration: 0.1 ms }]`;
      const { populations } = await resultsOf('parameters', importModel({ name: 'model.yaml', text }).valid);
      const rounded = (name: string): readonly unknown[] =>
        (populations['G']?.[0]?.signals[name]?.values ?? []).map((row) => row.map((x) => Number(x.toPrecision(12))));
      expect([rounded('I'), rounded('k')]).toEqual([
        [[0.2, 0.3], [0.2, 0.3], [0.5, 0.5]], // prettier-ignore
        [[1, 2], [1, 2], [1, 2]], // prettier-ignore
      ]);
      // Farads have no other unit in PyNN.
      expect(rounded('C')[0]).toEqual([2e-10, 2e-10]);
    });

    it('cells with compartments have the voltages that they have here', async () => {
      const name = 'cells/network-of-cells.xml';
      const { populations } = await resultsOf(name, fixture(name).valid);
      const here = folder.file('here.csv');
      expect((await runCommand(['run', join(root, 'fixtures', name), '-o', here])).code).toBe(0);
      const rows = readFileSync(folder.file('here.cells_v_cells_v.csv'), 'utf8').trim().split('\n').slice(1);
      const voltages = rows.map((row) =>
        row
          .split(',')
          .slice(1)
          .map((volts) => Number(volts) * 1e3),
      );
      const { values } = populations['cells']?.[0]?.signals['somaSection(0.5).v'] ?? { values: [] };
      expect(values.length).toBe(voltages.length);
      // Volts and millivolts round differently.
      const apart = values.flatMap((row, at) => row.map((mV, cell) => Math.abs(mV - (voltages[at]?.[cell] ?? NaN))));
      expect(apart.filter((difference) => !(difference < 1e-9))).toEqual([]);
    });
  },
);
