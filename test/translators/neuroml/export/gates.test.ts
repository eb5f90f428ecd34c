/** Gates of more than one state variable: kinetic schemes, sums of gates, and those of other equations. */

import { expect, test } from 'vitest';
import { importModel } from '../../../../src/run/pipeline.js';
import { expectSameSamples, written } from '../support/written.js';

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
    // O and I, the closed state being what is left of one; NEURON has the same potential, within 0.0001 mV most of the time.
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
    [
      '<ionChannelKS id="na" species="na" conductance="10pS">',
      '<closedState id="rest"/>\n      <openState id="O"/>\n      <closedState id="I"/>',
      '<rate type="HHSigmoidRate" rate="3per_ms" midpoint="-40mV" scale="5mV"/>',
    ],
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
    ['<KSState id="S" relativeConductance="0.25"/>', '<gateKS id="gate" instances="2">'],
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
    ['<subGate id="fast" fractionalConductance="0.7">', '<gateFractional id="gate" instances="1">'],
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
    ['<k_gate id="gate" instances="1"/>'],
  ],
  [
    'a gate that a condition opens, once each time',
    `
        slow:
          parameters: { g: 20 S/m**2, tau: 5 ms }
          state: { q: { initial: 0 } }
          derivatives: { q: -q/tau }
          events: { up: { when: v > -58*mV, edge: rising, do: [q += 0.8] } }
          reads: [v, e_k]
          writes: { i_k: g*q*(e_k - v) }`,
    'slow.q',
    ['<OnCondition test="(v .gt. -58 * mV) .and. (held .lt. 0.5)">'],
  ],
  [
    'the rectified current of a conductance for calcium',
    `
        pool:
          parameters: { tau: 20 ms, rest: 0.00005 mmole/liter, rho: 20 mole/(m*A*s) }
          state: { level: { unit: mmole/liter, initial: rest } }
          derivatives: { level: rho*i_ca + (rest - level)/tau }
          reads: [i_ca]
          writes: { ca_i: level }
        rectified:
          parameters: { g: 20 S/m**2, scale: 13.182244584683609 mV }
          state: { s: { initial: 1/(1 + exp(-(v + 30*mV)/(8*mV))) } }
          derivatives: { s: (1/(1 + exp(-(v + 30*mV)/(8*mV))) - s)/(2*ms) }
          reads: [v, ca_i, ca_o]
          writes: { i_ca: g*s**2*scale*(1 - ca_i/ca_o*exp(v/scale))*(v/scale)/(exp(v/scale) - 1) }`,
    'rectified.s',
    ['<channelDensityGHK2 id="rectified_density" ionChannel="rectified" condDensity="2mS_per_cm2" ion="ca"/>'],
  ],
])('%s', async (_, mechanisms, recorded, words) => {
  const model = importModel({ name: 'gates.yaml', text: cell(mechanisms, recorded) });
  const { report, again, text } = await written(model);
  expect(report.filter(({ verdict }) => verdict !== 'exact' && verdict !== 'equivalent')).toEqual([]);
  for (const word of words) expect(text).toContain(word);
  await expectSameSamples(model, again);
});

test('a scheme that begins in several states keeps its start in a type of its own', async () => {
  const mechanism = `
        na:
          parameters: { g: 600 S/m**2 }
          state: { C: { initial: 0.7 }, O: { initial: 0.3 } }
          derivatives: { C: O/ms - 2*C/ms, O: 2*C/ms - O/ms }
          reads: [v, e_na]
          writes: { i_na: g*O*(e_na - v) }`;
  const model = importModel({ name: 'gates.yaml', text: cell(mechanism, 'na.O') });
  const { report, again, text } = await written(model);
  expect(report.filter(({ verdict }) => verdict !== 'exact' && verdict !== 'equivalent')).toEqual([]);
  expect(text).toContain('<StateAssignment variable="O" value="0.3"/>');
  await expectSameSamples(model, again);
});
