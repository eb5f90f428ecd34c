/**
 * The Rallpacks: a passive cable, a passive tree that is equivalent to one, and the axon of Hodgkin and Huxley.
 *
 * Sources: Bhalla, Bilitch and Bower (1992), Rallpacks: a set of benchmarks for neuronal simulators, Trends Neurosci.
 * 15:453-458; Rall (1959) and Jack, Noble and Tsien (1975) for the series of a sealed cable.
 */

import { describe, expect, test } from 'vitest';
import { runPynnPython, missingPynn } from '../../interoperability/pynn/backend.js';
import { simulate } from '../../support/simulate.js';

/** Ohm metre, F/m2, ohm m2, V, A. */
const [resistivity, capacitance, membrane, rest, current] = [1, 0.01, 4, -0.065, 1e-10];

/**
 * Returns the voltage of a sealed cable after a current step at its beginning: the steady state minus the decaying
 * terms.
 *
 * @param at metres from the beginning
 * @param time s since the step
 */
function sealedCable(length: number, diameter: number, at: number, time: number): number {
  const constant = Math.sqrt((diameter * membrane) / (4 * resistivity));
  const infinite = (2 / Math.PI) * Math.sqrt((membrane * resistivity) / diameter ** 3);
  const [L, X, T] = [length / constant, at / constant, time / (membrane * capacitance)];
  let decaying = 1;
  for (let n = 1; n < 2000; n++) {
    const rate = ((n * Math.PI) / L) ** 2;
    decaying += (2 * Math.cos((n * Math.PI * X) / L) * Math.exp(-rate * T)) / (1 + rate);
  }
  return rest + current * infinite * (Math.cosh(L - X) / Math.sinh(L) - (Math.exp(-T) / L) * decaying);
}

const shape = `specificCapacitance: ${capacitance} F/m**2, resistivity: ${resistivity} ohm*m`;
const leak = `leak: { parameters: { g: ${1 / membrane} S/m**2, E: -65 mV }, reads: [v], writes: { i: g*(E - v) } }`;

const model = (
  sections: string,
  mechanisms: string,
  places: readonly (readonly [string, number])[],
  dt: number,
  duration: number,
  every: number,
): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      initial: -65 mV
      sections: { ${sections} }
      mechanisms: { ${mechanisms.replace(/\s+/g, ' ')} }
populations: { cells: { type: cell, size: 1 } }
stimuli: { step: { kind: current, to: cells, input: I, value: 0.1 nA, section: ${places[0]![0]}, fraction: 0 } }
record:
${places
  .map(
    ([section, fraction], k) =>
      `  - { of: cells, variables: [v], section: ${section}, fraction: ${fraction}, every: ${every} ms, name: place${k} }\n`,
  )
  .join('')}
timing: grid
experiment: { dt: ${dt} ms, duration: ${duration} ms }`;

const voltages = async (text: string, place: number): Promise<readonly number[]> => {
  const { samples } = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
  return samples.get(`place${place}/v`)!.map(([v = NaN]) => v);
};

const largest = (found: readonly number[], expected: (time: number) => number, every: number): number =>
  found.reduce((most, v, k) => (k === 0 ? most : Math.max(most, Math.abs(v - expected(k * every)))), 0);

describe('Rallpack 1, a cable of a millimetre', () => {
  const [length, diameter] = [1e-3, 1e-6];
  const errors = async (divisions: number, dt: number): Promise<readonly number[]> => {
    const cable = `a: { length: 1 mm, diameter: 1 um, divisions: ${divisions}, ${shape} }`;
    const text = model(
      cable,
      leak,
      [
        ['a', 0],
        ['a', 1],
      ],
      dt,
      250,
      5,
    );
    const half = length / divisions / 2;
    const run = await simulate(text, { engines: [{ target: 'wasm', threads: 1 }] });
    return [half, length - half].map((at, place) =>
      largest(
        run.samples.get(`place${place}/v`)!.map(([v = NaN]) => v),
        (time) => sealedCable(length, diameter, at, time),
        5e-3,
      ),
    );
  };

  test('both ends have the voltages of theory', async () => {
    const [near, far] = await errors(1000, 0.05);
    // Errors of rises of 86 and 56 mV. In a second-order scheme, the response of the first compartment, a micrometre
    // long, to the current step decays slowly.
    expect(near).toBeLessThan(1e-4);
    expect(far).toBeLessThan(1e-5);
  });

  test('compartments of half the length have a quarter of the error', async () => {
    const [coarse, fine] = [await errors(25, 0.05), await errors(50, 0.05)];
    coarse.forEach((error, k) => expect(error / fine[k]!).toBeGreaterThan(3.5));
    coarse.forEach((error, k) => expect(error / fine[k]!).toBeLessThan(4.5));
  });
});

describe('Rallpack 2, a tree of 1023 branches', () => {
  // Diameters halve to the power of two thirds, lengths keep the length in units of the constant: Rall's conditions.
  const levels = 10;
  const [length, diameter] = [32e-6, 16e-6];
  const sections = (divisions: number): string =>
    Array.from({ length: 2 ** levels - 1 }, (_, k) => {
      const level = Math.floor(Math.log2(k + 1));
      const [d, l] = [diameter * 2 ** ((-2 * level) / 3), length * 2 ** (-level / 3)];
      const parent = k === 0 ? '' : `parent: s${(k - 1) >> 1}, `;
      return `s${k}: { ${parent}length: ${l} m, diameter: ${d} m, divisions: ${divisions}, ${shape} }`;
    }).join(', ');
  const leaf = `s${2 ** levels - 2}`;

  test('root and tips have the voltages of the equivalent cable', async () => {
    const text = model(
      sections(1),
      leak,
      [
        ['s0', 0],
        [leaf, 1],
      ],
      0.05,
      250,
      5,
    );
    for (const place of [0, 1]) {
      const at = (place === 0 ? 0.5 : levels - 0.5) * length;
      const error = largest(
        await voltages(text, place),
        (time) => sealedCable(levels * length, diameter, at, time),
        5e-3,
      );
      // Of a rise of 25 mV.
      expect(error).toBeLessThan(1e-5);
    }
  });
});

const missing = missingPynn();

describe.skipIf(missing !== null)(
  `Rallpack 3, an axon of a millimetre${missing === null ? '' : ` (${missing})`}`,
  () => {
    const squid = `squid: {
    parameters: { gna: 1200 S/m**2, gk: 360 S/m**2 },
    state: { m: am/(am + bm), h: ah/(ah + bh), n: an/(an + bn) },
    derived: {
      am: { unit: 1/ms, value: "1/exprel(-(v + 40*mV)/(10*mV))/ms" },
      bm: { unit: 1/ms, value: "4*exp(-(v + 65*mV)/(18*mV))/ms" },
      ah: { unit: 1/ms, value: "0.07*exp(-(v + 65*mV)/(20*mV))/ms" },
      bh: { unit: 1/ms, value: "1/(exp(-(v + 35*mV)/(10*mV)) + 1)/ms" },
      an: { unit: 1/ms, value: "0.1/exprel(-(v + 55*mV)/(10*mV))/ms" },
      bn: { unit: 1/ms, value: "0.125*exp(-(v + 65*mV)/(80*mV))/ms" } },
    derivatives: { m: am*(1 - m) - bm*m, h: ah*(1 - h) - bh*h, n: an*(1 - n) - bn*n },
    reads: [v],
    writes: { i: gna*m**3*h*(50*mV - v) + gk*n**4*(-77*mV - v) } }`;
    const axon = `a: { length: 1 mm, diameter: 1 um, divisions: 1000, ${shape} }`;
    const duration = 50;
    const ends = [
      ['a', 0],
      ['a', 1],
    ] as const;
    const ours = (dt: number, place: number): Promise<readonly number[]> =>
      voltages(model(axon, `${leak}, ${squid}`, ends, dt, duration, dt), place);
    /** Times at which a trace with steps of so many ms rises above 0 V. */
    const crossings = (trace: readonly number[], dt: number): readonly number[] =>
      trace.flatMap((v, k) => {
        const before = trace[k - 1] ?? v;
        return before <= 0 && v > 0 ? [dt * (k - v / (v - before))] : [];
      });

    test('gives the spikes of NEURON at both ends', async () => {
      const theirs = (await runPynnPython('neuron_rallpack.py', [String(duration)])) as readonly (readonly number[])[];
      for (const place of [0, 1]) {
        const [expected, fine, coarse] = [
          theirs[place]!,
          crossings(await ours(0.005, place), 0.005),
          crossings(await ours(0.01, place), 0.01),
        ];
        expect(expected.length).toBeGreaterThan(2);
        const late = (found: readonly number[]): number => {
          expect(found.length).toBe(expected.length);
          return expected.reduce((most, time, k) => Math.max(most, Math.abs(found[k]! - time)), 0);
        };
        expect(late(fine)).toBeLessThan(0.05);
        // Of second order.
        expect(late(coarse) / late(fine)).toBeGreaterThan(3);
      }
    });
  },
);
