/** Cells with sections and mechanisms as SpatialNeurons. */

import { describe, expect, test } from 'vitest';
import { checkConversion } from '../../support/check-conversion.js';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, type ImportedModel } from '../../../src/pipeline/pipeline.js';
import { simulate } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

const wasm = { engines: [{ target: 'wasm', threads: 1 }] } as const;

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';

/** A cell with all that there may be on compartments. @param along  where on soma and trunk dendrites begin */
const document = (step: number, { size = 1, along = 1, sections = '' } = {}): string => `
interneuron: 1
neurons:
  cell:
    method: cable
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      temperature: 300 K
      sections:
        soma: { diameter: 20 um, length: 20 um, divisions: 1, ${membrane} }
        trunk:
          parent: { section: soma, fraction: ${along} }
          points: [[0, 0, 0, 3.0e-6], [1.0e-4, 0, 0, 2.5e-6], [1.4e-4, 0, 0, 1.2e-6], [3.0e-4, 0, 0, 1.0e-6]]
          divisions: 3
          ${membrane.split(', ').join('\n          ')}
        branch: { parent: { section: trunk, fraction: ${along} }, diameter: 1.5 um, length: 150 um, divisions: 3, ${membrane} }
        basal: { parent: { section: soma, fraction: 1 }, diameter: 2 um, length: 100 um, divisions: 2, ${membrane} }
        ${sections}
      groups: { dendrites: [trunk, branch, basal] }
      ions: { ca: { valence: 2, inside: 1e-4 mM, outside: 2 mM, reversal: nernst } }
      mechanisms:
        leak:
          parameters: { g: 0.1 mS/cm**2 }
          values: { dendrites: { g: 0.05*(1 + distance/(200*um))*mS/cm**2 } }
          reads: [v]
          writes: { i: g*(-65*mV - v) }
        squid:
          on: [soma]
          parameters: { gNa: 120 mS/cm**2, gK: 36 mS/cm**2 }
          state: { a: 0.05, b: 0.32, c: 0.6 }
          derivatives:
            a: (1 - a)/exprel((-40*mV - v)/(10*mV))/ms - 4*exp(-(v + 65*mV)/(18*mV))/ms*a
            b: 0.1*(1 - b)/exprel((-55*mV - v)/(10*mV))/ms - 0.125*exp(-(v + 65*mV)/(80*mV))/ms*b
            c: 0.07*exp(-(v + 65*mV)/(20*mV))/ms*(1 - c) - c/(exp((-35*mV - v)/(10*mV)) + 1)/ms
          reads: [v]
          writes: { i: gNa*a**3*c*(50*mV - v) + gK*b**4*(-77*mV - v) }
        calcium:
          on: [trunk]
          parameters: { g: 0.1 mS/cm**2 }
          state: { q: 1/(1 + exp(-(v + 30*mV)/(8*mV))) }
          derivatives: { q: (1/(1 + exp(-(v + 30*mV)/(8*mV))) - q)/(2*ms) }
          reads: [v, e_ca]
          writes: { i_ca: g*q**2*(e_ca - v) }
        pool:
          on: [trunk]
          state: { c: 1e-4 mM }
          derivatives: { c: i_ca/(2*0.1*um*96485*coulomb/mol) - (c - 1e-4*mM)/(20*ms) }
          reads: [i_ca]
          writes: { ca_i: c }
        magnesium:
          on: [branch]
          parameters: { g: 0.02 mS/cm**2 }
          reads: [v]
          writes: { i: g*(0*mV - v)/(1 + 0.3*exp(-v/(16*mV))) }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma, fraction: 0.5 } }
  source: { events: { spike: { when: abs(t - 20*ms) < dt/2 } } }
synapses:
  exponential:
    parameters: { w: 2 nS }
    state: { g: 0 nS }
    derivatives: { g: -g/(3*ms) }
    pathways: { pre: { on: pre.spike, delay: 1 ms, do: [g += w] } }
    contributes: { post.I: g*(0*mV - post.v) }
populations: { cells: { type: cell, size: ${size} }, sources: { type: source, size: 1 } }
projections:
  s: { from: sources, to: { of: cells, section: branch, fraction: 0.8 }, synapse: exponential, connect: all }
stimuli:
  step: { kind: current, to: { population: cells, indices: [${size - 1}] }, input: I, value: 0.3*nA if t > 5*ms and t < 10*ms else 0*nA, section: soma }
record:
  - { of: cells, events: spike, name: spikes }
  - { of: cells, variables: [v], section: soma, every: 0.5 ms, name: soma }
  - { of: cells, variables: [v], section: branch, fraction: 0.8, every: 0.5 ms, name: branch }
  - { of: cells, variables: [ca_i], section: trunk, fraction: 0.5, every: 0.5 ms, name: calcium }
timing: grid
experiment: { dt: ${step} ms, duration: 30 ms }
`;

const imported = (text: string): ImportedModel => importModel({ name: 'm.yaml', text });

const samplesOf = async (text: string): Promise<Readonly<Record<string, readonly number[]>>> => {
  const { samples } = await simulate(text, wasm);
  const column = (name: string): readonly number[] => samples.get(name)!.map(([x = NaN]) => x);
  return {
    soma: column('soma/v'),
    branch: column('branch/v'),
    // A variable of a mechanism has another name in Brian.
    calcium: column('calcium/ca_i'),
  };
};

const converted = async (text: string): Promise<string> =>
  (await convertModel(imported(text).valid, 'brian-json')).files[0]!.text;

const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.slice(1, 59).map((x, k) => Math.abs(x - b[k + 1]!)));

describe('a cell with sections as a SpatialNeuron', () => {
  test('comes to the same voltages and concentrations as steps become short', async () => {
    const limit = await samplesOf(document(0.000625));
    expect(Math.max(...limit['soma']!)).toBeGreaterThan(0.02);
    const differences: Record<string, number>[] = [];
    for (const step of [0.02, 0.01, 0.005]) {
      const own = await samplesOf(await converted(document(step)));
      differences.push(
        Object.fromEntries(Object.entries(limit).map(([name, values]) => [name, apart(own[name]!, values)])),
      );
    }
    const [coarse, middle, fine] = differences;
    for (const name of ['soma', 'branch', 'calcium']) {
      expect(coarse![name]! / middle![name]!).toBeGreaterThan(1.7);
      expect(middle![name]! / fine![name]!).toBeGreaterThan(1.7);
    }
  });

  test('has halves of compartments where others begin in their middle', async () => {
    const text = document(0.005, { along: 0.5 });
    const { files, report } = await convertModel(imported(text).valid, 'brian-json');
    const { sections } = JSON.parse(files[0]!.text).spatial_neurons.cells.morphology;
    expect(Object.keys(sections)).toEqual([
      'soma',
      'soma_2',
      'basal',
      'trunk',
      'trunk_2',
      'trunk_3',
      'trunk_4',
      'branch',
    ]);
    expect(sections).toMatchObject({
      trunk: { parent: 'soma' },
      basal: { parent: 'soma_2' },
      branch: { parent: 'trunk_2' },
    });
    expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    const [own, theirs] = [await samplesOf(text), await samplesOf(files[0]!.text)];
    // The branch begins between halves of a compartment, not at the potential of its middle.
    expect(Math.max(...own['branch']!)).toBeGreaterThan(-0.045);
    expect(apart(own['branch']!, theirs['branch']!)).toBeLessThan(1e-3);
    expect((await checkConversion(imported(text).valid, 'brian-json')).spikes).toEqual([2, 2]);
  });

  test('is one of several cells in a document', async () => {
    const { spikes, matched } = await checkConversion(imported(document(0.01, { size: 3 })).valid, 'brian-json');
    expect({ spikes, matched }).toEqual({ spikes: [2, 2], matched: 2 });
  });

  test('is a SpatialNeuron for each of several cells', async () => {
    const { files, report } = await convertModel(imported(document(0.01, { size: 3 })).valid, 'brian');
    expect(report.filter(({ verdict }) => verdict === 'notExpressible')).toEqual([]);
    expect(files[0]!.text.match(/^\w+ = SpatialNeuron/gm)).toEqual([0, 1, 2].map((k) => `cells_${k} = SpatialNeuron`));
  });

  test('is left out among more than 32 cells', async () => {
    const { report } = await convertModel(imported(document(0.01, { size: 33 })).valid, 'brian');
    expect(report).toContainEqual(expect.objectContaining({ code: 'brian/cells', pointer: '/populations/cells' }));
  });

  test('has values by section in a script', async () => {
    const { files } = await convertModel(imported(document(0.01)).valid, 'brian');
    expect(files[0]!.text).toContain('cells.main.squid_present = 1\n');
    expect(files[0]!.text).toContain('    Cm=1 * ufarad / cm**2,\n    Ri=1 * ohm * meter,\n');
  });

  test.each([
    ['of a mechanism', 'g: 0.02 mS/cm**2 }', 'g: "uniform(0.01, 0.05)*mS/cm**2" }'],
    [
      'of a population',
      'type: cell, size: 3',
      'type: cell, size: 3, values: { magnesium.g: "uniform(0.01, 0.05)*mS/cm**2" }',
    ],
  ])('has the drawn values %s, by compartment and cell', async (_whose, plain, drawn) => {
    const valid = imported(document(0.01, { size: 3 }).replace(plain, drawn)).valid;
    const { variables = [], absent } = await checkConversion(valid, 'brian-json');
    expect([absent, variables.length]).toEqual([[], 3]);
    for (const { rootMeanSquare, range } of variables) expect(rootMeanSquare / range).toBeLessThan(1e-2);
  });

  test('has currents that follow its potential, from whatever value that begins', async () => {
    const text = document(0.005).replace('type: cell, size: 1 }', 'type: cell, size: 1, values: { v: -60 mV } }');
    const [own, theirs] = [await samplesOf(text), await samplesOf(await converted(text))];
    expect(apart(own['branch']!, theirs['branch']!)).toBeLessThan(1e-3);
  });

  test('has values and currents by the numbers of cells, not of compartments', async () => {
    const text = document(0.01, { size: 3 })
      .replace('connect: all }', 'connect: all, values: { w: 2*nS + 9*nS*j }, delay: 0.1*ms*j + 0.5*ms }')
      .replace('type: cell, size: 3 }', 'type: cell, size: 3, values: { v: -65*mV + 2*mV*i } }');
    const { spikes, matched } = await checkConversion(imported(text).valid, 'brian-json');
    expect({ spikes, matched }).toEqual({ spikes: [4, 4], matched: 4 });
    const single = document(0.01).replace('0.3*nA if', '(0.3*nA + 1*nA*i) if');
    expect((await checkConversion(imported(single).valid, 'brian-json')).spikes).toEqual([2, 2]);
    const several = document(0.01, { size: 3 }).replace('0.3*nA if', '(0.1*nA*i) if');
    expect((await checkConversion(imported(several).valid, 'brian-json')).spikes).toEqual([2, 2]);
  });

  test('has what phases set of its mechanisms where it has these, and nowhere else', async () => {
    for (const set of ['cells.calcium.g: 20 mS/cm**2', '"cells[0].magnesium.g": 0.5 mS/cm**2']) {
      const text = document(0.005).replace(
        ', duration: 30 ms',
        `, protocol: [{ run: 15 ms }, { set: { ${set} } }, { run: 15 ms }]`,
      );
      const [own, theirs] = [await samplesOf(text), await samplesOf(await converted(text))];
      expect(apart(own['branch']!, theirs['branch']!)).toBeLessThan(1e-3);
      expect(apart(own['branch']!, (await samplesOf(document(0.005)))['branch']!)).toBeGreaterThan(1e-3);
    }
  });

  test('has what phases set of a range of several cells', async () => {
    const phases = (cells: string): string =>
      document(0.005, { size: 3 }).replace(
        ', duration: 30 ms',
        `, protocol: [{ run: 15 ms }, { set: { "cells[${cells}].magnesium.g": 0.5 mS/cm**2 } }, { run: 15 ms }]`,
      );
    const [range, list, one] = await Promise.all(['0:2', '0, 1', '1'].map((cells) => converted(phases(cells))));
    expect(range).toBe(list);
    expect(range).not.toBe(one);
  });

  test('is solved by Brian under its own timing, too: currents are linear in the potential', async () => {
    const valid = imported(document(0.005).replace('timing: grid', 'timing: brian')).valid;
    const { variables = [], spikes, absent } = await checkConversion(valid, 'brian');
    expect({ spikes, absent }).toEqual({ spikes: [2, 2], absent: [] });
    expect(variables.map(({ variable }) => variable).sort()).toEqual([
      'ca_i at trunk 0.5',
      'v at branch 0.8',
      'v at soma',
    ]);
    for (const { rootMeanSquare, range } of variables) expect(rootMeanSquare / range).toBeLessThan(1e-2);
    const { text } = (await convertModel(valid, 'brian')).files[0]!;
    expect(text).toMatch(/magnesium_current = [^:]* : [^:\n]*\(constant over dt\)/);
  });

  test.each(['area', 'Cm', 'Im', 'capacitance'])('cannot have a parameter called %s', async (name) => {
    const text = document(0.01).replace(
      'inputs: { I: nA }',
      `inputs: { I: nA }\n    parameters: { ${name}: { unit: 1, value: 2 } }`,
    );
    const { report } = await convertModel(imported(text).valid, 'brian');
    expect(report).toContainEqual(
      expect.objectContaining({ verdict: 'notExpressible', pointer: `/neurons/cell/parameters/${name}` }),
    );
  });

  test.each([
    [
      'a section without a shape',
      'spine: { parent: { section: soma, fraction: 1 }, capacitance: 1 pF, coupling: 1 nS, divisions: 1 }',
    ],
    [
      'resistivities that differ',
      'spine: { parent: { section: soma, fraction: 1 }, diameter: 1 um, length: 1 um, divisions: 1, specificCapacitance: 1 uF/cm**2, resistivity: 50 ohm*cm }',
    ],
  ])('cannot have %s', async (what, sections) => {
    const { report } = await convertModel(imported(document(0.01, { sections })).valid, 'brian');
    const [left] = report.filter(({ code }) => code === 'brian/compartments');
    expect(left).toMatchObject({ verdict: 'notExpressible' });
    expect(left!.message).toContain(what);
  });
});
