/** Gates that NeuroML has, but that are not written: the channel is left out by name. */

import { expect, test } from 'vitest';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import { written } from '../support/written.js';

const cell = (mechanisms: string, recorded: string): string => `
interneuron: 1
neurons:
  cell:
    inputs: { I: nA }
    compartments:
      temperature: 309.15 kelvin
      initial: -65 mV
      sections:
        soma: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
        tip: { parent: soma, length: 80 um, diameter: 2 um, divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }
      ions:
        k: { valence: 1, reversal: -90 mV }
        na: { valence: 1, reversal: 50 mV }
        ca: { valence: 2, inside: 0.00005 mmole/liter, outside: 2 mmole/liter }
      mechanisms:
        leak: { parameters: { g: 1 S/m**2, E: -60 mV }, reads: [v], writes: { i: g*(E - v) } }
${mechanisms}
populations: { cells: { type: cell, size: 2 } }
stimuli: { pulse: { kind: current, to: cells, input: I, value: 0.5*nA if t > 1*ms else 0*nA, section: soma } }
record: [{ of: cells, variables: [v, ${recorded}], section: soma }, { of: cells, variables: [v], section: tip, fraction: 0.9, name: of_tip }]
timing: grid
experiment: { dt: 0.005 ms, duration: 12 ms }`;

test.each([
  [
    'a kinetic scheme of which a state is left out',
    `
        na:
          parameters: { g: 600 S/m**2 }
          state: { O: { initial: 0 }, I: { initial: 0 } }
          derived:
            opens: { unit: 1/ms, value: 3/ms/(1 + exp(-(v + 40*mV)/(5*mV))) }
            closes: { unit: 1/ms, value: 0.5/ms*exp(-(v + 50*mV)/(20*mV)) }
            recovers: { unit: 1/ms, value: 0.02/ms*exp(-(v + 60*mV)/(15*mV)) }
          derivatives: { O: opens*(1 - O - I) - (closes + 0.8/ms)*O, I: 0.8/ms*O - recovers*I }
          reads: [v, e_na]
          writes: { i_na: g*O*(e_na - v) }`,
    'na.O',
    'a gate that depends on other state variables: O',
  ],
  [
    'a scheme that conducts in two states, to a power, and follows calcium',
    `
        kca:
          parameters: { g: 300 S/m**2 }
          state: { C: { initial: 1 }, S: { initial: 0 }, O: { initial: 0 } }
          derived:
            binds: { unit: 1/ms, value: 2/ms*ca_i/(ca_i + 0.00005*mmole/liter) }
            opens: { unit: 1/ms, value: 1/ms*exp((v + 40*mV)/(20*mV)) }
          derivatives: { C: 0.5/ms*S - binds*C, S: binds*C - 0.5/ms*S - opens*S + 1/ms*O, O: opens*S - 1/ms*O }
          reads: [v, ca_i, e_k]
          writes: { i_k: g*(0.25*S + O)**2*(e_k - v) }`,
    'kca.O',
    'a gate of several state variables: (0.25*S + O)**2',
  ],
  [
    'a sum of independent gates',
    `
        kf:
          parameters: { g: 10 S/m**2 }
          state: { fast: { initial: 1/(1 + exp(-(v + 30*mV)/(8*mV))) }, slow: { initial: 1/(1 + exp(-(v + 30*mV)/(8*mV))) } }
          derived: { open: 1/(1 + exp(-(v + 30*mV)/(8*mV))) }
          derivatives: { fast: (open - fast)/(2*ms), slow: (open - slow)/(20*ms) }
          reads: [v, e_k]
          writes: { i_k: g*(0.7*fast + 0.3*slow)*(e_k - v) }`,
    'kf.slow',
    'a gate of several state variables: 0.7*fast + 0.3*slow',
  ],
  [
    'gates that depend on each other',
    `
        k:
          parameters: { g: 100 S/m**2 }
          state: { n: { initial: 0.1 }, s: { initial: 0.6 } }
          derived: { open: 1/(1 + exp(-(v + 40*mV)/(9*mV))) }
          derivatives: { n: (open*s - n)/(2*ms), s: (1 - n - s)/(10*ms) }
          reads: [v, e_k]
          writes: { i_k: g*n**2*s*(e_k - v) }`,
    'k.n',
    'a gate that depends on other state variables: n',
  ],
  [
    'a gate that a condition opens',
    `
        slow:
          parameters: { g: 20 S/m**2, tau: 5 ms }
          state: { q: { initial: 0 } }
          derivatives: { q: -q/tau }
          events: { up: { when: v > -58*mV, edge: rising, do: [q += 0.8] } }
          reads: [v, e_k]
          writes: { i_k: g*q*(e_k - v) }`,
    'slow.q',
    'a gate that a condition changes: q',
  ],
])('%s', async (_, mechanisms, recorded, reason) => {
  const model = importModel({ name: 'gates.yaml', text: cell(mechanisms, recorded) });
  const { report } = await written(model);
  const missing = report.flatMap(({ verdict, message }) => (verdict === 'notExpressible' ? [message] : []));
  expect(missing).toContain(reason);
});
