/**
 * Cells with structure against NEURON: networks of `fixtures/cells`, which NEURON gets as sections built by hand.
 *
 * NEURON delivers events at the steps that it makes, so that its error falls with the step alone: its converged
 * voltages are extrapolated from two short steps.
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { importModel, readSource, runModel } from '../../src/run/pipeline.js';
import { inFolder, outputs } from './output-tables.js';
import { missingPynn, runPynnPython } from './pynn/backend.js';

interface Run {
  /** Of the first cell, ms. */
  readonly spikes: readonly number[];
  /** mV each millisecond at the soma and a branch of each cell. */
  readonly voltages: readonly (readonly number[])[];
}

const missing = missingPynn();

/** NEURON's voltages and spikes with so many steps a millisecond; `how`: its second order or not, and the network. */
const ofNeuron = async (steps: number, how: readonly string[]): Promise<Run> =>
  (await runPynnPython('neuron_branched_cell.py', [String(steps), ...how])) as Run;

/** Ours, with so many steps a millisecond. */
const ofOurs = (steps: number, path: string): Promise<Run> =>
  inFolder(async (folder) => {
    const source = readSource(path);
    const text = source.text.replace('step="0.005ms"', `step="${1 / steps}ms"`);
    const result = await runModel(importModel({ ...source, text }), { target: 'wasm', outputFolder: folder });
    if (result.kind === 'run') result.dispose();
    const rows = outputs(folder).get('voltages.dat')!;
    const column = (k: number): readonly number[] => rows.map((row) => Number(row[k]) * 1e3);
    const soma = column(1);
    return {
      spikes: soma.flatMap((v, k) => (k > 0 && v > 0 && soma[k - 1]! <= 0 ? [k / steps] : [])),
      voltages: Array.from({ length: rows[0]!.length - 1 }, (_, k) =>
        column(k + 1).filter((__, row) => row % steps === 0),
      ),
    };
  });

/** Largest difference of voltages where neither run is in a spike, mV. */
const apart = (a: Run, b: Run): number =>
  Math.max(
    ...a.voltages.flatMap((trace, k) =>
      trace.flatMap((v, row) => (Math.max(v, b.voltages[k]![row]!) < -45 ? [Math.abs(v - b.voltages[k]![row]!)] : [])),
    ),
  );

describe.skipIf(missing !== null).each([
  ['fixtures/cells/branched-cell.xml', 2, ['2']],
  ['fixtures/cells/network-of-cells.xml', 1, ['0', 'network']],
] as const)(`%s and NEURON${missing === null ? '' : ` (${missing})`}`, (path, spikes, how) => {
  let converged: Run;
  let [coarse, fine]: Run[] = [];

  beforeAll(async () => {
    const [some, more] = [await ofNeuron(1000, how), await ofNeuron(2000, how)];
    converged = {
      spikes: more.spikes,
      voltages: more.voltages.map((trace, k) => trace.map((v, row) => 2 * v - some.voltages[k]![row]!)),
    };
    [coarse, fine] = [await ofOurs(50, path), await ofOurs(200, path)];
  }, 300_000);

  test('spikes are within 0.05 ms of its converged ones', () => {
    expect(converged.spikes.length).toBe(spikes);
    expect(fine!.spikes.length).toBe(converged.spikes.length);
    converged.spikes.forEach((time, k) => expect(Math.abs(fine!.spikes[k]! - time)).toBeLessThan(0.05));
  });

  test('voltages below threshold are within 0.05 mV', () => {
    expect(apart(fine!, converged)).toBeLessThan(0.05);
  });

  test('a step of a quarter has a sixteenth of the error', () => {
    expect(apart(coarse!, converged) / apart(fine!, converged)).toBeGreaterThan(9);
  });
});
