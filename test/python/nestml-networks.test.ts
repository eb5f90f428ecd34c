/** A network of PyNN with cells and synapses in NESTML, on NEST, which compiles them, and on our backend. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { root } from '../support/import-graph.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingEnvironment, python } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const records = peerRecords('nestml-networks');
const folder = join(root, 'test/translators/nestml/files');
const runner = 'test/interoperability/python/run_nestml_networks.py';
const cells = [0, 1, 2, 3, 4];

const texts = Object.fromEntries(
  ['networks/current_neuron', 'synapses/driven_neuron', 'synapses/pair_synapse'].map((name) => [
    name.replace(/.*\//, ''),
    readFileSync(join(folder, `${name}.nestml`), 'utf8'),
  ]),
);
const input = JSON.stringify({
  texts,
  // NEST changes weights by spikes of the target when the next spike arrives: the last is one of the sources.
  sources: cells.map((i) => [5 + 3 * i, 20 + i, 22 + i, 29.5, 40 + 5 * i, 61, 66 + i, 80, 100]),
  drive: cells.map((i) => [10 + 4 * i, 30 + 2 * i, 66 + i, 90]),
  traces: { pair_synapse: ['post_trace'] },
  duration: 120,
});

interface Recorded {
  readonly spikes: readonly (readonly number[])[];
  readonly V_m: readonly (readonly number[])[];
}
type Outcome = Readonly<Record<'injected' | 'driven' | 'plastic', Recorded>> & {
  readonly weights: readonly (readonly number[])[];
};

/** Returns what Python prints about the network, which is in a file of its own. */
async function outcomeOf(run: (file: string) => Promise<string>): Promise<Outcome> {
  const work = mkdtempSync(join(tmpdir(), 'nestml-'));
  try {
    const file = join(work, 'network.json');
    writeFileSync(file, input);
    const output = await run(file);
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Outcome;
  } finally {
    rmSync(work, { recursive: true });
  }
}

const there = await records.output<Outcome>(
  peers.nestml,
  { what: 'networks in NESTML', texts: [input], runners: [runner] },
  () => outcomeOf((file) => python('.venv-nestml', ['-W', 'ignore', runner, file, 'nest'])),
);

const furthest = (one: Recorded, other: Recorded): number =>
  Math.max(...one.V_m.flatMap((own, i) => own.map((value, k) => Math.abs(value - (other.V_m[i]?.[k] ?? NaN)))));

const noPynn = missingEnvironment('.venv-pynn');
test.skipIf(noPynn !== null)(withReason('spikes, potentials and weights are those of NEST', noPynn), async () => {
  const launch = 'import sys, interneuron_pynn.launcher as l; l.run_script(sys.argv[1:], ["nest"])';
  const program = { INTERNEURON_PROGRAM: inject('program'), INTERNEURON_NODE: process.execPath };
  const here = await outcomeOf((file) => python('.venv-pynn', ['-W', 'ignore', '-c', launch, runner, file], program));
  for (const name of ['injected', 'driven', 'plastic'] as const) {
    expect(here[name].spikes).toEqual(there[name].spikes);
    expect(here[name].spikes.flat().length).toBeGreaterThan(10);
    expect(furthest(here[name], there[name])).toBeLessThan(1e-9);
  }
  expect(here.weights.length).toBe(25);
  expect(here.weights.map((row) => row.slice(0, 2))).toEqual(there.weights.map((row) => row.slice(0, 2)));
  for (const [k, row] of here.weights.entries()) expect(row[2]).toBeCloseTo(there.weights[k]?.[2] ?? NaN, 12);
  expect(new Set(here.weights.map((row) => row[2])).size).toBeGreaterThan(20);
});
