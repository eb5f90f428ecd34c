/** Membranes and synapses of other notations, written in NMODL: NEURON computes the solutions of their equations. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { inFolder } from './output-tables.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';
import '../../translators/brian/road.js';
import '../../translators/nestml/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nmodl/road.js';

const records = peerRecords('nmodl-written');

/** A mechanism by its name, the potential that it has, its variables, and their solution with the current last. */
interface Case {
  readonly file: string;
  readonly name: string;
  readonly level: number;
  readonly variables: readonly string[];
  /** Values at a time in ms. Currents are in mA/cm2, or in nA for point processes. */
  readonly solution: (t: number) => readonly number[];
  /** Largest relative error: that of backward Euler if the states depend on each other. */
  readonly error: number;
}

/** Hodgkin and Huxley's gates m, h and n: opening and closing rates per ms at a potential in mV. */
const gates = (v: number): readonly (readonly [number, number])[] => [
  [(0.1 * (v + 40)) / (1 - Math.exp(-(v + 40) / 10)), 4 * Math.exp(-(v + 65) / 18)],
  [0.07 * Math.exp(-(v + 65) / 20), 1 / (1 + Math.exp(-(v + 35) / 10))],
  [(0.01 * (v + 55)) / (1 - Math.exp(-(v + 55) / 10)), 0.125 * Math.exp(-(v + 65) / 80)],
];
const steady = (v: number): readonly number[] => gates(v).map(([open, close]) => open / (open + close));

/** Returns gates after a time at a potential, from their first values. */
const after = (t: number, v: number, first: readonly number[]): readonly number[] =>
  gates(v).map(([open, close], k) => {
    const end = open / (open + close);
    return end + (first[k]! - end) * Math.exp(-t * (open + close));
  });

/** Returns the gates and the current of the squid's membrane, in mA/cm2. */
const squid =
  (v: number, first: readonly number[], leak = -54.387) =>
  (t: number): readonly number[] => {
    const [m, h, n] = after(t, v, first) as [number, number, number];
    return [m, h, n, 0.12 * m ** 3 * h * (v - 50) + 0.036 * n ** 4 * (v + 77) + 0.0003 * (v - leak)];
  };

/** Returns the sum of responses to the events at 1 and 3 ms, by their weights. */
const responses =
  (response: (age: number) => number, weights: readonly [number, number]) =>
  (t: number): number =>
    [1, 3].reduce((sum, at, k) => (t <= at ? sum : sum + weights[k]! * response(t - at)), 0);

const rise = (1 * 5) / (5 - 1);
const peak = rise * Math.log(5);
const twoFactor = 1 / (Math.exp(-peak / 5) - Math.exp(-peak));
const two = responses((age) => twoFactor * (Math.exp(-age / 5) - Math.exp(-age)), [2, 2]);
const one = responses((age) => Math.exp(-age / 4), [2, 2]);
const alpha = responses((age) => (age / 3) * Math.exp(1 - age / 3), [2, 2]);
const rest = [0.0529, 0.5961, 0.3177];
const synapses = 'fixtures/neuroml/synapses.xml';
const level = -65;

const cases: readonly Case[] = [
  {
    file: 'fixtures/brian/single-hh.yaml',
    name: 'G',
    level: -20,
    variables: ['m', 'h', 'n'],
    solution: squid(-20, rest),
    error: 1e-9,
  },
  {
    file: 'fixtures/neuroml/soma.cell.nml',
    name: 'soma',
    level: -35,
    variables: ['m', 'h', 'n'],
    solution: squid(-35, steady(-65)),
    error: 1e-9,
  },
  {
    file: 'test/interoperability/nestml/squid.nestml',
    name: 'squid',
    level: 10,
    variables: ['m', 'h', 'n'],
    solution: squid(10, steady(-65), -54.402),
    error: 1e-9,
  },
  {
    file: synapses,
    name: 'expOneSynapse',
    level,
    variables: ['g'],
    solution: (t) => [1e-3 * one(t), 1e-3 * one(t) * level],
    error: 1e-9,
  },
  {
    file: synapses,
    name: 'expTwoSynapse',
    level,
    variables: [],
    solution: (t) => [1e-3 * two(t) * level],
    error: 1e-9,
  },
  {
    file: synapses,
    name: 'alphaSynapse',
    level,
    variables: ['g'],
    solution: (t) => [1e-3 * alpha(t), 1e-3 * alpha(t) * level],
    error: 0.02,
  },
];

/** Writes the mechanisms, and returns what NEURON computes: of each case the rows of its variables. */
const rowsOfNeuron = (): Promise<readonly (readonly (readonly number[])[])[]> =>
  inFolder(async (folder) => {
    const texts: string[] = [];
    for (const file of new Set(cases.map((one) => one.file))) {
      const { files } = await convertModel(importModel(readSource(file)).valid, 'nmodl');
      for (const { text } of files) {
        const [, name = ''] = /\b(?:SUFFIX|POINT_PROCESS) (\w+)/.exec(text) ?? [];
        if (cases.some((one) => one.name === name)) {
          writeFileSync(join(folder, `${name}.mod`), text);
          texts.push(text);
        }
      }
    }
    const runs = JSON.stringify(cases.map(({ name, level, variables }) => ({ name, level, variables })));
    const runner = join('test/interoperability/python', 'neuron_written.py');
    return records.output<readonly (readonly (readonly number[])[])[]>(
      peers.neuron,
      { what: 'written mechanisms under potentials that stay', texts: [...texts, runs], runners: [runner] },
      async () =>
        JSON.parse((await python('.venv-pynn', [runner, folder, runs])).trim().split('\n').at(-1)!) as number[][][],
    );
  });

it('has the solutions of the equations in NEURON', async () => {
  const rows = await rowsOfNeuron();
  for (const [k, { name, solution, error }] of cases.entries())
    for (const [row, values] of rows[k]!.entries()) {
      const expected = solution(row / 2);
      for (const [place, value] of values.entries())
        expect(Math.abs(value - expected[place]!), `${name} at ${row / 2} ms`).toBeLessThanOrEqual(
          error * Math.max(Math.abs(expected[place]!), 1e-6),
        );
    }
});
