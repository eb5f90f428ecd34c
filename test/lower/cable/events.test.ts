/**
 * Conditions of mechanisms on cells with structure, compared with point neurons: in a uniform cell there are no axial
 * currents, so that each compartment behaves like a point neuron.
 */

import { describe, expect, test } from 'vitest';
import { refused, simulate } from '../../support/simulate.js';

const engines = [
  { target: 'reference', threads: 1 },
  { target: 'wasm', threads: 2 },
] as const;

/** A conductance that opens at a given time, and is held at a high potential. */
const parts = `parameters: { g: 10 S/m**2, E: 20 mV, tau: 3 ms, period: 10 ms }
          state: { q: 0, count: 0, next: { unit: ms, initial: period } }
          derivatives: { q: -q/tau }`;
const conditions = (potential: string): string => `
            opens: { when: t > next, do: [more = 1, q += more, count += more, next = t + period] },
            held: { when: ${potential} > -40*mV and q > 0.2, do: [q = 0.2], order: 1 },
            rises: { when: ${potential} > -45*mV, edge: rising, do: [count += 100], order: 2 }`;
const leak = '3*siemens/metre**2*(-65*mV - v)';

const structured = `
interneuron: 1
neurons:
  cell:
    method: cable-then-gates
    compartments:
      initial: -65 mV
      sections:
        a: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        b: { parent: a, length: 90 um, diameter: 3 um, divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      mechanisms:
        leak: { reads: [v], writes: { i: ${leak} } }
        opening:
          ${parts}
          events: {${conditions('v')} }
          reads: [v]
          writes: { i: g*q*(E - v) }
    events: { spike: { when: v > 0*mV, section: a } }
populations: { cells: { type: cell, size: 2 } }
record:
  - { of: cells, variables: [v, opening.count], every: 1 ms, section: a, name: near }
  - { of: cells, variables: [v, opening.count], every: 1 ms, section: b, fraction: 0.9, name: far }
timing: grid
experiment: { dt: 0.001 ms, duration: 35 ms }`;

const point = `
interneuron: 1
neurons:
  cell:
    method: rk4
    ${parts.replaceAll('\n          ', '\n    ').replace('{ q: 0,', '{ v: { unit: V, initial: -65 mV }, q: 0,').replace('{ q: -q', `{ v: (${leak} + g*q*(E - v))/(0.01*farad/metre**2), q: -q`)}
    events: {${conditions('v')} }
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, variables: [v, count], every: 1 ms }]
timing: grid
experiment: { dt: 0.001 ms, duration: 35 ms }`;

describe('conditions of mechanisms', () => {
  test('act on each compartment as on a point', async () => {
    const [cells, alone] = [await simulate(structured, { engines }), await simulate(point, { engines: [engines[1]] })];
    const counts = alone.samples.get('cells.count')!.map(([count = NaN]) => count);
    expect(counts.at(-1)).toBeGreaterThan(300);
    for (const place of ['near', 'far']) {
      expect(cells.samples.get(`${place}/opening.count`)!.map(([count]) => count)).toEqual(counts);
      // The difference is of first order in the step: one microsecond at 20 mV/ms.
      cells.samples
        .get(`${place}/v`)!
        .forEach((row, k) => expect(Math.abs(row[1]! - alone.samples.get('cells.v')![k]![0]!)).toBeLessThan(5e-5));
    }
  });

  test('refuse actions that may not write their variable', () => {
    const wrong = (action: string): string => refused(structured.replace('[q = 0.2]', `[${action}]`)).join();
    expect(wrong('v = -65*mV')).toMatch(/^model\/not-writable: /);
    expect(wrong('tau = 1*ms')).toMatch(/^model\/not-writable: /);
    expect(wrong('q = 2*mV')).toMatch(/dimension/);
  });
});

test('actions of synapses read the concentrations of their place, whatever mechanisms are called', async () => {
  const text = `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -65 mV
      sections: { a: { capacitance: 1 pF }, b: { parent: a, capacitance: 1 pF, coupling: 1 pS } }
      ions: { ca: { valence: 2, inside: 0.0001, outside: 2 } }
      mechanisms:
        ca: { on: b, density: false, state: { o: 7, level: { unit: mol/m**3, initial: 0.5 } }, derivatives: { level: 1*mmolar/second }, writes: { ca_i: level } }
    events: { spike: { when: v > 0*mV, section: a } }
synapses:
  looking:
    state: { inside: { unit: mol/m**3 }, outside: { unit: mol/m**3 }, high: 0 }
    pathways: { pre: [inside = post.ca_i, outside = post.ca_o] }
    events: { late: { when: post.ca_i > 0.502*mmolar, do: [high = 1] } }
populations: { cells: { type: cell, size: 1 }, sources: { size: 1, spikes: { indices: [0], times: [1 ms] } } }
projections: { c: { from: sources, to: { of: cells, section: b }, synapse: looking, connect: all, delay: 0.1 ms } }
record: [{ of: { projection: c }, variables: [inside, outside, high], every: 1 ms }]
timing: grid
experiment: { dt: 0.1 ms, duration: 4 ms }`;
  const { samples } = await simulate(text, { engines });
  const read = (variable: string): readonly number[] => samples.get(`c.${variable}`)!.map(([value = NaN]) => value);
  expect(read('inside').at(-1)).toBeCloseTo(0.501, 3);
  expect(read('outside').at(-1)).toBe(2);
  expect(read('high')).toEqual([0, 0, 0, 1, 1]);
});

test("synapses on dendrites receive their cell's spikes, and learn from the times of both", async () => {
  const text = (place: string): string => `
interneuron: 1
neurons:
  cell:
    method: cable-then-gates
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections:
        a: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        b: { parent: a, length: 90 um, diameter: 3 um, divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      mechanisms: { leak: { reads: [v], writes: { i: ${leak} } } }
    events: { spike: { when: v > -60*mV, refractory: 5 ms, do: [v = -65*mV], section: a } }
synapses:
  learning:
    state: { w: 1, apre: 0, heard: 0 }
    derivatives: { apre: { rate: -apre/(20*ms), eventDriven: true } }
    pathways:
      pre: [apre += 0.1]
      post: { on: post.spike, do: [w += apre, heard += 1] }
populations: { cells: { type: cell, size: 2 }, sources: { size: 1, spikes: { indices: [0], times: [2 ms] } } }
projections: { c: { from: sources, to: ${place}, synapse: learning, connect: { rule: list, sources: [0, 0, 0], targets: [0, 1, 1] }, delay: 1 ms } }
stimuli: { s: { kind: current, to: cells, input: I, value: 0.3*nA + 0.2*nA*i, section: a } }
record:
  - { of: { projection: c }, variables: [w, heard], every: 30 ms, name: seen }
  - { of: cells, events: spike }
timing: grid
experiment: { dt: 0.01 ms, duration: 30 ms }`;
  const places = [
    '{ of: cells, section: b, fraction: 0.9 }',
    '{ of: cells, section: a }',
    '{ of: cells, places: { section: [a, b, b], fraction: [0.5, 0.1, 0.9] } }',
  ];
  for (const place of places) {
    const { program, samples, events } = await simulate(text(place), { engines });
    const times = [0, 1].map((cell) =>
      events.get('cells.spike')!.flatMap(([step, own]) => (own === cell ? [step * 0.01] : [])),
    );
    expect(times.map(({ length }) => length).every((count) => count > 2)).toBe(true);
    const expected = times.map((own) =>
      own.reduce((w, time) => w + (time > 3 ? 0.1 * Math.exp(-(time - 3) / 20) : 0), 1),
    );
    const series = program.manifest.samples.filter(({ owner }) => owner === 'c');
    for (const [k, { variable, indices }] of series.entries()) {
      const numbers = indices instanceof Uint32Array ? [...indices] : [0, 1, 2];
      const pieces = series.filter((one) => one.variable === variable);
      const rows = samples.get(`c.${variable}`)!;
      const last = rows[((pieces.indexOf(series[k]!) + 1) * rows.length) / pieces.length - 1]!;
      numbers.forEach((synapse, at) => {
        const cell = [0, 1, 1][synapse]!;
        if (variable === 'heard') expect(last[at]).toBe(times[cell]!.length);
        else expect(last[at]).toBeCloseTo(expected[cell]!, 3);
      });
    }
  }
});
