/**
 * A branched cable in Brian, in a specification, and as a cell with mechanisms: the same compartments, by schemes of
 * first and of second order, which come to the same voltages as steps become short.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { simulate } from '../support/simulate.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { missingPython, runPython } from './python-environment.js';
import '../../translators/brian/road.js';

/** Volts at five compartments, each half millisecond. */
type Rows = readonly (readonly number[])[];

const places = [0, 7, 10, 13, 17];
const wasm = { engines: [{ target: 'wasm', threads: 1 }] } as const;

const specification = (step: number): string => `
format: interneuron/brian
dt: ${step} ms
namespace: { El: 10.613 mV, ENa: 115 mV, EK: -12 mV, gl: 0.3 msiemens/cm**2, gK: 36 msiemens/cm**2 }
spatial_neurons:
  cell:
    morphology:
      sections:
        trunk: { diameter: 8 um, length: 400 um, n: 8 }
        left: { parent: trunk, diameter: 4 um, length: 300 um, n: 6 }
        right: { parent: trunk, diameter: 3 um, length: 200 um, n: 4 }
    Cm: 1 uF/cm**2
    Ri: 35.4 ohm*cm
    model: |
      Im = gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) : amp/meter**2
      I : amp (point current)
      dm/dt = (1 - m)/exprel((25*mV - v)/(10*mV))/ms - 4*exp(-v/(18*mV))/ms*m : 1
      dn/dt = 0.1*(1 - n)/exprel((10*mV - v)/(10*mV))/ms - 0.125*exp(-v/(80*mV))/ms*n : 1
      dh/dt = 0.07*exp(-v/(20*mV))/ms*(1 - h) - h/(exp((30*mV - v)/(10*mV)) + 1)/ms : 1
      gNa : siemens/meter**2
    method: exponential_euler
    initializers:
      - { variable: m, value: 0.0529 }
      - { variable: n, value: 0.3177 }
      - { variable: h, value: 0.5961 }
      - { variable: gNa, value: 120 msiemens/cm**2 }
      - { variable: gNa, value: 60 msiemens/cm**2, index: right }
      - { variable: I, value: 5 nA, index: 0 }
state_monitors: { trace: { source: cell, variables: [v], record: [${places.join()}], dt: 0.5 ms } }
run: 6 ms
`;

/** Section and fraction of the five compartments. */
const named = ['trunk', 'trunk', 'left', 'left', 'right'];
const fractions = [0.5 / 8, 7.5 / 8, 2.5 / 6, 5.5 / 6, 3.5 / 4];

const mechanisms = (step: number): string => {
  const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 35.4 ohm*cm';
  return `
interneuron: 1
neurons:
  cell:
    method: cable
    inputs: { I: nA }
    compartments:
      initial: 0 mV
      sections:
        trunk: { diameter: 8 um, length: 400 um, divisions: 8, ${membrane} }
        left: { parent: trunk, diameter: 4 um, length: 300 um, divisions: 6, ${membrane} }
        right: { parent: trunk, diameter: 3 um, length: 200 um, divisions: 4, ${membrane} }
      mechanisms:
        squid:
          parameters: { gNa: 120 mS/cm**2, gK: 36 mS/cm**2, gl: 0.3 mS/cm**2 }
          values: { right: { gNa: 60 mS/cm**2 } }
          state: { m: 0.0529, n: 0.3177, h: 0.5961 }
          derivatives:
            m: (1 - m)/exprel((25*mV - v)/(10*mV))/ms - 4*exp(-v/(18*mV))/ms*m
            n: 0.1*(1 - n)/exprel((10*mV - v)/(10*mV))/ms - 0.125*exp(-v/(80*mV))/ms*n
            h: 0.07*exp(-v/(20*mV))/ms*(1 - h) - h/(exp((30*mV - v)/(10*mV)) + 1)/ms
          reads: [v]
          writes: { i: gl*(10.613*mV - v) + gNa*m**3*h*(115*mV - v) + gK*n**4*(-12*mV - v) }
populations: { cells: { type: cell, size: 1 } }
stimuli: { step: { kind: current, to: cells, input: I, value: 5 nA, section: trunk, fraction: ${fractions[0]} } }
record:
${named.map((section, k) => `  - { of: cells, variables: [v], section: ${section}, fraction: ${fractions[k]}, every: 0.5 ms, name: place${k} }`).join('\n')}
timing: grid
experiment: { dt: ${step} ms, duration: 6 ms }
`;
};

const bySpecification = async (step: number): Promise<Rows> =>
  (await simulate(specification(step), wasm)).samples.get('cell.v')!.slice(0, 12);

const byMechanisms = async (step: number): Promise<Rows> => {
  const { samples } = await simulate(mechanisms(step), wasm);
  const columns = named.map((_, k) => samples.get(`place${k}/v`)!.map(([v = NaN]) => v));
  return columns[0]!.slice(0, 12).map((_, row) => columns.map((column) => column[row]!));
};

/** The cell with mechanisms, converted to a specification of a SpatialNeuron. */
const byConversion = async (step: number): Promise<Rows> => {
  const { files } = await convertModel(importModel({ name: 'm.yaml', text: mechanisms(step) }).valid, 'brian-json');
  const { samples } = await simulate(files[0]!.text, wasm);
  const columns = named.map((_, k) => samples.get(`place${k}/v`)!.map(([v = NaN]) => v));
  return columns[0]!.slice(0, 12).map((_, row) => columns.map((column) => column[row]!));
};

const apart = (a: Rows, b: Rows): number =>
  Math.max(...a.map((row, k) => Math.max(...row.map((v, at) => Math.abs(v - b[k]![at]!)))));

test('a cell with mechanisms becomes the SpatialNeuron that a person would write', async () => {
  expect(apart(await byConversion(0.01), await bySpecification(0.01))).toBeLessThan(1e-10);
});

const folder = mkdtempSync(join(tmpdir(), 'interneuron-cables-'));
afterAll(() => rmSync(folder, { recursive: true }));

const records = peerRecords('brian-cables');
const missing = missingPython(['brian2']);

describe.skipIf(missing !== null)(`a branched cable in Brian${missing === null ? '' : ` (${missing})`}`, () => {
  const steps = [0.01, 0.005, 0.0025];

  test('has the voltages of its specification, and converges to the voltages of mechanisms', async () => {
    const brian = await records.output(
      peers.brian,
      {
        what: 'a branched cable',
        texts: steps.map(String),
        runners: ['test/interoperability/python/brian_cable.py'],
      },
      async () => (await runPython('brian_cable.py', steps.map(String))) as readonly Rows[],
    );
    const limit = await byMechanisms(0.000625);
    const [first, second]: number[][] = [[], []];
    for (const [k, step] of steps.entries()) {
      const theirs = brian[k]!.slice(0, 12);
      expect(apart(await bySpecification(step), theirs)).toBeLessThan(1e-10);
      first!.push(apart(theirs, limit));
      second!.push(apart(await byMechanisms(step), limit));
    }
    // An action potential passes, so that the voltages differ by millivolts at first.
    expect(Math.max(...limit.flat())).toBeGreaterThan(0.08);
    for (const k of [1, 2]) {
      expect(Math.log2(first![k - 1]! / first![k]!)).toBeGreaterThan(0.8);
      expect(Math.log2(first![k - 1]! / first![k]!)).toBeLessThan(1.2);
      expect(Math.log2(second![k - 1]! / second![k]!)).toBeGreaterThan(1.8);
      expect(Math.log2(second![k - 1]! / second![k]!)).toBeLessThan(2.3);
    }
    expect(second![2]!).toBeLessThan(1e-5);
  });

  test('is what a cell with mechanisms becomes as a script', async () => {
    const { files } = await convertModel(importModel({ name: 'm.yaml', text: mechanisms(0.01) }).valid, 'brian', {
      name: 'cable.py',
    });
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    const records = (await runPython('run_brian_script.py', [join(folder, 'cable.py')])) as Readonly<
      Record<string, { readonly v: Rows }>
    >;
    const columns = named.map((_, k) => records[`place${k}`]!.v[0]!);
    const theirs = columns[0]!.slice(0, 12).map((_, row) => columns.map((column) => column[row]!));
    expect(apart(await bySpecification(0.01), theirs)).toBeLessThan(1e-8);
  });
});
