/**
 * Several ions with pools of their own, inside and outside: against the equations of one compartment, solved by Runge
 * and Kutta's method of fourth order in steps a tenth as long. Nernst's potentials follow the pools.
 */

import { expect, test } from 'vitest';
import { faraday, gasConstant } from '../../../src/lang/physics.js';
import { simulate, trace } from '../../support/simulate.js';

const membrane = 'specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm';

const network = (dt: number): string => `
interneuron: 1
neurons:
  cell:
    compartments:
      initial: -60 mV
      temperature: 300 kelvin
      sections:
        soma: { length: 20 um, diameter: 20 um, ${membrane} }
        far: { parent: soma, length: 0.2 um, diameter: 0.001 um, divisions: 1, ${membrane} }
      ions:
        na: { valence: 1, inside: 10 mM, outside: 140 mM, reversal: nernst, at: { far: { inside: 20 mM } } }
        k: { valence: 1, inside: 140 mM, outside: 5 mM, reversal: nernst }
      mechanisms:
        leak: { parameters: { gna: 0.0001 S/cm**2, gk: 0.0003 S/cm**2 }, reads: [v, e_na, e_k], writes: { i_na: gna*(e_na - v), i_k: gk*(e_k - v) } }
        pump: { on: soma, parameters: { rate: 0.01 A/m**2 }, reads: [na_i], writes: { i_na: -3*rate*na_i/(10*mM), i_k: 2*rate*na_i/(10*mM) } }
        sodium: { on: soma, state: { c: { unit: mM, initial: 10 mM } }, derivatives: { c: i_na/(96485.33212*coulomb/mole*0.01*um) }, reads: [i_na], writes: { na_i: c } }
        potassium:
          on: soma
          state: { c: { unit: mM, initial: 5 mM } }
          derivatives: { c: "-i_k/(96485.33212*coulomb/mole*0.01*um) + (5*mM - c)/(30*ms)" }
          reads: [i_k]
          writes: { k_o: c }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 1 } }
record:
  - { of: cells, variables: [v, na_i, k_o, e_na, e_k], section: soma, every: 1 ms, name: near }
  - { of: cells, variables: [e_na], section: far, every: 1 ms, name: far }
timing: grid
experiment: { dt: ${dt} ms, duration: 20 ms }
`;

type State = readonly [v: number, sodium: number, potassium: number];
const nernst = (inside: number, outside: number): number =>
  ((gasConstant * 300) / faraday) * Math.log(outside / inside);

/** V/s and mol/m**3/s, from V and mol/m**3. */
function rates([v, sodium, potassium]: State): State {
  const pump = (0.01 * sodium) / 10;
  const [iNa, iK] = [1 * (nernst(sodium, 140) - v) - 3 * pump, 3 * (nernst(140, potassium) - v) + 2 * pump];
  return [(iNa + iK) / 0.01, iNa / (96485.33212 * 1e-8), -iK / (96485.33212 * 1e-8) + (5 - potassium) / 0.03];
}

/** Seconds of a step of the solution, a tenth of the model's. */
const h = 2.5e-6;

/** The states at all steps. */
function solved(): readonly State[] {
  const along = (y: State, k: State, share: number): State =>
    [y[0] + share * h * k[0], y[1] + share * h * k[1], y[2] + share * h * k[2]]; // prettier-ignore
  const all: State[] = [];
  let y: State = [-0.06, 10, 5];
  for (let n = 0; n <= 20 * 400; n++) {
    all.push(y);
    const a = rates(y);
    const b = rates(along(y, a, 0.5));
    const c = rates(along(y, b, 0.5));
    const d = rates(along(y, c, 1));
    y = along(y, [0, 1, 2].map((k) => (a[k]! + 2 * b[k]! + 2 * c[k]! + d[k]!) / 6) as unknown as State, 1);
  }
  return all;
}

test('pools of sodium inside and of potassium outside move their potentials, each for itself, to second order', async () => {
  const states = solved();
  const errors: number[][] = [];
  for (const dt of [0.05, 0.025]) {
    const run = await simulate(network(dt), dt === 0.05 ? { engines: [{ target: 'wasm', threads: 1 }] } : {});
    const [v, sodium, potassium, eNa, eK] = ['v', 'na_i', 'k_o', 'e_na', 'e_k'].map((name) =>
      trace(run, `near/${name}`),
    );
    // Variables other than potentials are for half a step before: states and potentials alternate.
    const early = Math.round((dt * 1e-3) / 2 / h);
    const farthest = (values: readonly number[], n: 0 | 1 | 2): number =>
      Math.max(
        ...values.map((value, k) => (k === 0 ? 0 : Math.abs(value - states[400 * k + (n === 0 ? 0 : -early)]![n]))),
      );
    errors.push([farthest(v!, 0), farthest(sodium!, 1), farthest(potassium!, 2)]);
    sodium!.forEach((inside, k) => expect(eNa![k]).toBeCloseTo(nernst(inside, 140), 12));
    potassium!.forEach((outside, k) => expect(eK![k]).toBeCloseTo(nernst(140, outside), 12));
    for (const value of trace(run, 'far/e_na')) expect(value).toBeCloseTo(nernst(20, 140), 12);
  }
  for (const n of [0, 1, 2]) expect(errors[0]![n]! / errors[1]![n]!).toBeGreaterThan(3.8);
  expect(errors[1]![0]).toBeLessThan(5e-8);
  expect(states.at(-1)![1]).toBeGreaterThan(11.5);
});

const inTurn = `
interneuron: 1
neurons:
  cell:
    method: cable-then-gates
    compartments:
      initial: -70 mV
      temperature: 300 kelvin
      sections: { soma: { length: 20 um, diameter: 20 um, ${membrane} } }
      ions:
        ca: { valence: 2, inside: 0.0001 mM, outside: 2 mM, reversal: nernst }
        k: { valence: 1, inside: 140 mM, outside: 5 mM, reversal: -90 mV }
      mechanisms:
        calcium: { parameters: { g: 1 S/m**2 }, reads: [v, e_ca], writes: { i_ca: g*(e_ca - v) } }
        potassium:
          state: { w: 0, x: 0 }
          derivatives: { w: (ca_i/(ca_i + 0.001*mM) - w)/(2*ms), x: (e_ca/volt - x)/(2*ms) }
          reads: [v, e_k, e_ca, ca_i]
          writes: { i_k: 50*siemens/m**2*w*(e_k - v) }
        pool:
          parameters: { share: 50 mole/(coulomb*meter) }
          state: { c: { unit: mM, initial: 0.0001 mM } }
          derived: { inflow: { unit: mM/s, value: share*i_ca } }
          derivatives: { c: inflow - (c - 0.0001*mM)/(20*ms) }
          reads: [i_ca]
          writes: { ca_i: c }
    events: { spike: { when: v > 0*mV, edge: rising, section: soma } }
populations: { cells: { type: cell, size: 1 } }
record: [{ of: cells, variables: [v, ca_i, i_ca, potassium.w, potassium.x], section: soma, name: all }]
timing: grid
experiment: { dt: 0.05 ms, duration: 20 ms }
`;

test('under cable-then-gates, pools take the current of before the step, and gates the new concentration, as in NEURON', async () => {
  const run = await simulate(inTurn);
  const [v, c, i, w, x] = ['v', 'ca_i', 'i_ca', 'potassium.w', 'potassium.x'].map(
    (name) => trace(run, `all/${name}`), // prettier-ignore
  );
  const [dt, capacitance] = [5e-5, 0.01];
  const relaxed = (from: number, to: number, tau: number): number => to + (from - to) * Math.exp(-dt / tau);
  let state = { v: -0.07, c: 1e-4, w: 0, x: 0 };
  for (let k = 0; k <= 400; k++) {
    const e = nernst(state.c, 2) / 2;
    const current = e - state.v;
    for (const [name, values] of Object.entries({ v, c, w, x }))
      expect(values![k]).toBeCloseTo(state[name as keyof typeof state], 12);
    // A recorded current belongs to the potential of its sample.
    expect(i![k]).toBeCloseTo(current, 12);
    const c1 = relaxed(state.c, 1e-4 + 0.02 * 50 * current, 0.02);
    state = {
      v: ((capacitance / dt) * state.v + e + 50 * state.w * -0.09) / (capacitance / dt + 1 + 50 * state.w),
      c: c1,
      w: relaxed(state.w, c1 / (c1 + 0.001), 0.002),
      x: relaxed(state.x, e, 0.002),
    };
  }
  expect(state.c).toBeGreaterThan(0.01);
});
